//! Counselors' profiles: what the office saves of a volunteer's skills and capacity.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::CounselorId;
use crate::switchboard::Profile;

/// A counselor as the office saves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounselorRecord {
    /// What seekers see.
    pub alias: String,
    pub profile: Profile,
    /// Takes part no more; kept for the history.
    pub removed: bool,
    pub saved_at: At,
}

/// The profiles.
#[derive(Clone)]
pub struct Counselors {
    pool: Pool,
    writer: WriterHandle,
}

impl Counselors {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// All profiles, removed ones too, by id.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<CounselorRecord>, StoreError> {
        let statement = Statement::new(
            "SELECT counselor_id, alias, profile, removed, saved_at_ms FROM counselors \
             ORDER BY counselor_id",
            [],
        );
        self.pool.read("counselors.list", statement).await?.iter().map(read).collect()
    }

    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(
        &self,
        counselor: CounselorId,
    ) -> Result<Option<CounselorRecord>, StoreError> {
        let statement = Statement::new(
            "SELECT counselor_id, alias, profile, removed, saved_at_ms FROM counselors \
             WHERE counselor_id = $1",
            [id(counselor)],
        );
        self.pool.read("counselors.lookup", statement).await?.first().map(read).transpose()
    }

    /// Adds the profile, or replaces the counselor's. The account of the same id gets its alias:
    /// one person, one name.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn save(&self, counselor: &CounselorRecord, act: Act) -> Result<(), StoreError> {
        let name_account = Statement::new(
            "UPDATE accounts SET display_alias = $2 WHERE account_id = $1",
            [id(counselor.profile.counselor), Value::from(counselor.alias.as_str())],
        );
        let statements = vec![upsert(counselor)?, name_account];
        let write = Write { statements, first_must_change: true, act: Some(act) };
        self.writer.write(write).await.map(|_| ())
    }
}

/// Adds the profile, or replaces the counselor's.
pub(super) fn upsert(counselor: &CounselorRecord) -> Result<Statement, StoreError> {
    let profile = serde_json::to_string(&counselor.profile).map_err(|_| {
        let id = counselor.profile.counselor.to_string();
        StoreError::Inconsistent { table: "counselors", column: "profile", id }
    })?;
    Ok(Statement::new(
        "INSERT INTO counselors (counselor_id, alias, profile, removed, saved_at_ms) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (counselor_id) DO UPDATE SET \
         alias = excluded.alias, profile = excluded.profile, removed = excluded.removed, \
         saved_at_ms = excluded.saved_at_ms",
        [
            id(counselor.profile.counselor),
            Value::from(counselor.alias.as_str()),
            Value::from(profile),
            Value::from(counselor.removed),
            Value::from(counselor.saved_at),
        ],
    ))
}

fn read(row: &Row) -> Result<CounselorRecord, StoreError> {
    let door = Door { row, table: "counselors", key: "counselor_id" };
    let counselor: CounselorId = door.parsed("counselor_id")?;
    let profile: Profile = door.json("profile")?;
    if profile.counselor != counselor {
        return Err(door.fault("profile"));
    }
    Ok(CounselorRecord {
        alias: door.text("alias")?,
        profile,
        removed: door.flag("removed")?,
        saved_at: door.at("saved_at_ms")?,
    })
}
