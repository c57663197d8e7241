//! What can be asked of the writer, and what it answers.
//!
//! A message costs no channel of its own: it carries an opaque `tag` (the
//! caller's connection) through to its [`Outcome`]. Everything else is
//! answered through a oneshot.

use super::error::StoreError;
use super::fact::ContactFact;
use super::journal::Head;
use super::sql::{Done, Statement};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, MessageId};
use crate::veil::Pii;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    Seeker,
    Counselor,
    System,
}

impl Sender {
    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seeker => "seeker",
            Self::Counselor => "counselor",
            Self::System => "system",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Seeker, Self::Counselor, Self::System].into_iter().find(|from| from.as_str() == word)
    }
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Something said in the talk.
    #[default]
    Message,
    /// Something the house says of the talk ("connected", "transferred").
    Event,
}

impl MessageKind {
    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Event => "event",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Message, Self::Event].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A message to be stored at the end of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Carried through to the outcome untouched; the caller's connection.
    pub tag: u64,
    pub contact: ContactId,
    /// Made by the caller; never used twice.
    pub message: MessageId,
    pub from: Sender,
    pub author: Option<CounselorId>,
    /// At most 64 bytes. The same one from the same sender in the same
    /// conversation is stored once.
    pub client_id: Option<String>,
    pub kind: MessageKind,
    pub text: Pii<String>,
    pub at: At,
}

/// What became of an [`Append`]; each gets exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// On disk. `seq` counts 1, 2, 3 … within the contact.
    Stored { append: Append, seq: i64 },
    /// Was on disk already; `seq`, `message` and `at` are of the first.
    Duplicate { append: Append, seq: i64, message: MessageId, at: At },
    /// Not known to be on disk: a negative ack. Sending it again is safe with the same `client_id`.
    Failed { append: Append },
}

/// Receives the outcomes of a whole batch at once, in the order they were asked for.
/// Called on the writer's task: it must be quick and never wait.
pub type Committed = std::sync::Arc<dyn Fn(Vec<Outcome>) + Send + Sync>;

/// One turn of the switchboard (or several), stored as one.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// When the turn was taken.
    pub at: At,
    /// Journal entries in order: the JSON of `switchboard::Entry`.
    pub entries: Vec<String>,
    /// State rows: kind, id, and the body or `None` to delete.
    pub rows: Vec<StateRow>,
    /// What became of contacts, in order.
    pub facts: Vec<ContactFact>,
}

/// A row of the switchboard's state; opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRow {
    pub kind: String,
    pub id: String,
    /// JSON; `None` deletes the row.
    pub body: Option<String>,
}

/// An administrative act; journaled in the transaction of what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub at: At,
    /// JSON; ids and words, no names, no numbers, no secrets.
    pub body: String,
}

impl Act {
    /// What was done (`line_saved`) to the thing with this id, and by whom (an account's id, or
    /// a word like `shell`).
    #[must_use]
    pub fn new(at: At, act: &str, of: &str, by: &str) -> Self {
        Self { at, body: serde_json::json!({ "act": act, "of": of, "by": by }).to_string() }
    }
}

/// A write of a repository: all statements or none.
pub(crate) struct Write {
    pub(crate) statements: Vec<Statement>,
    /// The first statement must change a row, else nothing is done.
    pub(crate) first_must_change: bool,
    pub(crate) act: Option<Act>,
}

pub(crate) type TurnReply = oneshot::Sender<Result<Head, StoreError>>;
pub(crate) type WriteReply = oneshot::Sender<Result<Vec<Done>, StoreError>>;

/// What stands in the writer's queue.
pub(crate) enum Job {
    Append(Append),
    Turn(Turn, TurnReply),
    Write(Write, WriteReply),
    Forget(ContactId),
    /// Finish what the checkpointer could not, between two batches.
    Checkpoint,
    /// Write what is queued, then stop.
    Close(oneshot::Sender<()>),
}
