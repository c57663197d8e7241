//! One party's stream: where it is, what it speaks, what it is to hear, and how it is doing.

use super::clip::Saying;
use super::digit::{Digit, Keypad};
use super::g711::Law;
use super::hearing::Side;
use super::lock::Lock;
use super::mixer::Pool;
use super::outgoing::Outgoing;
use crate::clock::At;
use crate::ids::ContactId;
use std::collections::VecDeque;
use std::net::SocketAddr;

/// Names one leg for as long as the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub u64);

/// Which way voice may flow, seen from the house.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    Both,
    /// The other side is on hold: it hears us and is not heard.
    SendOnly,
    /// We are on hold there: nothing is sent.
    ReceiveOnly,
    Inactive,
}

impl Direction {
    /// Whether we may send.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::Both | Self::SendOnly)
    }

    /// Whether something is to be heard from there.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::Both | Self::ReceiveOnly)
    }
}

/// What the other end has said of itself, by SDP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aim {
    /// Where it wants to hear; `None` keeps what is known.
    pub remote: Option<SocketAddr>,
    pub law: Law,
    /// The payload type of its keys, if it sends them apart from the voice.
    pub keys: Option<u8>,
    pub direction: Direction,
}

/// What a leg tells whoever opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegEvent {
    /// The first voice has come.
    Heard,
    Digit(Digit),
    /// A script is over; not `whole` if it was cut.
    Said {
        token: u32,
        whole: bool,
    },
    /// It was heard before, and nothing has come for a while.
    Silent,
    /// It was aimed, and nothing has ever come.
    OneWay,
    /// It is heard again after `Silent` or `OneWay`.
    Back,
}

/// What a leg hears now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Feed {
    #[default]
    Nothing,
    Music,
    /// One voice, passed on as it comes.
    Voice(usize),
    /// Several, mixed every 20 ms.
    Mix(Vec<usize>),
}

/// A leg in the exchange.
#[derive(Debug)]
pub(super) struct LegState {
    pub id: LegId,
    pub aim: Aim,
    pub aimed_at: Option<At>,
    pub lock: Lock,
    pub keypad: Keypad,
    pub out: Outgoing,
    pub seat: Option<(ContactId, Side)>,
    pub feed: Feed,
    /// Legs whose feed is this leg's voice.
    pub listeners: Vec<usize>,
    pub sayings: VecDeque<Saying>,
    /// Kept while somebody hears this leg in a mix.
    pub pool: Option<Pool>,
    /// What is heard next begins anew.
    pub is_new: bool,
    pub silence: Silence,
}

/// What was last said of a leg's silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Silence {
    #[default]
    Unheard,
    Heard,
    ToldSilent,
    ToldOneWay,
}

/// What a payload type means on a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Voice(Law),
    Key,
    /// Comfort noise: a sign of life, nothing to pass on.
    Quiet,
}

/// RFC 3389.
const COMFORT_NOISE: u8 = 13;

impl LegState {
    pub const fn new(id: LegId, out: Outgoing) -> Self {
        Self {
            id,
            aim: Aim { remote: None, law: Law::A, keys: None, direction: Direction::Both },
            aimed_at: None,
            lock: Lock::new(),
            keypad: Keypad::new(),
            out,
            seat: None,
            feed: Feed::Nothing,
            listeners: Vec::new(),
            sayings: VecDeque::new(),
            pool: None,
            is_new: true,
            silence: Silence::Unheard,
        }
    }

    /// What a packet with this payload type is; `None` for what was never agreed.
    pub fn sort(&self, payload_type: u8) -> Option<Sort> {
        if self.aim.keys == Some(payload_type) {
            return Some(Sort::Key);
        }
        match Law::of_payload_type(payload_type) {
            Some(law) => Some(Sort::Voice(law)),
            None => (payload_type == COMFORT_NOISE).then_some(Sort::Quiet),
        }
    }

    /// Where to send, if anything may be sent.
    pub fn target(&self) -> Option<SocketAddr> {
        self.lock.target().filter(|_| self.aimed_at.is_some() && self.aim.direction.sends())
    }

    /// Something has come: what there is to tell of it.
    pub fn hear(&mut self) -> Option<LegEvent> {
        let event = match self.silence {
            Silence::Unheard => Some(LegEvent::Heard),
            Silence::ToldSilent | Silence::ToldOneWay => Some(LegEvent::Back),
            Silence::Heard => None,
        };
        self.silence = Silence::Heard;
        event
    }

    /// Looks how long nothing has come.
    pub fn watch(&mut self, silent_after_ms: i64, at: At) -> Option<LegEvent> {
        let aimed_at = self.aimed_at.filter(|_| self.aim.direction.receives())?;
        let since = self.lock.heard_at().map_or(aimed_at, |heard_at| heard_at.max(aimed_at));
        if at.ms_since(since) < silent_after_ms {
            return None;
        }
        match self.silence {
            Silence::Heard => {
                self.silence = Silence::ToldSilent;
                Some(LegEvent::Silent)
            }
            Silence::Unheard => {
                self.silence = Silence::ToldOneWay;
                Some(LegEvent::OneWay)
            }
            Silence::ToldSilent | Silence::ToldOneWay => None,
        }
    }

    /// Cuts what is being said, but for what must be said; the tokens of what was cut.
    pub fn cut(&mut self) -> Vec<u32> {
        let (keep, cut): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.sayings).into_iter().partition(|saying| saying.script.must);
        self.sayings = keep;
        cut.into_iter().map(|saying| saying.script.token).collect()
    }
}
