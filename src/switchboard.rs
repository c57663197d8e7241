//! The switchboard: a pure, synchronous, deterministic machine that decides who
//! talks with whom. It never waits, reads a clock, rolls dice, touches a socket
//! or a database.
//!
//! Four verbs: [`Switchboard::handle`], [`Switchboard::handle_timeout`],
//! [`Switchboard::poll_effect`], [`Switchboard::poll_timeout`]. After every turn the owner drains the
//! effects and the changed rows ([`Switchboard::poll_row`]), puts both on disk, and only
//! then carries the effects out. [`Switchboard::restore`] builds the machine anew from rows.
//!
//! # The law of the machine
//!
//! The reference model in `tests/sim` is written from these paragraphs alone.
//!
//! **Time.** `at` never runs back: an `at` before the last one counts as the
//! last one. `handle(at, …)` first fires every timer due at or before `at`, in order of
//! `(due, Reason, number of arming)`, each at the time `at`, also those that are armed meanwhile; then the input.
//! `handle_timeout(at)` fires only the timers. Two exceptions: `Restarted` comes *before* the timers that are due; and
//! of `RosterEmpty` timers due at one moment the smaller arrival number goes first. Each input and each timer
//! is one *event*; matching follows each event. In [`Rules`], `ring_ms` and `passes_max` count as at least 1, the other times as at least 0.
//!
//! **One place.** A contact is waiting, offered, talking, in wrap-up, or closed
//! (closed contacts are forgotten, but for `return_window_ms` those that dropped are remembered).
//!
//! **Arrival.** Refused: unknown line, id used. Else in this order: outage → `LastRung(Full, Outage)`
//! then `Ended(LineOutage)`, `Closed`; outside hours → `Ended(LineClosed)`, `Closed` (both count `turned_away` and nothing else);
//! `waiting_max` reached (waiting + offered of that line) → the last rung with `QueueFull`; else it waits:
//! `Queued(Arrived)`, step 0. An id is used while its contact is here or remembered as dropped. A contact starts *unconnected* and is not offered until
//! `SeekerConnected`; it has the seeker's grace to connect.
//! `returning` names a contact remembered as dropped: then the new one stands at the head of
//! its place and prefers the counselor the old one was connected to last (if there was one, else `previous` is preferred);
//! if it waits (not: is turned away or ends at the full queue), the drop is forgotten: one return for each drop.
//!
//! **Order.** A *place* is `(risk, head or not, arrival, number of arrival)`: higher risk first; of one risk those at
//! the head first; then the earlier arrival (the original one: it is never rewritten), then
//! the smaller arrival number (counted by the machine, kept in the row).
//!
//! **Need in force.** While waiting, a contact's need is, first that applies: `Seat(line)` while
//! switchboard mode is on and at least one triage seat of the line is on shift; the transfer's need
//! (`Named` or `Skill`) while that lasts; else the plan's current step: `All[step.need, asks]`, where `asks` is dropped in
//! the plan's last step (`asks: None`: `step.need` itself; needs are equal if they are written equally). A step lasts `widens_after_ms` of time spent waiting or offered in it (the timer runs on
//! through offers and under switchboard mode, but while offered its expiry is acted on the moment it waits again, right after its `Queued`, before any matching);
//! after the last step comes the last rung. Named transfer lasts `named_transfer_ms`, then (and for a skill
//! transfer after the same time) the plan starts at step 0. A saved line replaces the old one: its contacts keep their step (the last, if there are fewer now) and their timer.
//!
//! **Who can.** A counselor is *free for* a channel if connected, wish available, no stop by the
//! load guard, no offer ringing, and: voice: `takes_voice`, holds no voice contact, holds no chat
//! (unless the contact's line and all lines of the held chats mix); chat: held chats < `chats_max`, holds no voice contact
//! (unless all these lines mix). *Held* counts talks and wrap-ups. They *can take* a contact if free for its
//! channel, meet its need in force, and are not barred from it (a decline or a missed
//! offer bars that counselor from that contact for `bar_ms`).
//! *On shift* = connected (or within the grace) and wish not offline.
//!
//! **Matching.** After every input and every timer, as long as there is a waiting, connected contact
//! and a counselor who can take it:
//! * A counselor who *became* free picks among contacts; a contact that *became* waiting picks among
//!   counselors. The result must be the same as this: take contacts in serving order (below), give each
//!   to its best counselor who can take it: the preferred one if they can; else highest
//!   fit (sum of the proficiencies in skills that the need in force names positively, outside `Not`, each skill once), then
//!   longest idle (since the last `Released`, expiry or decline of an offer, or becoming connected, available and not stopped, all three, when that was not so before; earlier first), then smaller id.
//! * `Pick.rule` is the first that applies: `Pulled`, `Overdue` (picked as owed), `Triage` (a `Seat` need), `SameCounselor` (the preferred one), `HeadOfPlace`, `RiskThenAge`.
//! * Each gives an `Offer` with `ring_ms`. One offer rings at a counselor at a time; a contact has at most one offer.
//!
//! **Serving order and the starvation bound.** Contacts are served in order of place, but: a contact whose wait is ≥
//! `overdue_ms[risk]` is *overdue*. A *pick* is an offer made. With every pick of a contact X for a counselor C let O be the
//! contact with the smallest arrival number among the overdue ones C could take just before (X among them; with the room C is picked with). If there is
//! no O, or O is X, C's `passed` becomes 0; else it grows by 1. When `passed ≥ passes_max`, C *owes*. Before any order of place the overdue contacts are gone
//! through by arrival number, and each that free counselors who owe can take goes to the best of those (`Overdue`). `PullOne` gives O if C owes, else the first in order of place.
//! So of `passes_max + 1` picks of one counselor at most one goes against the order of place; and a counselor who can take an
//! overdue contact makes at most `(1 + number of older overdue contacts they can take) × (passes_max + 1)` picks until it is served: nobody waits for ever.
//!
//! **Offers.** Accept → `Withdraw(Accepted)`, `Connect`; decline → `Withdraw(Declined)`, back to the head of its place
//! (`Queued(OfferDeclined)`), barred; expiry → `Withdraw(Expired)`, head (`Queued(OfferMissed)`), barred, counselor's misses + 1;
//! two misses in a row set the wish to away (after the `Queued`: `Presence(MissedTwice)`) and the misses to 0. Accepting or declining sets the misses to 0.
//! A seeker who leaves or is lost while offered: `Withdraw(SeekerGone)`; lost: waits on, unconnected, keeping the place (no `Queued`).
//! Going away/offline, losing the socket or the guard's stop while an offer rings: `Withdraw(CounselorGone)`, back to the head (`Queued(OfferWithdrawn)`), no bar, no miss; the `Presence` that goes with it comes after these.
//! `Danger` and `RiskSet` while waiting or offered change the place, not the offer.
//!
//! **Head.** Set by: return after a drop, a missed, declined or withdrawn offer, a lost or logged-out counselor, a transfer.
//! It stays until the contact is connected.
//!
//! **Pull one more.** Only for chat: one contact beyond `chats_max`, up to `chats_hard_max`, offered at once if there is one
//! they could take with that capacity; else `Refuse(NobodyWaits)`; at the hard limit or with an offer ringing `Refuse(AtCapacity)`. Not while away, offline, unconnected or stopped, nor with `chats_max` 0 (`Refuse(AtCapacity)`).
//! The limit is the smaller of `chats_max + 1` and `chats_hard_max` chats held.
//!
//! **Talk and wrap-up.** `End`, `Leave`, a lost seeker past the grace or a supervisor's `Close` end a talk: `Ended`, `WrapUp` for `wrap_up_ms`;
//! `WrappedUp` or the timer: `Released(Closed)`, `Closed`. `Close` in wrap-up closes at once. `WrappedUp` during a talk is refused (`NotYours`).
//! In wrap-up `Leave` and `Danger` are refused (`Ended`), `SeekerLost` and `SeekerConnected` ignored, `RiskSet` is taken.
//! While waiting: `Leave` → `Ended(LeftWaiting)`, `Closed`; grace over → `Ended(LostWaiting)`, `Closed`.
//! `LostWaiting` and `SeekerLost` are *drops*: remembered for `return_window_ms` from the end.
//! A seeker whose socket is gone in a talk keeps it for the grace; the grace that runs goes with the contact back to the queue.
//!
//! **A counselor's socket** gone for `counselor_grace_ms`: wish offline (`Presence(Lost)`), every talk → `Released(CounselorLost)`, head of the queue
//! (`Queued(CounselorLost)`), plan from step 0, preferring nobody; notes in wrap-up close (`Released(Closed)`, `Closed`); all in the order they were connected. `LogOut` and `CounselorRemoved` do the same at once
//! (a ringing offer first), with their own reason: `LoggedOut`, `CounselorLoggedOut`; `Presence(Removed)`, then as lost, then forgotten. `LogOut` says nothing of the socket.
//! A wish of offline or away with talks in hand stops offers only.
//!
//! **Transfer** (of a talk in hand): `Released(Transferred)`, head of the queue (`Queued(Transferred)`), preferring nobody, the giver barred for `bar_ms`.
//! To a line: that line's plan from step 0 (hours and outage of the target refuse with `NoSuchTarget`). To a skill or a counselor: as above; refused
//! (`NoSuchTarget`) if no counselor known has it / the counselor is not on shift or is the giver.
//!
//! **Last rung.** `LastRung`, then: `Full` → `Ended(ServiceFull)`, `Closed`; `CallBack` → `Ended(CallBackPromised)`, `Closed`;
//! `Forward` → the contact moves to that line's plan from step 0 (`Queued(Forwarded)`), once in its life; a second time, or to a line that is closed, in outage or full, counts as `Full` (`LastRung` shows what is done).
//! Head, asks and preference stay; `waiting_max` is looked at for arrivals and forwards only. Measures stay with the line of arrival.
//! A contact that has been connected once never gets a rung by the plan passing: its last step does not expire, as long as somebody is on shift: it begins anew.
//!
//! **Empty roster.** When nobody is on shift, each waiting contact gets its last rung `roster_empty_ms` after the later of: the roster became
//! empty, it began to wait. Somebody coming on shift disarms that. Danger does not shorten it: whoever is in danger keeps the place
//! as long as anybody, with the emergency numbers before their eyes. It began to wait: arrived, was forwarded, transferred, or lost its counselor.
//! A new switchboard's roster is empty from the beginning of time. Who is on shift, and which needs are in force, is judged at the end of each event, before matching.
//!
//! **Switches.** `Outage` on: `Switched`, then every waiting or offered contact of the line, by arrival number, gets (`Withdraw(Rerouted)`,) `LastRung(Full, Outage)`, `Ended(LineOutage)`, `Closed`; talks go on.
//! `SwitchboardMode` on is refused without a triage seat on shift; it is suspended while no seat is on shift. Offers ringing go on.
//! A switch that stands so already: nothing.
//!
//! **Presence.** Shown is: `Engaged` with a talk in hand, else `WrapUp` with a note, else `Offline`/`Away`/`Available` as wished (stopped: `Away` instead of `Available`).
//! A `Presence` effect answers every `Wish` (`Wished`), a `CounselorConnected` that was not connected (`Connected`, also within the grace), and the reasons named above
//! (`Lost`, `LoggedOut`, `Removed` come before the releases, show `Offline` with wish offline, and no `Work` follows them);
//! `LoadGuard` and `Work` only if what is shown changed: `Work` right after the `Connect`, `WrapUp` or `Released` that changed it. A lost socket by itself shows nothing.
//!
//! **Restarted.** First steps, transfers, `RosterEmpty` and `ReturnEnds` are put off by the time since the last turn (nobody could reach us),
//! keeping their numbers; `roster became empty` and `began to wait` with them. Then every ringing offer, by offer id: `Withdraw(Restarted)`, contact to the head (`Queued(OfferWithdrawn)`).
//! Then every socket is gone as of `at` and every grace starts anew, also those that ran: seekers by arrival number, then counselors (all but those lost for good) by id.
//! Wrap-ups and bars keep their time.
//!
//! **No input is a fault.** An input that makes no sense (unknown ids, wrong state) is refused or, for lost/connected, ignored; it never panics.

pub mod contact;
pub mod counselor;
pub mod effect;
mod event;
mod health;
pub mod input;
pub mod invariant;
pub mod line;
mod look;
mod matching;
pub mod measure;
mod need;
mod offer;
mod presence;
mod queue;
mod restart;
mod restore;
mod risk;
mod roster;
pub mod row;
mod slots;
mod switches;
mod talk;
pub mod timer;
pub mod view;
mod waiting;

use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId};
use contact::Contact;
use counselor::Counselor;
use effect::RungCause;
use queue::Queues;
use row::Changed;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use slots::Slots;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use timer::{Fired, Owner, Timers};

pub use counselor::Profile;
pub use effect::{Effect, End, Entry, Pick, Presence, Reason, Refusal, Rule};
pub use input::{Arrival, Input, Target, Wish};
pub use invariant::Broken;
pub use line::{Channel, Line, LineFault, Need, Risk, RoutingPlan, Switches};
pub use measure::{Counters, MeasureKey, Work};
pub use row::{Row, RowChange, RowFault, RowKind};
pub use view::{ContactView, CounselorView, LineHealth, OfferView, PlaceOf, PlaceView};

/// The rules of the house; from the configuration, each with its default and why in `config/default.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// An offer rings for this long, ms.
    pub ring_ms: i64,
    /// A counselor is not offered again what they declined or missed for this long, ms.
    pub bar_ms: i64,
    /// A seeker whose socket is gone keeps the place for this long, ms (`resume_grace`).
    pub seeker_grace_ms: i64,
    /// A counselor whose socket is gone keeps the talks for this long, ms.
    pub counselor_grace_ms: i64,
    /// Somebody who dropped and comes back within this stands at the head, ms.
    pub return_window_ms: i64,
    /// The time for a note, ms.
    pub wrap_up_ms: i64,
    /// A named (or skill) transfer waits for its target this long, ms.
    pub named_transfer_ms: i64,
    /// With nobody on shift, the last rung comes after this, ms.
    pub roster_empty_ms: i64,
    /// From which wait a contact of each risk (none … imminent) is overdue, ms.
    pub overdue_ms: [i64; 5],
    /// How many picks of one counselor may pass overdue contacts by before the oldest of them is owed one. ≥ 1.
    pub passes_max: u32,
    /// "Pull one more" never goes past this many chats.
    pub chats_hard_max: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ring_ms: 20_000,
            bar_ms: 30_000,
            seeker_grace_ms: 120_000,
            counselor_grace_ms: 60_000,
            return_window_ms: 900_000,
            wrap_up_ms: 420_000,
            named_transfer_ms: 60_000,
            roster_empty_ms: 60_000,
            overdue_ms: [1_200_000, 900_000, 600_000, 300_000, 60_000],
            passes_max: 4,
            chats_hard_max: 5,
        }
    }
}

impl Rules {
    /// Times that cannot be negative, a ring and a bound that cannot be nothing.
    fn sound(mut self) -> Self {
        let times = [
            &mut self.bar_ms,
            &mut self.seeker_grace_ms,
            &mut self.counselor_grace_ms,
            &mut self.return_window_ms,
            &mut self.wrap_up_ms,
            &mut self.named_transfer_ms,
            &mut self.roster_empty_ms,
        ];
        for time in times.into_iter().chain(&mut self.overdue_ms) {
            *time = (*time).max(0);
        }
        self.ring_ms = self.ring_ms.max(1);
        self.passes_max = self.passes_max.max(1);
        self
    }
}

/// The machine.
#[derive(Debug)]
pub struct Switchboard {
    rules: Rules,
    /// `rules.overdue_ms` by rank of place.
    overdue_ms: [i64; queue::RANKS],
    house: row::House,
    lines: BTreeMap<LineId, LineState>,
    contacts: Slots<ContactId, Contact>,
    counselors: Slots<CounselorId, Counselor>,
    drops: Slots<ContactId, row::DropRow>,
    /// How many contacts bar a counselor; those barred by none are not in here.
    bars_by_counselor: FxHashMap<CounselorId, u32>,
    queues: Queues,
    timers: Timers,
    measures: BTreeMap<MeasureKey, Counters>,
    measures_marked: BTreeSet<MeasureKey>,
    /// Contacts that are gone and whose change is not yet polled.
    gone_marked: BTreeSet<ContactId>,
    /// How many counselors owe an overdue contact.
    owing_count: u32,
    on_shift_count: u32,
    effects: VecDeque<Effect>,
    changed: VecDeque<Changed>,
    is_house_marked: bool,
    event: event::Event,
}

/// A line with what is derived of it.
#[derive(Debug)]
struct LineState {
    row: row::LineRow,
    /// Contacts that wait or are offered.
    waiting: u32,
    seats_on_shift: u32,
}

impl Switchboard {
    /// A machine that knows no line and no counselor.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let mut machine = Self {
            rules: rules.sound(),
            overdue_ms: [0; queue::RANKS],
            house: row::House::default(),
            lines: BTreeMap::new(),
            contacts: Slots::default(),
            counselors: Slots::default(),
            drops: Slots::default(),
            bars_by_counselor: FxHashMap::default(),
            queues: Queues::default(),
            timers: Timers::default(),
            measures: BTreeMap::new(),
            measures_marked: BTreeSet::new(),
            gone_marked: BTreeSet::new(),
            owing_count: 0,
            on_shift_count: 0,
            effects: VecDeque::new(),
            changed: VecDeque::new(),
            is_house_marked: false,
            event: event::Event::default(),
        };
        machine.spread_overdue();
        machine
    }

    /// Fires what is due, then takes the input.
    pub fn handle(&mut self, at: At, input: Input) {
        let at = at.max(self.house.at);
        if matches!(input, Input::Restarted) {
            self.restarted(at);
            self.settle();
            self.handle_timeout(at);
        } else {
            self.handle_timeout(at);
            self.take(input);
            self.settle();
        }
    }

    /// Fires what is due.
    pub fn handle_timeout(&mut self, at: At) {
        self.set_now(at);
        while let Some(fired) = self.timers.pop_due(self.house.at) {
            self.fire(fired);
            self.settle();
        }
    }

    /// The next thing for the world to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to call [`Switchboard::handle_timeout`], and why.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(At, Reason)> {
        self.timers.next()
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::RulesSaved { rules } => {
                self.rules = rules.sound();
                self.spread_overdue();
                let owing = self.counselors.iter().filter(|(_, found)| self.owes(found)).count();
                self.owing_count = u32::try_from(owing).unwrap_or(u32::MAX);
            }
            Input::LineSaved { line } => self.line_saved(line),
            Input::CounselorSaved { profile } => self.counselor_saved(profile),
            Input::CounselorRemoved { counselor } => self.counselor_removed(counselor),
            Input::Arrive(arrival) => self.arrive(arrival),
            Input::SeekerConnected { contact } => self.seeker_connected(contact),
            Input::SeekerLost { contact } => self.seeker_lost(contact),
            Input::Danger { contact } => self.danger(contact),
            Input::Leave { contact } => self.leave(contact),
            Input::CounselorConnected { counselor } => self.counselor_connected(counselor),
            Input::CounselorLost { counselor } => self.counselor_lost(counselor),
            Input::Wish { counselor, wish } => self.wish(counselor, wish),
            Input::LoadGuard { counselor, stop } => self.load_guard(counselor, stop),
            Input::Accept { counselor, offer } => self.accept(counselor, offer),
            Input::Decline { counselor, offer } => self.decline(counselor, offer),
            Input::PullOne { counselor } => self.pull_one(counselor),
            Input::End { counselor, contact } => self.end(counselor, contact),
            Input::WrappedUp { counselor, contact } => self.wrapped_up(counselor, contact),
            Input::Transfer { counselor, contact, to, note } => {
                self.transfer(counselor, contact, to, note);
            }
            Input::RiskSet { contact, risk, by: _ } => self.risk_set(contact, risk),
            Input::LogOut { counselor, by: _ } => self.log_out(counselor),
            Input::SwitchboardMode { line, on, by } => self.switchboard_mode(line, on, by),
            Input::Outage { line, on, by } => self.outage(line, on, by),
            Input::Close { contact, by: _ } => self.close(contact),
            // Taken before the timers, in `handle`.
            Input::Restarted => {}
        }
    }

    fn fire(&mut self, fired: Fired) {
        match (fired.reason, fired.owner) {
            (Reason::OfferExpires, Owner::Contact(contact)) => self.expire(contact),
            (Reason::PlanWidens, Owner::Contact(contact)) => self.widen(contact),
            (Reason::BarLifts, Owner::Contact(contact)) => self.lift_bar(contact, fired.stamp),
            (Reason::SeekerGraceEnds, Owner::Contact(contact)) => self.seeker_grace_ends(contact),
            (Reason::CounselorGraceEnds, Owner::Counselor(counselor)) => {
                self.counselor_grace_ends(counselor);
            }
            (Reason::WrapUpEnds, Owner::Contact(contact)) => self.close_wrap_up(contact),
            (Reason::RosterEmpty, Owner::Contact(contact)) => {
                self.last_rung(contact, RungCause::EmptyRoster);
            }
            (Reason::ReturnEnds, Owner::Drop(drop)) => self.forget_drop(drop),
            // No timer is armed for an owner of another kind; `check` would tell.
            (_, Owner::Contact(_) | Owner::Counselor(_) | Owner::Drop(_)) => {}
        }
    }

    /// Time never runs back.
    fn set_now(&mut self, at: At) {
        if at > self.house.at {
            self.house.at = at;
            self.mark_house();
        }
    }

    fn spread_overdue(&mut self) {
        let by_rank = self.rules.overdue_ms.into_iter().rev().flat_map(|ms| [ms, ms]);
        for (by_rank, overdue_ms) in self.overdue_ms.iter_mut().zip(by_rank) {
            *by_rank = overdue_ms;
        }
    }

    fn tell(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.tell(Effect::Refuse { refusal });
    }
}
