//! What is counted, as integers, and what each figure is divided by.
//!
//! Kept per line, channel and hour (UTC, by the hour in which the *contact arrived*).
//! Simulated contacts count nowhere. Definitions, as in call-centre practice:
//!
//! | figure | numerator | denominator |
//! | --- | --- | --- |
//! | service level | `answered_in_threshold` | `answered` + `abandoned_greeting` + `abandoned_queue` + `rung` |
//! | ASA (average speed of answer) | `answer_wait_ms` | `answered` |
//! | abandonment | `abandoned_greeting` + `abandoned_queue` | `arrived` − `abandoned_short` |
//! | occupancy | `busy_ms` | `on_shift_ms` (of a counselor; see `Work`) |
//!
//! An abandonment under 5 s is short (a wrong number, a mistaken tap) and is
//! neither in the numerator nor in the denominator of the service level.
//! `answered` counts contacts, once each, at their first connect; the wait is
//! from arrival to that connect.

use super::line::Channel;
use crate::clock::At;
use crate::ids::LineId;
use serde::{Deserialize, Serialize};

/// An abandonment below this is short, ms.
pub const SHORT_ABANDON_MS: i64 = 5_000;
/// The length of a bucket, ms.
pub const HOUR_MS: i64 = 3_600_000;

/// Which bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MeasureKey {
    /// The start of the hour.
    pub hour: At,
    pub line: LineId,
    pub channel: Channel,
}

/// The counters of one line, channel and hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    pub arrived: u64,
    pub offered: u64,
    pub missed: u64,
    pub declined: u64,
    pub answered: u64,
    pub answered_in_threshold: u64,
    pub answer_wait_ms: u64,
    pub answer_wait_max_ms: u64,
    pub abandoned_short: u64,
    pub abandoned_greeting: u64,
    pub abandoned_queue: u64,
    /// Reached the last rung without an answer.
    pub rung: u64,
    /// Turned away at the door: closed hours or outage.
    pub turned_away: u64,
    pub talk_ms: u64,
    pub wrap_up_ms: u64,
}

/// A counselor's time, summed since they were first known, ms.
///
/// `on_shift_ms`: wish not offline and socket there. `busy_ms`: of that, with
/// at least one offer, talk or wrap-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub on_shift_ms: u64,
    pub busy_ms: u64,
}
