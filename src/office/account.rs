//! Accounts: who may sign in, made and closed by an administrator.
//!
//! Whoever holds `accounts.edit` never loses it by their own hand, and one who holds it always
//! remains. A closed account's talks go back to the head of the queue.

use super::counselor::judge_alias;
use super::form::Faults;
use super::frame::{
    AccountChange, AccountMade, NewAccount, OfficeAccount, PasswordMade, SecondFactorMade,
};
use super::{Office, OfficeError};
use crate::accounts::{Permission, Who, making, totp};
use crate::door::FieldCode;
use crate::ids::{AccountId, CounselorId};
use crate::store::Act;
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::switchboard::Input;
use crate::veil::Purpose;

/// Accounts of the house.
const ACCOUNTS_MAX: usize = 2_000;

impl Office {
    pub(super) async fn accounts(&self) -> Result<Vec<OfficeAccount>, OfficeError> {
        Ok(self.store.accounts().list().await?.iter().map(shown).collect())
    }

    pub(super) async fn make_account(
        &self,
        who: &Who,
        new: &NewAccount,
    ) -> Result<AccountMade, OfficeError> {
        let known = self.store.accounts().list().await?;
        let counselors = self.store.counselors().list().await?;
        let roles = self.store.roles().list().await?;
        let mut faults = Faults::default();
        judge_username(&new.username, &known, &mut faults);
        judge_alias(&new.alias, None, &counselors, &mut faults);
        let role = roles.iter().find(|role| role.code == new.role);
        let Some(role) = role.filter(|_| faults.are_none()) else {
            if role.is_none() {
                unknown_role(&mut faults);
            }
            return Err(OfficeError::BadForm(faults.into_list()));
        };
        if known.len() >= ACCOUNTS_MAX {
            return Err(OfficeError::LimitReached);
        }
        let password = making::password();
        let hash = self.accounts.hash(password.clone()).await?;
        let blank = making::Blank {
            username: &new.username,
            alias: new.alias.trim(),
            role,
            skills: Vec::new(),
            chats_max: making::CHATS_AT_FIRST,
            needs_second_factor: self.accounts.needs_second_factor(&role.code),
            is_demo: self.is_demo,
        };
        let by = who.account.to_string();
        let made = making::add(&self.store, self.clock.now(), blank, hash, &by).await?;
        self.bring().await?;
        let otp_secret = made.secret.as_ref().map(totp::enrolment_secret);
        let otp_uri = made.secret.as_ref().map(|secret| totp::enrolment_uri(secret, &new.username));
        Ok(AccountMade {
            account_id: made.account.to_string(),
            username: new.username.clone(),
            password: password.into_revealed(Purpose::Deliver),
            otp_uri: otp_uri.map(|uri| uri.into_revealed(Purpose::Deliver)),
            otp_secret: otp_secret.map(|secret| secret.into_revealed(Purpose::Deliver)),
        })
    }

    pub(super) async fn change_account(
        &self,
        who: &Who,
        account: AccountId,
        change: &AccountChange,
    ) -> Result<OfficeAccount, OfficeError> {
        let known = self.store.accounts().list().await?;
        let counselors = self.store.counselors().list().await?;
        let before = known.iter().find(|one| one.account == account);
        let before = before.ok_or(OfficeError::Unknown)?;
        let after = self.judge_change(before, change, &counselors)?;
        self.keep_an_administrator(who, before, &after, &known)?;
        let own = CounselorId::from(account);
        let profile = counselors.iter().find(|record| record.profile.counselor == own);
        let profile = self.profile_after(before, &after, profile);
        let act = self.act_of_change(who, &after);
        self.store.accounts().edit(&after, profile.as_ref(), act).await?;
        self.bring().await?;
        if after.disabled && !before.disabled {
            self.hub.sign_out(account, None);
            let by = who.account;
            self.switch.tell(Input::LogOut { counselor: own, by }).await;
        } else if after.role != before.role || after.display_alias != before.display_alias {
            self.hub.recall(account);
        }
        Ok(shown(&after))
    }

    pub(super) async fn renew_password(
        &self,
        who: &Who,
        account: AccountId,
    ) -> Result<PasswordMade, OfficeError> {
        let password = making::password();
        let hash = self.accounts.hash(password.clone()).await?;
        let act = self.act("password_reset", &account.to_string(), who);
        if !self.store.accounts().set_password(account, &hash, act).await? {
            return Err(OfficeError::Unknown);
        }
        self.hub.sign_out(account, None);
        Ok(PasswordMade { password: password.into_revealed(Purpose::Deliver) })
    }

    pub(super) async fn renew_second_factor(
        &self,
        who: &Who,
        account: AccountId,
    ) -> Result<SecondFactorMade, OfficeError> {
        let known = self.store.accounts().lookup(account).await?.ok_or(OfficeError::Unknown)?;
        let secret = totp::secret();
        let act = self.act("totp_renewed", &account.to_string(), who);
        self.store.accounts().set_totp(account, Some(&secret), act).await?;
        let uri = totp::enrolment_uri(&secret, &known.username);
        Ok(SecondFactorMade {
            otp_uri: uri.into_revealed(Purpose::Deliver),
            otp_secret: totp::enrolment_secret(&secret).into_revealed(Purpose::Deliver),
        })
    }

    fn judge_change(
        &self,
        before: &Account,
        change: &AccountChange,
        counselors: &[CounselorRecord],
    ) -> Result<Account, OfficeError> {
        let mut faults = Faults::default();
        let mut after = before.clone();
        if let Some(alias) = &change.alias {
            judge_alias(alias, Some(CounselorId::from(before.account)), counselors, &mut faults);
            alias.trim().clone_into(&mut after.display_alias);
        }
        if let Some(role) = &change.role {
            if !self.accounts.is_role(role) {
                unknown_role(&mut faults);
            }
            after.role.clone_from(role);
        }
        after.disabled = change.disabled.unwrap_or(before.disabled);
        if faults.are_none() { Ok(after) } else { Err(OfficeError::BadForm(faults.into_list())) }
    }

    fn keep_an_administrator(
        &self,
        who: &Who,
        before: &Account,
        after: &Account,
        known: &[Account],
    ) -> Result<(), OfficeError> {
        let administers = |account: &Account| {
            !account.disabled && self.accounts.role_may(&account.role, Permission::EditAccounts)
        };
        if !administers(before) || administers(after) {
            return Ok(());
        }
        let mut others = known.iter().filter(|other| other.account != before.account);
        if !others.any(administers) {
            return Err(OfficeError::LastAdministrator);
        }
        if before.account == who.account { Err(OfficeError::OwnAccount) } else { Ok(()) }
    }

    /// The profile that goes with the account, if it changes: it bears the same alias, and a role
    /// decides whether contacts are taken.
    fn profile_after(
        &self,
        before: &Account,
        after: &Account,
        profile: Option<&CounselorRecord>,
    ) -> Option<CounselorRecord> {
        let takes_contacts = self.accounts.role_may(&after.role, Permission::TakeContacts);
        let at = self.edition_after(profile.map(|record| record.saved_at));
        let (alias, account) = (&after.display_alias, after.account);
        let Some(profile) = profile else {
            let fresh = || making::profile(account, alias, Vec::new(), making::CHATS_AT_FIRST, at);
            return takes_contacts.then(fresh);
        };
        let removed = if after.role == before.role { profile.removed } else { !takes_contacts };
        let is_same = profile.alias == *alias && profile.removed == removed;
        let changed = || CounselorRecord {
            alias: alias.clone(),
            removed,
            saved_at: at,
            profile: profile.profile.clone(),
        };
        (!is_same).then(changed)
    }

    /// What the audit must know of a change: which role, open or closed; no name.
    fn act_of_change(&self, who: &Who, after: &Account) -> Act {
        let body = serde_json::json!({
            "act": "account_edited",
            "of": after.account.to_string(),
            "by": who.account.to_string(),
            "role": after.role,
            "disabled": after.disabled,
        });
        Act { at: self.clock.now(), body: body.to_string() }
    }
}

fn judge_username(username: &str, known: &[Account], faults: &mut Faults) {
    if !making::is_username(username) {
        let (zh, en) = ("2 到 64 个小写字母、数字或 . - _", "2 to 64 of a-z, 0-9, '.', '-', '_'");
        faults.add("username", FieldCode::BadShape, zh, en);
    } else if known.iter().any(|account| account.username == username) {
        let (zh, en) = ("已有此账号", "there is such an account already");
        faults.add("username", FieldCode::Taken, zh, en);
    }
}

fn unknown_role(faults: &mut Faults) {
    faults.add("role", FieldCode::Unknown, "没有这个角色", "there is no such role");
}

fn shown(account: &Account) -> OfficeAccount {
    OfficeAccount {
        account_id: account.account.to_string(),
        username: account.username.clone(),
        alias: account.display_alias.clone(),
        role: account.role.clone(),
        has_second_factor: account.totp_secret.is_some(),
        locked_until: account.locked_until.map(crate::clock::At::rfc3339),
        disabled: account.disabled,
        created_at: account.created_at.rfc3339(),
    }
}
