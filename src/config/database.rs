//! `[database]`: where the truth is kept, and how long a write may take.

use super::fault::{Fault, Section, fault, within};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// Settings of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// The directory of everything this process writes. `--data` sets it.
    pub data_dir: PathBuf,
    /// `sqlite:FILE` (a relative FILE lies in `data_dir`) or `postgres://user:password@host/name`.
    pub url: DatabaseUrl,
    /// A write that is not on disk after this is given up and the server is no longer ready, ms.
    /// Above every stall that heals by itself: a vacuum, a backup, a locked file of 3 s.
    pub write_deadline_ms: u64,
    /// Messages and turns in one transaction at most: beyond it the first acks wait for the last.
    pub batch_max: usize,
    /// Messages and turns that wait for the writer at most; above it a sender hears `busy`.
    pub queue_max: usize,
    /// Connections for reading. Histories and screens; the writer has one of its own.
    pub read_connections_max: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            url: DatabaseUrl("sqlite:xinqiao.db".to_owned()),
            write_deadline_ms: 10_000,
            batch_max: 256,
            queue_max: 65_536,
            read_connections_max: 4,
        }
    }
}

impl Database {
    /// The URL with a relative SQLite file placed in the data directory.
    #[must_use]
    pub fn resolved_url(&self) -> DatabaseUrl {
        match self.url.sqlite_file() {
            Some(file) => {
                DatabaseUrl(format!("sqlite:{}", self.data_dir.join(file).to_string_lossy()))
            }
            None => self.url.clone(),
        }
    }
}

impl Section for Database {
    const NAME: &'static str = "database";

    fn validate(&self) -> Result<(), Fault> {
        let url = &self.url.0;
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let sqlite = self.url.sqlite_file().is_some_and(|file| !file.as_os_str().is_empty());
        if !postgres && !sqlite {
            return Err(fault(
                "url",
                "expected \"sqlite:FILE\" or \"postgres://user:password@host/name\"",
            ));
        }
        within("write_deadline_ms", self.write_deadline_ms, 100..=120_000)?;
        within("batch_max", self.batch_max, 1..=4_096)?;
        within("queue_max", self.queue_max, 256..=4_194_304)?;
        within("read_connections_max", self.read_connections_max, 1..=256)
    }
}

/// A database URL. It may carry a password, so it prints only which engine it names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// A URL as it is written.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole URL, for the store and nobody else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The file of a SQLite URL, as written (`sqlite:FILE` and `sqlite://FILE`), without options.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        let rest = self.0.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        Some(Path::new(rest.split_once('?').map_or(rest, |(file, _)| file)))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.split_once(':').map_or("", |(engine, _)| engine))?;
        f.write_str(":{veiled}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_sqlite_file_lies_in_the_data_directory() {
        let mut database = Database { data_dir: "/var/lib/x".into(), ..Database::default() };
        assert_eq!(database.resolved_url().reveal(), "sqlite:/var/lib/x/xinqiao.db");
        database.url = DatabaseUrl::new("sqlite:///srv/night.db?mode=rwc");
        assert_eq!(database.resolved_url().reveal(), "sqlite:/srv/night.db");
        database.url = DatabaseUrl::new("postgres://a:b@c/d");
        assert_eq!(database.resolved_url().reveal(), "postgres://a:b@c/d");
    }

    #[test]
    fn a_url_never_prints_its_password() {
        let printed = format!("{:?}", DatabaseUrl::new("postgres://a:secret@c/d"));
        assert_eq!(printed, "postgres:{veiled}");
    }

    #[test]
    fn another_engine_is_refused() {
        let database =
            Database { url: DatabaseUrl::new("mysql://x:geheim@y/z"), ..Database::default() };
        let fault = database.validate().unwrap_err();
        assert_eq!(fault.key, "url");
        assert!(!fault.complaint.contains("geheim"));
    }
}
