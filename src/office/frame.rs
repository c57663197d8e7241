//! The bodies of the office: what its screens read and send.
//!
//! A form's numbers are plain `i32`, so that a wrong one is a fault at its field, not a body that
//! could not be read. `saved_at` names an edition: sent back, it must be the stored one.

use crate::live::directory::CrisisNumber;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A skill, as counselors have it and lines ask for it.
#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeSkill {
    pub skill_id: u16,
    pub code: String,
    pub name: String,
    pub name_en: String,
}

/// `PUT /api/v1/office/skills/{code}`.
#[derive(Clone, Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct SkillForm {
    pub name: String,
    pub name_en: String,
}

/// A line: names and texts for people, hours and plan for the switchboard.
#[derive(Clone, Debug, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeLine {
    /// The public number, which is also the code in addresses and frames.
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub owner: String,
    /// The called numbers that choose this line.
    pub numbers: Vec<String>,
    pub greeting: String,
    pub greeting_en: String,
    pub crisis_numbers: Vec<CrisisNumber>,
    /// `null`: day and night.
    #[serde(default)]
    pub hours: Option<Vec<OpenHours>>,
    /// Who is asked first, and after how long it widens.
    pub steps: Vec<OfficeStep>,
    pub last_rung: OfficeRung,
    /// A wait up to this counts as in service level.
    pub threshold_s: i32,
    /// Who leaves within the greeting is counted apart.
    pub greeting_s: i32,
    /// At most this many wait; the next gets the last rung at once.
    pub waiting_max: i32,
    pub mixes_voice_and_chat: bool,
    /// Ids of the counselors who take everything while switchboard mode is on.
    pub triage_seats: Vec<String>,
    /// The edition; `null`: a new line.
    #[serde(default)]
    pub saved_at: Option<String>,
}

/// An open span of the week, minutes from Monday 00:00 in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OpenHours {
    pub from_minute: i32,
    /// After `from_minute`, at most 10,080.
    pub to_minute: i32,
}

/// One step of a line's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeStep {
    /// All of these are needed; none: anyone. `null` where the step is `fixed`.
    pub skills: Option<Vec<StepSkill>>,
    pub widens_after_s: i32,
    /// The stored expression is richer than a list of skills; it can be kept or taken out.
    #[serde(default)]
    pub fixed: bool,
    /// Which stored step a `fixed` one is; sent back as it came.
    #[serde(default)]
    pub stored_step: Option<u16>,
}

/// A skill that a step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct StepSkill {
    /// The skill's code.
    pub skill: String,
    /// The least proficiency, 1–5.
    pub at_least: i32,
}

/// What a seeker gets when every step has passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeRung {
    pub kind: RungKind,
    /// With `forward`: the code of another line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub line: Option<String>,
}

/// The kinds of a last rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "office.ts")]
pub enum RungKind {
    /// Say that the service is full, with the crisis numbers.
    Full,
    /// Promise to call back.
    CallBack,
    /// Pass on to another line.
    Forward,
}

/// A counselor's profile.
#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeCounselor {
    pub counselor_id: String,
    /// How the account signs in; empty if there is none.
    pub username: String,
    pub alias: String,
    pub role: String,
    pub skills: Vec<CounselorSkill>,
    pub takes_voice: bool,
    pub chats_max: u8,
    /// Takes part no more; kept for the history.
    pub removed: bool,
    pub saved_at: String,
}

/// `PUT /api/v1/office/counselors/{counselor_id}`.
#[derive(Clone, Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct CounselorForm {
    pub alias: String,
    pub skills: Vec<CounselorSkill>,
    pub takes_voice: bool,
    pub chats_max: i32,
    pub removed: bool,
    pub saved_at: Option<String>,
}

/// A skill that a counselor has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct CounselorSkill {
    /// The skill's code.
    pub skill: String,
    /// Proficiency, 1–5.
    pub level: i32,
}

/// A sign-in account.
#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeAccount {
    pub account_id: String,
    pub username: String,
    pub alias: String,
    pub role: String,
    pub has_second_factor: bool,
    /// Until when signing in is refused after too many failures.
    pub locked_until: Option<String>,
    pub disabled: bool,
    pub created_at: String,
}

/// `POST /api/v1/office/accounts`.
#[derive(Clone, Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct NewAccount {
    /// 2 to 64 of `a-z`, `0-9`, `.`, `-`, `_`.
    pub username: String,
    pub alias: String,
    pub role: String,
}

/// `PATCH /api/v1/office/accounts/{account_id}`: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, export_to = "office.ts", optional_fields)]
pub struct AccountChange {
    pub alias: Option<String>,
    pub role: Option<String>,
    pub disabled: Option<bool>,
}

/// An account that was made: shown once. Does not print.
#[derive(Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct AccountMade {
    pub account_id: String,
    pub username: String,
    pub password: String,
    /// For an authenticator to scan; `null` where the role needs no second factor.
    pub otp_uri: Option<String>,
    /// The same to type in.
    pub otp_secret: Option<String>,
}

/// A new password: shown once. Does not print.
#[derive(Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct PasswordMade {
    pub password: String,
}

/// A new second factor: shown once. Does not print.
#[derive(Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct SecondFactorMade {
    pub otp_uri: String,
    pub otp_secret: String,
}

/// A role and what it allows.
#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct OfficeRole {
    pub role: String,
    pub name: String,
    pub name_en: String,
    pub permissions: Vec<String>,
}

/// A text that a counselor may take up and change before sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct CannedReply {
    pub reply_id: String,
    pub title: String,
    pub text: String,
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub locale: String,
    /// The code of the line it is for; `null`: every line.
    pub line: Option<String>,
    pub saved_at: String,
}

/// `PUT /api/v1/office/canned-replies/{reply_id}`.
#[derive(Clone, Debug, Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "office.ts")]
pub struct CannedReplyForm {
    pub title: String,
    pub text: String,
    /// `zh-CN` or `en`.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub locale: String,
    #[serde(default)]
    pub line: Option<String>,
    /// The edition; `null`: a new one.
    #[serde(default)]
    pub saved_at: Option<String>,
}
