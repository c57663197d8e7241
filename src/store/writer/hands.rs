//! The one writing connection: transactions, and finding out what became of one.

use super::work::Work;
use crate::store::connect::Source;
use crate::store::error::Trouble;
use crate::store::fact;
use crate::store::job::{Act, Append, StateRow, Write};
use crate::store::journal::{self, Head};
use crate::store::owner::Owner;
use crate::store::sql::{Connection, Done, Engine, Statement, Value};
use crate::store::state::{self, placeholders};
use crate::store::upkeep::{Checkpointer, passive_checkpoint};
use crate::store::{postgres, sqlite};

/// Journal entries in one statement.
const CHUNK_COUNT: usize = 100;

/// What became of an attempt that had failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// The work was stored after all.
    Stored,
    /// The database stands where it was thought to.
    Same,
    /// Something else was stored that had been given up.
    Moved,
}

/// What stands in the database as far as this process knows, and the connection to it.
pub(crate) struct Hands {
    source: Source,
    connection: Option<Connection>,
    owner: Owner,
    /// The number that was given out last.
    last_number: i64,
    head: Head,
    /// The last attempt failed, and what became of it was not looked up yet.
    is_unsure: bool,
    checkpointer: Checkpointer,
}

impl Hands {
    pub(crate) fn new(
        source: Source,
        connection: Connection,
        owner: Owner,
        checkpointer: Checkpointer,
    ) -> Self {
        Self {
            source,
            connection: Some(connection),
            owner,
            last_number: owner.batch,
            head: Head::default(),
            is_unsure: false,
            checkpointer,
        }
    }

    /// The connection, made anew if it was lost.
    pub(super) async fn connection(&mut self) -> Result<&mut Connection, Trouble> {
        if self.connection.is_none() {
            self.connection = Some(self.source.connect().await?);
        }
        self.connection.as_mut().ok_or(Trouble::Gone)
    }

    /// An attempt failed: what became of it must be found out first.
    pub(super) fn doubt(&mut self, trouble: &Trouble) {
        self.is_unsure = true;
        if trouble.ends_connection() {
            self.connection = None;
        }
    }

    /// Lets the database go in good order.
    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.close().await;
        }
    }

    /// Reads the journal's head.
    pub(super) async fn read_head(&mut self) -> Result<(), Trouble> {
        let done = self.connection().await?.run(&journal::head_statement()).await?;
        self.head = match done.rows.first() {
            Some(row) => journal::read_head(row).map_err(|_| Trouble::Corrupted)?,
            None => Head::default(),
        };
        Ok(())
    }

    /// After a failure: looks up what became of the attempt.
    pub(super) async fn settle(&mut self, work: &Work) -> Result<Settled, Trouble> {
        if !self.is_unsure {
            return Ok(Settled::Same);
        }
        let connection = self.connection().await?;
        // There may be no transaction to roll back.
        let _ = connection.plain("ROLLBACK").await;
        let seen = Owner::look(connection).await?;
        if seen.epoch != self.owner.epoch {
            return Err(Trouble::Deposed);
        }
        self.read_head().await?;
        self.is_unsure = false;
        let before = std::mem::replace(&mut self.owner, seen);
        if work.numbers.contains(&seen.batch) {
            Ok(Settled::Stored)
        } else if before == seen {
            Ok(Settled::Same)
        } else {
            Ok(Settled::Moved)
        }
    }

    /// A number for a batch that was not sent off under any yet, or has changed since.
    pub(super) fn number(&mut self, work: &mut Work) {
        self.last_number = self.last_number.max(self.owner.batch).saturating_add(1);
        work.numbers.push(self.last_number);
    }

    /// Stores the work in one transaction.
    pub(super) async fn store(&mut self, work: &mut Work) -> Result<(), Trouble> {
        let number = work.numbers.last().copied().unwrap_or(self.last_number);
        if !work.is_only_appends() || work.appends.is_empty() {
            self.store_all(work, number).await?;
        } else if !self.store_appends(work, number).await? {
            return Ok(());
        }
        self.owner.batch = number;
        self.checkpointer.wrote(work.len());
        Ok(())
    }

    /// False: all were stored before, nothing was written.
    async fn store_appends(&mut self, work: &Work, number: i64) -> Result<bool, Trouble> {
        let owner = self.owner;
        let rows = work.new_rows();
        if rows.is_empty() {
            return Ok(false);
        }
        match self.connection().await? {
            Connection::Sqlite(connection) => {
                sqlite::commit_messages(connection, owner, number, &rows).await?;
            }
            Connection::Postgres(connection) => {
                postgres::commit_messages(connection, owner, number, &rows).await?;
            }
        }
        Ok(true)
    }

    async fn store_all(&mut self, work: &mut Work, number: i64) -> Result<(), Trouble> {
        let begin = match self.source.engine() {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        let step = self.owner.step_to(number);
        let mut head = self.head;
        let connection = self.connection().await?;
        connection.plain(begin).await?;
        if connection.run(&step).await?.rows_affected != 1 {
            return Err(Trouble::Rule { code: "owner".to_owned() });
        }
        let rows = work.new_rows();
        insert_messages(connection, &rows).await?;
        head = store_turns(connection, work, head).await?;
        head = store_writes(connection, work, head).await?;
        connection.plain("COMMIT").await?;
        self.head = head;
        Ok(())
    }

    /// Lets SQLite's log begin anew: what the checkpointer could not reach.
    pub(super) async fn checkpoint(&mut self) {
        if let Some(connection) = self.connection.as_mut() {
            let _ = connection.run(&passive_checkpoint()).await;
        }
    }
}

async fn insert_messages(
    connection: &mut Connection,
    rows: &[(&Append, i64)],
) -> Result<(), Trouble> {
    if rows.is_empty() {
        return Ok(());
    }
    match connection {
        Connection::Sqlite(connection) => sqlite::insert_messages(connection, rows).await,
        Connection::Postgres(connection) => postgres::insert_messages(connection, rows).await,
    }
}

/// Journal, state rows and facts of every turn; the head after each is kept in the work.
async fn store_turns(
    connection: &mut Connection,
    work: &mut Work,
    mut head: Head,
) -> Result<Head, Trouble> {
    work.heads.clear();
    let mut entries: Vec<Vec<Value>> = Vec::new();
    for (turn, _) in &work.turns {
        for body in &turn.entries {
            head = head.next(turn.at, journal::TURN, body);
            entries.push(journal_row(head, turn.at.0, journal::TURN, body));
        }
        work.heads.push(head);
    }
    for chunk in entries.chunks(CHUNK_COUNT) {
        connection.run(&journal_insert(chunk)).await?;
    }
    let rows: Vec<&StateRow> = work.turns.iter().flat_map(|(turn, _)| &turn.rows).collect();
    for change in state::changes(&rows) {
        connection.run(&change).await?;
    }
    for fact in work.turns.iter().flat_map(|(turn, _)| &turn.facts) {
        for statement in fact::statements(fact) {
            connection.run(&statement).await?;
        }
    }
    Ok(head)
}

/// Each write within a savepoint of its own: a rule it breaks is its own affair.
async fn store_writes(
    connection: &mut Connection,
    work: &mut Work,
    mut head: Head,
) -> Result<Head, Trouble> {
    work.done.clear();
    for (write, _) in &work.writes {
        connection.plain("SAVEPOINT one").await?;
        let done = match store_write(connection, write, &mut head).await {
            Ok(done) => Ok(done),
            Err(trouble) if trouble.is_of_the_database() => return Err(trouble),
            Err(trouble) => {
                connection.plain("ROLLBACK TO SAVEPOINT one").await?;
                Err(trouble.in_operation("store.write"))
            }
        };
        connection.plain("RELEASE SAVEPOINT one").await?;
        work.done.push(done);
    }
    Ok(head)
}

async fn store_write(
    connection: &mut Connection,
    write: &Write,
    head: &mut Head,
) -> Result<Vec<Done>, Trouble> {
    let mut all = Vec::with_capacity(write.statements.len());
    for statement in &write.statements {
        let done = connection.run(statement).await?;
        let is_idle = done.rows_affected == 0 && done.rows.is_empty();
        all.push(done);
        if write.first_must_change && is_idle && all.len() == 1 {
            return Ok(all);
        }
    }
    if let Some(Act { at, body }) = &write.act {
        let next = head.next(*at, journal::ADMIN, body);
        let row = journal_row(next, at.0, journal::ADMIN, body);
        connection.run(&journal_insert(&[row])).await?;
        *head = next;
    }
    Ok(all)
}

fn journal_row(head: Head, at_ms: i64, kind: &str, body: &str) -> Vec<Value> {
    vec![
        Value::from(head.seq),
        Value::from(at_ms),
        Value::from(kind),
        Value::from(body),
        Value::from(head.hash.as_slice()),
    ]
}

fn journal_insert(rows: &[Vec<Value>]) -> Statement {
    let sql = format!(
        "INSERT INTO journal (seq, at_ms, kind, body, hash) VALUES {}",
        placeholders(rows.len(), 5)
    );
    Statement::new(sql, rows.iter().flatten().cloned())
}
