//! Canned replies: texts of the house that a counselor may take up and change before sending.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::{LineId, ReplyId};

const COLUMNS: &str = "reply_id, title, body, locale, line_id, saved_at_ms";

/// A canned reply as the office saves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannedReply {
    pub reply: ReplyId,
    pub title: String,
    pub text: String,
    /// `zh-CN` or `en`.
    pub locale: String,
    /// `None`: for every line.
    pub line: Option<LineId>,
    pub saved_at: At,
}

/// The canned replies.
#[derive(Clone)]
pub struct Replies {
    pool: Pool,
    writer: WriterHandle,
}

impl Replies {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// All of them, by id: ids are made in the order of time.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<CannedReply>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM canned_replies ORDER BY reply_id");
        self.pool.read("replies.list", Statement::new(sql, [])).await?.iter().map(read).collect()
    }

    /// Adds the reply, or replaces the one of the same id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such line; trouble of the database.
    pub async fn save(&self, reply: &CannedReply, act: Act) -> Result<(), StoreError> {
        let statement = Statement::new(
            format!(
                "INSERT INTO canned_replies ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (reply_id) DO UPDATE SET title = excluded.title, \
                 body = excluded.body, locale = excluded.locale, line_id = excluded.line_id, \
                 saved_at_ms = excluded.saved_at_ms"
            ),
            [
                id(reply.reply),
                Value::from(reply.title.as_str()),
                Value::from(reply.text.as_str()),
                Value::from(reply.locale.as_str()),
                Value::from(reply.line.map(|line| i64::from(line.0))),
                Value::from(reply.saved_at),
            ],
        );
        self.change(statement, act).await.map(|_| ())
    }

    /// Takes the reply away. False if there was none.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn remove(&self, reply: ReplyId, act: Act) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "DELETE FROM canned_replies WHERE reply_id = $1 RETURNING reply_id",
            [id(reply)],
        );
        Ok(!self.change(statement, act).await?.is_empty())
    }

    async fn change(&self, statement: Statement, act: Act) -> Result<Vec<Row>, StoreError> {
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        let mut done = self.writer.write(write).await?;
        Ok(done.pop().map(|done| done.rows).unwrap_or_default())
    }
}

fn read(row: &Row) -> Result<CannedReply, StoreError> {
    let door = Door { row, table: "canned_replies", key: "reply_id" };
    let line = row.int("line_id").map(u16::try_from).transpose();
    Ok(CannedReply {
        reply: door.parsed("reply_id")?,
        title: door.text("title")?,
        text: door.text("body")?,
        locale: door.text("locale")?,
        line: line.map_err(|_| door.fault("line_id"))?.map(LineId),
        saved_at: door.at("saved_at_ms")?,
    })
}
