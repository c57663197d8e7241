//! What every door shares: how a fault is said over HTTP, who knocks from where,
//! and one websocket with its bounded outbox.

pub mod origin;
pub mod problem;
pub mod socket;
pub mod text;

pub use problem::{Fault, FieldCode, FieldFault, Problem};
