//! The tree speaks of itself alone, and every file in it is used.

use super::words::identifiers;
use super::{Complaint, Source};

/// Paths of one machine.
const MACHINE_PATHS: [&str; 3] = ["/root/", "/home/", concat!("/wo", "rk/")];

/// Where lock files may say that a package comes from.
const ORIGINS: [&str; 2] = [
    concat!("registry+https://github.com/rust-lang/crates", ".io-index"),
    concat!("https://registry.npm", "js.org/"),
];

pub fn no_machine_is_named(source: &Source) -> Vec<Complaint> {
    if source.is_tidy() {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (line, text) in source.text.lines().enumerate() {
        for path in MACHINE_PATHS.iter().filter(|path| text.contains(*path)) {
            complaints.push(format!(
                "{}: {path} is a path of one machine, use one of the tree",
                source.at(line)
            ));
        }
        let origin = text
            .trim()
            .strip_prefix("source = \"")
            .or_else(|| text.trim().strip_prefix("\"resolved\": \""))
            .or_else(|| text.trim().strip_prefix("registry="));
        if origin.is_some_and(|origin| !ORIGINS.iter().any(|known| origin.starts_with(known))) {
            complaints.push(format!(
                "{}: a registry of one machine, use the public one",
                source.at(line)
            ));
        }
    }
    complaints
}

/// A Rust file that no `mod` names is compiled by nobody and judged by nobody.
pub fn every_file_is_declared(sources: &[Source]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| source.is_production()) {
        let Some((parent, name)) = parent_of(&source.path) else { continue };
        let declared = sources.iter().find(|other| other.path == parent).is_some_and(|other| {
            other.code.lines().any(|line| {
                line.trim()
                    .strip_suffix(';')
                    .and_then(|line| line.rsplit_once("mod "))
                    .map(|(_, name)| name)
                    == Some(name)
            })
        });
        if !declared {
            complaints.push(format!(
                "{}: nobody declares it, add `mod {name};` to {parent}",
                source.at(0)
            ));
        }
    }
    complaints
}

/// A dependency that nobody names is built, audited and updated for nothing.
pub fn every_dependency_is_named(sources: &[Source]) -> Vec<Complaint> {
    let Some(manifest) = sources.iter().find(|source| source.path == "Cargo.toml") else {
        return Vec::new();
    };
    let mut complaints = Vec::new();
    let mut section = "";
    for (line, text) in manifest.text.lines().enumerate() {
        section = text.strip_prefix('[').map_or(section, |header| header.trim_end_matches(']'));
        let Some((name, _)) = text.split_once(" = ").filter(|_| section.ends_with("dependencies"))
        else {
            continue;
        };
        let word = name.replace('-', "_");
        let names = |source: &&Source| {
            source.is_rust()
                && source.code.lines().any(|line| identifiers(line).any(|said| said == word))
        };
        if !sources.iter().any(|source| names(&source)) {
            complaints.push(format!("{}: nobody names {name}, take it out", manifest.at(line)));
        }
    }
    complaints
}

/// `src/a/b.rs` is declared as `b` in `src/a.rs`; `src/a.rs` as `a` in `src/lib.rs`.
fn parent_of(path: &str) -> Option<(String, &str)> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    match inside.rsplit_once('/') {
        _ if inside == "lib" || inside == "main" => None,
        Some((directory, name)) => Some((format!("src/{directory}.rs"), name)),
        None => Some(("src/lib.rs".to_owned(), inside)),
    }
}

#[test]
fn a_path_or_registry_of_one_machine_is_refused() {
    let named = |path: &str, text: &str| no_machine_is_named(&Source::new(path, text)).len();
    assert_eq!(named("Makefile", "cp /home/me/x .\n"), 1);
    assert_eq!(named("Cargo.lock", "source = \"registry+http://10.0.0.1/index\"\n"), 1);
    assert_eq!(
        named("web-console/package-lock.json", "  \"resolved\": \"http://mirror/x.tgz\",\n"),
        1
    );
    let resolved = format!("\"resolved\": \"{}x\"\n", ORIGINS[1]);
    assert_eq!(named("web-console/package-lock.json", &resolved), 0);
}

#[test]
fn a_file_that_nobody_declares_is_refused() {
    let file = |path: &str, text: &str| Source::new(path, text);
    let dead = [
        file("src/lib.rs", "//! L.\npub mod a;\n"),
        file("src/a.rs", "//! A.\n"),
        file("src/a/b.rs", "//! B.\n"),
    ];
    assert_eq!(
        every_file_is_declared(&dead),
        ["src/a/b.rs:1: nobody declares it, add `mod b;` to src/a.rs"]
    );
}

#[test]
fn a_dependency_that_nobody_names_is_refused() {
    let manifest = Source::new(
        "Cargo.toml",
        "[dependencies]\nbytes = \"1\"\nold-one = \"2\"\n[features]\nx = []\n",
    );
    let code = Source::new("src/a.rs", "//! A.\nuse bytes::Bytes;\n// old_one\n");
    assert_eq!(
        every_dependency_is_named(&[manifest, code]),
        ["Cargo.toml:3: nobody names old-one, take it out"]
    );
}
