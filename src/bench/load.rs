//! Offered load on a scene, and the search for the highest rate it sustains.
//!
//! Open loop: message number i is due at i / rate, whatever happened before, and its
//! latency counts from then; a way has at most [`WINDOW`] unanswered messages, after which
//! the schedule waits and the wait shows in the latency.

use super::process::{cpu_s, own_cpu_s};
use super::scene::Scene;
use super::stopwatch::{count, now_us, rounded, seconds};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Unanswered messages of one way.
const WINDOW: u32 = 64;
/// What a rate must stay under to count as sustained, both for ack and delivery.
const P99_LIMIT_MS: f64 = 100.0;
/// Seconds after a step in which everything must be acked and delivered.
const DRAIN_S: f64 = 5.0;
/// Length of one step of the search, and of the longer run at its end.
const STEP_S: f64 = 2.0;
const CONFIRM_S: f64 = 5.0;
/// Where the ladder begins and ends, and its step.
const RATE_FIRST: f64 = 2_000.0;
const RATE_LAST: f64 = 80_000.0;
const RATE_STEP: f64 = 1.5;
/// Tries of one rate.
const TRIES: u32 = 3;

/// Whose CPU is counted.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub server: u32,
    pub database: Option<u32>,
}

/// What one step came to.
#[derive(Clone, Debug)]
pub struct Step {
    pub length_s: f64,
    pub offered_per_s: f64,
    pub acked_per_s: f64,
    pub ack_ms: [f64; 2],
    pub delivery_ms: [f64; 2],
    pub acked: u64,
    pub undelivered: u64,
    pub server_cpu_s: f64,
    pub database_cpu_s: f64,
    pub generator_cpu_s: f64,
}

impl Step {
    pub fn sustained(&self) -> bool {
        self.ack_ms[1] < P99_LIMIT_MS
            && self.delivery_ms[1] < P99_LIMIT_MS
            && self.undelivered == 0
            && self.acked_per_s > 0.9 * self.offered_per_s
    }

    /// The throughput stays behind what is offered: no burst of a neighbour's.
    pub fn is_behind(&self) -> bool {
        self.acked_per_s < 0.75 * self.offered_per_s
    }

    /// CPU seconds of server and database for 100,000 messages.
    pub fn cpu_s_per_100k(&self) -> f64 {
        (self.server_cpu_s + self.database_cpu_s) / count(self.acked.max(1)) * 100_000.0
    }

    pub fn as_json(&self) -> Value {
        let per_100k = |cpu: f64| rounded(cpu / count(self.acked.max(1)) * 100_000.0, 2);
        json!({
            "length_s": self.length_s, "offered_per_s": rounded(self.offered_per_s, 0), "acked_per_s": rounded(self.acked_per_s, 0),
            "ack_p50_ms": rounded(self.ack_ms[0], 2), "ack_p99_ms": rounded(self.ack_ms[1], 2),
            "delivery_p50_ms": rounded(self.delivery_ms[0], 2), "delivery_p99_ms": rounded(self.delivery_ms[1], 2),
            "acked": self.acked, "undelivered": self.undelivered,
            "server_cpu_s_per_100k": per_100k(self.server_cpu_s),
            "database_cpu_s_per_100k": per_100k(self.database_cpu_s),
            "generator_cpu_s_per_100k": per_100k(self.generator_cpu_s),
            "sustained": self.sustained(),
        })
    }
}

/// Offers `rate` messages a second for `length_s` and waits for the rest.
pub async fn drive(scene: &Rc<Scene>, rate: f64, length_s: f64, measured: Measured) -> Step {
    let database_cpu = || measured.database.map_or(0.0, cpu_s);
    let before = (cpu_s(measured.server), database_cpu(), own_cpu_s());
    let (acked_before, delivered_before) = reset(scene);
    let began = now_us();
    offer(scene, rate, length_s, began).await;
    let acked_per_s = {
        let acked = scene.tally.borrow().acked - acked_before;
        count(acked) / seconds(began, now_us())
    };
    drain(scene).await;
    let tally = scene.tally.borrow();
    let acked = tally.acked - acked_before;
    let delivered = tally.delivered - delivered_before;
    let ms = |us: u64| count(us) / 1000.0;
    Step {
        length_s,
        offered_per_s: rate,
        acked_per_s,
        ack_ms: [0.5, 0.99].map(|share| ms(tally.ack_us.value_at_quantile(share))),
        delivery_ms: [0.5, 0.99].map(|share| ms(tally.delivery_us.value_at_quantile(share))),
        acked,
        undelivered: acked.saturating_sub(delivered),
        server_cpu_s: cpu_s(measured.server) - before.0,
        database_cpu_s: database_cpu() - before.1,
        generator_cpu_s: own_cpu_s() - before.2,
    }
}

fn reset(scene: &Scene) -> (u64, u64) {
    let mut tally = scene.tally.borrow_mut();
    tally.ack_us.reset();
    tally.delivery_us.reset();
    (tally.acked, tally.delivered)
}

/// Puts messages on their way as they fall due.
async fn offer(scene: &Rc<Scene>, rate: f64, length_s: f64, began: u64) {
    let gap_us = 1_000_000.0 / rate;
    let mut tick = interval(Duration::from_millis(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut due_us = 0.0;
    let mut way = 0;
    while seconds(began, now_us()) < length_s {
        tick.tick().await;
        let passed_us = count(now_us() - began);
        while due_us <= passed_us {
            let offset = Duration::from_secs_f64(due_us / 1_000_000.0).as_micros();
            let due = began + u64::try_from(offset).unwrap_or(0);
            if !scene.send(way, due, WINDOW) {
                break;
            }
            due_us += gap_us;
            way = (way + 1) % scene.way_count().max(1);
        }
    }
}

/// Waits until all is acked and delivered, or [`DRAIN_S`] have passed.
pub async fn drain(scene: &Scene) {
    let began = now_us();
    let mut tick = interval(Duration::from_millis(2));
    while seconds(began, now_us()) < DRAIN_S {
        tick.tick().await;
        let tally = scene.tally.borrow();
        if scene.in_flight() == 0 && tally.delivered >= tally.acked {
            return;
        }
    }
}

/// The highest rate that a step sustained, and every step on the way.
///
/// Steps of 2 s, as the peers' rates in the design notes were found: a burst ceiling, not an
/// hour's. Longer runs at the end show what holds; they are among the steps.
///
/// The ladder goes on past a rate that failed, for a neighbour's burst or a stalled disk is not
/// the server's limit, until even the throughput stays behind what is offered.
pub async fn search(scene: &Rc<Scene>, measured: Measured) -> (Option<Step>, Vec<Step>) {
    let mut steps = Vec::new();
    let mut held = Vec::new();
    let mut rate = RATE_FIRST;
    while rate <= RATE_LAST {
        if try_rate(scene, rate, measured, &mut steps).await {
            held.push(rate);
        } else if steps.last().is_some_and(Step::is_behind) {
            break;
        }
        rate *= RATE_STEP;
    }
    let highest = held.last().copied().unwrap_or(RATE_FIRST / RATE_STEP);
    let mut rates: Vec<f64> = held.into_iter().rev().take(3).collect();
    rates.insert(0, highest * RATE_STEP.sqrt());
    rates.extend([RATE_FIRST / 2.0, RATE_FIRST / 4.0]);
    for rate in rates {
        let step = drive(scene, rate, CONFIRM_S, measured).await;
        let sustained = step.sustained();
        steps.push(step);
        if sustained {
            break;
        }
    }
    let sustained = steps.iter().filter(|step| step.sustained());
    let best = sustained.max_by(|a, b| a.acked_per_s.total_cmp(&b.acked_per_s)).cloned();
    (best, steps)
}

/// One step, tried again before it counts as failed.
async fn try_rate(scene: &Rc<Scene>, rate: f64, measured: Measured, steps: &mut Vec<Step>) -> bool {
    for _ in 0..TRIES {
        let step = drive(scene, rate, STEP_S, measured).await;
        let (sustained, behind) = (step.sustained(), step.is_behind());
        steps.push(step);
        if sustained || behind {
            return sustained;
        }
    }
    false
}
