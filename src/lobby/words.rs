//! What the lobby says in words, in the seeker's own language. Codes are stable; texts may improve.

use crate::door::text::TextFault;
use crate::live::card::Locale;

/// What every seeker is told at the start.
pub const LOOK_NOTICE_ZH: &str = "为了更好地帮助你，督导有时会看到这次谈话，他们同样为你保密。";
pub const LOOK_NOTICE_EN: &str = "To help you better, a supervisor may look in on this conversation; they keep it just as confidential.";

/// Why a frame or a knock was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    BadFrame,
    BadToken,
    HelloExpected,
    TextTooLong,
    TextEmpty,
    TextUnstorable,
    BadClientId,
    TooManyMessages,
    Ended,
    Busy,
    NotStored,
    SignalUnsupported,
}

impl No {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadFrame => "bad_frame",
            Self::BadToken => "bad_token",
            Self::HelloExpected => "hello_expected",
            Self::TextTooLong => "text_too_long",
            Self::TextEmpty => "text_empty",
            Self::TextUnstorable => "text_unstorable",
            Self::BadClientId => "bad_client_id",
            Self::TooManyMessages => "too_many_messages",
            Self::Ended => "ended",
            Self::Busy => "busy",
            Self::NotStored => "not_stored",
            Self::SignalUnsupported => "signal_unsupported",
        }
    }

    /// What went wrong, and what to do about it.
    #[must_use]
    pub const fn text(self, locale: Locale) -> &'static str {
        match locale {
            Locale::ZhCn => self.zh(),
            Locale::En => self.en(),
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::BadFrame => "这一帧看不懂：应为带有 type 字段的 JSON，见接口约定第 1 版。",
            Self::BadToken => "这次来访已找不到了。你可以重新开始，我们还在。",
            Self::HelloExpected => "第一帧应为 hello。",
            Self::TextTooLong => "这条消息超过 4000 字，没有发出。请分成几条。",
            Self::TextEmpty => "空消息没有发出。",
            Self::TextUnstorable => "消息里有无法保存的控制字符，没有发出。",
            Self::BadClientId => "client_id 应为 1 至 64 个字符。",
            Self::TooManyMessages => "这次谈话的消息已达上限，没有发出。",
            Self::Ended => "这次谈话已经结束，消息没有发出。",
            Self::Busy => "系统正忙，消息还没有保存，请稍后再发。",
            Self::NotStored => "消息没有保存成功，请再发一次。",
            Self::SignalUnsupported => "目前还不能网页通话，请用文字或拨打电话。",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::BadFrame => {
                "Not understood: expected JSON with a known `type`, see the wire contract."
            }
            Self::BadToken => "This contact cannot be found. You can start again; we are here.",
            Self::HelloExpected => "The first frame must be `hello`.",
            Self::TextTooLong => {
                "This message is over 4,000 characters and was not sent. Please split it."
            }
            Self::TextEmpty => "An empty message was not sent.",
            Self::TextUnstorable => {
                "The message holds a control character that cannot be stored; not sent."
            }
            Self::BadClientId => "`client_id` must be 1 to 64 characters.",
            Self::TooManyMessages => "This talk has reached its limit of messages; not sent.",
            Self::Ended => "This talk has ended; the message was not sent.",
            Self::Busy => "We are busy; the message is not stored yet. Please send it again soon.",
            Self::NotStored => "The message could not be stored. Please send it again.",
            Self::SignalUnsupported => {
                "Web calls are not available yet; please write, or use the telephone."
            }
        }
    }
}

impl From<TextFault> for No {
    fn from(fault: TextFault) -> Self {
        match fault {
            TextFault::TooLong => Self::TextTooLong,
            TextFault::Empty => Self::TextEmpty,
            TextFault::Unstorable => Self::TextUnstorable,
            TextFault::BadClientId => Self::BadClientId,
        }
    }
}
