//! What can go wrong with the store, in words an operator can act on.
//!
//! A message names the operation, the file or host and what to do; never a
//! value of a row: the engines' own messages may quote one, so only their
//! codes are passed on.

use std::borrow::Cow;
use std::path::PathBuf;

/// Why the store said no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// `database.url` is neither of SQLite nor of PostgreSQL.
    #[error("database.url must begin with `sqlite:` or `postgres:`")]
    Url,
    /// The SQLite file or its directory cannot be written.
    #[error(
        "cannot write {path}: {trouble}; give the service's account write access to the directory and the files in it"
    )]
    NotWritable { path: PathBuf, trouble: String },
    /// The file is something else.
    #[error("{path} is not an SQLite database; move it away or set database.url to another file")]
    NotADatabase { path: PathBuf },
    /// The file is damaged.
    #[error("{path} is damaged; stop, keep a copy of it, and restore the last backup")]
    Corrupted { path: PathBuf },
    /// Another process works on this database.
    #[error("another xinqiao process holds {what}; stop it first, one process owns a database")]
    InUse { what: String },
    /// The schema is newer than this program.
    #[error(
        "the database has schema {found}, this program knows {known}; run the newer program, or restore a backup of schema {known}"
    )]
    NewerSchema { found: i64, known: i64 },
    /// A migration that ran once is not what this program carries.
    #[error(
        "migration {version} in the database differs from this program's; they are of different builds"
    )]
    OtherSchema { version: i64 },
    /// A migration failed.
    #[error("migration to schema {version} failed ({trouble}); nothing of it was applied")]
    Migration { version: i64, trouble: Trouble },
    /// The database server does not answer.
    #[error("cannot reach the database at {what}: {trouble}")]
    Unreachable { what: String, trouble: Trouble },
    /// The database is in trouble; what was asked was not (or not surely) done.
    #[error("{operation}: {trouble}")]
    Trouble { operation: &'static str, trouble: Trouble },
    /// A unique name or number is taken, or what is referred to does not exist.
    #[error("{operation}: already there, or refers to something that is not")]
    Conflict { operation: &'static str },
    /// A row that fits no state.
    #[error("inconsistent row: {table}.{column} of {id}")]
    Inconsistent { table: &'static str, column: &'static str, id: String },
    /// The bounded queue in front of the writer is full.
    #[error("the store is busy")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// What state the database is in, when it is not well. Each is one plain line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the database is locked by another program")]
    Locked,
    #[error("the disk is full")]
    DiskFull,
    #[error("the database is read-only")]
    ReadOnly,
    #[error("the database is damaged")]
    Corrupted,
    #[error("the disk reports an error")]
    Disk,
    #[error("the database server is gone")]
    Gone,
    #[error("the database does not answer in time")]
    Slow,
    #[error("another process has taken over the database")]
    Deposed,
    /// The statement or its data was refused: a fault of the program.
    #[error("the database refused (code {code})")]
    Refused { code: String },
    /// A unique, foreign-key or not-null rule was broken.
    #[error("a rule of the database was broken (code {code})")]
    Rule { code: String },
}

impl Trouble {
    /// Whether trying again later may help without anything being changed in what is written.
    #[must_use]
    pub const fn is_of_the_database(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::Rule { .. })
    }

    /// Whether the connection is of no more use.
    #[must_use]
    pub const fn ends_connection(&self) -> bool {
        matches!(self, Self::Gone | Self::Slow | Self::Disk | Self::Corrupted | Self::ReadOnly)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "sqlx may add errors; they are faults")]
    /// Reads an engine's error by its code; its text may quote rows and is dropped.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(inner) => {
                let code = inner.code().map(Cow::into_owned).unwrap_or_default();
                if inner.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    Self::of_sqlite(code)
                } else {
                    Self::of_postgres(code)
                }
            }
            sqlx::Error::Io(trouble) => match trouble.kind() {
                std::io::ErrorKind::StorageFull => Self::DiskFull,
                std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
                _ => Self::Gone,
            },
            sqlx::Error::PoolTimedOut => Self::Slow,
            sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => Self::Gone,
            _ => Self::Refused { code: "client".to_owned() },
        }
    }

    /// Primary and extended result codes, <https://www.sqlite.org/rescode.html>.
    fn of_sqlite(code: String) -> Self {
        let primary = code.parse::<u32>().unwrap_or(0) & 0xff;
        match primary {
            5 | 6 | 15 => Self::Locked,
            8 => Self::ReadOnly,
            10 | 14 => Self::Disk,
            11 | 26 => Self::Corrupted,
            13 => Self::DiskFull,
            19 => Self::Rule { code },
            _ => Self::Refused { code },
        }
    }

    /// SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    fn of_postgres(code: String) -> Self {
        match code.as_str() {
            "53100" => Self::DiskFull,
            "25006" => Self::ReadOnly,
            "XX001" | "XX002" => Self::Corrupted,
            "55P03" | "40P01" | "40001" => Self::Locked,
            "57014" => Self::Slow,
            _ => match code.get(..2) {
                Some("08" | "57" | "53") => Self::Gone,
                Some("23") => Self::Rule { code },
                Some("58" | "XX" | "F0") => Self::Disk,
                _ => Self::Refused { code },
            },
        }
    }

    /// As the error of `operation`.
    pub(crate) fn in_operation(self, operation: &'static str) -> StoreError {
        if matches!(self, Self::Rule { .. }) {
            StoreError::Conflict { operation }
        } else {
            StoreError::Trouble { operation, trouble: self }
        }
    }
}
