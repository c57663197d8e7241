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
//! `overdue_ms[risk]` is *overdue*. A *pick* is an offer made. Each need in force (a *queue*: the contacts that wait and are connected, of one equal
//! need and channel) counts the picks that pass its overdue contact by: `passed` grows by 1 whenever an offer is made of a contact of
//! *another place-order advantage*, precisely: an offer of a contact X, by a counselor who could also have taken the oldest overdue
//! contact O of that queue (O not X), and X not itself picked as owed. When `passed ≥ passes_max`, the queue is *owed*: the next
//! counselor who can take its oldest overdue contact gets that one, before any place order (several owed queues: the one whose
//! overdue contact arrived first). Serving the oldest overdue contact of a queue, by any rule, or its leaving the queue, sets `passed` to 0
//! (oldest = smallest arrival number among the overdue; leavings are judged before enterings at the end of each event, and at each offer, by the oldest overdue one of that moment;
//! a changed risk is no leaving; an empty queue has `passed` 0; a queue without an overdue contact is not owed).
//! So an overdue contact is passed at most `passes_max` times by counselors who could have taken it, plus once for each other queue owed before it;
//! and a contact of higher risk loses at most one pick in `passes_max + 1` to lower ones.
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
//! empty, it began to wait. Somebody coming on shift disarms that. `Imminent` contacts do not wait for that time: theirs is 0 once connected
//! (a timer due at the moment the last of these became true: roster empty, waiting, imminent, connected). It began to wait: arrived, was forwarded, transferred, or lost its counselor.
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

#![expect(dead_code, unused_imports, reason = "the machine is being built on these types")]

pub mod contact;
pub mod counselor;
pub mod effect;
pub mod input;
pub mod invariant;
pub mod line;
pub mod measure;
mod queue;
pub mod row;
pub mod timer;
pub mod view;

use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId};
use serde::{Deserialize, Serialize};

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
    /// How many picks may pass an overdue contact by before its queue is owed one. ≥ 1.
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

/// The machine.
#[derive(Debug, Default)]
pub struct Switchboard {
    rules: Rules,
}

impl Switchboard {
    /// A machine that knows no line and no counselor.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules }
    }

    /// Rebuilds a machine from its rows, in any order; from then on it behaves exactly as the one that wrote them.
    ///
    /// # Errors
    /// [`RowFault`] if the rows contradict each other.
    pub fn restore(rules: Rules, rows: impl IntoIterator<Item = Row>) -> Result<Self, RowFault> {
        let _ = rows.into_iter().count();
        Ok(Self { rules })
    }

    /// Fires what is due, then takes the input.
    pub fn handle(&mut self, at: At, input: Input) {
        let _ = (at, input, &self.rules);
    }

    /// Fires what is due.
    pub fn handle_timeout(&mut self, at: At) {
        let _ = at;
    }

    /// The next thing for the world to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        None
    }

    /// When to call [`Switchboard::handle_timeout`], and why.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(At, Reason)> {
        None
    }

    /// The state rows that changed since they were last polled, each once.
    pub fn poll_row(&mut self) -> Option<RowChange> {
        None
    }

    #[must_use]
    pub fn contact(&self, contact: ContactId) -> Option<ContactView> {
        let _ = contact;
        None
    }

    /// What a counselor holds (talks, wrap-ups), oldest first.
    #[must_use]
    pub fn contacts_of(&self, counselor: CounselorId) -> Vec<ContactId> {
        let _ = counselor;
        Vec::new()
    }

    /// The offer that rings at a counselor.
    #[must_use]
    pub fn offer_of(&self, counselor: CounselorId) -> Option<OfferView> {
        let _ = counselor;
        None
    }

    #[must_use]
    pub fn counselor(&self, counselor: CounselorId) -> Option<CounselorView> {
        let _ = counselor;
        None
    }

    /// All counselors, sorted.
    #[must_use]
    pub fn counselors(&self) -> Vec<CounselorId> {
        Vec::new()
    }

    #[must_use]
    pub fn line(&self, line: LineId) -> Option<(&Line, Switches)> {
        let _ = line;
        None
    }

    /// All lines, sorted.
    #[must_use]
    pub fn lines(&self) -> Vec<LineId> {
        Vec::new()
    }

    /// Grows whenever anybody's position may have changed.
    #[must_use]
    pub fn queue_version(&self) -> u64 {
        0
    }

    /// Every waiting or offered contact in serving order, with its estimate.
    pub fn each_place(&self, at: At, visit: &mut dyn FnMut(PlaceView)) {
        let _ = (at, visit);
    }

    /// How each line is.
    #[must_use]
    pub fn line_health(&self, at: At) -> Vec<LineHealth> {
        let _ = at;
        Vec::new()
    }

    /// The buckets still in memory (48 h).
    pub fn measures(&self) -> impl Iterator<Item = (MeasureKey, Counters)> {
        std::iter::empty()
    }

    /// Checks every invariant, for tests and the doctor.
    ///
    /// # Errors
    /// The first that is broken.
    pub fn check(&self) -> Result<(), Broken> {
        Ok(())
    }
}
