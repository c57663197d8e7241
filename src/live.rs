//! Fan-out inside one node: who is connected where, and what they are told.
//!
//! Owns the outboxes of the sockets, the cards of open contacts, and the admission
//! limits. Owns no truth: a card is a copy of what the switchboard decided and the
//! store holds, rebuilt at every start, and a frame that finds no socket is not kept
//! here: whoever comes back resumes from the store.
//!
//! Invariants: an outbox is bounded in frames and bytes; a reader too slow for it is let
//! go and resumes; a seeker has at most one seat, and the newer wins.

pub mod admission;
pub mod card;
pub mod directory;
pub mod hub;
pub mod outbox;
pub mod sender;
pub mod switch;
pub mod voice;

pub use admission::Admission;
pub use card::{Card, Stage};
pub use directory::Directory;
pub use hub::{Hub, SeatId};
pub use outbox::{Frame, Outbox};
pub use sender::Sender;
pub use switch::Switch;
pub use voice::Telephones;
