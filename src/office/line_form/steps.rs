//! The steps of a plan and its last rung, between the form and the switchboard.

use super::{Known, ms, seconds};
use crate::door::FieldCode;
use crate::office::form::Faults;
use crate::office::frame::{OfficeLine, OfficeRung, OfficeStep, RungKind, StepSkill};
use crate::store::lines::LineRecord;
use crate::switchboard::Need;
use crate::switchboard::line::{LastRung, Step};

const STEPS_MAX: usize = 20;
const STEP_SKILLS_MAX: usize = 10;
const WIDENS_AFTER_S_MAX: i32 = 86_400;

/// A stored step as the form shows it.
pub(super) fn step_form(number: u16, step: &Step, known: &Known<'_>) -> OfficeStep {
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

/// The stored last rung as the form shows it.
pub(super) fn rung_form(rung: Option<&LastRung>, lines: &[LineRecord]) -> OfficeRung {
    match rung {
        None | Some(LastRung::Full) => OfficeRung { kind: RungKind::Full, line: None },
        Some(LastRung::CallBack) => OfficeRung { kind: RungKind::CallBack, line: None },
        Some(LastRung::Forward { line }) => {
            let target = lines.iter().find(|record| record.plan.line == *line);
            OfficeRung { kind: RungKind::Forward, line: target.map(|record| record.code.clone()) }
        }
    }
}

/// The steps that a form says, with its faults.
pub(super) fn judge_steps(
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

/// The last rung that a form says, with its faults.
pub(super) fn judge_rung(
    form: &OfficeLine,
    known: &Known<'_>,
    faults: &mut Faults,
) -> Option<LastRung> {
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
