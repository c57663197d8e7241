//! Everything that can happen to a hotline.
//!
//! An input carries ids and levels, never a text, a name or a number: the
//! journal keeps inputs for years.

use super::Rules;
use super::counselor::Profile;
use super::line::{Channel, Line, Need, Risk};
use crate::ids::{AccountId, ContactId, CounselorId, LineId, NoteId, OfferId, SkillId};
use serde::{Deserialize, Serialize};

/// One thing that happened. `by` is the account that did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    // ── administration ──────────────────────────────────────────────
    /// The rules of the house were read from the configuration.
    RulesSaved {
        rules: Rules,
    },
    /// The office saved a line; refused with its fault if it has one.
    LineSaved {
        line: Line,
    },
    /// The office saved a counselor (skills, capacity), or the first sign-in made one known.
    CounselorSaved {
        profile: Profile,
    },
    /// A counselor's account was closed: their contacts go back as if the socket were lost for good.
    CounselorRemoved {
        counselor: CounselorId,
    },

    // ── the seeker ──────────────────────────────────────────────────
    /// Somebody reaches out. The socket follows as `SeekerConnected`.
    Arrive(Arrival),
    /// The seeker's socket (or call leg) is there.
    SeekerConnected {
        contact: ContactId,
    },
    /// The seeker's socket is gone; the place is kept for the grace.
    SeekerLost {
        contact: ContactId,
    },
    /// "I am in danger now": risk becomes imminent, whatever it was.
    Danger {
        contact: ContactId,
    },
    /// The seeker ends it.
    Leave {
        contact: ContactId,
    },

    // ── the counselor ───────────────────────────────────────────────
    CounselorConnected {
        counselor: CounselorId,
    },
    /// The last socket of the counselor is gone.
    CounselorLost {
        counselor: CounselorId,
    },
    /// What the counselor says of themselves.
    Wish {
        counselor: CounselorId,
        wish: Wish,
    },
    /// The load guard (shift plan, hours on duty, hard contacts in a row) says stop, or go on.
    LoadGuard {
        counselor: CounselorId,
        stop: bool,
    },
    Accept {
        counselor: CounselorId,
        offer: OfferId,
    },
    Decline {
        counselor: CounselorId,
        offer: OfferId,
    },
    /// "I can take one more": one above the chat capacity, once, never past `Rules::chats_hard_max`.
    PullOne {
        counselor: CounselorId,
    },
    /// The counselor ends the talk; wrap-up begins.
    End {
        counselor: CounselorId,
        contact: ContactId,
    },
    /// The note is written; the contact is closed.
    WrappedUp {
        counselor: CounselorId,
        contact: ContactId,
    },
    Transfer {
        counselor: CounselorId,
        contact: ContactId,
        to: Target,
        note: Option<NoteId>,
    },
    /// Somebody assessed the risk anew; may lower it too.
    RiskSet {
        contact: ContactId,
        risk: Risk,
        by: AccountId,
    },

    // ── the supervisor ──────────────────────────────────────────────
    /// Sets a counselor offline; talks go back to the head of the queue.
    LogOut {
        counselor: CounselorId,
        by: AccountId,
    },
    SwitchboardMode {
        line: LineId,
        on: bool,
        by: AccountId,
    },
    Outage {
        line: LineId,
        on: bool,
        by: AccountId,
    },
    /// A supervisor ends a contact wherever it is.
    Close {
        contact: ContactId,
        by: AccountId,
    },

    // ── the house ───────────────────────────────────────────────────
    /// The process started anew: every socket is gone, every offer unheard.
    Restarted,
}

/// Somebody reaches out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub contact: ContactId,
    pub line: LineId,
    pub channel: Channel,
    pub risk: Risk,
    /// What the seeker asks of the counselor beyond the plan (a woman, a dialect);
    /// held in every step but the plan's last one.
    pub asks: Option<Need>,
    /// The contact they dropped out of, if they could prove it was theirs.
    pub returning: Option<ContactId>,
    /// The counselor of last time, if known.
    pub previous: Option<CounselorId>,
    /// Made by `xinqiao simulate`: routed like any other, kept out of the measures.
    pub simulated: bool,
}

/// What a counselor says of themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    #[default]
    Offline,
    Away,
    Available,
}

/// Where a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Another line (or the same, to be taken by somebody else).
    Line(LineId),
    /// Anyone with this skill (proficiency 1 or more), then the line's own last step.
    Skill(SkillId),
    /// A named counselor for `Rules::named_transfer_ms`, then the line's own plan.
    Counselor(CounselorId),
}
