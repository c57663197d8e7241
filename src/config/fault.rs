//! What can be wrong with a setting, and how a section says so.
//!
//! A section knows only its own key and what it expects; where the value came
//! from (file and line, variable, flag) is added by [`super::source`]. Found
//! values are printed for numbers only: a URL may carry a password.

use std::fmt::Display;
use std::ops::RangeInclusive;

/// A key whose value is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key within its section.
    pub key: &'static str,
    /// What was expected, with units; and what was found, if that is harmless.
    pub complaint: String,
}

/// One section of the configuration.
pub trait Section {
    /// Its name in the file: `[name]`.
    const NAME: &'static str;

    /// Checks what a type alone cannot: ranges, and keys that depend on one another.
    fn validate(&self) -> Result<(), Fault>;
}

/// A complaint about `key`.
pub fn fault(key: &'static str, complaint: impl Into<String>) -> Fault {
    Fault { key, complaint: complaint.into() }
}

/// Refuses a number outside `range`.
pub fn within<N: Copy + PartialOrd + Display>(
    key: &'static str,
    found: N,
    range: RangeInclusive<N>,
) -> Result<(), Fault> {
    if range.contains(&found) {
        return Ok(());
    }
    let (low, high) = range.into_inner();
    Err(fault(key, format!("expected {low} to {high}, found {found}")))
}

/// Refuses a text that is not an origin: `scheme://host[:port]` and nothing after it.
pub fn origin(key: &'static str, text: &str) -> Result<(), Fault> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', ';', '"', '\'']) => {
            Ok(())
        }
        _ => Err(fault(key, "expected an origin such as \"https://xinqiao.example.cn\", no path")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_range_says_the_range_and_what_was_found() {
        assert_eq!(within("n", 5, 1..=9), Ok(()));
        assert_eq!(within("n", 0, 1..=9), Err(fault("n", "expected 1 to 9, found 0")));
    }

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_no_path() {
        assert_eq!(origin("o", "https://school.example:8443"), Ok(()));
        for wrong in ["school.example", "https://", "https://a/b", "https://a; script-src *"] {
            assert!(origin("o", wrong).is_err(), "{wrong}");
        }
    }
}
