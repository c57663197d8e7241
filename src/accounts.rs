//! Who may sign in, and what they may do.
//!
//! Owns passwords (argon2id), one-time codes (RFC 6238), lock-out with growing pauses,
//! sign-in sessions and the cookie that carries them. Roles are data in the store; the
//! permissions they are made of are the words of [`Permission`].
//!
//! Invariants: a token is stored only as its SHA-256; an unknown name costs as much time as a wrong
//! password; no more than `hashing_max` passwords are judged at once, the rest wait.

pub mod making;
pub mod password;
pub mod permission;
pub mod routes;
pub mod sign_in;
pub mod totp;
pub mod who;

use crate::clock::Clock;
use crate::store::Store;
use crate::store::roles::Role;
use crate::veil::Pii;
use password::PasswordError;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

pub use password::PasswordCost;
pub use permission::Permission;
pub use sign_in::SignInError;
pub use who::Who;

/// Rules of signing in; from the configuration.
#[derive(Clone, Debug)]
pub struct AccountRules {
    pub cost: PasswordCost,
    /// Passwords judged at the same time.
    pub hashing_max: usize,
    /// A session unused for this long ends, ms.
    pub idle_ms: i64,
    /// A session ends after this whatever happens, ms.
    pub lifetime_ms: i64,
    /// Failures in a row before the first pause.
    pub failures_max: u32,
    /// The first pause, ms; it doubles with each further failure.
    pub pause_ms: i64,
    pub pause_max_ms: i64,
    /// Roles that must have a one-time code.
    pub otp_roles: Vec<String>,
    /// Whether we are reached over TLS (behind the proxy): the cookie is then `__Host-` and `Secure`.
    pub is_secure: bool,
}

/// The accounts as the doors use them; cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<Store>,
    clock: Clock,
    rules: Arc<AccountRules>,
    roles: Arc<BTreeMap<String, Vec<Permission>>>,
    hashing: Arc<Semaphore>,
}

impl Accounts {
    /// Whether there is such a role.
    #[must_use]
    pub fn is_role(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    /// Whether a role has a permission.
    #[must_use]
    pub fn role_may(&self, role: &str, permission: Permission) -> bool {
        self.roles.get(role).is_some_and(|held| held.contains(&permission))
    }

    /// Whether a role must have a one-time code.
    #[must_use]
    pub fn needs_second_factor(&self, role: &str) -> bool {
        self.rules.otp_roles.iter().any(|known| known == role)
    }

    /// The hash of a password, made off the async threads and in turn with those being judged.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: Pii<String>) -> Result<Pii<String>, PasswordError> {
        let stopped = || PasswordError::Hash("the process goes down".to_owned());
        let _turn = self.hashing.acquire().await.map_err(|_| stopped())?;
        let cost = self.rules.cost;
        let hashing = tokio::task::spawn_blocking(move || password::hash(&password, cost));
        hashing.await.map_err(|_| stopped())?
    }

    /// `roles` as the store lists them.
    #[must_use]
    pub fn new(store: Arc<Store>, clock: Clock, rules: AccountRules, roles: Vec<Role>) -> Self {
        let permissions = |role: Role| {
            let known = role.permissions.iter().filter_map(|word| Permission::parse(word));
            (role.code, known.collect())
        };
        Self {
            store,
            clock,
            hashing: Arc::new(Semaphore::new(rules.hashing_max.max(1))),
            rules: Arc::new(rules),
            roles: Arc::new(roles.into_iter().map(permissions).collect()),
        }
    }
}
