//! Microseconds since the bench began: finer than the house's clock, and only for measuring.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static BEGUN: OnceLock<Instant> = OnceLock::new();

/// Microseconds since the first call in this process.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench measures real microseconds; nothing is replayed from it"
)]
pub fn now_us() -> u64 {
    let begun = BEGUN.get_or_init(Instant::now);
    u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Seconds between two readings.
pub fn seconds(from_us: u64, to_us: u64) -> f64 {
    Duration::from_micros(to_us.saturating_sub(from_us)).as_secs_f64()
}

/// A count as a number to divide with.
pub fn count(count: u64) -> f64 {
    let (high, low) = (u32::try_from(count >> 32), u32::try_from(count & 0xFFFF_FFFF));
    f64::from(high.unwrap_or(0)) * 4_294_967_296.0 + f64::from(low.unwrap_or(0))
}

/// Rounded to `digits` after the point, so that a line of figures can be read.
pub fn rounded(value: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (value * unit).round() / unit
}
