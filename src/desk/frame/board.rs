//! The live board and the last hour, as a supervisor's console gets them.

use super::{RiskLevel, ShownPresence};
use serde::Serialize;
use ts_rs::TS;

/// The live board, at most once a second.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct QueueHealth {
    pub at: String,
    pub lines: Vec<LineHealth>,
    /// Those on shift first (at most 500).
    pub counselors: Vec<CounselorHealth>,
    /// The head of the pooled queue in serving order (at most 500).
    pub waiting: Vec<WaitingContact>,
    /// Talks going on (at most 500).
    pub talks: Vec<TalkGoing>,
    /// Calls for help that are not over, the oldest first.
    pub calls: Vec<CallForHelp>,
    /// The last picks with their explanation, newest first (at most 20).
    pub picks: Vec<PickShown>,
    pub store_ok: bool,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct LineHealth {
    pub line: String,
    pub name: String,
    pub name_en: String,
    /// By risk: none, low, moderate, high, imminent.
    pub waiting_by_risk: [u32; 5],
    #[ts(type = "[number, number, number, number, number]")]
    pub longest_wait_ms_by_risk: [i64; 5],
    pub offered: u32,
    pub talking: u32,
    pub wrap_up: u32,
    pub switchboard_mode: bool,
    pub switchboard_mode_since: Option<String>,
    /// The alias of the supervisor who set it.
    pub switchboard_mode_by: Option<String>,
    pub outage: bool,
    pub outage_since: Option<String>,
    /// The alias of the supervisor who set it.
    pub outage_by: Option<String>,
    /// As many wait as the line takes.
    pub is_full: bool,
    /// Whoever waits longer than this is past the service level.
    #[ts(type = "number")]
    pub threshold_s: i64,
    /// This hour and the last; definitions in the handbook.
    #[ts(type = "number")]
    pub arrived: u64,
    #[ts(type = "number")]
    pub answered: u64,
    #[ts(type = "number")]
    pub abandoned: u64,
    /// Basis points (1/100 %); null when nothing has been counted.
    pub service_level_bp: Option<u32>,
    /// Average speed of answer, ms; null when nobody was answered.
    #[ts(type = "number | null")]
    pub asa_ms: Option<u64>,
    /// The same by channel; a channel on which nothing happened is left out.
    pub channels: Vec<ChannelHealth>,
}

/// One channel of a line.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct ChannelHealth {
    pub channel: String,
    pub waiting: u32,
    #[ts(type = "number")]
    pub longest_wait_ms: i64,
    pub talking: u32,
    /// This hour and the last, as in the line.
    #[ts(type = "number")]
    pub arrived: u64,
    #[ts(type = "number")]
    pub answered: u64,
    #[ts(type = "number")]
    pub abandoned: u64,
    pub service_level_bp: Option<u32>,
    #[ts(type = "number | null")]
    pub asa_ms: Option<u64>,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct CounselorHealth {
    pub counselor_id: String,
    pub alias: String,
    pub presence: ShownPresence,
    pub talks: u32,
    pub wrap_ups: u32,
    pub ringing: bool,
    pub chats_max: u32,
    pub occupancy_bp: Option<u32>,
    /// When the presence shown began.
    pub since: String,
    /// The aliases of the contacts in hand, the oldest first.
    pub contacts: Vec<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct WaitingContact {
    pub contact_id: String,
    pub line: String,
    pub channel: String,
    pub alias: String,
    pub risk: RiskLevel,
    #[ts(type = "number")]
    pub waited_ms: i64,
    pub offered_to: Option<String>,
    pub seeker_online: bool,
    pub simulated: bool,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct TalkGoing {
    pub contact_id: String,
    pub line: String,
    pub channel: String,
    pub alias: String,
    pub risk: RiskLevel,
    pub counselor: String,
    #[ts(type = "number")]
    pub talking_ms: i64,
    pub simulated: bool,
    /// The aliases of those who look in.
    pub looked_at_by: Vec<String>,
}

/// A counselor asks for help; it lasts until the talk ends or leaves their hands.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct CallForHelp {
    pub contact_id: String,
    pub counselor_id: String,
    pub counselor: String,
    pub at: String,
    /// The alias of the supervisor who goes there.
    pub heeded_by: Option<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "desk.ts")]
pub struct PickShown {
    pub at: String,
    pub contact_alias: String,
    pub line: String,
    pub counselor: String,
    pub rule: String,
    pub risk: RiskLevel,
    #[ts(type = "number")]
    pub waited_ms: i64,
    pub step: u32,
    pub fit: u32,
    #[ts(type = "number")]
    pub idle_ms: i64,
    pub contacts_considered: u32,
    pub counselors_considered: u32,
    pub runner_up: Option<String>,
}

/// `GET /api/v1/board/hour`: the last hour, a point for each minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "desk.ts")]
pub struct BoardHour {
    /// The beginning of the first minute; the last one still runs.
    pub from: String,
    pub step_s: u32,
    /// One for each line and channel on which anybody waited, came or went.
    pub series: Vec<HourSeries>,
}

/// The hour of one line and channel; each list has 60 entries, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "desk.ts")]
pub struct HourSeries {
    /// The line's code, where the contacts arrived.
    pub line: String,
    pub channel: String,
    /// How many waited for their first counselor at the end of the minute.
    pub waiting: Vec<u32>,
    /// How long the one who had waited longest had waited then.
    pub longest_wait_s: Vec<u32>,
    pub arrived: Vec<u32>,
    /// First connected in that minute.
    pub answered: Vec<u32>,
    /// Left or lost before anybody came, after five seconds or more.
    pub abandoned: Vec<u32>,
}
