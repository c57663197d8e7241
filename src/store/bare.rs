//! The least that an insert can be, for the bench to stand the writer beside:
//! no numbering, no queue, no owner; one connection, one table, one index.

use super::Settings;
use super::connect::Source;
use super::error::{StoreError, Trouble};
use super::sql::{Connection, Statement, Value};
use super::state::placeholders;

/// A table of its own in the database of `settings`.
pub struct Bare {
    connection: Connection,
    next: i64,
}

impl Bare {
    pub async fn open(settings: &Settings) -> Result<Self, StoreError> {
        let source = Source::of(settings)?;
        let connection = source.first_connection().await?;
        let mut bare = Self { connection, next: 0 };
        bare.run(Statement::new(
            "CREATE TABLE bare (id BIGINT PRIMARY KEY, body TEXT NOT NULL, at_ms BIGINT NOT NULL)",
            [],
        ))
        .await?;
        bare.run(Statement::new("CREATE INDEX bare_at ON bare (at_ms)", [])).await?;
        Ok(bare)
    }

    /// Inserts `rows` rows in one statement and one commit.
    pub async fn insert(&mut self, rows: usize, body: &str) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO bare (id, body, at_ms) VALUES {}", placeholders(rows, 3));
        let mut values = Vec::with_capacity(rows.saturating_mul(3));
        for _ in 0..rows {
            self.next = self.next.saturating_add(1);
            values.extend([Value::from(self.next), Value::from(body), Value::from(self.next)]);
        }
        self.run(Statement::new(sql, values)).await
    }

    /// Lets the database go.
    pub async fn close(self) {
        self.connection.close().await;
    }

    async fn run(&mut self, statement: Statement) -> Result<(), StoreError> {
        let done = self.connection.run(&statement).await;
        done.map(|_| ()).map_err(|trouble: Trouble| trouble.in_operation("bare.insert"))
    }
}
