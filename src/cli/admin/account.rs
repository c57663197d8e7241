//! Accounts from a shell: added, closed, given a new password or second factor.

use super::Desk;
use crate::accounts::{password, totp};
use crate::dice;
use crate::ids::{AccountId, CounselorId, SkillId};
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::store::roles::Role;
use crate::switchboard::Profile;
use crate::veil::{Pii, Purpose};
use anyhow::{Context, bail};
use clap::Args;
use std::io::{BufRead, Write};

/// Characters of a made password: 20 of 64 signs are 120 bits.
const PASSWORD_CHARS: usize = 20;

/// An account to add.
#[derive(Debug, Args)]
pub(super) struct New {
    /// As it will sign in: lower case letters, digits, `.`, `-`, `_`
    username: String,
    /// counselor, supervisor, administrator or auditor
    #[arg(long)]
    role: String,
    /// What seekers and colleagues see, never a real name
    #[arg(long)]
    alias: String,
    /// Chats at once
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=20))]
    chats: u8,
    /// A skill with its proficiency 1–5: `--skill adolescents=3`; may be repeated
    #[arg(long = "skill", value_name = "CODE=1..5")]
    skills: Vec<String>,
    /// Read the password from standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
}

/// Adds the account, and a counselor's profile where the role takes contacts.
pub(super) async fn add(desk: &Desk<'_>, new: &New, out: &mut dyn Write) -> anyhow::Result<()> {
    let role = check(desk, new).await?;
    let account = AccountId(dice::uuid(desk.at));
    let hash = new_password(desk, new.password_stdin, out)?;
    let needs_totp = desk.config.accounts.otp_required_for.contains(&new.role);
    let secret = needs_totp.then(totp::secret);
    let row = Account {
        account,
        username: new.username.clone(),
        display_alias: new.alias.clone(),
        password_hash: hash,
        totp_secret: secret.clone(),
        role: new.role.clone(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: false,
        created_at: desk.at,
    };
    let profile = profile(desk, new, CounselorId::from(account)).await?;
    let act = desk.act("account_added", &account.to_string());
    desk.store.accounts().add(&row, act).await.context("add the account")?;
    if role.allows("contacts.take") {
        let record = CounselorRecord {
            alias: new.alias.clone(),
            profile,
            removed: false,
            saved_at: desk.at,
        };
        let act = desk.act("counselor_saved", &account.to_string());
        desk.store.counselors().save(&record, act).await.context("save the profile")?;
    }
    writeln!(out, "account {} ({}) added 已添加", new.username, new.role)?;
    if let Some(secret) = &secret {
        say_totp(secret, &new.username, out)?;
    }
    Ok(())
}

async fn check(desk: &Desk<'_>, new: &New) -> anyhow::Result<Role> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    if !(2..=64).contains(&new.username.len()) || !new.username.chars().all(is_plain) {
        bail!("a username is 2 to 64 of a-z, 0-9, '.', '-', '_'");
    }
    let roles = desk.store.roles().list().await?;
    let Some(role) = roles.iter().find(|role| role.code == new.role) else {
        let known: Vec<&str> = roles.iter().map(|role| role.code.as_str()).collect();
        bail!("--role {}: expected one of {}", new.role, known.join(", "));
    };
    if desk.store.accounts().lookup_by_username(&new.username).await?.is_some() {
        bail!("there is an account {} already 已有此账号", new.username);
    }
    Ok(role.clone())
}

async fn profile(desk: &Desk<'_>, new: &New, counselor: CounselorId) -> anyhow::Result<Profile> {
    let known = desk.store.skills().list().await?;
    let mut skills: Vec<(SkillId, u8)> = Vec::new();
    for wanted in &new.skills {
        let (code, level) = wanted.split_once('=').unwrap_or((wanted, "3"));
        let skill = known.iter().find(|skill| skill.code == code).with_context(|| {
            let codes: Vec<&str> = known.iter().map(|skill| skill.code.as_str()).collect();
            format!("--skill {code}: expected one of {}; see admin add-skill", codes.join(", "))
        })?;
        let level: u8 =
            level.parse().ok().filter(|level| (1..=5).contains(level)).with_context(|| {
                format!("--skill {wanted}: expected a proficiency of 1 to 5 after '='")
            })?;
        skills.push((skill.skill, level));
    }
    skills.sort_unstable();
    skills.dedup_by_key(|(skill, _)| *skill);
    Ok(Profile { counselor, skills, takes_voice: true, chats_max: new.chats })
}

pub(super) async fn reset_password(
    desk: &Desk<'_>,
    username: &str,
    from_stdin: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let known = existing(desk, username).await?;
    let hash = new_password(desk, from_stdin, out)?;
    let act = desk.act("password_reset", &known.account.to_string());
    desk.store.accounts().set_password(known.account, &hash, act).await?;
    desk.store.accounts().clear_failures(known.account).await?;
    desk.store.sign_ins().revoke_all_of(known.account, desk.at).await?;
    Ok(writeln!(out, "account {username}: new password, sessions ended 口令已更换，会话已结束")?)
}

pub(super) async fn renew_totp(
    desk: &Desk<'_>,
    username: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let known = existing(desk, username).await?;
    let secret = totp::secret();
    let act = desk.act("totp_renewed", &known.account.to_string());
    desk.store.accounts().set_totp(known.account, Some(&secret), act).await?;
    writeln!(out, "account {username}: new second factor 新的第二因素")?;
    say_totp(&secret, username, out)
}

pub(super) async fn set_disabled(
    desk: &Desk<'_>,
    username: &str,
    disabled: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let known = existing(desk, username).await?;
    let (act, said) = if disabled {
        ("account_disabled", "closed, sessions ended 已停用，会话已结束")
    } else {
        ("account_enabled", "open 已启用")
    };
    let act = desk.act(act, &known.account.to_string());
    desk.store.accounts().set_disabled(known.account, disabled, act).await?;
    if disabled {
        desk.store.sign_ins().revoke_all_of(known.account, desk.at).await?;
    }
    Ok(writeln!(out, "account {username}: {said}")?)
}

pub(super) async fn list(desk: &Desk<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    for account in desk.store.accounts().list().await? {
        let factor = if account.totp_secret.is_some() { "two factors" } else { "password" };
        let open = if account.disabled { "closed" } else { "open" };
        let demo = if account.demo { ", demo" } else { "" };
        writeln!(out, "{}\t{}\t{open}, {factor}{demo}", account.username, account.role)?;
    }
    Ok(())
}

async fn existing(desk: &Desk<'_>, username: &str) -> anyhow::Result<Account> {
    let found = desk.store.accounts().lookup_by_username(username).await?;
    found.with_context(|| format!("there is no account {username} 没有此账号"))
}

/// The hash of a password from standard input, or of one that is made and printed once.
fn new_password(
    desk: &Desk<'_>,
    from_stdin: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Pii<String>> {
    let password = if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("read the password")?;
        Pii::new(line.trim_end_matches(['\n', '\r']).to_owned())
    } else {
        let made: String = dice::token().chars().take(PASSWORD_CHARS).collect();
        writeln!(out, "password 口令（只显示这一次 shown this once）: {made}")?;
        Pii::new(made)
    };
    let chars = password.reveal(Purpose::Verify).chars().count();
    let least = desk.config.accounts.password_chars_min;
    if chars < least {
        bail!("the password has {chars} characters, accounts.password_chars_min is {least}");
    }
    Ok(password::hash(&password, desk.cost)?)
}

fn say_totp(secret: &Pii<Vec<u8>>, username: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let uri = totp::enrolment_uri(secret, username);
    let uri = uri.reveal(Purpose::Deliver);
    Ok(writeln!(out, "second factor 第二因素（用验证器扫码或录入 for an authenticator）: {uri}")?)
}
