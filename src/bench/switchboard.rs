//! What the switchboard does on one core.
//!
//! The scene: 10,000 counselors with three of 50 skills each, one chat at a time, all of them
//! in a talk; 50 lines, each asking for one skill; so many chats waiting, of all risks. One
//! *assignment* is five inputs: `End` and `WrappedUp` of a talk (the counselor is free and
//! the machine picks for them: `Offer`), `Accept` (`Connect`), and a new contact that
//! takes the place of the one that left the queue (`Arrive`, `SeekerConnected`). Effects
//! are drained after every input; changed rows are built and dropped after every
//! assignment, which is more often than the pump does it.

use super::{Emit, Group, Measure};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, OfferId, SkillId};
use crate::switchboard::line::{Hours, LastRung, Step};
use crate::switchboard::{
    Arrival, Channel, Effect, Input, Line, Need, Profile, Risk, RoutingPlan, Rules, Switchboard,
    Wish,
};
use anyhow::Context as _;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

/// All figures of this room: first of all groups, while the heap is fresh.
pub(super) const ASSIGN: Group = Group {
    names: &[
        "switchboard.assign_per_s",
        "switchboard.cost_ratio_100k_to_1k",
        "switchboard.bytes_per_waiting",
    ],
    run,
};

const SKILLS: u16 = 50;
const COUNSELORS: u32 = 10_000;
const WAITING: u32 = 100_000;
const WAITING_FEW: u32 = 1_000;
/// Assignments in one timed round.
const ROUND: u32 = 2_000;
/// The median of so many rounds counts.
const ROUNDS: u32 = 51;
/// A line never fills and a step never ends while we measure, ms.
const HALF_A_DAY_MS: i64 = 43_200_000;

/// Makes all figures of this room.
///
/// # Errors
/// If the resident set cannot be read, or the scene cannot be set.
pub fn run(emit: Emit<'_>) -> anyhow::Result<()> {
    // First, while the heap is as fresh as this process can offer.
    emit(bytes_per_waiting()?);
    let few = time_assignments(WAITING_FEW, Rules::default(), true)?;
    let many = time_assignments(WAITING, Rules::default(), true)?;
    let without_rows = time_assignments(WAITING, Rules::default(), false)?;
    let overdue = Rules { overdue_ms: [0; 5], ..Rules::default() };
    let all_overdue = time_assignments(WAITING, overdue, true)?;
    let bare = time_bare_set();
    emit(Measure {
        name: "switchboard.assign_per_s",
        value: per_s(many),
        unit: "1/s",
        detail: json!({
            "waiting": WAITING,
            "counselors": COUNSELORS,
            "skills": SKILLS,
            "one_assignment": "End, WrappedUp, Accept, Arrive, SeekerConnected; effects and built rows drained",
            "ns": many.as_nanos(),
            "rows_not_built_per_s": per_s(without_rows),
            "all_overdue_per_s": per_s(all_overdue),
            "bare_btreeset_insert_and_pop_per_s": per_s(bare),
            "bare_to_assignment": bare.as_secs_f64() / many.as_secs_f64(),
        }),
    });
    emit(Measure {
        name: "switchboard.cost_ratio_100k_to_1k",
        value: many.as_secs_f64() / few.as_secs_f64(),
        unit: "ratio",
        detail: json!({ "ns_at_100k": many.as_nanos(), "ns_at_1k": few.as_nanos() }),
    });
    Ok(())
}

fn per_s(one: Duration) -> f64 {
    1.0 / one.as_secs_f64()
}

/// What each waiting contact adds to the resident set, everything included that it causes.
fn bytes_per_waiting() -> anyhow::Result<Measure> {
    let mut scene = Scene::set(0, Rules::default())?;
    let before = resident_bytes()?;
    scene.fill(WAITING);
    let grown = resident_bytes()?.saturating_sub(before);
    let grown = u32::try_from(grown).context("the resident set grew past 4 GiB")?;
    Ok(Measure {
        name: "switchboard.bytes_per_waiting",
        value: f64::from(grown) / f64::from(WAITING),
        unit: "bytes",
        detail: json!({
            "waiting": WAITING,
            "how": "growth of VmRSS over 100,000 arrivals into a machine with 10,000 counselors",
            "contact_row_json_bytes": scene.row_bytes,
        }),
    })
}

fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse().context("read VmRSS")?;
    Ok(kib * 1_024)
}

/// The time of one assignment.
fn time_assignments(waiting: u32, rules: Rules, builds_rows: bool) -> anyhow::Result<Duration> {
    let mut scene = Scene::set(waiting, rules)?;
    scene.builds_rows = builds_rows;
    let median = median_of_rounds(|| scene.assign());
    anyhow::ensure!(scene.is_whole(waiting), "the scene fell apart");
    Ok(median)
}

/// CPU time of this thread for one call, so that other work on the machine is not counted.
fn median_of_rounds(mut once: impl FnMut()) -> Duration {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = cpu_time();
            for _ in 0..ROUND {
                once();
            }
            cpu_time().saturating_sub(started) / ROUND
        })
        .collect();
    rounds.sort_unstable();
    rounds.get(rounds.len() / 2).copied().unwrap_or(Duration::MAX)
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The neighbour: an ordered set of 100,000 keys as large as a place in a queue.
fn time_bare_set() -> Duration {
    let mut dice = Dice(7);
    let mut set: BTreeSet<(u64, i64, u32)> = (0..WAITING).map(|n| (dice.roll(), 0, n)).collect();
    median_of_rounds(|| {
        black_box(set.pop_first());
        set.insert((dice.roll(), 0, 0));
    })
}

/// The same numbers in every run (a splitmix64 sequence).
struct Dice(u64);

impl Dice {
    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u16) -> u16 {
        u16::try_from(self.roll() % u64::from(bound.max(1))).unwrap_or(0)
    }
}

/// A hotline at work.
struct Scene {
    machine: Switchboard,
    at: At,
    dice: Dice,
    contacts: u128,
    /// Who talks with whom, longest talk first.
    talks: std::collections::VecDeque<(CounselorId, ContactId)>,
    /// Offers that ring, not yet accepted.
    ringing: Option<(CounselorId, ContactId, OfferId)>,
    builds_rows: bool,
    /// The JSON of the last contact's row.
    row_bytes: usize,
}

impl Scene {
    fn set(waiting: u32, rules: Rules) -> anyhow::Result<Self> {
        let mut scene = Self {
            machine: Switchboard::new(rules),
            at: At(1_795_000_000_000),
            dice: Dice(1),
            contacts: 0,
            talks: std::collections::VecDeque::new(),
            ringing: None,
            builds_rows: true,
            row_bytes: 0,
        };
        for skill in 0..SKILLS {
            scene.take(Input::LineSaved { line: line(skill) });
        }
        // Each gets a talk before the next one comes, so that nobody is left over.
        for number in 0..COUNSELORS {
            let skill = scene.counselor_comes(CounselorId::from_number(u128::from(number)));
            scene.seeker_comes(LineId(skill.0));
            scene.accept();
        }
        let all_talk = u32::try_from(scene.talks.len()) == Ok(COUNSELORS);
        anyhow::ensure!(all_talk, "{} of the counselors talk", scene.talks.len());
        scene.fill(waiting);
        Ok(scene)
    }

    fn fill(&mut self, waiting: u32) {
        for _ in 0..waiting {
            self.somebody_comes();
        }
        self.measure_row();
    }

    fn measure_row(&mut self) {
        let last = Input::SeekerLost { contact: ContactId::from_number(self.contacts) };
        self.machine.handle(self.at, last);
        while let Some(change) = self.machine.poll_row() {
            if let Some(row @ crate::switchboard::Row::Contact(_)) = change.row {
                self.row_bytes = row.to_json().map_or(0, |json| json.len());
            }
        }
        self.take(Input::SeekerConnected { contact: ContactId::from_number(self.contacts) });
    }

    /// A counselor comes on duty; one of their skills.
    fn counselor_comes(&mut self, counselor: CounselorId) -> SkillId {
        let mut skills: Vec<(SkillId, u8)> = (0..3)
            .map(|_| {
                (
                    SkillId(self.dice.below(SKILLS)),
                    u8::try_from(self.dice.below(5)).unwrap_or(0) + 1,
                )
            })
            .collect();
        skills.sort_unstable();
        skills.dedup_by_key(|(skill, _)| *skill);
        let skill = skills.first().map_or(SkillId(0), |(skill, _)| *skill);
        let profile = Profile { counselor, skills, takes_voice: false, chats_max: 1 };
        self.take(Input::CounselorSaved { profile });
        self.take(Input::CounselorConnected { counselor });
        self.take(Input::Wish { counselor, wish: Wish::Available });
        skill
    }

    fn somebody_comes(&mut self) {
        let line = LineId(self.dice.below(SKILLS));
        self.seeker_comes(line);
    }

    fn seeker_comes(&mut self, line: LineId) {
        self.contacts += 1;
        self.at = self.at + 1;
        let contact = ContactId::from_number(self.contacts);
        let risk = match self.dice.below(100) {
            0..80 => Risk::None,
            80..90 => Risk::Low,
            90..96 => Risk::Moderate,
            96..99 => Risk::High,
            _ => Risk::Imminent,
        };
        let arrival = Arrival {
            contact,
            line,
            channel: Channel::Chat,
            risk,
            asks: None,
            returning: None,
            previous: None,
            simulated: false,
        };
        self.take(Input::Arrive(arrival));
        self.take(Input::SeekerConnected { contact });
    }

    /// One assignment; see the room's own words.
    fn assign(&mut self) {
        if let Some((counselor, contact)) = self.talks.pop_front() {
            self.take(Input::End { counselor, contact });
            self.take(Input::WrappedUp { counselor, contact });
            self.accept();
            self.somebody_comes();
            self.drain_rows();
        }
    }

    fn accept(&mut self) {
        if let Some((counselor, contact, offer)) = self.ringing.take() {
            self.take(Input::Accept { counselor, offer });
            self.talks.push_back((counselor, contact));
        }
    }

    fn take(&mut self, input: Input) {
        self.machine.handle(self.at, input);
        while let Some(effect) = self.machine.poll_effect() {
            if let Effect::Offer { offer, contact, counselor, .. } = effect {
                self.ringing = Some((counselor, contact, offer));
            }
            black_box(&effect);
        }
    }

    fn drain_rows(&mut self) {
        if self.builds_rows {
            while let Some(change) = self.machine.poll_row() {
                black_box(&change);
            }
        }
    }

    /// Everybody still talks, and as many wait as did.
    fn is_whole(&mut self, waiting: u32) -> bool {
        while self.machine.poll_row().is_some() {}
        let mut waits = 0;
        self.machine.each_place(self.at, &mut |_| waits += 1);
        waits == waiting && u32::try_from(self.talks.len()) == Ok(COUNSELORS)
    }
}

fn line(skill: u16) -> Line {
    let need = |at_least| Need::Skill { skill: SkillId(skill), at_least };
    let step = |need| Step { need, widens_after_ms: HALF_A_DAY_MS };
    Line {
        line: LineId(skill),
        hours: Hours::Always,
        plan: RoutingPlan {
            steps: vec![step(need(1)), step(Need::Anyone)],
            last_rung: Some(LastRung::Full),
        },
        threshold_ms: 15_000,
        greeting_ms: 0,
        mixes_voice_and_chat: false,
        waiting_max: u32::MAX,
        triage_seats: vec![],
    }
}
