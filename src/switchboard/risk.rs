//! Danger said by the seeker, risk set by people.

use super::Switchboard;
use super::contact::Place;
use super::effect::{Effect, Refusal};
use super::line::Risk;
use crate::ids::ContactId;

impl Switchboard {
    /// "I am in danger now."
    pub(super) fn danger(&mut self, contact: ContactId) {
        let Some(number) = self.contacts.lookup(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let has_ended = self
            .contacts
            .get(number)
            .is_some_and(|found| matches!(found.place, Place::WrapUp { .. }));
        if has_ended {
            return self.refuse(Refusal::Ended);
        }
        self.change_risk(number, Risk::Imminent);
    }

    pub(super) fn risk_set(&mut self, contact: ContactId, risk: Risk) {
        match self.contacts.lookup(contact) {
            Some(number) => self.change_risk(number, risk),
            None => self.refuse(Refusal::UnknownContact),
        }
    }

    fn change_risk(&mut self, contact: u32, risk: Risk) {
        if self.contacts.get(contact).is_none_or(|found| found.risk == risk) {
            return;
        }
        let Some(found) = self.touch(contact) else { return };
        found.risk = risk;
        let contact = found.contact;
        self.moved();
        self.tell(Effect::RiskChanged { contact, risk });
    }
}
