//! What the seeker does: arrive, connect, drop, come back, call out, leave.

use super::{Contact, Drop, Model, Place, Whom};
use xinqiao::ids::{ContactId, CounselorId};
use xinqiao::switchboard::effect::{Queued, RungCause, Withdrawn};
use xinqiao::switchboard::line::LastRung;
use xinqiao::switchboard::{Arrival, Effect, End, Reason, Refusal, Risk};

impl Model {
    pub(crate) fn arrive(&mut self, arrival: Arrival) {
        let Some(door) = self.door(arrival.line) else {
            return self.refuse(Refusal::UnknownLine);
        };
        let (contact, returning) = (arrival.contact, arrival.returning);
        let waiting_max = door.line.waiting_max as usize;
        if self.contact(contact).is_some() || self.drops.iter().any(|drop| drop.contact == contact)
        {
            return self.refuse(Refusal::ContactExists);
        }
        if self.has_outage(arrival.line) {
            let (rung, cause) = (LastRung::Full, RungCause::Outage);
            self.effects.push(Effect::LastRung { contact, rung, cause });
            return self.turn_away(contact, End::LineOutage);
        }
        if !self.is_open(arrival.line) {
            return self.turn_away(contact, End::LineClosed);
        }
        let is_full = self.waiting_at(arrival.line) >= waiting_max;
        self.let_in(arrival);
        if is_full {
            self.last_rung(contact, RungCause::QueueFull);
        } else {
            self.tell_queued(contact, Queued::Arrived, None);
        }
        if let Some(dropped) = returning
            && self.contact(contact).is_some()
        {
            self.drops.retain(|drop| drop.contact != dropped);
            self.disarm(Reason::ReturnEnds, Whom::Contact(dropped));
        }
    }

    fn let_in(&mut self, arrival: Arrival) {
        let contact = arrival.contact;
        let dropped = self.drops.iter().find(|drop| Some(drop.contact) == arrival.returning);
        let head = dropped.is_some();
        let preferred = dropped.and_then(|drop| drop.counselor).or(arrival.previous);
        self.arrivals += 1;
        self.contacts.push(Contact {
            contact,
            line: arrival.line,
            channel: arrival.channel,
            risk: arrival.risk,
            asks: arrival.asks,
            arrived_at: self.now,
            number: self.arrivals,
            head,
            connected: false,
            connected_once: false,
            step: 0,
            step_aside: None,
            transfer: None,
            forwarded: false,
            preferred,
            talked_with: None,
            barred: Vec::new(),
            began_at: self.now,
            roster_armed_for: None,
            simulated: arrival.simulated,
            place: Place::Waiting,
        });
        self.arm(Reason::SeekerGraceEnds, Whom::Contact(contact), self.rules.seeker_grace_ms);
        self.start_plan(contact);
    }

    pub(crate) fn seeker_connected(&mut self, contact: ContactId) {
        if let Some(one) = self.contacts.iter_mut().find(|one| one.contact == contact)
            && !matches!(one.place, Place::WrapUp { .. })
        {
            one.connected = true;
            self.disarm(Reason::SeekerGraceEnds, Whom::Contact(contact));
        }
    }

    pub(crate) fn seeker_lost(&mut self, contact: ContactId) {
        let Some(one) = self.contact(contact) else { return };
        if !one.connected || matches!(one.place, Place::WrapUp { .. }) {
            return;
        }
        self.lose_seeker(contact);
        if self.withdraw(contact, Withdrawn::SeekerGone).is_some() {
            self.catch_up_step(contact);
        }
    }

    /// The socket is gone; the grace begins.
    pub(crate) fn lose_seeker(&mut self, contact: ContactId) {
        self.contact_mut(contact).connected = false;
        self.arm(Reason::SeekerGraceEnds, Whom::Contact(contact), self.rules.seeker_grace_ms);
    }

    pub(crate) fn seeker_grace_ends(&mut self, contact: ContactId) {
        let one = self.contact(contact).unwrap();
        let counselor = one.talked_with;
        match one.place {
            Place::Talking { .. } => {
                self.end_talk(contact, End::SeekerLost);
                self.remember_drop(contact, counselor);
            }
            Place::Waiting => {
                self.turn_away(contact, End::LostWaiting);
                self.remember_drop(contact, counselor);
            }
            Place::Offered { .. } | Place::WrapUp { .. } => unreachable!("{one:?}"),
        }
    }

    fn remember_drop(&mut self, contact: ContactId, counselor: Option<CounselorId>) {
        self.drops.push(Drop { contact, counselor });
        self.arm(Reason::ReturnEnds, Whom::Contact(contact), self.rules.return_window_ms);
    }

    pub(crate) fn leave(&mut self, contact: ContactId) {
        self.end_wherever(contact, End::LeftWaiting, End::SeekerEnded);
    }

    /// Ends a contact that waits or talks; a contact in wrap-up has ended already.
    pub(crate) fn end_wherever(&mut self, contact: ContactId, waiting: End, talking: End) {
        let Some(one) = self.contact(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        match one.place {
            Place::Waiting | Place::Offered { .. } => {
                self.withdraw(contact, Withdrawn::SeekerGone);
                self.turn_away(contact, waiting);
            }
            Place::Talking { .. } => self.end_talk(contact, talking),
            Place::WrapUp { .. } => self.refuse(Refusal::Ended),
        }
    }

    pub(crate) fn danger(&mut self, contact: ContactId) {
        match self.contact(contact).map(|one| &one.place) {
            Some(Place::WrapUp { .. }) => self.refuse(Refusal::Ended),
            _ => self.set_risk(contact, Risk::Imminent),
        }
    }

    pub(crate) fn set_risk(&mut self, contact: ContactId, risk: Risk) {
        let Some(one) = self.contact(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        if one.risk != risk {
            self.contact_mut(contact).risk = risk;
            self.effects.push(Effect::RiskChanged { contact, risk });
        }
    }
}
