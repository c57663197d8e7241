//! Looking at a database without taking it: while a server runs on it, or after it stopped.
//!
//! What the doctor, a backup and a replay need: reading, and for SQLite a whole copy.
//! Nothing here takes the lock or the epoch, so the server that owns the database
//! does not notice.

use super::Settings;
use super::connect::Source;
use super::error::{StoreError, Trouble};
use super::journal::{Journal, Verdict};
use super::sql::{Engine, Pool, Statement, Value};
use std::path::Path;

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

/// A database that is looked at and not taken.
pub struct Look {
    source: Source,
    pool: Pool,
}

impl Look {
    /// Looks at the database of `settings`; `None` while there is none yet (SQLite).
    ///
    /// # Errors
    /// [`StoreError::Url`]; what else is wrong shows when something is read.
    pub fn open(settings: &Settings) -> Result<Option<Self>, StoreError> {
        let source = Source::of(settings)?;
        if !source.is_there() {
            return Ok(None);
        }
        let pool = source.pool(1);
        Ok(Some(Self { source, pool }))
    }

    pub(crate) const fn new(source: Source, pool: Pool) -> Self {
        Self { source, pool }
    }

    /// The journal, to be read.
    #[must_use]
    pub fn journal(&self) -> Journal {
        Journal::new(self.pool.clone())
    }

    /// Lets go.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Looks through everything; reads the whole database.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn integrity(&self) -> Result<Integrity, StoreError> {
        let operation = "store.integrity";
        let file = match self.source.engine() {
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
            journal: self.journal().verify(None).await?,
            schema: schema.first().and_then(|row| row.int("version")).unwrap_or(0),
        })
    }

    /// Copies a SQLite database, also a running one, to `path`, which must not exist. The
    /// copy is whole and consistent. PostgreSQL has `pg_dump` for this.
    ///
    /// # Errors
    /// [`StoreError::Trouble`]: on PostgreSQL, or where `path` cannot be written.
    pub async fn backup_to(&self, path: &Path) -> Result<(), StoreError> {
        let operation = "store.backup_to";
        let refused = |trouble: Trouble| trouble.in_operation(operation);
        let target = path.to_str().filter(|_| self.source.engine() == Engine::Sqlite);
        let Some(target) = target else {
            return Err(refused(Trouble::Refused { code: "backup".to_owned() }));
        };
        let mut connection = self.source.connect().await.map_err(refused)?;
        let copy = Statement::new("VACUUM INTO $1", [Value::from(target)]);
        connection.run(&copy).await.map(|_| ()).map_err(refused)
    }
}
