//! `chat.storm_2000_cpu_s`: everybody drops and comes back at once, asking for everything.

use super::chat::block_on;
use super::history::{History, read};
use super::house::House;
use super::process::{Scratch, cpu_s, machine};
use super::stand::knock_all;
use super::stopwatch::{count, now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use crate::wire_client::WireError;
use crate::wire_client::door::Door;
use crate::wire_client::frames::{SeekerHears, SeekerSays};
use crate::wire_client::pause;
use crate::wire_client::seeker::{Ticket, attach};
use crate::wire_client::socket::Socket;
use futures_util::future::join_all;
use futures_util::future::try_join_all;
use serde_json::json;
use std::time::Duration;

/// Seekers of the storm.
const SEEKERS: usize = 2_000;
/// Histories are 8 to 32 messages long.
const SHORTEST: usize = 8;
const SPREAD: usize = 25;
/// Seekers who write their history at one time.
const WRITING_AT_ONCE: usize = 100;
/// Storms, of which the median CPU is told.
const ROUNDS: usize = 3;
/// The server notices the dropped sockets before they come back.
const GONE: Duration = Duration::from_millis(1500);

pub const STORM: Group =
    Group { names: &["chat.storm_2000_cpu_s"], run: |emit| block_on(measure(emit)) };

/// What one storm came to.
struct Round {
    cpu_s: f64,
    last_s: f64,
    gaps: u64,
    doubles: u64,
    missing: u64,
    failed: usize,
}

async fn measure(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let house = House::serve(scratch.path(), None)?;
    let tickets = knock_all(&house.door, SEEKERS).await?;
    let mut sockets = Vec::new();
    for (turn, some) in tickets.chunks(WRITING_AT_ONCE).enumerate() {
        let first = turn * WRITING_AT_ONCE;
        let writing = some.iter().enumerate();
        let writing = writing.map(|(at, ticket)| write_history(&house.door, ticket, first + at));
        sockets.extend(try_join_all(writing).await?);
    }
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        sockets.drain(..).for_each(Socket::cut);
        pause(GONE).await;
        rounds.push(storm(&house, &tickets, &mut sockets).await);
        pause(GONE).await;
    }
    tell(&mut rounds, emit);
    Ok(())
}

const fn history_length(seeker: usize) -> usize {
    SHORTEST + seeker % SPREAD
}

/// Writes a history while waiting, each message acked; keeps the socket.
async fn write_history(door: &Door, ticket: &Ticket, seeker: usize) -> Result<Socket, WireError> {
    let mut socket = attach(door, ticket, 0).await?;
    let text = ".".repeat(160);
    let length = history_length(seeker);
    for number in 0..length {
        let client_id = format!("h{number}");
        socket.queue(&SeekerSays::Message { client_id: &client_id, text: &text }).await?;
    }
    socket.flush().await?;
    let mut acked = 0;
    while acked < length {
        let frame = socket.hear().await?;
        let heard: SeekerHears<'_> = serde_json::from_str(&frame)?;
        match &*heard.kind {
            "ack" => acked += 1,
            "error" => return Err(WireError::Missing("ack of a history's message")),
            _ => {}
        }
    }
    Ok(socket)
}

/// All at once; the time until the last has its history.
async fn storm(house: &House, tickets: &[Ticket], sockets: &mut Vec<Socket>) -> Round {
    let pid = house.process.id();
    let cpu_before = cpu_s(pid);
    let began = now_us();
    let back = join_all(tickets.iter().map(|ticket| come_back(&house.door, ticket))).await;
    let last_s = seconds(began, now_us());
    let cpu_s = cpu_s(pid) - cpu_before;
    let mut round = Round { cpu_s, last_s, gaps: 0, doubles: 0, missing: 0, failed: 0 };
    for (seeker, result) in back.into_iter().enumerate() {
        match result {
            Ok((socket, history)) => {
                let own = history.texts.values().filter(|text| text.starts_with("....")).count();
                let missing = history_length(seeker).saturating_sub(own);
                round.gaps += history.gaps();
                round.doubles += history.twice;
                round.missing += u64::try_from(missing).unwrap_or(0);
                sockets.push(socket);
            }
            Err(_) => round.failed += 1,
        }
    }
    round
}

async fn come_back(door: &Door, ticket: &Ticket) -> Result<(Socket, History), WireError> {
    let mut socket = attach(door, ticket, 0).await?;
    let history = read(&mut socket).await?;
    Ok((socket, history))
}

fn tell(rounds: &mut [Round], emit: Emit<'_>) {
    rounds.sort_by(|a, b| a.cpu_s.total_cmp(&b.cpu_s));
    let Some(median) = rounds.get(rounds.len() / 2) else { return };
    let sum = |of: fn(&Round) -> u64| rounds.iter().map(of).sum::<u64>();
    let told: Vec<_> = rounds
        .iter()
        .map(|round| json!({ "cpu_s": rounded(round.cpu_s, 2), "last_has_history_s": rounded(round.last_s, 2) }))
        .collect();
    let messages: usize = (0..SEEKERS).map(history_length).sum();
    let detail = json!({
        "what": "2,000 waiting seekers dropped and back at once with last_seq 0: CPU seconds of the server until the last has its history; median round",
        "last_has_history_s": rounded(median.last_s, 2), "rounds": told,
        "messages_a_round": messages, "gaps": sum(|round| round.gaps), "doubles": sum(|round| round.doubles),
        "missing": sum(|round| round.missing),
        "failed": rounds.iter().map(|round| round.failed).sum::<usize>(),
        "cpu_us_per_seeker": rounded(median.cpu_s * 1_000_000.0 / count(2_000), 0), "machine": machine(),
    });
    let value = rounded(median.cpu_s, 2);
    emit(Measure { name: "chat.storm_2000_cpu_s", value, unit: "s", detail });
}
