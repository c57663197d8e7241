//! A counselor as the switchboard knows them.

use super::effect::Presence;
use super::input::Wish;
use super::measure::Work;
use super::timer::Stamp;
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, OfferId, SkillId};
use serde::{Deserialize, Serialize};

/// What the office saves of a counselor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub counselor: CounselorId,
    /// Skill and proficiency 1–5, sorted by skill, each skill once.
    pub skills: Vec<(SkillId, u8)>,
    /// Takes phone calls and web calls.
    pub takes_voice: bool,
    /// How many chats at once; 0 = none.
    pub chats_max: u8,
}

/// What the row of a counselor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counselor {
    pub(super) profile: Profile,
    pub(super) wish: Wish,
    pub(super) socket: Socket,
    /// The load guard says stop.
    pub(super) stop: bool,
    /// Offers missed in a row.
    pub(super) misses: u8,
    /// Picks in a row that passed overdue contacts by.
    pub(super) passed: u32,
    pub(super) idle_since: At,
    #[serde(default)]
    pub(super) shown: Shown,
    pub(super) offer: Option<Ringing>,
    /// Talks and wrap-ups, oldest first.
    pub(super) held: Vec<Held>,
    pub(super) work: Work,
    /// Until when `work` has been summed.
    pub(super) worked_until: At,
    #[serde(skip)]
    pub(super) index: Index,
}

/// What a counselor has been shown as, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    pub presence: Presence,
    pub since: At,
}

/// The counselor's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Socket {
    Here,
    Gone {
        grace: Stamp,
    },
    /// Never there, or gone for longer than the grace.
    Lost,
}

/// An offer that rings at a counselor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ringing {
    pub offer: OfferId,
    pub contact: ContactId,
    pub pick: super::effect::Pick,
}

/// A talk or a wrap-up in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    pub contact: ContactId,
    pub is_voice: bool,
    pub is_talking: bool,
}

/// What the machine derives for speed; rebuilt from rows, never in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Every queue they serve, with their fit for it.
    pub serves: Vec<(u32, u16)>,
    /// How they stand in the lists of free counselors of those queues.
    pub listed: Option<Listing>,
    pub is_on_shift: bool,
    pub is_marked: bool,
    pub is_touched: bool,
}

/// What a counselor has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Room {
    #[default]
    No,
    /// Only contacts of lines that mix voice and chat.
    Mixing,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listing {
    pub rooms: Rooms,
    pub idle_since: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Rooms {
    pub voice: Room,
    pub chat: Room,
}

impl Counselor {
    /// A counselor nobody has seen yet.
    pub(super) fn new(profile: Profile, now: At) -> Self {
        Self {
            profile,
            wish: Wish::Offline,
            socket: Socket::Lost,
            stop: false,
            misses: 0,
            passed: 0,
            idle_since: now,
            shown: Shown { presence: Presence::Offline, since: now },
            offer: None,
            held: Vec::new(),
            work: Work::default(),
            worked_until: now,
            index: Index::default(),
        }
    }

    pub(super) const fn id(&self) -> CounselorId {
        self.profile.counselor
    }

    /// Without what is derived.
    pub(super) fn as_row(&self) -> Self {
        Self {
            profile: self.profile.clone(),
            held: self.held.clone(),
            index: Index::default(),
            ..*self
        }
    }

    /// What they are shown as.
    pub(super) fn presence(&self) -> Presence {
        if self.held.iter().any(|held| held.is_talking) {
            return Presence::Engaged;
        }
        if !self.held.is_empty() {
            return Presence::WrapUp;
        }
        match self.wish {
            Wish::Offline => Presence::Offline,
            Wish::Away => Presence::Away,
            Wish::Available if self.stop => Presence::Away,
            Wish::Available => Presence::Available,
        }
    }

    /// Notes since when they have been shown as they are.
    pub(super) fn note_shown(&mut self, now: At) {
        let presence = self.presence();
        if presence != self.shown.presence {
            self.shown = Shown { presence, since: now };
        }
    }

    /// Connected, or within the grace, and not offline.
    pub(super) fn is_on_shift(&self) -> bool {
        self.wish != Wish::Offline && self.socket != Socket::Lost
    }

    /// Connected, available and not stopped: may be offered what there is room for.
    pub(super) fn is_ready(&self) -> bool {
        self.socket == Socket::Here && self.wish == Wish::Available && !self.stop
    }

    pub(super) fn chats_held(&self) -> usize {
        self.held.iter().filter(|held| !held.is_voice).count()
    }

    /// Adds the time since it was last summed, as they were since then.
    pub(super) fn sum_work(&mut self, now: At) {
        let passed = u64::try_from(now.ms_since(self.worked_until)).unwrap_or(0);
        self.worked_until = now;
        if self.socket != Socket::Here || self.wish == Wish::Offline {
            return;
        }
        self.work.on_shift_ms = self.work.on_shift_ms.saturating_add(passed);
        if self.offer.is_some() || !self.held.is_empty() {
            self.work.busy_ms = self.work.busy_ms.saturating_add(passed);
        }
    }
}
