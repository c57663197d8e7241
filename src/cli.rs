//! The command line: what can be typed, and what a shell gets back.
//!
//! Owns arguments and exit codes; the bodies are their rooms'. Exit codes, for scripts:
//! 0 = done; 1 = ran, and something is not as it should be (a check failed, a seeker was
//! lost, a figure could not be made, the server could not start); 2 = the command or the
//! configuration was not understood, and nothing was done.

pub mod admin;
pub mod backup;
pub mod doctor;
pub mod migrate;
pub mod replay;
pub mod serve;

use crate::config::{Config, ConfigError, Flag, Sources};
use crate::{bench, simulate};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use toml::Value;

/// Something is not as it should be.
const TROUBLE: u8 = 1;
/// Not understood; clap uses the same.
const NOT_UNDERSTOOD: u8 = 2;

/// 心桥 (xinqiao): a call and chat switch for 24-hour psychological hotlines.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 done; 1 something is not as it should be; 2 not understood."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take contacts until SIGTERM
    Serve(serve::Options),
    /// Bring the database's schema up to date, without serving
    Migrate(migrate::Options),
    /// Accounts, skills and lines, from a shell on the server
    Admin(admin::Options),
    /// Check this machine, its configuration and its data before the first night
    Doctor(doctor::Options),
    /// Copy a SQLite database whole, also while it is served
    Backup(backup::Options),
    /// Put the journal through a fresh machine: does it decide the same?
    Replay(replay::Options),
    /// Send synthetic seekers, and counselors if asked, into a running server
    Simulate(simulate::Options),
    /// Measure; one JSON object a line
    Bench {
        /// Names or beginnings of names (`chat.`); all when none is given
        names: Vec<String>,
        /// Only list the names
        #[arg(long)]
        list: bool,
    },
    /// The smallest server, which `bench` measures as a neighbour
    #[command(hide = true)]
    BenchShape {
        /// Its database
        #[arg(long)]
        url: String,
    },
    /// The packet path alone, or a bare relay, which `bench` measures
    #[command(hide = true)]
    BenchMedia(bench::media::Shelf),
}

/// Where the configuration comes from; the same for every command that reads it.
#[derive(Clone, Debug, Default, Args)]
pub struct Given {
    /// The configuration file; every key is listed in config/default.toml
    #[arg(long, value_name = "FILE", env = "XINQIAO_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// The directory of everything the server writes [database.data_dir]
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Where to listen [server.listen]
    #[arg(long, value_name = "ADDR:PORT", global = true)]
    pub listen: Option<String>,
}

impl Given {
    /// Reads the configuration with these flags over everything else.
    ///
    /// # Errors
    ///
    /// What is wrong and where it is written.
    pub fn load(&self) -> Result<Config, ConfigError> {
        self.load_with(Vec::new())
    }

    /// The same with the flags of one command.
    ///
    /// # Errors
    ///
    /// As [`Given::load`].
    pub fn load_with(&self, mut flags: Vec<Flag>) -> Result<Config, ConfigError> {
        let mut set = |name, key, value: Option<String>| {
            flags.extend(value.map(|value| Flag { name, key, value: Value::String(value) }));
        };
        let data = self.data.as_ref().map(|data| data.to_string_lossy().into_owned());
        set("--data", ("database", "data_dir"), data);
        set("--listen", ("server", "listen"), self.listen.clone());
        Config::load(&Sources::of_process(self.config.clone(), flags))
    }
}

/// Runs the command that was typed.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Whatever this process writes (talks, copies of talks) is for its own account alone.
    umask(Mode::RWXG | Mode::RWXO);
    let mut out = std::io::stdout().lock();
    match carry_out(cli.command, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(TROUBLE),
        Err(error) => {
            let code = if error.is::<ConfigError>() { NOT_UNDERSTOOD } else { TROUBLE };
            // With standard error closed there is nobody left to tell.
            drop(writeln!(std::io::stderr(), "xinqiao: {error:#}"));
            ExitCode::from(code)
        }
    }
}

/// True when all is as it should be.
fn carry_out(command: Command, out: &mut dyn Write) -> anyhow::Result<bool> {
    match command {
        Command::BenchShape { url } => bench::shape::serve(&url, out).map(|()| true),
        Command::BenchMedia(shelf) => bench::media::serve(&shelf, out).map(|()| true),
        Command::Serve(options) => serve::run(&options, out),
        Command::Migrate(options) => migrate::run(&options, out),
        Command::Admin(options) => admin::run(&options, out),
        Command::Backup(options) => backup::run(&options, out),
        Command::Replay(options) => replay::run(&options, out),
        Command::Doctor(options) => doctor::run(&options, out),
        Command::Simulate(options) => simulate::run(&options, out),
        Command::Bench { names, list: false } => bench::run(&names, out),
        Command::Bench { list: true, .. } => {
            writeln!(out, "{}", bench::list().join("\n")).context("listing the measures")?;
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_address_names_its_flag() {
        let given = Given { listen: Some("here".to_owned()), ..Given::default() };
        let message = given.load().unwrap_err().to_string();
        assert!(
            message.starts_with("flag --listen: server.listen: expected ADDR:PORT"),
            "{message}"
        );
    }
}
