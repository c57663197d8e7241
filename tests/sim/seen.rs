//! What the nights have seen. A simulation that never comes to a thing proves nothing about it, so
//! after the ordinary number of nights everything the machine can say must have been said.

use std::collections::BTreeMap;
use xinqiao::switchboard::Effect;

/// How often each word was heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(BTreeMap<String, u64>);

/// Everything an effect can be, with its reason.
const EVERYTHING: &str = "\
    Offer RiskThenAge, Offer Overdue, Offer HeadOfPlace, Offer SameCounselor, Offer Pulled, \
    Offer Triage, \
    Withdraw Accepted, Withdraw Declined, Withdraw Expired, Withdraw SeekerGone, \
    Withdraw CounselorGone, Withdraw Rerouted, Withdraw Restarted, \
    Queued Arrived, Queued OfferMissed, Queued OfferDeclined, Queued OfferWithdrawn, \
    Queued CounselorLost, Queued CounselorLoggedOut, Queued Transferred, Queued Forwarded, \
    Released Closed, Released Transferred, Released CounselorLost, Released LoggedOut, \
    Closed LeftWaiting, Closed LostWaiting, Closed SeekerEnded, Closed SeekerLost, \
    Closed CounselorEnded, Closed SupervisorEnded, Closed ServiceFull, Closed CallBackPromised, \
    Closed LineClosed, Closed LineOutage, \
    LastRung PlanPassed, LastRung EmptyRoster, LastRung QueueFull, LastRung Outage, \
    Presence Wished, Presence MissedTwice, Presence Lost, Presence Connected, Presence LoggedOut, \
    Presence LoadGuard, Presence Work, Presence Removed, \
    Refuse UnknownLine, Refuse UnknownContact, Refuse UnknownCounselor, Refuse ContactExists, \
    Refuse OfferGone, Refuse NotYours, Refuse AtCapacity, Refuse NobodyWaits, \
    Refuse NoSuchTarget, Refuse NoTriageSeat, Refuse LineFault, Refuse Ended, \
    Switched, Connect, RiskChanged";

impl Seen {
    pub(crate) fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            *self.0.entry(word(effect)).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (word, count) in other.0 {
            *self.0.entry(word).or_default() += count;
        }
    }

    /// What should have been heard and was not.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        EVERYTHING.split(", ").filter(|word| !self.0.contains_key(*word)).collect()
    }

    /// One line for each word.
    pub(crate) fn tell(&self) -> String {
        let lines: Vec<String> =
            self.0.iter().map(|(word, count)| format!("{count:>9} {word}")).collect();
        lines.join("\n")
    }
}

fn word(effect: &Effect) -> String {
    match effect {
        Effect::Refuse { refusal } => format!("Refuse {}", first_word(&format!("{refusal:?}"))),
        Effect::Offer { pick, .. } => format!("Offer {:?}", pick.rule),
        Effect::Withdraw { reason, .. } => format!("Withdraw {reason:?}"),
        Effect::Connect { .. } => "Connect".to_owned(),
        Effect::Queued { reason, .. } => format!("Queued {reason:?}"),
        Effect::WrapUp { ended, .. } => format!("WrapUp {ended:?}"),
        Effect::Released { reason, .. } => format!("Released {reason:?}"),
        Effect::Ended { ended, .. } => format!("Ended {ended:?}"),
        Effect::Closed { ended, .. } => format!("Closed {ended:?}"),
        Effect::LastRung { cause, .. } => format!("LastRung {cause:?}"),
        Effect::RiskChanged { .. } => "RiskChanged".to_owned(),
        Effect::Presence { reason, .. } => format!("Presence {reason:?}"),
        Effect::Switched { .. } => "Switched".to_owned(),
    }
}

fn first_word(text: &str) -> &str {
    text.split([' ', '{', '(']).next().unwrap_or_default()
}
