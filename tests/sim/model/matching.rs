//! Who gets whom: needs, capacity, serving order, and the starvation bound.

use super::{Contact, Counselor, Model, Place, Whom};
use std::cmp::Reverse;
use xinqiao::ids::{ContactId, CounselorId, LineId, OfferId, SkillId};
use xinqiao::switchboard::{Channel, Effect, Need, Pick, Reason, Rule};

impl Model {
    // ── need ────────────────────────────────────────────────────────

    /// A triage seat of this line is on shift.
    pub(crate) fn has_seat_on_shift(&self, line: LineId) -> bool {
        self.counselors.iter().any(|counselor| {
            counselor.is_on_shift() && self.is_seat(counselor.profile.counselor, line)
        })
    }

    fn is_seat(&self, counselor: CounselorId, line: LineId) -> bool {
        self.door(line).is_some_and(|door| door.line.triage_seats.contains(&counselor))
    }

    pub(crate) fn need_in_force(&self, contact: &Contact) -> Need {
        let door = self.door(contact.line).unwrap();
        if door.switches.switchboard_mode_since.is_some() && self.has_seat_on_shift(contact.line) {
            return Need::Seat(contact.line);
        }
        if let Some(need) = &contact.transfer {
            return need.clone();
        }
        let steps = &door.line.plan.steps;
        let need = steps[contact.step].need.clone();
        match &contact.asks {
            Some(asks) if contact.step + 1 < steps.len() => Need::All(vec![need, asks.clone()]),
            _ => need,
        }
    }

    fn meets(&self, counselor: &Counselor, need: &Need) -> bool {
        match need {
            Need::Anyone => true,
            Need::Skill { skill, at_least } => counselor.proficiency(*skill) >= *at_least,
            Need::All(all) => all.iter().all(|need| self.meets(counselor, need)),
            Need::Any(any) => any.iter().any(|need| self.meets(counselor, need)),
            Need::Not(not) => !self.meets(counselor, not),
            Need::Named(who) => counselor.profile.counselor == *who,
            Need::Seat(line) => self.is_seat(counselor.profile.counselor, *line),
        }
    }

    // ── capacity ────────────────────────────────────────────────────

    fn mixes(&self, line: LineId) -> bool {
        self.door(line).is_some_and(|door| door.line.mixes_voice_and_chat)
    }

    /// `pulls`: the counselor asked for one more chat than they usually take.
    fn is_free_for(&self, counselor: &Counselor, contact: &Contact, pulls: bool) -> bool {
        let id = counselor.profile.counselor;
        if !counselor.is_ready() || self.ringing(id).is_some() {
            return false;
        }
        let held = self.held(id);
        let (voice, chats): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|contact| contact.channel.is_voice());
        let may_mix_with = |others: &[&Contact]| {
            others.is_empty()
                || self.mixes(contact.line) && others.iter().all(|other| self.mixes(other.line))
        };
        if contact.channel.is_voice() {
            counselor.profile.takes_voice && voice.is_empty() && may_mix_with(&chats)
        } else {
            let has_room = pulls || chats.len() < usize::from(counselor.profile.chats_max);
            has_room && may_mix_with(&voice)
        }
    }

    fn can_take(&self, counselor: &Counselor, contact: &Contact, pulls: bool) -> bool {
        self.is_free_for(counselor, contact, pulls)
            && self.meets(counselor, &self.need_in_force(contact))
            && !contact.barred.contains(&counselor.profile.counselor)
    }

    // ── the order of serving ────────────────────────────────────────

    /// A place: smaller is served earlier.
    pub(crate) fn place_of(contact: &Contact) -> impl Ord + use<> {
        (Reverse(contact.risk), !contact.head, contact.arrived_at, contact.number)
    }

    fn is_overdue(&self, contact: &Contact) -> bool {
        self.now.ms_since(contact.arrived_at) >= self.rules.overdue_ms[contact.risk.index()]
    }

    /// Who can be given to somebody at all.
    fn servable(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(|contact| contact.place == Place::Waiting && contact.connected)
    }

    /// Contacts in place order.
    fn in_place_order(&self) -> Vec<&Contact> {
        let mut contacts: Vec<&Contact> = self.servable().collect();
        contacts.sort_by_key(|contact| Self::place_of(contact));
        contacts
    }

    /// Overdue contacts, the earliest arrival first; contacts are kept in that order.
    fn overdue(&self) -> impl Iterator<Item = &Contact> {
        self.servable().filter(|contact| self.is_overdue(contact))
    }

    /// Their next pick goes to somebody overdue.
    const fn owes(&self, counselor: &Counselor) -> bool {
        counselor.passed >= self.rules.passes_max
    }

    // ── the pick ────────────────────────────────────────────────────

    pub(crate) fn match_all(&mut self) {
        while let Some((contact, counselor, pick)) = self.next_pick() {
            self.make_offer(contact.contact, counselor, pick);
        }
    }

    /// Who is served next, by whom, why, and whether it was owed.
    fn next_pick(&self) -> Option<(Contact, CounselorId, Pick)> {
        for contact in self.overdue() {
            let able = self.ranked_counselors(contact);
            let owing = able.iter().filter(|counselor| self.owes(counselor)).copied().collect();
            if let Some(pick) = self.pick_from(contact, owing, true) {
                return Some(pick);
            }
        }
        self.in_place_order()
            .into_iter()
            .find_map(|contact| self.pick_from(contact, self.ranked_counselors(contact), false))
    }

    fn pick_from(
        &self,
        contact: &Contact,
        ranked: Vec<&Counselor>,
        is_owed: bool,
    ) -> Option<(Contact, CounselorId, Pick)> {
        let best = *ranked.first()?;
        let id = best.profile.counselor;
        let pick = Pick {
            counselors_considered: ranked.len() as u32,
            runner_up: ranked.get(1).map(|next| next.profile.counselor),
            ..self.pick_of(contact, best, self.rule_for(contact, id, is_owed), false)
        };
        Some((contact.clone(), id, pick))
    }

    /// Somebody who could take this contact now; after a turn there must be nobody.
    pub(crate) fn who_could_take(&self, contact: &Contact) -> Option<CounselorId> {
        self.ranked_counselors(contact).first().map(|best| best.profile.counselor)
    }

    /// Everybody who can take this contact, best first.
    fn ranked_counselors(&self, contact: &Contact) -> Vec<&Counselor> {
        let need = self.need_in_force(contact);
        let mut able: Vec<&Counselor> = self
            .counselors
            .iter()
            .filter(|counselor| self.can_take(counselor, contact, false))
            .collect();
        able.sort_by_key(|counselor| {
            let id = counselor.profile.counselor;
            (
                contact.preferred != Some(id),
                Reverse(fit(counselor, &need)),
                counselor.idle_since,
                id,
            )
        });
        able
    }

    fn rule_for(&self, contact: &Contact, counselor: CounselorId, is_owed: bool) -> Rule {
        if is_owed {
            Rule::Overdue
        } else if matches!(self.need_in_force(contact), Need::Seat(_)) {
            Rule::Triage
        } else if contact.preferred == Some(counselor) {
            Rule::SameCounselor
        } else if contact.head {
            Rule::HeadOfPlace
        } else {
            Rule::RiskThenAge
        }
    }

    fn pick_of(&self, contact: &Contact, counselor: &Counselor, rule: Rule, pulls: bool) -> Pick {
        let mut queues: Vec<(Channel, Need)> = Vec::new();
        for one in self.servable().filter(|one| self.can_take(counselor, one, pulls)) {
            let queue = (one.channel, self.need_in_force(one));
            if !queues.contains(&queue) {
                queues.push(queue);
            }
        }
        Pick {
            rule,
            risk: contact.risk,
            waited_ms: self.now.ms_since(contact.arrived_at),
            step: contact.step as u16,
            fit: fit(counselor, &self.need_in_force(contact)),
            idle_ms: self.now.ms_since(counselor.idle_since),
            contacts_considered: queues.len() as u32,
            counselors_considered: 1,
            runner_up: None,
        }
    }

    /// The contact a counselor who pulls one more is given, if there is one.
    pub(crate) fn pick_for_pull(&self, puller: &Counselor) -> Option<(Contact, Pick)> {
        let is_for_them = |contact: &&Contact| {
            contact.channel == Channel::Chat && self.can_take(puller, contact, true)
        };
        let owed = if self.owes(puller) { self.overdue().find(is_for_them) } else { None };
        let contact = owed.or_else(|| self.in_place_order().into_iter().find(is_for_them))?;
        Some((contact.clone(), self.pick_of(contact, puller, Rule::Pulled, true)))
    }

    /// Whether this pick passes by the oldest overdue contact the counselor could have taken.
    fn count_pass(&mut self, offered: ContactId, counselor: CounselorId, pulls: bool) {
        let who = self.counselor(counselor).unwrap();
        let oldest = self.overdue().find(|contact| self.can_take(who, contact, pulls));
        let passes_by = oldest.is_some_and(|oldest| oldest.contact != offered);
        let who = self.counselor_mut(counselor).unwrap();
        who.passed = if passes_by { who.passed + 1 } else { 0 };
    }

    pub(crate) fn make_offer(&mut self, contact: ContactId, counselor: CounselorId, pick: Pick) {
        self.count_pass(contact, counselor, pick.rule == Rule::Pulled);
        self.offers_made += 1;
        let offer = OfferId(self.offers_made);
        let expires_at = self.now + self.rules.ring_ms;
        self.arm(Reason::OfferExpires, Whom::Contact(contact), self.rules.ring_ms);
        self.put_step_aside(contact);
        self.contact_mut(contact).place = Place::Offered { counselor, offer, expires_at, pick };
        self.effects.push(Effect::Offer { offer, contact, counselor, expires_at, pick });
    }
}

/// The sum of the proficiencies in the skills that the need names, outside any `Not`.
fn fit(counselor: &Counselor, need: &Need) -> u16 {
    let mut named = Vec::new();
    name_skills(need, &mut named);
    named.sort_unstable();
    named.dedup();
    named.iter().map(|skill| u16::from(counselor.proficiency(*skill))).sum()
}

fn name_skills(need: &Need, named: &mut Vec<SkillId>) {
    match need {
        Need::Skill { skill, .. } => named.push(*skill),
        Need::All(needs) | Need::Any(needs) => {
            for need in needs {
                name_skills(need, named);
            }
        }
        Need::Anyone | Need::Not(_) | Need::Named(_) | Need::Seat(_) => {}
    }
}
