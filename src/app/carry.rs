//! The carrier: effects are carried out here, in order, once they are on disk.

use super::rungs;
use super::voice::Voice;
use crate::clock::{At, Clock};
use crate::desk::frame::ToDesk;
use crate::desk::look;
use crate::desk::show::{self, Ringing, word};
use crate::dice;
use crate::door::socket::to_text;
use crate::ids::{ContactId, CounselorId, LineId, MessageId};
use crate::live::card::Stage;
use crate::live::outbox::Farewell;
use crate::live::switch::AndThen;
use crate::live::{Admission, Card, Directory, Frame, Hub};
use crate::lobby::frame::{SeekerState, ToSeeker, end_word};
use crate::store::{Append, MessageKind, Receipt, Sender, Store, Turn};
use crate::switchboard::effect::{Queued, RungCause};
use crate::switchboard::line::LastRung;
use crate::switchboard::{Effect, End, Need};
use crate::veil::Pii;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// One thing to carry out.
pub enum Carry {
    Effects {
        at: At,
        /// Of an arrival: put up before its effects.
        card: Option<Box<Card>>,
        effects: Vec<Effect>,
        /// The needs of the contacts offered, in the order of their offers.
        needs: VecDeque<Option<Need>>,
        reply: Option<oneshot::Sender<Vec<Effect>>>,
    },
    Then(AndThen),
}

/// What one transaction covers.
pub struct Load {
    /// `None` if there was nothing to write.
    pub receipt: Option<Receipt>,
    pub carry: Vec<Carry>,
}

/// Carries effects out.
pub struct Carrier {
    pub hub: Arc<Hub>,
    pub store: Arc<Store>,
    pub directory: Arc<Directory>,
    pub admission: Arc<Admission>,
    pub clock: Clock,
    pub voice: Voice,
    pub ring_ms: i64,
    /// Contacts that were told something by the house just now: they are let go only after it is on disk.
    pub spoken_to: BTreeSet<ContactId>,
}

impl Carrier {
    /// Runs until the pump is gone, or the store has closed for good.
    pub async fn run(mut self, mut loads: mpsc::Receiver<Load>) {
        while let Some(load) = loads.recv().await {
            if let Some(receipt) = load.receipt
                && let Err(error) = receipt.durable().await
            {
                tracing::error!(%error, "app.carrier stops: a turn did not reach the disk");
                return;
            }
            load.carry.into_iter().for_each(|carry| self.carry(carry));
        }
    }

    fn carry(&mut self, carry: Carry) {
        match carry {
            Carry::Then(and_then) => and_then(),
            Carry::Effects { at, card, effects, mut needs, reply } => {
                if let Some(card) = card {
                    self.hub.put_card(*card);
                }
                for effect in &effects {
                    self.effect(effect, &mut needs, at);
                }
                if let Some(reply) = reply {
                    // Whoever asked may have gone; the effects are carried out all the same.
                    let _ = reply.send(effects);
                }
            }
        }
    }

    fn effect(&mut self, effect: &Effect, needs: &mut VecDeque<Option<Need>>, at: At) {
        match *effect {
            Effect::Offer { offer, contact, counselor, expires_at, pick } => {
                let need = needs.pop_front().flatten();
                self.offer(&Ringing { offer, contact, counselor, expires_at, pick, need });
            }
            Effect::Withdraw { offer, counselor, reason, .. } => {
                let frame = ToDesk::OfferGone { offer_id: offer.to_string(), reason: word(reason) };
                self.tell_counselor(counselor, &frame);
                self.voice.stop(counselor, offer);
            }
            Effect::Connect { contact, counselor } => self.connect(contact, counselor, at),
            Effect::Queued { contact, reason, .. } => self.queued(contact, reason),
            Effect::WrapUp { contact, counselor, ended, until } => {
                self.set_stage(contact, Stage::WrapUp { counselor, until, ended });
                self.end_looks(contact, "closed");
                self.contact_state(counselor, contact, "wrap_up", end_word(ended), Some(until));
                self.voice.over(contact, counselor);
            }
            Effect::Released { contact, counselor, reason } => {
                self.contact_state(counselor, contact, "released", &word(reason), None);
                self.voice.released(contact, counselor);
            }
            Effect::Ended { contact, ended } => self.ended(contact, ended),
            Effect::Closed { contact, .. } => self.closed(contact),
            Effect::LastRung { contact, ref rung, cause } => {
                self.last_rung(contact, rung, cause, at);
            }
            Effect::RiskChanged { contact, risk } => self.risk_changed(contact, risk),
            Effect::Presence { counselor, presence, wish, reason } => {
                let frame = ToDesk::Presence {
                    presence: presence.into(),
                    wish: wish.into(),
                    reason: word(reason),
                };
                self.tell_counselor(counselor, &frame);
            }
            Effect::Switched { line, switchboard_mode, outage } => {
                tracing::warn!(line.id = line.0, switchboard_mode, outage, "line switched");
            }
            Effect::Refuse { .. } => {}
        }
    }

    fn offer(&self, ringing: &Ringing) {
        let Some(card) = self.hub.card(ringing.contact) else { return };
        let book = self.directory.book();
        let offer = show::offer(ringing, &card, &book, self.ring_ms);
        self.tell_counselor(ringing.counselor, &ToDesk::Offer(offer));
        self.voice.ring(ringing, &card);
    }

    fn connect(&self, contact: ContactId, counselor: CounselorId, at: At) {
        let card = self.hub.with_card(contact, |card| {
            card.stage = Stage::Talking { counselor, since: at };
            card.place = None;
            card.clone()
        });
        let Some(card) = card else { return };
        self.voice.connect(&card, counselor);
        let book = self.directory.book();
        let alias = book.alias(counselor);
        let wait_ms = u64::try_from(at.ms_since(card.arrived_at)).unwrap_or(0);
        tracing::info!(contact.id = %contact, wait_ms, "contact connected");
        self.tell_seeker(contact, &ToSeeker::Connected { counselor: alias });
        self.state(contact, SeekerState::Connected, "connected");
        let online = self.hub.is_seeker_seated(contact);
        if let Some(in_hand) = show::contact(&card, &book, online, Vec::new()) {
            self.tell_counselor(counselor, &ToDesk::Assigned { contact: in_hand });
        }
    }

    fn queued(&self, contact: ContactId, reason: Queued) {
        let card = self.hub.with_card(contact, |card| {
            let has_talked = matches!(card.stage, Stage::Talking { .. } | Stage::Transferring);
            card.previous = card.counselor().or(card.previous);
            card.stage = if has_talked { Stage::Transferring } else { Stage::Waiting };
            card.place = None;
            card.clone()
        });
        self.end_looks(contact, "released");
        let Some(card) = card else { return };
        self.voice.wait(&card, reason);
        match (reason, card.stage) {
            // An offer that came back is nothing the seeker should worry about.
            (Queued::OfferMissed | Queued::OfferDeclined | Queued::OfferWithdrawn, _) => {}
            (_, Stage::Transferring) => {
                self.state(contact, SeekerState::Transferring, &word(reason));
            }
            (_, _) => self.state(contact, SeekerState::Waiting, &word(reason)),
        }
    }

    /// The seeker is told and let go; what the house said just before goes out first.
    fn ended(&mut self, contact: ContactId, ended: End) {
        let card = self.hub.with_card(contact, |card| {
            if !matches!(card.stage, Stage::WrapUp { .. }) && card.counselor().is_none() {
                card.stage = Stage::Ended { ended };
            }
            card.clone()
        });
        let Some(card) = card else { return };
        self.voice.ended(&card, ended);
        tracing::info!(contact.id = %contact, reason = end_word(ended), "contact ended");
        let frame = to_text(&ToSeeker::State {
            state: SeekerState::Ended,
            reason: end_word(ended).to_owned(),
        });
        let hub = Arc::clone(&self.hub);
        let say = move || {
            hub.tell_seeker(contact, Frame { seq: 0, answers: false, text: frame });
            hub.dismiss_seeker(contact, Farewell::Ended);
        };
        if self.spoken_to.remove(&contact) {
            let writer = self.store.writer();
            tokio::spawn(async move {
                // An empty turn is written after everything queued before it.
                let _ = writer.turn(Turn::default()).await;
                say();
            });
        } else {
            say();
        }
    }

    fn closed(&self, contact: ContactId) {
        self.hub.take_card(contact);
        self.end_looks(contact, "closed");
        self.admission.note_settled(contact);
        self.store.writer().forget(contact);
    }

    fn last_rung(&mut self, contact: ContactId, rung: &LastRung, cause: RungCause, at: At) {
        let Some(card) = self.hub.card(contact) else { return };
        let book = self.directory.book();
        let Some(face) = book.line(card.line) else { return };
        tracing::warn!(contact.id = %contact, line.id = card.line.0, cause = word(cause), "last rung");
        self.voice.last_rung(&card, rung, cause);
        let append = Append {
            tag: 0,
            contact,
            message: MessageId(dice::uuid(at)),
            from: Sender::System,
            author: None,
            client_id: None,
            kind: MessageKind::Event,
            text: Pii::new(rungs::text(face, rung, cause, card.locale)),
            at,
        };
        if self.store.writer().append(append).is_ok() {
            self.spoken_to.insert(contact);
        }
        if let LastRung::Forward { line } = rung {
            self.move_to(contact, *line);
        }
    }

    fn move_to(&mut self, contact: ContactId, line: LineId) {
        self.hub.with_card(contact, |card| card.line = line);
        self.spoken_to.remove(&contact);
    }

    fn risk_changed(&self, contact: ContactId, risk: crate::switchboard::Risk) {
        let card = self.hub.with_card(contact, |card| {
            card.risk = risk;
            card.clone()
        });
        let Some(card) = card else { return };
        if let Some(counselor) = card.counselor() {
            let frame = ToDesk::ContactState {
                contact_id: contact.to_string(),
                state: "risk".to_owned(),
                reason: "assessed".to_owned(),
                risk: Some(risk.into()),
                until: None,
            };
            self.tell_counselor(counselor, &frame);
            self.hub
                .tell_lookers(contact, &Frame { seq: 0, answers: false, text: to_text(&frame) });
        }
        if risk == crate::switchboard::Risk::Imminent {
            let state = crate::lobby::frame::state_of(card.stage);
            self.state(contact, state, "danger_noted");
            self.voice.danger_noted(&card);
        }
    }

    /// The talk is over or has left the counselor: nobody looks in, and nobody calls for help there.
    fn end_looks(&self, contact: ContactId, reason: &str) {
        self.hub.end_call(contact);
        look::end_looks(&self.hub, &self.store, self.clock.now(), contact, reason, |_| true);
    }

    fn set_stage(&self, contact: ContactId, stage: Stage) {
        self.hub.with_card(contact, |card| card.stage = stage);
    }

    fn contact_state(
        &self,
        counselor: CounselorId,
        contact: ContactId,
        state: &str,
        reason: &str,
        until: Option<At>,
    ) {
        let frame = ToDesk::ContactState {
            contact_id: contact.to_string(),
            state: state.to_owned(),
            reason: reason.to_owned(),
            risk: None,
            until: until.map(At::rfc3339),
        };
        self.tell_counselor(counselor, &frame);
    }

    fn state(&self, contact: ContactId, state: SeekerState, reason: &str) {
        self.tell_seeker(contact, &ToSeeker::State { state, reason: reason.to_owned() });
    }

    fn tell_seeker(&self, contact: ContactId, frame: &ToSeeker) {
        let frame = Frame { seq: 0, answers: false, text: to_text(frame) };
        self.hub.tell_seeker(contact, frame);
    }

    fn tell_counselor(&self, counselor: CounselorId, frame: &ToDesk) {
        let frame = Frame { seq: 0, answers: false, text: to_text(frame) };
        self.hub.tell_counselor(counselor, &frame);
    }
}
