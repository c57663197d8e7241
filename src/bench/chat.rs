//! `chat.*`: durable messages through the whole product, beside what the machine can do.
//!
//! A hundred talks of the demonstration (20 counselors with 5 chats each), 160-byte
//! messages both ways. In the same run: the disk's fdatasync rate, bare one-row inserts,
//! and the smallest group-commit server under the same load generator.

use super::cluster::Cluster;
use super::disk::{bare_inserts_per_s, fsync_per_s};
use super::history::prove;
use super::house::House;
use super::load::{Measured, Step, drive, search};
use super::process::{Scratch, machine, stay_on_load_core};
use super::stand::{self, Stand};
use super::stopwatch::{now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use serde_json::{Value, json};
use tokio::task::LocalSet;

/// An ordinary night's load on a large service, messages a second.
const CALM_RATE: f64 = 500.0;
/// Length of the run at it.
const CALM_S: f64 = 5.0;
/// Single messages whose acks are timed one after the other.
const SINGLE: u32 = 200;

pub const SQLITE: Group = Group {
    names: &[
        "chat.durable_per_s.sqlite",
        "chat.cpu_s_per_100k.sqlite",
        "chat.ack_p99_ms",
        "chat.delivery_p99_ms",
        "chat.single_ack_ms",
        "shape.durable_per_s.sqlite",
        "store.bare_insert_per_s.sqlite",
        "disk.fsync_per_s",
    ],
    run: |emit| block_on(measure(Engine::Sqlite, emit)),
};

pub const POSTGRES: Group = Group {
    names: &[
        "chat.durable_per_s.postgres",
        "chat.cpu_s_per_100k.postgres",
        "chat.ack_p99_ms.postgres",
        "chat.delivery_p99_ms.postgres",
        "chat.single_ack_ms.postgres",
        "shape.durable_per_s.postgres",
        "store.bare_insert_per_s.postgres",
    ],
    run: |emit| block_on(measure(Engine::Postgres, emit)),
};

/// One thread plays all clients, on the load's core.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    stay_on_load_core();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, work)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The name of a figure on this engine.
    const fn name(self, on_sqlite: &'static str, on_postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite => on_sqlite,
            Self::Postgres => on_postgres,
        }
    }
}

/// The neighbours, measured in the same run.
struct Neighbours {
    fsync: f64,
    insert: f64,
    shape: Option<Step>,
    shape_steps: Vec<Step>,
}

async fn measure(engine: Engine, emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let cluster = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Cluster::start().await?),
    };
    let neighbours = neighbours(&scratch, cluster.as_ref()).await?;
    emit_neighbours(engine, &neighbours, emit);
    let url = cluster.as_ref().map(Cluster::url);
    let house = House::serve(scratch.path(), url.as_deref())?;
    let measured =
        Measured { server: house.process.id(), database: cluster.as_ref().map(Cluster::pid) };
    let Stand { scene, tickets } = stand::product(&house.door).await?;
    let single_ms = single_acks_ms(&scene).await?;
    let calm = drive(&scene, CALM_RATE, CALM_S, measured).await;
    let (best, steps) = search(&scene, measured).await;
    scene.close();
    let proof = prove(&house.door, &tickets, &scene).await?;
    let tally = scene.tally.borrow();
    let told = json!({
        "history": proof.as_json(), "doubles_on_the_wire": tally.doubles, "errors": tally.errors,
        "sockets_lost": tally.sockets_lost, "sent": scene.sent(),
    });
    emit_chat(engine, &neighbours, (best, steps), &calm, &told, emit);
    emit_calm(engine, &neighbours, &calm, single_ms, emit);
    Ok(())
}

async fn neighbours(scratch: &Scratch, cluster: Option<&Cluster>) -> anyhow::Result<Neighbours> {
    let fsync = fsync_per_s(scratch.path())?;
    let file = |name: &str| format!("sqlite:{}", scratch.path().join(name).display());
    let url = |name| cluster.map_or_else(|| file(name), Cluster::url);
    let insert = bare_inserts_per_s(&url("bare.db")).await?;
    let house = House::shape(scratch.path(), &url("shape.db"))?;
    let measured = Measured { server: house.process.id(), database: cluster.map(Cluster::pid) };
    let Stand { scene, .. } = stand::shape(&house.door).await?;
    let (shape, shape_steps) = search(&scene, measured).await;
    scene.close();
    Ok(Neighbours { fsync, insert, shape, shape_steps })
}

fn emit_neighbours(engine: Engine, neighbours: &Neighbours, emit: Emit<'_>) {
    let Neighbours { fsync, insert, shape, shape_steps } = neighbours;
    if engine == Engine::Sqlite {
        let detail = json!({ "what": "4 KiB append and fdatasync", "machine": machine() });
        emit(Measure { name: "disk.fsync_per_s", value: *fsync, unit: "1/s", detail });
    }
    emit(Measure {
        name: engine.name("store.bare_insert_per_s.sqlite", "store.bare_insert_per_s.postgres"),
        value: *insert,
        unit: "1/s",
        detail: json!({ "what": "one row, one commit, one connection", "fsync_per_s": fsync,
            "ratio_to_fsync": rounded(insert / fsync, 2) }),
    });
    emit(Measure {
        name: engine.name("shape.durable_per_s.sqlite", "shape.durable_per_s.postgres"),
        value: shape.as_ref().map_or(0.0, |step| rounded(step.acked_per_s, 0)),
        unit: "1/s",
        detail: json!({
            "what": "the smallest group-commit websocket server, no sign-in, same load generator",
            "most_acked_per_s": most_acked(shape_steps), "least_cpu_s_per_100k": least_cpu(shape_steps),
            "best": shape.as_ref().map(Step::as_json), "steps": all(shape_steps),
        }),
    });
}

fn emit_chat(
    engine: Engine,
    neighbours: &Neighbours,
    (best, steps): (Option<Step>, Vec<Step>),
    calm: &Step,
    told: &Value,
    emit: Emit<'_>,
) {
    let rate = best.as_ref().map_or(0.0, |step| step.acked_per_s);
    let shape = neighbours.shape.as_ref();
    let ratio = |neighbour: f64| (neighbour > 0.0).then(|| rounded(rate / neighbour, 3));
    emit(Measure {
        name: engine.name("chat.durable_per_s.sqlite", "chat.durable_per_s.postgres"),
        value: rounded(rate, 0),
        unit: "1/s",
        detail: json!({
            "what": "100 talks, 160-byte messages both ways, ack and delivery p99 < 100 ms, server and database on one core",
            "best": best.as_ref().map(Step::as_json),
            "shape_per_s": shape.map(|step| rounded(step.acked_per_s, 0)),
            "ratio_to_shape": shape.and_then(|step| ratio(step.acked_per_s)),
            "bare_insert_per_s": neighbours.insert, "ratio_to_bare_insert": ratio(neighbours.insert),
            "fsync_per_s": neighbours.fsync, "ratio_to_fsync": ratio(neighbours.fsync),
            "most_acked_per_s": most_acked(&steps), "least_cpu_s_per_100k": least_cpu(&steps),
            "steps": all(&steps), "told": told, "machine": machine(),
        }),
    });
    let cpu = best.as_ref().map_or(0.0, Step::cpu_s_per_100k);
    let shape_cpu = shape.map(Step::cpu_s_per_100k);
    emit(Measure {
        name: engine.name("chat.cpu_s_per_100k.sqlite", "chat.cpu_s_per_100k.postgres"),
        value: rounded(cpu, 2),
        unit: "s",
        detail: json!({
            "what": "CPU seconds of server and database for 100,000 messages at the highest sustained rate",
            "at_500_per_s": rounded(calm.cpu_s_per_100k(), 2), "at_500": calm.as_json(),
            "shape": shape_cpu.map(|cpu| rounded(cpu, 2)),
            "ratio_to_shape": shape_cpu.filter(|cpu| *cpu > 0.0).map(|shape| rounded(cpu / shape, 2)),
        }),
    });
}

fn emit_calm(
    engine: Engine,
    neighbours: &Neighbours,
    calm: &Step,
    single_ms: [f64; 2],
    emit: Emit<'_>,
) {
    let detail =
        json!({ "what": "at 500 messages/s", "step": calm.as_json(), "machine": machine() });
    let ack = engine.name("chat.ack_p99_ms", "chat.ack_p99_ms.postgres");
    let value = rounded(calm.ack_ms[1], 2);
    emit(Measure { name: ack, value, unit: "ms", detail: detail.clone() });
    let delivery = engine.name("chat.delivery_p99_ms", "chat.delivery_p99_ms.postgres");
    let value = rounded(calm.delivery_ms[1], 2);
    emit(Measure { name: delivery, value, unit: "ms", detail });
    let bare_ms = 1000.0 / neighbours.insert.max(1.0);
    emit(Measure {
        name: engine.name("chat.single_ack_ms", "chat.single_ack_ms.postgres"),
        value: rounded(single_ms[0], 3),
        unit: "ms",
        detail: json!({
            "what": "one message at a time on an idle hotline, median from send to ack",
            "p90_ms": rounded(single_ms[1], 3), "bare_commit_ms": rounded(bare_ms, 3),
            "ratio_to_bare_commit": rounded(single_ms[0] / bare_ms, 2),
        }),
    });
}

/// Median and p90 of acks of messages sent one at a time.
async fn single_acks_ms(scene: &super::scene::Scene) -> anyhow::Result<[f64; 2]> {
    let mut acks = Vec::new();
    for turn in 0..SINGLE {
        let before = scene.tally.borrow().acked;
        let began = now_us();
        scene.send(usize::try_from(turn).unwrap_or(0) % scene.way_count(), began, 1);
        while scene.tally.borrow().acked == before {
            anyhow::ensure!(seconds(began, now_us()) < 10.0, "a single message was not acked");
            tokio::task::yield_now().await;
        }
        acks.push(seconds(began, now_us()) * 1000.0);
    }
    acks.sort_by(f64::total_cmp);
    let at = |index: usize| acks.get(index).copied().unwrap_or(0.0);
    Ok([at(acks.len() / 2), at(acks.len() * 9 / 10)])
}

/// The throughput under overload, whatever the latency.
fn most_acked(steps: &[Step]) -> f64 {
    rounded(steps.iter().map(|step| step.acked_per_s).fold(0.0, f64::max), 0)
}

/// What a message costs when batches are full.
fn least_cpu(steps: &[Step]) -> f64 {
    rounded(steps.iter().map(Step::cpu_s_per_100k).fold(f64::INFINITY, f64::min), 2)
}

fn all(steps: &[Step]) -> Vec<Value> {
    steps.iter().map(Step::as_json).collect()
}
