//! Who hears whom: one table, asked again whenever somebody comes, goes, holds or looks in.

use serde::{Deserialize, Serialize};

/// Whose voice it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Seeker,
    Counselor,
    /// A liaison, an interpreter, or whoever a transfer is talked over with.
    Third,
    Supervisor,
}

/// Where the talk stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TalkStage {
    /// Nobody has taken it yet, or it waits again.
    #[default]
    Waiting,
    Talking,
    /// The counselor has put the seeker on hold, perhaps to ask somebody.
    Held,
    /// Nobody hears anybody; what is still to be said is said.
    Over,
}

/// What a supervisor does in a talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supervision {
    #[default]
    Off,
    /// Hears everybody, is heard by nobody.
    Listen,
    /// Is heard by the counselor alone.
    Whisper,
    /// Is heard by all.
    Barge,
}

/// What a side is to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    Nothing,
    /// The calm sound of waiting.
    Music,
    /// Those of these sides who are there.
    Sides(&'static [Side]),
}

/// What `side` hears.
#[must_use]
#[expect(clippy::match_same_arms, reason = "a table: each row says its own case")]
pub const fn hears(side: Side, stage: TalkStage, supervision: Supervision) -> Hears {
    use Side::{Counselor, Seeker, Supervisor, Third};
    use Supervision::{Barge, Listen, Off, Whisper};
    use TalkStage::{Held, Over, Talking, Waiting};
    match (stage, side, supervision) {
        (Over, _, _) => Hears::Nothing,
        (Waiting | Held, Seeker, _) => Hears::Music,
        // While nobody has taken it, the others have nobody to hear.
        (Waiting, _, _) => Hears::Nothing,
        (Talking, Seeker, Off | Listen | Whisper) => Hears::Sides(&[Counselor, Third]),
        (Talking, Seeker, Barge) => Hears::Sides(&[Counselor, Third, Supervisor]),
        (Talking, Counselor, Off | Listen) => Hears::Sides(&[Seeker, Third]),
        (Talking, Counselor, Whisper | Barge) => Hears::Sides(&[Seeker, Third, Supervisor]),
        (Talking, Third, Off | Listen | Whisper) => Hears::Sides(&[Seeker, Counselor]),
        (Talking, Third, Barge) => Hears::Sides(&[Seeker, Counselor, Supervisor]),
        (Talking | Held, Supervisor, Off) => Hears::Nothing,
        (Talking, Supervisor, Listen | Whisper | Barge) => {
            Hears::Sides(&[Seeker, Counselor, Third])
        }
        // On hold the two who consult hear each other, and the seeker hears neither.
        (Held, Counselor, Off | Listen) => Hears::Sides(&[Third]),
        (Held, Counselor, Whisper | Barge) => Hears::Sides(&[Third, Supervisor]),
        (Held, Third, Off | Listen | Whisper) => Hears::Sides(&[Counselor]),
        (Held, Third, Barge) => Hears::Sides(&[Counselor, Supervisor]),
        (Held, Supervisor, Listen | Whisper | Barge) => Hears::Sides(&[Counselor, Third]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: [Side; 4] = [Side::Seeker, Side::Counselor, Side::Third, Side::Supervisor];
    const STAGES: [TalkStage; 4] =
        [TalkStage::Waiting, TalkStage::Talking, TalkStage::Held, TalkStage::Over];
    const SUPERVISIONS: [Supervision; 4] =
        [Supervision::Off, Supervision::Listen, Supervision::Whisper, Supervision::Barge];

    fn is_heard(by: Side, who: Side, stage: TalkStage, supervision: Supervision) -> bool {
        matches!(hears(by, stage, supervision), Hears::Sides(sides) if sides.contains(&who))
    }

    #[test]
    fn nobody_ever_hears_themselves() {
        for side in SIDES {
            for stage in STAGES {
                for supervision in SUPERVISIONS {
                    assert!(!is_heard(side, side, stage, supervision), "{side:?} {stage:?}");
                }
            }
        }
    }

    #[test]
    fn a_seeker_hears_a_supervisor_only_when_the_supervisor_barges_in() {
        for stage in STAGES {
            for supervision in SUPERVISIONS {
                let heard = is_heard(Side::Seeker, Side::Supervisor, stage, supervision);
                let wanted = stage == TalkStage::Talking && supervision == Supervision::Barge;
                assert_eq!(heard, wanted, "{stage:?} {supervision:?}");
            }
        }
    }

    #[test]
    fn a_seeker_on_hold_or_waiting_hears_music_and_is_heard_by_nobody() {
        for stage in [TalkStage::Waiting, TalkStage::Held] {
            for supervision in SUPERVISIONS {
                assert_eq!(hears(Side::Seeker, stage, supervision), Hears::Music);
                for side in SIDES {
                    assert!(!is_heard(side, Side::Seeker, stage, supervision), "{side:?}");
                }
            }
        }
    }

    #[test]
    fn a_supervisor_who_does_not_look_in_hears_nothing() {
        for stage in STAGES {
            assert_eq!(hears(Side::Supervisor, stage, Supervision::Off), Hears::Nothing);
        }
    }

    #[test]
    fn when_it_is_over_nobody_hears_anybody() {
        for side in SIDES {
            for supervision in SUPERVISIONS {
                assert_eq!(hears(side, TalkStage::Over, supervision), Hears::Nothing);
            }
        }
    }
}
