//! Names of functions say what happens; names of tests are sentences.

use super::sizes::functions;
use super::words::identifiers;
use super::{Complaint, Source};

/// Beginnings of names that say nothing, and what does. (`get_mut` is the language's own.)
const EMPTY: [(&str, &str); 2] = [
    ("get_", "the noun alone, or lookup_ when it may be absent"),
    ("process_", "handle_, or the verb of the trade"),
];

pub fn functions_and_tests_are_named_well(source: &Source) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let lines: Vec<&str> = source.code.lines().collect();
    for function in functions(source) {
        for (empty, instead) in EMPTY
            .iter()
            .filter(|(empty, _)| function.name.starts_with(empty) && function.name != "get_mut")
        {
            let name = &function.name;
            complaints.push(format!(
                "{}: fn {name} begins with {empty}, use {instead}",
                source.at(function.line)
            ));
        }
        let above =
            lines[..function.line].iter().rev().take_while(|line| line.trim().starts_with("#["));
        let is_test = above.clone().any(|line| identifiers(line).any(|word| word == "test"));
        if is_test && function.name.matches('_').count() < 2 && function.name != "tidy" {
            let name = &function.name;
            complaints.push(format!(
                "{}: test {name} is no sentence, say what holds",
                source.at(function.line)
            ));
        }
    }
    complaints
}

#[test]
fn empty_names_are_refused() {
    let complaints = functions_and_tests_are_named_well(&Source::new(
        "src/a.rs",
        "//! A.\npub fn get_line() {}\n",
    ));
    let expected = "src/a.rs:2: fn get_line begins with get_, use the noun alone, or lookup_ when it may be absent";
    assert_eq!(complaints, [expected]);
}

#[test]
fn a_test_whose_name_is_no_sentence_is_refused() {
    let named = |name: &str| {
        let text = format!("//! A.\n#[tokio::test]\nasync fn {name}() {{}}\n");
        functions_and_tests_are_named_well(&Source::new("tests/a.rs", &text)).len()
    };
    assert_eq!(named("works"), 1);
    assert_eq!(named("an_offer_returns_to_the_head"), 0);
}
