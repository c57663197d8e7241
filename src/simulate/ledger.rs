//! What was promised and what arrived: the accounts of a simulated evening.
//!
//! An ack is a promise: that text, under that number, is on disk. At the end each
//! promise must be found with the other side or in the history, each text once, each
//! talk without a gap, and each contact told that it ended.

use super::people::{Gravity, Plan};
use super::words::{Side, Tag};
use crate::wire_client::seeker::Ticket;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What is counted on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub turned_away: u64,
    pub sent: u64,
    pub acked: u64,
    pub received: u64,
    /// Texts the server refused with an error frame (they are sent again).
    pub refused: u64,
    pub reconnects: u64,
    pub offers: u64,
    pub offers_missed: u64,
    pub notes: u64,
    /// What the server could not do, by its code.
    pub troubles: BTreeMap<String, u64>,
    /// A message that came again on a socket that had it.
    pub replayed_twice: u64,
}

/// One contact, seen from outside.
#[derive(Debug)]
pub struct Talk {
    /// To read the history with.
    ticket: Ticket,
    pub plan: Plan,
    pub wait: Option<Duration>,
    pub answered: bool,
    /// The reason that was told when it ended.
    pub ended: Option<String>,
    /// Texts whose ack came: tag and number.
    acked: BTreeMap<Tag, i64>,
    /// What each side heard, or read in the history.
    seeker_heard: BTreeMap<i64, Option<Tag>>,
    counselor_heard: BTreeMap<i64, Option<Tag>>,
}

/// All contacts and counts of the evening.
#[derive(Debug, Default)]
pub struct Ledger {
    talks: BTreeMap<String, Talk>,
    pub counts: Counts,
}

/// What the accounts come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub arrived: u64,
    pub answered: u64,
    pub abandoned: u64,
    pub waiting: u64,
    pub talking: u64,
    /// Contacts that were never told how they ended.
    pub lost_contacts: u64,
    /// Acked texts that nobody else ever saw.
    pub lost_messages: u64,
    /// Texts stored under two numbers, or sent twice on one socket.
    pub doubles: u64,
    /// Numbers missing between the first and the last of a talk.
    pub gaps: u64,
}

impl Audit {
    pub const fn lost(&self) -> u64 {
        self.lost_contacts.saturating_add(self.lost_messages)
    }

    /// Nothing lost, nothing twice, nothing missing.
    pub const fn clean(&self) -> bool {
        self.lost() == 0 && self.doubles == 0 && self.gaps == 0
    }
}

impl Ledger {
    pub fn arrive(&mut self, ticket: &Ticket, plan: Plan) {
        let talk = Talk {
            ticket: ticket.clone(),
            plan,
            wait: None,
            answered: false,
            ended: None,
            acked: BTreeMap::new(),
            seeker_heard: BTreeMap::new(),
            counselor_heard: BTreeMap::new(),
        };
        self.talks.insert(ticket.contact_id.clone(), talk);
    }

    /// The plan of a contact, unless somebody real is behind it.
    pub fn plan(&self, contact_id: &str) -> Option<&Plan> {
        self.talks.get(contact_id).map(|talk| &talk.plan)
    }

    pub fn answer(&mut self, contact_id: &str, wait: Duration) {
        if let Some(talk) = self.talks.get_mut(contact_id) {
            talk.answered = true;
            talk.wait.get_or_insert(wait);
        }
    }

    pub fn end(&mut self, contact_id: &str, reason: &str) {
        if let Some(talk) = self.talks.get_mut(contact_id) {
            talk.ended.get_or_insert_with(|| reason.to_owned());
        }
    }

    /// The server promised that this text is on disk under `seq`.
    pub fn ack(&mut self, contact_id: &str, tag: Tag, seq: i64) {
        let Some(talk) = self.talks.get_mut(contact_id) else { return };
        if talk.acked.insert(tag, seq).is_none() {
            self.counts.acked += 1;
        }
    }

    /// A side heard a message. Its own text proves something only when it was read back
    /// from the history.
    pub fn hear(&mut self, contact_id: &str, by: Side, seq: i64, tag: Option<Tag>) {
        let Some(talk) = self.talks.get_mut(contact_id) else { return };
        let heard = match by {
            Side::Seeker => &mut talk.seeker_heard,
            Side::Counselor => &mut talk.counselor_heard,
        };
        let of_the_other = tag.is_some_and(|(side, _)| side != by);
        if heard.insert(seq, tag).is_none() && of_the_other {
            self.counts.received += 1;
        }
    }

    pub fn trouble(&mut self, code: &str) {
        *self.counts.troubles.entry(code.to_owned()).or_default() += 1;
    }

    /// Contacts with an ack that is not proved yet, or a hole: their history decides.
    pub fn unproved(&self) -> Vec<Ticket> {
        let unproved = self.talks.values().filter(|talk| {
            let mut audit = Audit::default();
            talk.audit_messages(&mut audit);
            !audit.clean()
        });
        unproved.map(|talk| talk.ticket.clone()).collect()
    }

    /// Waits of the answered and of those who gave up, by gravity.
    pub fn waits(&self, gravity: Gravity) -> Vec<Duration> {
        let talks = self.talks.values().filter(|talk| talk.plan.gravity == gravity);
        let mut waits: Vec<_> = talks.filter_map(|talk| talk.wait).collect();
        waits.sort_unstable();
        waits
    }

    /// Why contacts ended, and how many of each.
    pub fn endings(&self) -> BTreeMap<String, u64> {
        let mut endings = BTreeMap::new();
        for reason in self.talks.values().filter_map(|talk| talk.ended.as_ref()) {
            *endings.entry(reason.clone()).or_default() += 1;
        }
        endings
    }

    /// Sums everything up; what is still going on counts as lost only at the end.
    pub fn audit(&self) -> Audit {
        let mut audit = Audit { doubles: self.counts.replayed_twice, ..Audit::default() };
        for talk in self.talks.values() {
            audit.arrived += 1;
            audit.answered += u64::from(talk.answered);
            audit.abandoned += u64::from(!talk.answered && talk.ended.is_some());
            audit.waiting += u64::from(!talk.answered && talk.ended.is_none());
            audit.talking += u64::from(talk.answered && talk.ended.is_none());
            audit.lost_contacts += u64::from(talk.ended.is_none());
            talk.audit_messages(&mut audit);
        }
        audit
    }
}

impl Talk {
    fn audit_messages(&self, audit: &mut Audit) {
        let mut seqs = BTreeSet::new();
        let mut seqs_by_tag: BTreeMap<Tag, BTreeSet<i64>> = BTreeMap::new();
        let heard = self.seeker_heard.iter().chain(&self.counselor_heard);
        for (seq, tag) in heard.map(|(seq, tag)| (*seq, *tag)) {
            seqs.insert(seq);
            if let Some(tag) = tag {
                seqs_by_tag.entry(tag).or_default().insert(seq);
            }
        }
        for (tag, seq) in &self.acked {
            let found = seqs_by_tag.get(tag).is_some_and(|heard| heard.contains(seq));
            audit.lost_messages += u64::from(!found);
            seqs.insert(*seq);
        }
        let doubles = seqs_by_tag.values().map(|seqs| seqs.len().saturating_sub(1)).sum::<usize>();
        audit.doubles += u64::try_from(doubles).unwrap_or(u64::MAX);
        let last = seqs.last().copied().unwrap_or(0);
        let missing = (1..=last).filter(|seq| !seqs.contains(seq)).count();
        audit.gaps += u64::try_from(missing).unwrap_or(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::chance::Chance;
    use crate::simulate::people::plans;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        let plan = plans(&mut Chance::new(1), 1, 1.0, 18).remove(0);
        let ticket = Ticket { contact_id: "a".to_owned(), token: String::new() };
        ledger.arrive(&ticket, plan);
        ledger
    }

    #[test]
    fn an_acked_text_that_nobody_saw_is_lost() {
        let mut ledger = ledger();
        ledger.ack("a", (Side::Seeker, 1), 1);
        ledger.end("a", "left");
        assert_eq!(ledger.audit().lost(), 1);
        ledger.hear("a", Side::Counselor, 1, Some((Side::Seeker, 1)));
        assert!(ledger.audit().clean());
    }

    #[test]
    fn a_text_stored_under_two_numbers_is_a_double_and_a_missing_number_a_gap() {
        let mut ledger = ledger();
        ledger.end("a", "left");
        ledger.hear("a", Side::Counselor, 1, Some((Side::Seeker, 1)));
        ledger.hear("a", Side::Counselor, 3, Some((Side::Seeker, 1)));
        let audit = ledger.audit();
        assert_eq!((audit.doubles, audit.gaps), (1, 1));
    }

    #[test]
    fn a_contact_that_was_never_told_its_end_is_lost() {
        assert_eq!(ledger().audit().lost_contacts, 1);
    }
}
