//! `chat.locked_3s`, `chat.postgres_killed`: is an ack a promise when the database fails?

use super::chat::block_on;
use super::cluster::Cluster;
use super::history::prove;
use super::house::House;
use super::process::{Scratch, machine};
use super::scene::Scene;
use super::stand::{self, Stand};
use super::stopwatch::{count, now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use crate::store::probe::hold_sqlite_lock;
use crate::wire_client::pause;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::spawn_local;

/// Messages a second while it happens.
const RATE: u64 = 200;
/// How long the lock is held.
const LOCKED: Duration = Duration::from_secs(3);
/// Before and after the fault.
const CALM: Duration = Duration::from_secs(2);
/// After the fault everything must be answered within this.
const ANSWERED_S: f64 = 30.0;

pub const LOCKED_3S: Group =
    Group { names: &["chat.locked_3s"], run: |emit| block_on(locked(emit)) };

pub const POSTGRES_KILLED: Group =
    Group { names: &["chat.postgres_killed"], run: |emit| block_on(killed(emit)) };

async fn locked(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let house = House::serve(scratch.path(), None)?;
    let stand = stand::product(&house.door).await?;
    let load = spawn_local(keep_sending(Rc::clone(&stand.scene)));
    pause(CALM).await;
    let acked_in_lock = {
        let file = database_file(&scratch)?;
        let mut in_lock = (0, 0);
        let scene = &stand.scene;
        hold_sqlite_lock(&file, async {
            pause(Duration::from_millis(200)).await;
            let before = scene.tally.borrow().acked;
            pause(LOCKED).await;
            in_lock = (before, scene.tally.borrow().acked);
        })
        .await?;
        in_lock.1 - in_lock.0
    };
    pause(CALM).await;
    load.abort();
    let settled_s = settle(&stand.scene).await;
    let (lost, detail) = account(&house, &stand, json!({
        "what": "SQLite locked by another connection for 3 s at 200 messages/s: acked messages lost",
        "acked_while_locked": acked_in_lock, "settled_s": rounded(settled_s, 2),
    })).await?;
    emit(Measure { name: "chat.locked_3s", value: lost, unit: "messages", detail });
    Ok(())
}

async fn killed(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let mut cluster = Cluster::start().await?;
    let house = House::serve(scratch.path(), Some(&cluster.url()))?;
    let stand = stand::product(&house.door).await?;
    let load = spawn_local(keep_sending(Rc::clone(&stand.scene)));
    pause(CALM).await;
    let began = now_us();
    cluster.kill();
    cluster.start_again().await?;
    let down_s = seconds(began, now_us());
    pause(CALM).await;
    load.abort();
    let settled_s = settle(&stand.scene).await;
    let (lost, detail) = account(&house, &stand, json!({
        "what": "PostgreSQL killed (immediate) and started again at 200 messages/s: acked messages lost",
        "database_down_s": rounded(down_s, 2), "settled_s": rounded(settled_s, 2),
    })).await?;
    emit(Measure { name: "chat.postgres_killed", value: lost, unit: "messages", detail });
    Ok(())
}

/// The product's own database file under the data directory.
fn database_file(scratch: &Scratch) -> anyhow::Result<PathBuf> {
    let files = std::fs::read_dir(scratch.path())?.flatten().map(|file| file.path());
    let mut files = files.filter(|path| path.extension().is_some_and(|end| end == "db"));
    files.next().ok_or_else(|| anyhow::anyhow!("no database file in the data directory"))
}

/// An even stream, whatever comes back; each way waits for its ack, as a person does.
async fn keep_sending(scene: Rc<Scene>) {
    let mut tick = tokio::time::interval(Duration::from_millis(1000 / RATE));
    let mut way = 0;
    loop {
        tick.tick().await;
        scene.send(way, now_us(), 1);
        way = (way + 1) % scene.way_count().max(1);
    }
}

/// Seconds until everything sent is acked or refused.
async fn settle(scene: &Scene) -> f64 {
    let began = now_us();
    while scene.in_flight() > 0 && seconds(began, now_us()) < ANSWERED_S {
        pause(Duration::from_millis(20)).await;
    }
    let settled = seconds(began, now_us());
    pause(Duration::from_millis(500)).await;
    settled
}

/// Acked messages that the history does not hold, and `about` with everything told.
async fn account(house: &House, stand: &Stand, about: Value) -> anyhow::Result<(f64, Value)> {
    let Stand { scene, tickets } = stand;
    scene.close();
    let proof = prove(&house.door, tickets, scene).await?;
    let tally = scene.tally.borrow();
    let detail = json!({
        "about": about, "sent": scene.sent(), "acked": tally.acked, "delivered": tally.delivered,
        "unanswered": scene.in_flight(), "errors": tally.errors, "sockets_lost": tally.sockets_lost,
        "history": proof.as_json(), "doubles_on_the_wire": tally.doubles,
        "ack_max_ms": rounded(count(tally.ack_us.max()) / 1000.0, 1), "machine": machine(),
    });
    Ok((count(proof.lost), detail))
}
