//! What the office has saved, brought to those who work with it: the directory gets names, the
//! switchboard gets numbers; at every start, and after every save.

use crate::live::directory::{Bilingual, Book, CounselorFace, CrisisNumber, LineFace, SkillFace};
use crate::store::counselors::CounselorRecord;
use crate::store::lines::LineRecord;
use crate::store::skills::Skill;
use crate::store::{Store, StoreError};
use crate::switchboard::{Input, Switchboard};

/// The numbers that hold for every line whose office names no others: police, ambulance, the
/// national psychological line.
#[must_use]
pub fn crisis_numbers() -> Vec<CrisisNumber> {
    let number = |number: &str, name: &str, name_en: &str| CrisisNumber {
        number: number.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
    };
    vec![
        number("110", "报警，有人身危险时", "Police, when somebody is in danger"),
        number("120", "急救", "Ambulance"),
        number("12356", "全国心理援助热线", "National psychological help line"),
    ]
}

/// What is said when the last rung is reached; the numbers follow.
#[must_use]
pub fn full_text() -> Bilingual {
    Bilingual {
        zh: "对不起，现在没有咨询员能接待你，这不是你的问题。".to_owned(),
        en: "We are sorry: no counselor can take you just now. This is not because of you."
            .to_owned(),
    }
}

/// Everything the office has saved that the house works with.
pub struct Saved {
    pub lines: Vec<LineRecord>,
    pub skills: Vec<Skill>,
    pub counselors: Vec<CounselorRecord>,
}

impl Saved {
    /// Reads it from the store.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            lines: store.lines().list().await?,
            skills: store.skills().list().await?,
            counselors: store.counselors().list().await?,
        })
    }

    /// The telephone book.
    #[must_use]
    pub fn book(&self) -> Book {
        Book::new(
            self.lines.iter().map(|line| line_face(line, &self.skills)).collect(),
            self.skills.iter().map(skill_face).collect(),
            self.counselors
                .iter()
                .map(|record| CounselorFace {
                    counselor: record.profile.counselor,
                    alias: record.alias.clone(),
                    chats_max: record.profile.chats_max,
                })
                .collect(),
        )
    }

    /// What the switchboard does not know yet.
    #[must_use]
    pub fn inputs(&self, machine: &Switchboard) -> Vec<Input> {
        let mut inputs = Vec::new();
        for record in self.counselors.iter().filter(|record| !record.removed) {
            let known = machine.counselor(record.profile.counselor);
            if known.is_none_or(|view| view.profile != record.profile) {
                inputs.push(Input::CounselorSaved { profile: record.profile.clone() });
            }
        }
        for record in self.counselors.iter().filter(|record| record.removed) {
            let counselor = record.profile.counselor;
            if machine.counselor(counselor).is_some() {
                inputs.push(Input::CounselorRemoved { counselor });
            }
        }
        for record in &self.lines {
            if machine.line(record.plan.line).is_none_or(|(line, _)| *line != record.plan) {
                inputs.push(Input::LineSaved { line: record.plan.clone() });
            }
        }
        inputs
    }
}

fn line_face(record: &LineRecord, skills: &[Skill]) -> LineFace {
    let greeting = |locale: &str| record.greetings.get(locale).cloned().unwrap_or_default();
    LineFace {
        line: record.plan.line,
        code: record.code.clone(),
        name: Bilingual { zh: record.name_zh.clone(), en: record.name_en.clone() },
        owner: record.owner.clone(),
        greeting: Bilingual { zh: greeting("zh-CN"), en: greeting("en") },
        full_text: full_text(),
        crisis_numbers: crisis_numbers_of(record),
        asks: skills.iter().filter(|skill| may_be_asked(&skill.code)).map(|s| s.skill).collect(),
    }
}

/// The line's own numbers, or those of every line if none can be read.
pub(super) fn crisis_numbers_of(record: &LineRecord) -> Vec<CrisisNumber> {
    serde_json::from_str(&record.crisis_numbers).unwrap_or_else(|_| crisis_numbers())
}

/// A seeker may ask for the counselor's gender and for a dialect; what they need beyond that
/// is for the plan and the counselor to see.
fn may_be_asked(code: &str) -> bool {
    code.starts_with("gender_") || code.starts_with("dialect_")
}

fn skill_face(skill: &Skill) -> SkillFace {
    SkillFace {
        skill: skill.skill,
        code: skill.code.clone(),
        name: Bilingual { zh: skill.name_zh.clone(), en: skill.name_en.clone() },
    }
}
