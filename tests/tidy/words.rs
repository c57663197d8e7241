//! One word for one thing, in code and in comments; and nothing half done.

use super::{Complaint, Source};

/// Where a word is refused.
#[derive(PartialEq)]
enum Where {
    /// As a part of any identifier, and in comments.
    Everywhere,
    /// As a part of an identifier.
    Identifiers,
    /// As a part of an identifier in the rooms where people reach out.
    NearSeekers,
}

/// A refused word, what to say instead, and identifiers in which it is somebody else's word.
struct Word(&'static str, Where, &'static str, &'static [&'static str]);

/// Grouped by reason.
const WORDS: [Word; 16] = [
    // The glossary: one word per thing.
    Word("counsellor", Where::Everywhere, "counselor", &[]),
    Word("counsellors", Where::Everywhere, "counselor", &[]),
    Word(
        "agent",
        Where::Identifiers,
        "counselor",
        &["user_agent", "USER_AGENT", "userAgent", "UserAgent", "with_user_agent"],
    ),
    Word("agents", Where::Identifiers, "counselor", &[]),
    Word("ticket", Where::NearSeekers, "contact", &[]),
    Word("patient", Where::Everywhere, "seeker", &[]),
    Word("patients", Where::Everywhere, "seeker", &[]),
    Word(
        "caller",
        Where::NearSeekers,
        "seeker (caller only for a telephone)",
        &["ToCaller", "tell_caller", "is_caller_seated", "CallerRecord"],
    ),
    // Words for people that mean anybody.
    Word(
        "user",
        Where::NearSeekers,
        "seeker (user only for an account)",
        &["user_agent", "USER_AGENT", "userAgent", "UserAgent"],
    ),
    Word("users", Where::NearSeekers, "seeker (user only for an account)", &[]),
    Word("customer", Where::Identifiers, "seeker", &[]),
    // Words that say nothing: name what it does.
    Word("manager", Where::Identifiers, "what it does", &[]),
    Word("helper", Where::Identifiers, "what it does", &[]),
    Word("helpers", Where::Identifiers, "what it does", &[]),
    Word(
        "util",
        Where::Identifiers,
        "what it does",
        &["hyper_util", "futures_util", "metrics_util", "http_body_util", "tower_util"],
    ),
    Word("utils", Where::Identifiers, "what it does", &[]),
];

/// Rooms where people reach out.
const NEAR_SEEKERS: [&str; 8] = [
    "src/switchboard",
    "src/store",
    "src/live",
    "src/lobby",
    "src/desk",
    "src/app",
    "tests/sim",
    "web-console/src/widget",
];

/// Files near seekers that are about a telephone: there a caller is a caller.
const TELEPHONE: [&str; 5] = [
    "src/app/legs.rs",
    "src/app/telephone.rs",
    "src/app/voice.rs",
    "src/live/voice.rs",
    "src/store/callers.rs",
];

/// What may not stay: written in halves so that no search finds it here.
const UNFINISHED: [(&str, &str); 13] = [
    ("todo!", "write it or leave it out"),
    ("unimplemented!", "write it or leave it out"),
    ("dbg!", "take it out"),
    ("#[ignore", "a test runs or is not there"),
    ("test.skip(", "a test runs or is not there"),
    ("test.only(", "all tests run"),
    ("test.fixme(", "a test runs or is not there"),
    ("describe.skip(", "a test runs or is not there"),
    ("describe.only(", "all tests run"),
    ("it.skip(", "a test runs or is not there"),
    ("it.only(", "all tests run"),
    ("console.log(", "take it out"),
    ("debugger;", "take it out"),
];

/// Promises in comments.
const PROMISES: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];

fn is_program(source: &Source) -> bool {
    let ours =
        [".rs", ".ts", ".svelte", ".mjs", ".sql"].iter().any(|kind| source.path.ends_with(kind));
    ours && !source.is_tidy()
}

pub fn first_line_says_what_it_owns(source: &Source) -> Vec<Complaint> {
    let said = source.text.starts_with("//! ") || source.text.starts_with("#!");
    if !source.is_rust() || said {
        return Vec::new();
    }
    vec![format!("{}: begins without //!, say what this file owns and what not", source.at(0))]
}

pub fn glossary_is_kept(source: &Source) -> Vec<Complaint> {
    if !is_program(source) {
        return Vec::new();
    }
    let near = NEAR_SEEKERS.iter().any(|room| source.path.starts_with(room))
        && !TELEPHONE.contains(&source.path.as_str());
    let mut complaints = Vec::new();
    for (line, (code, prose)) in source.code.lines().zip(source.prose.lines()).enumerate() {
        for Word(word, place, instead, unless) in &WORDS {
            let foreign = |identifier: &&str| unless.contains(identifier);
            let in_code = (near || *place != Where::NearSeekers)
                && identifiers(code)
                    .filter(|identifier| !foreign(identifier))
                    .any(|identifier| parts(identifier).any(|part| part == *word));
            let in_prose = *place == Where::Everywhere
                && identifiers(prose).any(|said| said.eq_ignore_ascii_case(word));
            if in_code || in_prose {
                complaints.push(format!("{}: {word}, use {instead}", source.at(line)));
            }
        }
    }
    complaints
}

/// The words of a line: runs of letters, digits and `_`.
pub fn identifiers(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// `seekerName_of` → `seeker`, `name`, `of`.
fn parts(identifier: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for char in identifier.chars() {
        if char == '_' || char.is_ascii_uppercase() && was_lower {
            words.push(String::new());
        }
        if char != '_'
            && let Some(word) = words.last_mut()
        {
            word.push(char.to_ascii_lowercase());
        }
        was_lower = char.is_ascii_lowercase();
    }
    words.into_iter().filter(|word| !word.is_empty())
}

pub fn nothing_is_unfinished(source: &Source) -> Vec<Complaint> {
    if !is_program(source) {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (line, (code, prose)) in source.code.lines().zip(source.prose.lines()).enumerate() {
        for (what, instead) in UNFINISHED.iter().filter(|(what, _)| code.contains(what)) {
            complaints.push(format!("{}: {what}, {instead}", source.at(line)));
        }
        for promise in
            PROMISES.iter().filter(|promise| identifiers(prose).any(|said| said == **promise))
        {
            complaints
                .push(format!("{}: {promise}, do it or write it as an issue", source.at(line)));
        }
    }
    complaints
}

#[test]
fn a_file_without_its_sentence_is_refused() {
    assert_eq!(first_line_says_what_it_owns(&Source::new("src/a.rs", "use b;\n")).len(), 1);
    assert!(first_line_says_what_it_owns(&Source::new("src/a.rs", "//! A.\n")).is_empty());
}

#[test]
fn a_word_outside_the_glossary_is_refused_and_the_right_one_is_named() {
    let complaints = |path: &str, text: &str| glossary_is_kept(&Source::new(path, text));
    assert_eq!(
        complaints("src/a.rs", "fn f(bestAgent: u8) {}"),
        ["src/a.rs:1: agent, use counselor"]
    );
    assert_eq!(
        complaints("src/a.rs", "// the counsellor\n"),
        ["src/a.rs:1: counsellor, use counselor"]
    );
    assert_eq!(complaints("src/lobby/a.rs", "let user = 1;").len(), 1);
    let fine = "use hyper_util::client; let username = USER_AGENT; // a user's agent\n";
    assert_eq!(complaints("src/web/a.rs", fine), [""; 0]);
    assert_eq!(complaints("src/lobby/a.rs", "let client_id = \"user\";"), [""; 0]);
}

#[test]
fn what_is_unfinished_is_refused_but_may_be_spoken_of() {
    let half = Source::new("src/a.rs", "fn f() { todo!() }\n// FIXME later\n");
    assert_eq!(nothing_is_unfinished(&half).len(), 2);
    let spoken = Source::new("src/a.rs", "let text = \"TODO todo!()\";\n");
    assert!(nothing_is_unfinished(&spoken).is_empty());
    let skipped = Source::new("web-console/e2e/a.spec.ts", "test.skip('x', () => {});\n");
    assert_eq!(nothing_is_unfinished(&skipped).len(), 1);
}
