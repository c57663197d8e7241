//! Who looks into which talk: consoles beside the counselor's that hear it too.
//!
//! A look belongs to one console and one talk in one counselor's hand. While the history is being
//! shown, what is said meanwhile is held back, so that everything is shown once and in order.
//! Invariants: only a contact in a talk is looked into; what ends the talk ends its looks.

use super::{Hub, SeatId, Seats};
use crate::ids::{AccountId, ContactId, CounselorId, LookId, NoteId};
use crate::live::card::{Card, Stage};
use crate::live::outbox::{Farewell, Frame, Outbox};
use crate::store::look_ins::LookIn;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Frames held back while a history is shown, as many as wait for a slow reader by default.
const HELD_MAX: usize = 256;

/// Why nobody may look in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLook {
    #[error("the contact has gone")]
    UnknownContact,
    #[error("the contact is not in a talk")]
    NotTalking,
    #[error("the talk is the looker's own")]
    OwnTalk,
    #[error("too many looks at once")]
    TooMany,
}

/// What a frame shows, to know whether the history has shown it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Message(i64),
    Whisper(NoteId),
    Sign,
}

/// A console that looks into a talk.
#[derive(Debug)]
pub struct Looker {
    pub look: LookIn,
    pub seat: SeatId,
    pub alias: String,
    outbox: Arc<Outbox>,
    /// `None` once the history has been shown.
    held: Option<Vec<(Piece, Frame)>>,
}

impl Looker {
    #[must_use]
    pub const fn new(look: LookIn, seat: SeatId, alias: String, outbox: Arc<Outbox>) -> Self {
        Self { look, seat, alias, outbox, held: Some(Vec::new()) }
    }

    /// Shows a frame, or holds it back until the history has been shown.
    pub fn tell(&mut self, piece: Piece, frame: Frame) {
        match &mut self.held {
            None => self.outbox.push(frame),
            Some(held) if held.len() < HELD_MAX => held.push((piece, frame)),
            Some(_) => self.outbox.close(Farewell::SlowReader),
        }
    }

    /// The last word of this look, past what is held.
    pub fn say(&self, frame: Frame) {
        self.outbox.push(frame);
    }
}

/// A look that has begun.
#[derive(Debug)]
pub struct Begun {
    pub card: Card,
    /// Who holds the talk.
    pub counselor: CounselorId,
    /// The same console's look into the same talk before this one: it has ended.
    pub replaced: Option<LookIn>,
}

impl Seats {
    fn may_look(
        &self,
        contact: ContactId,
        seat: SeatId,
        account: AccountId,
        looks_max: usize,
    ) -> Result<(&Card, CounselorId), NoLook> {
        let card = self.cards.get(&contact).ok_or(NoLook::UnknownContact)?;
        let Stage::Talking { counselor, .. } = card.stage else { return Err(NoLook::NotTalking) };
        if AccountId(counselor.0) == account {
            return Err(NoLook::OwnTalk);
        }
        let others = self.looks.iter().filter(|(other, _)| **other != contact);
        let held = others.filter(|(_, lookers)| lookers.iter().any(|one| one.seat == seat));
        if held.count() >= looks_max { Err(NoLook::TooMany) } else { Ok((card, counselor)) }
    }

    fn aliases(&self, contact: ContactId) -> Vec<String> {
        let lookers = self.looks.get(&contact).map_or(&[][..], Vec::as_slice);
        let aliases: BTreeSet<&String> = lookers.iter().map(|looker| &looker.alias).collect();
        aliases.into_iter().cloned().collect()
    }
}

impl Hub {
    /// Who holds the talk that this console asks to look into.
    ///
    /// # Errors
    /// [`NoLook`].
    pub fn may_look(
        &self,
        contact: ContactId,
        seat: SeatId,
        account: AccountId,
        looks_max: usize,
    ) -> Result<CounselorId, NoLook> {
        let seats = self.lock();
        seats.may_look(contact, seat, account, looks_max).map(|(_, counselor)| counselor)
    }

    /// Begins a look, in place of one of the same console; what is said from now on is held back
    /// until [`Hub::open_look`].
    ///
    /// # Errors
    /// [`NoLook`]: the talk may have ended since it was asked.
    pub fn begin_look(&self, looker: Looker, looks_max: usize) -> Result<Begun, NoLook> {
        let mut seats = self.lock();
        let LookIn { contact, account, .. } = looker.look;
        let (card, counselor) = seats.may_look(contact, looker.seat, account, looks_max)?;
        let card = card.clone();
        let lookers = seats.looks.entry(contact).or_default();
        let before = lookers.iter().position(|other| other.seat == looker.seat);
        let replaced = before.map(|position| lookers.remove(position).look);
        lookers.push(looker);
        Ok(Begun { card, counselor, replaced })
    }

    /// The history is shown: what was held back follows, without what was in the history.
    pub fn open_look(
        &self,
        contact: ContactId,
        look: LookId,
        shown_seq: i64,
        shown_whispers: &BTreeSet<NoteId>,
    ) {
        let mut seats = self.lock();
        let lookers = seats.looks.get_mut(&contact).map_or(&mut [][..], Vec::as_mut_slice);
        let Some(looker) = lookers.iter_mut().find(|looker| looker.look.look == look) else {
            return;
        };
        for (piece, frame) in looker.held.take().unwrap_or_default() {
            let is_shown = match piece {
                Piece::Message(seq) => seq <= shown_seq,
                Piece::Whisper(whisper) => shown_whispers.contains(&whisper),
                Piece::Sign => false,
            };
            if !is_shown {
                looker.outbox.push(frame);
            }
        }
    }

    /// Whether this console looks into that talk.
    #[must_use]
    pub fn is_looking(&self, contact: ContactId, seat: SeatId) -> bool {
        let seats = self.lock();
        seats.looks.get(&contact).is_some_and(|held| held.iter().any(|one| one.seat == seat))
    }

    /// Whether this look goes on.
    #[must_use]
    pub fn has_look(&self, contact: ContactId, look: LookId) -> bool {
        let seats = self.lock();
        seats.looks.get(&contact).is_some_and(|held| held.iter().any(|one| one.look.look == look))
    }

    /// The aliases of those who look into a talk, each once.
    #[must_use]
    pub fn lookers_of(&self, contact: ContactId) -> Vec<String> {
        self.lock().aliases(contact)
    }

    /// Tells everybody who looks into a talk.
    pub fn tell_lookers(&self, contact: ContactId, frame: &Frame) {
        if let Some(lookers) = self.lock().looks.get_mut(&contact) {
            for looker in lookers {
                looker.tell(Piece::Sign, frame.clone());
            }
        }
    }

    /// Tells the counselor who looks in now; `frame` writes it. Under one lock, so that the last
    /// word told is the true one.
    pub fn tell_looked_at(&self, contact: ContactId, frame: impl FnOnce(Vec<String>) -> Frame) {
        let seats = self.lock();
        let holder = seats.cards.get(&contact).and_then(Card::counselor);
        let Some(desks) = holder.and_then(|held| seats.desks.get(&AccountId(held.0))) else {
            return;
        };
        let frame = frame(seats.aliases(contact));
        for desk in desks {
            desk.seat.outbox.push(frame.clone());
        }
    }

    /// Ends the looks of a contact that `chosen` names, and gives them.
    pub fn end_looks(&self, contact: ContactId, chosen: impl Fn(&Looker) -> bool) -> Vec<Looker> {
        let mut seats = self.lock();
        let Some(lookers) = seats.looks.remove(&contact) else { return Vec::new() };
        let (ended, stay): (Vec<Looker>, Vec<Looker>) = lookers.into_iter().partition(chosen);
        if !stay.is_empty() {
            seats.looks.insert(contact, stay);
        }
        ended
    }

    /// A console has gone: what it looked into.
    pub fn end_looks_of(&self, seat: SeatId) -> Vec<LookIn> {
        let mut ended = Vec::new();
        self.lock().looks.retain(|_, lookers| {
            let here = lookers.iter().filter(|looker| looker.seat == seat);
            ended.extend(here.map(|looker| looker.look));
            lookers.retain(|looker| looker.seat != seat);
            !lookers.is_empty()
        });
        ended
    }
}
