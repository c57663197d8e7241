//! Bare probes of the two engines for the benches: what a database can do without a house.
//!
//! * one row, one commit, one connection: the neighbour of every durable figure;
//! * the smallest group-commit writer, which the bench's smallest server stands on;
//! * holding SQLite's write lock, to see what acks do meanwhile.
//!
//! Own tables (`probe_message`), own connections; nothing here touches the store's.

use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use std::fmt::Write;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;

/// What stops a probe.
#[derive(Debug, Error)]
#[error("probe: {0}")]
pub struct ProbeError(#[from] sqlx::Error);

/// One message of the smallest server.
#[derive(Debug)]
pub struct ProbeRow {
    pub talk: i64,
    pub seq: i64,
    pub client_id: String,
    pub body: String,
}

/// One writing connection to either engine.
#[derive(Debug)]
pub enum Probe {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// As a message needs it: unique by number and by the client's id, one index more.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS probe_message (
    talk BIGINT NOT NULL, seq BIGINT NOT NULL, client_id TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (talk, seq), UNIQUE (talk, client_id))";

/// Columns of the table: placeholders of a row.
const COLUMNS: usize = 4;

impl Probe {
    /// Connects to `sqlite:FILE` (WAL, `synchronous=FULL`) or `postgres://…` and makes the table.
    pub async fn open(url: &str) -> Result<Self, ProbeError> {
        let mut probe = if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            Self::Sqlite(options.connect().await?)
        } else {
            Self::Postgres(PgConnection::connect(url).await?)
        };
        match &mut probe {
            Self::Sqlite(connection) => connection.execute(TABLE).await.map(drop)?,
            Self::Postgres(connection) => connection.execute(TABLE).await.map(drop)?,
        }
        Ok(probe)
    }

    /// Stores `rows` in one transaction with one statement.
    pub async fn store(&mut self, rows: &[ProbeRow]) -> Result<(), ProbeError> {
        match self {
            Self::Sqlite(connection) => {
                let mut query = sqlx::query(AssertSqlSafe(insert(rows.len())));
                for row in rows {
                    query = query.bind(row.talk).bind(row.seq).bind(&row.client_id).bind(&row.body);
                }
                query.execute(connection).await?;
            }
            Self::Postgres(connection) => {
                let talks: Vec<i64> = rows.iter().map(|row| row.talk).collect();
                let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
                let client_ids: Vec<&str> = rows.iter().map(|row| row.client_id.as_str()).collect();
                let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
                let insert = "INSERT INTO probe_message (talk, seq, client_id, body)
                    SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::text[])";
                let query =
                    sqlx::query(insert).bind(talks).bind(seqs).bind(client_ids).bind(bodies);
                query.execute(connection).await?;
            }
        }
        Ok(())
    }

    /// Stores one row after the other, each with its own commit, while `more` says so.
    pub async fn store_one_by_one(
        &mut self,
        body: &str,
        mut more: impl FnMut() -> bool,
    ) -> Result<(), ProbeError> {
        let mut seq = 0;
        while more() {
            seq += 1;
            let client_id = format!("m{seq}");
            self.store(&[ProbeRow { talk: -1, seq, client_id, body: body.to_owned() }]).await?;
        }
        Ok(())
    }
}

/// `INSERT … VALUES` for `rows` rows; the driver keeps one prepared statement for each size.
fn insert(rows: usize) -> String {
    let mut sql = "INSERT INTO probe_message (talk, seq, client_id, body) VALUES ".to_owned();
    for row in 0..rows {
        let first = row * COLUMNS;
        let comma = if row == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(sql, "{comma}(${},${},${},${})", first + 1, first + 2, first + 3, first + 4);
    }
    sql
}

/// Holds the write lock of a SQLite file for as long as `hold` takes.
pub async fn hold_sqlite_lock(
    file: &Path,
    hold: impl Future<Output = ()>,
) -> Result<(), ProbeError> {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(10));
    let mut connection = options.connect().await?;
    connection.execute("BEGIN IMMEDIATE").await?;
    hold.await;
    connection.execute("ROLLBACK").await?;
    connection.close().await?;
    Ok(())
}

/// Messages the store holds, counted in its own table: acked must equal this, to the row.
pub async fn count_messages(url: &str, table: &'static str) -> Result<i64, ProbeError> {
    let count = format!("SELECT COUNT(*) FROM {table}");
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnectOptions::from_str(url)?.read_only(true).connect().await?;
        Ok(sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut connection).await?)
    } else {
        let mut connection = PgConnection::connect(url).await?;
        Ok(sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut connection).await?)
    }
}
