//! Faults over HTTP: `application/problem+json` (RFC 9457) with a stable `code`.
//!
//! Each room maps its own error to a [`Problem`] in one `match`; the words are here in both languages,
//! because a problem may be shown to a person as it is.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use ts_rs::TS;

/// A fault that has a status, a code and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    BadRequest,
    UnknownLine,
    UnknownChannel,
    UnknownAsk,
    FieldTooLong,
    RateLimited,
    NotReady,
    BadCredentials,
    OtpRequired,
    OtpNotSetUp,
    LockedOut,
    SignInNeeded,
    Forbidden,
    ForeignOrigin,
    HeaderMissing,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    UnsupportedMediaType,
    UpgradeNeeded,
    NotYours,
    BadToken,
    UnknownReturnPhrase,
    TooLate,
    BadScore,
    NoTalk,
    StillTalking,
    Conflict,
    ChangedMeanwhile,
    OwnAccount,
    LastAdministrator,
    LimitReached,
    BadForm,
    Invalid,
    Internal,
}

impl Fault {
    const fn head(self) -> (StatusCode, &'static str) {
        match self {
            Self::UnknownLine => (StatusCode::NOT_FOUND, "unknown_line"),
            Self::SignInNeeded => (StatusCode::UNAUTHORIZED, "sign_in_needed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::UnknownChannel => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_channel"),
            Self::UnknownAsk => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_ask"),
            Self::FieldTooLong => (StatusCode::UNPROCESSABLE_ENTITY, "field_too_long"),
            Self::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::BadCredentials => (StatusCode::UNAUTHORIZED, "bad_credentials"),
            Self::OtpRequired => (StatusCode::UNAUTHORIZED, "otp_required"),
            Self::OtpNotSetUp => (StatusCode::UNAUTHORIZED, "otp_not_set_up"),
            Self::LockedOut => (StatusCode::TOO_MANY_REQUESTS, "locked_out"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign_origin"),
            Self::HeaderMissing => (StatusCode::FORBIDDEN, "header_missing"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::UpgradeNeeded => (StatusCode::UPGRADE_REQUIRED, "upgrade_needed"),
            Self::NotYours => (StatusCode::FORBIDDEN, "not_yours"),
            Self::BadToken => (StatusCode::UNAUTHORIZED, "bad_token"),
            Self::UnknownReturnPhrase => {
                (StatusCode::UNPROCESSABLE_ENTITY, "unknown_return_phrase")
            }
            Self::TooLate => (StatusCode::GONE, "too_late"),
            Self::BadScore => (StatusCode::UNPROCESSABLE_ENTITY, "bad_score"),
            Self::NoTalk => (StatusCode::CONFLICT, "no_talk"),
            Self::StillTalking => (StatusCode::CONFLICT, "still_talking"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict"),
            Self::ChangedMeanwhile => (StatusCode::CONFLICT, "changed_meanwhile"),
            Self::OwnAccount => (StatusCode::CONFLICT, "own_account"),
            Self::LastAdministrator => (StatusCode::CONFLICT, "last_administrator"),
            Self::LimitReached => (StatusCode::CONFLICT, "limit_reached"),
            Self::BadForm => (StatusCode::UNPROCESSABLE_ENTITY, "bad_form"),
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::UnknownLine => "没有这条热线",
            Self::SignInNeeded => "请先登录",
            Self::TooLarge => "内容太大",
            Self::BadRequest => "请求看不懂",
            Self::UnknownChannel => "这条热线没有这种方式，可用文字（chat）",
            Self::UnknownAsk => "没有这一项选择",
            Self::FieldTooLong => "有一项内容太长",
            Self::RateLimited => "此刻从你的网络来访太多，请稍候再试；紧急时请拨打 110 或 120",
            Self::NotReady => "系统暂时不能接待，请拨打电话；紧急时请拨打 110 或 120",
            Self::BadCredentials => "用户名、密码或验证码不对",
            Self::OtpRequired => "请输入动态验证码",
            Self::OtpNotSetUp => "这个账号还没有设置动态验证码，请联系管理员",
            Self::LockedOut => "多次输入有误，请稍候再试",
            Self::Forbidden => "你的账号没有这项权限",
            Self::ForeignOrigin => "不接受来自其他网站的请求",
            Self::HeaderMissing => "缺少 X-Requested-With: xinqiao",
            Self::NotFound => "没有找到",
            Self::MethodNotAllowed => "不支持这种请求方法",
            Self::UnsupportedMediaType => "请求体应为 application/json",
            Self::UpgradeNeeded => "这个地址只接受 WebSocket 连接",
            Self::NotYours => "这个来访不在你手中",
            Self::BadToken => "这次来访的凭证不对或已失效",
            Self::UnknownReturnPhrase => "没有找到这组词。可以再核对一次，或不用它直接开始",
            Self::TooLate => "这次谈话结束已久，不能再办理",
            Self::BadScore => "评分应为 1 到 5",
            Self::NoTalk => "这次来访没有谈话，无须评分",
            Self::StillTalking => "谈话还在进行，结束后再评分",
            Self::Conflict => "与现有内容冲突",
            Self::ChangedMeanwhile => "你编辑期间，别人保存了新的内容",
            Self::OwnAccount => "不能停用自己的账号，也不能收回自己的管理权限",
            Self::LastAdministrator => "这是最后一位管理员，请先设置另一位",
            Self::LimitReached => "已达到数量上限",
            Self::BadForm => "有几处需要修改，内容没有保存",
            Self::Invalid => "内容不符合要求",
            Self::Internal => "系统出错了，已有记录",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::UnknownLine => "there is no such line",
            Self::SignInNeeded => "please sign in",
            Self::TooLarge => "the body is too large",
            Self::BadRequest => "the request could not be understood",
            Self::UnknownChannel => "this channel is not offered; `chat` is",
            Self::UnknownAsk => "`asks` names no known skill",
            Self::FieldTooLong => "a field is too long",
            Self::RateLimited => {
                "too many contacts from your network just now; please try again soon, in danger call 110 or 120"
            }
            Self::NotReady => {
                "we cannot take contacts just now; please telephone, in danger call 110 or 120"
            }
            Self::BadCredentials => "user name, password or code is wrong",
            Self::OtpRequired => "a one-time code is required",
            Self::OtpNotSetUp => "this account has no second factor yet; ask an administrator",
            Self::LockedOut => "too many failed attempts; please wait",
            Self::Forbidden => "your account may not do this",
            Self::ForeignOrigin => "requests from this origin are not accepted",
            Self::HeaderMissing => "the header `X-Requested-With: xinqiao` is missing",
            Self::NotFound => "not found",
            Self::MethodNotAllowed => "this method is not supported here",
            Self::UnsupportedMediaType => "the body must be application/json",
            Self::UpgradeNeeded => "this address takes a websocket only",
            Self::NotYours => "this contact is not in your hands",
            Self::BadToken => "the contact's token is wrong or no longer valid",
            Self::UnknownReturnPhrase => {
                "these words are not known; please check them, or begin without them"
            }
            Self::TooLate => "this talk ended too long ago",
            Self::BadScore => "the score must be 1 to 5",
            Self::NoTalk => "there was no talk to rate",
            Self::StillTalking => "the talk is not over yet; please rate it afterwards",
            Self::Conflict => "this conflicts with what is there",
            Self::ChangedMeanwhile => "somebody else saved this while you were editing",
            Self::OwnAccount => "you cannot close your own account or take your own rights away",
            Self::LastAdministrator => "this is the last administrator; appoint another one first",
            Self::LimitReached => "there are as many as there may be",
            Self::BadForm => "some fields need another look; nothing was saved",
            Self::Invalid => "the content is not valid",
            Self::Internal => "something went wrong; it has been logged",
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.head().1
    }
}

/// A fault on its way to the one who knocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub fault: Fault,
    /// What exactly was wrong: a field's name and what was expected. Never what was sent.
    pub detail: Option<String>,
    pub retry_after_s: Option<u32>,
    /// What is wrong with which field of a form.
    pub faults: Vec<FieldFault>,
    /// What is stored now, where the one who knocked knew an older edition.
    pub current: Option<Box<serde_json::Value>>,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self { fault, detail: None, retry_after_s: None, faults: Vec::new(), current: None }
    }
}

impl Problem {
    #[must_use]
    pub fn with_detail(fault: Fault, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..fault.into() }
    }

    #[must_use]
    pub fn retry_after(fault: Fault, retry_after_s: u32) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..fault.into() }
    }
}

/// The body, as RFC 9457 has it, with our `code` and the words in English.
#[derive(Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "problem.ts")]
pub struct ProblemBody {
    /// Always `about:blank`: the status and `code` say it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What went wrong, in Chinese.
    title: &'static str,
    /// The same in English.
    title_en: &'static str,
    status: u16,
    /// Stable; see the OpenAPI document.
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    detail: Option<String>,
    /// After how many seconds to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    retry_after: Option<u32>,
    /// With `bad_form`: what is wrong with which field, all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<FieldFault>>", optional)]
    faults: Vec<FieldFault>,
    /// With `changed_meanwhile`: what is stored now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    current: Option<Box<serde_json::Value>>,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "problem.ts")]
pub struct FieldFault {
    /// The path in the body: `steps.1.widens_after_s`.
    pub field: String,
    pub code: FieldCode,
    /// What is expected, in English; never what was sent.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: String,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "problem.ts")]
pub enum FieldCode {
    /// It is empty and must not be.
    Required,
    TooLong,
    TooMany,
    OutOfRange,
    /// It names what is not there.
    Unknown,
    /// Another one has it.
    Taken,
    /// It stands there twice.
    Repeated,
    /// It is not written as it must be.
    BadShape,
    /// Two spans share time.
    Overlaps,
    /// It can only be kept as it is stored.
    Fixed,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.fault.head();
        let body = ProblemBody {
            kind: "about:blank",
            title: self.fault.zh(),
            title_en: self.fault.en(),
            status: status.as_u16(),
            code,
            detail: self.detail,
            retry_after: self.retry_after_s,
            faults: self.faults,
            current: self.current,
        };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, json)], text).into_response();
        if let Some(seconds) = self.retry_after_s {
            let name: HeaderName = header::RETRY_AFTER;
            response.headers_mut().insert(name, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<axum::extract::rejection::JsonRejection> for Problem {
    /// A body that is not what was asked for; the parser's words name field and place, not content.
    fn from(rejection: axum::extract::rejection::JsonRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Fault::TooLarge.into();
        }
        if rejection.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            return Fault::UnsupportedMediaType.into();
        }
        Self::with_detail(Fault::BadRequest, shape_of(&rejection.body_text()))
    }
}

impl From<axum::extract::ws::rejection::WebSocketUpgradeRejection> for Problem {
    fn from(_: axum::extract::ws::rejection::WebSocketUpgradeRejection) -> Self {
        Fault::UpgradeNeeded.into()
    }
}

/// The parser's complaint without any value it quotes, for that may be somebody's text: strings stand
/// between quotes (escaped as in Rust), numbers and unknown words between backticks. Names of our own
/// fields stand between backticks too, and stay.
fn shape_of(complaint: &str) -> String {
    let mut shape = String::with_capacity(complaint.len());
    let mut letters = complaint.chars();
    while let Some(letter) = letters.next() {
        shape.push(letter);
        match letter {
            '"' => {
                while let Some(inner) = letters.next().filter(|inner| *inner != '"') {
                    if inner == '\\' {
                        letters.next();
                    }
                }
                shape.push('"');
            }
            '`' => {
                let word: String = letters.by_ref().take_while(|inner| *inner != '`').collect();
                let is_sent =
                    shape.ends_with("unknown variant `") || shape.ends_with("unknown field `");
                if !is_sent && word.chars().all(|inner| inner.is_ascii_lowercase() || inner == '_')
                {
                    shape.push_str(&word);
                }
                shape.push('`');
            }
            _ => {}
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_never_repeats_what_was_sent() {
        let complaint = r#"line: invalid type: string "I want to die", expected u16 at line 1"#;
        assert_eq!(shape_of(complaint), r#"line: invalid type: string "", expected u16 at line 1"#);
        let escaped = r#"invalid type: string "I \"want\" to die", expected u16"#;
        assert_eq!(shape_of(escaped), r#"invalid type: string "", expected u16"#);
        let number = "line: invalid type: integer `13800001111`, expected a string";
        assert_eq!(shape_of(number), "line: invalid type: integer ``, expected a string");
        let word = "unknown variant `hopeless`, expected `chat` or `phone`";
        assert_eq!(shape_of(word), "unknown variant ``, expected `chat` or `phone`");
        assert_eq!(shape_of("missing field `line`"), "missing field `line`");
    }

    #[test]
    fn a_flood_is_told_when_to_come_back() {
        let response = Problem::retry_after(Fault::RateLimited, 7).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}
