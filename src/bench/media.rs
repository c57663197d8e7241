//! `media.*`: the packet path alone, on one core, with the callers on the other.
//!
//! No signalling: legs are opened and joined as calls would be. What a bare relay costs, which only
//! takes a datagram from one socket and sends it from another, is measured in the same run.

mod callers;
mod shelf;

pub use shelf::{Kind, Shelf, serve};

use super::process::{Kept, cores, cpu_s, machine, spawn_on_server_core, stay_on_load_core};
use super::stopwatch::{count, now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use anyhow::{Context, bail};
use callers::Heard;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Calls at once, each with two legs.
const CALLS: usize = 500;
const FEW_CALLS: usize = 50;
/// How long packets flow before and while it is measured, s.
const WARM_S: u64 = 2;
const RUN_S: u64 = 10;
/// Packets a second and leg.
const PACKETS_PER_S: u64 = 50;

pub const MEDIA: Group = Group {
    names: &["media.relay_core_pct", "media.relay_50_core_pct", "media.music_500_core_pct"],
    run: |emit| run(emit),
};

/// What one run came to.
struct Run {
    cpu_s: f64,
    heard: Heard,
    legs: usize,
    wall_s: f64,
}

impl Run {
    /// Per cent of a core for each of `parts`.
    fn core_pct(&self, parts: usize) -> f64 {
        100.0 * self.cpu_s / self.wall_s / count(u64::try_from(parts).unwrap_or(1))
    }

    fn told(&self) -> serde_json::Value {
        json!({
            "packets_heard": self.heard.packets,
            "packets_expected": self.heard.expected,
            "legs_with_a_gap": self.heard.legs_with_a_gap,
            "added_delay_us": { "p50": self.heard.delay_us(0.5), "p99": self.heard.delay_us(0.99), "worst": self.heard.delay_us(1.0) },
            "cpu_us_per_packet": rounded(1e6 * self.cpu_s / count(self.heard.packets.max(1)), 2),
            "legs": self.legs,
        })
    }
}

fn run(emit: Emit<'_>) -> anyhow::Result<()> {
    bridged("media.relay_core_pct", CALLS, emit)?;
    bridged("media.relay_50_core_pct", FEW_CALLS, emit)?;
    let music = measure(Kind::Music, CALLS)?;
    let detail = json!({
        "what": "500 callers who wait with open microphones and hear music, all of them",
        "run": music.told(), "cores": cores(), "machine": machine(),
    });
    let value = rounded(music.core_pct(1), 2);
    emit(Measure { name: "media.music_500_core_pct", value, unit: "%", detail });
    Ok(())
}

fn bridged(name: &'static str, calls: usize, emit: Emit<'_>) -> anyhow::Result<()> {
    let bare = measure(Kind::Relay, calls * 2)?;
    let ours = measure(Kind::Bridge, calls * 2)?;
    let (value, beside) = (ours.core_pct(calls), bare.core_pct(calls));
    let detail = json!({
        "what": "one bridged call of plain RTP, both directions, 100 packets/s; the neighbour is a bare UDP relay of the same packets",
        "calls": calls, "run": ours.told(), "relay_core_pct": rounded(beside, 4),
        "relay": bare.told(), "ratio": rounded(value / beside.max(1e-9), 2),
        "cores": cores(), "machine": machine(),
    });
    emit(Measure { name, value: rounded(value, 4), unit: "% of a core a call", detail });
    Ok(())
}

fn measure(kind: Kind, legs: usize) -> anyhow::Result<Run> {
    stay_on_load_core();
    let mut callers = callers::Callers::ready()?;
    let binary = std::env::current_exe().context("find this program")?;
    let mut command = Command::new(binary);
    command.args(["bench-media", "--kind", kind.as_str(), "--legs", &legs.to_string()]);
    command.args(["--callers", &callers.address().to_string()]);
    let mut child = Kept(spawn_on_server_core(command.stdout(Stdio::piped()))?);
    let stdout = child.0.stdout.take().context("hear the packet path")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).context("hear its ports")?;
    let ports: Vec<u16> = serde_json::from_str(&line).context("read its ports")?;
    if ports.len() != legs {
        bail!("{} legs were asked for, {} are there", legs, ports.len());
    }
    callers.speak(&ports, WARM_S * PACKETS_PER_S)?;
    let (before, begun_us) = (cpu_s(child.id()), now_us());
    let heard = callers.speak(&ports, RUN_S * PACKETS_PER_S)?;
    let (cpu_s, wall_s) = (cpu_s(child.id()) - before, seconds(begun_us, now_us()));
    child.end();
    Ok(Run { cpu_s, heard, legs, wall_s })
}
