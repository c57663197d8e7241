//! What the office has saved, brought to those who work with it: the directory gets names, the
//! switchboard gets numbers.

use super::rungs;
use crate::live::directory::{Bilingual, Book, CounselorFace, LineFace, SkillFace};
use crate::store::counselors::CounselorRecord;
use crate::store::lines::LineRecord;
use crate::store::skills::Skill;
use crate::store::{Store, StoreError};
use crate::switchboard::{Input, Switchboard};

/// Everything the office has saved.
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
    let crisis_numbers = serde_json::from_str(&record.crisis_numbers);
    LineFace {
        line: record.plan.line,
        code: record.code.clone(),
        name: Bilingual { zh: record.name_zh.clone(), en: record.name_en.clone() },
        owner: record.owner.clone(),
        greeting: Bilingual { zh: greeting("zh-CN"), en: greeting("en") },
        full_text: rungs::full_text(),
        crisis_numbers: crisis_numbers.unwrap_or_else(|_| rungs::crisis_numbers()),
        asks: skills.iter().filter(|skill| may_be_asked(&skill.code)).map(|s| s.skill).collect(),
    }
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
