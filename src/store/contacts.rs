//! Contacts as the record of them goes on, with who talked and why they were picked.
//!
//! Written only by facts ([`super::fact`]); read for sign-in of seekers'
//! sockets, history, case records and reports.

use super::error::StoreError;
use super::fact::ContactState;
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, OfferId};
use crate::switchboard::effect::{End, Pick};
use crate::switchboard::{Channel, Risk};

const COLUMNS: &str = "contact_id, line_id, channel, locale, campaign, token_hash, risk, \
     state, counselor_id, returning_id, simulated, arrived_at_ms, connected_at_ms, \
     ended_at_ms, end_reason, closed_at_ms, alias_root";

/// One reaching-out, from arrival to closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRecord {
    pub contact: ContactId,
    pub line: LineId,
    pub channel: Channel,
    pub locale: String,
    pub campaign: Option<String>,
    /// SHA-256 of the seeker's token.
    pub token_hash: [u8; 32],
    pub risk: Risk,
    pub state: ContactState,
    /// Who talks or talked last.
    pub counselor: Option<CounselorId>,
    pub returning: Option<ContactId>,
    /// The person's first contact; this one, if no return phrase says otherwise.
    pub alias_root: ContactId,
    pub simulated: bool,
    pub arrived_at: At,
    /// First connected.
    pub connected_at: Option<At>,
    pub ended: Option<(At, End)>,
    pub closed_at: Option<At>,
}

/// A time one counselor held a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    pub counselor: CounselorId,
    pub began_at: At,
    /// When the counselor no longer held it (after the note), if they do not.
    pub released_at: Option<At>,
}

/// An offer and its explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickRecord {
    pub offer: OfferId,
    pub contact: ContactId,
    pub counselor: CounselorId,
    pub pick: Pick,
    pub at: At,
    /// `accepted`, `declined`, `expired`, …; `None` while it rings.
    pub withdrawn: Option<String>,
}

/// The contacts.
#[derive(Clone)]
pub struct Contacts {
    pool: Pool,
}

impl Contacts {
    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(&self, contact: ContactId) -> Result<Option<ContactRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM contacts WHERE contact_id = $1");
        let rows = self.pool.read("contacts.lookup", Statement::new(sql, [id(contact)])).await?;
        rows.first().map(read).transpose()
    }

    /// Contacts that are not closed, oldest first: what a start rebuilds its sockets' doors from.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list_open(&self) -> Result<Vec<ContactRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM contacts WHERE closed_at_ms IS NULL \
             ORDER BY arrived_at_ms, contact_id"
        );
        let rows = self.pool.read("contacts.list_open", Statement::new(sql, [])).await?;
        rows.iter().map(read).collect()
    }

    /// The newest contacts that arrived before `before`, newest first.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self, before: At, limit: i64) -> Result<Vec<ContactRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM contacts WHERE arrived_at_ms < $1 \
             ORDER BY arrived_at_ms DESC, contact_id DESC LIMIT $2"
        );
        let statement = Statement::new(sql, [Value::from(before), Value::from(limit)]);
        self.pool.read("contacts.list", statement).await?.iter().map(read).collect()
    }

    /// How many contacts of the person arrived before `before`.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn count_earlier(
        &self,
        alias_root: ContactId,
        before: At,
    ) -> Result<u32, StoreError> {
        let statement = Statement::new(
            "SELECT COUNT(*) AS earlier FROM contacts WHERE alias_root = $1 AND arrived_at_ms < $2",
            [id(alias_root), Value::from(before)],
        );
        let rows = self.pool.read("contacts.count_earlier", statement).await?;
        let earlier = rows.first().and_then(|row| row.int("earlier")).unwrap_or(0);
        Ok(u32::try_from(earlier).unwrap_or(u32::MAX))
    }

    /// The highest sequence number of the contact's messages; 0 if there is none.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn last_seq(&self, contact: ContactId) -> Result<i64, StoreError> {
        let statement = Statement::new(
            "SELECT COALESCE(MAX(seq), 0) AS seq FROM messages WHERE contact_id = $1",
            [id(contact)],
        );
        let rows = self.pool.read("contacts.last_seq", statement).await?;
        Ok(rows.first().and_then(|row| row.int("seq")).unwrap_or(0))
    }

    /// Who held the contact, in order.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn talks(&self, contact: ContactId) -> Result<Vec<Talk>, StoreError> {
        let statement = Statement::new(
            "SELECT contact_id, counselor_id, began_at_ms, released_at_ms FROM talks \
             WHERE contact_id = $1 ORDER BY began_at_ms, counselor_id",
            [id(contact)],
        );
        let rows = self.pool.read("contacts.talks", statement).await?;
        rows.iter().map(read_talk).collect()
    }

    /// The offers made of the contact and why, in order.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn picks(&self, contact: ContactId) -> Result<Vec<PickRecord>, StoreError> {
        let statement = Statement::new(
            "SELECT offer_id, contact_id, counselor_id, pick, at_ms, withdrawn FROM picks \
             WHERE contact_id = $1 ORDER BY offer_id",
            [id(contact)],
        );
        let rows = self.pool.read("contacts.picks", statement).await?;
        rows.iter().map(read_pick).collect()
    }
}

fn read(row: &Row) -> Result<ContactRecord, StoreError> {
    let door = Door { row, table: "contacts", key: "contact_id" };
    let token_hash = row.bytes("token_hash").and_then(|bytes| bytes.try_into().ok());
    let ended = match (door.at_or_none("ended_at_ms"), door.word_or_none::<End>("end_reason")?) {
        (None, None) => None,
        (Some(at), Some(end)) => Some((at, end)),
        _ => return Err(door.fault("end_reason")),
    };
    Ok(ContactRecord {
        contact: door.parsed("contact_id")?,
        line: LineId(door.int("line_id")?),
        channel: door.word("channel")?,
        locale: door.text("locale")?,
        campaign: door.text_or_none("campaign"),
        token_hash: token_hash.ok_or_else(|| door.fault("token_hash"))?,
        risk: door.word("risk")?,
        state: door.word("state")?,
        counselor: door.parsed_or_none("counselor_id")?,
        returning: door.parsed_or_none("returning_id")?,
        alias_root: door.parsed("alias_root")?,
        simulated: door.flag("simulated")?,
        arrived_at: door.at("arrived_at_ms")?,
        connected_at: door.at_or_none("connected_at_ms"),
        ended,
        closed_at: door.at_or_none("closed_at_ms"),
    })
}

fn read_talk(row: &Row) -> Result<Talk, StoreError> {
    let door = Door { row, table: "talks", key: "contact_id" };
    Ok(Talk {
        counselor: door.parsed("counselor_id")?,
        began_at: door.at("began_at_ms")?,
        released_at: door.at_or_none("released_at_ms"),
    })
}

fn read_pick(row: &Row) -> Result<PickRecord, StoreError> {
    let door = Door { row, table: "picks", key: "offer_id" };
    Ok(PickRecord {
        offer: OfferId(door.int("offer_id")?),
        contact: door.parsed("contact_id")?,
        counselor: door.parsed("counselor_id")?,
        pick: door.json("pick")?,
        at: door.at("at_ms")?,
        withdrawn: door.text_or_none("withdrawn"),
    })
}
