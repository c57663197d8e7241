//! Where a setting comes from, and the message when it is wrong.
//!
//! The defaults are written out as a table, each source is laid over it, and
//! after each single change the whole is read again: so a complaint always
//! belongs to the one change that caused it. Complaints never print a value
//! they do not have to: `database.url` may carry a password.

use super::Config;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Variables begin with this; the section and the key are separated by two underscores.
const PREFIX: &str = "XINQIAO_";

/// What [`Config::load`] reads.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file of `--config`; without it the defaults stand.
    pub file: Option<PathBuf>,
    /// The environment, or a test's.
    pub environment: Vec<(String, String)>,
    /// The flags that were given.
    pub flags: Vec<Flag>,
}

/// A command line flag that sets one key.
#[derive(Clone, Debug)]
pub struct Flag {
    /// As it is typed: `--listen`.
    pub name: &'static str,
    /// What it sets: `("server", "listen")`.
    pub key: (&'static str, &'static str),
    /// The value.
    pub value: Value,
}

impl Sources {
    /// The process's environment, this file and these flags.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is where the environment enters")]
    pub fn of_process(file: Option<PathBuf>, flags: Vec<Flag>) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let environment = std::env::vars_os().filter_map(text).collect();
        Self { file, environment, flags }
    }
}

/// Why the configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}\n配置文件 {} 无法读取", .file.display(), .file.display())]
    Unreadable {
        /// The file of `--config`.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key or its value is wrong.
    #[error(
        "{place}: {key}: {complaint}\n配置有误：{place:#} 的 {key}；各键的含义、单位与默认值见 config/default.toml"
    )]
    Wrong {
        /// Where it is written.
        place: Place,
        /// `section.key`, as far as it is known.
        key: String,
        /// What was expected.
        complaint: String,
    },
}

/// Where a setting is written. `{}` prints it in English, `{:#}` in Chinese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file; line and column count from 1.
    File(PathBuf, usize, usize),
    /// In a variable of the environment.
    Variable(String),
    /// In a command line flag.
    Flag(&'static str),
    /// Nowhere: a default that does not fit another setting.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chinese = f.alternate();
        match self {
            Self::File(file, line, column) if chinese => {
                write!(f, "{} 第 {line} 行第 {column} 列", file.display())
            }
            Self::File(file, line, column) => write!(f, "{}:{line}:{column}", file.display()),
            Self::Variable(name) if chinese => write!(f, "环境变量 {name}"),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) if chinese => write!(f, "命令行参数 {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Default if chinese => f.write_str("默认值"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// See [`Config::load`].
pub(super) fn load(sources: &Sources) -> Result<Config, ConfigError> {
    let mut draft = Draft::default();
    if let Some(file) = &sources.file {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::Unreadable { file: file.clone(), source })?;
        draft.lay_file(file, text)?;
    }
    for (name, value) in &sources.environment {
        if let Some((section, key)) = variable_key(name) {
            draft.lay_variable(name, &section, &key, value)?;
        }
    }
    for flag in &sources.flags {
        let (section, key) = flag.key;
        draft.lay(Place::Flag(flag.name), section, key, flag.value.clone())?;
    }
    draft.finish()
}

/// The section and key that a variable names; `XINQIAO_CONFIG` and the like name none.
fn variable_key(name: &str) -> Option<(String, String)> {
    let (section, key) = name.strip_prefix(PREFIX)?.split_once("__")?;
    Some((section.to_ascii_lowercase(), key.to_ascii_lowercase()))
}

/// The configuration while it is being put together.
#[derive(Default)]
struct Draft {
    config: Config,
    /// The strongest place that set a key so far.
    places: Vec<(String, Place)>,
    text: Option<(PathBuf, String)>,
}

impl Draft {
    fn lay_file(&mut self, file: &Path, text: String) -> Result<(), ConfigError> {
        match toml::from_str(&text) {
            Ok(config) => {
                self.config = config;
                self.text = Some((file.to_owned(), text));
                Ok(())
            }
            Err(error) => {
                let span = error.span().unwrap_or_default();
                let (line, column) = line_and_column(&text, &span);
                Err(ConfigError::Wrong {
                    place: Place::File(file.to_owned(), line, column),
                    key: key_at(&text, line),
                    complaint: one_line(error.message()),
                })
            }
        }
    }

    fn lay_variable(
        &mut self,
        name: &str,
        section: &str,
        key: &str,
        text: &str,
    ) -> Result<(), ConfigError> {
        let place = Place::Variable(name.to_owned());
        let as_text = Value::String(text.to_owned());
        // `XINQIAO_CHAT__HEARTBEAT_S=20` is a number, `XINQIAO_LOG__FILTER=info` a text without quotes.
        let Ok(value) = format!("v = {text}").parse::<Table>().map(|mut table| table.remove("v"))
        else {
            return self.lay(place, section, key, as_text);
        };
        let as_value = value.unwrap_or_else(|| as_text.clone());
        let first = self.lay(place.clone(), section, key, as_value);
        first.or_else(|error| self.lay(place, section, key, as_text).map_err(|_| error))
    }

    /// Sets one key and reads the whole again.
    fn lay(
        &mut self,
        place: Place,
        section: &str,
        key: &str,
        value: Value,
    ) -> Result<(), ConfigError> {
        let name = format!("{section}.{key}");
        let wrong = |complaint: String| ConfigError::Wrong {
            place: place.clone(),
            key: name.clone(),
            complaint,
        };
        let mut table =
            Table::try_from(&self.config).map_err(|error| wrong(one_line(&error.to_string())))?;
        let sections = table.keys().map(|known| format!("`{known}`")).collect::<Vec<_>>();
        let Some(body) = table.get_mut(section).and_then(Value::as_table_mut) else {
            return Err(wrong(format!("unknown section, expected {}", sections.join(", "))));
        };
        body.insert(key.to_owned(), value);
        self.config =
            table.try_into().map_err(|error: toml::de::Error| wrong(one_line(error.message())))?;
        self.places.push((name, place));
        Ok(())
    }

    fn finish(self) -> Result<Config, ConfigError> {
        match self.config.first_fault() {
            Ok(()) => Ok(self.config),
            Err((section, fault)) => Err(ConfigError::Wrong {
                place: self.place_of(section, fault.key),
                key: format!("{section}.{}", fault.key),
                complaint: fault.complaint,
            }),
        }
    }

    fn place_of(&self, section: &str, key: &str) -> Place {
        let name = format!("{section}.{key}");
        if let Some((_, place)) = self.places.iter().rfind(|(set, _)| *set == name) {
            return place.clone();
        }
        let Some((file, text)) = &self.text else { return Place::Default };
        let found = (1..)
            .zip(text.lines())
            .find(|(number, line)| key_at(text, *number) == name && line.contains('='));
        match found {
            Some((number, line)) => {
                let after = line.split_once('=').map_or("", |(_, after)| after);
                let value = after.trim_start();
                let column = line.chars().count().saturating_sub(value.chars().count());
                Place::File(file.clone(), number, column.saturating_add(1))
            }
            None => Place::Default,
        }
    }
}

/// Line and column of the beginning of `span`, both from 1, the column in characters.
fn line_and_column(text: &str, span: &Range<usize>) -> (usize, usize) {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    let column = before.get(line_start..).map_or(0, |part| part.chars().count());
    (before.matches('\n').count().saturating_add(1), column.saturating_add(1))
}

/// `section.key` in force at `line`: the last key and the last header at or above it.
fn key_at(text: &str, line: usize) -> String {
    let mut section = "";
    let mut key = "";
    for text in text.lines().take(line) {
        let text = text.trim();
        if let Some(header) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && !header.contains(['"', ',', '['])
        {
            section = header.trim();
            key = "";
        } else if let Some((name, _)) = text.split_once('=')
            && !text.starts_with('#')
        {
            key = name.trim();
        }
    }
    match (section, key) {
        ("", key) => key.to_owned(),
        (section, "") => format!("[{section}]"),
        (section, key) => format!("{section}.{key}"),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn with_file(text: &str) -> (tempfile::NamedTempFile, Sources) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let sources = Sources { file: Some(file.path().to_owned()), ..Sources::default() };
        (file, sources)
    }

    fn complaint(text: &str) -> String {
        let (file, sources) = with_file(text);
        let message = Config::load(&sources).unwrap_err().to_string();
        message.replace(&*file.path().to_string_lossy(), "FILE")
    }

    fn environment(pairs: &[(&str, &str)]) -> Sources {
        let environment =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Sources { environment, ..Sources::default() }
    }

    #[test]
    fn without_a_source_the_defaults_stand() {
        assert_eq!(Config::load(&Sources::default()).unwrap(), Config::default());
    }

    #[test]
    fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
        let (_file, mut sources) = with_file(
            "[server]\nlisten = \"127.0.0.1:1\"\ndrain_ms = 1\nbacklog = 77\n[chat]\nheartbeat_s = 9",
        );
        sources.environment = environment(&[
            ("XINQIAO_SERVER__LISTEN", "127.0.0.1:2"),
            ("XINQIAO_SERVER__DRAIN_MS", "2"),
            ("XINQIAO_CONFIG", "not a key"),
            ("HOME", "/"),
        ])
        .environment;
        sources.flags = vec![Flag {
            name: "--listen",
            key: ("server", "listen"),
            value: Value::String("127.0.0.1:3".to_owned()),
        }];
        let config = Config::load(&sources).unwrap();
        assert_eq!(config.server.listen.port(), 3);
        assert_eq!(config.server.drain_ms, 2);
        assert_eq!(config.server.backlog, 77);
        assert_eq!(config.chat.heartbeat_s, 9);
        assert_eq!(config.database, Config::default().database);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_known_ones() {
        let message = complaint("# mine\n[chat]\nheartbeat = 20\n");
        assert!(message.starts_with("FILE:3:1: chat.heartbeat: unknown field"), "{message}");
        assert!(message.contains("`heartbeat_s`"), "{message}");
        assert!(message.contains("FILE 第 3 行第 1 列"), "{message}");
    }

    #[test]
    fn an_unknown_section_is_named_with_its_line() {
        let message = complaint("[chats]\nheartbeat_s = 20\n");
        assert!(message.starts_with("FILE:1:2: [chats]: unknown field `chats`"), "{message}");
    }

    #[test]
    fn a_value_of_the_wrong_type_says_which_was_expected() {
        let message = complaint("[chat]\n\nheartbeat_s = \"often\"\n");
        assert!(message.starts_with("FILE:3:15: chat.heartbeat_s: invalid type"), "{message}");
        assert!(message.contains("expected u64"), "{message}");
    }

    #[test]
    fn a_value_out_of_range_says_the_range_and_its_place() {
        let message = complaint("[log]\nfilter = \"info\"\n[chat]\n# why\nheartbeat_s = 900\n");
        let expected = "FILE:5:15: chat.heartbeat_s: expected 1 to 55, found 900\n";
        assert!(message.starts_with(expected), "{message}");
    }

    #[test]
    fn what_is_no_toml_is_refused_at_its_line() {
        let message = complaint("[chat]\nheartbeat_s 20\n");
        assert!(message.starts_with("FILE:2:"), "{message}");
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let unknown = Config::load(&environment(&[("XINQIAO_CHAT__HEART", "1")])).unwrap_err();
        let message = unknown.to_string();
        assert!(message.starts_with("environment XINQIAO_CHAT__HEART: chat.heart: unknown field"));
        let section = Config::load(&environment(&[("XINQIAO_CHATS__HEART", "1")])).unwrap_err();
        assert!(section.to_string().contains("unknown section, expected `accounts`"), "{section}");
        let wrong = Config::load(&environment(&[("XINQIAO_CHAT__HEARTBEAT_S", "99")])).unwrap_err();
        assert!(wrong.to_string().contains("expected 1 to 55, found 99"), "{wrong}");
    }

    #[test]
    fn a_variable_needs_no_quotes_and_takes_lists() {
        let config = Config::load(&environment(&[
            ("XINQIAO_LOG__FORMAT", "json"),
            ("XINQIAO_SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
            ("XINQIAO_DATABASE__URL", "sqlite:20261123"),
            ("XINQIAO_DATABASE__DATA_DIR", "2026"),
        ]))
        .unwrap();
        assert_eq!(config.log.format, super::super::Format::Json);
        assert_eq!(config.server.trusted_proxies.len(), 1);
        assert_eq!(config.database.data_dir, Path::new("2026"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let sources = Sources { file: Some("no/such.toml".into()), ..Sources::default() };
        let message = Config::load(&sources).unwrap_err().to_string();
        assert!(message.starts_with("no/such.toml: cannot be read: "), "{message}");
    }

    #[test]
    fn no_complaint_prints_a_database_password() {
        for text in [
            "[database]\nurl = \"mysql://me:geheim@host/x\"\n",
            "[database]\nurl = [\"postgres://me:geheim@host/x\"]\n",
            "[database]\nurl = \"postgres://me:geheim@host/x\"\nbatch_max = 0\n",
        ] {
            assert!(!complaint(text).contains("geheim"), "{text}");
        }
    }
}
