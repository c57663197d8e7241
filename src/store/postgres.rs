//! PostgreSQL's own side: connecting, the lock that keeps a second process
//! off, and the two hot statements (`UNNEST`, one round trip each).

use super::error::{StoreError, Trouble};
use super::job::Append;
use super::message_row::deal;
use super::owner::Owner;
use super::reader::{Message, Want};
use super::sql::{Connection, Statement, Value};
use crate::veil::Purpose;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// The key of the advisory lock: "xinqiao" in ASCII.
const LOCK_KEY: i64 = 0x0078_696e_7169_616f;
/// A server that does not answer within this is gone.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// The server and how to reach it.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    options: PgConnectOptions,
    write_deadline_ms: u64,
}

impl Server {
    pub(crate) fn of(url: &str, write_deadline_ms: u64) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url)?;
        let options = options.application_name("xinqiao").disable_statement_logging();
        Ok(Self { options, write_deadline_ms })
    }

    /// Host and database, never the password.
    fn what(&self) -> String {
        let host = self.options.get_socket().map_or_else(
            || format!("{}:{}", self.options.get_host(), self.options.get_port()),
            |socket| socket.display().to_string(),
        );
        format!("{host}/{}", self.options.get_database().unwrap_or_default())
    }

    /// Connects for writing. Commits are awaited even where the server's
    /// default is not to; what the server still does for a dead connection ends
    /// within the write deadline.
    async fn reach(&self) -> Result<Connection, Trouble> {
        let deadline = self.write_deadline_ms.to_string();
        let options = self.options.clone().options([
            ("statement_timeout", deadline.as_str()),
            ("idle_in_transaction_session_timeout", deadline.as_str()),
        ]);
        let connecting = tokio::time::timeout(CONNECT_WITHIN, options.connect()).await;
        let connection = connecting.map_err(|_| Trouble::Slow)?;
        let mut connection = Connection::Postgres(connection.map_err(|error| Trouble::of(&error))?);
        connection
            .plain(
                "SELECT set_config('synchronous_commit', 'on', false) \
                 WHERE current_setting('synchronous_commit') = 'off'",
            )
            .await?;
        Ok(connection)
    }

    /// Connects anew while running. Not getting the lock back is no error:
    /// the server may hold it for our own dead connection, and the epoch decides.
    pub(crate) async fn connect(&self) -> Result<Connection, Trouble> {
        let mut connection = self.reach().await?;
        let lock =
            Statement::new("SELECT pg_try_advisory_lock($1) AS taken", [Value::from(LOCK_KEY)]);
        connection.run(&lock).await?;
        Ok(connection)
    }

    /// Connects at start: no other process may hold the database. A process
    /// that has just died may hold it for the moment its last commit takes.
    pub(crate) async fn first_connection(&self) -> Result<Connection, StoreError> {
        let mut connection = self.reach().await.map_err(|trouble| self.refused(trouble))?;
        let lock = Statement::new(
            "SELECT CAST(pg_advisory_lock($1) AS TEXT) AS taken",
            [Value::from(LOCK_KEY)],
        );
        let locked = async {
            connection.plain("SET lock_timeout = '3s'").await?;
            connection.run(&lock).await?;
            connection.plain("RESET lock_timeout").await
        };
        match locked.await {
            Ok(()) => Ok(connection),
            Err(Trouble::Locked) => Err(StoreError::InUse { what: self.what() }),
            Err(trouble) => Err(self.refused(trouble)),
        }
    }

    pub(crate) fn pool(&self, readers: u32) -> PgPool {
        let options = self
            .options
            .clone()
            .options([("default_transaction_read_only", "on"), ("statement_timeout", "30000")]);
        PgPoolOptions::new()
            .max_connections(readers.max(1))
            .acquire_timeout(CONNECT_WITHIN)
            .connect_lazy_with(options)
    }

    pub(crate) fn refused(&self, trouble: Trouble) -> StoreError {
        StoreError::Unreachable { what: self.what(), trouble }
    }
}

/// Stores messages in one transaction of their own, in one round trip. If the
/// `owner` row is not ours, `mine` is empty and so is the join: nothing is stored.
pub(crate) async fn commit_messages(
    connection: &mut PgConnection,
    owner: Owner,
    batch: i64,
    rows: &[(&Append, i64)],
) -> Result<(), Trouble> {
    let columns = Columns::of(rows);
    let done = sqlx::query(
        "WITH mine AS (UPDATE owner SET batch = $10 WHERE single = 1 AND epoch = $11 \
         AND batch = $12 RETURNING single) \
         INSERT INTO messages (contact_id, seq, message_id, sender, author_id, client_id, \
         kind, body, at_ms) SELECT new.* FROM UNNEST($1::text[], $2::bigint[], $3::text[], \
         $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[]) AS new, mine",
    );
    let done = columns.bind(done).bind(batch).bind(owner.epoch).bind(owner.batch);
    let done = done.execute(connection).await.map_err(|error| Trouble::of(&error))?;
    if usize::try_from(done.rows_affected()) == Ok(rows.len()) {
        Ok(())
    } else {
        Err(Trouble::Rule { code: "owner".to_owned() })
    }
}

/// Stores messages within a transaction that is open.
pub(crate) async fn insert_messages(
    connection: &mut PgConnection,
    rows: &[(&Append, i64)],
) -> Result<(), Trouble> {
    let columns = Columns::of(rows);
    let done = sqlx::query(
        "INSERT INTO messages (contact_id, seq, message_id, sender, author_id, client_id, \
         kind, body, at_ms) SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::text[], \
         $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])",
    );
    let done = columns.bind(done).execute(connection).await;
    done.map(|_| ()).map_err(|error| Trouble::of(&error))
}

type PgQuery<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// The rows turned on their side.
#[derive(Default)]
struct Columns<'r> {
    contacts: Vec<String>,
    seqs: Vec<i64>,
    messages: Vec<String>,
    senders: Vec<&'static str>,
    authors: Vec<Option<String>>,
    client_ids: Vec<Option<&'r str>>,
    kinds: Vec<&'static str>,
    bodies: Vec<&'r str>,
    ats: Vec<i64>,
}

impl<'r> Columns<'r> {
    fn of(rows: &[(&'r Append, i64)]) -> Self {
        let mut columns = Self::default();
        for (append, seq) in rows {
            columns.contacts.push(append.contact.to_string());
            columns.seqs.push(*seq);
            columns.messages.push(append.message.to_string());
            columns.senders.push(append.from.as_str());
            columns.authors.push(append.author.map(|author| author.to_string()));
            columns.client_ids.push(append.client_id.as_deref());
            columns.kinds.push(append.kind.as_str());
            columns.bodies.push(append.text.reveal(Purpose::Store));
            columns.ats.push(append.at.0);
        }
        columns
    }

    fn bind<'q>(&self, query: PgQuery<'q>) -> PgQuery<'q> {
        query
            .bind(self.contacts.as_slice())
            .bind(self.seqs.as_slice())
            .bind(self.messages.as_slice())
            .bind(self.senders.as_slice())
            .bind(self.authors.as_slice())
            .bind(self.client_ids.as_slice())
            .bind(self.kinds.as_slice())
            .bind(self.bodies.as_slice())
            .bind(self.ats.as_slice())
    }
}

/// Answers each want in its place. The limit inside keeps it a walk down the
/// index for each, whatever the planner believes of a young table.
pub(crate) async fn messages(
    connection: &mut PgConnection,
    wants: &[Want],
) -> Result<Vec<Vec<Message>>, sqlx::Error> {
    let contacts: Vec<String> = wants.iter().map(|want| want.contact.to_string()).collect();
    let afters: Vec<i64> = wants.iter().map(|want| want.after).collect();
    let uptos: Vec<i64> = wants.iter().map(|want| want.after.saturating_add(want.limit)).collect();
    let rows = sqlx::query(
        "SELECT want.n, m.seq, m.message_id, m.sender, m.author_id, m.client_id, m.kind, \
         m.body, m.at_ms FROM UNNEST($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY \
         AS want (contact_id, after, upto, n) CROSS JOIN LATERAL (SELECT * FROM messages \
         WHERE messages.contact_id = want.contact_id COLLATE \"C\" AND seq > want.after \
         AND seq <= want.upto ORDER BY seq LIMIT want.upto - want.after) AS m",
    )
    .bind(contacts.as_slice())
    .bind(afters.as_slice())
    .bind(uptos.as_slice())
    .fetch_all(connection)
    .await?;
    deal(&rows, wants, 1)
}
