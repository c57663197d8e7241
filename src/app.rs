//! The only room that knows all others: it builds them, owns the pump, and takes them down.
//!
//! The pump is the one owner of the switchboard: inputs in, one turn, **journal and rows on
//! disk, and only then** the effects. The carrier carries effects out in order; the fan-out tells
//! both sides of a message once it is stored.

pub mod aliases;
pub mod board;
pub mod build;
pub mod carry;
pub mod demo;
pub mod facts;
pub mod fanout;
pub mod legs;
pub mod places;
pub mod pump;
pub mod rungs;
pub mod serve;
pub mod telephone;
pub mod upkeep;
pub mod voice;
