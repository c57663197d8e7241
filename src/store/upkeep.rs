//! Keeping the database in shape: checkpoints, checks, copies.

use super::Store;
use super::connect::Source;
use super::error::{StoreError, Trouble};
use super::job::Job;
use super::journal::{Head, Verdict};
use super::sql::{Engine, Statement, Value};
use std::path::Path;
use tokio::sync::mpsc;

/// Rows written between two checkpoints of SQLite: some 8 MB of log.
const ROWS_BETWEEN: usize = 4_096;
/// Log pages (4 KiB) from which the writer itself lets the log begin anew: 64 MB.
const LOG_PAGES_MAX: i64 = 16_384;

/// Moves SQLite's log into the database beside the writer.
///
/// A checkpoint that runs while the writer writes can never reach the log's
/// end, and the log would grow for as long as the rush lasts. So when it has
/// become long, the writer is asked to finish the small rest between two batches.
pub(crate) struct Checkpointer {
    due: Option<mpsc::Sender<()>>,
    rows: usize,
}

impl Checkpointer {
    /// Starts the task; it ends with the writer.
    pub(crate) fn start(source: &Source, queue: &mpsc::Sender<Job>) -> Self {
        if source.engine() == Engine::Postgres {
            return Self { due: None, rows: 0 };
        }
        let (due, wake) = mpsc::channel(1);
        tokio::spawn(checkpoint(source.clone(), wake, queue.downgrade()));
        Self { due: Some(due), rows: 0 }
    }

    /// The writer stored `rows` more.
    pub(crate) fn wrote(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(rows).saturating_add(1);
        if self.rows >= ROWS_BETWEEN {
            self.rows = 0;
            if let Some(due) = &self.due {
                let _ = due.try_send(());
            }
        }
    }
}

async fn checkpoint(source: Source, mut wake: mpsc::Receiver<()>, queue: mpsc::WeakSender<Job>) {
    let mut connection = None;
    while wake.recv().await.is_some() {
        let Some(mut open) = (match connection.take() {
            Some(open) => Some(open),
            None => source.connect().await.ok(),
        }) else {
            continue;
        };
        let Ok(done) = open.run(&passive_checkpoint()).await else {
            continue;
        };
        connection = Some(open);
        let log_pages = done.rows.first().and_then(|row| row.int("log")).unwrap_or(0);
        if log_pages > LOG_PAGES_MAX
            && let Some(queue) = queue.upgrade()
        {
            let _ = queue.try_send(Job::Checkpoint);
        }
    }
}

/// Moves what can be moved without waiting for anybody.
pub(crate) fn passive_checkpoint() -> Statement {
    Statement::new("PRAGMA wal_checkpoint(PASSIVE)", [])
}

/// What a check of the whole database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integrity {
    /// The engine's own words; `ok` when it finds nothing (SQLite only).
    pub file: String,
    /// Conversations whose numbers are not 1, 2, 3 …
    pub broken_conversations: i64,
    pub messages: i64,
    pub journal: Verdict,
    /// The newest migration in the database.
    pub schema: i64,
}

impl Integrity {
    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.file == "ok"
            && self.broken_conversations == 0
            && matches!(self.journal, Verdict::Whole { .. })
    }
}

impl Store {
    /// Checks the journal's chain; with `known`, a head kept elsewhere, also its end.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn verify_journal(&self, known: Option<Head>) -> Result<Verdict, StoreError> {
        self.journal().verify(known).await
    }

    /// Looks through everything; reads the whole database.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn integrity(&self) -> Result<Integrity, StoreError> {
        let operation = "store.integrity";
        let file = match self.engine() {
            Engine::Postgres => "ok".to_owned(),
            Engine::Sqlite => {
                let check = Statement::new("PRAGMA integrity_check(1)", []);
                let rows = self.pool.read(operation, check).await?;
                let found = rows.first().and_then(|row| row.text("integrity_check"));
                found.unwrap_or("no answer").to_owned()
            }
        };
        let counts = Statement::new(
            "SELECT COALESCE(SUM(CASE WHEN low <> 1 OR high <> count THEN 1 ELSE 0 END), 0) \
             AS broken, CAST(COALESCE(SUM(count), 0) AS BIGINT) AS messages \
             FROM (SELECT MIN(seq) AS low, MAX(seq) AS high, COUNT(*) AS count \
             FROM messages GROUP BY contact_id) AS talks",
            [],
        );
        let schema = Statement::new("SELECT MAX(version) AS version FROM _sqlx_migrations", []);
        let counts = self.pool.read(operation, counts).await?;
        let schema = self.pool.read(operation, schema).await?;
        let count = |column: &str| counts.first().and_then(|row| row.int(column)).unwrap_or(0);
        Ok(Integrity {
            file,
            broken_conversations: count("broken"),
            messages: count("messages"),
            journal: self.verify_journal(None).await?,
            schema: schema.first().and_then(|row| row.int("version")).unwrap_or(0),
        })
    }

    /// Copies a running SQLite database to `path`, which must not exist. The
    /// copy is whole and consistent. PostgreSQL has `pg_dump` for this.
    ///
    /// # Errors
    /// [`StoreError::Trouble`]: on PostgreSQL, or where `path` cannot be written.
    pub async fn backup_to(&self, path: &Path) -> Result<(), StoreError> {
        let operation = "store.backup_to";
        let refused = |trouble: Trouble| trouble.in_operation(operation);
        let target = path.to_str().filter(|_| self.engine() == Engine::Sqlite);
        let Some(target) = target else {
            return Err(refused(Trouble::Refused { code: "backup".to_owned() }));
        };
        let mut connection = self.source.connect().await.map_err(refused)?;
        let copy = Statement::new("VACUUM INTO $1", [Value::from(target)]);
        connection.run(&copy).await.map(|_| ()).map_err(refused)
    }
}
