//! `[accounts]`: passwords, second factors, sessions and lock-out.

use super::fault::{Fault, Section, fault, within};
use serde::{Deserialize, Serialize};

/// Settings of sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// argon2id memory, KiB. OWASP's smallest recommended shape: 19 MiB, 2 passes, 1 lane.
    pub argon2_memory_kib: u32,
    /// argon2id passes.
    pub argon2_iterations: u32,
    /// argon2id lanes.
    pub argon2_parallelism: u32,
    /// Passwords hashed at the same time; others wait. Bounds what a flood of sign-ins costs.
    pub hashes_at_once_max: usize,
    /// Characters of a new password. ASVS 5.0 asks for 8 at least and recommends 15; people choose, so between.
    pub password_chars_min: usize,
    /// A session that nobody used for this long ends, s. An open console counts as use.
    pub session_idle_s: u64,
    /// A session ends after this at the latest, s. One shift with its hand-over, not one day.
    pub session_absolute_s: u64,
    /// Wrong passwords in a row until the account waits.
    pub lock_after_failures: u32,
    /// The first wait, s; it doubles with each further failure.
    pub lock_first_s: u64,
    /// The longest wait, s. An end, so that nobody can lock a volunteer out of their shift for good.
    pub lock_longest_s: u64,
    /// Roles that sign in only with a second factor. Demo accounts are exempt.
    pub otp_required_for: Vec<String>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            argon2_memory_kib: 19_456,
            argon2_iterations: 2,
            argon2_parallelism: 1,
            hashes_at_once_max: 2,
            password_chars_min: 12,
            session_idle_s: 7_200,
            session_absolute_s: 43_200,
            lock_after_failures: 5,
            lock_first_s: 30,
            lock_longest_s: 900,
            otp_required_for: vec!["supervisor".to_owned(), "administrator".to_owned()],
        }
    }
}

impl Section for Accounts {
    const NAME: &'static str = "accounts";

    fn validate(&self) -> Result<(), Fault> {
        within("argon2_memory_kib", self.argon2_memory_kib, 8_192..=1_048_576)?;
        within("argon2_iterations", self.argon2_iterations, 1..=20)?;
        within("argon2_parallelism", self.argon2_parallelism, 1..=16)?;
        within("hashes_at_once_max", self.hashes_at_once_max, 1..=64)?;
        within("password_chars_min", self.password_chars_min, 8..=128)?;
        within("session_idle_s", self.session_idle_s, 60..=86_400)?;
        within("session_absolute_s", self.session_absolute_s, 60..=604_800)?;
        if self.session_absolute_s < self.session_idle_s {
            return Err(fault("session_absolute_s", "expected at least session_idle_s"));
        }
        within("lock_after_failures", self.lock_after_failures, 3..=100)?;
        within("lock_first_s", self.lock_first_s, 1..=86_400)?;
        within("lock_longest_s", self.lock_longest_s, self.lock_first_s..=86_400)?;
        if self.otp_required_for.iter().any(String::is_empty) {
            return Err(fault("otp_required_for", "expected names of roles, none empty"));
        }
        Ok(())
    }
}
