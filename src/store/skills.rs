//! Skills: what a counselor can take.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Done, Door, Pool, Row, Statement, Value};
use crate::ids::SkillId;

/// A skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    pub skill: SkillId,
    /// Unique word: `adolescents`.
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
}

/// The skills.
#[derive(Clone)]
pub struct Skills {
    pool: Pool,
    writer: WriterHandle,
}

impl Skills {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// All skills, by number.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<Skill>, StoreError> {
        let statement = Statement::new(
            "SELECT skill_id, code, name_zh, name_en FROM skills ORDER BY skill_id",
            [],
        );
        self.pool.read("skills.list", statement).await?.iter().map(read).collect()
    }

    /// Adds a skill under the next number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the code is taken; trouble of the database.
    pub async fn add(
        &self,
        code: &str,
        name_zh: &str,
        name_en: &str,
        act: Act,
    ) -> Result<Skill, StoreError> {
        let statement = Statement::new(
            "INSERT INTO skills (skill_id, code, name_zh, name_en) \
             SELECT COALESCE(MAX(skill_id), 0) + 1, $1, $2, $3 FROM skills \
             RETURNING skill_id, code, name_zh, name_en",
            [Value::from(code), Value::from(name_zh), Value::from(name_en)],
        );
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        first(&self.writer.write(write).await?, "skills.add")
    }

    /// Gives a skill other names; its code and number stay.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such skill; trouble of the database.
    pub async fn rename(
        &self,
        code: &str,
        name_zh: &str,
        name_en: &str,
        act: Act,
    ) -> Result<Skill, StoreError> {
        let statement = Statement::new(
            "UPDATE skills SET name_zh = $2, name_en = $3 WHERE code = $1 \
             RETURNING skill_id, code, name_zh, name_en",
            [Value::from(code), Value::from(name_zh), Value::from(name_en)],
        );
        let write = Write { statements: vec![statement], first_must_change: true, act: Some(act) };
        first(&self.writer.write(write).await?, "skills.rename")
    }
}

fn first(done: &[Done], operation: &'static str) -> Result<Skill, StoreError> {
    let row = done.first().and_then(|done| done.rows.first());
    row.map_or(Err(StoreError::Conflict { operation }), read)
}

fn read(row: &Row) -> Result<Skill, StoreError> {
    let door = Door { row, table: "skills", key: "skill_id" };
    Ok(Skill {
        skill: SkillId(door.int("skill_id")?),
        code: door.text("code")?,
        name_zh: door.text("name_zh")?,
        name_en: door.text("name_en")?,
    })
}
