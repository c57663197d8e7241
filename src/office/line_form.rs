//! A line as a form, and what must be true of it before it is saved.
//!
//! The switchboard has the last word on a plan ([`Line::fault`]); before it every field is
//! judged by itself, so that whoever fills the form in hears all at once. The command line saves
//! its files through the same door.

use super::form::Faults;
use super::frame::{OfficeLine, OfficeRung, OfficeStep, OpenHours, RungKind, StepSkill};
use super::saved::crisis_numbers_of;
use crate::clock::At;
use crate::door::{FieldCode, FieldFault};
use crate::ids::{CounselorId, LineId, SkillId};
use crate::store::counselors::CounselorRecord;
use crate::store::lines::LineRecord;
use crate::store::skills::Skill;
use crate::switchboard::line::{Hours, LastRung, OpenSpan, RoutingPlan, Step};
use crate::switchboard::{Line, LineFault, Need};

/// Characters of a code: a number as it is dialled.
const CODE_CHARS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 60;
const OWNER_CHARS_MAX: usize = 80;
const GREETING_CHARS_MAX: usize = 500;
const NUMBERS_MAX: usize = 20;
const CRISIS_NUMBERS_MAX: usize = 8;
/// Open spans: more than seven days have in any timetable.
const SPANS_MAX: usize = 50;
const STEPS_MAX: usize = 20;
const STEP_SKILLS_MAX: usize = 10;
const SEATS_MAX: usize = 50;
const THRESHOLD_S_MAX: i32 = 3_600;
const GREETING_S_MAX: i32 = 600;
const WIDENS_AFTER_S_MAX: i32 = 86_400;
const WAITING_MAX: i32 = 100_000;
const WEEK_MINUTES: i32 = 10_080;
/// China has one time and no summer time.
const CHINA_OFFSET_MINUTES: i16 = 480;

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
    let hours = hours(form.hours.as_deref(), &mut faults);
    let steps = steps(form, stored, known, &mut faults);
    let last_rung = last_rung(form, known, &mut faults);
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

fn hours(spans: Option<&[OpenHours]>, faults: &mut Faults) -> Hours {
    let Some(spans) = spans else { return Hours::Always };
    faults.count("hours", spans.len(), 1..=SPANS_MAX);
    let mut open = Vec::new();
    for (place, span) in spans.iter().enumerate() {
        let field = |name: &str| format!("hours.{place}.{name}");
        faults.number(field("from_minute"), span.from_minute, 0..=WEEK_MINUTES - 1);
        if span.to_minute <= span.from_minute || span.to_minute > WEEK_MINUTES {
            let (zh, en) =
                ("结束应晚于开始，且在本周内", "must be after the beginning, in the week");
            faults.add(field("to_minute"), FieldCode::OutOfRange, zh, en);
        } else if spans.iter().take(place).any(|before| before.meets(*span)) {
            let (zh, en) = ("与另一段时间重叠", "shares time with another span");
            faults.add(format!("hours.{place}"), FieldCode::Overlaps, zh, en);
        }
        let minute = |minute: i32| u16::try_from(minute).unwrap_or(0);
        open.push(OpenSpan {
            from_minute: minute(span.from_minute),
            to_minute: minute(span.to_minute),
        });
    }
    open.sort_by_key(|span| span.from_minute);
    Hours::Weekly { utc_offset_minutes: CHINA_OFFSET_MINUTES, open }
}

impl OpenHours {
    const fn meets(self, other: Self) -> bool {
        self.from_minute < other.to_minute && other.from_minute < self.to_minute
    }
}

/// Spans of another offset are moved, and parted where they cross the end of the week.
#[must_use]
pub fn hours_in_china(hours: &Hours) -> Option<Vec<OpenHours>> {
    let Hours::Weekly { utc_offset_minutes, open } = hours else { return None };
    let moved_by = i32::from(CHINA_OFFSET_MINUTES) - i32::from(*utc_offset_minutes);
    let mut spans = Vec::new();
    for span in open {
        let length = i32::from(span.to_minute) - i32::from(span.from_minute);
        let from_minute = (i32::from(span.from_minute) + moved_by).rem_euclid(WEEK_MINUTES);
        let to_minute = from_minute + length;
        spans.push(OpenHours { from_minute, to_minute: to_minute.min(WEEK_MINUTES) });
        if to_minute > WEEK_MINUTES {
            spans.push(OpenHours { from_minute: 0, to_minute: to_minute - WEEK_MINUTES });
        }
    }
    spans.sort_by_key(|span| span.from_minute);
    Some(spans)
}

fn steps(
    form: &OfficeLine,
    stored: Option<&LineRecord>,
    known: &Known<'_>,
    faults: &mut Faults,
) -> Vec<Step> {
    faults.count("steps", form.steps.len(), 1..=STEPS_MAX);
    let mut steps = Vec::new();
    for (place, step) in form.steps.iter().enumerate() {
        let field = format!("steps.{place}");
        let need = match &step.skills {
            Some(skills) => need(skills, &field, known, faults),
            None => kept_need(step, stored, &field, known, faults),
        };
        let widens = format!("{field}.widens_after_s");
        faults.number(widens, step.widens_after_s, 1..=WIDENS_AFTER_S_MAX);
        steps.push(Step { need, widens_after_ms: ms(step.widens_after_s) });
    }
    steps
}

fn need(skills: &[StepSkill], field: &str, known: &Known<'_>, faults: &mut Faults) -> Need {
    let field = format!("{field}.skills");
    faults.count(field.as_str(), skills.len(), 0..=STEP_SKILLS_MAX);
    let codes: Vec<&str> = skills.iter().map(|wanted| wanted.skill.as_str()).collect();
    faults.each_once(&field, &codes);
    let mut needs = Vec::new();
    for (place, wanted) in skills.iter().enumerate() {
        let at_least = format!("{field}.{place}.at_least");
        faults.number(at_least, wanted.at_least, 1..=5);
        match known.skill(&wanted.skill) {
            Some(skill) => {
                let at_least = u8::try_from(wanted.at_least).unwrap_or(0);
                needs.push(Need::Skill { skill, at_least });
            }
            None => faults.add(
                format!("{field}.{place}.skill"),
                FieldCode::Unknown,
                "没有这项技能",
                "there is no such skill",
            ),
        }
    }
    match needs.len() {
        0 => Need::Anyone,
        1 => needs.remove(0),
        _ => Need::All(needs),
    }
}

/// A stored expression that a list of skills cannot say comes back as it is, or not at all.
fn kept_need(
    step: &OfficeStep,
    stored: Option<&LineRecord>,
    field: &str,
    known: &Known<'_>,
    faults: &mut Faults,
) -> Need {
    let number = step.stored_step.filter(|_| step.fixed).map(usize::from);
    let kept = number.and_then(|number| stored?.plan.plan.steps.get(number));
    if let Some(kept) = kept.filter(|kept| skills_of(&kept.need, known).is_none()) {
        return kept.need.clone();
    }
    let (zh, en) = ("这一步只能原样保留，或者删去", "this step can be kept or taken out");
    faults.add(format!("{field}.skills"), FieldCode::Fixed, zh, en);
    Need::Anyone
}

fn last_rung(form: &OfficeLine, known: &Known<'_>, faults: &mut Faults) -> Option<LastRung> {
    match form.last_rung.kind {
        RungKind::Full => Some(LastRung::Full),
        RungKind::CallBack => Some(LastRung::CallBack),
        RungKind::Forward => {
            let code = form.last_rung.line.as_deref().filter(|code| *code != form.code);
            let target = code.and_then(|code| known.line(code));
            if target.is_none() {
                let (zh, en) = ("请选择另一条热线", "must be another line");
                faults.add("last_rung.line", FieldCode::Unknown, zh, en);
            }
            target.map(|target| LastRung::Forward { line: target.plan.line })
        }
    }
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

fn step_form(number: u16, step: &Step, known: &Known<'_>) -> OfficeStep {
    let skills = skills_of(&step.need, known);
    OfficeStep {
        fixed: skills.is_none(),
        stored_step: skills.is_none().then_some(number),
        skills,
        widens_after_s: seconds(step.widens_after_ms),
    }
}

/// A need as a list of skills, each once; `None` where it says more than such a list can.
fn skills_of(need: &Need, known: &Known<'_>) -> Option<Vec<StepSkill>> {
    let mut skills: Vec<StepSkill> = match need {
        Need::Anyone => Vec::new(),
        Need::Skill { skill, at_least } => {
            vec![StepSkill { skill: known.code_of(*skill)?, at_least: i32::from(*at_least) }]
        }
        Need::All(needs) => {
            let each = needs.iter().map(|need| match need {
                Need::Skill { .. } => skills_of(need, known),
                _ => None,
            });
            each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
        }
        Need::Any(_) | Need::Not(_) | Need::Named(_) | Need::Seat(_) => return None,
    };
    let count = skills.len();
    skills.dedup_by(|one, other| one.skill == other.skill);
    (skills.len() == count && count <= STEP_SKILLS_MAX).then_some(skills)
}

fn rung_form(rung: Option<&LastRung>, lines: &[LineRecord]) -> OfficeRung {
    match rung {
        None | Some(LastRung::Full) => OfficeRung { kind: RungKind::Full, line: None },
        Some(LastRung::CallBack) => OfficeRung { kind: RungKind::CallBack, line: None },
        Some(LastRung::Forward { line }) => {
            let target = lines.iter().find(|record| record.plan.line == *line);
            OfficeRung { kind: RungKind::Forward, line: target.map(|record| record.code.clone()) }
        }
    }
}

fn seconds(ms: i64) -> i32 {
    i32::try_from(ms / 1_000).unwrap_or(i32::MAX)
}

fn ms(seconds: i32) -> i64 {
    i64::from(seconds).saturating_mul(1_000)
}
