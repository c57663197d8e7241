//! Where recordings stand: in the binary, or in a directory of the operator's.

use super::{PromptFault, wav};
use rust_embed::Embed;
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files of one directory: every prompt of 40 lines in two languages.
const FILES_MAX: usize = 8_192;

/// What `make prompts` recorded. In a debug build the folder is read as it is.
#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/target/prompts"]
#[allow_missing = true]
struct Built;

/// A place with files.
#[derive(Debug)]
pub enum Shelf {
    Built,
    Directory(PathBuf),
}

impl Shelf {
    /// Every file, as a path with `/` from the shelf on, in order.
    pub fn list(&self, faults: &mut Vec<PromptFault>) -> Vec<String> {
        let mut files = match self {
            Self::Built => Built::iter().map(Cow::into_owned).collect(),
            Self::Directory(root) => {
                let mut files = Vec::new();
                // Line, locale, file: nothing lies deeper.
                walk(root, "", 3, &mut files, faults);
                files
            }
        };
        files.sort();
        files
    }

    /// The bytes of one.
    pub fn read(&self, file: &str) -> Result<Cow<'static, [u8]>, PromptFault> {
        let unreadable = |error| PromptFault::Unreadable { file: file.to_owned(), error };
        match self {
            Self::Built => Built::get(file)
                .map(|found| found.data)
                .ok_or_else(|| unreadable(io::ErrorKind::NotFound.into())),
            Self::Directory(root) => {
                let mut bytes = Vec::new();
                let opened = File::open(root.join(file)).map_err(unreadable)?;
                let length =
                    opened.take(wav::BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
                if u64::try_from(length).unwrap_or(u64::MAX) > wav::BYTES_MAX {
                    let fault = wav::WavFault::TooLong;
                    return Err(PromptFault::Wav { file: file.to_owned(), fault });
                }
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

fn walk(
    directory: &Path,
    before: &str,
    depth: u8,
    files: &mut Vec<String>,
    faults: &mut Vec<PromptFault>,
) {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        // No directory at all: nobody has recorded anything of their own.
        Err(error) if before.is_empty() && error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => {
            let file = format!("{before}.");
            return faults.push(PromptFault::Unreadable { file, error });
        }
    };
    for entry in entries.flatten() {
        if files.len() >= FILES_MAX {
            return faults.push(PromptFault::TooMany { max: FILES_MAX });
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{before}{name}");
        // Dot files are an editor's or a file manager's.
        if name.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            if depth > 1 {
                walk(&entry.path(), &format!("{path}/"), depth - 1, files, faults);
            }
        } else if entry.path().is_file() {
            files.push(path);
        }
    }
}
