//! Lines and their switches.

use super::contact::{Phase, Place};
use super::effect::{Effect, Refusal, RungCause, Withdrawn};
use super::line::{Line, Need};
use super::row::{Changed, LineRow};
use super::{LineState, Switchboard, Switches};
use crate::clock::At;
use crate::ids::{AccountId, LineId};

impl Switchboard {
    pub(super) fn line_saved(&mut self, line: Line) {
        if let Some(fault) = line.fault(&|known| self.lines.contains_key(&known)) {
            return self.refuse(Refusal::LineFault { fault });
        }
        let id = line.line;
        if let Some(state) = self.lines.get_mut(&id) {
            state.row.line = line;
        } else {
            let row = LineRow { line, switches: Switches::default() };
            self.lines.insert(id, LineState { row, waiting: 0, seats_on_shift: 0 });
        }
        self.changed.push_back(Changed::Line(id));
        self.event.lines.push(id);
        self.clamp_steps(id);
        self.find_seats(id);
        // Whether voice and chat mix decides who has room.
        for counselor in self.counselors.numbers() {
            self.touch_counselor(counselor);
        }
    }

    /// Contacts in a step the plan no longer has are in its last one.
    fn clamp_steps(&mut self, line: LineId) {
        let steps = self.lines.get(&line).map_or(0, |state| state.row.line.plan.steps.len());
        let last = u16::try_from(steps.saturating_sub(1)).unwrap_or(u16::MAX);
        for number in self.contacts.numbers() {
            let is_beyond = self.contacts.get(number).is_some_and(|found| {
                found.line == line && found.wait().is_some_and(|wait| wait.phase.step() > last)
            });
            if is_beyond
                && let Some(found) = self.mark(number)
                && let Place::Waiting { wait, .. } | Place::Offered { wait, .. } = &mut found.place
            {
                wait.phase = Phase::Step(last);
            }
        }
    }

    /// Who the triage seats are has changed: who serves them, and who is there.
    pub(super) fn find_seats(&mut self, line: LineId) {
        let Some(state) = self.lines.get_mut(&line) else { return };
        let seats = &state.row.line.triage_seats;
        let on_shift = self
            .counselors
            .iter()
            .filter(|(_, found)| found.index.is_on_shift && seats.contains(&found.id()))
            .count();
        state.seats_on_shift = u32::try_from(on_shift).unwrap_or(u32::MAX);
        let is_queued = self.queues.iter().any(|(_, queue)| *queue.need == Need::Seat(line));
        if is_queued {
            for counselor in self.counselors.numbers() {
                self.rejoin_queues(counselor);
            }
        }
    }

    pub(super) fn switchboard_mode(&mut self, line: LineId, on: bool, by: AccountId) {
        let since = on.then_some(self.house.at);
        let Some(state) = self.lines.get_mut(&line) else {
            return self.refuse(Refusal::UnknownLine);
        };
        if state.row.switches.switchboard_mode_since.is_some() == on {
            return;
        }
        if on && state.seats_on_shift == 0 {
            return self.refuse(Refusal::NoTriageSeat);
        }
        state.row.switches.switchboard_mode_since = since;
        state.row.switches.switchboard_mode_by = on.then_some(by);
        self.event.lines.push(line);
        self.switched(line);
    }

    pub(super) fn outage(&mut self, line: LineId, on: bool, by: AccountId) {
        let since: Option<At> = on.then_some(self.house.at);
        let Some(state) = self.lines.get_mut(&line) else {
            return self.refuse(Refusal::UnknownLine);
        };
        if state.row.switches.outage_since.is_some() == on {
            return;
        }
        state.row.switches.outage_since = since;
        state.row.switches.outage_by = on.then_some(by);
        self.switched(line);
        if !on {
            return;
        }
        let mut waiting: Vec<(u64, u32)> = self
            .contacts
            .iter()
            .filter(|(_, found)| found.line == line && found.wait().is_some())
            .map(|(number, found)| (found.number, number))
            .collect();
        waiting.sort_unstable();
        for (_, contact) in waiting {
            self.stop_ringing(contact, Withdrawn::Rerouted);
            self.last_rung(contact, RungCause::Outage);
        }
    }

    fn switched(&mut self, line: LineId) {
        self.changed.push_back(Changed::Line(line));
        let Some(switches) = self.lines.get(&line).map(|line| line.row.switches) else { return };
        self.tell(Effect::Switched {
            line,
            switchboard_mode: switches.switchboard_mode_since.is_some(),
            outage: switches.outage_since.is_some(),
        });
    }
}
