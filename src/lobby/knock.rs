//! A seeker knocks: from `POST /api/v1/contacts` to a contact on disk.
//!
//! The answer is given only when the arrival is durable: whoever holds a token has a place.

use super::Lobby;
use super::frame::{ContactMade, NewContact};
use super::phrase::Phrase;
use crate::clock::At;
use crate::dice;
use crate::ids::ContactId;
use crate::live::admission::TooMany;
use crate::live::card::{Locale, hash_token};
use crate::live::directory::Book;
use crate::live::switch::{Knock, SwitchError};
use crate::live::{Card, Stage};
use crate::store::StoreError;
use crate::switchboard::{Arrival, Channel, Effect, End, Input, Need, Refusal, Risk};
use std::net::IpAddr;
use subtle::ConstantTimeEq;

/// Why nobody is let in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnockError {
    #[error("unknown line")]
    UnknownLine,
    #[error("channel not offered on this line")]
    UnknownChannel,
    #[error("unknown skill asked for")]
    UnknownAsk,
    #[error("unknown return phrase")]
    UnknownReturnPhrase,
    #[error("a field is too long")]
    TooLong,
    #[error("too many contacts")]
    TooMany(TooMany),
    #[error("not ready to keep a contact")]
    NotReady,
}

impl From<SwitchError> for KnockError {
    fn from(_: SwitchError) -> Self {
        Self::NotReady
    }
}

impl From<StoreError> for KnockError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "lobby.knock failed");
        Self::NotReady
    }
}

/// Who came back with a return phrase.
#[derive(Clone, Copy, Debug)]
struct Person {
    /// Their first contact.
    alias_root: ContactId,
    earlier_contacts: u32,
}

impl Lobby {
    /// Lets a seeker in.
    ///
    /// # Errors
    /// [`KnockError`]; nothing was stored then.
    pub async fn knock(&self, new: NewContact, source: IpAddr) -> Result<ContactMade, KnockError> {
        if !self.readiness.is_ready() {
            return Err(KnockError::NotReady);
        }
        let book = self.directory.book();
        let at = self.clock.now();
        let line = book.line_by_code(&new.line).ok_or(KnockError::UnknownLine)?.line;
        if new.channel != "chat" {
            return Err(KnockError::UnknownChannel);
        }
        let asks = read_asks(&book, new.asks.as_deref())?;
        let campaign = new.campaign.filter(|code| !code.is_empty());
        if campaign.as_ref().is_some_and(|code| code.len() > 64 || code.contains('\0')) {
            return Err(KnockError::TooLong);
        }
        self.admission.admit(source, line, at).map_err(KnockError::TooMany)?;

        let contact = ContactId(dice::uuid(at));
        let token = dice::token();
        let in_danger = new.screening.is_some_and(|screening| screening.danger_now);
        let person = match new.return_phrase.filter(|typed| !typed.trim().is_empty()) {
            // Whoever is in danger is not held up by a word they mistyped.
            Some(typed) if in_danger => self.recognise(&typed, source, at).await.ok(),
            Some(typed) => Some(self.recognise(&typed, source, at).await?),
            None => None,
        };
        let returning = match new.returning {
            Some(proof) => self.prove(&proof.contact_id, &proof.token).await,
            None => None,
        };
        let arrival = Arrival {
            contact,
            line,
            channel: Channel::Chat,
            risk: if in_danger { Risk::Imminent } else { Risk::None },
            asks,
            returning,
            previous: None,
            simulated: new.simulated == Some(true) && self.simulation && source.is_loopback(),
        };
        let locale = Locale::parse(new.locale.as_deref().unwrap_or(""));
        let card = card_of(&arrival, locale, hash_token(&token), at, person);
        self.admission.note_made(source, contact, at);
        let effects = self
            .switch
            .knock(Input::Arrive(arrival), Knock { card, campaign, called_from: None })
            .await;
        let effects = effects.inspect_err(|_| self.admission.note_settled(contact))?;
        if let Some(person) = person {
            self.note_phrase_used(person.alias_root, at).await;
        }
        let state = state_after(&effects)?;
        Ok(ContactMade { contact_id: contact.to_string(), token, state, return_phrase: None })
    }

    /// Who keeps this return phrase.
    async fn recognise(&self, typed: &str, source: IpAddr, at: At) -> Result<Person, KnockError> {
        self.admission.admit_phrase(source, at).map_err(KnockError::TooMany)?;
        let phrase = Phrase::read(typed).ok_or(KnockError::UnknownReturnPhrase)?;
        let known = self.person_with(phrase, at).await;
        if !matches!(known, Ok(None)) {
            self.admission.forgive_phrase(source);
        }
        known?.ok_or(KnockError::UnknownReturnPhrase)
    }

    /// A known phrase, a forgotten and an unknown one cost the same slow hash and one look-up.
    async fn person_with(&self, phrase: Phrase, at: At) -> Result<Option<Person>, KnockError> {
        let hash = self.phrases.hash(phrase).await.map_err(|_| KnockError::NotReady)?;
        let since = at + -self.phrase_unused_ms;
        let found = self.store.phrases().lookup(&hash, since).await?;
        let Some(alias_root) = found else { return Ok(None) };
        let earlier_contacts = self.store.contacts().count_earlier(alias_root, at).await?;
        Ok(Some(Person { alias_root, earlier_contacts }))
    }

    /// Nobody is turned away for it: a use that is not noted costs the phrase some of its time.
    async fn note_phrase_used(&self, alias_root: ContactId, at: At) {
        if let Err(error) = self.store.phrases().note_use(alias_root, at).await {
            tracing::warn!(%error, "lobby.phrase_used was not noted");
        }
    }

    /// The contact somebody says they dropped out of, if the token is its own.
    async fn prove(&self, contact: &str, token: &str) -> Option<ContactId> {
        let contact: ContactId = contact.parse().ok()?;
        let card = match self.hub.card(contact) {
            Some(card) => card,
            None => self.closed_card(contact).await.ok()??,
        };
        bool::from(hash_token(token).ct_eq(&card.token_hash)).then_some(contact)
    }
}

fn read_asks(book: &Book, codes: Option<&[String]>) -> Result<Option<Need>, KnockError> {
    let Some(codes) = codes.filter(|codes| !codes.is_empty()) else { return Ok(None) };
    if codes.len() > 8 {
        return Err(KnockError::TooLong);
    }
    let skill = |code: &String| {
        let face = book.skill_by_code(code).ok_or(KnockError::UnknownAsk)?;
        Ok(Need::Skill { skill: face.skill, at_least: 1 })
    };
    codes.iter().map(skill).collect::<Result<_, _>>().map(|needs| Some(Need::All(needs)))
}

fn card_of(
    arrival: &Arrival,
    locale: Locale,
    token_hash: [u8; 32],
    at: At,
    person: Option<Person>,
) -> Card {
    Card {
        contact: arrival.contact,
        line: arrival.line,
        channel: arrival.channel,
        locale,
        token_hash,
        arrived_at: at,
        risk: arrival.risk,
        stage: Stage::Waiting,
        simulated: arrival.simulated,
        previous: None,
        alias_root: person.map_or(arrival.contact, |person| person.alias_root),
        earlier_contacts: person.map_or(0, |person| person.earlier_contacts),
        last_seq: 0,
        read_seq: None,
        place: None,
    }
}

/// The state to answer with, from the effects of the arrival.
fn state_after(effects: &[Effect]) -> Result<String, KnockError> {
    for effect in effects {
        match effect {
            Effect::Refuse { refusal: Refusal::UnknownLine } => {
                return Err(KnockError::UnknownLine);
            }
            Effect::Refuse { .. } => return Err(KnockError::NotReady),
            Effect::Ended { ended: End::LineClosed, .. } => return Ok("line_closed".to_owned()),
            Effect::Ended { ended: End::LineOutage, .. } => return Ok("line_outage".to_owned()),
            Effect::Ended { ended: End::ServiceFull, .. } => return Ok("service_full".to_owned()),
            Effect::Ended { .. } => return Ok("ended".to_owned()),
            _ => {}
        }
    }
    Ok("waiting".to_owned())
}

impl Lobby {
    /// The card of a contact that has left the switchboard, from the store.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn closed_card(&self, contact: ContactId) -> Result<Option<Card>, StoreError> {
        let Some(record) = self.store.contacts().lookup(contact).await? else { return Ok(None) };
        let Some((_, ended)) = record.ended else { return Ok(None) };
        Ok(Some(Card {
            contact,
            line: record.line,
            channel: record.channel,
            locale: Locale::parse(&record.locale),
            token_hash: record.token_hash,
            arrived_at: record.arrived_at,
            risk: record.risk,
            stage: Stage::Ended { ended },
            simulated: record.simulated,
            previous: None,
            alias_root: record.alias_root,
            earlier_contacts: 0,
            last_seq: 0,
            read_seq: None,
            place: None,
        }))
    }
}
