//! `chat.idle_socket_kib`: what a seeker who only waits costs in memory.

use super::chat::block_on;
use super::house::House;
use super::process::{Scratch, cpu_s, machine, memory_kib};
use super::stand::knock_all;
use super::stopwatch::{count, now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use crate::wire_client::WireError;
use crate::wire_client::door::Door;
use crate::wire_client::frames::SeekerSays;
use crate::wire_client::pause;
use crate::wire_client::seeker::{Ticket, attach};
use crate::wire_client::socket::Socket;
use futures_util::future::try_join_all;
use serde_json::json;
use std::time::Duration;
use tokio::task::spawn_local;

/// Seekers who wait. The descriptor limit of one process is 20,000 on many machines.
const WAITING: usize = 10_000;
/// Sockets opened at one time.
const OPENING_AT_ONCE: usize = 64;
/// Until queue frames and page faults have settled.
const SETTLING: Duration = Duration::from_secs(5);
/// How long the standing cost is watched.
const WATCHED: Duration = Duration::from_secs(10);
/// Well below the heartbeat of the contract.
const PING: Duration = Duration::from_secs(20);

pub const IDLE: Group =
    Group { names: &["chat.idle_socket_kib"], run: |emit| block_on(measure(emit)) };

async fn measure(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let house = House::serve(scratch.path(), None)?;
    let pid = house.process.id();
    pause(Duration::from_secs(1)).await;
    let (before_kib, _) = memory_kib(pid)?;
    let cpu_before = cpu_s(pid);
    let began = now_us();
    let tickets = knock_all(&house.door, WAITING).await?;
    let knocked_kib = memory_kib(pid)?.0;
    open_all(&house.door, &tickets).await?;
    let setting_s = seconds(began, now_us());
    let setting_cpu_s = cpu_s(pid) - cpu_before;
    pause(SETTLING).await;
    let (after_kib, rss_kib) = memory_kib(pid)?;
    let cpu_before = cpu_s(pid);
    pause(WATCHED).await;
    let standing_pct = 100.0 * (cpu_s(pid) - cpu_before) / WATCHED.as_secs_f64();
    let waiting = count(u64::try_from(tickets.len()).unwrap_or(1));
    let per_seeker = count(after_kib.saturating_sub(before_kib)) / waiting;
    let detail = json!({
        "what": "PSS of the server before and with 10,000 idle waiting seekers, divided",
        "waiting": tickets.len(), "before_kib": before_kib, "contacts_only_kib": knocked_kib,
        "after_kib": after_kib, "rss_kib": rss_kib,
        "set_up_s": rounded(setting_s, 1), "set_up_cpu_s": rounded(setting_cpu_s, 2),
        "standing_core_pct": rounded(standing_pct, 1), "machine": machine(),
    });
    emit(Measure {
        name: "chat.idle_socket_kib",
        value: rounded(per_seeker, 2),
        unit: "KiB",
        detail,
    });
    Ok(())
}

/// Opens every ticket's socket, a few at a time; each then only pings.
pub async fn open_all(door: &Door, tickets: &[Ticket]) -> anyhow::Result<()> {
    for some in tickets.chunks(OPENING_AT_ONCE) {
        let opened = try_join_all(some.iter().map(|ticket| attach(door, ticket, 0))).await?;
        for socket in opened {
            spawn_local(idle(socket));
        }
    }
    Ok(())
}

async fn idle(mut socket: Socket) -> Result<(), WireError> {
    let mut beat = tokio::time::interval(PING);
    beat.tick().await;
    loop {
        tokio::select! {
            heard = socket.hear() => drop(heard?),
            _ = beat.tick() => socket.say(&SeekerSays::Ping).await?,
        }
    }
}
