//! Calls for help that are not over, so that a restart forgets none.
//!
//! A row lives as long as the call; that it is over is written with the turn that ends it
//! ([`super::ContactFact::CallEnded`]). The journal keeps every call and every answer.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId};

/// A counselor asks for help in a talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub contact: ContactId,
    pub counselor: CounselorId,
    /// When it was first made.
    pub at: At,
    /// The alias of the supervisor who goes there.
    pub heeded_by: Option<String>,
}

/// The calls for help.
#[derive(Clone)]
pub struct Calls {
    pool: Pool,
    writer: WriterHandle,
}

impl Calls {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// Keeps a call as it stands now.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn keep(&self, call: &Call, act: Act) -> Result<(), StoreError> {
        let statement = Statement::new(
            "INSERT INTO calls (contact_id, counselor_id, at_ms, heeded_by) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (contact_id) DO UPDATE SET \
             counselor_id = excluded.counselor_id, at_ms = excluded.at_ms, \
             heeded_by = excluded.heeded_by",
            [
                id(call.contact),
                id(call.counselor),
                Value::from(call.at),
                Value::from(call.heeded_by.clone()),
            ],
        );
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }

    /// Notes who goes there; a call that is over stays over.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn heed(&self, contact: ContactId, alias: &str, act: Act) -> Result<(), StoreError> {
        let statement = Statement::new(
            "UPDATE calls SET heeded_by = $2 WHERE contact_id = $1",
            [id(contact), Value::from(alias)],
        );
        let write = Write { statements: vec![statement], first_must_change: false, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }

    /// All that are kept, the oldest first.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<Call>, StoreError> {
        let statement = Statement::new(
            "SELECT contact_id, counselor_id, at_ms, heeded_by FROM calls \
             ORDER BY at_ms, contact_id",
            [],
        );
        self.pool.read("calls.list", statement).await?.iter().map(read).collect()
    }

    /// Forgets calls whose end did not reach the disk.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn forget(&self, contacts: &[ContactId]) -> Result<(), StoreError> {
        let statements = contacts.iter().map(|contact| end_statement(*contact)).collect();
        let write = Write { statements, first_must_change: false, act: None };
        self.writer.write(write).await.map(|_| ())
    }
}

/// The talk has ended or left the counselor.
pub(crate) fn end_statement(contact: ContactId) -> Statement {
    Statement::new("DELETE FROM calls WHERE contact_id = $1", [id(contact)])
}

fn read(row: &Row) -> Result<Call, StoreError> {
    let door = Door { row, table: "calls", key: "contact_id" };
    Ok(Call {
        contact: door.parsed("contact_id")?,
        counselor: door.parsed("counselor_id")?,
        at: door.at("at_ms")?,
        heeded_by: door.text_or_none("heeded_by"),
    })
}
