//! Which fields a log line may show.
//!
//! An allow list, not a ban list: a field nobody thought about is veiled, also
//! when a library sends it (a database driver logs statements, an HTTP library
//! headers). Ids of people are opaque; times, sizes and counts name nobody.

/// Fields that are shown by name.
const SHOWN: [&str; 34] = [
    "account.id",
    "addr",
    "attempt",
    "cause",
    "channel",
    "code",
    "contact.id",
    "counselor.id",
    "demo",
    "engine",
    "error",
    "expected",
    "failures",
    "file",
    "found",
    "held",
    "key",
    "line.code",
    "line.id",
    "location",
    "message",
    "message.id",
    "method",
    "offer.id",
    "presence",
    "reason",
    "risk",
    "role",
    "route",
    "rows",
    "schema",
    "status",
    "thread",
    "version",
];

/// Endings of fields that hold a time, a size or a count: units last, as in all names of the house.
const UNITS: [&str; 9] = ["_ms", "_us", "_s", "_bytes", "_kib", "_mib", "_count", "_bp", "_seq"];

/// Whether the value of the field `name` may be printed.
#[must_use]
pub fn is_printable(name: &str) -> bool {
    SHOWN.contains(&name) || UNITS.iter().any(|unit| name.ends_with(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_measures_and_reasons_are_shown() {
        for name in ["contact.id", "wait_ms", "outbox_bytes", "reason", "message"] {
            assert!(is_printable(name), "{name}");
        }
    }

    #[test]
    fn what_nobody_thought_about_is_veiled() {
        for name in ["text", "db.statement", "phone", "token", "headers", "body", "username"] {
            assert!(!is_printable(name), "{name}");
        }
    }
}
