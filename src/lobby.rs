//! The seeker's door: the socket a student's widget or an outside client speaks.
//!
//! Owns hello, resume, messages, typing, danger and leaving; owns no truth: who
//! waits and who talks is the switchboard's, what was said is the store's.
//! Source of the frames: the wire contract, version 1.

pub mod frame;
