//! The counselor's and supervisor's door: one socket with a snapshot, then deltas.
//!
//! Owns the console's frames, what each role may send and see, the redraw after a
//! reload, the note of a contact, and a supervisor's looks and whispers; decides nothing: commands become inputs of the switchboard.

pub mod board;
pub mod command;
pub mod frame;
pub mod look;
pub mod note;
pub mod ratings;
pub mod routes;
pub mod session;
pub mod show;
pub mod sos;
pub mod talk;
pub mod transfer;
pub mod whisper;
pub mod words;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::door::socket::SocketLimits;
use crate::live::{Directory, Hub, Switch};
use crate::store::Store;
use std::sync::Arc;

/// What the desk works with; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub hub: Arc<Hub>,
    pub switch: Switch,
    pub store: Arc<Store>,
    pub clock: Clock,
    pub directory: Arc<Directory>,
    pub accounts: Accounts,
    pub socket: SocketLimits,
    /// Characters of one message.
    pub text_chars_max: usize,
    /// Messages of one contact, both sides together.
    pub messages_max: i64,
    /// Messages given back by one read of the history.
    pub history_page: u32,
    /// Consoles of one account at once; the oldest goes.
    pub consoles_max: usize,
    /// For the countdown of an offer.
    pub ring_ms: i64,
    /// How long a lost seeker's place is kept: no wait of theirs.
    pub seeker_grace_ms: i64,
}
