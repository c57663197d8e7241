//! Everything the switchboard can ask the world to do, and every reason it gives.

use super::input::{Input, Wish};
use super::line::{LastRung, LineFault, Risk};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, NoteId, OfferId};
use serde::{Deserialize, Serialize};

/// One thing for the world to do, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// "No", to whoever sent the input.
    Refuse { refusal: Refusal },
    /// Ring this counselor until `expires_at`.
    Offer { offer: OfferId, contact: ContactId, counselor: CounselorId, expires_at: At, pick: Pick },
    /// Stop ringing.
    Withdraw { offer: OfferId, contact: ContactId, counselor: CounselorId, reason: Withdrawn },
    /// Join the two.
    Connect { contact: ContactId, counselor: CounselorId },
    /// The contact waits (again): first arrival, or back at the head.
    Queued { contact: ContactId, reason: Queued, note: Option<NoteId> },
    /// The talk is over; the counselor has until `until` for the note.
    WrapUp { contact: ContactId, counselor: CounselorId, ended: End, until: At },
    /// The counselor no longer holds this contact.
    Released { contact: ContactId, counselor: CounselorId, reason: Released },
    /// The talk is over for the seeker, who is told this; nothing more will come.
    Ended { contact: ContactId, ended: End },
    /// The contact has left the switchboard: note written, or nobody ever took it.
    Closed { contact: ContactId, ended: End },
    /// The plan's last rung was reached; say it to the seeker. `Ended` follows unless forwarded.
    LastRung { contact: ContactId, rung: LastRung, cause: RungCause },
    /// The seeker's risk changed.
    RiskChanged { contact: ContactId, risk: Risk },
    /// What a counselor is shown as, and why.
    Presence { counselor: CounselorId, presence: Presence, wish: Wish, reason: PresenceReason },
    /// A line's switch moved.
    Switched { line: LineId, switchboard_mode: bool, outage: bool },
}

/// What a counselor is shown as; derived from what they hold and wish.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    #[default]
    Offline,
    Away,
    Available,
    /// Holds at least one talk.
    Engaged,
    /// Holds no talk, and at least one note to write.
    WrapUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceReason {
    /// They said so.
    Wished,
    /// Two offers missed in a row.
    MissedTwice,
    /// The socket was gone for longer than the grace.
    Lost,
    /// The socket is there (again).
    Connected,
    LoggedOut,
    LoadGuard,
    /// A talk or a wrap-up began or ended.
    Work,
    Removed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawn {
    Accepted,
    Declined,
    Expired,
    /// The seeker left, was lost, or got into another state.
    SeekerGone,
    /// The counselor's socket is gone, or they went away or offline.
    CounselorGone,
    /// The contact's line was switched or its need changed.
    Rerouted,
    /// The process started anew.
    Restarted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queued {
    Arrived,
    OfferMissed,
    OfferDeclined,
    OfferWithdrawn,
    CounselorLost,
    CounselorLoggedOut,
    Transferred,
    Forwarded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Released {
    Closed,
    Transferred,
    CounselorLost,
    LoggedOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungCause {
    /// Every step has passed.
    PlanPassed,
    /// Nobody at all is on shift.
    EmptyRoster,
    /// `Line::waiting_max` contacts wait already.
    QueueFull,
    Outage,
}

/// Who ended what. Always recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The seeker left while waiting.
    LeftWaiting,
    /// The seeker was gone for longer than the grace while waiting.
    LostWaiting,
    /// The seeker left the talk.
    SeekerEnded,
    /// The seeker was gone for longer than the grace in the talk.
    SeekerLost,
    CounselorEnded,
    SupervisorEnded,
    ServiceFull,
    CallBackPromised,
    LineClosed,
    LineOutage,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    UnknownLine,
    UnknownContact,
    UnknownCounselor,
    /// The contact's id has been used.
    ContactExists,
    /// The offer has gone: accepted, declined, expired or withdrawn.
    OfferGone,
    /// Not this counselor's contact, or not in the state that allows it.
    NotYours,
    /// No capacity for one more.
    AtCapacity,
    /// Nobody waits whom this counselor could take.
    NobodyWaits,
    /// The target of a transfer does not exist or cannot take it.
    NoSuchTarget,
    /// A line or a switch without triage seats on shift.
    NoTriageSeat,
    /// The line has a fault and was not saved.
    LineFault {
        fault: LineFault,
    },
    /// The seeker has ended; nothing can be changed.
    Ended,
}

/// Why this contact, why this counselor. Fixed in size: it is made 200,000 times a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    pub rule: Rule,
    pub risk: Risk,
    /// The real wait at the time of the offer, ms.
    pub waited_ms: i64,
    /// The step of the plan it was in (0 = first).
    pub step: u16,
    /// Sum of the counselor's proficiencies in the skills the need names.
    pub fit: u16,
    /// How long the counselor had been idle, ms.
    pub idle_ms: i64,
    /// How many contacts this counselor could have been given (the head of each queue they serve).
    pub contacts_considered: u32,
    /// How many free counselors could have been given this contact.
    pub counselors_considered: u32,
    /// The next best counselor, when one was compared.
    pub runner_up: Option<CounselorId>,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Highest risk, then longest wait.
    RiskThenAge,
    /// Waited past its level's bound, and it was its turn (starvation bound).
    Overdue,
    /// Came back after a drop, or returned from an offer, a lost counselor or a transfer.
    HeadOfPlace,
    /// The counselor of last time was free.
    SameCounselor,
    /// The counselor asked for one more.
    Pulled,
    /// Switchboard mode.
    Triage,
}

/// Why the machine wants to be woken. Each sentence begins with "When".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// When an unanswered offer returns to the head of its place.
    OfferExpires,
    /// When a waiting contact may be taken by more counselors, or reaches the last rung.
    PlanWidens,
    /// When a counselor may be offered again what they declined or missed.
    BarLifts,
    /// When a seeker whose socket is gone has not come back.
    SeekerGraceEnds,
    /// When a counselor whose socket is gone has not come back.
    CounselorGraceEnds,
    /// When a counselor's time for the note is over.
    WrapUpEnds,
    /// When nobody has been on shift for too long while somebody waits.
    RosterEmpty,
    /// When a dropped contact can no longer be returned to.
    ReturnEnds,
}

impl Reason {
    /// All reasons in their order.
    pub const ALL: [Self; 8] = [
        Self::OfferExpires,
        Self::PlanWidens,
        Self::BarLifts,
        Self::SeekerGraceEnds,
        Self::CounselorGraceEnds,
        Self::WrapUpEnds,
        Self::RosterEmpty,
        Self::ReturnEnds,
    ];

    /// Index into an array by reason.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "the discriminant of a plain enum")]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// What the journal keeps of one turn: enough to replay it, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub at: At,
    /// `None`: a timeout.
    pub input: Option<Input>,
    pub effects: Vec<Effect>,
}
