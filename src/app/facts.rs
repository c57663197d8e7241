//! What the store's tables of contacts, talks and picks learn from the machine's effects.

use crate::clock::At;
use crate::live::Hub;
use crate::live::switch::Knock;
use crate::store::{ArrivalFact, ContactFact};
use crate::switchboard::effect::Queued;
use crate::switchboard::{Arrival, Effect, Switchboard};

/// The fact of an arrival.
#[must_use]
pub fn arrival(arrival: &Arrival, knock: &Knock, at: At) -> ContactFact {
    ContactFact::Arrived(ArrivalFact {
        contact: arrival.contact,
        line: arrival.line,
        channel: arrival.channel,
        locale: knock.card.locale.as_str().to_owned(),
        campaign: knock.campaign.clone(),
        token_hash: knock.card.token_hash,
        risk: arrival.risk,
        returning: arrival.returning,
        alias_root: knock.card.alias_root,
        simulated: arrival.simulated,
        at,
    })
}

/// What an effect says of a talk in which somebody called for help: that it is over or has left
/// the counselor's hands.
#[must_use]
pub fn call_ended(effect: &Effect, hub: &Hub) -> Option<ContactFact> {
    let (Effect::WrapUp { contact, .. }
    | Effect::Queued { contact, .. }
    | Effect::Closed { contact, .. }) = *effect
    else {
        return None;
    };
    hub.is_called(contact).then_some(ContactFact::CallEnded { contact })
}

/// The fact of an effect, if reports care.
#[must_use]
pub fn of(effect: &Effect, machine: &Switchboard, at: At) -> Option<ContactFact> {
    match *effect {
        Effect::Offer { offer, contact, counselor, pick, .. } => {
            Some(ContactFact::Offered { offer, contact, counselor, pick, at })
        }
        Effect::Withdraw { offer, reason, .. } => {
            Some(ContactFact::Withdrawn { offer, reason, at })
        }
        Effect::Connect { contact, counselor } => {
            Some(ContactFact::Connected { contact, counselor, at })
        }
        Effect::Queued { contact, reason, .. } if reason != Queued::Arrived => {
            let line = machine.contact(contact)?.line;
            Some(ContactFact::Queued { contact, line })
        }
        Effect::WrapUp { contact, .. } => Some(ContactFact::WrapUp { contact }),
        Effect::Released { contact, counselor, reason } => {
            Some(ContactFact::Released { contact, counselor, reason, at })
        }
        Effect::Ended { contact, ended } => Some(ContactFact::Ended { contact, end: ended, at }),
        Effect::Closed { contact, .. } => Some(ContactFact::Closed { contact, at }),
        Effect::RiskChanged { contact, risk } => Some(ContactFact::RiskChanged { contact, risk }),
        Effect::Queued { .. }
        | Effect::Refuse { .. }
        | Effect::LastRung { .. }
        | Effect::Presence { .. }
        | Effect::Switched { .. } => None,
    }
}
