//! What the desk refuses, as stable codes with words for whoever has no translation of them.

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
}

impl No {
    /// The stable code and the words.
    #[must_use]
    pub const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::BadFrame => ("bad_frame", "这一帧看不懂，见接口约定第 1 版"),
            Self::UnknownTopic => ("unknown_topic", "没有这个订阅"),
            Self::UnknownLine => ("unknown_line", "没有这条热线"),
            Self::UnknownContact => ("unknown_contact", "这个来访已不在"),
            Self::UnknownCounselor => ("unknown_counselor", "没有这位咨询员"),
            Self::OfferGone => ("offer_gone", "这次派单已经过去"),
            Self::NotYours => ("not_yours", "这个来访不在您手中，或不在这个阶段"),
            Self::AtCapacity => ("at_capacity", "现在不能再多接一个"),
            Self::NobodyWaits => ("nobody_waits", "现在没有您可以接的来访"),
            Self::NoSuchTarget => ("no_such_target", "转接的对象现在接不了"),
            Self::NoTriageSeat => ("no_triage_seat", "没有在岗的分诊席"),
            Self::LineFault => ("line_fault", "热线设置有误，没有保存"),
            Self::Ended => ("ended", "这次谈话已经结束"),
            Self::Forbidden => ("forbidden", "您的账号没有这项权限"),
            Self::TextTooLong => ("text_too_long", "超过 4000 字，没有发出"),
            Self::TextEmpty => ("text_empty", "空消息没有发出"),
            Self::TextUnstorable => ("text_unstorable", "有无法保存的控制字符，没有发出"),
            Self::BadClientId => ("bad_client_id", "client_id 应为 1 至 64 个字符"),
            Self::TooManyMessages => ("too_many_messages", "这次谈话的消息已达上限"),
            Self::NotStored => ("not_stored", "没有保存成功，请再发一次"),
            Self::Busy => ("busy", "系统正忙，请稍后再试"),
            Self::NoSupervisor => ("no_supervisor", "此刻没有督导在线，请按应急流程拨打电话"),
            Self::SignalUnsupported => ("signal_unsupported", "目前还不能网页通话"),
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
