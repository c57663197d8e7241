//! Which room may name which: the direction law.
//!
//! `ids clock dice veil` ← `switchboard` ← the adapters ← `app` ← `cli`. The doors
//! (`lobby`, `desk`, `office`, `web`) never name each other; what they share stands below them.

use super::{Complaint, Source};

const GROUND: [&str; 5] = ["clock", "dice", "ids", "seal", "veil"];

/// Every room and what it may name beside the ground.
const ROOMS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("dice", &[]),
    ("ids", &[]),
    ("veil", &[]),
    ("seal", &[]),
    ("switchboard", &[]),
    // Its rules are the machine's own.
    ("config", &["switchboard"]),
    ("meter", &["config"]),
    ("store", &["switchboard", "config"]),
    // Below the doors: what they share.
    ("live", &["switchboard", "store", "config", "meter"]),
    ("door", &["live", "config", "meter"]),
    ("accounts", &["switchboard", "store", "config", "door", "live", "meter"]),
    // Below the doors of voice: legs, prompts, who hears whom.
    ("media", &["live", "config", "meter"]),
    // The doors.
    ("sip", &["switchboard", "store", "config", "live", "media", "meter"]),
    ("rtc", &["switchboard", "store", "config", "live", "media", "meter"]),
    ("lobby", &["switchboard", "store", "config", "live", "door", "meter"]),
    ("desk", &["switchboard", "store", "config", "live", "door", "accounts", "meter"]),
    ("office", &["switchboard", "store", "config", "live", "door", "accounts", "meter"]),
    ("web", &["switchboard", "store", "config", "live", "door", "accounts", "meter"]),
    // The other end of the wire: only what goes over it.
    ("wire_client", &["lobby", "desk"]),
    ("simulate", &["wire_client"]),
    (
        "app",
        &[
            "switchboard",
            "config",
            "meter",
            "store",
            "live",
            "door",
            "accounts",
            "lobby",
            "desk",
            "office",
            "web",
            "media",
            "sip",
            "rtc",
        ],
    ),
    (
        "bench",
        &[
            "switchboard",
            "config",
            "meter",
            "store",
            "live",
            "door",
            "accounts",
            "lobby",
            "desk",
            "office",
            "web",
            "app",
            "wire_client",
            "simulate",
            "media",
            "sip",
            "rtc",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "web",
            "office",
            "door",
            "config",
            "meter",
            "store",
            "bench",
            "simulate",
            "switchboard",
            "accounts",
            "media",
        ],
    ),
    ("main", &["cli"]),
];

/// A crate that only some rooms may name, and why.
const KEPT: [(&str, &[&str], &str); 8] = [
    ("sqlx", &["store"], "only the store names sqlx; ask it"),
    ("clap", &["cli", "main", "simulate", "bench"], "only the command line names clap"),
    (
        "anyhow",
        &["main", "cli", "app", "bench", "simulate"],
        "one thiserror enum per room; anyhow only above",
    ),
    ("metrics_exporter_prometheus", &["meter", "app", "web"], "meter owns the recorder"),
    ("getrandom", &["dice"], "only the dice are random"),
    ("rand", &[], "only the dice are random"),
    ("rsipstack", &["sip"], "only sip names its stack"),
    ("mio", &["media", "bench"], "only media polls sockets by hand"),
];

/// What would make the machine in the middle depend on the world.
const WORLDLY: [&str; 11] = [
    "async ",
    ".await",
    "tokio",
    "std::time",
    "std::fs",
    "std::net",
    "std::thread",
    "std::env",
    "Mutex",
    "getrandom",
    "tracing",
];

pub fn directions_hold(source: &Source) -> Vec<Complaint> {
    let Some(room) = source.room().filter(|room| *room != "lib" && source.is_production()) else {
        return Vec::new();
    };
    let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        let what = "has no place in the law, add it to ROOMS in tests/tidy/rooms.rs";
        return vec![format!("{}: the room {room} {what}", source.at(0))];
    };
    let mut complaints = Vec::new();
    for (line, code) in source.shipped().lines().enumerate() {
        for named in named_rooms(code) {
            let known = ROOMS.iter().any(|(name, _)| *name == named);
            let allowed = named == room || GROUND.contains(&&*named) || may.contains(&&*named);
            if known && !allowed {
                complaints.push(format!(
                    "{}: {room} names {named}, which is beside or above it; pass it in from app",
                    source.at(line)
                ));
            }
        }
    }
    complaints
}

/// `crate::a::…` and `crate::{a, b::c}`, on one line as rustfmt leaves them.
fn named_rooms(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let group = rest.strip_prefix('{').map(|group| group.split(','));
        for part in group.map_or_else(|| vec![rest], Iterator::collect) {
            named.push(
                part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect(),
            );
        }
    }
    named
}

pub fn crates_stay_in_their_rooms(source: &Source) -> Vec<Complaint> {
    let Some(room) = source.room().filter(|_| source.is_production()) else { return Vec::new() };
    let mut complaints = Vec::new();
    for (name, rooms, why) in KEPT.iter().filter(|(_, rooms, _)| !rooms.contains(&room)) {
        for (line, code) in source.shipped().lines().enumerate() {
            if is_word(code, &format!("{name}::")) {
                complaints.push(format!(
                    "{}: {room} names {name}: {why} ({})",
                    source.at(line),
                    rooms.join(", ")
                ));
            }
        }
    }
    complaints
}

pub fn the_switchboard_is_pure(source: &Source) -> Vec<Complaint> {
    if source.room() != Some("switchboard") {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (line, code) in source.shipped().lines().enumerate() {
        for worldly in WORLDLY.iter().filter(|worldly| is_word(code, worldly)) {
            let what = "the switchboard is pure, take it as an input or give it as an effect";
            complaints.push(format!("{}: {}: {what}", source.at(line), worldly.trim()));
        }
    }
    complaints
}

/// Whether `text` stands in `code` and is not the end of a longer word.
fn is_word(code: &str, text: &str) -> bool {
    code.match_indices(text).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn a_door_that_names_another_door_is_refused() {
    let source = Source::new("src/lobby/a.rs", "//! A.\nuse crate::{ids::X, desk::Frame};\n");
    let expected =
        "src/lobby/a.rs:2: lobby names desk, which is beside or above it; pass it in from app";
    assert_eq!(directions_hold(&source), [expected]);
}

#[test]
fn a_new_room_has_to_find_its_place_in_the_law() {
    let complaints = directions_hold(&Source::new("src/attic.rs", "//! A.\n"));
    assert!(complaints[0].contains("the room attic has no place in the law"));
}

#[test]
fn only_the_store_speaks_sql() {
    let sqlx = "//! A.\nuse sqlx::Any;\n";
    assert!(
        crates_stay_in_their_rooms(&Source::new("src/web/a.rs", sqlx))[0]
            .contains("only the store")
    );
    assert!(crates_stay_in_their_rooms(&Source::new("src/store/a.rs", sqlx)).is_empty());
}

#[test]
fn a_switchboard_that_looks_at_the_world_is_refused() {
    let worldly =
        Source::new("src/switchboard/a.rs", "//! A.\nuse std::time::Instant;\nasync fn f() {}\n");
    assert_eq!(the_switchboard_is_pure(&worldly).len(), 2);
    let pure = Source::new(
        "src/switchboard/a.rs",
        "//! No tokio.\n#[cfg(test)]\nmod tests {\nuse std::env;}\n",
    );
    assert!(the_switchboard_is_pure(&pure).is_empty());
}
