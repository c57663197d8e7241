//! Names for ids: what people see of lines, skills and counselors.
//!
//! The switchboard knows numbers only; this is the telephone book beside it, read from
//! the store at the start and again after every change of the office.

use crate::ids::{CounselorId, LineId, SkillId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use ts_rs::TS;

/// A number that helps when we cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct CrisisNumber {
    pub number: String,
    pub name: String,
    pub name_en: String,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

/// What people see of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFace {
    pub line: LineId,
    /// The public number, which is also the code in addresses and frames.
    pub code: String,
    pub name: Bilingual,
    pub owner: String,
    pub greeting: Bilingual,
    /// Said when the last rung is reached; the crisis numbers follow.
    pub full_text: Bilingual,
    pub crisis_numbers: Vec<CrisisNumber>,
    /// Skills a seeker may ask for on this line.
    pub asks: Vec<SkillId>,
}

/// What people see of a skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillFace {
    pub skill: SkillId,
    pub code: String,
    pub name: Bilingual,
}

/// What people see of a counselor: never the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounselorFace {
    pub counselor: CounselorId,
    pub alias: String,
    pub chats_max: u8,
}

/// One edition of the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    lines: BTreeMap<LineId, LineFace>,
    lines_by_code: BTreeMap<String, LineId>,
    skills: BTreeMap<SkillId, SkillFace>,
    counselors: BTreeMap<CounselorId, CounselorFace>,
}

impl Book {
    #[must_use]
    pub fn new(
        lines: Vec<LineFace>,
        skills: Vec<SkillFace>,
        counselors: Vec<CounselorFace>,
    ) -> Self {
        Self {
            lines_by_code: lines.iter().map(|face| (face.code.clone(), face.line)).collect(),
            lines: lines.into_iter().map(|face| (face.line, face)).collect(),
            skills: skills.into_iter().map(|face| (face.skill, face)).collect(),
            counselors: counselors.into_iter().map(|face| (face.counselor, face)).collect(),
        }
    }

    #[must_use]
    pub fn line(&self, line: LineId) -> Option<&LineFace> {
        self.lines.get(&line)
    }

    #[must_use]
    pub fn line_by_code(&self, code: &str) -> Option<&LineFace> {
        self.lines_by_code.get(code).and_then(|line| self.lines.get(line))
    }

    /// All lines by number.
    pub fn lines(&self) -> impl Iterator<Item = &LineFace> {
        self.lines.values()
    }

    #[must_use]
    pub fn skill(&self, skill: SkillId) -> Option<&SkillFace> {
        self.skills.get(&skill)
    }

    #[must_use]
    pub fn skill_by_code(&self, code: &str) -> Option<&SkillFace> {
        self.skills.values().find(|face| face.code == code)
    }

    /// All skills by number.
    pub fn skills(&self) -> impl Iterator<Item = &SkillFace> {
        self.skills.values()
    }

    #[must_use]
    pub fn counselor(&self, counselor: CounselorId) -> Option<&CounselorFace> {
        self.counselors.get(&counselor)
    }

    /// By the alias that colleagues know.
    #[must_use]
    pub fn counselor_by_alias(&self, alias: &str) -> Option<CounselorId> {
        self.counselors.values().find(|face| face.alias == alias).map(|face| face.counselor)
    }

    /// The counselor's alias, or a neutral word for one who has left.
    #[must_use]
    pub fn alias(&self, counselor: CounselorId) -> String {
        self.counselor(counselor).map_or_else(|| "咨询员".to_owned(), |face| face.alias.clone())
    }

    /// The line's code, or its number if it has left the book.
    #[must_use]
    pub fn code(&self, line: LineId) -> String {
        self.line(line).map_or_else(|| line.to_string(), |face| face.code.clone())
    }
}

/// The current edition, shared by all doors.
#[derive(Debug, Default)]
pub struct Directory(RwLock<Arc<Book>>);

impl Directory {
    #[must_use]
    pub fn new(book: Book) -> Self {
        Self(RwLock::new(Arc::new(book)))
    }

    /// The edition of this moment.
    #[must_use]
    pub fn book(&self) -> Arc<Book> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new edition out.
    pub fn publish(&self, book: Book) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
    }
}
