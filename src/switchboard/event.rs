//! The end of an event: what was touched is put in order.
//!
//! An event is one input or one timer. The transitions change contacts and
//! counselors and note whom they touched; here, once, follow the roster, the
//! places in the queues, and the matching. So no transition has to know what
//! else depends on it.

use super::Switchboard;
use super::contact::{Contact, Phase, Place};
use super::counselor::Counselor;
use super::line::Need;
use super::queue::{Spot, Waiter};
use super::row::Changed;
use crate::ids::LineId;
use std::borrow::Cow;

/// Who was touched since the last event.
#[derive(Debug, Default)]
pub(super) struct Event {
    pub(super) contacts: Vec<u32>,
    pub(super) counselors: Vec<u32>,
    /// Contacts that may be takeable by more counselors than before.
    pub(super) became_waiting: Vec<u32>,
    /// Counselors that have more room than before.
    pub(super) became_free: Vec<u32>,
    /// Lines whose contacts may have another need.
    pub(super) lines: Vec<LineId>,
}

impl Switchboard {
    /// A contact about to be changed in what nothing else depends on: its row is marked.
    pub(super) fn mark(&mut self, contact: u32) -> Option<&mut Contact> {
        let found = self.contacts.at_mut(contact)?;
        if !found.is_marked {
            found.is_marked = true;
            self.changed.push_back(Changed::Contact(found.contact));
        }
        Some(found)
    }

    /// A contact about to be changed: it is put in order at the end of the event.
    pub(super) fn touch(&mut self, contact: u32) -> Option<&mut Contact> {
        let found = self.contacts.at_mut(contact)?;
        if !found.is_touched {
            found.is_touched = true;
            self.event.contacts.push(contact);
        }
        self.mark(contact)
    }

    /// As [`Switchboard::mark`]; the time up to now is summed as it was.
    pub(super) fn mark_counselor(&mut self, counselor: u32) -> Option<&mut Counselor> {
        let now = self.house.at;
        let found = self.counselors.at_mut(counselor)?;
        found.sum_work(now);
        if !found.index.is_marked {
            found.index.is_marked = true;
            self.changed.push_back(Changed::Counselor(found.id()));
        }
        Some(found)
    }

    /// A counselor about to be changed: put in order at the end of the event.
    pub(super) fn touch_counselor(&mut self, counselor: u32) -> Option<&mut Counselor> {
        let found = self.counselors.at_mut(counselor)?;
        if !found.index.is_touched {
            found.index.is_touched = true;
            self.event.counselors.push(counselor);
        }
        self.mark_counselor(counselor)
    }

    /// Puts everything in order that the event touched.
    pub(super) fn settle(&mut self) {
        self.settle_roster();
        self.settle_lines();
        self.settle_contacts();
        self.settle_counselors();
        self.match_all();
        if self.house.timers_armed != self.timers.armed() {
            self.house.timers_armed = self.timers.armed();
            self.mark_house();
        }
        if self.queues.sweep() {
            self.forget_swept_queues();
        }
    }

    /// Switchboard mode came, went, or was suspended: those that wait may have another need.
    fn settle_lines(&mut self) {
        let lines = std::mem::take(&mut self.event.lines);
        if lines.is_empty() {
            return;
        }
        for number in self.contacts.numbers() {
            let moves = self
                .contacts
                .get(number)
                .is_some_and(|contact| lines.contains(&contact.line) && contact.is_ready());
            if moves {
                self.touch(number);
            }
        }
    }

    fn settle_contacts(&mut self) {
        let touched = std::mem::take(&mut self.event.contacts);
        for &contact in &touched {
            if let Some(found) = self.contacts.at_mut(contact) {
                found.is_touched = false;
            }
            self.settle_roster_timer(contact);
            let spot = self.contacts.get(contact).and_then(|found| found.spot);
            if let Some(spot) = spot
                && self.wanted_queue(contact) != Some(spot.queue)
            {
                self.leave_queue(contact);
            }
            self.enter_queue(contact);
        }
        self.event.contacts = touched;
        self.event.contacts.clear();
    }

    /// The existing queue it belongs to; `None` also if there is no such queue yet.
    fn wanted_queue(&self, contact: u32) -> Option<u32> {
        let found = self.contacts.get(contact).filter(|found| found.is_ready())?;
        self.queues.lookup(found.channel, &*self.need_in_force(found)?)
    }

    pub(super) fn enter_queue(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact).filter(|found| found.is_ready()) else {
            return;
        };
        let Some(need) = self.need_in_force(found) else { return };
        let channel = found.channel;
        let queue = if let Some(queue) = self.queues.lookup(channel, &need) {
            queue
        } else {
            let need = need.into_owned();
            self.open_queue(channel, &need)
        };
        let Some(found) = self.contacts.get(contact) else { return };
        let spot = Spot { queue, mixes: self.mixes(found.line), rank: found.rank() };
        let (waiter, before) = (waiter(contact, found), found.spot);
        if before == Some(spot) {
            return;
        }
        if let Some(queue) = self.queues.at_mut(queue) {
            if let Some(before) = before {
                queue.remove(before, waiter);
            }
            queue.add(spot, waiter);
        }
        if before.is_none_or(|before| before.mixes != spot.mixes) {
            self.event.became_waiting.push(contact);
        }
        if let Some(found) = self.contacts.at_mut(contact) {
            found.spot = Some(spot);
        }
        self.moved();
    }

    pub(super) fn leave_queue(&mut self, contact: u32) {
        let Some(found) = self.contacts.at_mut(contact) else { return };
        let Some(spot) = found.spot.take() else { return };
        let waiter = waiter(contact, found);
        if let Some(queue) = self.queues.at_mut(spot.queue) {
            queue.remove(spot, waiter);
        }
    }

    /// Whose need counts for it now; `None` without its line, which cannot be.
    pub(super) fn need_in_force(&self, contact: &Contact) -> Option<Cow<'_, Need>> {
        let (Place::Waiting { wait, .. } | Place::Offered { wait, .. }) = &contact.place else {
            return None;
        };
        let line = self.lines.get(&contact.line)?;
        if line.row.switches.switchboard_mode_since.is_some() && line.seats_on_shift > 0 {
            return Some(Cow::Owned(Need::Seat(contact.line)));
        }
        let step = match wait.phase {
            Phase::Named(counselor) => return Some(Cow::Owned(Need::Named(counselor))),
            Phase::Skill(skill) => return Some(Cow::Owned(Need::Skill { skill, at_least: 1 })),
            Phase::Step(step) => usize::from(step),
        };
        let steps = &line.row.line.plan.steps;
        let last = steps.last()?;
        match (steps.get(step.saturating_add(1)), steps.get(step), &contact.asks) {
            (Some(_), Some(step), Some(asks)) => {
                Some(Cow::Owned(Need::All(vec![step.need.clone(), Need::clone(asks)])))
            }
            (Some(_), Some(step), None) => Some(Cow::Borrowed(&step.need)),
            _ => Some(Cow::Borrowed(&last.need)),
        }
    }

    pub(super) fn mixes(&self, line: LineId) -> bool {
        self.lines.get(&line).is_some_and(|line| line.row.line.mixes_voice_and_chat)
    }

    /// Somebody's position may have changed.
    pub(super) fn moved(&mut self) {
        self.house.queue_version = self.house.queue_version.saturating_add(1);
        self.mark_house();
    }

    pub(super) fn mark_house(&mut self) {
        if !self.is_house_marked {
            self.is_house_marked = true;
            self.changed.push_back(Changed::House);
        }
    }
}

pub(super) const fn waiter(contact: u32, found: &Contact) -> Waiter {
    Waiter { number: found.number, arrived_at: found.arrived_at, contact }
}
