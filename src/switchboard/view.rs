//! Looking at the machine: never journaled, changes nothing.

use super::Profile;
use super::effect::{End, Pick, Presence};
use super::input::Wish;
use super::line::{Channel, Risk};
use super::measure::{Counters, Work};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, OfferId};
use serde::{Deserialize, Serialize};

/// A contact as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    pub contact: ContactId,
    pub line: LineId,
    pub channel: Channel,
    pub risk: Risk,
    pub arrived_at: At,
    /// The seeker's socket is there.
    pub is_connected: bool,
    /// It has been connected to a counselor before.
    pub connected_once: bool,
    /// The step of the plan (0 = first); 0 during a transfer.
    pub step: u16,
    pub simulated: bool,
    pub place: PlaceOf,
}

/// Where a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum PlaceOf {
    Waiting,
    Offered { offer: OfferId, counselor: CounselorId },
    Talking { counselor: CounselorId, since: At },
    WrapUp { counselor: CounselorId, until: At, ended: End },
}

/// An offer that rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferView {
    pub offer: OfferId,
    pub contact: ContactId,
    pub counselor: CounselorId,
    pub expires_at: At,
    pub pick: Pick,
}

/// A counselor as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounselorView {
    pub profile: Profile,
    pub wish: Wish,
    pub presence: Presence,
    /// When that presence began.
    pub since: At,
    /// The socket is there (not: within the grace).
    pub is_connected: bool,
    pub is_on_shift: bool,
    pub misses: u8,
    pub idle_since: At,
    /// As of the last turn.
    pub work: Work,
    /// The load guard says stop.
    pub stop: bool,
}

/// Where a waiting contact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceView {
    pub contact: ContactId,
    /// From 1.
    pub position: u32,
    /// How many wait in all.
    pub waiting: u32,
    /// From and to, seconds.
    pub estimate_s: Option<(u32, u32)>,
}

/// How a line is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineHealth {
    pub line: LineId,
    /// Waiting, not offered, by risk.
    pub waiting: [u32; 5],
    /// The longest wait of those waiting or offered, by risk, ms.
    pub longest_wait_ms: [i64; 5],
    pub offered: u32,
    pub talking: u32,
    pub wrap_up: u32,
    /// Of the hour that runs, summed over the channels.
    pub hour: Counters,
    /// Of the hour before.
    pub hour_before: Counters,
    /// The same by channel, in the order of [`Channel::ALL`].
    pub channels: [ChannelHealth; Channel::ALL.len()],
}

/// How one channel of a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelHealth {
    /// Waiting, not offered.
    pub waiting: u32,
    /// The longest wait of those waiting or offered, ms.
    pub longest_wait_ms: i64,
    pub talking: u32,
    /// Of the hour that runs and of the one before.
    pub hours: Counters,
}
