//! The book of prompts against directories as operators leave them.

use super::wav::tests::wav;
use super::*;
use std::fs;
use std::path::Path;

const GREETING: PromptKey = PromptKey::Greeting;

/// A recording of so many frames, told apart by its length.
fn record(root: &Path, file: &str, frames: usize) {
    let sound: Vec<u8> = [0x88, 0x13, 0x78, 0xec].repeat(frames * 80);
    put(root, file, &wav(1, 1, 8_000, 16, &sound));
}

fn put(root: &Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn book(root: &Path) -> (PromptBook, PromptReport) {
    PromptBook::load(Some(root.to_owned()))
}

#[test]
fn a_lines_own_recording_stands_over_the_house_s() {
    let root = tempfile::tempdir().unwrap();
    record(root.path(), "zh-CN/greeting.wav", 11);
    record(root.path(), "12355/zh-CN/greeting.wav", 13);
    let (book, report) = book(root.path());
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(book.clip("12355", Locale::ZhCn, GREETING).frames(), 13);
    assert_eq!(book.clip("other", Locale::ZhCn, GREETING).frames(), 11);
}

#[test]
fn a_recording_is_replaced_while_calls_go_on() {
    let root = tempfile::tempdir().unwrap();
    record(root.path(), "en/greeting.wav", 7);
    let (book, _) = book(root.path());
    let heard = book.clip("x", Locale::En, GREETING);
    record(root.path(), "en/greeting.wav", 9);
    assert_eq!(book.clip("x", Locale::En, GREETING).frames(), 7);
    book.reload();
    assert_eq!(book.clip("x", Locale::En, GREETING).frames(), 9);
    assert_eq!(heard.frames(), 7, "what is being said goes on as it was");
}

#[test]
fn a_bad_file_is_named_and_what_lies_below_is_heard() {
    let root = tempfile::tempdir().unwrap();
    record(root.path(), "zh-CN/greeting.wav", 11);
    put(root.path(), "12355/zh-CN/greeting.wav", b"ID3 this is an mp3");
    put(root.path(), "12355/zh-CN/goodbye.wav", &wav(1, 2, 44_100, 16, &[0; 64]));
    put(root.path(), "zh-CN/hallo.wav", b"RIFF");
    put(root.path(), "readme.txt", b"who made these");
    put(root.path(), ".DS_Store", b"");
    let (book, report) = book(root.path());
    let mut said: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    said.sort();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[0].starts_with("12355/zh-CN/goodbye.wav has 2 channels; expected one"));
    assert!(said[1].starts_with("12355/zh-CN/greeting.wav is not a WAV file; expected WAV, mono"));
    assert!(said[2].starts_with("readme.txt is no prompt"));
    assert!(said[3].starts_with("zh-CN/hallo.wav is no prompt"));
    assert_eq!(book.clip("12355", Locale::ZhCn, GREETING).frames(), 11);
}

#[test]
fn what_nobody_recorded_is_a_chime_and_is_named() {
    let mut layer = Layer::default();
    let clip = Arc::new(Clip::of_samples(&[1_000; 160]));
    layer.put(&Place::House(Locale::En, PromptKey::PositionBefore), clip);
    let pages = Pages { layers: vec![layer], music: Arc::default() };
    let missing = pages.missing();
    assert!(missing.contains(&"zh-CN/greeting".to_owned()));
    assert!(!missing.contains(&"en/position_before".to_owned()));
    let chime = Arc::new(Clip::chime());
    let book = PromptBook { overrides: None, pages: RwLock::new(Arc::new(pages)), chime };
    assert_eq!(book.clip("12355", Locale::ZhCn, GREETING).frames(), 50);
    let sentence = book.clips("12355", Locale::En, &speech::position(3, Locale::En));
    assert_eq!(sentence.len(), 1, "not half a sentence");
    assert_eq!(sentence[0].frames(), 50);
}

#[test]
fn music_of_ones_own_stands_over_ours() {
    let root = tempfile::tempdir().unwrap();
    let (ours, _) = book(root.path());
    assert!(ours.music().length_ms() >= 60_000);
    record(root.path(), "music.wav", 21);
    ours.reload();
    assert_eq!(ours.music().frames(), 21);
}

#[test]
fn a_place_is_read_from_a_path_alone() {
    assert_eq!(place_of("music.wav"), Some(Place::Music));
    assert_eq!(place_of("en/number_7.wav"), Some(Place::House(Locale::En, PromptKey::Number(7))));
    for wrong in ["", "en.wav", "fr/greeting.wav", "en/number_61.wav", "a/b/en/greeting.wav"] {
        assert_eq!(place_of(wrong), None, "{wrong}");
    }
}
