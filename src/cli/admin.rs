//! `xinqiao admin`: accounts, skills and lines, from a shell on the server.
//!
//! For the first night, before anybody can sign in, and for the day nobody can.
//! Every act is in the journal. One process owns a database: stop the server
//! first; it brings what was saved to the switchboard when it starts again.
//! Passwords are made here and printed once, or read from standard input; never
//! from the command line, whose history would keep them.

mod account;
mod line_file;

use super::Given;
use crate::app::build::{password_cost, store_settings};
use crate::clock::{At, Clock};
use crate::door::FieldFault;
use crate::office::frame::SkillForm;
use crate::office::skill;
use crate::store::{Act, Store};
use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// What to administer, and where the database is.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Add an account; prints its password and, where its role needs one, its second factor
    AddAccount(account::New),
    /// Give an account a new password and end its sessions
    ResetPassword {
        /// As it signs in
        username: String,
        /// Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give an account a new second factor; prints what its owner scans
    ResetOtp {
        /// As it signs in
        username: String,
    },
    /// Close an account and end its sessions
    Disable {
        /// As it signs in
        username: String,
    },
    /// Open a closed account again
    Enable {
        /// As it signs in
        username: String,
    },
    /// List the accounts
    List,
    /// Add a skill that lines may ask for and counselors may have
    AddSkill {
        /// For files and flags: `adolescents`
        code: String,
        /// For screens in Chinese
        name_zh: String,
        /// For screens in English
        name_en: String,
    },
    /// Save lines from files such as config/lines/12355.toml
    SaveLine {
        /// One file a line
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Does it; true when it is done.
///
/// # Errors
///
/// The configuration, the store, or what was asked makes no sense; each names itself.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let ignored = Arc::new(|_| ());
        let store = Store::open(&store_settings(&config), ignored).await?;
        let at = Clock::system().now();
        let desk = Desk { store: &store, at, cost: password_cost(&config), config: &config };
        let done = carry_out(&desk, &options.deed, out).await;
        store.close().await;
        done.map(|()| true)
    })
}

/// What every deed needs.
struct Desk<'a> {
    store: &'a Store,
    at: At,
    cost: crate::accounts::PasswordCost,
    config: &'a crate::config::Config,
}

impl Desk<'_> {
    /// The journal's entry of a deed done to the thing with this id.
    fn act(&self, act: &str, of: &str) -> Act {
        Act::new(self.at, act, of, "shell")
    }
}

/// All faults of a form, one a line.
fn told(faults: &[FieldFault]) -> anyhow::Error {
    let lines = faults
        .iter()
        .map(|fault| format!("{}: {} {}", fault.field, fault.message, fault.message_zh));
    anyhow!(lines.collect::<Vec<_>>().join("\n"))
}

async fn carry_out(desk: &Desk<'_>, deed: &Deed, out: &mut dyn Write) -> anyhow::Result<()> {
    match deed {
        Deed::AddAccount(new) => account::add(desk, new, out).await,
        Deed::ResetPassword { username, password_stdin } => {
            account::reset_password(desk, username, *password_stdin, out).await
        }
        Deed::ResetOtp { username } => account::renew_totp(desk, username, out).await,
        Deed::Disable { username } => account::set_disabled(desk, username, true, out).await,
        Deed::Enable { username } => account::set_disabled(desk, username, false, out).await,
        Deed::List => account::list(desk, out).await,
        Deed::AddSkill { code, name_zh, name_en } => {
            let known = desk.store.skills().list().await?;
            if known.iter().any(|skill| skill.code == *code) {
                bail!("there is a skill {code} already 已有此技能");
            }
            let form = SkillForm { name: name_zh.clone(), name_en: name_en.clone() };
            skill::judge(code, &form, &known).map_err(|faults| told(&faults))?;
            let act = desk.act("skill_added", code);
            desk.store.skills().add(code, name_zh, name_en, act).await?;
            Ok(writeln!(out, "skill {code} added 已添加")?)
        }
        Deed::SaveLine { files } => {
            for file in files {
                let code = line_file::save(desk, file)
                    .await
                    .with_context(|| format!("{}: not saved 未保存", file.display()))?;
                writeln!(out, "line {code} saved 已保存")?;
            }
            Ok(())
        }
    }
}
