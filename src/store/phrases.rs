//! Return phrases: whose alias somebody bears who comes back.
//!
//! Kept is a slow hash and when it was last used; a person has one phrase, and a new one voids the
//! old. One that was not used for long enough is not found, and soon deleted.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Door, Pool, Statement, Value, id};
use crate::clock::At;
use crate::ids::ContactId;

/// The return phrases.
#[derive(Clone)]
pub struct Phrases {
    pool: Pool,
    writer: WriterHandle,
}

impl Phrases {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// Keeps the hash of a person's phrase; an older one is void from now on.
    ///
    /// # Errors
    /// Trouble of the database; a conflict if somebody else's phrase has this hash.
    pub async fn keep(
        &self,
        alias_root: ContactId,
        phrase_hash: &[u8; 32],
        at: At,
        act: Act,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "INSERT INTO return_phrases (alias_root, phrase_hash, made_at_ms, used_at_ms) \
             VALUES ($1, $2, $3, $3) ON CONFLICT (alias_root) DO UPDATE SET \
             phrase_hash = excluded.phrase_hash, made_at_ms = excluded.made_at_ms, \
             used_at_ms = excluded.used_at_ms",
            [id(alias_root), Value::from(phrase_hash.as_slice()), Value::from(at)],
        );
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }

    /// Somebody came back with it.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn note_use(&self, alias_root: ContactId, at: At) -> Result<(), StoreError> {
        let statement = Statement::new(
            "UPDATE return_phrases SET used_at_ms = $2 WHERE alias_root = $1 AND used_at_ms < $2",
            [id(alias_root), Value::from(at)],
        );
        let write = Write { statements: vec![statement], first_must_change: false, act: None };
        self.writer.write(write).await.map(|_| ())
    }

    /// Deletes those that nobody has made or used since `since`; gives how many.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn forget_unused(&self, since: At) -> Result<u64, StoreError> {
        let statement = Statement::new(
            "DELETE FROM return_phrases WHERE used_at_ms < $1",
            [Value::from(since)],
        );
        let write = Write { statements: vec![statement], first_must_change: false, act: None };
        let done = self.writer.write(write).await?;
        Ok(done.first().map_or(0, |done| done.rows_affected))
    }

    /// The first contact of the person who keeps the phrase, if it was made or used since `since`.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(
        &self,
        phrase_hash: &[u8; 32],
        since: At,
    ) -> Result<Option<ContactId>, StoreError> {
        let statement = Statement::new(
            "SELECT alias_root FROM return_phrases WHERE phrase_hash = $1 AND used_at_ms >= $2",
            [Value::from(phrase_hash.as_slice()), Value::from(since)],
        );
        let rows = self.pool.read("phrases.lookup", statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let door = Door { row, table: "return_phrases", key: "alias_root" };
        door.parsed("alias_root").map(Some)
    }
}
