//! The store: the only room that names sqlx.
//!
//! Truth is in SQL: SQLite (WAL, `synchronous=FULL`) in one file by default,
//! PostgreSQL by `database.url`; the same tables and the same words on both.
//!
//! * One writer task owns the one writing connection ([`writer`]): it takes
//!   what waits, stores it in one transaction, and only then answers. Nothing
//!   is answered as stored that a crash could still lose, and nothing is
//!   stored twice, also when the answer to a commit was lost ([`owner`]).
//! * Everybody else reads, through their own connections ([`reader`] for
//!   conversations, one repository per noun).
//! * Times are BIGINT milliseconds UTC, ids UUID text, booleans 0 and 1. A row
//!   is parsed once, at the door; one that fits no state is an inconsistency
//!   that names table, column and id.
//!
//! Invariants: a conversation's numbers are 1, 2, 3 … without gap or double ·
//! one process owns a database, and one that was deposed can write nothing ·
//! the journal's entries are chained by hash · the process stays up when the
//! database does not: [`Health`] says why, and queues are bounded.

pub mod accounts;
pub mod callers;
pub mod calls;
pub mod contacts;
pub mod counselors;
pub mod error;
pub mod fact;
pub mod handle;
pub mod health;
pub mod hour;
pub mod job;
pub mod journal;
pub mod lines;
pub mod look;
pub mod look_ins;
pub mod notes;
pub mod phrases;
pub mod probe;
pub mod ratings;
pub mod reader;
pub mod replies;
pub mod roles;
pub mod sign_ins;
pub mod skills;
pub mod state;
pub mod upkeep;

mod connect;
mod message_row;
mod owner;
mod postgres;
mod schema;
mod sql;
mod sqlite;
mod writer;

pub use error::{StoreError, Trouble};
pub use fact::{ArrivalFact, ContactFact, ContactState};
pub use handle::{Receipt, Refused, WriterHandle};
pub use health::Health;
pub use job::{Act, Append, Committed, MessageKind, Outcome, Sender, StateRow, Turn};
pub use journal::{Flaw, Head, Journal, JournalEntry, Verdict};
pub use look::{Integrity, Look};
pub use reader::{Message, Reader};
pub use sql::Engine;

use connect::Source;
use sql::Pool;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// The store's section of the configuration. Does not print: the address may carry a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite:data/xinqiao.db` or `postgres://…`.
    pub url: String,
    /// Jobs that may wait for the writer; the next is told "busy". 8,192 is half
    /// a second at full speed.
    pub queue_max: usize,
    /// Jobs in one transaction. Beyond 256 a commit costs no less per message.
    pub batch_max: usize,
    /// How long a message waits for a database in trouble before its negative ack, ms.
    pub write_deadline_ms: u64,
    /// Connections for reading.
    pub readers: u32,
    /// Conversations whose numbering is kept in memory (about 300 bytes each and 16 per message).
    pub conversations_max: usize,
    /// SQLite: the file grows to at most this many pages of 4 KiB, so that the
    /// disk keeps room for the log; 0: as far as the disk goes.
    pub pages_max: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: "sqlite:data/xinqiao.db".to_owned(),
            queue_max: 8_192,
            batch_max: 256,
            write_deadline_ms: 10_000,
            readers: 4,
            conversations_max: 20_000,
            pages_max: 0,
        }
    }
}

/// An open store. Dropping it without [`Store::close`] is what a crash is: safe.
pub struct Store {
    source: Source,
    pool: Pool,
    writer: WriterHandle,
    reader: Reader,
    health: watch::Receiver<Health>,
    hold: Mutex<Option<connect::Hold>>,
}

impl Store {
    /// Opens the database: takes it for this process, checks it, brings its
    /// schema up to date, and starts the writer. `committed` is called by the
    /// writer with the outcomes of each batch.
    ///
    /// # Errors
    /// Each says plainly what is wrong and what to do.
    pub async fn open(settings: &Settings, committed: Committed) -> Result<Self, StoreError> {
        let source = Source::of(settings)?;
        let hold = source.hold().await?;
        let mut connection = source.first_connection().await?;
        schema::bring_up(&mut connection, &source).await?;
        let owner = owner::Owner::take(&mut connection).await?;
        let (queue, jobs) = mpsc::channel(settings.queue_max.max(1));
        let (tell_health, health) = watch::channel(Health::Ok);
        let pool = source.pool(settings.readers);
        let checkpointer = upkeep::Checkpointer::start(&source, &queue);
        let hands = writer::Hands::new(source.clone(), connection, owner, checkpointer);
        writer::start(settings, jobs, hands, committed, tell_health).await?;
        let reader = Reader::start(&pool, 2);
        let writer = WriterHandle::new(queue);
        Ok(Self { source, pool, writer, reader, health, hold: Mutex::new(Some(hold)) })
    }

    /// Writes what is queued and lets the database go.
    pub async fn close(&self) {
        self.writer.close().await;
        self.pool.close().await;
        self.hold.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Which engine it is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.source.engine()
    }

    /// The way to the writer.
    #[must_use]
    pub fn writer(&self) -> WriterHandle {
        self.writer.clone()
    }

    /// Conversations.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Whether writes get through; changes are seen at once.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    #[must_use]
    pub fn journal(&self) -> Journal {
        Journal::new(self.pool.clone())
    }

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
        self.look().integrity().await
    }

    /// The same database, to be looked at only.
    #[must_use]
    pub fn look(&self) -> Look {
        Look::new(self.source.clone(), self.pool.clone())
    }

    #[must_use]
    pub fn accounts(&self) -> accounts::Accounts {
        accounts::Accounts::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn sign_ins(&self) -> sign_ins::SignIns {
        sign_ins::SignIns::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn roles(&self) -> roles::Roles {
        roles::Roles::new(self.pool.clone())
    }

    #[must_use]
    pub fn lines(&self) -> lines::Lines {
        lines::Lines::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn skills(&self) -> skills::Skills {
        skills::Skills::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn counselors(&self) -> counselors::Counselors {
        counselors::Counselors::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn replies(&self) -> replies::Replies {
        replies::Replies::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn notes(&self) -> notes::Notes {
        notes::Notes::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn callers(&self) -> callers::Callers {
        callers::Callers::new(self.pool.clone())
    }

    #[must_use]
    pub fn calls(&self) -> calls::Calls {
        calls::Calls::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn look_ins(&self) -> look_ins::LookIns {
        look_ins::LookIns::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn hours(&self) -> hour::Hours {
        hour::Hours::new(self.pool.clone())
    }

    #[must_use]
    pub fn phrases(&self) -> phrases::Phrases {
        phrases::Phrases::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn ratings(&self) -> ratings::Ratings {
        ratings::Ratings::new(self.pool.clone(), self.writer())
    }

    #[must_use]
    pub fn contacts(&self) -> contacts::Contacts {
        contacts::Contacts::new(self.pool.clone())
    }

    /// The switchboard's state rows, as last stored.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn state_rows(&self) -> Result<Vec<StateRow>, StoreError> {
        state::list(&self.pool).await
    }
}
