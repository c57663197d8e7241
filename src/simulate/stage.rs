//! What all synthetic people of one evening share: the door, the clock, the accounts.

use super::ledger::Ledger;
use crate::clock::{At, Clock};
use crate::wire_client::WireError;
use crate::wire_client::door::Door;
use crate::wire_client::pause;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

/// Shortest and longest pause before trying a server again that is not there.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(3));

/// The evening's common ground. One thread plays everybody, so cells are enough.
#[derive(Debug)]
pub struct Stage {
    pub door: Door,
    pub clock: Clock,
    pub ledger: RefCell<Ledger>,
    /// Hotline time over real time.
    pub speed: f64,
    /// Every seeker is done: counselors go home when their hands are empty.
    pub empty: Cell<bool>,
}

impl Stage {
    /// How long a length of hotline time really takes.
    pub fn real(&self, hotline: Duration) -> Duration {
        hotline.div_f64(self.speed)
    }

    /// The same in milliseconds, for deadlines.
    pub fn real_ms(&self, hotline: Duration) -> i64 {
        i64::try_from(self.real(hotline).as_millis()).unwrap_or(i64::MAX)
    }

    /// Hotline time since `at`.
    pub fn hotline_since(&self, at: At) -> Duration {
        let ms = u64::try_from(self.clock.now().ms_since(at)).unwrap_or(0);
        Duration::from_millis(ms).mul_f64(self.speed)
    }

    /// Waits until `at`.
    pub async fn until(&self, at: At) {
        let ms = u64::try_from(at.ms_since(self.clock.now())).unwrap_or(0);
        pause(Duration::from_millis(ms)).await;
    }

    pub fn note_trouble(&self, error: &WireError) {
        let what = match error {
            WireError::Refused { status, code, .. } => format!("{status} {code}"),
            WireError::Connect { .. } => "no connection".to_owned(),
            WireError::TimedOut => "no answer".to_owned(),
            WireError::Http(_) | WireError::Socket(_) | WireError::Closed => "cut off".to_owned(),
            WireError::Address(_)
            | WireError::Shape(_)
            | WireError::Missing(_)
            | WireError::Request(_) => error.to_string(),
        };
        self.ledger.borrow_mut().trouble(what.trim());
    }
}

/// Doubling pauses between tries.
#[derive(Debug)]
pub struct Backoff(Duration);

impl Backoff {
    pub const fn fresh() -> Self {
        Self(BACKOFF.0)
    }

    /// Waits longer each time; at least as long as the server asked for.
    pub async fn rest(&mut self, asked: Option<Duration>) {
        pause(asked.unwrap_or_default().max(self.0)).await;
        self.0 = (self.0 * 2).min(BACKOFF.1);
    }
}

/// What somebody will do, by when. Two deeds at one moment keep their order.
#[derive(Debug)]
pub struct Diary<T> {
    deeds: BTreeMap<(At, u64), T>,
    count: u64,
}

impl<T> Diary<T> {
    pub const fn empty() -> Self {
        Self { deeds: BTreeMap::new(), count: 0 }
    }

    pub fn add(&mut self, at: At, deed: T) {
        self.count += 1;
        self.deeds.insert((at, self.count), deed);
    }

    pub fn next_at(&self) -> Option<At> {
        self.deeds.keys().next().map(|(at, _)| *at)
    }

    /// The first deed that is due.
    pub fn take_due(&mut self, now: At) -> Option<T> {
        let first = self.deeds.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    pub fn keep(&mut self, wanted: impl Fn(&T) -> bool) {
        self.deeds.retain(|_, deed| wanted(deed));
    }
}
