//! SQLite's own side: opening the file, the lock that keeps a second process
//! off, and the two hot statements.
//!
//! WAL with `synchronous=FULL`: a commit is on disk when it returns
//! (<https://www.sqlite.org/pragma.html#pragma_synchronous>). Automatic
//! checkpoints are off: [`super::upkeep`] does them beside the writer.

use super::error::{StoreError, Trouble};
use super::job::Append;
use super::message_row::deal;
use super::owner::Owner;
use super::reader::{Message, Want};
use super::sql::{Connection, Statement};
use crate::veil::Purpose;
use rustix::fs::{FlockOperation, flock};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions};
use std::fs::OpenOptions;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long one attempt waits for a lock that another program holds.
const BUSY_TIMEOUT: Duration = Duration::from_millis(500);
/// How often, and how long apart, the lock file is tried at start: 3 s.
const HOLD_TRIES: u32 = 30;
const HOLD_PAUSE: Duration = Duration::from_millis(100);
/// One hot statement for each batch size, and the other statements.
const STATEMENTS_MAX: usize = 512;
/// What every SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The database file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    path: PathBuf,
    /// 0: no limit.
    pages_max: u32,
}

/// The exclusive lock on `<file>.lock`; the kernel frees it with the process.
pub(crate) struct LockFile(#[expect(dead_code, reason = "held, never read")] std::fs::File);

impl File {
    /// From what follows `sqlite:` in the address, with or without `//`.
    pub(crate) fn of(path: &str, pages_max: u32) -> Result<Self, StoreError> {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') {
            return Err(StoreError::Url);
        }
        Ok(Self { path: PathBuf::from(path), pages_max })
    }

    /// Whether the file is there.
    pub(crate) fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// Makes the directory and takes the lock. A process that has just been
    /// told to stop may hold it a moment longer.
    pub(crate) async fn hold(&self) -> Result<LockFile, StoreError> {
        if let Some(directory) = self.path.parent() {
            std::fs::create_dir_all(directory).map_err(|error| self.not_writable(&error))?;
        }
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
        let file = file.map_err(|error| self.not_writable(&error))?;
        let mut pause = tokio::time::interval(HOLD_PAUSE);
        for _ in 0..HOLD_TRIES {
            pause.tick().await;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(LockFile(file)),
                Err(rustix::io::Errno::WOULDBLOCK) => {}
                Err(error) => return Err(self.not_writable(&error.into())),
            }
        }
        Err(StoreError::InUse { what: self.path.display().to_string() })
    }

    fn not_writable(&self, error: &std::io::Error) -> StoreError {
        let trouble = error.kind().to_string();
        StoreError::NotWritable { path: self.path.clone(), trouble }
    }

    fn options(&self) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS_MAX)
            .pragma("wal_autocheckpoint", "0")
            .pragma("cache_size", "-16384")
            .disable_statement_logging();
        if self.pages_max == 0 {
            options
        } else {
            options.pragma("max_page_count", self.pages_max.to_string())
        }
    }

    /// Connects to the file as it must be there.
    pub(crate) async fn connect(&self) -> Result<SqliteConnection, Trouble> {
        self.options().connect().await.map_err(|error| Trouble::of(&error))
    }

    /// Creates the file if need be, and looks it through.
    pub(crate) async fn first_connection(&self) -> Result<Connection, StoreError> {
        self.look_at_file()?;
        let opened = self.options().create_if_missing(true).connect().await;
        let connection = opened.map_err(|error| self.refused(&Trouble::of(&error)))?;
        let mut connection = Connection::Sqlite(connection);
        let check = Statement::new("PRAGMA quick_check(1)", []);
        let done = connection.run(&check).await.map_err(|trouble| self.refused(&trouble))?;
        if done.rows.first().and_then(|row| row.text("quick_check")) != Some("ok") {
            return Err(self.refused(&Trouble::Corrupted));
        }
        Ok(connection)
    }

    /// An existing file must begin as SQLite files do, and be writable.
    fn look_at_file(&self) -> Result<(), StoreError> {
        let mut file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.not_writable(&error)),
        };
        let mut magic = [0_u8; 16];
        match file.read(&mut magic) {
            Ok(0) => Ok(()),
            Ok(16) if magic == *MAGIC => Ok(()),
            Ok(_) => Err(StoreError::NotADatabase { path: self.path.clone() }),
            Err(error) => Err(self.not_writable(&error)),
        }
    }

    /// Readers never write, and never wait long for anything.
    pub(crate) fn pool(&self, readers: u32) -> SqlitePool {
        let options = self.options().pragma("query_only", "1");
        SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .connect_lazy_with(options)
    }

    pub(crate) fn refused(&self, trouble: &Trouble) -> StoreError {
        let path = self.path.clone();
        if *trouble == Trouble::Corrupted {
            StoreError::Corrupted { path }
        } else if *trouble == Trouble::Locked {
            StoreError::InUse { what: path.display().to_string() }
        } else {
            StoreError::NotWritable { path, trouble: trouble.to_string() }
        }
    }
}

/// Stores messages in one transaction of their own, in one passage to the
/// connection's thread. A row of `owner` that is not ours is set to NULL,
/// which it may not be: then nothing is stored.
pub(crate) async fn commit_messages(
    connection: &mut SqliteConnection,
    owner: Owner,
    batch: i64,
    rows: &[(&Append, i64)],
) -> Result<(), Trouble> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(rows.len().saturating_mul(9).saturating_add(3), 0);
    let bound = (|| {
        arguments.add(owner.epoch)?;
        arguments.add(owner.batch)?;
        arguments.add(batch)?;
        bind_rows(&mut arguments, rows)
    })();
    bound.map_err(|_| Trouble::Refused { code: "bind".to_owned() })?;
    let sql = AssertSqlSafe(commit_sql(rows.len()));
    let done = sqlx::query_with(sql, arguments).execute(connection).await;
    done.map(|_| ()).map_err(|error| Trouble::of(&error))
}

/// Stores messages within a transaction that is open.
pub(crate) async fn insert_messages(
    connection: &mut SqliteConnection,
    rows: &[(&Append, i64)],
) -> Result<(), Trouble> {
    let mut arguments = SqliteArguments::default();
    bind_rows(&mut arguments, rows).map_err(|_| Trouble::Refused { code: "bind".to_owned() })?;
    let sql = AssertSqlSafe(insert_sql(rows.len()));
    let done = sqlx::query_with(sql, arguments).execute(connection).await;
    done.map(|_| ()).map_err(|error| Trouble::of(&error))
}

fn bind_rows(
    arguments: &mut SqliteArguments,
    rows: &[(&Append, i64)],
) -> Result<(), sqlx::error::BoxDynError> {
    for (append, seq) in rows {
        arguments.add(append.contact.to_string())?;
        arguments.add(*seq)?;
        arguments.add(append.message.to_string())?;
        arguments.add(append.from.as_str())?;
        arguments.add(append.author.map(|author| author.to_string()))?;
        arguments.add(append.client_id.as_deref())?;
        arguments.add(append.kind.as_str())?;
        arguments.add(append.text.reveal(Purpose::Store).as_str())?;
        arguments.add(append.at.0)?;
    }
    Ok(())
}

/// The text for `count` rows; each is written once and kept, so that the
/// connection finds the prepared statement again.
fn commit_sql(count: usize) -> Arc<str> {
    static TEXTS: [OnceLock<Arc<str>>; 257] = [const { OnceLock::new() }; 257];
    let text = || -> Arc<str> {
        format!(
            "BEGIN IMMEDIATE; \
             UPDATE owner SET batch = CASE WHEN epoch = ? AND batch = ? THEN ? END \
             WHERE single = 1; {}; COMMIT",
            insert_sql(count)
        )
        .into()
    };
    TEXTS.get(count).map_or_else(text, |kept| Arc::clone(kept.get_or_init(text)))
}

fn insert_sql(count: usize) -> String {
    let mut text = String::with_capacity(count.saturating_mul(28).saturating_add(128));
    text.push_str(
        "INSERT INTO messages (contact_id, seq, message_id, sender, author_id, client_id, \
         kind, body, at_ms) VALUES ",
    );
    for number in 0..count {
        text.push_str(if number == 0 { "(?,?,?,?,?,?,?,?,?)" } else { ",(?,?,?,?,?,?,?,?,?)" });
    }
    text
}

/// Answers each want in its place.
pub(crate) async fn messages(
    connection: &mut SqliteConnection,
    wants: &[Want],
) -> Result<Vec<Vec<Message>>, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for (number, want) in wants.iter().enumerate() {
        let bound = (|| {
            arguments.add(i64::try_from(number).unwrap_or(i64::MAX))?;
            arguments.add(want.contact.to_string())?;
            arguments.add(want.after)?;
            arguments.add(want.after.saturating_add(want.limit))
        })();
        bound.map_err(sqlx::Error::Encode)?;
    }
    let mut sql = String::from("WITH want (n, contact_id, after, upto) AS (VALUES ");
    for number in 0..wants.len() {
        sql.push_str(if number == 0 { "(?,?,?,?)" } else { ",(?,?,?,?)" });
    }
    sql.push_str(
        ") SELECT want.n, m.seq, m.message_id, m.sender, m.author_id, m.client_id, m.kind, \
         m.body, m.at_ms FROM want CROSS JOIN messages AS m ON m.contact_id = want.contact_id \
         AND m.seq > want.after AND m.seq <= want.upto",
    );
    let rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(connection).await?;
    deal(&rows, wants, 0)
}
