//! Waiting: arrival, the seeker's socket, the plan and its last rung, leaving.

use super::Switchboard;
use super::contact::{Contact, Phase, Place, Seeker, Wait};
use super::effect::{Effect, End, Queued, Reason, Refusal, RungCause, Withdrawn};
use super::input::Arrival;
use super::line::LastRung;
use super::measure::MeasureKey;
use super::row::{Changed, DropRow};
use super::timer::{Owner, Stamp};
use crate::ids::{ContactId, CounselorId, LineId};
use std::sync::Arc;

impl Switchboard {
    pub(super) fn arrive(&mut self, arrival: Arrival) {
        let Some(line) = self.lines.get(&arrival.line) else {
            return self.refuse(Refusal::UnknownLine);
        };
        let id = arrival.contact;
        if self.contacts.lookup(id).is_some() || self.drops.lookup(id).is_some() {
            return self.refuse(Refusal::ContactExists);
        }
        let is_out = line.row.switches.outage_since.is_some();
        let is_open = line.row.line.hours.are_open(self.house.at);
        let is_full = line.waiting >= line.row.line.waiting_max;
        if is_out || !is_open {
            return self.turn_away(&arrival, is_out);
        }
        let returning = arrival.returning;
        let contact = self.let_in(arrival);
        self.bump(contact, |counters| &mut counters.arrived, 1);
        if is_full {
            self.last_rung(contact, RungCause::QueueFull);
        } else {
            self.tell(Effect::Queued { contact: id, reason: Queued::Arrived, note: None });
        }
        if self.contacts.lookup(id).is_some()
            && let Some(drop) = returning.and_then(|returning| self.drops.lookup(returning))
        {
            self.forget_drop(drop);
        }
    }

    fn turn_away(&mut self, arrival: &Arrival, is_out: bool) {
        let contact = arrival.contact;
        if !arrival.simulated {
            let key = MeasureKey::of(self.house.at, arrival.line, arrival.channel);
            self.bump_key(key, |counters| &mut counters.turned_away, 1);
        }
        let ended = if is_out { End::LineOutage } else { End::LineClosed };
        if is_out {
            let (rung, cause) = (LastRung::Full, RungCause::Outage);
            self.tell(Effect::LastRung { contact, rung, cause });
        }
        self.tell(Effect::Ended { contact, ended });
        self.tell(Effect::Closed { contact, ended });
    }

    /// Makes a waiting contact, not yet connected.
    fn let_in(&mut self, arrival: Arrival) -> u32 {
        let now = self.house.at;
        self.house.arrivals = self.house.arrivals.saturating_add(1);
        self.mark_house();
        let dropped = arrival.returning.and_then(|returning| self.drops.by_id(returning));
        let returned_to = dropped.and_then(|drop| drop.counselor);
        // Its timers are armed as soon as it has a number.
        let unarmed = Stamp { due: now, number: 0 };
        let contact = Contact {
            contact: arrival.contact,
            line: arrival.line,
            arrived_line: arrival.line,
            channel: arrival.channel,
            risk: arrival.risk,
            asks: arrival.asks.map(Arc::new),
            preferred: returned_to.or(arrival.previous),
            counselor_last: None,
            arrived_at: now,
            number: self.house.arrivals,
            head: dropped.is_some(),
            connected_once: false,
            forwarded: false,
            simulated: arrival.simulated,
            bars: Vec::new(),
            place: Place::Waiting {
                wait: Wait { began: now, phase: Phase::Step(0), widens: unarmed },
                seeker: Seeker::Gone { since: now, grace: unarmed },
                roster: None,
            },
            spot: None,
            // A contact of this id may have gone since the rows were polled last.
            is_marked: self.gone_marked.contains(&arrival.contact),
            is_touched: false,
        };
        let number = self.contacts.add(arrival.contact, contact);
        self.count_waiting(arrival.line, true);
        let grace = self.arm_seeker_grace(number);
        self.begin_waiting(number, Phase::Step(0), Seeker::Gone { since: now, grace });
        number
    }

    pub(super) fn arm_seeker_grace(&mut self, contact: u32) -> Stamp {
        let due = self.house.at + self.rules.seeker_grace_ms;
        self.timers.arm(Reason::SeekerGraceEnds, due, Owner::Contact(contact))
    }

    /// Begins a stay in the queue; the caller has disarmed what belonged to the last place.
    pub(super) fn begin_waiting(&mut self, contact: u32, phase: Phase, seeker: Seeker) {
        let began = self.house.at;
        let widens = self.arm_phase(contact, phase);
        if let Some(found) = self.touch(contact) {
            let wait = Wait { began, phase, widens };
            found.place = Place::Waiting { wait, seeker, roster: None };
        }
        self.moved();
    }

    fn arm_phase(&mut self, contact: u32, phase: Phase) -> Stamp {
        let lasts_ms = match phase {
            Phase::Named(_) | Phase::Skill(_) => self.rules.named_transfer_ms,
            Phase::Step(step) => self.step_ms(contact, step),
        };
        let due = self.house.at + lasts_ms;
        self.timers.arm(Reason::PlanWidens, due, Owner::Contact(contact))
    }

    /// How long a step lasts; the last one, if the line has fewer steps now.
    fn step_ms(&self, contact: u32, step: u16) -> i64 {
        let plan = self
            .contacts
            .get(contact)
            .and_then(|found| self.lines.get(&found.line))
            .map(|line| &line.row.line.plan);
        plan.and_then(|plan| plan.steps.get(usize::from(step)).or(plan.steps.last()))
            .map_or(1, |step| step.widens_after_ms)
    }

    /// The phase of a waiting contact is over.
    pub(super) fn widen(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact) else { return };
        let Place::Waiting { wait, .. } = &found.place else { return };
        let steps = self.lines.get(&found.line).map_or(0, |line| line.row.line.plan.steps.len());
        let next = match wait.phase {
            Phase::Named(_) | Phase::Skill(_) => Phase::Step(0),
            Phase::Step(step) if usize::from(step).saturating_add(1) < steps => {
                Phase::Step(step.saturating_add(1))
            }
            Phase::Step(step) if found.connected_once && self.on_shift_count > 0 => {
                Phase::Step(step)
            }
            Phase::Step(_) => return self.last_rung(contact, RungCause::PlanPassed),
        };
        let armed = self.arm_phase(contact, next);
        if let Some(found) = self.touch(contact)
            && let Place::Waiting { wait, .. } = &mut found.place
        {
            wait.phase = next;
            wait.widens = armed;
        }
    }

    /// Nobody took it in time, or nobody is there to take it.
    pub(super) fn last_rung(&mut self, contact: u32, cause: RungCause) {
        let Some(found) = self.contacts.get(contact) else { return };
        if found.wait().is_none() {
            return;
        }
        let id = found.contact;
        let rung = self.rung_of(found, cause);
        self.tell(Effect::LastRung { contact: id, rung: rung.clone(), cause });
        match rung {
            LastRung::Full if cause == RungCause::Outage => {
                self.end_waiting(contact, End::LineOutage);
            }
            LastRung::Full => self.end_waiting(contact, End::ServiceFull),
            LastRung::CallBack => self.end_waiting(contact, End::CallBackPromised),
            LastRung::Forward { line } => self.forward(contact, line),
        }
    }

    /// Another line's plan from its first step; once in a contact's life.
    fn forward(&mut self, contact: u32, to: LineId) {
        self.disarm_waiting(contact);
        let Some(found) = self.touch(contact) else { return };
        let Place::Waiting { seeker, .. } = found.place else { return };
        let (id, line) = (found.contact, found.line);
        found.line = to;
        found.forwarded = true;
        self.count_waiting(line, false);
        self.count_waiting(to, true);
        self.begin_waiting(contact, Phase::Step(0), seeker);
        self.tell(Effect::Queued { contact: id, reason: Queued::Forwarded, note: None });
    }

    /// What the last rung of its line comes to now.
    fn rung_of(&self, contact: &Contact, cause: RungCause) -> LastRung {
        let plan = self.lines.get(&contact.line).map(|line| &line.row.line.plan);
        let rung = plan.and_then(|plan| plan.last_rung.as_ref());
        match rung {
            _ if cause == RungCause::Outage => LastRung::Full,
            Some(LastRung::Forward { line }) if !contact.forwarded && self.takes_more(*line) => {
                LastRung::Forward { line: *line }
            }
            Some(LastRung::CallBack) => LastRung::CallBack,
            Some(LastRung::Forward { .. } | LastRung::Full) | None => LastRung::Full,
        }
    }

    fn takes_more(&self, line: LineId) -> bool {
        self.is_open(line, self.house.at)
            && self.lines.get(&line).is_some_and(|line| line.waiting < line.row.line.waiting_max)
    }

    pub(super) fn seeker_connected(&mut self, contact: ContactId) {
        let Some(number) = self.contacts.lookup(contact) else { return };
        let Some(found) = self.contacts.get(number) else { return };
        let (Place::Waiting { seeker, .. } | Place::Talking { seeker, .. }) = &found.place else {
            return;
        };
        let Seeker::Gone { grace, .. } = *seeker else { return };
        self.timers.disarm(Reason::SeekerGraceEnds, grace);
        self.set_seeker(number, Seeker::Here);
    }

    pub(super) fn seeker_lost(&mut self, contact: ContactId) {
        let Some(number) = self.contacts.lookup(contact) else { return };
        let Some(found) = self.contacts.get(number) else { return };
        match &found.place {
            Place::Offered { .. } => {
                self.stop_ringing(number, Withdrawn::SeekerGone);
                let gone = self.gone_seeker(number);
                self.wait_again(number, gone, None);
            }
            Place::Waiting { seeker: Seeker::Here, .. }
            | Place::Talking { seeker: Seeker::Here, .. } => self.lose_seeker(number),
            Place::Waiting { .. } | Place::Talking { .. } | Place::WrapUp { .. } => {}
        }
    }

    pub(super) fn lose_seeker(&mut self, contact: u32) {
        let gone = self.gone_seeker(contact);
        self.set_seeker(contact, gone);
    }

    /// Gone as of now, with the grace running.
    fn gone_seeker(&mut self, contact: u32) -> Seeker {
        let grace = self.arm_seeker_grace(contact);
        Seeker::Gone { since: self.house.at, grace }
    }

    pub(super) fn set_seeker(&mut self, contact: u32, now: Seeker) {
        let Some(found) = self.touch(contact) else { return };
        if let Place::Waiting { seeker, .. } | Place::Talking { seeker, .. } = &mut found.place {
            *seeker = now;
        }
    }

    /// The seeker did not come back.
    pub(super) fn seeker_grace_ends(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact) else { return };
        let (id, counselor) = (found.contact, found.counselor_last);
        match &found.place {
            Place::Waiting { .. } => self.end_waiting(contact, End::LostWaiting),
            Place::Talking { .. } => self.end_talk(contact, End::SeekerLost),
            Place::Offered { .. } | Place::WrapUp { .. } => return,
        }
        self.remember_drop(id, counselor);
    }

    pub(super) fn leave(&mut self, contact: ContactId) {
        let Some(number) = self.contacts.lookup(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let Some(found) = self.contacts.get(number) else { return };
        match &found.place {
            Place::Waiting { .. } | Place::Offered { .. } => {
                self.stop_ringing(number, Withdrawn::SeekerGone);
                self.end_waiting(number, End::LeftWaiting);
            }
            Place::Talking { .. } => self.end_talk(number, End::SeekerEnded),
            Place::WrapUp { .. } => self.refuse(Refusal::Ended),
        }
    }

    /// Ends a contact that waits (or whose offer was just withdrawn): it is gone.
    pub(super) fn end_waiting(&mut self, contact: u32, ended: End) {
        let Some(found) = self.contacts.get(contact) else { return };
        let (id, line) = (found.contact, found.line);
        self.tell(Effect::Ended { contact: id, ended });
        self.count_end(contact, ended);
        self.count_waiting(line, false);
        self.moved();
        self.forget(contact);
        self.tell(Effect::Closed { contact: id, ended });
    }

    /// Takes a contact out of the machine, with its timers and bars.
    pub(super) fn forget(&mut self, contact: u32) {
        self.leave_queue(contact);
        self.disarm_waiting(contact);
        if self.mark(contact).is_none() {
            return;
        }
        let Some(id) = self.contacts.get(contact).map(|found| found.contact) else { return };
        let Some(found) = self.contacts.remove(id) else { return };
        self.gone_marked.insert(id);
        match found.place {
            Place::Waiting { seeker, .. } | Place::Talking { seeker, .. } => {
                self.disarm_grace(seeker);
            }
            Place::WrapUp { until, .. } => self.timers.disarm(Reason::WrapUpEnds, until),
            Place::Offered { until, .. } => self.timers.disarm(Reason::OfferExpires, until),
        }
        for bar in found.bars {
            self.timers.disarm(Reason::BarLifts, bar.until);
            self.count_bar_less(bar.counselor);
        }
    }

    pub(super) fn disarm_grace(&mut self, seeker: Seeker) {
        if let Seeker::Gone { grace, .. } = seeker {
            self.timers.disarm(Reason::SeekerGraceEnds, grace);
        }
    }

    fn remember_drop(&mut self, contact: ContactId, counselor: Option<CounselorId>) {
        let due = self.house.at + self.rules.return_window_ms;
        let unarmed = Stamp { due, number: 0 };
        let drop = self.drops.add(contact, DropRow { contact, counselor, forgotten: unarmed });
        let forgotten = self.timers.arm(Reason::ReturnEnds, due, Owner::Drop(drop));
        if let Some(found) = self.drops.at_mut(drop) {
            found.forgotten = forgotten;
        }
        self.changed.push_back(Changed::Drop(contact));
    }

    pub(super) fn forget_drop(&mut self, drop: u32) {
        let Some(found) = self.drops.get(drop).copied() else { return };
        self.timers.disarm(Reason::ReturnEnds, found.forgotten);
        self.drops.remove(found.contact);
        self.changed.push_back(Changed::Drop(found.contact));
    }

    pub(super) fn count_waiting(&mut self, line: LineId, one_more: bool) {
        if let Some(line) = self.lines.get_mut(&line) {
            line.waiting = if one_more {
                line.waiting.saturating_add(1)
            } else {
                line.waiting.saturating_sub(1)
            };
        }
    }
}
