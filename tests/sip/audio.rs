//! Real voices: baresip as a student's telephone and as a counselor's, each with a tone of its own,
//! and what each has heard measured in what it has recorded.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "sound is counted in samples and measured in floats, far below any limit"
)]

use crate::house::eventually;
use crate::process::{House, Plan};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::f64::consts::TAU;
use std::fmt::Write;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const SAMPLES_PER_S: usize = 8_000;
/// A tone this loud is as a voice at the mouthpiece.
const LOUD: f64 = 12_000.0;
/// What each speaks with; no harmonic of one is near the other.
const SEEKER_HZ: f64 = 440.0;
const COUNSELOR_HZ: f64 = 1_000.0;
/// Patience with what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A telephone: its directory, with what it says and what it heard.
struct Phone {
    directory: tempfile::TempDir,
    port: u16,
    /// Where its keys are pressed from.
    keys: u16,
}

impl Phone {
    fn new(name: &str, speaks_hz: f64, account: &str) -> Self {
        let directory = tempfile::Builder::new().prefix(name).tempdir().unwrap();
        let (here, port, keys) = (directory.path(), free_port(), free_port());
        write_wav(&here.join("says.wav"), speaks_hz, 40);
        std::fs::create_dir(here.join("heard")).unwrap();
        let account =
            format!("<sip:{name}@127.0.0.1:{port}>;regint=0;audio_codecs=PCMA{account}\n");
        std::fs::write(here.join("accounts"), account).unwrap();
        std::fs::write(here.join("contacts"), "").unwrap();
        std::fs::write(here.join("config"), settings(here, port, keys)).unwrap();
        Self { directory, port, keys }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new("baresip")
            .args(["-4", "-f"])
            .arg(self.directory.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("baresip is installed by `make packages`")
    }

    /// Presses a key in the call that is on.
    async fn press(&self, key: char) {
        let order = format!(r#"{{"command":"sndcode","params":"{key}","token":"key"}}"#);
        let order = format!("{}:{order},", order.len());
        let mut stream = TcpStream::connect(("127.0.0.1", self.keys)).await.unwrap();
        stream.write_all(order.as_bytes()).await.unwrap();
        let mut answer = [0; 200];
        let length = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.contains("\"ok\":true"), "{answer}");
    }

    /// Everything heard since the call began; waits until the recording is whole.
    async fn heard(&self) -> Vec<i16> {
        let mut beat = tokio::time::interval(Duration::from_millis(100));
        let mut length = 0;
        let written = async {
            loop {
                beat.tick().await;
                let Some(path) = recording(&self.directory.path().join("heard")) else { continue };
                let bytes = std::fs::read(path).unwrap();
                // Its head is written when the call has ended: until then it promises nothing.
                let promised = bytes
                    .get(40..44)
                    .map_or(0, |head| u32::from_le_bytes(head.try_into().unwrap()) as usize);
                if promised > 0 && bytes.len() == length && bytes.len() >= 44 + promised {
                    return samples(&bytes[44..]);
                }
                length = bytes.len();
            }
        };
        tokio::time::timeout(PATIENCE, written).await.expect("the telephone recorded nothing")
    }
}

fn settings(here: &Path, port: u16, keys: u16) -> String {
    let mut text = format!(
        "poll_method epoll\nsip_listen 127.0.0.1:{port}\ncall_max_calls 4\n\
         audio_player aubridge,ear\naudio_alert aubridge,bell\naudio_source aufile,{says}\n\
         audio_srate 8000\naudio_channels 1\nausrc_srate 8000\nauplay_srate 8000\n\
         module_path /usr/lib/baresip/modules\nsnd_path {heard}\n\
         ctrl_tcp_listen 127.0.0.1:{keys}\n",
        says = here.join("says.wav").display(),
        heard = here.join("heard").display(),
    );
    for module in ["aufile", "aubridge", "sndfile", "g711"] {
        let _ = writeln!(text, "module {module}.so");
    }
    text + "module_app account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n"
}

/// A port for UDP and TCP, and the one above it: baresip listens for TLS there.
fn free_port() -> u16 {
    for _ in 0..100 {
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let is_free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
        if port < u16::MAX && is_free(port) && is_free(port + 1) {
            return port;
        }
    }
    panic!("no two free ports side by side")
}

fn write_wav(path: &Path, tone_hz: f64, length_s: usize) {
    let count = SAMPLES_PER_S * length_s;
    let bytes = u32::try_from(count * 2).unwrap();
    let mut wav = b"RIFF".to_vec();
    wav.extend((bytes + 36).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(8_000_u32.to_le_bytes());
    wav.extend(16_000_u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(bytes.to_le_bytes());
    for index in 0..count {
        let sample = LOUD * (TAU * tone_hz * index as f64 / SAMPLES_PER_S as f64).sin();
        wav.extend((sample as i16).to_le_bytes());
    }
    std::fs::write(path, wav).unwrap();
}

/// The file of what was decoded.
fn recording(directory: &Path) -> Option<PathBuf> {
    let mut files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    files.find(|path| path.to_string_lossy().ends_with("dec.wav"))
}

fn length_of(file: &Path) -> u64 {
    file.metadata().map_or(0, |about| about.len())
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// How loud one tone is in a stretch of sound (Goertzel).
fn loudness(sound: &[i16], tone_hz: f64) -> f64 {
    let turn = 2.0 * (TAU * tone_hz / SAMPLES_PER_S as f64).cos();
    let (now, before) = sound.iter().fold((0.0, 0.0), |(now, before), sample| {
        (turn.mul_add(now, f64::from(*sample)) - before, now)
    });
    (now * now + before * before - turn * now * before).max(0.0).sqrt() * 2.0 / sound.len() as f64
}

fn mean_level(sound: &[i16]) -> f64 {
    sound.iter().map(|sample| f64::from(*sample).abs()).sum::<f64>() / sound.len() as f64
}

/// Half-seconds of a recording.
fn halves(sound: &[i16]) -> impl DoubleEndedIterator<Item = &[i16]> {
    sound.chunks_exact(SAMPLES_PER_S / 2)
}

/// In the last two seconds this tone was heard as loud as it was spoken, and the other not at all.
fn assert_hears(sound: &[i16], wanted_hz: f64, unwanted_hz: f64) {
    assert!(sound.len() >= 3 * SAMPLES_PER_S, "only {} samples", sound.len());
    for half in halves(sound).rev().take(4) {
        let (wanted, unwanted) = (loudness(half, wanted_hz), loudness(half, unwanted_hz));
        assert!((wanted - LOUD).abs() < LOUD / 20.0, "{wanted} of {wanted_hz} Hz");
        assert!(unwanted < LOUD / 20.0, "{unwanted} of {unwanted_hz} Hz: its own echo");
    }
}

fn house(telephone: u16, counselors: &str, phones: &str) -> House {
    Plan::default()
        .set("XINQIAO_SIP__LISTEN", &format!("127.0.0.1:{telephone}"))
        .set("XINQIAO_MEDIA__LISTEN", "127.0.0.1")
        .set("XINQIAO_DEMO__PHONES", phones)
        .set("XINQIAO_DEMO__PHONE_COUNSELORS", counselors)
        .start()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_student_and_a_counselor_hear_each_other_and_hang_up_together() {
    let counselor = Phone::new("agent0", COUNSELOR_HZ, ";answermode=auto");
    let seeker = Phone::new("student", SEEKER_HZ, "");
    let telephone = free_port();
    let house = house(telephone, "1", &format!("sip:agent{{n}}@127.0.0.1:{}", counselor.port));
    let _answers = counselor.start(&[]);
    let dial = format!("/dial sip:12355@127.0.0.1:{telephone}");
    // The greeting is said to its end, whoever has answered meanwhile.
    let mut calls = seeker.start(&["-e", &dial, "-t", "20"]);
    calls.wait().await.unwrap();

    assert_hears(&seeker.heard().await, COUNSELOR_HZ, SEEKER_HZ);
    // Its recording is whole because the student's goodbye has reached it.
    assert_hears(&counselor.heard().await, SEEKER_HZ, COUNSELOR_HZ);
    assert!(house.log().contains("seeker_ended"), "{}", house.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_is_greeted_and_never_left_in_silence() {
    let seeker = Phone::new("student", SEEKER_HZ, "");
    let telephone = free_port();
    let _house = house(telephone, "0", "");
    let dial = format!("/dial sip:12355@127.0.0.1:{telephone}");
    let mut calls = seeker.start(&["-e", &dial, "-t", "16"]);
    calls.wait().await.unwrap();

    let heard = seeker.heard().await;
    assert!(heard.len() >= 12 * SAMPLES_PER_S, "only {} samples", heard.len());
    let levels: Vec<f64> = halves(&heard).map(mean_level).collect();
    // Words have pauses, music rests; nobody is left in silence for two seconds.
    for (index, two_s) in levels.windows(4).enumerate() {
        let loudest = two_s.iter().copied().fold(0.0, f64::max);
        assert!(loudest > 60.0, "silence after {} s: {levels:.0?}", index / 2);
    }
    let echo = halves(&heard).map(|half| loudness(half, SEEKER_HZ)).fold(0.0, f64::max);
    assert!(echo < LOUD / 4.0, "the student hears themselves: {echo}");
}

/// Turns of the journal whose text holds `what`.
async fn journaled(house: &House, what: &str) -> i64 {
    let file =
        SqliteConnectOptions::new().filename(house.data().join("xinqiao.db")).read_only(true);
    let mut store = file.connect().await.unwrap();
    let query = "SELECT count(*) FROM journal WHERE body LIKE '%' || ? || '%'";
    sqlx::query_scalar(query).bind(what).fetch_one(&mut store).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_one_on_a_real_keypad_says_danger() {
    let seeker = Phone::new("student", SEEKER_HZ, "");
    let telephone = free_port();
    let house = house(telephone, "0", "");
    let dial = format!("/dial sip:12355@127.0.0.1:{telephone}");
    let _calls = seeker.start(&["-e", &dial]);
    let heard = seeker.directory.path().join("heard");
    // It names another address than it speaks from, as a telephone behind NAT does, and is believed
    // after half a second.
    let a_second = || recording(&heard).is_some_and(|file| length_of(&file) > 16_000);
    eventually("a second of voice", a_second).await;
    seeker.press('5').await;
    // Pressed again until it is heard, as somebody in danger does.
    let mut again = tokio::time::interval(Duration::from_secs(1));
    let heard = async {
        while journaled(&house, r#""risk":"imminent""#).await == 0 {
            again.tick().await;
            seeker.press('1').await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, heard).await.is_ok(), "danger was never heard");
    assert_eq!(journaled(&house, r#""input":"danger""#).await, 1, "five is not danger");
}
