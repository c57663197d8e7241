//! Lines: the public doors, with what the switchboard knows of them (`plan`)
//! and what only people see (names, numbers, greetings).

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Door, Pool, Row, Statement, Value};
use crate::clock::At;
use crate::ids::LineId;
use crate::switchboard::Line;
use std::collections::BTreeMap;

const COLUMNS: &str = "line_id, code, name_zh, name_en, owner, numbers, greetings, \
     crisis_numbers, plan, saved_at_ms";

/// A line as the office saves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRecord {
    /// What people and addresses say: `12355`.
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// Who answers for the line.
    pub owner: String,
    /// The called numbers that choose this line.
    pub numbers: Vec<String>,
    /// Greeting text by locale (`zh-CN`).
    pub greetings: BTreeMap<String, String>,
    /// What a seeker is told when nobody can take them.
    pub crisis_numbers: String,
    /// What the switchboard knows; `plan.line` is the line's number.
    pub plan: Line,
    pub saved_at: At,
}

/// The lines.
#[derive(Clone)]
pub struct Lines {
    pool: Pool,
    writer: WriterHandle,
}

impl Lines {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// All lines, by number.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<LineRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM lines ORDER BY line_id");
        self.pool.read("lines.list", Statement::new(sql, [])).await?.iter().map(read).collect()
    }

    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(&self, code: &str) -> Result<Option<LineRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM lines WHERE code = $1");
        let rows = self.pool.read("lines.lookup", Statement::new(sql, [Value::from(code)])).await?;
        rows.first().map(read).transpose()
    }

    /// The number for a line that is to be added; taken only by [`Lines::save`].
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn next_id(&self) -> Result<LineId, StoreError> {
        let statement =
            Statement::new("SELECT COALESCE(MAX(line_id), 0) + 1 AS line_id FROM lines", []);
        let rows = self.pool.read("lines.next_id", statement).await?;
        let number = rows.first().and_then(|row| row.int("line_id")).unwrap_or(1);
        Ok(LineId(u16::try_from(number).unwrap_or(u16::MAX)))
    }

    /// Adds the line, or replaces the one of the same number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if another line has the code; trouble of the database.
    pub async fn save(&self, line: &LineRecord, act: Act) -> Result<(), StoreError> {
        let fault = |column| StoreError::Inconsistent {
            table: "lines",
            column,
            id: line.plan.line.to_string(),
        };
        let statement = Statement::new(
            format!(
                "INSERT INTO lines ({COLUMNS}) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 ON CONFLICT (line_id) DO UPDATE SET code = excluded.code, \
                 name_zh = excluded.name_zh, name_en = excluded.name_en, \
                 owner = excluded.owner, numbers = excluded.numbers, \
                 greetings = excluded.greetings, crisis_numbers = excluded.crisis_numbers, \
                 plan = excluded.plan, saved_at_ms = excluded.saved_at_ms"
            ),
            [
                Value::from(i64::from(line.plan.line.0)),
                Value::from(line.code.as_str()),
                Value::from(line.name_zh.as_str()),
                Value::from(line.name_en.as_str()),
                Value::from(line.owner.as_str()),
                Value::from(serde_json::to_string(&line.numbers).map_err(|_| fault("numbers"))?),
                Value::from(
                    serde_json::to_string(&line.greetings).map_err(|_| fault("greetings"))?,
                ),
                Value::from(line.crisis_numbers.as_str()),
                Value::from(serde_json::to_string(&line.plan).map_err(|_| fault("plan"))?),
                Value::from(line.saved_at),
            ],
        );
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }
}

fn read(row: &Row) -> Result<LineRecord, StoreError> {
    let door = Door { row, table: "lines", key: "line_id" };
    let number: u16 = door.int("line_id")?;
    let plan: Line = door.json("plan")?;
    if plan.line != LineId(number) {
        return Err(door.fault("plan"));
    }
    Ok(LineRecord {
        code: door.text("code")?,
        name_zh: door.text("name_zh")?,
        name_en: door.text("name_en")?,
        owner: door.text("owner")?,
        numbers: door.json("numbers")?,
        greetings: door.json("greetings")?,
        crisis_numbers: door.text("crisis_numbers")?,
        plan,
        saved_at: door.at("saved_at_ms")?,
    })
}
