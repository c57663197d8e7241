//! What a call asks of the media room, as a trait: calls are tested without sockets, and what is said
//! is chosen here while the recordings are found by whoever has them.

use crate::ids::{ContactId, LineId};
use crate::media::{Aim, LegEvent, LegId, Side};
use std::fmt::Debug;
use std::net::SocketAddr;
use tokio::sync::mpsc;

/// A leg that was opened for a call.
#[derive(Debug)]
pub struct OpenLeg {
    pub id: LegId,
    /// Where the other side is to send its voice, as it reaches us.
    pub address: SocketAddr,
    pub events: mpsc::Receiver<LegEvent>,
}

/// The media room, as calls need it.
pub trait Legs: Debug + Send + Sync {
    /// A leg of its own; `None` when every port is taken.
    fn open(&self) -> Option<OpenLeg>;
    /// Where the other side is and what it speaks; said again with every change.
    fn aim(&self, leg: LegId, aim: Aim);
    /// The leg speaks for this side of the contact.
    fn seat(&self, leg: LegId, contact: ContactId, side: Side);
    /// Says something over whatever the leg hears.
    fn say(&self, leg: LegId, saying: &Saying);
    /// Stops what is being said.
    fn hush(&self, leg: LegId);
    fn close(&self, leg: LegId);
}

/// Something to say on a line, in the line's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    pub line: LineId,
    pub words: Vec<Words>,
    /// Comes back with [`LegEvent::Said`].
    pub token: u32,
    /// Said to its end even when the talk begins.
    pub must: bool,
}

/// What can be said to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The line's greeting, with what the key 1 does.
    Greeting,
    /// That the talk is recorded, where the law wants it said.
    RecordingNotice,
    /// The place in the queue and an honest wait, if one is known.
    Place { position: u32, estimate_s: Option<[u32; 2]> },
    /// "I am in danger" has been heard.
    DangerNoted,
    /// The counselor is gone for the moment; somebody will be there again.
    WaitsAgain,
    /// The call is passed on to another line.
    Forwarded,
    /// Somebody will call back.
    CallBackPromised,
    /// Everybody is busy; the crisis numbers follow.
    ServiceFull,
    /// The line is closed at this hour; the crisis numbers follow.
    LineClosed,
    /// The line is out of order; the crisis numbers follow.
    LineOutage,
}
