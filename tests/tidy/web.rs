//! `protocol ← wire ← model ← ui ← entries`: imports of the console run one way.
//!
//! Entries never import each other, so that the widget never carries the desk's code,
//! and models are free of any framework, so that they are tested without a page.

use super::{Complaint, Source};

const SRC: &str = "web-console/src/";

/// Lower rooms first; a room imports from itself and from those before it.
const LAYERS: [&str; 4] = ["protocol", "wire", "model", "ui"];
/// Texts and looks: whoever shows something.
const SHARED: [&str; 2] = ["i18n", "styles"];

pub fn imports_run_one_way(source: &Source) -> Vec<Complaint> {
    let Some(inside) = source.path.strip_prefix(SRC) else { return Vec::new() };
    let Some((directory, _)) = inside.rsplit_once('/') else { return Vec::new() };
    let room = directory.split('/').next().unwrap_or_default();
    let mut complaints = Vec::new();
    for (line, text) in source.text.lines().enumerate() {
        for specifier in specifiers(text) {
            let named = target(directory, specifier);
            if let Some(why) = named.as_deref().and_then(|named| refusal(room, named)) {
                complaints.push(format!("{}: {room} imports {specifier}: {why}", source.at(line)));
            }
            if specifier.starts_with("svelte") && LAYERS[..3].contains(&room) {
                complaints.push(format!(
                    "{}: {room} imports {specifier}: no framework below ui",
                    source.at(line)
                ));
            }
        }
    }
    complaints
}

fn refusal(room: &str, named: &str) -> Option<&'static str> {
    let layer = |name: &str| LAYERS.iter().position(|known| *known == name);
    if room == named || SHARED.contains(&named) {
        return None;
    }
    match (layer(room), layer(named)) {
        (None, Some(_)) => None,
        (Some(own), Some(other)) if other < own => None,
        (None, None) => Some("an entry never imports another, share it in ui or model"),
        (Some(_), _) => Some("imports run protocol ← wire ← model ← ui ← entries, turn it round"),
    }
}

/// What stands between quotes after `from` or `import`.
fn specifiers(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["from ", "import ", "import("] {
        for (at, _) in line.match_indices(word) {
            let rest = &line[at + word.len()..];
            let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c));
            found.extend(quote.and_then(|quote| rest[1..].split(quote).next()));
        }
    }
    found
}

/// The room under `src/` that a relative import leads to.
fn target(directory: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with('.') {
        return None;
    }
    let mut path: Vec<&str> = directory.split('/').collect();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(path.pop()),
            name => path.push(name),
        }
    }
    (path.len() > 1).then(|| path[0].to_owned())
}

#[test]
fn an_import_against_the_stream_is_refused() {
    let complaints = |path: &str, text: &str| imports_run_one_way(&Source::new(path, text));
    assert_eq!(
        complaints("web-console/src/wire/a.ts", "import { b } from '../model/b';\n"),
        [
            "web-console/src/wire/a.ts:1: wire imports ../model/b: imports run protocol ← wire ← model ← ui ← entries, turn it round"
        ]
    );
    assert_eq!(
        complaints("web-console/src/desk/A.svelte", "import B from '../widget/B.svelte';").len(),
        1
    );
    assert_eq!(complaints("web-console/src/model/a.ts", "import { tick } from 'svelte';").len(), 1);
    assert_eq!(
        complaints(
            "web-console/src/desk/a.ts",
            "import '../styles/a.css'; import('../ui/B.svelte')"
        )
        .len(),
        0
    );
    assert_eq!(
        complaints("web-console/src/ui/deep/a.ts", "import { m } from '../../model/m';").len(),
        0
    );
}
