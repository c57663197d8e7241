//! Looks into talks that go on, so that the journal has the end of each, also when the process
//! died before it.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::notes::{self, Note};
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::{AccountId, ContactId, LookId};

/// Somebody looks into a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookIn {
    pub look: LookId,
    pub contact: ContactId,
    pub account: AccountId,
    pub began_at: At,
}

/// The looks that go on.
#[derive(Clone)]
pub struct LookIns {
    pool: Pool,
    writer: WriterHandle,
}

impl LookIns {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// Journals that a look begins, with the looker's own words if there are any.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn begin(
        &self,
        look: &LookIn,
        words: Option<&Note>,
        act: Act,
    ) -> Result<(), StoreError> {
        let insert = Statement::new(
            "INSERT INTO looks (look_id, contact_id, account_id, began_at_ms) \
             VALUES ($1, $2, $3, $4)",
            [id(look.look), id(look.contact), id(look.account), Value::from(look.began_at)],
        );
        let statements = std::iter::once(insert).chain(words.map(notes::insert)).collect();
        let write = Write { statements, first_must_change: false, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }

    /// Journals that it has ended, for this reason, `until` when it went on. Asked again, it is
    /// journaled once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if its end is journaled already; trouble of the database.
    pub async fn end(
        &self,
        look: &LookIn,
        reason: &str,
        until: At,
        at: At,
    ) -> Result<(), StoreError> {
        let body = serde_json::json!({
            "act": "look_ended", "look": look.look, "contact": look.contact, "by": look.account,
            "reason": reason, "lasted_ms": until.ms_since(look.began_at),
        });
        let delete = Statement::new("DELETE FROM looks WHERE look_id = $1", [id(look.look)]);
        let act = Some(Act { at, body: body.to_string() });
        let write = Write { statements: vec![delete], first_must_change: true, act };
        self.writer.write(write).await.map(|_| ())
    }

    /// Those whose end is not in the journal, the oldest first.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<LookIn>, StoreError> {
        let statement = Statement::new(
            "SELECT look_id, contact_id, account_id, began_at_ms FROM looks \
             ORDER BY began_at_ms, look_id",
            [],
        );
        self.pool.read("look_ins.list", statement).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<LookIn, StoreError> {
    let door = Door { row, table: "looks", key: "look_id" };
    Ok(LookIn {
        look: door.parsed("look_id")?,
        contact: door.parsed("contact_id")?,
        account: door.parsed("account_id")?,
        began_at: door.at("began_at_ms")?,
    })
}
