//! A contact: where it is, and what is known of it there.
//!
//! The place is an enum whose variants carry their facts; the transitions
//! stand in `waiting`, `offer` and `talk`. What is in here is exactly what the row of
//! a contact holds.

use super::effect::End;
use super::line::{Channel, Need, Risk};
use super::queue::Spot;
use super::timer::Stamp;
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, OfferId, SkillId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One reaching-out, from arrival to closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub(super) contact: ContactId,
    /// The line whose plan it follows now.
    pub(super) line: LineId,
    /// The line it arrived at: measures count it there.
    pub(super) arrived_line: LineId,
    pub(super) channel: Channel,
    pub(super) risk: Risk,
    pub(super) asks: Option<Arc<Need>>,
    pub(super) preferred: Option<CounselorId>,
    /// The counselor it was connected to last.
    pub(super) counselor_last: Option<CounselorId>,
    /// Never rewritten: the real wait counts from here.
    pub(super) arrived_at: At,
    /// Counted by the machine; grows with `arrived_at`.
    pub(super) number: u64,
    /// Stands before those of its risk that are not at the head.
    pub(super) head: bool,
    pub(super) connected_once: bool,
    pub(super) forwarded: bool,
    pub(super) simulated: bool,
    pub(super) bars: Vec<Bar>,
    pub(super) place: Place,
    /// Where it stands in the queues; derived.
    #[serde(skip)]
    pub(super) spot: Option<Spot>,
    /// Whether its row is already marked as changed.
    #[serde(skip)]
    pub(super) is_marked: bool,
    /// Whether it is already noted for the end of this event.
    #[serde(skip)]
    pub(super) is_touched: bool,
}

/// A contact is in exactly one of these; closed is not being here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub(super) enum Place {
    Waiting { wait: Wait, seeker: Seeker, roster: Option<Roster> },
    Offered { wait: Wait, offer: OfferId, counselor: CounselorId, until: Stamp },
    Talking { counselor: CounselorId, since: At, seeker: Seeker },
    WrapUp { counselor: CounselorId, since: At, until: Stamp, ended: End },
}

/// A stay in the queue, through any number of offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wait {
    pub began: At,
    pub phase: Phase,
    /// When the phase ends. Armed while waiting, put aside while offered.
    pub widens: Stamp,
}

/// The last rung that comes because nobody is on shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Roster {
    pub due: At,
}

/// Whose need counts, unless switchboard mode overrules it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Named(CounselorId),
    Skill(SkillId),
    Step(u16),
}

/// The seeker's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Seeker {
    Here,
    Gone { since: At, grace: Stamp },
}

/// A counselor who is not offered this contact for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bar {
    pub counselor: CounselorId,
    pub until: Stamp,
}

impl Phase {
    /// The step of the plan; 0 during a transfer.
    pub(super) const fn step(self) -> u16 {
        match self {
            Self::Step(step) => step,
            Self::Named(_) | Self::Skill(_) => 0,
        }
    }
}

impl Contact {
    pub(super) fn is_barred(&self, counselor: CounselorId) -> bool {
        self.bars.iter().any(|bar| bar.counselor == counselor)
    }

    /// 0 (imminent, at the head) to 9 (no risk known, not at the head).
    pub(super) const fn rank(&self) -> u8 {
        let level = match self.risk {
            Risk::Imminent => 0,
            Risk::High => 2,
            Risk::Moderate => 4,
            Risk::Low => 6,
            Risk::None => 8,
        };
        if self.head { level } else { level + 1 }
    }

    pub(super) const fn wait(&self) -> Option<&Wait> {
        match &self.place {
            Place::Waiting { wait, .. } | Place::Offered { wait, .. } => Some(wait),
            Place::Talking { .. } | Place::WrapUp { .. } => None,
        }
    }

    /// Who holds it: talks with it or writes its note.
    pub(super) const fn holder(&self) -> Option<CounselorId> {
        match &self.place {
            Place::Talking { counselor, .. } | Place::WrapUp { counselor, .. } => Some(*counselor),
            Place::Waiting { .. } | Place::Offered { .. } => None,
        }
    }

    pub(super) const fn is_talking(&self) -> bool {
        matches!(self.place, Place::Talking { .. })
    }

    /// Waiting and connected: may be offered.
    pub(super) const fn is_ready(&self) -> bool {
        matches!(self.place, Place::Waiting { seeker: Seeker::Here, .. })
    }
}
