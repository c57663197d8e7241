//! The last hour of the house, minute by minute, from the table of contacts.
//!
//! A contact waits from its arrival until it is first connected or ends; those turned away at the
//! door never waited, and simulated ones count nowhere, as in the switchboard's own measures. The
//! index `contacts_by_wait` finds whose wait touches the hour: what is read grows with the hour's
//! contacts, never with the table, and what comes back is added up in the database.

use super::error::StoreError;
use super::sql::{Door, Pool, Row, Statement, Value};
use crate::clock::At;
use crate::ids::LineId;
use crate::switchboard::Channel;
use crate::switchboard::measure::SHORT_ABANDON_MS;
use std::collections::BTreeMap;

/// Minutes of an hour.
pub const MINUTES: usize = 60;
/// The length of a minute, ms.
pub const MINUTE_MS: i64 = 60_000;

/// When the wait ended; written exactly as the index has it, or the index is not used.
const WAIT_END: &str = "COALESCE(connected_at_ms, ended_at_ms, 9223372036854775807)";
/// Closed hours and an outage end a contact in the turn of its arrival.
const WAITED: &str = "simulated = 0 AND (end_reason IS NULL OR ended_at_ms > arrived_at_ms \
     OR end_reason NOT IN ('line_closed', 'line_outage'))";

/// What became of contacts in each minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// The beginning of the first minute.
    pub from: At,
    /// By line of arrival and channel; those on which nobody waited, came or went are left out.
    pub series: BTreeMap<(LineId, Channel), Series>,
}

/// The minutes of one line and channel, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// At the end of the minute, or now.
    pub waiting: [u32; MINUTES],
    pub longest_wait_s: [u32; MINUTES],
    pub arrived: [u32; MINUTES],
    /// First connected.
    pub answered: [u32; MINUTES],
    /// Left or lost before that, and not at once.
    pub abandoned: [u32; MINUTES],
}

impl Default for Series {
    fn default() -> Self {
        let none = [0; MINUTES];
        Self { waiting: none, longest_wait_s: none, arrived: none, answered: none, abandoned: none }
    }
}

/// Reads the hour.
#[derive(Clone)]
pub struct Hours {
    pool: Pool,
}

impl Hours {
    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// The sixty minutes up to the one that runs at `now`. `grace_ms`: how long a lost seeker's
    /// place was kept before the contact ended; nobody waited in that time.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn last(&self, now: At, grace_ms: i64) -> Result<Hour, StoreError> {
        let minutes = i64::try_from(MINUTES).unwrap_or(60);
        let this_minute = At(now.0 - now.0.rem_euclid(MINUTE_MS));
        let from = this_minute + (1 - minutes) * MINUTE_MS;
        let mut series: BTreeMap<(LineId, Channel), Series> = BTreeMap::new();
        for row in self.pool.read("hour.counts", counts(from, now, grace_ms)).await? {
            let (key, minute, door) = place(&row)?;
            let Some(minute) = minute else { continue };
            let at = series.entry(key).or_default();
            set(&mut at.arrived, minute, door.int("arrived")?);
            set(&mut at.answered, minute, door.int("answered")?);
            set(&mut at.abandoned, minute, door.int("abandoned")?);
        }
        for row in self.pool.read("hour.waits", waits(from, now)).await? {
            let (key, minute, door) = place(&row)?;
            let Some(minute) = minute else { continue };
            let at = series.entry(key).or_default();
            set(&mut at.waiting, minute, door.int("waiting")?);
            let longest_ms: i64 = door.int("longest_ms")?;
            set(&mut at.longest_wait_s, minute, u32::try_from(longest_ms / 1_000).unwrap_or(0));
        }
        Ok(Hour { from, series })
    }
}

/// Arrivals, first connects and abandonments by minute.
fn counts(from: At, now: At, grace_ms: i64) -> Statement {
    let sql = format!(
        "SELECT line_id, channel, minute, CAST(SUM(arrived) AS BIGINT) AS arrived, \
         CAST(SUM(answered) AS BIGINT) AS answered, \
         CAST(SUM(abandoned) AS BIGINT) AS abandoned FROM ( \
         SELECT arrived_line_id AS line_id, channel, (arrived_at_ms - $1) / {MINUTE_MS} AS minute, \
         1 AS arrived, 0 AS answered, 0 AS abandoned FROM contacts \
         WHERE arrived_at_ms >= $1 AND arrived_at_ms <= $2 AND {WAITED} \
         UNION ALL \
         SELECT arrived_line_id, channel, ({WAIT_END} - $1) / {MINUTE_MS}, \
         0, CASE WHEN connected_at_ms IS NULL THEN 0 ELSE 1 END, \
         CASE WHEN connected_at_ms IS NOT NULL THEN 0 \
         WHEN end_reason = 'left_waiting' AND ended_at_ms - arrived_at_ms >= $3 THEN 1 \
         WHEN end_reason = 'lost_waiting' AND ended_at_ms - arrived_at_ms - $4 >= $3 THEN 1 \
         ELSE 0 END FROM contacts \
         WHERE {WAIT_END} >= $1 AND {WAIT_END} <= $2 AND {WAITED} \
         ) AS turns GROUP BY line_id, channel, minute"
    );
    let short_ms = Value::from(SHORT_ABANDON_MS);
    Statement::new(sql, [Value::from(from), Value::from(now), short_ms, Value::from(grace_ms)])
}

/// Who waits at the end of each minute, and how long the longest has waited then.
fn waits(from: At, now: At) -> Statement {
    let last = MINUTES.saturating_sub(1);
    let sql = format!(
        "WITH RECURSIVE minutes (minute, at_ms) AS ( \
         SELECT CAST(0 AS BIGINT), CAST($1 AS BIGINT) + {MINUTE_MS} UNION ALL \
         SELECT minute + 1, CASE WHEN at_ms + {MINUTE_MS} > $2 THEN $2 ELSE at_ms + {MINUTE_MS} END \
         FROM minutes WHERE minute < {last}), \
         waits (line_id, channel, began_ms, ended_ms) AS ( \
         SELECT arrived_line_id, channel, arrived_at_ms, {WAIT_END} FROM contacts \
         WHERE {WAIT_END} > $1 AND arrived_at_ms <= $2 AND {WAITED}) \
         SELECT line_id, channel, minute, COUNT(*) AS waiting, \
         MAX(at_ms - began_ms) AS longest_ms FROM waits \
         JOIN minutes ON began_ms < at_ms AND ended_ms > at_ms \
         GROUP BY line_id, channel, minute"
    );
    Statement::new(sql, [Value::from(from), Value::from(now)])
}

type Placed<'r> = ((LineId, Channel), Option<usize>, Door<'r>);

/// The line and channel of a row, and its minute if it is one of the hour.
fn place(row: &Row) -> Result<Placed<'_>, StoreError> {
    let door = Door { row, table: "contacts", key: "line_id" };
    let minute: i64 = door.int("minute")?;
    let minute = usize::try_from(minute).ok().filter(|minute| *minute < MINUTES);
    Ok(((LineId(door.int("line_id")?), door.word("channel")?), minute, door))
}

fn set(minutes: &mut [u32; MINUTES], minute: usize, count: u32) {
    if let Some(place) = minutes.get_mut(minute) {
        *place = count;
    }
}
