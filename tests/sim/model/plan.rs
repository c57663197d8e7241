//! Lines and their switches, steps that widen, the last rung, and the empty roster.

use super::{Contact, Door, Model, Place, Whom};
use xinqiao::clock::At;
use xinqiao::ids::{AccountId, ContactId, CounselorId, LineId, NoteId};
use xinqiao::switchboard::effect::{Queued, RungCause, Withdrawn};
use xinqiao::switchboard::line::{Hours, LastRung, Switches};
use xinqiao::switchboard::{Effect, End, Line, LineFault, Need, Reason, Refusal};

impl Model {
    // ── the office ──────────────────────────────────────────────────

    pub(crate) fn save_line(&mut self, line: Line) {
        if let Some(fault) = self.fault_of(&line) {
            return self.refuse(Refusal::LineFault { fault });
        }
        let steps = line.plan.steps.len();
        let id = line.line;
        match self.lines.iter_mut().find(|door| door.line.line == id) {
            Some(door) => door.line = line,
            None => self.lines.push(Door { line, switches: Switches::default() }),
        }
        for contact in self.contacts.iter_mut().filter(|contact| contact.line == id) {
            contact.step = contact.step.min(steps - 1);
        }
    }

    fn fault_of(&self, line: &Line) -> Option<LineFault> {
        let plan = &line.plan;
        let Some(last_rung) = &plan.last_rung else { return Some(LineFault::NoLastRung) };
        if plan.steps.is_empty() {
            return Some(LineFault::NoStep);
        }
        for (step, each) in plan.steps.iter().enumerate() {
            let step = step as u16;
            if let Some(fault) = fault_of_need(&each.need, step) {
                return Some(fault);
            }
            if !(1..=86_400_000).contains(&each.widens_after_ms) {
                return Some(LineFault::Widening { step });
            }
        }
        if let LastRung::Forward { line: target } = last_rung
            && (*target == line.line || self.door(*target).is_none())
        {
            return Some(LineFault::ForwardsNowhere);
        }
        if let Hours::Weekly { open, .. } = &line.hours
            && open.iter().any(|span| span.from_minute >= span.to_minute || span.to_minute > 10_080)
        {
            return Some(LineFault::Hours);
        }
        let is_limit_wrong =
            line.threshold_ms <= 0 || line.greeting_ms < 0 || line.waiting_max == 0;
        is_limit_wrong.then_some(LineFault::Limits)
    }

    // ── switches ────────────────────────────────────────────────────

    pub(crate) fn switch_mode(&mut self, line: LineId, on: bool, by: AccountId) {
        let Some(door) = self.door(line) else { return self.refuse(Refusal::UnknownLine) };
        if door.switches.switchboard_mode_since.is_some() == on {
            return;
        }
        if on && !self.has_seat_on_shift(line) {
            return self.refuse(Refusal::NoTriageSeat);
        }
        let since = on.then_some(self.now);
        self.switch(line, |switches| {
            switches.switchboard_mode_since = since;
            switches.switchboard_mode_by = on.then_some(by);
        });
    }

    pub(crate) fn switch_outage(&mut self, line: LineId, on: bool, by: AccountId) {
        let Some(door) = self.door(line) else { return self.refuse(Refusal::UnknownLine) };
        if door.switches.outage_since.is_some() == on {
            return;
        }
        let since = on.then_some(self.now);
        self.switch(line, |switches| {
            switches.outage_since = since;
            switches.outage_by = on.then_some(by);
        });
        if !on {
            return;
        }
        let waiting: Vec<ContactId> = self
            .contacts
            .iter()
            .filter(|contact| contact.line == line && contact.place.is_before_talk())
            .map(|contact| contact.contact)
            .collect();
        for contact in waiting {
            self.withdraw(contact, Withdrawn::Rerouted);
            self.last_rung(contact, RungCause::Outage);
        }
    }

    fn switch(&mut self, line: LineId, change: impl Fn(&mut Switches)) {
        let door = self.lines.iter_mut().find(|door| door.line.line == line).unwrap();
        change(&mut door.switches);
        let switches = door.switches;
        self.effects.push(Effect::Switched {
            line,
            switchboard_mode: switches.switchboard_mode_since.is_some(),
            outage: switches.outage_since.is_some(),
        });
    }

    /// A new contact is let in, or a transfer may go there.
    pub(crate) fn is_open(&self, line: LineId) -> bool {
        let hours = &self.door(line).unwrap().line.hours;
        match hours {
            Hours::Always => true,
            Hours::Weekly { utc_offset_minutes, open } => {
                let minute = minute_of_week(self.now, *utc_offset_minutes);
                open.iter().any(|span| {
                    i64::from(span.from_minute) <= minute && minute < i64::from(span.to_minute)
                })
            }
        }
    }

    pub(crate) fn has_outage(&self, line: LineId) -> bool {
        self.door(line).unwrap().switches.outage_since.is_some()
    }

    // ── waiting ─────────────────────────────────────────────────────

    pub(crate) fn tell_queued(&mut self, contact: ContactId, reason: Queued, note: Option<NoteId>) {
        self.effects.push(Effect::Queued { contact, reason, note });
    }

    /// Takes back a ringing offer, if there is one; the contact waits.
    pub(crate) fn withdraw(
        &mut self,
        contact: ContactId,
        reason: Withdrawn,
    ) -> Option<CounselorId> {
        let Place::Offered { counselor, offer, .. } = self.contact(contact)?.place else {
            return None;
        };
        self.contact_mut(contact).place = Place::Waiting;
        self.disarm(Reason::OfferExpires, Whom::Contact(contact));
        self.effects.push(Effect::Withdraw { offer, contact, counselor, reason });
        Some(counselor)
    }

    /// After an offer that came to nothing.
    pub(crate) fn back_to_head(&mut self, contact: ContactId, reason: Queued) {
        self.contact_mut(contact).head = true;
        self.tell_queued(contact, reason, None);
        self.catch_up_step(contact);
    }

    /// Takes up the step's timer again, or acts on it if its time came while the offer rang.
    pub(crate) fn catch_up_step(&mut self, contact: ContactId) {
        match self.contact_mut(contact).step_aside.take() {
            Some(timer) if timer.due <= self.now => self.widen(contact),
            Some(timer) => self.timers.push(timer),
            None => {}
        }
    }

    pub(crate) fn put_step_aside(&mut self, contact: ContactId) {
        let (reason, of) = (Reason::PlanWidens, Whom::Contact(contact));
        let timer = self.timers.iter().find(|timer| (timer.reason, timer.of) == (reason, of));
        self.contact_mut(contact).step_aside = timer.cloned();
        self.disarm(reason, of);
    }

    // ── the plan ────────────────────────────────────────────────────

    pub(crate) fn start_plan(&mut self, contact: ContactId) {
        let now = self.now;
        let one = self.contact_mut(contact);
        one.transfer = None;
        one.began_at = now;
        self.start_step(contact, 0);
    }

    fn start_step(&mut self, contact: ContactId, step: usize) {
        self.contact_mut(contact).step = step;
        let one = self.contact(contact).unwrap();
        let lasts_ms = self.line_of(one).plan.steps[step].widens_after_ms;
        self.arm(Reason::PlanWidens, Whom::Contact(contact), lasts_ms);
    }

    pub(crate) fn start_transfer(&mut self, contact: ContactId, need: Need) {
        let now = self.now;
        let one = self.contact_mut(contact);
        one.transfer = Some(need);
        one.began_at = now;
        one.step = 0;
        self.arm(Reason::PlanWidens, Whom::Contact(contact), self.rules.named_transfer_ms);
    }

    pub(crate) fn widen(&mut self, contact: ContactId) {
        let one = self.contact(contact).unwrap();
        let (step, steps) = (one.step, self.line_of(one).plan.steps.len());
        if one.transfer.is_some() {
            self.contact_mut(contact).transfer = None;
            self.start_step(contact, 0);
        } else if step + 1 < steps {
            self.start_step(contact, step + 1);
        } else if one.connected_once && self.somebody_is_on_shift() {
            self.start_step(contact, step);
        } else {
            self.last_rung(contact, RungCause::PlanPassed);
        }
    }

    /// A contact may be forwarded there.
    fn has_room(&self, line: LineId) -> bool {
        let max = self.door(line).unwrap().line.waiting_max as usize;
        self.is_open(line) && !self.has_outage(line) && self.waiting_at(line) < max
    }

    // ── the last rung ───────────────────────────────────────────────

    pub(crate) fn last_rung(&mut self, contact: ContactId, cause: RungCause) {
        let one = self.contact(contact).unwrap();
        let saved = self.line_of(one).plan.last_rung.clone().unwrap();
        let rung = match saved {
            _ if cause == RungCause::Outage => LastRung::Full,
            LastRung::Forward { line } if one.forwarded || !self.has_room(line) => LastRung::Full,
            rung => rung,
        };
        self.effects.push(Effect::LastRung { contact, rung: rung.clone(), cause });
        match rung {
            LastRung::Full if cause == RungCause::Outage => {
                self.turn_away(contact, End::LineOutage);
            }
            LastRung::Full => self.turn_away(contact, End::ServiceFull),
            LastRung::CallBack => self.turn_away(contact, End::CallBackPromised),
            LastRung::Forward { line } => {
                let one = self.contact_mut(contact);
                one.line = line;
                one.forwarded = true;
                self.start_plan(contact);
                self.tell_queued(contact, Queued::Forwarded, None);
            }
        }
    }

    /// Ends a contact that waits.
    pub(crate) fn turn_away(&mut self, contact: ContactId, ended: End) {
        self.effects.push(Effect::Ended { contact, ended });
        self.effects.push(Effect::Closed { contact, ended });
        self.forget(contact);
    }

    pub(crate) fn forget(&mut self, contact: ContactId) {
        self.contacts.retain(|one| one.contact != contact);
        self.timers.retain(|timer| match timer.of {
            Whom::Contact(of) => of != contact || timer.reason == Reason::ReturnEnds,
            Whom::Bar(of, _) => of != contact,
            Whom::Counselor(_) => true,
        });
    }

    // ── the empty roster ────────────────────────────────────────────

    /// Keeps one timer for each waiting contact while nobody is on shift.
    pub(crate) fn look_at_roster(&mut self) {
        let since = match (self.somebody_is_on_shift(), self.roster_empty_since) {
            (true, _) => None,
            (false, Some(since)) => Some(since),
            (false, None) => Some(self.now),
        };
        self.roster_empty_since = since;
        for contact in self.contacts.clone() {
            let of = Whom::Contact(contact.contact);
            let waits = since.filter(|_| contact.place.is_before_talk());
            let wanted = waits.map(|since| since.max(contact.began_at));
            if wanted == contact.roster_armed_for {
                continue;
            }
            self.contact_mut(contact.contact).roster_armed_for = wanted;
            match wanted {
                None => self.disarm(Reason::RosterEmpty, of),
                Some(from) => {
                    self.arm_at(Reason::RosterEmpty, of, from + self.rules.roster_empty_ms);
                }
            }
        }
    }

    pub(crate) fn roster_stayed_empty(&mut self, contact: ContactId) {
        self.contact_mut(contact).roster_armed_for = None;
        self.last_rung(contact, RungCause::EmptyRoster);
    }

    /// Contacts of one line that wait or ring.
    pub(crate) fn waiting_at(&self, line: LineId) -> usize {
        let waits = |contact: &&Contact| contact.line == line && contact.place.is_before_talk();
        self.contacts.iter().filter(waits).count()
    }
}

fn fault_of_need(need: &Need, step: u16) -> Option<LineFault> {
    match need {
        Need::Anyone | Need::Skill { at_least: 1..=5, .. } => None,
        Need::Skill { .. } => Some(LineFault::Proficiency { step }),
        Need::Any(any) if any.is_empty() => Some(LineFault::EmptyAny { step }),
        Need::All(needs) | Need::Any(needs) => {
            needs.iter().find_map(|need| fault_of_need(need, step))
        }
        Need::Not(not) => fault_of_need(not, step),
        Need::Named(_) | Need::Seat(_) => Some(LineFault::NamesPerson { step }),
    }
}

/// Minutes from Monday 00:00 local time.
fn minute_of_week(at: At, utc_offset_minutes: i16) -> i64 {
    // 1970-01-01 was a Thursday: three days into its week.
    let minutes = at.0.div_euclid(60_000) + i64::from(utc_offset_minutes) + 3 * 1_440;
    minutes.rem_euclid(10_080)
}
