//! The frames between a seeker and the lobby, wire contract version 1.
//!
//! Names and meanings are fixed: fields may be added, never renamed. Times are
//! RFC 3339 UTC with milliseconds; ids are opaque strings.

use crate::live::card::Place;
use crate::live::directory::CrisisNumber;
use crate::live::{Sender, Stage};
use crate::switchboard::End;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a seeker sends.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "lobby.ts")]
pub enum FromSeeker {
    /// First frame, within 5 s.
    Hello {
        token: String,
        #[serde(default)]
        #[ts(type = "number")]
        last_seq: i64,
    },
    /// Stored once per `client_id` (≤ 64 characters), acked when on disk.
    Message {
        client_id: String,
        text: String,
    },
    Typing,
    Read {
        #[ts(type = "number")]
        seq: i64,
    },
    /// "I am in danger now."
    Danger,
    Leave,
    Ping,
    /// WebRTC signalling; this version answers with an `error`.
    Signal {
        #[serde(default)]
        #[ts(optional)]
        sdp: Option<String>,
        #[serde(default)]
        #[ts(optional)]
        candidate: Option<String>,
    },
}

/// What a seeker gets.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "lobby.ts")]
pub enum ToSeeker {
    Welcome {
        contact_id: String,
        state: SeekerState,
        /// The highest sequence number so far; every message after `last_seq` follows.
        #[ts(type = "number")]
        seq: i64,
        heartbeat_s: u32,
        /// The counselor's display alias while connected.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        counselor: Option<String>,
        /// The house holds this person for being in imminent danger: what they said was heard.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        danger_noted: bool,
        /// The counselor has seen everything up to here, as far as is known since the last start.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        read_seq: Option<i64>,
    },
    Queue {
        /// 1 = next.
        position: u32,
        waiting: u32,
        /// An honest range in seconds, or null when nothing honest can be said.
        estimate_s: Option<[u32; 2]>,
    },
    Connected {
        counselor: String,
    },
    Message {
        #[ts(type = "number")]
        seq: i64,
        message_id: String,
        from: Sender,
        text: String,
        at: String,
        /// Set on the seeker's own messages, so that a resumed widget knows them.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        client_id: Option<String>,
    },
    Ack {
        client_id: String,
        #[ts(type = "number")]
        seq: i64,
        message_id: String,
        at: String,
    },
    Typing {
        from: Sender,
    },
    /// The counselor has seen everything up to `seq`.
    Read {
        #[ts(type = "number")]
        seq: i64,
    },
    State {
        state: SeekerState,
        reason: String,
    },
    Error {
        code: String,
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        client_id: Option<String>,
    },
    Bye {
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        reconnect_after_ms: Option<u64>,
    },
    Pong,
}

/// What a seeker is told of their contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "lobby.ts")]
pub enum SeekerState {
    Waiting,
    Connected,
    /// Between two counselors: waiting at the head.
    Transferring,
    Ended,
}

/// Body of `POST /api/v1/contacts`.
#[derive(Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct NewContact {
    /// The line's code, e.g. `12355`.
    pub line: String,
    /// `chat` in this version.
    pub channel: String,
    #[serde(default)]
    #[ts(optional)]
    pub locale: Option<String>,
    /// The code of the placement the seeker came by.
    #[serde(default)]
    #[ts(optional)]
    pub campaign: Option<String>,
    #[serde(default)]
    #[ts(optional)]
    pub screening: Option<Screening>,
    /// The six words of an earlier contact: the same alias again. Spaces, full width and case are
    /// forgiven.
    #[serde(default)]
    #[ts(optional)]
    pub return_phrase: Option<String>,
    /// What the seeker asks of the counselor: skill codes, e.g. `gender_female`, `dialect_gan`.
    #[serde(default)]
    #[ts(optional)]
    pub asks: Option<Vec<String>>,
    /// The contact they dropped out of, proved by its token: back to the head of the queue.
    #[serde(default)]
    #[ts(optional)]
    pub returning: Option<Returning>,
    /// Made by `xinqiao simulate`; kept out of statistics. Loopback sources only.
    #[serde(default)]
    #[ts(optional)]
    pub simulated: Option<bool>,
}

#[derive(Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct Screening {
    #[serde(default)]
    pub danger_now: bool,
}

#[derive(Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct Returning {
    pub contact_id: String,
    pub token: String,
}

/// Answer to `POST /api/v1/contacts`.
#[derive(Debug, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct ContactMade {
    pub contact_id: String,
    /// The contact's secret; given once, stored only as a hash.
    pub token: String,
    pub state: String,
    /// Always null here: a phrase is made when it is asked for.
    pub return_phrase: Option<String>,
}

/// What a door shows before anybody knocks: `GET /api/v1/lines/{code}`.
#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct LineDoor {
    pub line: String,
    pub name: String,
    pub name_en: String,
    pub owner: String,
    pub greeting: String,
    pub greeting_en: String,
    pub open: bool,
    /// Why it is closed; null while it is open.
    pub closed_because: Option<ClosedBecause>,
    /// When it opens next, RFC 3339, if it is closed by its hours; else null.
    pub opens_at: Option<String>,
    /// As many wait as the line lets wait: the next one would be told so at once.
    pub is_full: bool,
    /// What everybody is told at the start: that a supervisor may look in.
    pub notice: String,
    pub notice_en: String,
    /// Skills a seeker may ask for: code and names.
    pub asks: Vec<AskOption>,
    pub crisis_numbers: Vec<CrisisNumber>,
}

/// Why a line takes nobody just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "lobby.ts")]
pub enum ClosedBecause {
    Hours,
    Outage,
}

/// Answer to `POST /api/v1/contacts/{contact_id}/return-phrase`.
#[derive(Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct ReturnPhrase {
    /// Six words between spaces, told once; only their slow hash is kept.
    pub return_phrase: String,
}

/// Body of `POST /api/v1/contacts/{contact_id}/rating`.
#[derive(Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct Rating {
    /// 1 (did not help) to 5 (helped a lot).
    #[ts(type = "number")]
    pub score: i64,
}

#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "lobby.ts")]
pub struct AskOption {
    pub code: String,
    pub name: String,
    pub name_en: String,
}

impl From<Place> for ToSeeker {
    fn from(place: Place) -> Self {
        let Place { position, waiting, estimate_s } = place;
        Self::Queue { position, waiting, estimate_s }
    }
}

/// The seeker's word for where the contact stands.
#[must_use]
pub const fn state_of(stage: Stage) -> SeekerState {
    match stage {
        Stage::Waiting => SeekerState::Waiting,
        Stage::Transferring => SeekerState::Transferring,
        Stage::Talking { .. } => SeekerState::Connected,
        Stage::WrapUp { .. } | Stage::Ended { .. } => SeekerState::Ended,
    }
}

/// Who ended it, as the `reason` of a `state` frame.
#[must_use]
pub const fn end_word(end: End) -> &'static str {
    match end {
        End::LeftWaiting => "left_waiting",
        End::LostWaiting => "lost_waiting",
        End::SeekerEnded => "seeker_ended",
        End::SeekerLost => "seeker_lost",
        End::CounselorEnded => "counselor_ended",
        End::SupervisorEnded => "supervisor_ended",
        End::ServiceFull => "service_full",
        End::CallBackPromised => "call_back_promised",
        End::LineClosed => "line_closed",
        End::LineOutage => "line_outage",
    }
}
