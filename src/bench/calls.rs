//! `call.*`: telephone calls through the whole house, callers and counselors' telephones played here.
//!
//! INVITE, answered, queued, the counselor's telephone rung and lifted, joined, ended there, note
//! skipped. The server is on one core, everything else on the other.

mod played;

use super::house::House;
use super::process::{Scratch, cores, cpu_s, machine, memory_kib, stay_on_load_core};
use super::stopwatch::{count, now_us, rounded, seconds};
use super::{Emit, Group, Measure};
use anyhow::Context;
use played::{Played, Told};
use serde_json::{Value, json};

/// Counselors' telephones.
const PHONES: u16 = 200;
/// New calls a second, tried in this order until one is too many.
const STEPS: [u64; 7] = [100, 200, 300, 400, 500, 650, 800];
/// How long each step lasts, and what was begun in it is waited for, s.
const STEP_S: u64 = 5;
const TAIL_S: u64 = 15;
/// A telephone hangs up so long after it was lifted, µs.
const TALK_US: u64 = 200_000;
/// A step holds if fewer than one in a thousand failed and the answer came within this, µs.
const ANSWER_P99_US: u64 = 2_000_000;
/// Callers who wait while the memory of one is measured.
const WAITING: u64 = 500;

pub const CALLS: Group = Group {
    names: &[
        "call.setup_per_s",
        "call.setup_cpu_s_per_1000",
        "call.answer_p99_ms",
        "call.next_offer_p99_ms",
        "call.wait_500_music_core_pct",
        "call.waiting_kib",
    ],
    run: |emit| run(emit),
};

struct Step {
    rate: u64,
    told: Told,
    cpu_s: f64,
}

impl Step {
    fn holds(&self) -> bool {
        self.told.failed() * 1_000 < self.told.begun && self.told.answer_us(0.99) < ANSWER_P99_US
    }

    fn cpu_s_per_1000(&self) -> f64 {
        1_000.0 * self.cpu_s / count(self.told.done.max(1))
    }

    fn shown(&self) -> Value {
        json!({
            "rate_per_s": self.rate, "begun": self.told.begun, "done": self.told.done,
            "refused": self.told.refused, "failed": self.told.failed(),
            "answer_ms": { "p50": ms(self.told.answer_us(0.5)), "p99": ms(self.told.answer_us(0.99)) },
            "cpu_s_per_1000": rounded(self.cpu_s_per_1000(), 3),
        })
    }
}

fn ms(us: u64) -> f64 {
    rounded(count(us) / 1_000.0, 2)
}

fn run(emit: Emit<'_>) -> anyhow::Result<()> {
    stay_on_load_core();
    setups(emit)?;
    next_offers(emit)?;
    waiting(emit)
}

fn setups(emit: Emit<'_>) -> anyhow::Result<()> {
    let (house, mut played, _scratch) = open(PHONES)?;
    played.run(20, STEP_S, TAIL_S, TALK_US)?;
    let mut steps: Vec<Step> = Vec::new();
    for rate in STEPS {
        let before = cpu_s(house.process.id());
        let told = played.run(rate, STEP_S, TAIL_S, TALK_US)?;
        let step = Step { rate, told, cpu_s: cpu_s(house.process.id()) - before };
        let holds = step.holds();
        steps.push(step);
        if !holds {
            break;
        }
    }
    let shown: Vec<Value> = steps.iter().map(Step::shown).collect();
    let best = steps.iter().rfind(|step| step.holds()).context("no step held")?;
    let detail = json!({
        "what": "calls through the queue to 200 telephones, under 0.1 % failed, answered within 2 s at p99; steps of 5 s",
        "steps": shown, "cores": cores(), "machine": machine(),
    });
    let value = count(best.rate);
    emit(Measure { name: "call.setup_per_s", value, unit: "1/s", detail });
    let detail = json!({ "what": "CPU seconds of the server for 1,000 such calls at that rate", "rate_per_s": best.rate });
    let value = rounded(best.cpu_s_per_1000(), 3);
    emit(Measure { name: "call.setup_cpu_s_per_1000", value, unit: "s", detail });
    let first = steps.first().context("no step")?;
    let detail = json!({ "what": "INVITE to 200 at 100 calls a second", "p50_ms": ms(first.told.answer_us(0.5)), "machine": machine() });
    emit(Measure {
        name: "call.answer_p99_ms",
        value: ms(first.told.answer_us(0.99)),
        unit: "ms",
        detail,
    });
    Ok(())
}

/// More callers than telephones: how long a telephone that was hung up is without the next.
fn next_offers(emit: Emit<'_>) -> anyhow::Result<()> {
    const FEW_PHONES: u16 = 20;
    const RATE: u64 = 100;
    let (house, mut played, _scratch) = open(FEW_PHONES)?;
    let told = played.run(RATE, STEP_S, 60, TALK_US)?;
    let detail = json!({
        "what": "from a telephone's BYE to the next INVITE it gets, while callers wait",
        "telephones": FEW_PHONES, "calls": told.done, "p50_ms": ms(told.idle_us(0.5)), "worst_ms": ms(told.idle_us(1.0)),
        "lifted_twice": told.lifted_twice, "machine": machine(),
    });
    drop(house);
    emit(Measure {
        name: "call.next_offer_p99_ms",
        value: ms(told.idle_us(0.99)),
        unit: "ms",
        detail,
    });
    Ok(())
}

fn waiting(emit: Emit<'_>) -> anyhow::Result<()> {
    const MUSIC_S: u64 = 10;
    let (house, mut played, _scratch) = open(0)?;
    let (before_kib, _) = memory_kib(house.process.id())?;
    let told = played.knock(WAITING)?;
    let (cpu, begun_us) = (cpu_s(house.process.id()), now_us());
    let heard = played.listen(MUSIC_S)?;
    let core_pct = 100.0 * (cpu_s(house.process.id()) - cpu) / seconds(begun_us, now_us());
    let (after_kib, _) = memory_kib(house.process.id())?;
    let detail = json!({
        "what": "500 callers wait and hear music", "answered": told,
        "packets_heard": heard, "packets_expected": WAITING * MUSIC_S * 50, "machine": machine(),
    });
    let value = rounded(core_pct, 2);
    emit(Measure { name: "call.wait_500_music_core_pct", value, unit: "%", detail });
    let each = count(after_kib.saturating_sub(before_kib)) / count(told.max(1));
    let detail =
        json!({ "what": "proportional memory of the process for each of 500 waiting callers" });
    emit(Measure { name: "call.waiting_kib", value: rounded(each, 1), unit: "KiB", detail });
    Ok(())
}

fn open(phones: u16) -> anyhow::Result<(House, Played, Scratch)> {
    let scratch = Scratch::new()?;
    let mut played = Played::new()?;
    let house = House::with_phones(scratch.path(), played.phones_at()?, phones)?;
    played.call(house.sip.context("the server takes no calls")?);
    Ok((house, played, scratch))
}
