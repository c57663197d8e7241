//! Ratings: what seekers say of a talk that is over, as a number and nothing else.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Door, Pool, Statement, Value, id};
use crate::clock::At;
use crate::ids::{ContactId, LineId};

/// The ratings of one line, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRatings {
    pub line: LineId,
    pub count: u32,
    /// Of all scores.
    pub sum: u64,
}

/// The ratings.
#[derive(Clone)]
pub struct Ratings {
    pool: Pool,
    writer: WriterHandle,
}

impl Ratings {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// Keeps the score of a contact, 1 to 5; the last one counts.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn rate(
        &self,
        contact: ContactId,
        score: u8,
        at: At,
        act: Act,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "INSERT INTO ratings (contact_id, score, at_ms) VALUES ($1, $2, $3) \
             ON CONFLICT (contact_id) DO UPDATE SET score = excluded.score, at_ms = excluded.at_ms",
            [id(contact), Value::from(i64::from(score)), Value::from(at)],
        );
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }

    /// Sums by line of what was rated since `since`, by number of the line; the simulated left out.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn sums(&self, since: At) -> Result<Vec<LineRatings>, StoreError> {
        // SUM of BIGINT is NUMERIC in PostgreSQL: cast back.
        let statement = Statement::new(
            "SELECT contacts.line_id AS line_id, COUNT(*) AS count, \
             CAST(SUM(ratings.score) AS BIGINT) AS sum \
             FROM ratings JOIN contacts ON contacts.contact_id = ratings.contact_id \
             WHERE ratings.at_ms >= $1 AND contacts.simulated = 0 \
             GROUP BY contacts.line_id ORDER BY contacts.line_id",
            [Value::from(since)],
        );
        let rows = self.pool.read("ratings.sums", statement).await?;
        rows.iter()
            .map(|row| {
                let door = Door { row, table: "ratings", key: "line_id" };
                let line = LineId(door.int("line_id")?);
                Ok(LineRatings { line, count: door.int("count")?, sum: door.int("sum")? })
            })
            .collect()
    }
}
