//! Accounts from a shell: added, closed, given a new password or second factor.

use super::Desk;
use crate::accounts::making::{self, Blank};
use crate::accounts::{password, totp};
use crate::ids::SkillId;
use crate::store::accounts::Account;
use crate::store::roles::Role;
use crate::veil::{Pii, Purpose};
use anyhow::{Context, bail};
use clap::Args;
use std::io::{BufRead, Write};

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
    #[arg(long, default_value_t = making::CHATS_AT_FIRST, value_parser = clap::value_parser!(u8).range(0..=20))]
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
    let hash = new_password(desk, new.password_stdin, out)?;
    let blank = Blank {
        username: &new.username,
        alias: &new.alias,
        role: &role,
        skills: skills(desk, new).await?,
        chats_max: new.chats,
        needs_second_factor: desk.config.accounts.otp_required_for.contains(&new.role),
        is_demo: false,
    };
    let made = making::add(desk.store, desk.at, blank, hash, "shell").await;
    let made = made.context("add the account")?;
    writeln!(out, "account {} ({}) added 已添加", new.username, new.role)?;
    if let Some(secret) = &made.secret {
        say_totp(secret, &new.username, out)?;
    }
    Ok(())
}

async fn check(desk: &Desk<'_>, new: &New) -> anyhow::Result<Role> {
    if !making::is_username(&new.username) {
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

async fn skills(desk: &Desk<'_>, new: &New) -> anyhow::Result<Vec<(SkillId, u8)>> {
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
    Ok(skills)
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
    let account = Account { disabled, ..existing(desk, username).await? };
    let (act, said) = if disabled {
        ("account_disabled", "closed, sessions ended 已停用，会话已结束")
    } else {
        ("account_enabled", "open 已启用")
    };
    let act = desk.act(act, &account.account.to_string());
    desk.store.accounts().edit(&account, None, act).await?;
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
        let made = making::password();
        let shown = made.reveal(Purpose::Deliver);
        writeln!(out, "password 口令（只显示这一次 shown this once）: {shown}")?;
        made
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
