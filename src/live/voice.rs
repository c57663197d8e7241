//! What the house tells a telephone: the caller's while it waits and talks, the counselor's while it
//! rings and after.
//!
//! The same news goes to a socket as a frame; a telephone has nobody to read it, so its door turns it
//! into prompts, rings and goodbyes. An inbox is bounded: a place in the queue may be dropped, because
//! a newer one follows; anything else that does not fit shows that its reader is gone.

use super::card::Place;
use super::hub::SeatId;
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, OfferId};
use crate::switchboard::End;
use crate::switchboard::effect::{Queued, RungCause};
use crate::switchboard::line::LastRung;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// News that may wait in one inbox.
pub const INBOX_MAX: usize = 64;

/// News for a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToCaller {
    /// Where it stands in the queue now.
    Place(Place),
    /// Somebody has taken it.
    Connected { counselor: CounselorId },
    /// It waits (again), and why.
    Waits { reason: Queued },
    /// "I am in danger" has been heard.
    DangerNoted,
    /// The plan's last rung was reached; `Ended` follows unless it was forwarded.
    LastRung { rung: LastRung, cause: RungCause },
    /// Nothing more will come.
    Ended { ended: End },
}

/// News for a counselor's telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToPhone {
    /// Ring until then.
    Ring { offer: OfferId, contact: ContactId, line: LineId, expires_at: At },
    /// Stop ringing.
    Stop { offer: OfferId },
    /// The contact of the accepted offer is yours.
    Connected { contact: ContactId },
    /// The talk is over; the note may be still to be written.
    Over { contact: ContactId },
    /// The contact is no longer yours.
    Released { contact: ContactId },
}

#[derive(Debug)]
struct CallerSeat {
    seat: SeatId,
    inbox: mpsc::Sender<ToCaller>,
}

/// Who hears by telephone on this node.
#[derive(Debug, Default)]
pub struct Telephones {
    seats: Mutex<Seats>,
}

#[derive(Debug, Default)]
struct Seats {
    callers: FxHashMap<ContactId, CallerSeat>,
    phones: BTreeMap<CounselorId, mpsc::Sender<ToPhone>>,
}

impl Telephones {
    /// A caller's leg is there; an older one of the same contact hears no more.
    pub fn seat_caller(&self, contact: ContactId, seat: SeatId, inbox: mpsc::Sender<ToCaller>) {
        self.lock().callers.insert(contact, CallerSeat { seat, inbox });
    }

    /// The leg is gone. `true` if it was the seat (not one already replaced).
    pub fn unseat_caller(&self, contact: ContactId, seat: SeatId) -> bool {
        let mut seats = self.lock();
        if seats.callers.get(&contact).is_some_and(|held| held.seat == seat) {
            seats.callers.remove(&contact);
            return true;
        }
        false
    }

    #[must_use]
    pub fn is_caller_seated(&self, contact: ContactId) -> bool {
        self.lock().callers.contains_key(&contact)
    }

    /// Tells a caller; `false` if no leg is there, or it does not read.
    pub fn tell_caller(&self, contact: ContactId, news: ToCaller) -> bool {
        let mut seats = self.lock();
        let Some(held) = seats.callers.get(&contact) else { return false };
        let may_drop = matches!(news, ToCaller::Place(_));
        let is_told = held.inbox.try_send(news).is_ok();
        if !is_told && !may_drop {
            // The door notices that its inbox has closed, and ends the call.
            seats.callers.remove(&contact);
            tracing::warn!(contact.id = %contact, "live.voice: a caller's leg does not read");
        }
        is_told
    }

    /// A counselor answers on this telephone from now on.
    pub fn seat_phone(&self, counselor: CounselorId, inbox: mpsc::Sender<ToPhone>) {
        self.lock().phones.insert(counselor, inbox);
    }

    pub fn unseat_phone(&self, counselor: CounselorId) {
        self.lock().phones.remove(&counselor);
    }

    #[must_use]
    pub fn has_phone(&self, counselor: CounselorId) -> bool {
        self.lock().phones.contains_key(&counselor)
    }

    /// Tells a counselor's telephone; `false` if there is none, or it does not read.
    pub fn tell_phone(&self, counselor: CounselorId, news: ToPhone) -> bool {
        let mut seats = self.lock();
        let Some(inbox) = seats.phones.get(&counselor) else { return false };
        if inbox.try_send(news).is_ok() {
            return true;
        }
        seats.phones.remove(&counselor);
        tracing::warn!(counselor.id = %counselor, "live.voice: a telephone does not read");
        false
    }

    /// Callers' legs and telephones there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let seats = self.lock();
        (seats.callers.len(), seats.phones.len())
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTACT: ContactId = ContactId::from_number(1);
    const PLACE: ToCaller = ToCaller::Place(Place { position: 1, waiting: 1, estimate_s: None });

    #[test]
    fn a_newer_leg_takes_the_seat_and_the_older_does_not_empty_it() {
        let phones = Telephones::default();
        let (older, _heard) = mpsc::channel(1);
        let (newer, mut hears) = mpsc::channel(1);
        phones.seat_caller(CONTACT, SeatId(1), older);
        phones.seat_caller(CONTACT, SeatId(2), newer);
        assert!(!phones.unseat_caller(CONTACT, SeatId(1)));
        assert!(phones.tell_caller(CONTACT, ToCaller::DangerNoted));
        assert_eq!(hears.try_recv(), Ok(ToCaller::DangerNoted));
        assert!(phones.unseat_caller(CONTACT, SeatId(2)));
        assert_eq!(phones.counts(), (0, 0));
    }

    #[test]
    fn a_place_that_does_not_fit_is_dropped_and_anything_else_closes_the_seat() {
        let phones = Telephones::default();
        let (inbox, mut hears) = mpsc::channel(1);
        phones.seat_caller(CONTACT, SeatId(1), inbox);
        assert!(phones.tell_caller(CONTACT, PLACE));
        assert!(!phones.tell_caller(CONTACT, PLACE));
        assert!(phones.is_caller_seated(CONTACT));
        assert!(!phones.tell_caller(CONTACT, ToCaller::DangerNoted));
        assert!(!phones.is_caller_seated(CONTACT));
        assert_eq!(hears.try_recv(), Ok(PLACE));
        assert!(hears.is_closed());
    }

    #[test]
    fn a_counselor_without_a_telephone_is_not_told() {
        let phones = Telephones::default();
        let counselor = CounselorId::from_number(1);
        let over = ToPhone::Over { contact: CONTACT };
        assert!(!phones.tell_phone(counselor, over));
        let (inbox, mut hears) = mpsc::channel(1);
        phones.seat_phone(counselor, inbox);
        assert!(phones.tell_phone(counselor, over));
        assert_eq!(hears.try_recv(), Ok(over));
        phones.unseat_phone(counselor);
        assert!(!phones.has_phone(counselor));
    }
}
