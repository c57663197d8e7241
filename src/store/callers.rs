//! Who calls by telephone, without saying who.

use super::error::StoreError;
use super::sql::{Door, Pool, Row, Statement, Value, id, word};
use crate::ids::ContactId;
use crate::seal::Sealed;
use serde::{Deserialize, Serialize};

/// What is known of where a call comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The number is the caller's own, as the trunk asserts.
    Real,
    /// The call was passed on, and the number is that of whoever passed it on.
    Forwarded,
    /// The caller, or a hop, kept the number back.
    Withheld,
}

/// The caller of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerRecord {
    pub contact: ContactId,
    pub standing: Standing,
    /// The hop that lost the number, as its trunk is called.
    pub lost_by: Option<String>,
    /// Recognises the number when it calls again.
    pub fingerprint: Option<[u8; 32]>,
    /// The number, for the vault.
    pub sealed: Option<Sealed>,
}

/// The callers.
#[derive(Clone)]
pub struct Callers {
    pool: Pool,
}

impl Callers {
    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// The first contact of the person whose number has this fingerprint: the root of their alias.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn alias_root(
        &self,
        fingerprint: &[u8; 32],
    ) -> Result<Option<ContactId>, StoreError> {
        let statement = Statement::new(
            "SELECT contacts.alias_root AS alias_root FROM callers \
             JOIN contacts ON contacts.contact_id = callers.contact_id \
             WHERE callers.fingerprint = $1 ORDER BY contacts.arrived_at_ms LIMIT 1",
            [Value::from(fingerprint.as_slice())],
        );
        let rows = self.pool.read("callers.alias_root", statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Door { row, table: "callers", key: "alias_root" }.parsed("alias_root").map(Some)
    }

    /// The caller of a contact; `None` for one that did not call.
    ///
    /// # Errors
    /// As above.
    pub async fn lookup(&self, contact: ContactId) -> Result<Option<CallerRecord>, StoreError> {
        let statement = Statement::new(
            "SELECT contact_id, standing, lost_by, fingerprint, key_id, sealed FROM callers \
             WHERE contact_id = $1",
            [id(contact)],
        );
        let rows = self.pool.read("callers.lookup", statement).await?;
        rows.first().map(read).transpose()
    }
}

/// Written with the arrival.
pub(crate) fn statement(caller: &CallerRecord) -> Statement {
    let sealed = caller.sealed.as_ref();
    Statement::new(
        "INSERT INTO callers (contact_id, standing, lost_by, fingerprint, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (contact_id) DO NOTHING",
        [
            id(caller.contact),
            word(&caller.standing),
            Value::from(caller.lost_by.clone()),
            Value::from(caller.fingerprint.map(Vec::from)),
            Value::from(sealed.map(|sealed| sealed.key_id.clone())),
            Value::from(sealed.map(|sealed| sealed.bytes.clone())),
        ],
    )
}

fn read(row: &Row) -> Result<CallerRecord, StoreError> {
    let door = Door { row, table: "callers", key: "contact_id" };
    let bytes = row.bytes("sealed").map(<[u8]>::to_vec);
    let sealed = door.text_or_none("key_id").zip(bytes);
    let fingerprint = row.bytes("fingerprint").map(<[u8; 32]>::try_from).transpose();
    Ok(CallerRecord {
        contact: door.parsed("contact_id")?,
        standing: door.word("standing")?,
        lost_by: door.text_or_none("lost_by"),
        fingerprint: fingerprint.map_err(|_| door.fault("fingerprint"))?,
        sealed: sealed.map(|(key_id, bytes)| Sealed { key_id, bytes }),
    })
}
