//! Who sits where: seekers by contact, consoles by account, who looks in, and the cards of open
//! contacts.
//!
//! One lock, held for map look-ups and pushes only, never over an await.

mod calls;
mod looks;

pub use calls::Call;
pub use looks::{Begun, Looker, NoLook, Piece};

use super::card::Card;
use super::outbox::{Farewell, Frame, Outbox};
use super::voice::Telephones;
use crate::ids::{AccountId, ContactId, CounselorId};
use axum::extract::ws::Utf8Bytes;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names one socket for as long as the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeatId(pub u64);

/// A connected socket.
#[derive(Clone, Debug)]
pub struct Seat {
    pub seat: SeatId,
    pub outbox: Arc<Outbox>,
}

/// A console's socket: a seat with what it wants to hear.
#[derive(Clone, Debug)]
pub struct DeskSeat {
    pub seat: Seat,
    /// SHA-256 of the sign-in token, so that signing out closes the socket.
    pub session: [u8; 32],
    pub watches_queue: bool,
    pub supervises: bool,
}

#[derive(Debug, Default)]
struct Seats {
    seekers: FxHashMap<ContactId, Seat>,
    desks: BTreeMap<AccountId, Vec<DeskSeat>>,
    cards: FxHashMap<ContactId, Card>,
    /// Those who look into a talk; a handful at most.
    looks: BTreeMap<ContactId, Vec<Looker>>,
    calls: BTreeMap<ContactId, Call>,
}

/// The hub of one node.
#[derive(Debug, Default)]
pub struct Hub {
    seats: Mutex<Seats>,
    next_seat: AtomicU64,
    /// Who hears by telephone.
    pub telephones: Telephones,
}

impl Hub {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new name for a socket; never 0.
    #[must_use]
    pub fn next_seat(&self) -> SeatId {
        SeatId(self.next_seat.fetch_add(1, Ordering::Relaxed).saturating_add(1))
    }

    // ── cards ───────────────────────────────────────────────────────

    /// Puts up (or replaces) a card.
    pub fn put_card(&self, card: Card) {
        self.lock().cards.insert(card.contact, card);
    }

    /// A copy of the card.
    #[must_use]
    pub fn card(&self, contact: ContactId) -> Option<Card> {
        self.lock().cards.get(&contact).cloned()
    }

    /// Changes a card in place; `None` if there is none.
    pub fn with_card<T>(
        &self,
        contact: ContactId,
        change: impl FnOnce(&mut Card) -> T,
    ) -> Option<T> {
        self.lock().cards.get_mut(&contact).map(change)
    }

    /// Takes the card down: the contact has left the switchboard.
    pub fn take_card(&self, contact: ContactId) -> Option<Card> {
        self.lock().cards.remove(&contact)
    }

    // ── seekers ─────────────────────────────────────────────────────

    /// Seats a seeker; the older socket, if any, is told `bye`. Returns whether one was replaced.
    pub fn seat_seeker(&self, contact: ContactId, seat: Seat) -> bool {
        let old = self.lock().seekers.insert(contact, seat);
        old.inspect(|seat| seat.outbox.close(Farewell::Replaced)).is_some()
    }

    /// The socket is gone. `true` if it was the seat (not one already replaced).
    pub fn unseat_seeker(&self, contact: ContactId, seat: SeatId) -> bool {
        let mut seats = self.lock();
        if seats.seekers.get(&contact).is_some_and(|held| held.seat == seat) {
            seats.seekers.remove(&contact);
            return true;
        }
        false
    }

    #[must_use]
    pub fn is_seeker_seated(&self, contact: ContactId) -> bool {
        self.lock().seekers.contains_key(&contact) || self.telephones.is_caller_seated(contact)
    }

    /// Tells the seeker; `false` if no socket is there.
    pub fn tell_seeker(&self, contact: ContactId, frame: Frame) -> bool {
        match self.lock().seekers.get(&contact) {
            Some(seat) => {
                seat.outbox.push(frame);
                true
            }
            None => false,
        }
    }

    /// Closes the seeker's socket after what is queued.
    pub fn dismiss_seeker(&self, contact: ContactId, farewell: Farewell) {
        if let Some(seat) = self.lock().seekers.get(&contact) {
            seat.outbox.close(farewell);
        }
    }

    // ── consoles ────────────────────────────────────────────────────

    /// Seats a console beside others of the same account; past `seats_max` the oldest goes.
    pub fn seat_desk(&self, account: AccountId, seat: DeskSeat, seats_max: usize) {
        let mut seats = self.lock();
        let held = seats.desks.entry(account).or_default();
        while held.len() >= seats_max.max(1) {
            held.remove(0).seat.outbox.close(Farewell::Replaced);
        }
        held.push(seat);
    }

    /// The socket is gone. `true` if it was the account's last one.
    pub fn unseat_desk(&self, account: AccountId, seat: SeatId) -> bool {
        let mut seats = self.lock();
        let Some(held) = seats.desks.get_mut(&account) else {
            return false;
        };
        let before = held.len();
        held.retain(|desk| desk.seat.seat != seat);
        let last_one = before > 0 && held.is_empty();
        if held.is_empty() {
            seats.desks.remove(&account);
        }
        last_one
    }

    #[must_use]
    pub fn is_counselor_seated(&self, counselor: CounselorId) -> bool {
        self.lock().desks.contains_key(&AccountId(counselor.0))
    }

    /// Tells every console of a counselor; `false` if none is there.
    pub fn tell_counselor(&self, counselor: CounselorId, frame: &Frame) -> bool {
        let seats = self.lock();
        let Some(held) = seats.desks.get(&AccountId(counselor.0)) else {
            return false;
        };
        for desk in held {
            desk.seat.outbox.push(frame.clone());
        }
        true
    }

    /// Tells every console.
    pub fn tell_desks(&self, frame: &Frame) {
        self.tell_desks_where(|_| true, frame);
    }

    /// Tells every supervisor who is connected; returns how many.
    pub fn tell_supervisors(&self, frame: &Frame) -> usize {
        self.tell_desks_where(|desk| desk.supervises, frame)
    }

    /// Shows every console that watches the queue its newest board.
    pub fn show_watchers(&self, text: &Utf8Bytes) {
        let seats = self.lock();
        let watching = seats.desks.values().flatten().filter(|desk| desk.watches_queue);
        watching.for_each(|desk| desk.seat.outbox.show_newest(text.clone()));
    }

    #[must_use]
    pub fn has_watchers(&self) -> bool {
        self.count_desks_where(|desk| desk.watches_queue) > 0
    }

    /// Switches whether a console hears the queue's health.
    pub fn watch_queue(&self, account: AccountId, seat: SeatId, watches: bool) {
        if let Some(held) = self.lock().desks.get_mut(&account) {
            for desk in held.iter_mut().filter(|desk| desk.seat.seat == seat) {
                desk.watches_queue = watches;
            }
        }
    }

    /// A sign-in has ended: its sockets close.
    pub fn sign_out(&self, account: AccountId, session: Option<&[u8; 32]>) {
        if let Some(held) = self.lock().desks.get(&account) {
            held.iter()
                .filter(|desk| session.is_none_or(|ended| *ended == desk.session))
                .for_each(|desk| desk.seat.outbox.close(Farewell::SignedOut));
        }
    }

    /// Something of the account has changed: its consoles come back and see it.
    pub fn recall(&self, account: AccountId) {
        if let Some(held) = self.lock().desks.get(&account) {
            for desk in held {
                desk.seat.outbox.close(Farewell::Restarting);
            }
        }
    }

    // ── both ────────────────────────────────────────────────────────

    /// Calls `visit` for each item with everybody who hears of its contact, under one lock.
    /// `about` names the contact, and the counselor who wrote the item, if one did: they are
    /// answered even if the contact has left their hands meanwhile.
    pub fn fan_out<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        about: impl Fn(&T) -> (ContactId, Option<CounselorId>),
        mut visit: impl FnMut(T, Fan<'_>),
    ) {
        let mut guard = self.lock();
        let Seats { seekers, desks, cards, looks, .. } = &mut *guard;
        for item in items {
            let (contact, author) = about(&item);
            let card = cards.get_mut(&contact);
            let holder = card.as_ref().and_then(|card| card.counselor());
            let desks_of = |counselor: Option<CounselorId>| {
                let held = counselor.and_then(|known| desks.get(&AccountId(known.0)));
                held.map_or(&[][..], Vec::as_slice)
            };
            let fan = Fan {
                card,
                seeker: seekers.get(&contact),
                desks: desks_of(holder),
                author_desks: desks_of(author),
                lookers: looks.get_mut(&contact).map_or(&mut [][..], Vec::as_mut_slice),
            };
            visit(item, fan);
        }
    }

    /// How many seekers, consoles and open cards there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let seats = self.lock();
        let desks = seats.desks.values().map(Vec::len).sum();
        (seats.seekers.len(), desks, seats.cards.len())
    }

    /// Closes every socket: the process goes down.
    #[expect(clippy::disallowed_methods, reason = "all are told; the order is nobody's business")]
    pub fn dismiss_all(&self) {
        let seats = self.lock();
        seats.seekers.values().for_each(|seat| seat.outbox.close(Farewell::Restarting));
        seats
            .desks
            .values()
            .flatten()
            .for_each(|desk| desk.seat.outbox.close(Farewell::Restarting));
    }

    fn count_desks_where(&self, chosen: impl Fn(&DeskSeat) -> bool) -> usize {
        self.lock().desks.values().flatten().filter(|desk| chosen(desk)).count()
    }

    fn tell_desks_where(&self, chosen: impl Fn(&DeskSeat) -> bool, frame: &Frame) -> usize {
        let seats = self.lock();
        let told = seats.desks.values().flatten().filter(|desk| chosen(desk));
        told.map(|desk| desk.seat.outbox.push(frame.clone())).count()
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everybody who hears of one contact.
#[derive(Debug)]
pub struct Fan<'a> {
    pub card: Option<&'a mut Card>,
    pub seeker: Option<&'a Seat>,
    /// The consoles of the counselor who holds the contact.
    pub desks: &'a [DeskSeat],
    /// The consoles of the counselor who wrote the item.
    pub author_desks: &'a [DeskSeat],
    /// Those who look in.
    pub lookers: &'a mut [Looker],
}

impl Fan<'_> {
    /// Tells who holds the contact and who looks in; no stored message.
    pub fn tell_desks(&mut self, frame: &Frame) {
        self.desks.iter().for_each(|desk| desk.seat.outbox.push(frame.clone()));
        self.lookers.iter_mut().for_each(|looker| looker.tell(Piece::Sign, frame.clone()));
    }
}
