//! How long a file and a function may be.
//!
//! A ratchet: what is long and stands in [`PATIENCE`] may stay as long as it is, and no
//! longer; the small may not quietly grow past the limit. Rules that are strict with the
//! small and patient with the big get kept.

use super::{Complaint, Source};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const COMPONENT_LINES_MAX: usize = 200;

/// What may stay for now: `path` or `path fn`, and its lines today. To be emptied.
const PATIENCE: [(&str, usize); 0] = [];

/// A function and its lines, from `fn` to the closing brace.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

pub fn file_is_short(source: &Source) -> Vec<Complaint> {
    let max = match source.path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("svelte") => COMPONENT_LINES_MAX,
        Some("rs" | "ts" | "mjs" | "css" | "sql") => FILE_LINES_MAX,
        _ => return Vec::new(),
    };
    let lines = source.text.lines().count();
    refuse(source, &source.path, 0, lines, max).into_iter().collect()
}

pub fn functions_are_short(source: &Source) -> Vec<Complaint> {
    let long = functions(source).into_iter().filter_map(|function| {
        let name = format!("{} {}", source.path, function.name);
        refuse(source, &name, function.line, function.lines, FUNCTION_LINES_MAX)
    });
    long.collect()
}

fn refuse(source: &Source, name: &str, line: usize, lines: usize, max: usize) -> Option<Complaint> {
    let patience = PATIENCE.iter().find(|(known, _)| *known == name).map(|(_, lines)| *lines);
    let max = patience.unwrap_or(max);
    (lines > max).then(|| {
        format!(
            "{}: {name} has {lines} lines, at most {max}; split it by what it does",
            source.at(line)
        )
    })
}

/// Every function with a body.
pub fn functions(source: &Source) -> Vec<Function> {
    if !source.is_rust() {
        return Vec::new();
    }
    let code = &source.code;
    let mut found = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        let before = code[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[start + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if let Some(length) = body_end(rest).filter(|_| !name.is_empty()) {
            let line = code[..start].matches('\n').count();
            let lines = rest[..length].matches('\n').count() + 1;
            found.push(Function { name, line, lines });
        }
    }
    found
}

/// Where the body that begins after this signature ends; None for a signature alone.
fn body_end(rest: &str) -> Option<usize> {
    let mut depth = 0;
    let mut brackets = 0;
    for (at, char) in rest.char_indices() {
        match char {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ';' if depth == 0 && brackets == 0 => return None,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The sizes of the house, for whoever runs with `--nocapture`.
pub fn print(sources: &[Source]) {
    let rust = || sources.iter().filter(|source| source.is_rust());
    let files = rust().filter(|source| source.is_production());
    let shipped = files.clone().flat_map(|source| {
        let tests_from = source.shipped().matches('\n').count();
        functions(source).into_iter().filter(move |function| function.line < tests_from.max(1))
    });
    say("src files", files.map(|source| source.text.lines().count()).collect());
    say("src functions", shipped.map(|function| function.lines).collect());
    let suites = rust().filter(|source| source.path.starts_with("tests/"));
    say("test files", suites.map(|source| source.text.lines().count()).collect());
    let of = |kind: &'static str| {
        let ours = sources.iter().filter(|source| source.path.starts_with("web-console/src/"));
        ours.filter(move |source| source.path.ends_with(kind))
            .map(|source| source.text.lines().count())
            .collect::<Vec<_>>()
    };
    say("svelte components", of(".svelte"));
    say("typescript files", of(".ts"));
}

fn say(what: &str, mut lines: Vec<usize>) {
    lines.sort_unstable();
    let at = |share: usize| lines.get(lines.len() * share / 100).copied().unwrap_or(0);
    let most = lines.last().copied().unwrap_or(0);
    let total: usize = lines.iter().sum();
    println!(
        "{what}: {} with {total} lines; median {}, p90 {}, longest {most}",
        lines.len(),
        at(50),
        at(90)
    );
}

#[test]
fn a_long_function_is_refused_and_a_short_one_is_not() {
    let body = "    f();\n".repeat(69);
    let long =
        Source::new("src/a.rs", &format!("//! A.\nfn long() {{\n{body}}}\nfn short() {{}}\n"));
    let expected = "src/a.rs:2: src/a.rs long has 71 lines, at most 70; split it by what it does";
    assert_eq!(functions_are_short(&long), [expected]);
}

#[test]
fn signatures_pointers_and_closures_are_no_functions() {
    let source =
        Source::new("src/a.rs", "trait T { fn a(&self) -> [u8; 2]; }\ntype F = fn (u8);\n");
    assert_eq!(functions(&source).len(), 0);
}

#[test]
fn a_long_file_is_refused() {
    let long = Source::new("web-console/src/ui/A.svelte", &"<p/>\n".repeat(201));
    assert!(file_is_short(&long)[0].contains("201 lines, at most 200"));
    assert!(file_is_short(&Source::new("Cargo.lock", &"\n".repeat(9_999))).is_empty());
}
