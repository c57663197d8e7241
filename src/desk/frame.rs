//! The frames between a console and the desk, wire contract version 1.

mod board;

pub use board::{
    BoardHour, CallForHelp, ChannelHealth, CounselorHealth, HourSeries, LineHealth, PickShown,
    QueueHealth, TalkGoing, WaitingContact,
};

use crate::live::Sender;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a console sends.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum FromDesk {
    Presence {
        presence: WishedPresence,
        #[serde(default)]
        #[ts(optional)]
        reason: Option<String>,
    },
    Accept {
        offer_id: String,
    },
    Decline {
        offer_id: String,
        #[serde(default)]
        #[ts(optional)]
        reason: Option<String>,
    },
    Message {
        contact_id: String,
        client_id: String,
        text: String,
    },
    Typing {
        contact_id: String,
    },
    /// The counselor has seen everything up to `seq`.
    Read {
        contact_id: String,
        #[ts(type = "number")]
        seq: i64,
    },
    End {
        contact_id: String,
    },
    /// The note in `PUT /api/v1/contacts/{id}/note` is written; close the contact.
    WrappedUp {
        contact_id: String,
    },
    Transfer {
        contact_id: String,
        to: TransferTo,
        #[serde(default)]
        #[ts(optional)]
        note: Option<String>,
    },
    /// Assess the risk of a contact in hand.
    Risk {
        contact_id: String,
        risk: RiskLevel,
    },
    /// One more chat than usual.
    PullOne,
    Sos {
        contact_id: String,
    },
    History {
        contact_id: String,
        #[serde(default)]
        #[ts(type = "number")]
        after_seq: i64,
    },
    Signal {
        contact_id: String,
    },
    /// A word to the other counselors of a talk: from who holds it or looks in. The seeker never
    /// hears of it.
    Whisper {
        contact_id: String,
        client_id: String,
        text: String,
    },
    Ping,
    // ── supervisors ─────────────────────────────────────────────────
    Subscribe {
        topic: String,
    },
    Unsubscribe {
        topic: String,
    },
    /// Everything of this line goes to the triage seats, or no longer.
    SwitchboardMode {
        line: String,
        on: bool,
    },
    Outage {
        line: String,
        on: bool,
    },
    LogOut {
        counselor_id: String,
    },
    Close {
        contact_id: String,
    },
    /// Look into a talk that goes on; journaled before anything is shown.
    Look {
        contact_id: String,
        reason: LookReason,
        /// The reason in the looker's own words, at most 200 characters.
        #[serde(default)]
        #[ts(optional)]
        words: Option<String>,
    },
    LookAway {
        contact_id: String,
    },
    /// I go to who calls for help in this talk.
    Heed {
        contact_id: String,
    },
}

/// Why a supervisor looks into a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum LookReason {
    Sos,
    Danger,
    Quality,
    Training,
    Complaint,
}

/// Where a transfer goes; exactly one is set.
#[derive(Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum TransferTo {
    /// A line's code.
    Line(String),
    /// A skill's code.
    Skill(String),
    /// A counselor's id.
    Counselor(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum WishedPresence {
    Available,
    Away,
    Offline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum ShownPresence {
    Offline,
    Away,
    Available,
    Engaged,
    WrapUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum RiskLevel {
    None,
    Low,
    Moderate,
    High,
    Imminent,
}

/// Who is signed in.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct DeskCounselor {
    pub counselor_id: String,
    pub username: String,
    /// What seekers see.
    pub alias: String,
    pub role: String,
    pub permissions: Vec<String>,
    pub chats_max: u32,
}

/// A contact in a counselor's hand.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct DeskContact {
    pub contact_id: String,
    pub line: String,
    pub line_name: String,
    pub channel: String,
    /// The pseudonym shown for the seeker; the same each time they come with their return phrase.
    pub alias: String,
    /// How often the same person came before, as far as a return phrase tells.
    pub earlier_contacts: u32,
    pub risk: RiskLevel,
    /// `talking` or `wrap_up`.
    pub state: String,
    pub arrived_at: String,
    pub connected_at: Option<String>,
    /// End of the time for the note, while in wrap-up.
    pub wrap_up_until: Option<String>,
    /// Who ended it, while in wrap-up.
    pub ended: Option<String>,
    /// The seeker's socket is there.
    pub seeker_online: bool,
    #[ts(type = "number")]
    pub last_seq: i64,
    pub locale: String,
    pub simulated: bool,
    /// The aliases of those who look in just now.
    pub looked_at_by: Vec<String>,
}

/// What is known of a contact when it rings.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct OfferedContact {
    pub contact_id: String,
    pub line: String,
    pub line_name: String,
    pub channel: String,
    pub alias: String,
    /// How often the same person came before, as far as a return phrase tells.
    pub earlier_contacts: u32,
    pub risk: RiskLevel,
    #[ts(type = "number")]
    pub waited_s: i64,
    /// Names of the skills it needs.
    pub skills: Vec<String>,
    /// The seeker talked with this counselor last time.
    pub previous: bool,
    /// Why this contact, why you: one sentence in the console's language is made of these.
    pub rule: String,
    #[ts(type = "number")]
    pub idle_s: i64,
    pub fit: u32,
}

/// What a message of the history is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum MessageKind {
    Message,
    TransferNote,
    Event,
}

/// What a console gets.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desk.ts")]
pub enum ToDesk {
    /// Everything needed to redraw the pane after a reload.
    Welcome {
        counselor: DeskCounselor,
        presence: ShownPresence,
        wish: WishedPresence,
        contacts: Vec<DeskContact>,
        offer: Option<DeskOffer>,
        heartbeat_s: u32,
        /// Targets for a transfer.
        lines: Vec<Named>,
        skills: Vec<Named>,
        counselors: Vec<Named>,
        server_time: String,
    },
    Presence {
        presence: ShownPresence,
        wish: WishedPresence,
        reason: String,
    },
    Offer(DeskOffer),
    OfferGone {
        offer_id: String,
        reason: String,
    },
    Assigned {
        contact: DeskContact,
    },
    Message {
        contact_id: String,
        #[ts(type = "number")]
        seq: i64,
        message_id: String,
        from: Sender,
        /// A transfer note is for counselors only; the seeker never sees it.
        kind: MessageKind,
        text: String,
        at: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        client_id: Option<String>,
    },
    Ack {
        contact_id: String,
        client_id: String,
        #[ts(type = "number")]
        seq: i64,
        message_id: String,
        at: String,
    },
    Typing {
        contact_id: String,
        from: Sender,
    },
    Read {
        contact_id: String,
        #[ts(type = "number")]
        seq: i64,
    },
    /// `state`: talking, wrap_up, released, closed, seeker_lost, seeker_back, risk.
    ContactState {
        contact_id: String,
        state: String,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        risk: Option<RiskLevel>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        until: Option<String>,
    },
    /// A counselor asks for help (to supervisors).
    Sos {
        contact_id: String,
        counselor_id: String,
        counselor: String,
        at: String,
    },
    QueueHealth(Box<QueueHealth>),
    /// The office has saved lines (to every console): read `GET /api/v1/lines` again.
    LinesSaved,
    /// The answer to `look`: then the history as `message` and `whisper` frames, then what is said.
    Looking {
        contact: DeskContact,
        /// The alias of who holds it.
        counselor: String,
    },
    /// Nothing more comes of this talk. `reason`: `closed` (it is over), `released` (it has left
    /// the counselor's hands), `look_away` (you asked), `forbidden` (the permission or the sign-in
    /// has ended), `busy` (its history could not be read).
    LookEnded {
        contact_id: String,
        reason: String,
    },
    /// Who looks into a talk in your hand, whenever that changes.
    LookedAt {
        contact_id: String,
        by: Vec<String>,
    },
    /// On disk; part of the history, without a number in the talk.
    Whisper {
        contact_id: String,
        whisper_id: String,
        /// For the consoles of who wrote it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        client_id: Option<String>,
        /// The writer's alias.
        by: String,
        mine: bool,
        text: String,
        at: String,
    },
    Error {
        code: String,
        message: String,
        message_en: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        client_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        contact_id: Option<String>,
    },
    Bye {
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        reconnect_after_ms: Option<u64>,
    },
    Pong,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct DeskOffer {
    pub offer_id: String,
    pub contact: OfferedContact,
    pub expires_at: String,
    /// Whole length of the ringing, for the countdown.
    #[ts(type = "number")]
    pub ring_ms: i64,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct Named {
    pub id: String,
    pub name: String,
    pub name_en: String,
}

// ── REST bodies of the console ──────────────────────────────────────────

/// `PUT /api/v1/contacts/{id}/note`: the note as typed; `GET` gives it back.
#[derive(Clone, Debug, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "desk.ts")]
pub struct NoteBody {
    pub text: String,
    /// `helped`, `referred`, `silent`, `abusive`, `prank`, `wrong_number`, `other`; null while a draft.
    pub outcome: Option<String>,
}
