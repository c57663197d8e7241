//! One synthetic counselor: signs in, takes offers, talks, ends, writes the note.
//!
//! Knows a contact's plan when a synthetic seeker of this evening is behind it. Somebody
//! real who came to the demonstration gets filler and a short talk: nobody should be left
//! waiting, and nobody should take this for counseling.

use super::chance::Chance;
use super::outbox::{self, Outbox};
use super::people::{self, Gravity};
use super::stage::{Backoff, Diary, Stage};
use super::words::{self, Side};
use crate::clock::At;
use crate::wire_client::WireError;
use crate::wire_client::desk::Desk;
use crate::wire_client::frames::{DeskHears, DeskSays, HeardContact};
use crate::wire_client::socket::Socket;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// The demonstration's password, as printed by `serve --demo`.
const PASSWORD: &str = "xinqiao-demo";

/// Own assumption: seconds from the ring to the hand on the mouse.
const ACCEPT_S: f64 = 4.0;

/// Share of offers that ring out unseen: own assumption.
const MISSED_SHARE: f64 = 0.02;

/// Talk length with somebody who has no plan, in hotline minutes.
const UNPLANNED_MIN: f64 = 10.0;

/// What a counselor does by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deed {
    Accept { offer_id: String },
    Say { contact_id: String },
    Assess { contact_id: String },
    End { contact_id: String },
    WriteNote { contact_id: String },
    SendAgain,
    Ping,
}

impl Deed {
    fn contact(&self) -> Option<&str> {
        match self {
            Self::Say { contact_id }
            | Self::Assess { contact_id }
            | Self::End { contact_id }
            | Self::WriteNote { contact_id } => Some(contact_id),
            Self::Accept { .. } | Self::SendAgain | Self::Ping => None,
        }
    }
}

struct Counselor {
    stage: Rc<Stage>,
    username: String,
    desk: Desk,
    chance: Chance,
    talks: BTreeMap<String, Talk>,
    diary: Diary<Deed>,
}

/// A contact in hand.
struct Talk {
    outbox: Outbox,
    ended: bool,
}

/// Works until no seeker is left and nothing is in hand. `Err` when sign-in is refused.
pub async fn work(stage: Rc<Stage>, username: String, chance: Chance) -> Result<(), WireError> {
    let desk = sign_in(&stage, &username).await?;
    let (talks, diary) = (BTreeMap::new(), Diary::empty());
    let mut counselor = Counselor { stage, username, desk, chance, talks, diary };
    let mut backoff = Backoff::fresh();
    while !counselor.done() {
        let again_after = match counselor.desk.console().await {
            Ok(socket) => {
                backoff = Backoff::fresh();
                let again_after = counselor.sit(socket).await;
                if counselor.done() {
                    break;
                }
                counselor.stage.ledger.borrow_mut().counts.reconnects += 1;
                again_after
            }
            Err(error) => {
                counselor.stage.note_trouble(&error);
                if matches!(error.status(), Some(401 | 403)) {
                    counselor.desk = sign_in(&counselor.stage, &counselor.username).await?;
                }
                None
            }
        };
        backoff.rest(again_after).await;
    }
    Ok(())
}

/// Signs in, however long the server is away; a refusal is final.
async fn sign_in(stage: &Stage, username: &str) -> Result<Desk, WireError> {
    let mut backoff = Backoff::fresh();
    loop {
        let error = match Desk::sign_in(&stage.door, username, PASSWORD).await {
            Ok(desk) => return Ok(desk),
            Err(error) => error,
        };
        let busy = matches!(error.status(), None | Some(429 | 503));
        if !busy || stage.empty.get() {
            return Err(error);
        }
        stage.note_trouble(&error);
        backoff.rest(None).await;
    }
}

impl Counselor {
    fn done(&self) -> bool {
        self.stage.empty.get() && self.talks.is_empty()
    }

    fn soon(&mut self, hotline_s: f64) -> At {
        let length = Duration::from_secs_f64(self.chance.exponential(hotline_s));
        self.stage.clock.now() + self.stage.real_ms(length)
    }

    /// One socket's life; the pause the server asked for before the next.
    async fn sit(&mut self, mut socket: Socket) -> Option<Duration> {
        let mut again_after = None;
        while !self.done() {
            // Looked at again each second, to see that the evening is over.
            let second = self.stage.clock.now() + 1000;
            let due = self.diary.next_at().unwrap_or(second).min(second);
            let stage = Rc::clone(&self.stage);
            let result = tokio::select! {
                heard = socket.hear() => match heard {
                    Ok(frame) => self.hear(&frame, &mut socket, &mut again_after).await,
                    Err(error) => Err(error),
                },
                () = stage.until(due) => self.act(&mut socket).await,
            };
            if let Err(error) = result {
                self.stage.note_trouble(&error);
                return again_after;
            }
        }
        // Best effort: who goes home without a word is set offline by the server's grace.
        let _ = socket.say(&DeskSays::Presence { presence: "offline" }).await;
        None
    }

    async fn hear(
        &mut self,
        frame: &str,
        socket: &mut Socket,
        again_after: &mut Option<Duration>,
    ) -> Result<(), WireError> {
        let heard: DeskHears<'_> = serde_json::from_str(frame)?;
        match &*heard.kind {
            "welcome" => self.welcome(&heard, socket).await?,
            "presence" => self.told_presence(&heard, socket).await?,
            "offer" => self.offered(heard.offer_id.as_deref()),
            "assigned" => {
                if let Some(contact) = &heard.contact {
                    self.take(contact, socket).await?;
                }
            }
            "message" => self.message(&heard),
            "ack" => self.acked(&heard),
            "contact_state" => self.told_state(&heard, socket).await?,
            "error" => self.refused(&heard),
            "bye" => *again_after = heard.reconnect_after_ms.map(Duration::from_millis),
            _ => {}
        }
        Ok(())
    }

    async fn welcome(
        &mut self,
        heard: &DeskHears<'_>,
        socket: &mut Socket,
    ) -> Result<(), WireError> {
        let beat_ms =
            heard.heartbeat_s.and_then(|s| i64::try_from(s * 1000).ok()).unwrap_or(20_000);
        self.diary.keep(|deed| *deed != Deed::Ping && !matches!(deed, Deed::Accept { .. }));
        self.diary.add(self.stage.clock.now() + beat_ms, Deed::Ping);
        let contacts = heard.contacts.as_deref().unwrap_or_default();
        let held: Vec<&str> = contacts.iter().map(|contact| &*contact.contact_id).collect();
        let gone: Vec<String> =
            self.talks.keys().filter(|id| !held.contains(&id.as_str())).cloned().collect();
        for contact_id in gone {
            self.let_go(&contact_id);
        }
        for contact in contacts {
            self.take(contact, socket).await?;
        }
        if let Some(offer) = &heard.offer {
            self.offered(Some(&*offer.offer_id));
        }
        socket.say(&DeskSays::Presence { presence: "available" }).await
    }

    /// Set away for missed offers: a simulated counselor comes back at once.
    async fn told_presence(
        &mut self,
        heard: &DeskHears<'_>,
        socket: &mut Socket,
    ) -> Result<(), WireError> {
        if heard.presence.as_deref() == Some("away") && !self.stage.empty.get() {
            socket.say(&DeskSays::Presence { presence: "available" }).await?;
        }
        Ok(())
    }

    fn offered(&mut self, offer_id: Option<&str>) {
        let Some(offer_id) = offer_id else { return };
        self.stage.ledger.borrow_mut().counts.offers += 1;
        if self.chance.yes(MISSED_SHARE) {
            self.stage.ledger.borrow_mut().counts.offers_missed += 1;
            return;
        }
        let at = self.soon(ACCEPT_S);
        self.diary.add(at, Deed::Accept { offer_id: offer_id.to_owned() });
    }

    /// A contact is in hand: new, or again after a reconnect.
    async fn take(
        &mut self,
        contact: &HeardContact<'_>,
        socket: &mut Socket,
    ) -> Result<(), WireError> {
        let contact_id: &str = &contact.contact_id;
        let wrap_up = contact.state.as_deref() == Some("wrap_up");
        if !self.talks.contains_key(contact_id) {
            let outbox = Outbox::new(Side::Counselor);
            self.talks.insert(contact_id.to_owned(), Talk { outbox, ended: false });
            self.plan_talk(contact_id);
        }
        if wrap_up {
            self.wrap_up(contact_id);
        }
        let Some(talk) = self.talks.get(contact_id) else { return Ok(()) };
        let after_seq = talk.outbox.last_seq();
        socket.queue(&DeskSays::History { contact_id, after_seq }).await?;
        for (client_id, text) in talk.outbox.waiting() {
            socket.queue(&DeskSays::Message { contact_id, client_id: &client_id, text }).await?;
        }
        socket.flush().await
    }

    fn plan_talk(&mut self, contact_id: &str) {
        let plan = self.stage.ledger.borrow().plan(contact_id).cloned();
        let length = plan.as_ref().map_or(people::minutes_long(UNPLANNED_MIN), |plan| {
            // The seeker leaves first, or this side a little late.
            plan.talk.mul_f64(if plan.counselor_ends { 1.0 } else { 1.5 })
        });
        let now = self.stage.clock.now();
        let contact_id = contact_id.to_owned();
        self.diary
            .add(now + self.stage.real_ms(length), Deed::End { contact_id: contact_id.clone() });
        if plan.is_some_and(|plan| plan.gravity == Gravity::Medium) {
            let at = now + self.stage.real_ms(length.mul_f64(0.3));
            self.diary.add(at, Deed::Assess { contact_id: contact_id.clone() });
        }
        let at = self.soon(20.0);
        self.diary.add(at, Deed::Say { contact_id });
    }

    fn wrap_up(&mut self, contact_id: &str) {
        let Some(talk) = self.talks.get_mut(contact_id) else { return };
        if std::mem::replace(&mut talk.ended, true) {
            return;
        }
        self.diary.keep(|deed| deed.contact() != Some(contact_id));
        let at = self.soon(people::WRAP_UP_MIN * 60.0);
        self.diary.add(at, Deed::WriteNote { contact_id: contact_id.to_owned() });
    }

    fn let_go(&mut self, contact_id: &str) {
        self.talks.remove(contact_id);
        self.diary.keep(|deed| deed.contact() != Some(contact_id));
    }

    async fn told_state(
        &mut self,
        heard: &DeskHears<'_>,
        socket: &mut Socket,
    ) -> Result<(), WireError> {
        let Some(contact_id) = heard.contact_id.as_deref() else { return Ok(()) };
        match heard.state.as_deref() {
            Some("wrap_up") => {
                self.wrap_up(contact_id);
                // What the seeker wrote last is read before the note.
                if let Some(talk) = self.talks.get(contact_id) {
                    let after_seq = talk.outbox.last_seq();
                    socket.say(&DeskSays::History { contact_id, after_seq }).await?;
                }
            }
            Some("closed" | "released") => self.let_go(contact_id),
            _ => {}
        }
        Ok(())
    }

    fn message(&mut self, heard: &DeskHears<'_>) {
        let (Some(contact_id), Some(seq)) = (heard.contact_id.as_deref(), heard.seq) else {
            return;
        };
        let Some(talk) = self.talks.get_mut(contact_id) else { return };
        talk.outbox.know(seq);
        let tag = heard.text.as_deref().and_then(words::tag);
        self.stage.ledger.borrow_mut().hear(contact_id, Side::Counselor, seq, tag);
    }

    fn acked(&mut self, heard: &DeskHears<'_>) {
        let Some(contact_id) = heard.contact_id.as_deref() else { return };
        let Some(talk) = self.talks.get_mut(contact_id) else { return };
        let tag = heard.client_id.as_deref().and_then(|id| talk.outbox.acked(id));
        if let (Some(tag), Some(seq)) = (tag, heard.seq) {
            talk.outbox.know(seq);
            self.stage.ledger.borrow_mut().ack(contact_id, tag, seq);
        }
    }

    fn refused(&mut self, heard: &DeskHears<'_>) {
        let mut ledger = self.stage.ledger.borrow_mut();
        ledger.counts.refused += 1;
        ledger.trouble(heard.code.as_deref().unwrap_or("unsaid"));
        if heard.client_id.is_some() {
            self.diary.add(self.stage.clock.now() + 1000, Deed::SendAgain);
        }
    }
}

impl Counselor {
    /// Does everything that is due.
    async fn act(&mut self, socket: &mut Socket) -> Result<(), WireError> {
        while let Some(deed) = self.diary.take_due(self.stage.clock.now()) {
            match deed {
                Deed::Accept { offer_id } => {
                    socket.say(&DeskSays::Accept { offer_id: &offer_id }).await?;
                }
                Deed::Say { contact_id } => self.write(&contact_id, socket).await?,
                Deed::Assess { contact_id } => {
                    socket
                        .say(&DeskSays::Risk { contact_id: &contact_id, risk: "moderate" })
                        .await?;
                }
                Deed::End { contact_id } => {
                    socket.say(&DeskSays::End { contact_id: &contact_id }).await?;
                    self.diary.add(self.stage.clock.now() + 5000, Deed::End { contact_id });
                }
                Deed::WriteNote { contact_id } => self.write_note(contact_id, socket).await?,
                Deed::SendAgain => self.send_again(socket).await?,
                Deed::Ping => {
                    self.diary.add(self.stage.clock.now() + 15_000, Deed::Ping);
                    socket.say(&DeskSays::Ping).await?;
                }
            }
        }
        Ok(())
    }

    async fn write(&mut self, contact_id: &str, socket: &mut Socket) -> Result<(), WireError> {
        let Some(talk) = self.talks.get_mut(contact_id).filter(|talk| !talk.ended) else {
            return Ok(());
        };
        let tag = talk.outbox.next_tag();
        let chars = people::counselor_chars(&mut self.chance);
        let text = words::text(&mut self.chance, chars, tag);
        talk.outbox.put(tag, text.clone());
        self.stage.ledger.borrow_mut().counts.sent += 1;
        let gap = people::message_gap(&mut self.chance);
        let at = self.stage.clock.now() + self.stage.real_ms(gap);
        self.diary.add(at, Deed::Say { contact_id: contact_id.to_owned() });
        let client_id = outbox::client_id(tag.1);
        socket.queue(&DeskSays::Typing { contact_id }).await?;
        socket.say(&DeskSays::Message { contact_id, client_id: &client_id, text: &text }).await
    }

    /// Writes the note, then lets go; a note that fails is written again later.
    async fn write_note(
        &mut self,
        contact_id: String,
        socket: &mut Socket,
    ) -> Result<(), WireError> {
        let outcome = if self.chance.yes(0.9) { "helped" } else { "referred" };
        let written = self.desk.write_note(&contact_id, "模拟来访，无记录内容。", outcome).await;
        match written {
            Ok(()) => {
                self.stage.ledger.borrow_mut().counts.notes += 1;
                socket.say(&DeskSays::WrappedUp { contact_id: &contact_id }).await
            }
            Err(error) => {
                self.stage.note_trouble(&error);
                if matches!(error.status(), Some(404 | 409 | 410)) {
                    self.let_go(&contact_id);
                } else {
                    self.diary.add(self.stage.clock.now() + 2000, Deed::WriteNote { contact_id });
                }
                Ok(())
            }
        }
    }

    async fn send_again(&mut self, socket: &mut Socket) -> Result<(), WireError> {
        self.diary.keep(|deed| *deed != Deed::SendAgain);
        for (contact_id, talk) in &self.talks {
            for (client_id, text) in talk.outbox.waiting() {
                socket
                    .queue(&DeskSays::Message { contact_id, client_id: &client_id, text })
                    .await?;
            }
        }
        socket.flush().await
    }
}
