//! Calls for help that are not over: a supervisor who comes a minute later sees them too.
//!
//! A call lasts as long as the talk in that counselor's hand. The store keeps it over a restart.

use super::Hub;
use crate::clock::At;
use crate::ids::{ContactId, CounselorId};
pub use crate::store::calls::Call;

impl Hub {
    /// Notes a call. One that is repeated is unheeded again, since when it was first made.
    /// Gives the call as it stands now.
    pub fn note_call(&self, contact: ContactId, counselor: CounselorId, at: At) -> Call {
        let mut seats = self.lock();
        let call =
            seats.calls.entry(contact).or_insert(Call { contact, counselor, at, heeded_by: None });
        call.heeded_by = None;
        call.clone()
    }

    /// Puts up a call that was kept over a restart.
    pub fn restore_call(&self, call: Call) {
        self.lock().calls.insert(call.contact, call);
    }

    /// Somebody goes there; `false` if nobody calls any more.
    pub fn heed_call(&self, contact: ContactId, alias: &str) -> bool {
        let mut seats = self.lock();
        let call = seats.calls.get_mut(&contact);
        call.map(|call| call.heeded_by = Some(alias.to_owned())).is_some()
    }

    /// The talk has ended or left the counselor.
    pub fn end_call(&self, contact: ContactId) {
        self.lock().calls.remove(&contact);
    }

    #[must_use]
    pub fn is_called(&self, contact: ContactId) -> bool {
        self.lock().calls.contains_key(&contact)
    }

    /// The calls that go on, the oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> = self.lock().calls.values().cloned().collect();
        calls.sort_by_key(|call| (call.at, call.contact));
        calls
    }
}
