//! The telephone: trunks, calls and what becomes of them.
//!
//! Owns the SIP stack (nothing else names it), the judge before it, and one task for each call. The
//! audio is `media`'s, the queue the switchboard's. RFC 3261 and what telephony needs of its family.
//!
//! Invariants: a source that is no trunk gets no answer · whatever way a call ends, its leg, its seat
//! and its dialog are given back · a caller's number reaches no log, figure or error.

pub mod books;
mod call;
pub mod caller;
pub mod endpoint;
pub mod guard;
pub mod invite;
pub mod legs;
pub mod message;
pub mod people;
pub mod phone;
pub mod reply;
pub mod sdp;
pub mod shim;
pub mod socket;
pub mod timer;
pub mod trunk;

pub use endpoint::{House, SipError, Telephone, open};
