//! What a night is furnished with: rules, lines, plans, counselors.

use crate::dice::Dice;
use xinqiao::ids::{ContactId, CounselorId, LineId, SkillId};
use xinqiao::switchboard::line::{Hours, LastRung, OpenSpan, Step};
use xinqiao::switchboard::{Input, Line, Need, Profile, RoutingPlan, Rules, Wish};

/// Ids in another order than the arrivals, so that nothing may lean on that order.
pub(crate) fn contact_id(number: u64) -> ContactId {
    ContactId::from_number(u128::from(number * 37 % 1_009))
}

pub(crate) fn counselor_id(number: i64) -> CounselorId {
    CounselorId::from_number((number * 7 % 29) as u128 + 10_000)
}

pub(crate) fn rules(dice: &mut Dice) -> Rules {
    let second = 1_000;
    let mut overdue_ms = [0; 5];
    let longest = dice.one_of(&[0, 5, 20, 60, 600]).unwrap() * second;
    for (index, bound) in overdue_ms.iter_mut().enumerate() {
        *bound = longest * (5 - index as i64) / 5;
    }
    Rules {
        ring_ms: dice.between(1, 30) * second,
        bar_ms: dice.between(0, 40) * second,
        seeker_grace_ms: dice.between(1, 120) * second,
        counselor_grace_ms: dice.between(1, 60) * second,
        return_window_ms: dice.between(1, 900) * second,
        wrap_up_ms: dice.one_of(&[0, 5, 60, 300]).unwrap() * second,
        named_transfer_ms: dice.between(1, 60) * second,
        roster_empty_ms: dice.between(0, 60) * second,
        overdue_ms,
        passes_max: dice.between(1, 4) as u32,
        chats_hard_max: dice.between(1, 6) as u8,
    }
}

/// Lines and counselors are known, most of them are there, and most are willing.
pub(crate) fn opening(dice: &mut Dice, lines: i64, counselors: i64, skills: i64) -> Vec<Input> {
    let mut opening = Vec::new();
    for number in 1..=lines {
        opening.push(Input::LineSaved { line: line(dice, number, number - 1, counselors, skills) });
    }
    for number in 1..=counselors {
        let counselor = counselor_id(number);
        opening.push(Input::CounselorSaved { profile: profile(dice, number, skills) });
        if dice.chance(80) {
            opening.push(Input::CounselorConnected { counselor });
        }
        if dice.chance(80) {
            opening.push(Input::Wish { counselor, wish: Wish::Available });
        }
    }
    opening
}

pub(crate) fn profile(dice: &mut Dice, number: i64, skills: i64) -> Profile {
    let mut known = Vec::new();
    for skill in 1..=skills {
        if dice.chance(55) {
            known.push((SkillId(skill as u16), dice.between(1, 5) as u8));
        }
    }
    Profile {
        counselor: counselor_id(number),
        skills: known,
        takes_voice: dice.chance(50),
        chats_max: dice.one_of(&[0, 1, 1, 1, 2, 3, 4]).unwrap(),
    }
}

/// A line without a fault; it forwards only to one of the `known` lines 1…known.
pub(crate) fn line(dice: &mut Dice, number: i64, known: i64, counselors: i64, skills: i64) -> Line {
    let steps = (0..dice.between(1, 4))
        .map(|_| Step { need: need(dice, skills, 2), widens_after_ms: widens_after_ms(dice) })
        .collect();
    let targets: Vec<i64> = (1..=known).filter(|target| *target != number).collect();
    let last_rung = match (dice.between(0, 2), dice.one_of(&targets)) {
        (0, Some(target)) => LastRung::Forward { line: LineId(target as u16) },
        (0 | 1, _) => LastRung::CallBack,
        _ => LastRung::Full,
    };
    let triage_seats =
        (0..dice.between(0, 2)).map(|_| counselor_id(dice.between(1, counselors))).collect();
    Line {
        line: LineId(number as u16),
        hours: hours(dice),
        plan: RoutingPlan { steps, last_rung: Some(last_rung) },
        threshold_ms: 15_000,
        greeting_ms: 10_000,
        mixes_voice_and_chat: dice.chance(40),
        waiting_max: if dice.chance(20) { dice.between(1, 4) as u32 } else { 1_000 },
        triage_seats,
    }
}

/// A line with exactly one fault.
pub(crate) fn faulty_line(dice: &mut Dice, counselors: i64, skills: i64) -> Line {
    let mut line = line(dice, 1, 1, counselors, skills);
    let step = &mut line.plan.steps[0];
    match dice.between(0, 9) {
        0 => line.plan.last_rung = None,
        1 => line.plan.steps.clear(),
        2 => step.need = Need::Skill { skill: SkillId(1), at_least: 0 },
        3 => step.need = Need::Not(Box::new(Need::Skill { skill: SkillId(1), at_least: 6 })),
        4 => step.need = Need::All(vec![Need::Anyone, Need::Any(Vec::new())]),
        5 => step.need = Need::Any(vec![Need::Named(counselor_id(1))]),
        6 => step.widens_after_ms = dice.one_of(&[0, -1, 86_400_001]).unwrap(),
        7 => {
            line.plan.last_rung =
                Some(LastRung::Forward { line: LineId(dice.one_of(&[1, 99]).unwrap()) });
        }
        8 => {
            let open =
                vec![OpenSpan { from_minute: 10, to_minute: dice.one_of(&[10, 10_081]).unwrap() }];
            line.hours = Hours::Weekly { utc_offset_minutes: 480, open };
        }
        _ => line.waiting_max = 0,
    }
    line
}

fn widens_after_ms(dice: &mut Dice) -> i64 {
    let longest = dice.one_of(&[5_000, 60_000, 300_000, 3_600_000]).unwrap();
    dice.between(1, longest)
}

fn hours(dice: &mut Dice) -> Hours {
    if dice.chance(75) {
        return Hours::Always;
    }
    let open = (0..7)
        .map(|day| OpenSpan { from_minute: day * 1_440 + 480, to_minute: (day + 1) * 1_440 })
        .collect();
    Hours::Weekly { utc_offset_minutes: dice.one_of(&[480, 0, -210]).unwrap(), open }
}

/// An expression over skills, at most `depth` operators deep.
pub(crate) fn need(dice: &mut Dice, skills: i64, depth: u8) -> Need {
    let skill = |dice: &mut Dice| Need::Skill {
        skill: SkillId(dice.between(1, skills) as u16),
        at_least: dice.between(1, 3) as u8,
    };
    if depth == 0 {
        return if dice.chance(30) { Need::Anyone } else { skill(dice) };
    }
    match dice.between(0, 9) {
        0..=2 => Need::Anyone,
        3..=5 => skill(dice),
        6 => Need::All((0..dice.between(0, 2)).map(|_| need(dice, skills, depth - 1)).collect()),
        7 | 8 => {
            Need::Any((0..dice.between(1, 3)).map(|_| need(dice, skills, depth - 1)).collect())
        }
        _ => Need::Not(Box::new(need(dice, skills, depth - 1))),
    }
}
