//! A counselor as the switchboard knows them.

use crate::ids::{CounselorId, SkillId};
use serde::{Deserialize, Serialize};

/// What the office saves of a counselor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub counselor: CounselorId,
    /// Skill and proficiency 1–5, sorted by skill, each skill once.
    pub skills: Vec<(SkillId, u8)>,
    /// Takes phone calls and web calls.
    pub takes_voice: bool,
    /// How many chats at once; 0 = none.
    pub chats_max: u8,
}
