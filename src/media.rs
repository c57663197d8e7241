//! Voice: RTP legs, who hears whom, what is said and played, and keys pressed.
//!
//! The machine ([`exchange`]) is pure: packets and time in, packets and events out. One thread of its
//! own carries it ([`handle`]), so that no burst of requests delays a word.
//!
//! Invariants: a leg is heard by those the table [`hearing::hears`] names and by nobody else; a
//! telephone is sent one unbroken stream whatever is heard on it; a closed leg leaves no socket, no
//! seat and no port behind.

pub mod clip;
pub mod digit;
pub mod exchange;
pub mod g711;
pub mod handle;
pub mod hearing;
pub mod leg;
pub mod lock;
pub mod mixer;
pub mod music;
pub mod outgoing;
pub mod ports;
pub mod prompts;
pub mod rtp;
mod thread;

pub use clip::{Clip, Script};
pub use digit::Digit;
pub use handle::{Leg, Media, MediaCounts};
pub use hearing::{Side, Supervision, TalkStage};
pub use leg::{Aim, Direction, LegEvent, LegId};
pub use prompts::{PromptBook, PromptKey};

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// What can go wrong with voice.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Every port of the range is in use: as many calls as the range allows.
    #[error("no free port in the range for voice")]
    NoPort,
    /// The system refused a poll or a thread.
    #[error("media cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// What the media thread is told of the configuration.
#[derive(Clone, Debug)]
pub struct MediaSettings {
    /// Where legs listen.
    pub address: IpAddr,
    /// Ports for legs, two each.
    pub ports: RangeInclusive<u16>,
    /// What is heard while waiting.
    pub music: Arc<Clip>,
    /// After how long without a packet a leg is told silent, ms.
    pub silent_after_ms: i64,
    /// Above so many legs packets are gathered and not waited for one by one.
    pub tick_above_legs: usize,
    /// How long packets are gathered, ms.
    pub tick_ms: u64,
}

impl MediaSettings {
    /// Gathers packets for a tick, or until something is due.
    #[expect(
        clippy::disallowed_methods,
        reason = "the media thread's own rhythm; it serves nothing else"
    )]
    fn pause(&self, until_due: Duration) {
        std::thread::sleep(until_due.min(Duration::from_millis(self.tick_ms)));
    }
}
