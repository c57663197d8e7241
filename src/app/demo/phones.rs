//! Demo counselors who answer on telephones at fixed addresses: how a load generator plays both ends.

use super::{ADOLESCENTS, FAMILY, act};
use crate::clock::At;
use crate::dice;
use crate::ids::{AccountId, CounselorId, SkillId};
use crate::sip::phone::FixedPhone;
use crate::store::Store;
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::switchboard::Profile;
use crate::veil::Pii;
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// What stands for the counselor's number in the address.
const NUMBER: &str = "{n}";

/// Seeds counselors `phone0` … and tells where each is reached. They take telephone calls only.
///
/// # Errors
/// Trouble of the store.
pub async fn seed(
    store: &Store,
    at: At,
    template: &str,
    count: u16,
    hash: &Pii<String>,
) -> Result<Vec<FixedPhone>> {
    let known = store.accounts().list().await.context("list the accounts")?;
    let known: BTreeMap<String, AccountId> =
        known.into_iter().map(|account| (account.username, account.account)).collect();
    let mut phones = Vec::new();
    for number in 0..count {
        let username = format!("phone{number}");
        let account = match known.get(&username) {
            Some(account) => *account,
            None => add(store, at, number, username, hash.clone()).await?,
        };
        let address = template.replace(NUMBER, &number.to_string());
        phones.push(FixedPhone {
            counselor: CounselorId::from(account),
            address,
            is_tireless: true,
        });
    }
    Ok(phones)
}

async fn add(
    store: &Store,
    at: At,
    number: u16,
    username: String,
    hash: Pii<String>,
) -> Result<AccountId> {
    let account = AccountId(dice::uuid(at));
    let alias = format!("话机{number}");
    let row = Account {
        account,
        username: username.clone(),
        display_alias: alias.clone(),
        password_hash: hash,
        totp_secret: None,
        role: "counselor".to_owned(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: true,
        created_at: at,
    };
    store.accounts().add(&row, act(at, "demo_account", &username)).await?;
    let skills = vec![(SkillId(1), 5), (ADOLESCENTS, 5), (FAMILY, 5)];
    let counselor = CounselorId::from(account);
    let profile = Profile { counselor, skills, takes_voice: true, chats_max: 0 };
    let record = CounselorRecord { alias, profile, removed: false, saved_at: at };
    store.counselors().save(&record, act(at, "demo_counselor", &username)).await?;
    Ok(account)
}
