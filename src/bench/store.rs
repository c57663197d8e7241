//! How fast and how cheaply the store makes messages durable, on both engines.
//!
//! Each rate stands beside the disk's own fsync rate and a bare insert of the
//! same run. CPU is that of this process and of the database server together.

use super::postgres::Server;
use super::{Emit, Measure};
use crate::clock::At;
use crate::dice;
use crate::ids::{ContactId, MessageId};
use crate::store::bare::Bare;
use crate::store::{Append, Committed, MessageKind, Outcome, Sender, Settings, Store};
use crate::veil::Pii;
use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The figures of this group.
pub const NAMES: &[&str] = &[
    "store.fsync",
    "store.sqlite.append",
    "store.sqlite.append_cpu",
    "store.sqlite.alone",
    "store.sqlite.history_cpu",
    "store.postgres.append",
    "store.postgres.append_cpu",
    "store.postgres.alone",
    "store.postgres.history_cpu",
];

/// Messages of a rush, and how many are on their way at once (200 connections with two each).
const RUSH_COUNT: usize = 200_000;
const IN_FLIGHT: usize = 400;
const CONVERSATIONS: u128 = 100;
/// A reconnect storm: conversations and the messages each asks for.
const STORM_COUNT: u32 = 2_000;
const STORM_MESSAGES: u32 = 50;
/// The text of a message, bytes.
const TEXT_BYTES: usize = 160;
/// How long a bare insert or an fsync is repeated.
const SPAN: Duration = Duration::from_secs(2);

/// A store that answers nothing for so long has lost a message.
const STALLED: Duration = Duration::from_secs(30);
/// Of /proc/*/stat; 100 on every Linux that Rust runs on.
const TICKS_PER_S: f64 = 100.0;

/// Measures all of [`NAMES`].
pub fn run(emit: Emit<'_>) -> anyhow::Result<()> {
    let place = Place::new()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting a runtime")?;
    let fsyncs = fsyncs_per_s(&place.0)?;
    let detail = json!({ "what": "4 KiB appended and fdatasync" });
    emit(Measure { name: "store.fsync", value: fsyncs, unit: "1/s", detail });
    let url = |name: &str| format!("sqlite:{}", place.0.join(name).display());
    let sqlite = Engine {
        names: [
            "store.sqlite.append",
            "store.sqlite.append_cpu",
            "store.sqlite.alone",
            "store.sqlite.history_cpu",
        ],
        url: url("store.db"),
        bare_url: url("bare.db"),
        server: None,
        fsyncs,
    };
    runtime.block_on(sqlite.measure(emit))?;
    let directory = place.0.join("postgres");
    std::fs::create_dir(&directory)?;
    let server = Server::start(&directory)?;
    let postgres = Engine {
        names: [
            "store.postgres.append",
            "store.postgres.append_cpu",
            "store.postgres.alone",
            "store.postgres.history_cpu",
        ],
        url: server.database("store")?,
        bare_url: server.database("bare")?,
        server: Some(server.process()?),
        fsyncs,
    };
    runtime.block_on(postgres.measure(emit))
}

/// A directory that goes with this value.
struct Place(PathBuf);

impl Place {
    fn new() -> anyhow::Result<Self> {
        let name = format!("xinqiao-bench-{:016x}", dice::below(u64::MAX));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).context("making a directory")?;
        Ok(Self(path))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Engine {
    /// append, append_cpu, alone, history_cpu
    names: [&'static str; 4],
    url: String,
    bare_url: String,
    server: Option<u32>,
    fsyncs: f64,
}

impl Engine {
    async fn measure(&self, emit: Emit<'_>) -> anyhow::Result<()> {
        let [append, append_cpu, alone, history] = self.names;
        let (single, batch) = bare_rows_per_s(&self.bare_url).await?;
        let ear = Ear::default();
        let settings = Settings { url: self.url.clone(), ..Settings::default() };
        let store = Store::open(&settings, ear.committed()).await?;
        let cpu = self.cpu_s()?;
        let took = rush(&store, &ear).await?;
        let cpu = self.cpu_s()? - cpu;
        let count = f64::from(u32::try_from(RUSH_COUNT)?);
        let rate = count / took.as_secs_f64();
        let beside = json!({
            "fsyncs_per_s": self.fsyncs, "bare_single_rows_per_s": single,
            "bare_batch_128_rows_per_s": batch, "of_bare_single": rate / single,
            "messages": RUSH_COUNT, "in_flight": IN_FLIGHT, "batches": ear.batches.load(Ordering::Relaxed),
        });
        emit(Measure { name: append, value: rate, unit: "1/s", detail: beside });
        let detail = json!({ "what": "CPU s per 100,000 messages, database included" });
        let value = cpu / count * 100_000.0;
        emit(Measure { name: append_cpu, value, unit: "s", detail });
        emit(self.alone(alone, &store, &ear, single).await?);
        emit(self.storm(history, &store, &ear).await?);
        store.close().await;
        Ok(())
    }

    /// One message at a time: what an idle hotline's message waits.
    async fn alone(
        &self,
        name: &'static str,
        store: &Store,
        ear: &Ear,
        single: f64,
    ) -> anyhow::Result<Measure> {
        let mut waits = Vec::new();
        let begun = now();
        while begun.elapsed() < SPAN {
            let sent = now();
            let count = ear.count();
            append(store, ContactId::from_number(1))?;
            ear.wait(count.saturating_add(1)).await?;
            waits.push(sent.elapsed());
        }
        waits.sort_unstable();
        let at = |share: usize| {
            let wait = waits.get(waits.len().saturating_mul(share) / 100);
            wait.map_or(f64::NAN, |wait| wait.as_secs_f64() * 1_000.0)
        };
        let detail = json!({ "what": "p50 of one message at a time", "p99_ms": at(99), "bare_single_ms": 1_000.0 / single });
        Ok(Measure { name, value: at(50), unit: "ms", detail })
    }

    /// Everybody comes back at once and asks for the last messages.
    async fn storm(&self, name: &'static str, store: &Store, ear: &Ear) -> anyhow::Result<Measure> {
        let before = ear.count();
        let pairs = (0..STORM_MESSAGES).flat_map(|_| 0..STORM_COUNT);
        for (sent, contact) in pairs.enumerate() {
            append(store, storm(contact))?;
            ear.wait(before.saturating_add(sent).saturating_sub(IN_FLIGHT)).await?;
        }
        ear.wait(before.saturating_add(usize::try_from(STORM_COUNT * STORM_MESSAGES)?)).await?;
        let (cpu, begun) = (self.cpu_s()?, now());
        let asking: Vec<_> = (0..STORM_COUNT)
            .map(|contact| {
                let reader = store.reader();
                let contact = storm(contact);
                tokio::spawn(async move { reader.history(contact, 0, 50).await })
            })
            .collect();
        let mut messages = 0_usize;
        for asked in asking {
            messages = messages.saturating_add(asked.await??.len());
        }
        let took_ms = begun.elapsed().as_secs_f64() * 1_000.0;
        let value = self.cpu_s()? - cpu;
        let detail = json!({ "histories": STORM_COUNT, "messages": messages, "took_ms": took_ms });
        Ok(Measure { name, value, unit: "s", detail })
    }

    /// CPU seconds of this process and the database server's so far.
    fn cpu_s(&self) -> anyhow::Result<f64> {
        let own = clock_gettime(ClockId::ProcessCPUTime);
        let own = Duration::new(u64::try_from(own.tv_sec)?, u32::try_from(own.tv_nsec)?);
        let server = self.server.map_or(Ok(0.0), family_cpu_s)?;
        Ok(own.as_secs_f64() + server)
    }
}

/// Sends a rush and waits until the last message is durable.
async fn rush(store: &Store, ear: &Ear) -> anyhow::Result<Duration> {
    let begun = now();
    for (sent, conversation) in (0..RUSH_COUNT).zip((0..CONVERSATIONS).cycle()) {
        append(store, ContactId::from_number(conversation))?;
        ear.wait(sent.saturating_sub(IN_FLIGHT)).await?;
    }
    ear.wait(RUSH_COUNT).await?;
    Ok(begun.elapsed())
}

fn append(store: &Store, contact: ContactId) -> anyhow::Result<()> {
    let at = At(1);
    let message = dice::uuid(at);
    let append = Append {
        tag: 0,
        contact,
        message: MessageId(message),
        from: Sender::Seeker,
        author: None,
        client_id: Some(message.to_string()),
        kind: MessageKind::Message,
        text: Pii::new("x".repeat(TEXT_BYTES)),
        at,
    };
    store.writer().append(append).map_err(|refused| refused.error.into())
}

fn storm(contact: u32) -> ContactId {
    ContactId::from_number(u128::from(contact).saturating_add(1_000))
}

/// Hears and counts the outcomes; a message that is not stored ends the bench.
#[derive(Clone)]
struct Ear {
    count: Arc<watch::Sender<usize>>,
    batches: Arc<AtomicU32>,
}

impl Default for Ear {
    fn default() -> Self {
        Self { count: Arc::new(watch::Sender::new(0)), batches: Arc::default() }
    }
}

impl Ear {
    fn committed(&self) -> Committed {
        let ear = self.clone();
        Arc::new(move |outcomes: Vec<Outcome>| {
            ear.batches.fetch_add(1, Ordering::Relaxed);
            let stored =
                outcomes.iter().filter(|one| matches!(one, Outcome::Stored { .. })).count();
            ear.count.send_modify(|count| *count = count.saturating_add(stored));
        })
    }

    fn count(&self) -> usize {
        *self.count.borrow()
    }

    async fn wait(&self, count: usize) -> anyhow::Result<()> {
        if self.count() < count {
            let mut counting = self.count.subscribe();
            let all = counting.wait_for(|heard| *heard >= count);
            let stalled = tokio::time::timeout(STALLED, all).await;
            stalled.context("messages were not stored")??;
        }
        Ok(())
    }
}

/// Rows a second of single-row inserts, and of inserts of 128 rows, each its own commit.
async fn bare_rows_per_s(url: &str) -> anyhow::Result<(f64, f64)> {
    let settings = Settings { url: url.to_owned(), ..Settings::default() };
    let mut bare = Bare::open(&settings).await?;
    let body = "x".repeat(TEXT_BYTES);
    let mut rates = [0.0, 0.0];
    for (rate, rows) in rates.iter_mut().zip([1_u32, 128]) {
        let (begun, mut done) = (now(), 0_u32);
        while begun.elapsed() < SPAN {
            bare.insert(usize::try_from(rows)?, &body).await?;
            done = done.saturating_add(rows);
        }
        *rate = f64::from(done) / begun.elapsed().as_secs_f64();
    }
    bare.close().await;
    Ok(rates.into())
}

/// Appends of 4 KiB with fdatasync, a second.
fn fsyncs_per_s(directory: &Path) -> anyhow::Result<f64> {
    let mut file: File =
        OpenOptions::new().create_new(true).write(true).open(directory.join("fsync"))?;
    let (begun, mut done) = (now(), 0_u32);
    while begun.elapsed() < SPAN {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        done = done.saturating_add(1);
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

/// CPU seconds of a process, its children, and those of them that have ended.
fn family_cpu_s(parent: u32) -> anyhow::Result<f64> {
    let mut ticks = 0_u32;
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        // A process may end while it is looked at.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((_, fields)) = stat.rsplit_once(") ") else { continue };
        let fields: Vec<u32> =
            fields.split(' ').map(|field| field.parse().unwrap_or_default()).collect();
        // After the name: state, ppid, … and from the 12th: utime, stime, cutime, cstime.
        if process == parent || fields.get(1) == Some(&parent) {
            ticks =
                fields.iter().skip(11).take(4).fold(ticks, |sum, more| sum.saturating_add(*more));
        }
    }
    Ok(f64::from(ticks) / TICKS_PER_S)
}

#[expect(clippy::disallowed_methods, reason = "a stopwatch, not a clock")]
fn now() -> Instant {
    Instant::now()
}
