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
//! from arrival to that connect. An abandonment's wait is from arrival to leaving, or to the
//! moment the socket was gone for good (0 if it never came). A contact that was connected once
//! is not abandoned later, nor is one that a supervisor ended.
//!
//! A contact's figures stay with the line at which it arrived; those turned away
//! at the door are in `turned_away` only.

use super::Switchboard;
use super::contact::{Place, Seeker};
use super::effect::End;
use super::line::Channel;
use super::row::Changed;
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

/// How long a bucket stays in memory, ms.
pub const KEPT_MS: i64 = 48 * HOUR_MS;

impl MeasureKey {
    /// The bucket of those who arrived then.
    pub(super) fn of(arrived_at: At, line: LineId, channel: Channel) -> Self {
        let into_hour_ms = arrived_at.0.rem_euclid(HOUR_MS);
        Self { hour: arrived_at + into_hour_ms.saturating_neg(), line, channel }
    }
}

impl Switchboard {
    fn key_of(&self, contact: u32) -> Option<MeasureKey> {
        let found = self.contacts.get(contact).filter(|found| !found.simulated)?;
        Some(MeasureKey::of(found.arrived_at, found.arrived_line, found.channel))
    }

    /// Adds to a counter of the contact's bucket; ms are never negative.
    pub(super) fn bump(
        &mut self,
        contact: u32,
        counter: impl FnOnce(&mut Counters) -> &mut u64,
        by: i64,
    ) {
        if let Some(key) = self.key_of(contact) {
            self.bump_key(key, counter, by);
        }
    }

    pub(super) fn bump_key(
        &mut self,
        key: MeasureKey,
        counter: impl FnOnce(&mut Counters) -> &mut u64,
        by: i64,
    ) {
        let by = u64::try_from(by).unwrap_or(0);
        self.change_counters(key, |counters| {
            let counter = counter(counters);
            *counter = counter.saturating_add(by);
        });
    }

    fn change_counters(&mut self, key: MeasureKey, change: impl FnOnce(&mut Counters)) {
        let oldest = self.house.at + KEPT_MS.saturating_neg();
        if key.hour < oldest {
            return;
        }
        if !self.measures.contains_key(&key) {
            while let Some(first) = self.measures.first_entry()
                && first.key().hour < oldest
            {
                self.changed.push_back(Changed::Measures(*first.key()));
                first.remove();
            }
        }
        let counters = self.measures.entry(key).or_default();
        change(counters);
        if self.measures_marked.insert(key) {
            self.changed.push_back(Changed::Measures(key));
        }
    }

    /// A contact is connected for the first time.
    pub(super) fn count_answer(&mut self, contact: u32) {
        let now = self.house.at;
        let Some(key) = self.key_of(contact) else { return };
        let Some(found) = self.contacts.get(contact) else { return };
        let wait_ms = now.ms_since(found.arrived_at);
        let in_threshold = self
            .lines
            .get(&found.arrived_line)
            .is_some_and(|line| wait_ms <= line.row.line.threshold_ms);
        let wait_ms = u64::try_from(wait_ms).unwrap_or(0);
        self.change_counters(key, |counters| {
            counters.answered = counters.answered.saturating_add(1);
            counters.answer_wait_ms = counters.answer_wait_ms.saturating_add(wait_ms);
            counters.answer_wait_max_ms = counters.answer_wait_max_ms.max(wait_ms);
            if in_threshold {
                counters.answered_in_threshold = counters.answered_in_threshold.saturating_add(1);
            }
        });
    }

    /// A contact ends that waits or is offered.
    pub(super) fn count_end(&mut self, contact: u32, ended: End) {
        let Some(found) = self.contacts.get(contact) else { return };
        if found.connected_once {
            return;
        }
        let until = match (ended, &found.place) {
            (End::LostWaiting, Place::Waiting { seeker: Seeker::Gone { since, .. }, .. }) => *since,
            _ => self.house.at,
        };
        let wait_ms = until.ms_since(found.arrived_at);
        let line = self.lines.get(&found.arrived_line);
        let greeting_ms = line.map_or(0, |line| line.row.line.greeting_ms);
        let counter: fn(&mut Counters) -> &mut u64 = match ended {
            End::LeftWaiting | End::LostWaiting if wait_ms < SHORT_ABANDON_MS => {
                |counters| &mut counters.abandoned_short
            }
            End::LeftWaiting | End::LostWaiting if wait_ms < greeting_ms => {
                |counters| &mut counters.abandoned_greeting
            }
            End::LeftWaiting | End::LostWaiting => |counters| &mut counters.abandoned_queue,
            End::ServiceFull | End::CallBackPromised | End::LineOutage => {
                |counters| &mut counters.rung
            }
            End::SeekerEnded
            | End::SeekerLost
            | End::CounselorEnded
            | End::SupervisorEnded
            | End::LineClosed => return,
        };
        self.bump(contact, counter, 1);
    }
}
