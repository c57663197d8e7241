//! The journal: what happened, each entry hash-chained to the one before.
//!
//! `hash = SHA-256(hash before ‖ seq ‖ at_ms ‖ length of kind ‖ kind ‖ body)`,
//! numbers as 8 bytes big-endian; the first entry's "hash before" is 32 zero
//! bytes. A changed, dropped or swapped entry breaks the chain; a tail cut off
//! does not, and is found only against a head kept elsewhere.

use super::error::StoreError;
use super::sql::{Door, Pool, Row, Statement, Value};
use crate::clock::At;
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// Entries read at a time while verifying: some 2 MB of bodies.
const PAGE_COUNT: i64 = 4_096;

/// The kind of a switchboard's turn.
pub const TURN: &str = "turn";
/// The kind of an administrative act.
pub const ADMIN: &str = "admin";

/// The last entry's number and hash; worth printing and keeping elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// 0: the journal is empty.
    pub seq: i64,
    pub hash: [u8; 32],
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, HEXLOWER.encode(&self.hash))
    }
}

impl std::str::FromStr for Head {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (seq, hash) = text.split_once(':').ok_or(())?;
        let hash = HEXLOWER.decode(hash.as_bytes()).map_err(|_| ())?;
        Ok(Self { seq: seq.parse().map_err(|_| ())?, hash: hash.try_into().map_err(|_| ())? })
    }
}

impl Head {
    /// The head after one more entry.
    #[must_use]
    pub fn next(&self, at: At, kind: &str, body: &str) -> Self {
        let seq = self.seq.saturating_add(1);
        let length = u64::try_from(kind.len()).unwrap_or(u64::MAX);
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update(seq.to_be_bytes());
        hash.update(at.0.to_be_bytes());
        hash.update(length.to_be_bytes());
        hash.update(kind.as_bytes());
        hash.update(body.as_bytes());
        Self { seq, hash: hash.finalize().into() }
    }
}

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub seq: i64,
    pub at: At,
    pub kind: String,
    pub body: String,
    pub hash: [u8; 32],
}

/// What the verifier found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry follows from the one before.
    Whole { count: i64, head: Head },
    /// The first entry that does not.
    Broken { seq: i64, flaw: Flaw },
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    #[error("an entry is missing here")]
    Missing,
    #[error("the entry does not follow from the one before it: it was changed, or moved here")]
    Changed,
    #[error("the journal ends before the head that was given")]
    TailCut,
    #[error("the entry is another than the head that was given")]
    OtherHead,
}

/// Reads the journal.
#[derive(Clone)]
pub struct Journal {
    pool: Pool,
}

impl Journal {
    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// The last entry.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let rows = self.pool.read("journal.head", head_statement()).await?;
        rows.first().map_or(Ok(Head::default()), read_head)
    }

    /// Up to `limit` entries after `seq`, in order.
    ///
    /// # Errors
    /// Trouble of the database, or a row that is no entry.
    pub async fn entries(&self, after: i64, limit: i64) -> Result<Vec<JournalEntry>, StoreError> {
        let statement = Statement::new(
            "SELECT seq, at_ms, kind, body, hash FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2",
            [Value::from(after), Value::from(limit)],
        );
        self.pool.read("journal.entries", statement).await?.iter().map(read_entry).collect()
    }

    /// Checks every entry; with `known`, a head kept elsewhere, also that
    /// nothing was cut off after it.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn verify(&self, known: Option<Head>) -> Result<Verdict, StoreError> {
        let mut head = Head::default();
        loop {
            let page = self.entries(head.seq, PAGE_COUNT).await?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                match follow(head, &entry, known) {
                    Ok(next) => head = next,
                    Err(flaw) => {
                        return Ok(Verdict::Broken { seq: head.seq.saturating_add(1), flaw });
                    }
                }
            }
        }
        match known {
            Some(known) if known.seq > head.seq => {
                Ok(Verdict::Broken { seq: head.seq.saturating_add(1), flaw: Flaw::TailCut })
            }
            _ => Ok(Verdict::Whole { count: head.seq, head }),
        }
    }
}

/// The head after `entry`, if it follows.
fn follow(head: Head, entry: &JournalEntry, known: Option<Head>) -> Result<Head, Flaw> {
    let next = head.next(entry.at, &entry.kind, &entry.body);
    if entry.seq != next.seq {
        return Err(Flaw::Missing);
    }
    if entry.hash != next.hash {
        return Err(Flaw::Changed);
    }
    match known {
        Some(known) if known.seq == next.seq && known.hash != next.hash => Err(Flaw::OtherHead),
        _ => Ok(next),
    }
}

/// Reads the last entry.
pub(crate) fn head_statement() -> Statement {
    Statement::new("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", [])
}

pub(crate) fn read_head(row: &Row) -> Result<Head, StoreError> {
    let door = Door { row, table: "journal", key: "seq" };
    Ok(Head { seq: door.int("seq")?, hash: hash_of(&door)? })
}

fn read_entry(row: &Row) -> Result<JournalEntry, StoreError> {
    let door = Door { row, table: "journal", key: "seq" };
    Ok(JournalEntry {
        seq: door.int("seq")?,
        at: door.at("at_ms")?,
        kind: door.text("kind")?,
        body: door.text("body")?,
        hash: hash_of(&door)?,
    })
}

fn hash_of(door: &Door<'_>) -> Result<[u8; 32], StoreError> {
    let bytes = door.row.bytes("hash").ok_or_else(|| door.fault("hash"))?;
    bytes.try_into().map_err(|_| door.fault("hash"))
}
