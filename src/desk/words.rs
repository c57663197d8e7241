//! What the desk refuses, as stable codes with words for whoever has no translation of them.

use crate::door::text::TextFault;
use crate::live::hub::NoLook;
use crate::switchboard::Refusal;

/// Why a command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    BadFrame,
    UnknownTopic,
    UnknownLine,
    UnknownContact,
    UnknownCounselor,
    OfferGone,
    NotYours,
    AtCapacity,
    NobodyWaits,
    NoSuchTarget,
    NoTriageSeat,
    LineFault,
    Ended,
    Forbidden,
    TextTooLong,
    TextEmpty,
    TextUnstorable,
    BadClientId,
    TooManyMessages,
    NotStored,
    Busy,
    NoSupervisor,
    SignalUnsupported,
    /// To be looked into, a contact must be in a talk.
    NotTalking,
    OwnTalk,
    TooManyLooks,
    WordsTooLong,
    TooManyWhispers,
}

impl No {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadFrame => "bad_frame",
            Self::UnknownTopic => "unknown_topic",
            Self::UnknownLine => "unknown_line",
            Self::UnknownContact => "unknown_contact",
            Self::UnknownCounselor => "unknown_counselor",
            Self::OfferGone => "offer_gone",
            Self::NotYours => "not_yours",
            Self::AtCapacity => "at_capacity",
            Self::NobodyWaits => "nobody_waits",
            Self::NoSuchTarget => "no_such_target",
            Self::NoTriageSeat => "no_triage_seat",
            Self::LineFault => "line_fault",
            Self::Ended => "ended",
            Self::Forbidden => "forbidden",
            Self::TextTooLong => "text_too_long",
            Self::TextEmpty => "text_empty",
            Self::TextUnstorable => "text_unstorable",
            Self::BadClientId => "bad_client_id",
            Self::TooManyMessages => "too_many_messages",
            Self::NotStored => "not_stored",
            Self::Busy => "busy",
            Self::NoSupervisor => "no_supervisor",
            Self::NotTalking => "not_talking",
            Self::OwnTalk => "own_talk",
            Self::TooManyLooks => "too_many_looks",
            Self::WordsTooLong => "words_too_long",
            Self::TooManyWhispers => "too_many_whispers",
            Self::SignalUnsupported => "signal_unsupported",
        }
    }

    /// The words in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::BadFrame => "这一帧看不懂，见接口约定第 1 版",
            Self::UnknownTopic => "没有这个订阅",
            Self::UnknownLine => "没有这条热线",
            Self::UnknownContact => "这个来访已不在",
            Self::UnknownCounselor => "没有这位咨询员",
            Self::OfferGone => "这次派单已经过去",
            Self::NotYours => "这个来访不在你手中，或不在这个阶段",
            Self::AtCapacity => "现在不能再多接一个",
            Self::NobodyWaits => "现在没有你可以接的来访",
            Self::NoSuchTarget => "转接的对象现在接不了",
            Self::NoTriageSeat => "没有在岗的分诊席",
            Self::LineFault => "热线设置有误，没有保存",
            Self::Ended => "这次谈话已经结束",
            Self::Forbidden => "你的账号没有这项权限",
            Self::TextTooLong => "超过 4000 字，没有发出",
            Self::TextEmpty => "空消息没有发出",
            Self::TextUnstorable => "有无法保存的控制字符，没有发出",
            Self::BadClientId => "client_id 应为 1 至 64 个字符",
            Self::TooManyMessages => "这次谈话的消息已达上限",
            Self::NotStored => "没有保存成功，请再发一次",
            Self::Busy => "系统正忙，请稍后再试",
            Self::NoSupervisor => "此刻没有督导在线，请按应急流程拨打电话",
            Self::NotTalking => "这个来访此刻没有在谈话，无法查看",
            Self::OwnTalk => "这是你自己的谈话",
            Self::TooManyLooks => "同时最多查看四个谈话，请先关闭一个",
            Self::WordsTooLong => "说明最多 200 字",
            Self::TooManyWhispers => "这次谈话的悄悄话已达上限",
            Self::SignalUnsupported => "目前还不能网页通话",
        }
    }

    /// The words in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::BadFrame => "this frame is not of the wire contract, version 1",
            Self::UnknownTopic => "there is no such topic",
            Self::UnknownLine => "there is no such line",
            Self::UnknownContact => "this contact is no longer there",
            Self::UnknownCounselor => "there is no such counselor",
            Self::OfferGone => "this offer has passed",
            Self::NotYours => "this contact is not in your hands, or not at this stage",
            Self::AtCapacity => "you cannot take one more just now",
            Self::NobodyWaits => "nobody waits whom you can take",
            Self::NoSuchTarget => "nobody can take this transfer just now",
            Self::NoTriageSeat => "no triage seat is on shift",
            Self::LineFault => "the line's settings are at fault and were not saved",
            Self::Ended => "this talk has ended",
            Self::Forbidden => "your account may not do this",
            Self::TextTooLong => "longer than 4,000 characters; it was not sent",
            Self::TextEmpty => "an empty message was not sent",
            Self::TextUnstorable => "it holds a character that cannot be stored; it was not sent",
            Self::BadClientId => "client_id: 1 to 64 characters",
            Self::TooManyMessages => "this talk has reached its number of messages",
            Self::NotStored => "it was not stored; please send it again",
            Self::Busy => "the system is busy; please try again soon",
            Self::NoSupervisor => {
                "no supervisor is online just now; please telephone, as the emergency plan says"
            }
            Self::NotTalking => "this contact is not in a talk just now",
            Self::OwnTalk => "this talk is your own",
            Self::TooManyLooks => "at most four looks at once; please close one first",
            Self::WordsTooLong => "the words of a reason: at most 200 characters",
            Self::TooManyWhispers => "this talk has reached its number of whispers",
            Self::SignalUnsupported => "calls in the browser are not offered yet",
        }
    }
}

impl From<&Refusal> for No {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownLine => Self::UnknownLine,
            Refusal::UnknownContact | Refusal::ContactExists => Self::UnknownContact,
            Refusal::UnknownCounselor => Self::UnknownCounselor,
            Refusal::OfferGone => Self::OfferGone,
            Refusal::NotYours => Self::NotYours,
            Refusal::AtCapacity => Self::AtCapacity,
            Refusal::NobodyWaits => Self::NobodyWaits,
            Refusal::NoSuchTarget => Self::NoSuchTarget,
            Refusal::NoTriageSeat => Self::NoTriageSeat,
            Refusal::LineFault { .. } => Self::LineFault,
            Refusal::Ended => Self::Ended,
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

impl From<NoLook> for No {
    fn from(no: NoLook) -> Self {
        match no {
            NoLook::UnknownContact => Self::UnknownContact,
            NoLook::NotTalking => Self::NotTalking,
            NoLook::OwnTalk => Self::OwnTalk,
            NoLook::TooMany => Self::TooManyLooks,
        }
    }
}
