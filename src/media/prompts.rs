//! What a telephone says: recordings by line, language and key, replaceable while calls go on.
//!
//! A recording is looked up as `{line}/{locale}/{key}.wav`, then `{locale}/{key}.wav`, first among the
//! operator's own (the data directory's `prompts`), then among those that the build made: a person's
//! voice stands over every synthetic one. What is nowhere is a chime of two soft tones, never silence
//! and never an error. Files are read when the book is opened or [`PromptBook::reload`]ed,
//! never during a call. A file that cannot be used is named, with what was expected, and the
//! recording below it is heard.

mod key;
mod shelf;
mod sound;
pub mod speech;
pub mod wav;

pub use key::{LOCALES, NUMBER_MAX, PromptKey};
pub(super) use sound::{dbfs, level, to_sample};

use super::{Clip, music};
use crate::live::card::Locale;
use shelf::Shelf;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use wav::WavFault;

/// All recordings together, seconds: 115 MB in memory, both laws. The default ones are 10 minutes.
const SECONDS_MAX: usize = 2 * 3_600;

/// Why a recording is not heard.
#[derive(Debug, thiserror::Error)]
pub enum PromptFault {
    #[error("{file} {fault}")]
    Wav { file: String, fault: WavFault },
    #[error(
        "{file} is no prompt: expected LOCALE/KEY.wav, LINE/LOCALE/KEY.wav or music.wav, with a key of config/prompts"
    )]
    Unknown { file: String },
    #[error("{file} cannot be read: {error}")]
    Unreadable { file: String, error: std::io::Error },
    #[error("{file} is one too many: all recordings together may be 2 hours long")]
    TooMuch { file: String },
    #[error("there are more than {max} files; the rest was not looked at")]
    TooMany { max: usize },
}

/// What was found when the book was read.
#[derive(Debug, Default)]
pub struct PromptReport {
    /// Files that are not heard, and why.
    pub faults: Vec<PromptFault>,
    /// Prompts of the house that are a chime now: `zh-CN/greeting`.
    pub missing: Vec<String>,
    /// Recordings that can be heard, those under another included.
    pub heard: usize,
}

impl PromptReport {
    /// The missing ones in a line: the first few by name.
    #[must_use]
    pub fn named(&self) -> String {
        const NAMED_MAX: usize = 8;
        let first: Vec<&str> = self.missing.iter().take(NAMED_MAX).map(String::as_str).collect();
        let more = self.missing.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        first.join(" ") + &more
    }
}

/// All recordings; cheap to ask, replaced as a whole.
#[derive(Debug)]
pub struct PromptBook {
    overrides: Option<PathBuf>,
    pages: RwLock<Arc<Pages>>,
    chime: Arc<Clip>,
}

type Set = BTreeMap<(Locale, PromptKey), Arc<Clip>>;

/// What is heard now.
#[derive(Debug, Default)]
struct Pages {
    /// The operator's over the build's.
    layers: Vec<Layer>,
    music: Arc<Clip>,
}

/// The recordings of one shelf.
#[derive(Debug, Default)]
struct Layer {
    house: Set,
    lines: BTreeMap<String, Set>,
    music: Option<Arc<Clip>>,
}

/// Where a file belongs.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    House(Locale, PromptKey),
    Line(&'a str, Locale, PromptKey),
    Music,
}

impl PromptBook {
    /// Reads what the build made and, over it, `overrides` (the data directory's `prompts`, if any).
    #[must_use]
    pub fn load(overrides: Option<PathBuf>) -> (Self, PromptReport) {
        let chime = Arc::new(Clip::chime());
        let (pages, report) = open(overrides.as_ref());
        (Self { overrides, pages: RwLock::new(Arc::new(pages)), chime }, report)
    }

    /// Reads everything anew; what is being said goes on as it was.
    pub fn reload(&self) -> PromptReport {
        let (pages, report) = open(self.overrides.as_ref());
        *self.pages.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pages);
        report
    }

    /// The recording for a line, by its code.
    #[must_use]
    pub fn clip(&self, line: &str, locale: Locale, key: PromptKey) -> Arc<Clip> {
        self.pages().find(line, locale, key).unwrap_or_else(|| Arc::clone(&self.chime))
    }

    /// Several, as [`speech`] puts them together. A sentence of which a part is nowhere is one
    /// chime, not a chime in its middle.
    #[must_use]
    pub fn clips(&self, line: &str, locale: Locale, keys: &[PromptKey]) -> Vec<Arc<Clip>> {
        let pages = self.pages();
        let clips: Option<Vec<_>> = keys.iter().map(|key| pages.find(line, locale, *key)).collect();
        clips.unwrap_or_else(|| vec![Arc::clone(&self.chime)])
    }

    /// What is heard while waiting.
    #[must_use]
    pub fn music(&self) -> Arc<Clip> {
        Arc::clone(&self.pages().music)
    }

    fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.pages.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pages {
    fn find(&self, line: &str, locale: Locale, key: PromptKey) -> Option<Arc<Clip>> {
        self.layers.iter().find_map(|layer| layer.find(line, locale, key))
    }

    fn missing(&self) -> Vec<String> {
        let is_there = |place: &(Locale, PromptKey)| {
            self.layers.iter().any(|layer| layer.house.contains_key(place))
        };
        let all = LOCALES.iter().flat_map(|locale| PromptKey::all().map(move |key| (*locale, key)));
        all.filter(|place| !is_there(place))
            .map(|(locale, key)| format!("{}/{}", locale.as_str(), key.name()))
            .collect()
    }
}

impl Layer {
    fn find(&self, line: &str, locale: Locale, key: PromptKey) -> Option<Arc<Clip>> {
        let own = self.lines.get(line).and_then(|set| set.get(&(locale, key)));
        own.or_else(|| self.house.get(&(locale, key))).cloned()
    }

    fn put(&mut self, place: &Place<'_>, clip: Arc<Clip>) {
        match place {
            Place::House(locale, key) => self.house.insert((*locale, *key), clip),
            Place::Line(line, locale, key) => {
                self.lines.entry((*line).to_owned()).or_default().insert((*locale, *key), clip)
            }
            Place::Music => self.music.replace(clip),
        };
    }
}

/// Reads both shelves.
fn open(overrides: Option<&PathBuf>) -> (Pages, PromptReport) {
    let mut report = PromptReport::default();
    let mut samples_left = SECONDS_MAX * 8_000;
    let own = overrides.cloned().map(Shelf::Directory);
    let shelves = own.into_iter().chain([Shelf::Built]);
    let layers: Vec<Layer> =
        shelves.map(|shelf| layer(&shelf, &mut samples_left, &mut report)).collect();
    let music = layers.iter().find_map(|layer| layer.music.clone());
    let music = music.unwrap_or_else(|| Arc::new(Clip::of_samples(&music::calm())));
    let pages = Pages { layers, music };
    report.missing = pages.missing();
    (pages, report)
}

/// Everything on one shelf.
fn layer(shelf: &Shelf, samples_left: &mut usize, report: &mut PromptReport) -> Layer {
    let mut layer = Layer::default();
    for file in shelf.list(&mut report.faults) {
        match take(shelf, &file, samples_left) {
            Ok((place, clip)) => {
                layer.put(&place, clip);
                report.heard += 1;
            }
            Err(fault) => report.faults.push(fault),
        }
    }
    layer
}

/// One file, ready to be heard.
fn take<'a>(
    shelf: &Shelf,
    file: &'a str,
    samples_left: &mut usize,
) -> Result<(Place<'a>, Arc<Clip>), PromptFault> {
    let place = place_of(file).ok_or_else(|| PromptFault::Unknown { file: file.to_owned() })?;
    let bytes = shelf.read(file)?;
    let read = wav::read(&bytes);
    let mut samples = read.map_err(|fault| PromptFault::Wav { file: file.to_owned(), fault })?;
    *samples_left = samples_left
        .checked_sub(samples.len())
        .ok_or_else(|| PromptFault::TooMuch { file: file.to_owned() })?;
    match place {
        Place::Music => music::level(&mut samples),
        Place::House(..) | Place::Line(..) => sound::level_speech(&mut samples),
    }
    Ok((place, Arc::new(Clip::of_samples(&samples))))
}

/// Where a file belongs, by its path with `/`.
fn place_of(file: &str) -> Option<Place<'_>> {
    let path = file.strip_suffix(".wav")?;
    let locale_of = |name: &str| LOCALES.into_iter().find(|locale| locale.as_str() == name);
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["music"] => Some(Place::Music),
        [locale, key] => Some(Place::House(locale_of(locale)?, PromptKey::lookup(key)?)),
        [line, locale, key] => Some(Place::Line(line, locale_of(locale)?, PromptKey::lookup(key)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
