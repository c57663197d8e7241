//! Every wake-up of the machine, in one place.
//!
//! Owns the order in which timers fire: `(due, Reason, number of arming)`. Owns no
//! meaning: what a timer is for stands at its [`Reason`], and whoever armed it keeps
//! the [`Stamp`] in its state, so that a state row is enough to arm it again.
//! One ordered map per reason: each stays small and most timers of one reason
//! are armed in the order of their due times.

use super::effect::Reason;
use crate::clock::At;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When a timer fires, and which of those due at one moment goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    pub due: At,
    /// The number of arming; for `RosterEmpty` the contact's arrival number.
    pub number: u64,
}

/// Whose timer it is: a place in one of the machine's slabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Contact(u32),
    Counselor(u32),
    Drop(u32),
}

/// A timer that is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fired {
    pub reason: Reason,
    pub stamp: Stamp,
    pub owner: Owner,
}

/// All armed timers.
#[derive(Debug, Default)]
pub(super) struct Timers {
    by_reason: [BTreeMap<Stamp, Owner>; Reason::ALL.len()],
    armed: u64,
}

impl Timers {
    /// Arms a timer with the next number of arming.
    pub(super) fn arm(&mut self, reason: Reason, due: At, owner: Owner) -> Stamp {
        self.armed = self.armed.saturating_add(1);
        let stamp = Stamp { due, number: self.armed };
        self.keep(reason, stamp, owner);
        stamp
    }

    /// Arms a timer whose stamp is known: from a row, or put aside during an offer.
    pub(super) fn keep(&mut self, reason: Reason, stamp: Stamp, owner: Owner) {
        if let Some(timers) = self.by_reason.get_mut(reason.index()) {
            timers.insert(stamp, owner);
        }
    }

    pub(super) fn disarm(&mut self, reason: Reason, stamp: Stamp) {
        if let Some(timers) = self.by_reason.get_mut(reason.index()) {
            timers.remove(&stamp);
        }
    }

    /// The next wake-up.
    pub(super) fn next(&self) -> Option<(At, Reason)> {
        self.first().map(|fired| (fired.stamp.due, fired.reason))
    }

    /// Takes the first timer due at or before `at`.
    pub(super) fn pop_due(&mut self, at: At) -> Option<Fired> {
        let fired = self.first().filter(|fired| fired.stamp.due <= at)?;
        self.disarm(fired.reason, fired.stamp);
        Some(fired)
    }

    fn first(&self) -> Option<Fired> {
        let mut best: Option<Fired> = None;
        for (reason, timers) in Reason::ALL.into_iter().zip(&self.by_reason) {
            let Some((&stamp, &owner)) = timers.first_key_value() else {
                continue;
            };
            // `Reason::ALL` is in order, so of equal due times the earlier reason stays.
            if best.is_none_or(|best| stamp.due < best.stamp.due) {
                best = Some(Fired { reason, stamp, owner });
            }
        }
        best
    }

    /// How many timers were ever armed.
    pub(super) const fn armed(&self) -> u64 {
        self.armed
    }

    /// Goes on counting from a restored machine.
    pub(super) const fn set_armed(&mut self, armed: u64) {
        self.armed = armed;
    }

    pub(super) fn owner(&self, reason: Reason, stamp: Stamp) -> Option<Owner> {
        self.by_reason.get(reason.index()).and_then(|timers| timers.get(&stamp)).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.by_reason.iter().map(BTreeMap::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_fire_by_due_then_reason_then_number_of_arming() {
        let mut timers = Timers::default();
        timers.arm(Reason::WrapUpEnds, At(5), Owner::Contact(1));
        timers.arm(Reason::OfferExpires, At(5), Owner::Contact(2));
        timers.arm(Reason::OfferExpires, At(5), Owner::Contact(3));
        timers.arm(Reason::ReturnEnds, At(4), Owner::Drop(4));
        assert_eq!(timers.next(), Some((At(4), Reason::ReturnEnds)));
        let owners: Vec<Owner> =
            std::iter::from_fn(|| timers.pop_due(At(5))).map(|fired| fired.owner).collect();
        assert_eq!(
            owners,
            [Owner::Drop(4), Owner::Contact(2), Owner::Contact(3), Owner::Contact(1)]
        );
        assert_eq!(timers.len(), 0);
    }

    #[test]
    fn a_disarmed_timer_never_fires() {
        let mut timers = Timers::default();
        let stamp = timers.arm(Reason::PlanWidens, At(5), Owner::Contact(1));
        timers.disarm(Reason::PlanWidens, stamp);
        assert!(timers.pop_due(At(9)).is_none());
    }

    #[test]
    fn reasons_are_listed_in_their_order() {
        assert!(Reason::ALL.is_sorted());
        assert!(Reason::ALL.iter().enumerate().all(|(index, reason)| reason.index() == index));
    }
}
