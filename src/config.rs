//! The configuration: one section per room, each with its defaults, their units and why.
//!
//! Flags win over environment variables `XINQIAO_SECTION__KEY`, which win over
//! the file, which wins over the defaults. `config/default.toml` is a sheet of
//! every key with its default; nothing reads it at run time, and a test keeps
//! it equal to the code. A room receives its own section and never the rest.
//!
//! A wrong key or value is refused at start with one message that names the
//! place (file, line and column; variable; flag), the key and what was expected:
//! a hotline that half understood its configuration must not open.

pub mod accounts;
pub mod chat;
pub mod database;
pub mod demo;
pub mod fault;
pub mod limits;
pub mod lobby;
pub mod log;
pub mod media;
pub mod metrics;
pub mod network;
pub mod server;
pub mod sip;
pub mod source;
mod switchboard;

use crate::switchboard::Rules;
use fault::{Fault, Section};
use serde::{Deserialize, Serialize};

pub use accounts::Accounts;
pub use chat::Chat;
pub use database::{Database, DatabaseUrl};
pub use demo::Demo;
pub use limits::Limits;
pub use lobby::Lobby;
pub use log::{Format, Log};
pub use media::Media;
pub use metrics::Metrics;
pub use network::Network;
pub use server::Server;
pub use sip::{CallerHeader, Sip, TrunkSettings};
pub use source::{ConfigError, Flag, Sources};

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the house listens.
    pub server: Server,
    /// Where the truth is kept.
    pub database: Database,
    /// The rules of the machine in the middle.
    pub switchboard: Rules,
    /// What a socket may send and hold.
    pub chat: Chat,
    /// What a seeker may do when the talk is over.
    pub lobby: Lobby,
    /// How many may come in at once.
    pub limits: Limits,
    /// Passwords, second factors, sessions.
    pub accounts: Accounts,
    /// How the process speaks of itself.
    pub log: Log,
    /// Who may read the figures.
    pub metrics: Metrics,
    /// The telephone.
    pub sip: Sip,
    /// The packet path of voice.
    pub media: Media,
    /// A house to look around in.
    pub demo: Demo,
}

impl Config {
    /// Reads all sources, the stronger over the weaker, and checks the whole.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its place and what was expected.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        source::load(sources)
    }

    /// The first fault of any section, with the section's name.
    fn first_fault(&self) -> Result<(), (&'static str, Fault)> {
        fn check<S: Section>(section: &S) -> Result<(), (&'static str, Fault)> {
            section.validate().map_err(|fault| (S::NAME, fault))
        }
        check(&self.server)?;
        check(&self.database)?;
        check(&self.switchboard)?;
        check(&self.chat)?;
        check(&self.lobby)?;
        check(&self.limits)?;
        check(&self.accounts)?;
        check(&self.log)?;
        check(&self.metrics)?;
        check(&self.sip)?;
        check(&self.media)?;
        check(&self.demo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::Table;

    const SHEET: &str = include_str!("../config/default.toml");

    fn keys(table: &Table) -> Vec<String> {
        let mut keys = Vec::new();
        for (section, body) in table {
            for key in body.as_table().unwrap().keys() {
                keys.push(format!("{section}.{key}"));
            }
        }
        keys.sort();
        keys
    }

    #[test]
    fn the_sheet_of_defaults_says_what_the_code_does() {
        assert_eq!(toml::from_str::<Config>(SHEET).unwrap(), Config::default());
    }

    #[test]
    fn the_sheet_of_defaults_lists_every_key() {
        let sheet: Table = toml::from_str(SHEET).unwrap();
        assert_eq!(keys(&sheet), keys(&Table::try_from(Config::default()).unwrap()));
    }

    #[test]
    fn the_sheet_of_defaults_explains_every_key() {
        let mut before = "";
        for line in SHEET.lines() {
            if line.contains(" = ") && !line.starts_with('#') {
                assert!(
                    before.starts_with("# "),
                    "config/default.toml: {line} has no why above it"
                );
            }
            before = line;
        }
    }

    #[test]
    fn the_defaults_are_without_fault() {
        assert_eq!(Config::default().first_fault(), Ok(()));
    }
}
