//! What is open at this moment, and what was turned away: counted, so that a leak shows.

use crate::meter::figure;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counters of the telephone; all but the totals are zero when nobody calls.
#[derive(Debug, Default)]
pub struct Books {
    calls: AtomicUsize,
    pending: AtomicUsize,
    legs: AtomicUsize,
    pub strangers: AtomicU64,
    pub overloaded: AtomicU64,
    pub malformed: AtomicU64,
    pub throttled: AtomicU64,
    pub answered: AtomicU64,
}

/// One look at the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls from their INVITE until nothing of them is left.
    pub calls: usize,
    /// Of these, not yet answered.
    pub pending: usize,
    /// Media legs held by calls.
    pub legs: usize,
    /// Dialogs the stack holds.
    pub dialogs: usize,
}

impl Books {
    /// A call has begun; it is open until the guard is dropped.
    #[must_use]
    pub fn open_call(self: &Arc<Self>) -> OpenCall {
        self.calls.fetch_add(1, Ordering::Relaxed);
        figure::change_open("calls", true);
        self.pending.fetch_add(1, Ordering::Relaxed);
        OpenCall { books: Arc::clone(self), is_pending: true }
    }

    /// A leg is held until the guard is dropped.
    #[must_use]
    pub fn hold_leg(self: &Arc<Self>) -> HeldLeg {
        self.legs.fetch_add(1, Ordering::Relaxed);
        figure::change_open("legs", true);
        HeldLeg(Arc::clone(self))
    }

    /// What is open, but for the dialogs, which the stack counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.calls.load(Ordering::Relaxed),
            pending: self.pending.load(Ordering::Relaxed),
            legs: self.legs.load(Ordering::Relaxed),
            dialogs: 0,
        }
    }
}

/// One more of a total.
pub fn count(total: &AtomicU64) {
    total.fetch_add(1, Ordering::Relaxed);
}

/// An open call.
#[derive(Debug)]
pub struct OpenCall {
    books: Arc<Books>,
    is_pending: bool,
}

impl OpenCall {
    /// The call has its final answer.
    pub fn answered(&mut self) {
        if std::mem::take(&mut self.is_pending) {
            self.books.pending.fetch_sub(1, Ordering::Relaxed);
            count(&self.books.answered);
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.answered();
        self.books.calls.fetch_sub(1, Ordering::Relaxed);
        figure::change_open("calls", false);
    }
}

/// A leg a call holds.
#[derive(Debug)]
pub struct HeldLeg(Arc<Books>);

impl Drop for HeldLeg {
    fn drop(&mut self) {
        self.0.legs.fetch_sub(1, Ordering::Relaxed);
        figure::change_open("legs", false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_open_until_dropped_and_pending_until_answered() {
        let books = Arc::new(Books::default());
        let mut call = books.open_call();
        let leg = books.hold_leg();
        assert_eq!(books.counts(), Counts { calls: 1, pending: 1, legs: 1, dialogs: 0 });
        call.answered();
        call.answered();
        assert_eq!(books.counts(), Counts { calls: 1, pending: 0, legs: 1, dialogs: 0 });
        drop((call, leg));
        assert_eq!(books.counts(), Counts::default());
    }
}
