//! Who comes, when, how long they wait and talk: plans of synthetic seekers.
//!
//! Figures: Open Up, Hong Kong, 24-hour text counseling for youth, December 2019 to
//! November 2020, 83,013 contacts: printed results of the notebooks of
//! github.com/cathug/crisis-des at 4fc679321b19 (MIT licence), described in JMIR
//! Formative Research 2024;8:e46823. Only summary figures are here, no rows. Text
//! lengths: SMILE (github.com/qiuhuachuan/smile, CC0), shortened to what people type:
//! real chat messages have a median of 19 to 22 characters where SMILE's have 40.
//! A figure of our own says "own assumption".

use super::chance::Chance;
use std::time::Duration;

/// Mean minutes between arrivals by hour of day, 0 to 23 h, September to November
/// 2020 (harmonic mean over the weekdays): 23 an hour at 23 h, 4.5 at 5 h.
const GAP_MIN_BY_HOUR: [f64; 24] = [
    3.33, 3.97, 5.37, 6.58, 10.97, 13.35, 12.69, 11.36, 8.63, 7.83, 6.61, 5.43, 5.29, 5.72, 4.66,
    4.83, 4.48, 4.45, 4.58, 4.14, 3.37, 2.86, 2.70, 2.61,
];

/// Standard deviation of a gap over its mean; 1 would be Poisson.
const GAP_VARIATION: f64 = 1.45;

/// Share of the talks that reach this risk at most: the rest is low.
const MEDIUM_SHARE: f64 = 0.1035;
const HIGH_SHARE: f64 = 0.006_53;

/// Minutes of a talk, gamma fits without outliers: (shape, scale) by risk.
const TALK_LOW: (f64, f64) = (2.2156, 22.6623);
const TALK_MEDIUM: (f64, f64) = (3.0305, 23.7427);
const TALK_HIGH: (f64, f64) = (3.7028, 24.8512);

/// After the first minute patience is exponential, in minutes; repeat seekers wait longer.
const PATIENCE_FIRST_MIN: f64 = 1.0;
const PATIENCE_MIN: f64 = 3.45;
const PATIENCE_REPEATED_MIN: f64 = 5.29;
const REPEATED_SHARE: f64 = 0.2892;

/// Share of answered talks with fewer than 4 exchanges. Open Up: 43.5 % of all who
/// accept the terms, most of them while waiting; this part of them is an own assumption.
const SHORT_SHARE: f64 = 0.12;

/// Minutes of a case with fewer than 4 exchanges: median 7.36, quartiles 4.11 and
/// 11.31; the p90 of a lognormal through them.
const SHORT_MEDIAN_MIN: f64 = 7.36;
const SHORT_P90_MIN: f64 = 19.3;

/// Mean seconds between two messages of one side: 53.5 min for about 32 messages
/// (`CPsyCoun`: 16 turns of two), own assumption that text chat has as many.
const MESSAGE_GAP_S: f64 = 200.0;

/// Characters of a message. SMILE: seeker median 40, p90 99; counselor 89 and 173;
/// both halved, see above.
const SEEKER_CHARS: (f64, f64) = (20.0, 49.5);
const COUNSELOR_CHARS: (f64, f64) = (44.5, 86.5);

/// Minutes of after-contact work for a served contact.
pub const WRAP_UP_MIN: f64 = 20.0;

/// The three doors of the demonstration, pooled over one team.
pub const LINES: [&str; 3] = ["12355", "966525", "4009151095"];

/// How grave it is, as the figures' source divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    Low,
    Medium,
    High,
}

impl Gravity {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// When a grave seeker says "I am in danger now".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    Never,
    AtTheDoor,
    WhileWaiting,
}

/// What one synthetic seeker will do. Lengths are in the hotline's own time.
#[derive(Clone, Debug)]
pub struct Plan {
    pub line: &'static str,
    pub arrives_after: Duration,
    pub gravity: Gravity,
    pub danger: Danger,
    pub patience: Duration,
    pub talk: Duration,
    /// Else the seeker leaves first.
    pub counselor_ends: bool,
}

/// Plans for `seekers` who arrive within `hours`, beginning at `from_hour` o'clock.
pub fn plans(chance: &mut Chance, seekers: u32, hours: f64, from_hour: u32) -> Vec<Plan> {
    let arrivals = arrivals(chance, seekers, hours, from_hour);
    arrivals.into_iter().map(|arrives_after| plan(chance, arrives_after)).collect()
}

/// Moments of arrival: bursty gaps on a clock that runs faster when the hour is busier.
fn arrivals(chance: &mut Chance, seekers: u32, hours: f64, from_hour: u32) -> Vec<Duration> {
    let shape = 1.0 / (GAP_VARIATION * GAP_VARIATION);
    let mut steps = Vec::new();
    let mut run = 0.0;
    for _ in 0..=seekers {
        run += chance.gamma(shape, 1.0);
        steps.push(run);
    }
    steps.pop();
    let minutes = minutes_of_load(hours, from_hour);
    let whole: f64 = minutes.iter().map(|(_, load)| load).sum();
    let mut arrivals = Vec::new();
    let mut passed = 0.0;
    let mut spent = minutes.into_iter().peekable();
    for step in steps {
        let due = step / run * whole;
        while let Some((_, load)) = spent.peek()
            && passed + load < due
        {
            passed += load;
            spent.next();
        }
        let Some((minute, load)) = spent.peek() else { break };
        arrivals.push(minutes_long(minute + (due - passed) / load));
    }
    arrivals
}

/// Each minute of the evening (the last may be part of one) with its share of the load.
fn minutes_of_load(hours: f64, from_hour: u32) -> Vec<(f64, f64)> {
    let mut minutes = Vec::new();
    let mut minute = 0_u32;
    while f64::from(minute) < hours * 60.0 {
        let hour = usize::try_from((from_hour + minute / 60) % 24).unwrap_or(0);
        let gap = GAP_MIN_BY_HOUR.get(hour).copied().unwrap_or(5.0);
        let part = (hours * 60.0 - f64::from(minute)).min(1.0);
        minutes.push((f64::from(minute), part / gap));
        minute += 1;
    }
    minutes
}

fn plan(chance: &mut Chance, arrives_after: Duration) -> Plan {
    let dice = chance.unit();
    let gravity = if dice < HIGH_SHARE {
        Gravity::High
    } else if dice < HIGH_SHARE + MEDIUM_SHARE {
        Gravity::Medium
    } else {
        Gravity::Low
    };
    let (shape, scale) = match gravity {
        Gravity::Low => TALK_LOW,
        Gravity::Medium => TALK_MEDIUM,
        Gravity::High => TALK_HIGH,
    };
    let talk_min = if chance.yes(SHORT_SHARE) {
        chance.lognormal(SHORT_MEDIAN_MIN, SHORT_P90_MIN)
    } else {
        chance.gamma(shape, scale)
    };
    let mean = if chance.yes(REPEATED_SHARE) { PATIENCE_REPEATED_MIN } else { PATIENCE_MIN };
    let danger = match (gravity, chance.yes(0.5)) {
        (Gravity::High, true) => Danger::AtTheDoor,
        (Gravity::High, false) => Danger::WhileWaiting,
        (Gravity::Low | Gravity::Medium, _) => Danger::Never,
    };
    Plan {
        line: chance.pick(&LINES).copied().unwrap_or("12355"),
        arrives_after,
        gravity,
        danger,
        patience: minutes_long(PATIENCE_FIRST_MIN + chance.exponential(mean)),
        talk: minutes_long(talk_min),
        counselor_ends: chance.yes(0.5),
    }
}

/// How long one side thinks and types before its next message.
pub fn message_gap(chance: &mut Chance) -> Duration {
    Duration::from_secs_f64(chance.exponential(MESSAGE_GAP_S))
}

/// Characters of a seeker's next message.
pub fn seeker_chars(chance: &mut Chance) -> f64 {
    chance.lognormal(SEEKER_CHARS.0, SEEKER_CHARS.1)
}

/// Characters of a counselor's next message.
pub fn counselor_chars(chance: &mut Chance) -> f64 {
    chance.lognormal(COUNSELOR_CHARS.0, COUNSELOR_CHARS.1)
}

pub fn minutes_long(minutes: f64) -> Duration {
    Duration::from_secs_f64(minutes.max(0.0) * 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_arrives_within_the_evening_and_the_late_hours_are_fuller() {
        let mut chance = Chance::new(3);
        let plans = plans(&mut chance, 5000, 6.0, 18);
        assert_eq!(plans.len(), 5000);
        assert!(plans.windows(2).all(|pair| pair[0].arrives_after <= pair[1].arrives_after));
        let hour = |plan: &Plan| plan.arrives_after.as_secs() / 3600;
        assert!(plans.iter().all(|plan| hour(plan) < 6));
        let in_hour = |wanted| plans.iter().filter(|plan| hour(plan) == wanted).count();
        assert!(in_hour(5) > in_hour(0), "{} at 23 h, {} at 18 h", in_hour(5), in_hour(0));
    }

    #[test]
    fn the_same_seed_plans_the_same_evening() {
        let evening = |seed| format!("{:?}", plans(&mut Chance::new(seed), 50, 2.0, 18));
        assert_eq!(evening(5), evening(5));
        assert_ne!(evening(5), evening(6));
    }
}
