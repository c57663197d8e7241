//! Making accounts: from the office and from the command line alike.
//!
//! Passwords are made here, shown once and kept as a hash; a role that takes contacts gets a
//! counselor's profile in the same transaction.

use super::totp;
use crate::clock::At;
use crate::dice;
use crate::ids::{AccountId, CounselorId, SkillId};
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::store::roles::Role;
use crate::store::{Act, Store, StoreError};
use crate::switchboard::Profile;
use crate::veil::Pii;

/// Characters of a made password: 20 of 64 signs are 120 bits.
const PASSWORD_CHARS: usize = 20;
/// Chats that a new counselor holds at once, until the office knows better.
pub const CHATS_AT_FIRST: u8 = 2;

/// An account to be made.
#[derive(Debug)]
pub struct Blank<'a> {
    /// See [`is_username`].
    pub username: &'a str,
    pub alias: &'a str,
    pub role: &'a Role,
    /// For a role that takes contacts.
    pub skills: Vec<(SkillId, u8)>,
    pub chats_max: u8,
    pub needs_second_factor: bool,
    pub is_demo: bool,
}

/// An account that was made.
#[derive(Debug)]
pub struct Made {
    pub account: AccountId,
    pub secret: Option<Pii<Vec<u8>>>,
}

/// Whether this can be a username: 2 to 64 of a-z, 0-9, `.`, `-`, `_`.
#[must_use]
pub fn is_username(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    (2..=64).contains(&text.len()) && text.chars().all(is_plain)
}

/// A password that nobody has thought of.
#[must_use]
pub fn password() -> Pii<String> {
    Pii::new(dice::token().chars().take(PASSWORD_CHARS).collect())
}

/// The profile of somebody who begins.
#[must_use]
pub fn profile(
    account: AccountId,
    alias: &str,
    skills: Vec<(SkillId, u8)>,
    chats_max: u8,
    at: At,
) -> CounselorRecord {
    let counselor = CounselorId::from(account);
    CounselorRecord {
        alias: alias.to_owned(),
        profile: Profile { counselor, skills, takes_voice: true, chats_max },
        removed: false,
        saved_at: at,
    }
}

/// Adds the account, and a counselor's profile where the role takes contacts.
///
/// # Errors
/// [`StoreError::Conflict`] if the username is taken; trouble of the store.
pub async fn add(
    store: &Store,
    at: At,
    blank: Blank<'_>,
    password_hash: Pii<String>,
    by: &str,
) -> Result<Made, StoreError> {
    let account = AccountId(dice::uuid(at));
    let secret = blank.needs_second_factor.then(totp::secret);
    let row = Account {
        account,
        username: blank.username.to_owned(),
        display_alias: blank.alias.to_owned(),
        password_hash,
        totp_secret: secret.clone(),
        role: blank.role.code.clone(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: blank.is_demo,
        created_at: at,
    };
    let act = Act::new(at, "account_added", &account.to_string(), by);
    if blank.role.allows("contacts.take") {
        let profile = profile(account, blank.alias, blank.skills, blank.chats_max, at);
        store.accounts().add_counselor(&row, &profile, act).await?;
    } else {
        store.accounts().add(&row, act).await?;
    }
    Ok(Made { account, secret })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::veil::Purpose;

    #[test]
    fn a_username_is_plain_and_a_password_is_long() {
        for good in ["anna", "a.b-c_9", "12"] {
            assert!(is_username(good), "{good}");
        }
        for bad in ["a", "Anna", "an na", "安娜", &"a".repeat(65)] {
            assert!(!is_username(bad), "{bad}");
        }
        let (one, other) = (password(), password());
        assert_eq!(one.reveal(Purpose::Verify).len(), PASSWORD_CHARS);
        assert_ne!(one.reveal(Purpose::Verify), other.reveal(Purpose::Verify));
    }
}
