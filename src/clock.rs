//! The only clock. Everything that needs the time is handed an [`At`] or a [`Clock`].
//!
//! The process reads the wall once, when the clock is made, and goes on by the
//! monotonic clock: a wall clock set back or forward in the middle of a night
//! moves no deadline and reorders nothing.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::macros::format_description;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct At(pub i64);

impl At {
    /// Milliseconds from `earlier` to this moment; 0 if it lies in the future.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        let passed = self.0.saturating_sub(earlier.0);
        if passed < 0 { 0 } else { passed }
    }

    /// RFC 3339 in UTC with milliseconds, as the wire contract asks.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let format = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        );
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|moment| moment.format(&format).ok())
            .unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned())
    }
}

impl Add<i64> for At {
    type Output = Self;

    /// This moment and `ms` milliseconds.
    fn add(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl Sub<At> for At {
    type Output = i64;

    /// Signed milliseconds between two moments.
    fn sub(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

/// A clock that the whole process shares; cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    Monotonic { wall_at_start_ms: i64, start: Instant },
    Hand(AtomicI64),
}

impl Clock {
    /// The real clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the only clock")]
    pub fn system() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let wall_at_start_ms = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Self(Arc::new(Source::Monotonic { wall_at_start_ms, start: Instant::now() }))
    }

    /// A clock moved by hand, for tests.
    #[must_use]
    pub fn by_hand(at: At) -> Self {
        Self(Arc::new(Source::Hand(AtomicI64::new(at.0))))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> At {
        match &*self.0 {
            Source::Monotonic { wall_at_start_ms, start } => {
                let passed = i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX);
                At(wall_at_start_ms.saturating_add(passed))
            }
            Source::Hand(at) => At(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock made [`Clock::by_hand`]; the real clock does not move.
    pub fn advance(&self, ms: i64) {
        if let Source::Hand(at) = &*self.0 {
            at.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_as_the_wire_contract_asks() {
        assert_eq!(At(1_795_465_800_123).rfc3339(), "2026-11-23T20:30:00.123Z");
    }

    #[test]
    fn a_hand_clock_moves_only_by_hand() {
        let clock = Clock::by_hand(At(5));
        clock.advance(10);
        assert_eq!(clock.now(), At(15));
    }
}
