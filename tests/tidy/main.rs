//! The law of the house, read off the sources themselves.
//!
//! One test walks the tree once and hands each file to a row of small rules; each
//! rule has its own test beneath it with a sample of its complaint. A complaint is one
//! line that a tired person can act on: `path:line: what, use what`. No configuration
//! file, no plugin, no service: the law is code, run by the same command as all tests.
//!
//! The files of this suite are exempt from the rules about words: they hold the words.

#![cfg(test)]
#![expect(
    clippy::string_slice,
    reason = "cut where a search in the same string has found its mark"
)]

mod names;
mod places;
mod rooms;
mod sizes;
mod source;
mod web;
mod words;

use source::Source;

/// One line for a tired person.
pub type Complaint = String;

/// Every rule that looks at one file.
const RULES: [fn(&Source) -> Vec<Complaint>; 11] = [
    sizes::file_is_short,
    sizes::functions_are_short,
    rooms::directions_hold,
    rooms::crates_stay_in_their_rooms,
    rooms::the_switchboard_is_pure,
    words::first_line_says_what_it_owns,
    words::glossary_is_kept,
    words::nothing_is_unfinished,
    names::functions_and_tests_are_named_well,
    places::no_machine_is_named,
    web::imports_run_one_way,
];

#[test]
fn tidy() {
    let sources = Source::tree();
    assert!(sources.len() > 20, "the tree was not found");
    let mut complaints: Vec<Complaint> =
        sources.iter().flat_map(|source| RULES.iter().flat_map(|rule| rule(source))).collect();
    complaints.extend(places::every_file_is_declared(&sources));
    complaints.extend(places::every_dependency_is_named(&sources));
    sizes::print(&sources);
    assert!(complaints.is_empty(), "\n{}\n{} complaints", complaints.join("\n"), complaints.len());
}
