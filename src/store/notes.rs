//! Notes: what counselors write of a contact, and whisper to each other while it goes on.
//!
//! A draft is kept once for each contact and author and replaced as they
//! write; closing it or handing it over makes it a note that never changes.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::Write;
use super::sql::{Door, Pool, Row, Statement, Value, id, word};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, NoteId};
use crate::switchboard::Risk;
use crate::veil::{Pii, Purpose};
use serde::{Deserialize, Serialize};

const COLUMNS: &str = "note_id, contact_id, author_id, kind, body, client_id, outcome, risk, at_ms";

/// What a note is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Written in wrap-up; closes the contact.
    Closing,
    /// For whoever takes the contact next.
    Transfer,
    /// Not finished.
    Draft,
    /// Between counselors while the talk goes on; the seeker never sees it.
    Whisper,
    /// Why somebody looked into a talk, in their own words; for the audit alone.
    Look,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub note: NoteId,
    pub contact: ContactId,
    pub author: CounselorId,
    pub kind: NoteKind,
    pub text: Pii<String>,
    /// The writer's own name for it: of one author and contact, each is stored once.
    pub client_id: Option<String>,
    /// A word of the office's list ("advised", "referred", …).
    pub outcome: Option<String>,
    pub risk: Option<Risk>,
    pub at: At,
}

/// The notes.
#[derive(Clone)]
pub struct Notes {
    pool: Pool,
    writer: WriterHandle,
}

impl Notes {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// Stores a note. A draft replaces the author's draft of that contact, a closing note removes
    /// it, a transfer note leaves it: what was typed stays. The same `note` id is stored once.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn add(&self, note: &Note) -> Result<(), StoreError> {
        let drop_draft = Statement::new(
            "DELETE FROM notes WHERE contact_id = $1 AND author_id = $2 AND kind = 'draft'",
            [id(note.contact), id(note.author)],
        );
        let insert = insert(note);
        let statements = match note.kind {
            NoteKind::Draft | NoteKind::Closing => vec![drop_draft, insert],
            NoteKind::Transfer | NoteKind::Whisper | NoteKind::Look => vec![insert],
        };
        let write = Write { statements, first_must_change: false, act: None };
        self.writer.write(write).await.map(|_| ())
    }

    /// Stores a whisper, and gives it as it stands: of the same author, contact and `client_id`
    /// the first one. `None`: the contact has `whispers_max` already.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn add_whisper(
        &self,
        note: &Note,
        whispers_max: i64,
    ) -> Result<Option<Note>, StoreError> {
        let mut values = values(note);
        values.push(Value::from(whispers_max));
        let insert = format!(
            "INSERT INTO notes ({COLUMNS}) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 \
             WHERE (SELECT COUNT(*) FROM notes WHERE contact_id = $2 AND kind = 'whisper') < $10 \
             ON CONFLICT (contact_id, author_id, client_id) DO NOTHING"
        );
        let find = format!(
            "SELECT {COLUMNS} FROM notes \
             WHERE contact_id = $1 AND author_id = $2 AND client_id = $3"
        );
        let client_id = Value::from(note.client_id.clone());
        let find = Statement::new(find, [id(note.contact), id(note.author), client_id]);
        let statements = vec![Statement::new(insert, values), find];
        let write = Write { statements, first_must_change: false, act: None };
        let done = self.writer.write(write).await?;
        done.last().and_then(|done| done.rows.first()).map(read).transpose()
    }

    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(&self, note: NoteId) -> Result<Option<Note>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM notes WHERE note_id = $1");
        let rows = self.pool.read("notes.lookup", Statement::new(sql, [id(note)])).await?;
        rows.first().map(read).transpose()
    }

    /// The author's unfinished note of the contact.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn draft(
        &self,
        contact: ContactId,
        author: CounselorId,
    ) -> Result<Option<Note>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM notes \
             WHERE contact_id = $1 AND author_id = $2 AND kind = 'draft'"
        );
        let statement = Statement::new(sql, [id(contact), id(author)]);
        self.pool.read("notes.draft", statement).await?.first().map(read).transpose()
    }

    /// The finished notes of a contact, oldest first.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self, contact: ContactId) -> Result<Vec<Note>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM notes WHERE contact_id = $1 AND kind <> 'draft' \
             ORDER BY at_ms, note_id"
        );
        let rows = self.pool.read("notes.list", Statement::new(sql, [id(contact)])).await?;
        rows.iter().map(read).collect()
    }
}

fn values(note: &Note) -> Vec<Value> {
    vec![
        id(note.note),
        id(note.contact),
        id(note.author),
        word(&note.kind),
        Value::from(note.text.reveal(Purpose::Store).as_str()),
        Value::from(note.client_id.clone()),
        Value::from(note.outcome.clone()),
        note.risk.map_or(Value::Text(None), |risk| word(&risk)),
        Value::from(note.at),
    ]
}

pub(super) fn insert(note: &Note) -> Statement {
    let sql = format!(
        "INSERT INTO notes ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (note_id) DO NOTHING"
    );
    Statement::new(sql, values(note))
}

fn read(row: &Row) -> Result<Note, StoreError> {
    let door = Door { row, table: "notes", key: "note_id" };
    Ok(Note {
        note: door.parsed("note_id")?,
        contact: door.parsed("contact_id")?,
        author: door.parsed("author_id")?,
        kind: door.word("kind")?,
        text: Pii::new(door.text("body")?),
        client_id: door.text_or_none("client_id"),
        outcome: door.text_or_none("outcome"),
        risk: door.word_or_none("risk")?,
        at: door.at("at_ms")?,
    })
}
