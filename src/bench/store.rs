//! How fast and how cheaply the store alone makes messages durable, on both engines.
//!
//! Each rate stands beside the disk's own fsync rate and bare inserts of the same
//! run. CPU is that of this process and of the database server together.

use super::cluster::Cluster;
use super::disk::{bare_inserts_per_s, fsync_per_s};
use super::process::{Scratch, cpu_s, machine, own_cpu_s};
use super::stopwatch::{now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use crate::clock::At;
use crate::dice;
use crate::ids::{ContactId, MessageId};
use crate::store::probe::{Probe, ProbeRow};
use crate::store::{Append, Committed, MessageKind, Outcome, Sender, Settings, Store};
use crate::veil::Pii;
use anyhow::Context;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// The figures of this group.
const NAMES: &[&str] = &[
    "store.sqlite.append",
    "store.sqlite.append_cpu",
    "store.sqlite.alone",
    "store.sqlite.history_cpu",
    "store.postgres.append",
    "store.postgres.append_cpu",
    "store.postgres.alone",
    "store.postgres.history_cpu",
];
pub const STORE: Group = Group { names: NAMES, run };

/// Messages of a rush, and how many are on their way at once (200 connections with two each).
const RUSH_COUNT: u32 = 200_000;
const IN_FLIGHT: usize = 400;
const CONVERSATIONS: u128 = 100;
/// Messages sent one at a time.
const ALONE_COUNT: usize = 1_000;
/// A reconnect storm: conversations and the messages each asks for.
const STORM_COUNT: u32 = 2_000;
const STORM_MESSAGES: u32 = 50;
/// The text of a message, bytes.
const TEXT_BYTES: usize = 160;
/// How long bare inserts are repeated.
const SPAN_S: f64 = 2.0;
/// A store that answers nothing for so long has lost a message.
const STALLED: Duration = Duration::from_secs(30);

/// Measures all of [`NAMES`].
pub fn run(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().context("start a runtime")?;
    let fsyncs = fsync_per_s(scratch.path())?;
    let sqlite = Engine {
        names: [
            "store.sqlite.append",
            "store.sqlite.append_cpu",
            "store.sqlite.alone",
            "store.sqlite.history_cpu",
        ],
        url: format!("sqlite:{}", scratch.path().join("store.db").display()),
        bare_url: format!("sqlite:{}", scratch.path().join("bare.db").display()),
        server: None,
        fsyncs,
    };
    runtime.block_on(sqlite.measure(emit))?;
    let cluster = runtime.block_on(Cluster::start())?;
    let postgres = Engine {
        names: [
            "store.postgres.append",
            "store.postgres.append_cpu",
            "store.postgres.alone",
            "store.postgres.history_cpu",
        ],
        url: cluster.url(),
        bare_url: cluster.url(),
        server: Some(cluster.pid()),
        fsyncs,
    };
    runtime.block_on(postgres.measure(emit))
}

struct Engine {
    /// append, `append_cpu`, alone, `history_cpu`
    names: [&'static str; 4],
    url: String,
    bare_url: String,
    /// The database server's process.
    server: Option<u32>,
    fsyncs: f64,
}

impl Engine {
    async fn measure(&self, emit: Emit<'_>) -> anyhow::Result<()> {
        let [append, append_cpu, alone, history] = self.names;
        let single = bare_inserts_per_s(&self.bare_url).await?;
        let batch = bare_batch_rows_per_s(&self.bare_url).await?;
        let ear = Ear::default();
        let settings = Settings { url: self.url.clone(), ..Settings::default() };
        let store = Store::open(&settings, ear.committed()).await?;
        let (cpu, began) = (self.cpu_s(), now_us());
        rush(&store, &ear).await?;
        let (took_s, cpu) = (seconds(began, now_us()), self.cpu_s() - cpu);
        let rate = f64::from(RUSH_COUNT) / took_s;
        let beside = json!({
            "fsyncs_per_s": self.fsyncs, "bare_single_rows_per_s": single,
            "bare_batch_rows_per_s": batch, "of_bare_single": rounded(rate / single, 2),
            "of_bare_batch": rounded(rate / batch, 2), "messages": RUSH_COUNT,
            "in_flight": IN_FLIGHT, "batches": ear.batches.load(Ordering::Relaxed),
            "machine": machine(),
        });
        emit(Measure { name: append, value: rounded(rate, 0), unit: "1/s", detail: beside });
        let detail = json!({ "per": "100,000 messages, database included" });
        let value = rounded(cpu / f64::from(RUSH_COUNT) * 100_000.0, 3);
        emit(Measure { name: append_cpu, value, unit: "s", detail });
        emit(one_at_a_time(alone, &store, &ear, single).await?);
        emit(self.storm(history, &store, &ear).await?);
        store.close().await;
        Ok(())
    }

    /// Everybody comes back at once and asks for the last messages.
    async fn storm(&self, name: &'static str, store: &Store, ear: &Ear) -> anyhow::Result<Measure> {
        let before = ear.count();
        let contacts = (0..STORM_MESSAGES).flat_map(|_| 0..STORM_COUNT);
        let mut sent = before;
        for contact in contacts {
            append(store, storm(contact))?;
            sent = sent.saturating_add(1);
            ear.wait(sent.saturating_sub(IN_FLIGHT)).await?;
        }
        ear.wait(sent).await?;
        let (cpu, began) = (self.cpu_s(), now_us());
        let asking: Vec<_> = (0..STORM_COUNT)
            .map(|contact| {
                let reader = store.reader();
                tokio::spawn(async move { reader.history(storm(contact), 0, 50).await })
            })
            .collect();
        let mut messages = 0_usize;
        for asked in asking {
            messages = messages.saturating_add(asked.await??.len());
        }
        let took_s = rounded(seconds(began, now_us()), 3);
        let value = rounded(self.cpu_s() - cpu, 3);
        let detail = json!({ "histories": STORM_COUNT, "messages": messages, "took_s": took_s });
        Ok(Measure { name, value, unit: "s", detail })
    }

    /// CPU seconds of this process and the database server's so far.
    fn cpu_s(&self) -> f64 {
        own_cpu_s() + self.server.map_or(0.0, cpu_s)
    }
}

/// What an idle hotline's message waits for its ack.
async fn one_at_a_time(
    name: &'static str,
    store: &Store,
    ear: &Ear,
    single: f64,
) -> anyhow::Result<Measure> {
    let mut waits_s = Vec::with_capacity(ALONE_COUNT);
    for _ in 0..ALONE_COUNT {
        let (sent, began) = (ear.count(), now_us());
        append(store, ContactId::from_number(1))?;
        ear.wait(sent.saturating_add(1)).await?;
        waits_s.push(seconds(began, now_us()));
    }
    waits_s.sort_by(f64::total_cmp);
    let at = |share: usize| {
        let wait_s = waits_s.get(waits_s.len().saturating_mul(share) / 100);
        rounded(wait_s.map_or(f64::NAN, |wait_s| wait_s * 1_000.0), 3)
    };
    let detail = json!({ "p99_ms": at(99), "bare_single_ms": rounded(1_000.0 / single, 3) });
    Ok(Measure { name, value: at(50), unit: "ms", detail })
}

/// Rows a second of one statement and one commit for 128 rows.
async fn bare_batch_rows_per_s(url: &str) -> anyhow::Result<f64> {
    let mut probe = Probe::open(url).await?;
    let body = "x".repeat(TEXT_BYTES);
    let (began, mut seq) = (now_us(), 0_i64);
    while seconds(began, now_us()) < SPAN_S {
        let rows: Vec<ProbeRow> = (0..128)
            .map(|_| {
                seq = seq.saturating_add(1);
                ProbeRow { talk: -2, seq, client_id: format!("b{seq}"), body: body.clone() }
            })
            .collect();
        probe.store(&rows).await?;
    }
    let rows = u32::try_from(seq)?;
    Ok(rounded(f64::from(rows) / seconds(began, now_us()), 0))
}

/// Sends a rush and waits until the last message is durable.
async fn rush(store: &Store, ear: &Ear) -> anyhow::Result<()> {
    let mut sent = 0_usize;
    for (_, conversation) in (0..RUSH_COUNT).zip((0..CONVERSATIONS).cycle()) {
        append(store, ContactId::from_number(conversation))?;
        sent = sent.saturating_add(1);
        ear.wait(sent.saturating_sub(IN_FLIGHT)).await?;
    }
    ear.wait(sent).await
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
