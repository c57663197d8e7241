//! Who meets a need, and how well.

use super::counselor::Profile;
use super::line::Need;
use crate::ids::{LineId, SkillId};

impl Need {
    /// Whether this counselor meets it; `is_seat` says whether they are a triage seat of a line.
    pub(super) fn is_met_by(&self, profile: &Profile, is_seat: &dyn Fn(LineId) -> bool) -> bool {
        match self {
            Self::Anyone => true,
            Self::Skill { skill, at_least } => {
                profile.proficiency(*skill).is_some_and(|proficiency| proficiency >= *at_least)
            }
            Self::All(needs) => needs.iter().all(|need| need.is_met_by(profile, is_seat)),
            Self::Any(needs) => needs.iter().any(|need| need.is_met_by(profile, is_seat)),
            Self::Not(need) => !need.is_met_by(profile, is_seat),
            Self::Named(counselor) => *counselor == profile.counselor,
            Self::Seat(line) => is_seat(*line),
        }
    }

    /// The sum of the proficiencies in the skills named positively, each once.
    pub(super) fn fit(&self, profile: &Profile) -> u16 {
        let mut skills = Vec::new();
        self.name_skills(&mut skills);
        skills.sort_unstable();
        skills.dedup();
        skills.into_iter().filter_map(|skill| profile.proficiency(skill)).map(u16::from).sum()
    }

    fn name_skills(&self, skills: &mut Vec<SkillId>) {
        match self {
            Self::Skill { skill, .. } => skills.push(*skill),
            Self::All(needs) | Self::Any(needs) => {
                for need in needs {
                    need.name_skills(skills);
                }
            }
            Self::Anyone | Self::Not(_) | Self::Named(_) | Self::Seat(_) => {}
        }
    }
}

impl Profile {
    /// `None` without the skill.
    pub(super) fn proficiency(&self, skill: SkillId) -> Option<u8> {
        let at = self.skills.binary_search_by_key(&skill, |(skill, _)| *skill).ok()?;
        self.skills.get(at).map(|(_, proficiency)| *proficiency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CounselorId;

    fn profile() -> Profile {
        Profile {
            counselor: CounselorId::from_number(7),
            skills: vec![(SkillId(1), 3), (SkillId(2), 5)],
            takes_voice: true,
            chats_max: 1,
        }
    }

    fn skill(skill: u16, at_least: u8) -> Need {
        Need::Skill { skill: SkillId(skill), at_least }
    }

    #[test]
    fn an_expression_is_met_as_it_reads() {
        let meets = |need: &Need| need.is_met_by(&profile(), &|line| line == LineId(9));
        assert!(meets(&Need::Anyone));
        assert!(meets(&Need::All(vec![skill(1, 3), skill(2, 4)])));
        assert!(!meets(&Need::All(vec![skill(1, 4), skill(2, 4)])));
        assert!(meets(&Need::Any(vec![skill(1, 4), skill(2, 4)])));
        assert!(!meets(&Need::Any(vec![])));
        assert!(meets(&Need::All(vec![])));
        assert!(meets(&Need::Not(Box::new(skill(3, 1)))));
        assert!(meets(&Need::Named(CounselorId::from_number(7))));
        assert!(!meets(&Need::Named(CounselorId::from_number(8))));
        assert!(meets(&Need::Seat(LineId(9))) && !meets(&Need::Seat(LineId(8))));
    }

    #[test]
    fn fit_sums_each_positively_named_skill_once() {
        let twice = Need::All(vec![skill(1, 1), Need::Any(vec![skill(1, 2), skill(2, 1)])]);
        assert_eq!(twice.fit(&profile()), 8);
        assert_eq!(Need::Not(Box::new(skill(1, 1))).fit(&profile()), 0);
        assert_eq!(Need::Any(vec![skill(3, 1), skill(1, 1)]).fit(&profile()), 3);
    }
}
