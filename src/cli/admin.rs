//! `xinqiao admin`: accounts before there is anybody who could sign in.
//!
//! Works on the database itself, so the server must be stopped (SQLite) or will be fenced off
//! (PostgreSQL): the store refuses a second owner and says so.

use super::Given;
use crate::accounts::password::{self, PasswordCost};
use crate::accounts::totp;
use crate::clock::Clock;
use crate::config::Config;
use crate::dice;
use crate::ids::{AccountId, CounselorId};
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::store::{Act, Settings, Store};
use crate::switchboard::Profile;
use crate::veil::{Pii, Purpose};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use std::io::{BufRead, Write};
use std::sync::Arc;

/// What `admin` can be told.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    pub given: Given,
    #[command(subcommand)]
    pub command: Command,
}

/// The administrative acts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add an account; the password is read from standard input, or made and printed once
    AddAccount {
        /// Lower-case letters, digits, `.`, `-` and `_`
        username: String,
        /// counselor, supervisor, administrator or auditor
        #[arg(long)]
        role: String,
        /// What seekers and colleagues see; never a real name
        #[arg(long)]
        alias: String,
        /// Chats at once
        #[arg(long, default_value_t = 2)]
        chats: u8,
        /// Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a new password and end every session of the account
    ResetPassword {
        username: String,
        #[arg(long)]
        password_stdin: bool,
    },
    /// Make a new second factor and print what the authenticator app scans
    ResetOtp { username: String },
    /// Close an account: nobody signs in with it any more
    Disable { username: String },
    /// List accounts: name, role, second factor, state
    List,
}

/// Carries one act out. True when done.
///
/// # Errors
///
/// What was wrong with the words, or trouble of the store.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let settings = Settings {
            url: config.database.resolved_url().reveal().to_owned(),
            ..Settings::default()
        };
        let store = Store::open(&settings, Arc::new(|_| ())).await?;
        let done = act(&store, &config, &options.command, out).await;
        store.close().await;
        done
    })?;
    Ok(true)
}

async fn act(
    store: &Store,
    config: &Config,
    command: &Command,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match command {
        Command::AddAccount { username, role, alias, chats, password_stdin } => {
            let password = password_of(*password_stdin, out)?;
            let new = NewAccount { username, role, alias, chats: *chats, password };
            add(store, config, new, out).await
        }
        Command::ResetPassword { username, password_stdin } => {
            let account = find(store, username).await?;
            let hash = password::hash(&password_of(*password_stdin, out)?, cost(config))?;
            store
                .accounts()
                .set_password(account.account, &hash, journaled("reset_password", &account))
                .await?;
            store.sign_ins().revoke_all_of(account.account, Clock::system().now()).await?;
            Ok(writeln!(out, "{username}: new password set, all sessions ended")?)
        }
        Command::ResetOtp { username } => {
            let account = find(store, username).await?;
            let secret = totp::secret();
            store
                .accounts()
                .set_totp(account.account, Some(&secret), journaled("reset_otp", &account))
                .await?;
            print_otp(&secret, username, out)
        }
        Command::Disable { username } => {
            let account = find(store, username).await?;
            store
                .accounts()
                .set_disabled(account.account, true, journaled("disable", &account))
                .await?;
            store.sign_ins().revoke_all_of(account.account, Clock::system().now()).await?;
            Ok(writeln!(out, "{username}: closed")?)
        }
        Command::List => {
            for account in store.accounts().list().await? {
                let otp = if account.totp_secret.is_some() { "otp" } else { "-" };
                let state = if account.disabled { "closed" } else { "open" };
                writeln!(out, "{}\t{}\t{otp}\t{state}", account.username, account.role)?;
            }
            Ok(())
        }
    }
}

struct NewAccount<'a> {
    username: &'a str,
    role: &'a str,
    alias: &'a str,
    chats: u8,
    password: Pii<String>,
}

async fn add(
    store: &Store,
    config: &Config,
    new: NewAccount<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let NewAccount { username, role, alias, chats, password } = new;
    let is_plain = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-_".contains(letter)
    };
    if username.is_empty() || username.len() > 64 || !username.chars().all(is_plain) {
        bail!("username: expected 1 to 64 of a-z, 0-9, '.', '-', '_'");
    }
    let roles = store.roles().list().await?;
    let Some(role) = roles.iter().find(|known| known.code == role) else {
        let known: Vec<_> = roles.iter().map(|role| role.code.as_str()).collect();
        bail!("--role: expected one of {}", known.join(", "));
    };
    let at = Clock::system().now();
    let must_have_otp = config.accounts.otp_required_for.contains(&role.code);
    let account = Account {
        account: AccountId(dice::uuid(at)),
        username: username.to_owned(),
        display_alias: alias.to_owned(),
        password_hash: password::hash(&password, cost(config))?,
        totp_secret: must_have_otp.then(totp::secret),
        role: role.code.clone(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: false,
        created_at: at,
    };
    store
        .accounts()
        .add(&account, journaled("add_account", &account))
        .await
        .context("add the account")?;
    if role.allows("contacts.take") {
        let counselor = CounselorId::from(account.account);
        let profile =
            Profile { counselor, skills: Vec::new(), takes_voice: false, chats_max: chats };
        let record =
            CounselorRecord { alias: alias.to_owned(), profile, removed: false, saved_at: at };
        store.counselors().save(&record, journaled("add_counselor", &account)).await?;
    }
    writeln!(out, "{username}: added as {}", role.code)?;
    match &account.totp_secret {
        Some(secret) => print_otp(secret, username, out),
        None => Ok(()),
    }
}

async fn find(store: &Store, username: &str) -> anyhow::Result<Account> {
    let known = store.accounts().lookup_by_username(username).await?;
    known.with_context(|| format!("no account {username}"))
}

fn print_otp(secret: &Pii<Vec<u8>>, username: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let uri = totp::enrolment_uri(secret, username);
    writeln!(out, "one-time codes, shown once: {}", uri.reveal(Purpose::Deliver))?;
    Ok(())
}

/// From standard input, or 20 characters that are printed once.
fn password_of(from_stdin: bool, out: &mut dyn Write) -> anyhow::Result<Pii<String>> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("read the password")?;
        return Ok(Pii::new(line.trim_end_matches(['\n', '\r']).to_owned()));
    }
    let made: String = dice::token().chars().take(20).collect();
    writeln!(out, "password, shown once: {made}")?;
    Ok(Pii::new(made))
}

const fn cost(config: &Config) -> PasswordCost {
    PasswordCost {
        memory_kib: config.accounts.argon2_memory_kib,
        passes: config.accounts.argon2_iterations,
        lanes: config.accounts.argon2_parallelism,
    }
}

fn journaled(act: &str, account: &Account) -> Act {
    let body = serde_json::json!({"act": act, "account": account.account, "by": "command line"});
    Act { at: Clock::system().now(), body: body.to_string() }
}
