//! Accounts: who may sign in.
//!
//! Owns the rows; judging a password and a code is the web room's. Every
//! change by a person carries the [`Act`] that is journaled with it.

use super::counselors::{self, CounselorRecord};
use super::error::StoreError;
use super::handle::WriterHandle;
use super::job::{Act, Write};
use super::sign_ins;
use super::sql::{Door, Pool, Row, Statement, Value, id};
use crate::clock::At;
use crate::ids::AccountId;
use crate::veil::{Pii, Purpose};

const COLUMNS: &str = "account_id, username, display_alias, password_hash, totp_secret, \
     role, failed_count, locked_until_ms, disabled, demo, created_at_ms";

/// A sign-in account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub account: AccountId,
    /// Lower case; unique.
    pub username: String,
    /// What seekers and colleagues see.
    pub display_alias: String,
    /// The PHC string of argon2id.
    pub password_hash: Pii<String>,
    pub totp_secret: Option<Pii<Vec<u8>>>,
    /// The code of a role (table `roles`).
    pub role: String,
    /// Failed sign-ins since the last good one.
    pub failed_count: u32,
    pub locked_until: Option<At>,
    pub disabled: bool,
    /// Made by `--demo`.
    pub demo: bool,
    pub created_at: At,
}

/// The accounts.
#[derive(Clone)]
pub struct Accounts {
    pool: Pool,
    writer: WriterHandle,
}

impl Accounts {
    pub(crate) const fn new(pool: Pool, writer: WriterHandle) -> Self {
        Self { pool, writer }
    }

    /// # Errors
    /// [`StoreError::Conflict`] if the username is taken or the role unknown; trouble of the database.
    pub async fn add(&self, account: &Account, act: Act) -> Result<(), StoreError> {
        self.change(vec![insert(account)], Some(act)).await.map(|_| ())
    }

    /// Adds an account that takes contacts, together with its profile.
    ///
    /// # Errors
    /// As [`Accounts::add`].
    pub async fn add_counselor(
        &self,
        account: &Account,
        profile: &CounselorRecord,
        act: Act,
    ) -> Result<(), StoreError> {
        let statements = vec![insert(account), counselors::upsert(profile)?];
        self.change(statements, Some(act)).await.map(|_| ())
    }

    /// Saves alias, role and whether the account is closed, and the counselor's profile where it
    /// changes with them. A closed account's sessions end. False if there is no such account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the role is unknown; trouble of the database.
    pub async fn edit(
        &self,
        account: &Account,
        profile: Option<&CounselorRecord>,
        act: Act,
    ) -> Result<bool, StoreError> {
        let mut statements = vec![Statement::new(
            "UPDATE accounts SET display_alias = $2, role = $3, disabled = $4 \
             WHERE account_id = $1 RETURNING account_id",
            [
                id(account.account),
                Value::from(account.display_alias.as_str()),
                Value::from(account.role.as_str()),
                Value::from(account.disabled),
            ],
        )];
        statements.extend(profile.map(counselors::upsert).transpose()?);
        if account.disabled {
            statements.push(sign_ins::revoke_all(account.account, act.at));
        }
        self.changed(statements, act).await
    }

    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup(&self, account: AccountId) -> Result<Option<Account>, StoreError> {
        self.one("account_id", id(account)).await
    }

    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn lookup_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.one("username", Value::from(username)).await
    }

    /// All accounts, by username.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM accounts ORDER BY username");
        self.pool.read("accounts.list", Statement::new(sql, [])).await?.iter().map(read).collect()
    }

    /// A new password: failures and lock are over, and every session ends.
    /// False if there is no such account.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn set_password(
        &self,
        account: AccountId,
        password_hash: &Pii<String>,
        act: Act,
    ) -> Result<bool, StoreError> {
        let statements = vec![
            Statement::new(
                "UPDATE accounts SET password_hash = $2, failed_count = 0, locked_until_ms = NULL \
                 WHERE account_id = $1 RETURNING account_id",
                [id(account), Value::from(password_hash.reveal(Purpose::Store).as_str())],
            ),
            sign_ins::revoke_all(account, act.at),
        ];
        self.changed(statements, act).await
    }

    /// `None` takes the second factor away. False if there is no such account.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn set_totp(
        &self,
        account: AccountId,
        secret: Option<&Pii<Vec<u8>>>,
        act: Act,
    ) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "UPDATE accounts SET totp_secret = $2 WHERE account_id = $1 RETURNING account_id",
            [id(account), Value::from(secret.map(|secret| secret.reveal(Purpose::Store).clone()))],
        );
        self.changed(vec![statement], act).await
    }

    /// Counts a failed sign-in and returns how many there were in a row.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn count_failure(
        &self,
        account: AccountId,
        locked_until: Option<At>,
    ) -> Result<u32, StoreError> {
        let statement = Statement::new(
            "UPDATE accounts SET failed_count = failed_count + 1, locked_until_ms = $2 \
             WHERE account_id = $1 RETURNING failed_count",
            [id(account), Value::from(locked_until)],
        );
        let rows = self.change(vec![statement], None).await?;
        let count = rows.first().and_then(|row| row.int("failed_count")).unwrap_or(0);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// A good sign-in: failures and lock are over.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn clear_failures(&self, account: AccountId) -> Result<(), StoreError> {
        let statement = Statement::new(
            "UPDATE accounts SET failed_count = 0, locked_until_ms = NULL WHERE account_id = $1",
            [id(account)],
        );
        self.change(vec![statement], None).await.map(|_| ())
    }

    /// Takes a one-time code's step; false if this step or a later one was taken before.
    ///
    /// # Errors
    /// Trouble of the database.
    pub async fn take_totp_step(&self, account: AccountId, step: i64) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "UPDATE accounts SET totp_step = $2 WHERE account_id = $1 AND totp_step < $2 \
             RETURNING totp_step",
            [id(account), Value::from(step)],
        );
        Ok(!self.change(vec![statement], None).await?.is_empty())
    }

    async fn one(&self, column: &str, value: Value) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE {column} = $1");
        let rows = self.pool.read("accounts.lookup", Statement::new(sql, [value])).await?;
        rows.first().map(read).transpose()
    }

    /// Whether the first statement found its row.
    async fn changed(&self, statements: Vec<Statement>, act: Act) -> Result<bool, StoreError> {
        Ok(!self.change(statements, Some(act)).await?.is_empty())
    }

    /// The rows of the first statement.
    async fn change(
        &self,
        statements: Vec<Statement>,
        act: Option<Act>,
    ) -> Result<Vec<Row>, StoreError> {
        let write = Write { statements, first_must_change: true, act };
        let done = self.writer.write(write).await?;
        Ok(done.into_iter().next().map(|done| done.rows).unwrap_or_default())
    }
}

fn insert(account: &Account) -> Statement {
    let secret = account.totp_secret.as_ref().map(|secret| secret.reveal(Purpose::Store).clone());
    Statement::new(
        format!(
            "INSERT INTO accounts ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        [
            id(account.account),
            Value::from(account.username.as_str()),
            Value::from(account.display_alias.as_str()),
            Value::from(account.password_hash.reveal(Purpose::Store).as_str()),
            Value::from(secret),
            Value::from(account.role.as_str()),
            Value::from(i64::from(account.failed_count)),
            Value::from(account.locked_until),
            Value::from(account.disabled),
            Value::from(account.demo),
            Value::from(account.created_at),
        ],
    )
}

fn read(row: &Row) -> Result<Account, StoreError> {
    let door = Door { row, table: "accounts", key: "account_id" };
    Ok(Account {
        account: door.parsed("account_id")?,
        username: door.text("username")?,
        display_alias: door.text("display_alias")?,
        password_hash: Pii::new(door.text("password_hash")?),
        totp_secret: row.bytes("totp_secret").map(|secret| Pii::new(secret.to_vec())),
        role: door.text("role")?,
        failed_count: door.int("failed_count")?,
        locked_until: door.at_or_none("locked_until_ms"),
        disabled: door.flag("disabled")?,
        demo: door.flag("demo")?,
        created_at: door.at("created_at_ms")?,
    })
}
