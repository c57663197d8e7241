//! A machine built anew from its rows.

use super::contact::{Contact, Place, Seeker};
use super::counselor::{Counselor, Rooms, Socket};
use super::effect::Reason;
use super::row::{DropRow, LineRow};
use super::timer::{Owner, Stamp};
use super::{LineState, Row, RowFault, RowKind, Rules, Switchboard};

impl Switchboard {
    /// Rebuilds a machine from its rows, in any order; from then on it behaves exactly as
    /// the one that wrote them.
    ///
    /// # Errors
    /// [`RowFault`] if the rows contradict each other.
    pub fn restore(rules: Rules, rows: impl IntoIterator<Item = Row>) -> Result<Self, RowFault> {
        let mut machine = Self::new(rules);
        let mut contacts = Vec::new();
        for row in rows {
            match row {
                Row::House(house) => {
                    machine.timers.set_armed(house.timers_armed);
                    machine.house = *house;
                }
                Row::Line(line) => machine.restore_line(*line)?,
                Row::Counselor(counselor) => machine.restore_counselor(*counselor)?,
                Row::Contact(contact) => contacts.push(*contact),
                Row::Drop(drop) => machine.restore_drop(drop)?,
                Row::Measures(measures) => {
                    machine.measures.insert(measures.key, measures.counters);
                }
            }
        }
        for contact in contacts {
            machine.restore_contact(contact)?;
        }
        machine.restore_roster();
        machine.restore_queues();
        Ok(machine)
    }

    fn restore_line(&mut self, row: LineRow) -> Result<(), RowFault> {
        let id = row.line.line;
        let state = LineState { row, waiting: 0, seats_on_shift: 0 };
        match self.lines.insert(id, state) {
            Some(_) => Err(RowFault::Twice { kind: RowKind::Line, id: id.to_string() }),
            None => Ok(()),
        }
    }

    fn restore_counselor(&mut self, counselor: Counselor) -> Result<(), RowFault> {
        let id = counselor.id();
        if self.counselors.lookup(id).is_some() {
            return Err(RowFault::Twice { kind: RowKind::Counselor, id: id.to_string() });
        }
        let socket = counselor.socket;
        let number = self.counselors.add(id, counselor);
        if let Socket::Gone { grace } = socket {
            self.timers.keep(Reason::CounselorGraceEnds, grace, Owner::Counselor(number));
        }
        Ok(())
    }

    fn restore_drop(&mut self, drop: DropRow) -> Result<(), RowFault> {
        let id = drop.contact;
        if self.drops.lookup(id).is_some() {
            return Err(RowFault::Twice { kind: RowKind::Drop, id: id.to_string() });
        }
        let number = self.drops.add(id, drop);
        self.timers.keep(Reason::ReturnEnds, drop.forgotten, Owner::Drop(number));
        Ok(())
    }

    fn restore_contact(&mut self, contact: Contact) -> Result<(), RowFault> {
        let id = contact.contact;
        let dangling =
            |missing| RowFault::Dangling { kind: RowKind::Contact, id: id.to_string(), missing };
        if self.contacts.lookup(id).is_some() {
            return Err(RowFault::Twice { kind: RowKind::Contact, id: id.to_string() });
        }
        let line = self.lines.get_mut(&contact.line).ok_or_else(|| dangling("its line"))?;
        if contact.wait().is_some() {
            line.waiting = line.waiting.saturating_add(1);
        }
        let counselor = match &contact.place {
            Place::Offered { counselor, .. }
            | Place::Talking { counselor, .. }
            | Place::WrapUp { counselor, .. } => Some(*counselor),
            Place::Waiting { .. } => None,
        };
        if counselor.is_some_and(|counselor| self.counselors.lookup(counselor).is_none()) {
            return Err(dangling("its counselor"));
        }
        for bar in &contact.bars {
            let count = self.bars_by_counselor.entry(bar.counselor).or_default();
            *count = count.saturating_add(1);
        }
        let number = self.contacts.add(id, contact);
        self.restore_timers(number);
        Ok(())
    }

    fn restore_timers(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact) else { return };
        let owner = Owner::Contact(contact);
        let timers = &mut self.timers;
        match &found.place {
            Place::Waiting { wait, seeker, roster } => {
                timers.keep(Reason::PlanWidens, wait.widens, owner);
                if let Some(roster) = roster {
                    let stamp = Stamp { due: roster.due, number: found.number };
                    timers.keep(Reason::RosterEmpty, stamp, owner);
                }
                if let Seeker::Gone { grace, .. } = seeker {
                    timers.keep(Reason::SeekerGraceEnds, *grace, owner);
                }
            }
            Place::Offered { until, .. } => timers.keep(Reason::OfferExpires, *until, owner),
            Place::Talking { seeker, .. } => {
                if let Seeker::Gone { grace, .. } = seeker {
                    timers.keep(Reason::SeekerGraceEnds, *grace, owner);
                }
            }
            Place::WrapUp { until, .. } => timers.keep(Reason::WrapUpEnds, *until, owner),
        }
        for bar in &found.bars {
            timers.keep(Reason::BarLifts, bar.until, owner);
        }
    }

    /// Counts who is on shift and lists who is free; nobody waits yet in any queue.
    fn restore_roster(&mut self) {
        for counselor in self.counselors.numbers() {
            let on_shift = self.counselors.get(counselor).is_some_and(Counselor::is_on_shift);
            self.set_on_shift(counselor, on_shift);
            let passed = self.counselors.get(counselor).map_or(0, |found| found.passed);
            self.count_owing(0, passed);
            let rooms = self.rooms(counselor);
            if rooms != Rooms::default() {
                self.list(counselor, rooms);
            }
        }
        self.event.lines.clear();
    }

    /// Puts those that wait into their queues; nobody there has a free counselor, or they would have been offered.
    fn restore_queues(&mut self) {
        let version = self.house.queue_version;
        for contact in self.contacts.numbers() {
            self.enter_queue(contact);
        }
        self.event.became_waiting.clear();
        // Entering is a change to a running machine; to a restored one it is not.
        self.house.queue_version = version;
        self.changed.clear();
        self.is_house_marked = false;
    }
}
