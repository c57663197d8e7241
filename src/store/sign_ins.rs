//! Sign-in sessions. The token itself is never stored, only its SHA-256.

use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::Write;
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::AccountId;

/// One session of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// SHA-256 of the cookie's token.
    pub token_hash: [u8; 32],
    pub account: AccountId,
    pub created_at: At,
    pub last_seen_at: At,
    pub expires_at: At,
    pub revoked_at: Option<At>,
}

/// The sessions.
#[derive(Clone)]
pub struct SignIns {
    pool: Pool,
    writer: WriterHandle,
}

impl SignIns {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// # Errors
    /// [`StoreError::Conflict`] if the account does not exist; trouble of the database.
    pub async fn add(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        let statement = Statement::new(
            "INSERT INTO sign_ins (token_hash, account_id, created_at_ms, last_seen_at_ms, \
             expires_at_ms, revoked_at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                Value::from(sign_in.token_hash.as_slice()),
                id(sign_in.account),
                Value::from(sign_in.created_at),
                Value::from(sign_in.last_seen_at),
                Value::from(sign_in.expires_at),
                Value::from(sign_in.revoked_at),
            ],
        );
        self.change(statement).await
    }

    /// Also finds expired and revoked ones: judging is the caller's.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(&self, token_hash: &[u8; 32]) -> Result<Option<SignIn>, StoreError> {
        let statement = Statement::new(
            "SELECT token_hash, account_id, created_at_ms, last_seen_at_ms, expires_at_ms, \
             revoked_at_ms FROM sign_ins WHERE token_hash = $1",
            [Value::from(token_hash.as_slice())],
        );
        self.pool.read("sign_ins.lookup", statement).await?.first().map(read).transpose()
    }

    /// Seen again: moves `last_seen` and the expiry.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn touch(
        &self,
        token_hash: &[u8; 32],
        seen_at: At,
        expires_at: At,
    ) -> Result<(), StoreError> {
        self.change(Statement::new(
            "UPDATE sign_ins SET last_seen_at_ms = $2, expires_at_ms = $3 \
             WHERE token_hash = $1 AND revoked_at_ms IS NULL",
            [Value::from(token_hash.as_slice()), Value::from(seen_at), Value::from(expires_at)],
        ))
        .await
    }

    /// # Errors
    /// Trouble of the database.
    pub async fn revoke(&self, token_hash: &[u8; 32], at: At) -> Result<(), StoreError> {
        self.change(Statement::new(
            "UPDATE sign_ins SET revoked_at_ms = $2 \
             WHERE token_hash = $1 AND revoked_at_ms IS NULL",
            [Value::from(token_hash.as_slice()), Value::from(at)],
        ))
        .await
    }

    /// Removes sessions that expired before `at`.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn purge(&self, at: At) -> Result<(), StoreError> {
        self.change(Statement::new(
            "DELETE FROM sign_ins WHERE expires_at_ms < $1",
            [Value::from(at)],
        ))
        .await
    }

    async fn change(&self, statement: Statement) -> Result<(), StoreError> {
        let write = Write { statements: vec![statement], first_must_change: false, act: None };
        self.writer.write(write).await.map(|_| ())
    }
}

/// Ends every session of an account: its password changed, or it was closed.
pub(super) fn revoke_all(account: AccountId, at: At) -> Statement {
    Statement::new(
        "UPDATE sign_ins SET revoked_at_ms = $2 WHERE account_id = $1 AND revoked_at_ms IS NULL",
        [id(account), Value::from(at)],
    )
}

fn read(row: &Row) -> Result<SignIn, StoreError> {
    let door = Door { row, table: "sign_ins", key: "account_id" };
    let token_hash = row.bytes("token_hash").and_then(|bytes| bytes.try_into().ok());
    Ok(SignIn {
        token_hash: token_hash.ok_or_else(|| door.fault("token_hash"))?,
        account: door.parsed("account_id")?,
        created_at: door.at("created_at_ms")?,
        last_seen_at: door.at("last_seen_at_ms")?,
        expires_at: door.at("expires_at_ms")?,
        revoked_at: door.at_or_none("revoked_at_ms"),
    })
}
