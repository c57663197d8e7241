//! Voice: RTP legs, who hears whom, what is said and played, and keys pressed.
//!
//! The machine ([`exchange`]) is pure: packets and time in, packets and events out. One thread of its
//! own carries it, so that no burst of requests delays a word.

pub mod clip;
pub mod digit;
pub mod exchange;
pub mod g711;
pub mod hearing;
pub mod leg;
pub mod lock;
pub mod mixer;
pub mod outgoing;
pub mod rtp;

pub use clip::{Clip, Script};
pub use digit::Digit;
pub use hearing::{Side, Supervision, TalkStage};
pub use leg::{Aim, Direction, LegEvent, LegId};
