//! Passwords: argon2id with parameters from the configuration (OWASP's floor: 19 MiB, 2 passes).

use crate::veil::{Pii, Purpose};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// How dear one guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

/// Why a password cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password must have 10 to 200 characters")]
    Length,
    #[error("hash the password: {0}")]
    Hash(String),
}

/// The PHC string to store. Takes tens of milliseconds: call it off the async threads.
///
/// # Errors
/// [`PasswordError`]: too short or long, or parameters that argon2 refuses.
pub fn hash(password: &Pii<String>, cost: PasswordCost) -> Result<Pii<String>, PasswordError> {
    let password = password.reveal(Purpose::Verify);
    if !(10..=200).contains(&password.chars().count()) {
        return Err(PasswordError::Length);
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2
        .hash_password(password.as_bytes())
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Pii::new(hash.to_string()))
}

/// Whether `password` is the one that was hashed. A hash that is none matches nothing.
#[must_use]
pub fn verify(password: &Pii<String>, hash: &Pii<String>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.reveal(Purpose::Verify)) else { return false };
    let password = password.reveal(Purpose::Verify).as_bytes();
    Argon2::default().verify_password(password, &parsed).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, passes: 1, lanes: 1 };

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = hash(&Pii::new("correct horse".to_owned()), CHEAP).unwrap();
        assert!(verify(&Pii::new("correct horse".to_owned()), &hash));
        assert!(!verify(&Pii::new("battery staple".to_owned()), &hash));
        assert!(hash.reveal(Purpose::Verify).starts_with("$argon2id$"));
    }

    #[test]
    fn a_short_password_is_refused_and_a_broken_hash_matches_nothing() {
        assert!(matches!(hash(&Pii::new("short".to_owned()), CHEAP), Err(PasswordError::Length)));
        assert!(!verify(&Pii::new("x".to_owned()), &Pii::new("no hash".to_owned())));
    }
}
