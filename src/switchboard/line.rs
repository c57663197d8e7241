//! Lines, their hours and routing plans, and who may be asked for.
//!
//! Owns what an office saves of a line and how it is judged before it is
//! accepted: a line that could leave somebody ringing for ever has a fault and
//! is refused. Texts are carried by the store and shown by the lobby; here
//! they are only known to exist.

use crate::clock::At;
use crate::ids::{AccountId, CounselorId, LineId, SkillId};
use serde::{Deserialize, Serialize};

/// Over which medium a contact comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Phone,
    Chat,
    WebCall,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Phone, Self::Chat, Self::WebCall];

    /// Its place in [`Channel::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Phone => 0,
            Self::Chat => 1,
            Self::WebCall => 2,
        }
    }

    /// Whether the counselor's voice is taken.
    #[must_use]
    pub const fn is_voice(self) -> bool {
        matches!(self, Self::Phone | Self::WebCall)
    }
}

/// How much danger is known or feared; later assessments may raise or lower it.
///
/// `Imminent` is what the seeker's own `danger` says.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    #[default]
    None,
    Low,
    Moderate,
    High,
    Imminent,
}

impl Risk {
    /// All levels, lowest first; the order of every `[T; 5]` by risk.
    pub const ALL: [Self; 5] = [Self::None, Self::Low, Self::Moderate, Self::High, Self::Imminent];

    /// Index into an array by risk.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::None => 0,
            Self::Low => 1,
            Self::Moderate => 2,
            Self::High => 3,
            Self::Imminent => 4,
        }
    }
}

/// Who may take a contact: an expression over skills.
///
/// JSON examples: `"anyone"`, `{"skill":{"skill":3,"at_least":2}}`,
/// `{"all":[…]}`, `{"any":[…]}`, `{"not":…}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Every counselor on the team.
    Anyone,
    /// The skill with at least this proficiency, 1–5.
    Skill { skill: SkillId, at_least: u8 },
    /// Every one of these (an empty list is everyone).
    All(Vec<Need>),
    /// One of these (an empty list is nobody, and a fault).
    Any(Vec<Need>),
    /// Not this.
    Not(Box<Need>),
    /// Exactly this counselor: a transfer to a named person.
    Named(CounselorId),
    /// One of the triage seats of the line while switchboard mode is on.
    Seat(LineId),
}

/// One step of a routing plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub need: Need,
    /// After how long waiting in this step the plan widens to the next, ms, > 0.
    pub widens_after_ms: i64,
}

/// What a contact gets when every step has passed: nobody is left ringing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastRung {
    /// Pass it on to another line (never itself); once, then `Full`.
    Forward { line: LineId },
    /// Promise to call back; the contact is closed with that promise.
    CallBack,
    /// Say that the service is full, with the crisis numbers, and close.
    Full,
}

/// Steps in order, then the last rung.
///
/// `last_rung` is an `Option` only on the way in: a plan without one is a
/// [`LineFault`] and never reaches the machine's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingPlan {
    pub steps: Vec<Step>,
    pub last_rung: Option<LastRung>,
}

/// An open span of the week, minutes from Monday 00:00 local time, `from < to`,
/// `to` ≤ 10,080.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSpan {
    pub from_minute: u16,
    pub to_minute: u16,
}

/// When a line is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// Day and night, as the three lines of the plan are.
    Always,
    /// Weekly spans in a fixed offset from UTC (China has no summer time).
    Weekly { utc_offset_minutes: i16, open: Vec<OpenSpan> },
}

/// A public door as the switchboard knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub line: LineId,
    pub hours: Hours,
    pub plan: RoutingPlan,
    /// A wait up to this counts as in service level, ms (GB/T 33358: 15 s by voice).
    pub threshold_ms: i64,
    /// How long the spoken or shown greeting lasts, ms: leaving within it counts apart.
    pub greeting_ms: i64,
    /// A counselor on a voice contact of this line may hold chats too, and the other way round.
    pub mixes_voice_and_chat: bool,
    /// At most this many contacts wait here; the next gets the last rung at once. > 0.
    pub waiting_max: u32,
    /// Seats that take everything while switchboard mode is on.
    pub triage_seats: Vec<CounselorId>,
}

/// Why a line cannot be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LineFault {
    #[error("the routing plan has no last rung")]
    NoLastRung,
    #[error("the routing plan has no step")]
    NoStep,
    #[error("step {step}: a skill needs a proficiency of 1 to 5")]
    Proficiency { step: u16 },
    #[error("step {step}: an empty `any` can be met by nobody")]
    EmptyAny { step: u16 },
    #[error("step {step}: a plan names skills, not persons or seats")]
    NamesPerson { step: u16 },
    #[error("step {step}: the time until it widens must be 1 ms to 24 h")]
    Widening { step: u16 },
    #[error("the last rung forwards to the line itself or to no known line")]
    ForwardsNowhere,
    #[error("an open span must lie within the week and end after it begins")]
    Hours,
    #[error("threshold, greeting and the limit of waiting contacts must not be negative or zero")]
    Limits,
}

/// A line's switches, set by a supervisor, kept over a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Since when everything goes to the triage seats.
    pub switchboard_mode_since: Option<At>,
    /// Who set that; `None` also where it was set before this was kept.
    #[serde(default)]
    pub switchboard_mode_by: Option<AccountId>,
    /// Since when the line takes no new contact.
    pub outage_since: Option<At>,
    /// Who set that; `None` also where it was set before this was kept.
    #[serde(default)]
    pub outage_by: Option<AccountId>,
}

/// A step lasts at most a day, ms.
const WIDENS_AFTER_MS_MAX: i64 = 86_400_000;
/// Minutes of a week.
const WEEK_MINUTES: i64 = 10_080;
/// 1970-01-01 was a Thursday: three days after a Monday.
const EPOCH_MINUTE_OF_WEEK: i64 = 4_320;

impl Line {
    /// Why it cannot be saved, if so; `is_known` says which lines there are.
    #[must_use]
    pub fn fault(&self, is_known: &dyn Fn(LineId) -> bool) -> Option<LineFault> {
        let Some(last_rung) = &self.plan.last_rung else { return Some(LineFault::NoLastRung) };
        if self.plan.steps.is_empty() {
            return Some(LineFault::NoStep);
        }
        let step_fault =
            (0_u16..).zip(&self.plan.steps).find_map(|(number, step)| step.fault(number));
        if step_fault.is_some() {
            return step_fault;
        }
        if let LastRung::Forward { line } = last_rung
            && (*line == self.line || !is_known(*line))
        {
            return Some(LineFault::ForwardsNowhere);
        }
        if !self.hours.are_sound() {
            return Some(LineFault::Hours);
        }
        let limits = self.threshold_ms >= 0 && self.greeting_ms >= 0 && self.waiting_max > 0;
        (!limits).then_some(LineFault::Limits)
    }
}

impl Step {
    fn fault(&self, step: u16) -> Option<LineFault> {
        if !(1..=WIDENS_AFTER_MS_MAX).contains(&self.widens_after_ms) {
            return Some(LineFault::Widening { step });
        }
        self.need.fault(step)
    }
}

impl Need {
    /// What is wrong with it in the given step of a plan.
    #[must_use]
    pub fn fault(&self, step: u16) -> Option<LineFault> {
        match self {
            Self::Anyone => None,
            Self::Skill { at_least, .. } => {
                (!(1..=5).contains(at_least)).then_some(LineFault::Proficiency { step })
            }
            Self::Any(needs) if needs.is_empty() => Some(LineFault::EmptyAny { step }),
            Self::All(needs) | Self::Any(needs) => needs.iter().find_map(|need| need.fault(step)),
            Self::Not(need) => need.fault(step),
            Self::Named(_) | Self::Seat(_) => Some(LineFault::NamesPerson { step }),
        }
    }
}

impl Hours {
    /// Whether the line is open at this moment.
    #[must_use]
    pub fn are_open(&self, at: At) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly { utc_offset_minutes, open } => {
                let minute = at.0.div_euclid(60_000).saturating_add(i64::from(*utc_offset_minutes));
                let of_week = minute.saturating_add(EPOCH_MINUTE_OF_WEEK).rem_euclid(WEEK_MINUTES);
                open.iter().any(|span| {
                    (i64::from(span.from_minute)..i64::from(span.to_minute)).contains(&of_week)
                })
            }
        }
    }

    /// The first moment from `at` on at which the line is open; `None` if it never is.
    #[must_use]
    pub fn next_opening(&self, at: At) -> Option<At> {
        if self.are_open(at) {
            return Some(at);
        }
        let Self::Weekly { utc_offset_minutes, open } = self else { return None };
        let minute = at.0.div_euclid(60_000);
        let of_week = minute
            .saturating_add(i64::from(*utc_offset_minutes))
            .saturating_add(EPOCH_MINUTE_OF_WEEK);
        let until =
            |span: &OpenSpan| (i64::from(span.from_minute) - of_week).rem_euclid(WEEK_MINUTES);
        let wait_minutes = open.iter().map(until).min()?;
        Some(At(minute.saturating_add(wait_minutes).saturating_mul(60_000)))
    }

    fn are_sound(&self) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly { open, .. } => open.iter().all(|span| {
                span.from_minute < span.to_minute && i64::from(span.to_minute) <= WEEK_MINUTES
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            line: LineId(1),
            hours: Hours::Always,
            plan: RoutingPlan {
                steps: vec![Step { need: Need::Anyone, widens_after_ms: 60_000 }],
                last_rung: Some(LastRung::Full),
            },
            threshold_ms: 15_000,
            greeting_ms: 0,
            mixes_voice_and_chat: false,
            waiting_max: 10,
            triage_seats: vec![],
        }
    }

    fn fault(change: impl FnOnce(&mut Line)) -> Option<LineFault> {
        let mut line = line();
        change(&mut line);
        line.fault(&|known| known == LineId(2))
    }

    fn needs(need: Need) -> Option<LineFault> {
        fault(|line| line.plan.steps.push(Step { need, widens_after_ms: 1 }))
    }

    #[test]
    fn a_line_that_could_leave_somebody_ringing_has_a_fault() {
        assert_eq!(fault(|_| ()), None);
        assert_eq!(fault(|line| line.plan.last_rung = None), Some(LineFault::NoLastRung));
        assert_eq!(fault(|line| line.plan.steps.clear()), Some(LineFault::NoStep));
        let forward = |to| {
            move |line: &mut Line| {
                line.plan.last_rung = Some(LastRung::Forward { line: LineId(to) });
            }
        };
        assert_eq!(fault(forward(2)), None);
        assert_eq!(fault(forward(1)), Some(LineFault::ForwardsNowhere));
        assert_eq!(fault(forward(3)), Some(LineFault::ForwardsNowhere));
        assert_eq!(fault(|line| line.waiting_max = 0), Some(LineFault::Limits));
        assert_eq!(fault(|line| line.greeting_ms = -1), Some(LineFault::Limits));
    }

    #[test]
    fn a_step_that_nobody_could_meet_has_a_fault() {
        let skill = |at_least| Need::Skill { skill: SkillId(1), at_least };
        assert_eq!(needs(skill(5)), None);
        assert_eq!(needs(skill(0)), Some(LineFault::Proficiency { step: 1 }));
        assert_eq!(needs(Need::All(vec![skill(6)])), Some(LineFault::Proficiency { step: 1 }));
        assert_eq!(needs(Need::Any(vec![])), Some(LineFault::EmptyAny { step: 1 }));
        assert_eq!(
            needs(Need::Not(Box::new(Need::Seat(LineId(1))))),
            Some(LineFault::NamesPerson { step: 1 })
        );
        assert_eq!(
            fault(|line| line.plan.steps.iter_mut().for_each(|step| step.widens_after_ms = 0)),
            Some(LineFault::Widening { step: 0 })
        );
    }

    #[test]
    fn the_next_opening_is_the_first_open_moment_from_now_on() {
        const MINUTE: i64 = 60_000;
        const DAY: i64 = 1_440 * MINUTE;
        // Monday 2026-11-23 00:00 in China.
        let monday = At(1_795_363_200_000);
        let span = |from_minute, to_minute| OpenSpan { from_minute, to_minute };
        let weekly = |open| Hours::Weekly { utc_offset_minutes: 480, open };
        let office = weekly(vec![span(540, 1_020), span(1_440 + 540, 1_440 + 1_020)]);
        let night = weekly(vec![span(1_320, 1_440), span(1_440, 1_560)]);
        let sunday_end = weekly(vec![span(9_960, 10_080)]);
        for (hours, now, opens) in [
            (&Hours::Always, monday, Some(monday)),
            (&office, monday, Some(monday + 540 * MINUTE)),
            (&office, monday + 539 * MINUTE + 59_999, Some(monday + 540 * MINUTE)),
            (&office, monday + 540 * MINUTE, Some(monday + 540 * MINUTE)),
            (&office, monday + 600 * MINUTE + 7, Some(monday + 600 * MINUTE + 7)),
            (&office, monday + 1_020 * MINUTE, Some(monday + DAY + 540 * MINUTE)),
            (&office, monday + DAY + 1_020 * MINUTE, Some(monday + 7 * DAY + 540 * MINUTE)),
            (&office, monday + 6 * DAY, Some(monday + 7 * DAY + 540 * MINUTE)),
            (&night, monday + 1_439 * MINUTE, Some(monday + 1_439 * MINUTE)),
            (&night, monday + 1_560 * MINUTE, Some(monday + 7 * DAY + 1_320 * MINUTE)),
            (&sunday_end, monday, Some(monday + 9_960 * MINUTE)),
            (&weekly(vec![]), monday, None),
        ] {
            assert_eq!(hours.next_opening(now), opens, "{hours:?} at {now:?}");
        }
    }

    #[test]
    fn weekly_hours_are_read_in_local_time() {
        // Monday 09:00 to 17:00 in China.
        let hours = Hours::Weekly {
            utc_offset_minutes: 480,
            open: vec![OpenSpan { from_minute: 540, to_minute: 1_020 }],
        };
        let monday_2026_11_23_utc = At(1_795_392_000_000);
        assert!(!hours.are_open(monday_2026_11_23_utc + 59 * 60_000));
        assert!(hours.are_open(monday_2026_11_23_utc + 60 * 60_000));
        assert!(!hours.are_open(monday_2026_11_23_utc + 9 * 3_600_000));
        assert!(!hours.are_open(monday_2026_11_23_utc + 26 * 3_600_000));
    }
}
