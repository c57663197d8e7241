//! A line as a form, and what must be true of it before it is saved.
//!
//! The switchboard has the last word on a plan ([`Line::fault`]); before it every field is
//! judged by itself, so that whoever fills the form in hears all at once. The command line saves
//! its files through the same door.

mod hours;
mod steps;

use super::form::Faults;
use super::frame::OfficeLine;
use super::saved::crisis_numbers_of;
use crate::clock::At;
use crate::door::{FieldCode, FieldFault};
use crate::ids::{CounselorId, LineId, SkillId};
use crate::store::counselors::CounselorRecord;
use crate::store::lines::LineRecord;
use crate::store::skills::Skill;
use crate::switchboard::line::RoutingPlan;
use crate::switchboard::{Line, LineFault};
use steps::{judge_rung, judge_steps, rung_form, step_form};

pub use hours::hours_in_china;

/// Characters of a code: a number as it is dialled.
const CODE_CHARS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 60;
const OWNER_CHARS_MAX: usize = 80;
const GREETING_CHARS_MAX: usize = 500;
const NUMBERS_MAX: usize = 20;
const CRISIS_NUMBERS_MAX: usize = 8;
const SEATS_MAX: usize = 50;
const THRESHOLD_S_MAX: i32 = 3_600;
const GREETING_S_MAX: i32 = 600;
const WAITING_MAX: i32 = 100_000;

/// What the form is judged against.
pub struct Known<'a> {
    pub lines: &'a [LineRecord],
    pub skills: &'a [Skill],
    pub counselors: &'a [CounselorRecord],
}

impl Known<'_> {
    /// The stored line of this code.
    #[must_use]
    pub fn line(&self, code: &str) -> Option<&LineRecord> {
        self.lines.iter().find(|line| line.code == code)
    }

    fn skill(&self, code: &str) -> Option<SkillId> {
        self.skills.iter().find(|skill| skill.code == code).map(|skill| skill.skill)
    }

    fn code_of(&self, skill: SkillId) -> Option<String> {
        self.skills.iter().find(|known| known.skill == skill).map(|known| known.code.clone())
    }

    fn is_counselor(&self, counselor: CounselorId) -> bool {
        let mut there = self.counselors.iter().filter(|record| !record.removed);
        there.any(|record| record.profile.counselor == counselor)
    }
}

/// The form of a stored line.
#[must_use]
pub fn form_of(record: &LineRecord, known: &Known<'_>) -> OfficeLine {
    let greeting = |locale: &str| record.greetings.get(locale).cloned().unwrap_or_default();
    let plan = &record.plan;
    OfficeLine {
        code: record.code.clone(),
        name: record.name_zh.clone(),
        name_en: record.name_en.clone(),
        owner: record.owner.clone(),
        numbers: record.numbers.clone(),
        greeting: greeting("zh-CN"),
        greeting_en: greeting("en"),
        crisis_numbers: crisis_numbers_of(record),
        hours: hours_in_china(&plan.hours),
        steps: (0_u16..)
            .zip(&plan.plan.steps)
            .map(|(number, step)| step_form(number, step, known))
            .collect(),
        last_rung: rung_form(plan.plan.last_rung.as_ref(), known.lines),
        threshold_s: seconds(plan.threshold_ms),
        greeting_s: seconds(plan.greeting_ms),
        waiting_max: i32::try_from(plan.waiting_max).unwrap_or(i32::MAX),
        mixes_voice_and_chat: plan.mixes_voice_and_chat,
        // A seat whose counselor was removed is nobody's any more.
        triage_seats: plan
            .triage_seats
            .iter()
            .filter(|seat| known.is_counselor(**seat))
            .map(ToString::to_string)
            .collect(),
        saved_at: Some(record.saved_at.rfc3339()),
    }
}

/// The line that a form describes, as `line` and saved at `at`.
///
/// # Errors
/// Every fault of the form, in the order of its fields.
pub fn judge(
    form: &OfficeLine,
    known: &Known<'_>,
    line: LineId,
    at: At,
) -> Result<LineRecord, Vec<FieldFault>> {
    let mut faults = Faults::default();
    let stored = known.line(&form.code);
    judge_texts(form, known, &mut faults);
    let hours = hours::judge(form.hours.as_deref(), &mut faults);
    let steps = judge_steps(form, stored, known, &mut faults);
    let last_rung = judge_rung(form, known, &mut faults);
    faults.number("threshold_s", form.threshold_s, 0..=THRESHOLD_S_MAX);
    faults.number("greeting_s", form.greeting_s, 0..=GREETING_S_MAX);
    faults.number("waiting_max", form.waiting_max, 1..=WAITING_MAX);
    let triage_seats = seats(&form.triage_seats, known, &mut faults);
    let plan = Line {
        line,
        hours,
        plan: RoutingPlan { steps, last_rung },
        threshold_ms: ms(form.threshold_s),
        greeting_ms: ms(form.greeting_s),
        mixes_voice_and_chat: form.mixes_voice_and_chat,
        waiting_max: u32::try_from(form.waiting_max).unwrap_or(0),
        triage_seats,
    };
    if faults.are_none() {
        let is_known = |wanted| known.lines.iter().any(|record| record.plan.line == wanted);
        if let Some(fault) = plan.fault(&is_known) {
            add_line_fault(&fault, &mut faults);
        }
    }
    let crisis_numbers = serde_json::to_string(&form.crisis_numbers);
    match crisis_numbers {
        Ok(crisis_numbers) if faults.are_none() => {
            Ok(record(form, stored, plan, crisis_numbers, at))
        }
        _ => Err(faults.into_list()),
    }
}

fn record(
    form: &OfficeLine,
    stored: Option<&LineRecord>,
    plan: Line,
    crisis_numbers: String,
    at: At,
) -> LineRecord {
    let trimmed = |text: &str| text.trim().to_owned();
    // A locale that the form does not know is kept.
    let mut greetings = stored.map(|record| record.greetings.clone()).unwrap_or_default();
    greetings.insert("zh-CN".to_owned(), trimmed(&form.greeting));
    greetings.insert("en".to_owned(), trimmed(&form.greeting_en));
    LineRecord {
        code: form.code.clone(),
        name_zh: trimmed(&form.name),
        name_en: trimmed(&form.name_en),
        owner: trimmed(&form.owner),
        numbers: form.numbers.clone(),
        greetings,
        crisis_numbers,
        plan,
        saved_at: at,
    }
}

fn judge_texts(form: &OfficeLine, known: &Known<'_>, faults: &mut Faults) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if form.code.is_empty() || form.code.len() > CODE_CHARS_MAX || !form.code.chars().all(is_plain)
    {
        let (zh, en) = ("1 到 20 个小写字母、数字或 -", "1 to 20 of a-z, 0-9, -");
        faults.add("code", FieldCode::BadShape, zh, en);
    }
    faults.name("name", &form.name, NAME_CHARS_MAX);
    faults.name("name_en", &form.name_en, NAME_CHARS_MAX);
    faults.name("owner", &form.owner, OWNER_CHARS_MAX);
    faults.count("numbers", form.numbers.len(), 0..=NUMBERS_MAX);
    for (place, number) in form.numbers.iter().enumerate() {
        let field = format!("numbers.{place}");
        let others = || known.lines.iter().filter(|line| line.code != form.code);
        if !is_number(number) {
            bad_number(&field, faults);
        } else if others().any(|line| line.numbers.contains(number)) {
            let (zh, en) = ("另一条热线已使用这个号码", "another line has this number");
            faults.add(field, FieldCode::Taken, zh, en);
        }
    }
    faults.each_once("numbers", &form.numbers);
    faults.text("greeting", &form.greeting, GREETING_CHARS_MAX);
    faults.text("greeting_en", &form.greeting_en, GREETING_CHARS_MAX);
    faults.count("crisis_numbers", form.crisis_numbers.len(), 1..=CRISIS_NUMBERS_MAX);
    for (place, crisis) in form.crisis_numbers.iter().enumerate() {
        let field = |name: &str| format!("crisis_numbers.{place}.{name}");
        if !is_number(&crisis.number) {
            bad_number(&field("number"), faults);
        }
        faults.name(field("name"), &crisis.name, NAME_CHARS_MAX);
        faults.name(field("name_en"), &crisis.name_en, NAME_CHARS_MAX);
    }
}

/// A number as it is dialled: 2 to 20 digits, perhaps with `+` before and `-` between.
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    (2..=20).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '-')
        && digits.chars().any(|c| c.is_ascii_digit())
}

fn bad_number(field: &str, faults: &mut Faults) {
    let (zh, en) = ("2 到 20 位数字，可含 + 和 -", "2 to 20 digits, perhaps with + and -");
    faults.add(field, FieldCode::BadShape, zh, en);
}

fn seats(seats: &[String], known: &Known<'_>, faults: &mut Faults) -> Vec<CounselorId> {
    faults.count("triage_seats", seats.len(), 0..=SEATS_MAX);
    faults.each_once("triage_seats", seats);
    let mut taken = Vec::new();
    for (place, seat) in seats.iter().enumerate() {
        match seat.parse().ok().filter(|seat| known.is_counselor(*seat)) {
            Some(seat) => taken.push(seat),
            None => faults.add(
                format!("triage_seats.{place}"),
                FieldCode::Unknown,
                "没有这位咨询员",
                "there is no such counselor",
            ),
        }
    }
    taken
}

/// The switchboard's own complaint, at the field it is about.
fn add_line_fault(fault: &LineFault, faults: &mut Faults) {
    let (field, code, zh) = match fault {
        LineFault::NoLastRung => ("last_rung".to_owned(), FieldCode::Required, "必须有最后一级"),
        LineFault::NoStep => ("steps".to_owned(), FieldCode::Required, "至少要有一步"),
        LineFault::Proficiency { step }
        | LineFault::EmptyAny { step }
        | LineFault::NamesPerson { step } => {
            (format!("steps.{step}.skills"), FieldCode::BadShape, "这一步没有人能满足")
        }
        LineFault::Widening { step } => (
            format!("steps.{step}.widens_after_s"),
            FieldCode::OutOfRange,
            "应在 1 秒到 24 小时之间",
        ),
        LineFault::ForwardsNowhere => {
            ("last_rung.line".to_owned(), FieldCode::Unknown, "请选择另一条热线")
        }
        LineFault::Hours => ("hours".to_owned(), FieldCode::OutOfRange, "时间应在本周内"),
        LineFault::Limits => ("waiting_max".to_owned(), FieldCode::OutOfRange, "应大于零"),
    };
    faults.add(field, code, zh, &fault.to_string());
}

fn seconds(ms: i64) -> i32 {
    i32::try_from(ms / 1_000).unwrap_or(i32::MAX)
}

fn ms(seconds: i32) -> i64 {
    i64::from(seconds).saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::hours::CHINA_OFFSET_MINUTES;
    use super::*;
    use crate::office::frame::OfficeStep;
    use crate::office::saved::crisis_numbers;
    use crate::switchboard::Need;
    use crate::switchboard::line::{Hours, LastRung, OpenSpan, Step};
    use std::collections::BTreeMap;

    fn stored(steps: Vec<Step>, hours: Hours) -> LineRecord {
        LineRecord {
            code: "12355".to_owned(),
            name_zh: "青少年服务台".to_owned(),
            name_en: "Youth desk".to_owned(),
            owner: "团市委".to_owned(),
            numbers: vec!["12355".to_owned()],
            greetings: BTreeMap::from([
                ("zh-CN".to_owned(), "你好".to_owned()),
                ("en".to_owned(), "Hello".to_owned()),
                ("ug".to_owned(), "salam".to_owned()),
            ]),
            crisis_numbers: serde_json::to_string(&crisis_numbers()).unwrap(),
            plan: Line {
                line: LineId(1),
                hours,
                plan: RoutingPlan { steps, last_rung: Some(LastRung::CallBack) },
                threshold_ms: 15_000,
                greeting_ms: 10_000,
                mixes_voice_and_chat: true,
                waiting_max: 200,
                triage_seats: Vec::new(),
            },
            saved_at: At(5),
        }
    }

    fn skill(skill: u16, at_least: u8) -> Need {
        Need::Skill { skill: SkillId(skill), at_least }
    }

    fn step(need: Need) -> Step {
        Step { need, widens_after_ms: 20_000 }
    }

    fn skills() -> Vec<Skill> {
        let skill = |number: u16, code: &str| Skill {
            skill: SkillId(number),
            code: code.to_owned(),
            name_zh: code.to_owned(),
            name_en: code.to_owned(),
        };
        vec![skill(1, "family"), skill(2, "crisis")]
    }

    #[test]
    fn a_line_that_nobody_touched_is_saved_as_it_was() {
        let steps = vec![
            step(Need::All(vec![skill(1, 3), skill(2, 1)])),
            step(Need::Any(vec![skill(1, 5), Need::Not(Box::new(skill(2, 1)))])),
            step(skill(9, 1)),
            step(skill(2, 2)),
            step(Need::Anyone),
        ];
        let weekly = Hours::Weekly {
            utc_offset_minutes: CHINA_OFFSET_MINUTES,
            open: vec![OpenSpan { from_minute: 480, to_minute: 1_200 }],
        };
        for hours in [Hours::Always, weekly] {
            let lines = [stored(steps.clone(), hours)];
            let known = Known { lines: &lines, skills: &skills(), counselors: &[] };
            let form = form_of(&lines[0], &known);
            let fixed: Vec<bool> = form.steps.iter().map(|step| step.fixed).collect();
            assert_eq!(fixed, [false, true, true, false, false]);
            assert_eq!(judge(&form, &known, LineId(1), At(5)), Ok(lines[0].clone()));
        }
    }

    #[test]
    fn a_step_richer_than_the_form_may_be_moved_or_taken_out_and_not_invented() {
        let either = Need::Any(vec![skill(1, 5), skill(2, 5)]);
        let lines = [stored(vec![step(Need::Anyone), step(either.clone())], Hours::Always)];
        let known = Known { lines: &lines, skills: &skills(), counselors: &[] };
        let needs = |change: fn(&mut Vec<OfficeStep>)| {
            let mut form = form_of(&lines[0], &known);
            change(&mut form.steps);
            let judged = judge(&form, &known, LineId(1), At(5));
            judged.map(|line| {
                line.plan.plan.steps.into_iter().map(|step| step.need).collect::<Vec<_>>()
            })
        };
        assert_eq!(needs(|steps| steps.reverse()), Ok(vec![either, Need::Anyone]));
        assert_eq!(needs(|steps| steps.truncate(1)), Ok(vec![Need::Anyone]));
        for invented in [Some(0), Some(7), None] {
            let mut form = form_of(&lines[0], &known);
            form.steps[1].stored_step = invented;
            let faults = judge(&form, &known, LineId(1), At(5)).unwrap_err();
            assert_eq!(
                (faults[0].field.as_str(), faults[0].code),
                ("steps.1.skills", FieldCode::Fixed)
            );
        }
    }
}
