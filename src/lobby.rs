//! The seeker's door: the socket a student's widget or an outside client speaks.
//!
//! Owns hello, resume, messages, typing, danger and leaving, return phrases and ratings; owns no truth: who
//! waits and who talks is the switchboard's, what was said is the store's.
//! Source of the frames: the wire contract, version 1.

pub mod bearer;
pub mod frame;
pub mod hasher;
pub mod knock;
pub mod leave;
pub mod line_door;
pub mod phrase;
pub mod rating;
pub mod return_phrase;
pub mod routes;
pub mod session;
pub mod words;

use crate::clock::Clock;
use crate::door::socket::SocketLimits;
use crate::live::{Admission, Directory, Hub, Switch};
use crate::meter::Readiness;
use crate::store::Store;
use std::sync::Arc;

/// Limits of what a seeker may send; from the configuration.
#[derive(Clone, Copy, Debug)]
pub struct TalkLimits {
    /// Characters of one message.
    pub text_chars_max: usize,
    /// Messages of one contact, both sides together.
    pub messages_max: i64,
    /// Messages given back by one read of the history.
    pub history_page: u32,
}

/// What the lobby works with; cheap to clone.
#[derive(Clone)]
pub struct Lobby {
    pub hub: Arc<Hub>,
    pub switch: Switch,
    pub store: Arc<Store>,
    pub clock: Clock,
    pub directory: Arc<Directory>,
    pub admission: Arc<Admission>,
    pub readiness: Readiness,
    pub socket: SocketLimits,
    pub talk: TalkLimits,
    /// Origins of the sites that may embed the widget, besides our own.
    pub sites: Arc<[String]>,
    /// Whether `simulated` contacts are believed (from loopback sources only).
    pub simulation: bool,
    pub phrases: Arc<hasher::PhraseHasher>,
    /// A return phrase that nobody used for this long is not known any more, ms.
    pub phrase_unused_ms: i64,
    /// How long after its end a contact may still be rated or get a return phrase, ms.
    pub after_end_ms: i64,
}
