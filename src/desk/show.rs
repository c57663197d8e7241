//! How contacts, offers and presence look on a desk.

use super::frame::{
    DeskContact, DeskOffer, MessageKind, OfferedContact, RiskLevel, ShownPresence, ToDesk,
    WishedPresence,
};
use crate::clock::At;
use crate::door::socket::to_text;
use crate::ids::{ContactId, CounselorId, OfferId};
use crate::live::directory::Book;
use crate::live::{Card, Hub, Sender, Stage};
use crate::store::notes::Note;
use crate::store::{self, Message};
use crate::switchboard::{Channel, Need, Pick, Presence, Risk, Rule, Wish};
use crate::veil::Purpose;
use serde::Serialize;

/// The snake_case word of a plain enum, as it stands in JSON.
#[must_use]
pub fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Tells every console that the office has saved lines.
pub fn lines_saved(hub: &Hub) {
    hub.tell_desks(&super::session::plain(to_text(&ToDesk::LinesSaved)));
}

impl From<Risk> for RiskLevel {
    fn from(risk: Risk) -> Self {
        match risk {
            Risk::None => Self::None,
            Risk::Low => Self::Low,
            Risk::Moderate => Self::Moderate,
            Risk::High => Self::High,
            Risk::Imminent => Self::Imminent,
        }
    }
}

impl From<RiskLevel> for Risk {
    fn from(risk: RiskLevel) -> Self {
        match risk {
            RiskLevel::None => Self::None,
            RiskLevel::Low => Self::Low,
            RiskLevel::Moderate => Self::Moderate,
            RiskLevel::High => Self::High,
            RiskLevel::Imminent => Self::Imminent,
        }
    }
}

impl From<Presence> for ShownPresence {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Offline => Self::Offline,
            Presence::Away => Self::Away,
            Presence::Available => Self::Available,
            Presence::Engaged => Self::Engaged,
            Presence::WrapUp => Self::WrapUp,
        }
    }
}

impl From<Wish> for WishedPresence {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Offline => Self::Offline,
            Wish::Away => Self::Away,
            Wish::Available => Self::Available,
        }
    }
}

impl From<WishedPresence> for Wish {
    fn from(wish: WishedPresence) -> Self {
        match wish {
            WishedPresence::Offline => Self::Offline,
            WishedPresence::Away => Self::Away,
            WishedPresence::Available => Self::Available,
        }
    }
}

/// The channel's word on the wire.
#[must_use]
pub const fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "phone",
        Channel::Chat => "chat",
        Channel::WebCall => "web_call",
    }
}

/// The rule's word on the wire.
#[must_use]
pub const fn rule_word(rule: Rule) -> &'static str {
    match rule {
        Rule::RiskThenAge => "risk_then_age",
        Rule::Overdue => "overdue",
        Rule::HeadOfPlace => "head_of_place",
        Rule::SameCounselor => "same_counselor",
        Rule::Pulled => "pulled",
        Rule::Triage => "triage",
    }
}

/// A contact in hand; `None` if nobody holds it.
#[must_use]
pub fn contact(
    card: &Card,
    book: &Book,
    seeker_online: bool,
    looked_at_by: Vec<String>,
) -> Option<DeskContact> {
    let (state, connected_at, wrap_up_until, ended) = match card.stage {
        Stage::Talking { since, .. } => ("talking", Some(since), None, None),
        Stage::WrapUp { until, ended, .. } => ("wrap_up", None, Some(until), Some(word(ended))),
        Stage::Waiting | Stage::Transferring | Stage::Ended { .. } => return None,
    };
    Some(DeskContact {
        contact_id: card.contact.to_string(),
        line: book.code(card.line),
        line_name: book.line(card.line).map_or_else(String::new, |face| face.name.zh.clone()),
        channel: channel_word(card.channel).to_owned(),
        alias: card.alias(),
        earlier_contacts: card.earlier_contacts,
        risk: card.risk.into(),
        state: state.to_owned(),
        arrived_at: card.arrived_at.rfc3339(),
        connected_at: connected_at.map(At::rfc3339),
        wrap_up_until: wrap_up_until.map(At::rfc3339),
        ended,
        seeker_online,
        last_seq: card.last_seq,
        locale: card.locale.as_str().to_owned(),
        simulated: card.simulated,
        looked_at_by,
    })
}

/// An offer as it rings.
#[derive(Clone, Debug)]
pub struct Ringing {
    pub offer: OfferId,
    pub contact: ContactId,
    pub counselor: CounselorId,
    pub expires_at: At,
    pub pick: Pick,
    /// The need in force, whose skills are named.
    pub need: Option<Need>,
}

/// What is known of a contact when it rings.
#[must_use]
pub fn offer(ringing: &Ringing, card: &Card, book: &Book, ring_ms: i64) -> DeskOffer {
    let mut skills = Vec::new();
    if let Some(need) = &ringing.need {
        name_skills(need, book, &mut skills);
    }
    DeskOffer {
        offer_id: ringing.offer.to_string(),
        contact: OfferedContact {
            contact_id: card.contact.to_string(),
            line: book.code(card.line),
            line_name: book.line(card.line).map_or_else(String::new, |face| face.name.zh.clone()),
            channel: channel_word(card.channel).to_owned(),
            alias: card.alias(),
            earlier_contacts: card.earlier_contacts,
            risk: card.risk.into(),
            waited_s: ringing.pick.waited_ms / 1_000,
            skills,
            previous: card.previous == Some(ringing.counselor),
            rule: rule_word(ringing.pick.rule).to_owned(),
            idle_s: ringing.pick.idle_ms / 1_000,
            fit: u32::from(ringing.pick.fit),
        },
        expires_at: ringing.expires_at.rfc3339(),
        ring_ms,
    }
}

fn name_skills(need: &Need, book: &Book, names: &mut Vec<String>) {
    match need {
        Need::Skill { skill, .. } => {
            if let Some(face) = book.skill(*skill)
                && !names.contains(&face.name.zh)
            {
                names.push(face.name.zh.clone());
            }
        }
        Need::All(needs) | Need::Any(needs) => {
            for need in needs {
                name_skills(need, book, names);
            }
        }
        Need::Anyone | Need::Not(_) | Need::Named(_) | Need::Seat(_) => {}
    }
}

/// A stored message as a desk sees it.
#[must_use]
pub fn message(contact: ContactId, message: &Message) -> ToDesk {
    let from = Sender::from(message.from);
    ToDesk::Message {
        contact_id: contact.to_string(),
        seq: message.seq,
        message_id: message.message.to_string(),
        from,
        kind: kind(message.kind),
        text: message.text.reveal(Purpose::Deliver).clone(),
        at: message.at.rfc3339(),
        client_id: message.client_id.clone().filter(|_| from == Sender::Counselor),
    }
}

/// What one counselor left for the next; it has no number in the talk.
#[must_use]
pub fn transfer_note(note: &Note) -> ToDesk {
    ToDesk::Message {
        contact_id: note.contact.to_string(),
        seq: 0,
        message_id: note.note.to_string(),
        from: Sender::Counselor,
        kind: MessageKind::TransferNote,
        text: note.text.reveal(Purpose::Deliver).clone(),
        at: note.at.rfc3339(),
        client_id: None,
    }
}

/// A whisper as its writer's consoles see it, or as the others do.
#[must_use]
pub fn whisper(note: &Note, book: &Book, mine: bool) -> ToDesk {
    ToDesk::Whisper {
        contact_id: note.contact.to_string(),
        whisper_id: note.note.to_string(),
        client_id: note.client_id.clone().filter(|_| mine),
        by: book.alias(note.author),
        mine,
        text: note.text.reveal(Purpose::Deliver).clone(),
        at: note.at.rfc3339(),
    }
}

/// Who looks into a talk, as its counselor sees it.
#[must_use]
pub fn looked_at(contact: ContactId, by: Vec<String>) -> ToDesk {
    ToDesk::LookedAt { contact_id: contact.to_string(), by }
}

/// What a stored message is, on the wire.
#[must_use]
pub const fn kind(stored: store::MessageKind) -> MessageKind {
    match stored {
        store::MessageKind::Message => MessageKind::Message,
        store::MessageKind::Event => MessageKind::Event,
    }
}
