//! Signing in and out.

use super::{Accounts, Permission, Who, password, totp};
use crate::clock::At;
use crate::dice;
use crate::live::card::hash_token;
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::sign_ins::SignIn;
use crate::veil::Pii;

/// A hash that no password has, so that an unknown name costs as much as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("bad credentials")]
    BadCredentials,
    #[error("a one-time code is required")]
    OtpRequired,
    /// The role must have a second factor and the account has none yet.
    #[error("the account has no second factor yet")]
    OtpNotSetUp,
    #[error("locked out for {retry_after_s} s")]
    LockedOut { retry_after_s: u32 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A sign-in that worked: the token goes into the cookie and nowhere else.
pub struct SignedInNow {
    pub token: Pii<String>,
    pub who: Who,
}

impl Accounts {
    /// Signs somebody in.
    ///
    /// # Errors
    /// [`SignInError`]; a wrong password, a wrong code and an unknown name look the same.
    pub async fn sign_in(
        &self,
        username: &str,
        password: Pii<String>,
        otp: Option<&str>,
    ) -> Result<SignedInNow, SignInError> {
        let at = self.clock.now();
        let known = self.store.accounts().lookup_by_username(&username.to_lowercase()).await?;
        let known = known.filter(|account| !account.disabled);
        if let Some(until) = known.as_ref().and_then(|account| account.locked_until)
            && until > at
        {
            let wait_s = (until - at) / 1_000 + 1;
            return Err(SignInError::LockedOut {
                retry_after_s: u32::try_from(wait_s).unwrap_or(60),
            });
        }
        let hash = known
            .as_ref()
            .map_or_else(|| Pii::new(NOBODY.to_owned()), |account| account.password_hash.clone());
        let is_right = self.judge(password, hash).await;
        let Some(account) = known else { return Err(SignInError::BadCredentials) };
        if !is_right {
            return Err(self.count_failure(&account, at).await?);
        }
        self.check_otp(&account, otp, at).await?;
        self.store.accounts().clear_failures(account.account).await?;
        self.open_session(account, at).await
    }

    /// Ends a session, as its own act.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn sign_out(&self, who: &Who) -> Result<(), StoreError> {
        self.store.sign_ins().revoke(&who.session_hash, self.clock.now()).await
    }

    /// Who carries this token, if the session still lives.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn recognise(&self, token: &str) -> Result<Option<Who>, StoreError> {
        let at = self.clock.now();
        let session_hash = hash_token(token);
        let Some(sign_in) = self.store.sign_ins().lookup(&session_hash).await? else {
            return Ok(None);
        };
        let idle_ms = at.ms_since(sign_in.last_seen_at);
        if sign_in.revoked_at.is_some() || sign_in.expires_at <= at || idle_ms > self.rules.idle_ms
        {
            return Ok(None);
        }
        // Once a minute is enough to know that somebody is there.
        if idle_ms > 60_000 {
            self.store.sign_ins().touch(&session_hash, at, sign_in.expires_at).await?;
        }
        let account = self.store.accounts().lookup(sign_in.account).await?;
        Ok(account
            .filter(|account| !account.disabled)
            .map(|account| self.who(account, session_hash)))
    }

    /// Who a session that was recognised before belongs to now; `None` if it has ended or the account
    /// is closed. The time it was last used does not count: an open socket is use.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn still(&self, session_hash: &[u8; 32]) -> Result<Option<Who>, StoreError> {
        let at = self.clock.now();
        let sign_in = self.store.sign_ins().lookup(session_hash).await?;
        let lives = |sign_in: &SignIn| sign_in.revoked_at.is_none() && sign_in.expires_at > at;
        let Some(sign_in) = sign_in.filter(lives) else { return Ok(None) };
        let account = self.store.accounts().lookup(sign_in.account).await?;
        let account = account.filter(|account| !account.disabled);
        Ok(account.map(|account| self.who(account, *session_hash)))
    }

    /// Whether a session that was recognised before still lives and its account still may do this.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn still_may(
        &self,
        session_hash: &[u8; 32],
        permission: Permission,
    ) -> Result<bool, StoreError> {
        Ok(self.still(session_hash).await?.is_some_and(|who| who.may(permission)))
    }

    pub(super) fn who(&self, account: Account, session_hash: [u8; 32]) -> Who {
        Who {
            account: account.account,
            username: account.username,
            alias: account.display_alias,
            permissions: self.roles.get(&account.role).cloned().unwrap_or_default(),
            role: account.role,
            session_hash,
        }
    }

    /// Judges a password off the async threads, a few at a time.
    async fn judge(&self, password: Pii<String>, hash: Pii<String>) -> bool {
        let Ok(_turn) = self.hashing.acquire().await else { return false };
        let judged = tokio::task::spawn_blocking(move || password::verify(&password, &hash));
        judged.await.unwrap_or(false)
    }

    async fn count_failure(&self, account: &Account, at: At) -> Result<SignInError, StoreError> {
        let failures = account.failed_count.saturating_add(1);
        let locked_until = self.pause_after(failures).map(|pause_ms| at + pause_ms);
        self.store.accounts().count_failure(account.account, locked_until).await?;
        tracing::warn!(account.id = %account.account, failures, "accounts.sign_in failed");
        Ok(SignInError::BadCredentials)
    }

    /// The pause after this many failures in a row: it doubles from the limit on.
    fn pause_after(&self, failures: u32) -> Option<i64> {
        let past = failures.checked_sub(self.rules.failures_max)?;
        let doubled = self.rules.pause_ms.saturating_mul(1_i64 << past.min(20));
        Some(doubled.min(self.rules.pause_max_ms))
    }

    async fn check_otp(
        &self,
        account: &Account,
        otp: Option<&str>,
        at: At,
    ) -> Result<(), SignInError> {
        let Some(secret) = &account.totp_secret else {
            let must_have = self.rules.otp_roles.contains(&account.role) && !account.demo;
            return if must_have { Err(SignInError::OtpNotSetUp) } else { Ok(()) };
        };
        let Some(code) = otp.filter(|code| !code.trim().is_empty()) else {
            return Err(SignInError::OtpRequired);
        };
        let step = totp::matching_step(secret, code, at);
        let is_fresh = match step {
            Some(step) => self.store.accounts().take_totp_step(account.account, step).await?,
            None => false,
        };
        if is_fresh { Ok(()) } else { Err(self.count_failure(account, at).await?) }
    }

    async fn open_session(&self, account: Account, at: At) -> Result<SignedInNow, SignInError> {
        let token = dice::token();
        let session_hash = hash_token(&token);
        let sign_in = SignIn {
            token_hash: session_hash,
            account: account.account,
            created_at: at,
            last_seen_at: at,
            expires_at: at + self.rules.lifetime_ms,
            revoked_at: None,
        };
        self.store.sign_ins().add(&sign_in).await?;
        tracing::info!(account.id = %account.account, "accounts.signed_in");
        Ok(SignedInNow { token: Pii::new(token), who: self.who(account, session_hash) })
    }
}
