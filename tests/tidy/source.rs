//! One file of the tree, read once, and what in it is code, comment and text.

use std::fs;
use std::path::Path;

/// A file and its layers. All layers have the lines of the file, so that a line number holds in each.
pub struct Source {
    /// From the root of the tree, with `/`.
    pub path: String,
    pub text: String,
    /// Comments and the insides of strings blanked.
    pub code: String,
    /// Everything but comments blanked.
    pub prose: String,
}

/// What is not ours to judge: built, fetched, or running.
const FOREIGN: [&str; 7] =
    [".git", "target", "data", "node_modules", "dist", "test-results", "playwright-report"];

impl Source {
    /// Every text file under the root of the crate.
    pub fn tree() -> Vec<Self> {
        let mut sources = Vec::new();
        walk(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut sources);
        sources.sort_by(|one, other| one.path.cmp(&other.path));
        sources
    }

    /// A file as a rule's test writes it.
    pub fn new(path: &str, text: &str) -> Self {
        let (code, prose) = layers(text, Kind::of(path));
        Self { path: path.to_owned(), text: text.to_owned(), code, prose }
    }

    /// Rust of ours.
    pub fn is_rust(&self) -> bool {
        Kind::of(&self.path) == Kind::Rust
    }

    /// Rust that ships: without tests.
    pub fn is_production(&self) -> bool {
        self.is_rust() && self.path.starts_with("src/")
    }

    /// This suite, whose rules hold the very words they refuse.
    pub fn is_tidy(&self) -> bool {
        self.path.starts_with("tests/tidy/")
    }

    /// The code before the unit tests of the file.
    pub fn shipped(&self) -> &str {
        self.code.split("#[cfg(test)]\nmod ").next().unwrap_or_default()
    }

    /// `src/store/journal.rs` lives in the room `store`.
    pub fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split(['/', '.']).next()
    }

    /// `path:line`, for a complaint about the line (from 0) of any layer.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{}", self.path, line + 1)
    }
}

fn walk(root: &Path, inside: &str, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(root.join(inside)).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        let kind = entry.file_type().unwrap();
        if FOREIGN.contains(&&*name) {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, sources);
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            sources.push(Source::new(&path, &text));
        }
    }
}

/// How a language writes comments and strings.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Rust,
    Sql,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path.rsplit_once('.') {
            Some((_, "rs")) => Self::Rust,
            Some((_, "sql")) => Self::Sql,
            _ => Self::Other,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Layer {
    Code,
    LineComment,
    BlockComment(usize),
    /// A string that ends with this quote and so many `#`; `raw` has no escapes.
    Text {
        quote: char,
        hashes: usize,
        raw: bool,
    },
}

/// Splits a text into its code (strings emptied) and its comments.
fn layers(text: &str, kind: Kind) -> (String, String) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut prose) = (String::new(), String::new());
    let mut layer = Layer::Code;
    let mut index = 0;
    while index < chars.len() {
        let (length, next) = step(&chars, index, layer, kind);
        for &char in &chars[index..index + length] {
            let blank = if char == '\n' { '\n' } else { ' ' };
            let is_comment = |layer| matches!(layer, Layer::LineComment | Layer::BlockComment(_));
            let in_code = layer == Layer::Code && !is_comment(next)
                || matches!(layer, Layer::Text { .. }) && next == Layer::Code;
            code.push(if in_code { char } else { blank });
            prose.push(if is_comment(layer) || is_comment(next) { char } else { blank });
        }
        index += length;
        layer = next;
    }
    (code, prose)
}

/// How many characters from `index` belong together, and the layer after them.
fn step(chars: &[char], index: usize, layer: Layer, kind: Kind) -> (usize, Layer) {
    let begins =
        |text: &str| text.chars().enumerate().all(|(at, c)| chars.get(index + at) == Some(&c));
    match layer {
        Layer::LineComment => (1, if chars[index] == '\n' { Layer::Code } else { layer }),
        Layer::BlockComment(1) if begins("*/") => (2, Layer::Code),
        Layer::BlockComment(depth) if begins("*/") => (2, Layer::BlockComment(depth - 1)),
        Layer::BlockComment(depth) if kind == Kind::Rust && begins("/*") => {
            (2, Layer::BlockComment(depth + 1))
        }
        Layer::Text { raw: false, .. } if chars[index] == '\\' => {
            (2.min(chars.len() - index), layer)
        }
        Layer::Text { quote, hashes, .. } if chars[index] == quote => {
            let closed =
                chars[index + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
            if closed { (1 + hashes, Layer::Code) } else { (1, layer) }
        }
        Layer::Text { .. } | Layer::BlockComment(_) => (1, layer),
        Layer::Code if kind == Kind::Sql && begins("--") => (2, Layer::LineComment),
        Layer::Code if kind != Kind::Sql && begins("//") => (2, Layer::LineComment),
        Layer::Code if begins("/*") => (2, Layer::BlockComment(1)),
        Layer::Code if kind == Kind::Rust => rust_text(chars, index),
        Layer::Code => match chars[index] {
            quote @ ('"' | '\'' | '`') => (1, Layer::Text { quote, hashes: 0, raw: false }),
            _ => (1, Layer::Code),
        },
    }
}

/// Whether a string of Rust begins here: `"…"`, `r#"…"#`, `'x'` but not the lifetime `'a`.
fn rust_text(chars: &[char], index: usize) -> (usize, Layer) {
    let at = |offset: usize| chars.get(index + offset).copied().unwrap_or('\n');
    let in_word = index > 0 && (chars[index - 1].is_alphanumeric() || chars[index - 1] == '_');
    match at(0) {
        '"' => (1, Layer::Text { quote: '"', hashes: 0, raw: false }),
        'r' if !in_word || chars[index - 1] == 'b' => {
            let hashes = chars[index + 1..].iter().take_while(|c| **c == '#').count();
            if at(1 + hashes) == '"' {
                (2 + hashes, Layer::Text { quote: '"', hashes, raw: true })
            } else {
                (1, Layer::Code)
            }
        }
        '\'' if at(1) == '\\' || at(2) == '\'' => {
            (1, Layer::Text { quote: '\'', hashes: 0, raw: false })
        }
        _ => (1, Layer::Code),
    }
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let source = Source::new(
        "src/a.rs",
        "let a = \"x // y\"; // z\nlet b = 'q'; let c: &'a str = r#\"w\"u\"#; /* t\n*/ f();",
    );
    assert_eq!(source.code.lines().count(), 3);
    for hidden in ["x", "y", "z", "q", "w", "u\"#", "t"] {
        assert!(!source.code.replace("let", "").replace("str", "").contains(hidden), "{hidden}");
    }
    assert!(source.code.contains("&'a str") && source.code.contains("f();"));
    assert!(source.prose.contains("// z") && !source.prose.contains("let"));
}

#[test]
fn a_string_that_is_opened_is_closed_in_every_shape() {
    for text in ["\"a\\\"b\"", "r\"a\"", "b\"a\"", "br#\"a\"#", "'\\''", "'\"'", "r##\"a\"# b\"##"]
    {
        let source = Source::new("src/a.rs", &format!("f({text}); g();"));
        assert!(source.code.contains("g();"), "{text}: {}", source.code);
        assert!(!source.code.contains('a'), "{text}: {}", source.code);
    }
}
