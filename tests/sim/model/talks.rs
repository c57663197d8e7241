//! Offers answered, talks, notes and transfers.

use super::{Model, Place, Whom};
use xinqiao::ids::{ContactId, CounselorId, NoteId, OfferId};
use xinqiao::switchboard::effect::{PresenceReason, Queued, Released, Withdrawn};
use xinqiao::switchboard::input::Target;
use xinqiao::switchboard::{Effect, End, Need, Reason, Refusal, Wish};

impl Model {
    // ── offers ──────────────────────────────────────────────────────

    /// The contact of this offer if it rings at this counselor; refuses if not.
    fn ringing_or_refuse(&mut self, who: CounselorId, wanted: OfferId) -> Option<ContactId> {
        if self.counselor(who).is_none() {
            self.refuse(Refusal::UnknownCounselor);
            return None;
        }
        let contact = self
            .ringing(who)
            .filter(|one| matches!(one.place, Place::Offered { offer, .. } if offer == wanted));
        let contact = contact.map(|one| one.contact);
        if contact.is_none() {
            self.refuse(Refusal::OfferGone);
        }
        contact
    }

    pub(crate) fn accept(&mut self, counselor: CounselorId, offer: OfferId) {
        let Some(contact) = self.ringing_or_refuse(counselor, offer) else { return };
        self.withdraw(contact, Withdrawn::Accepted);
        self.effects.push(Effect::Connect { contact, counselor });
        let since = self.now;
        self.connects.push(since);
        if self.connects.len() > 16 {
            self.connects.remove(0);
        }
        let one = self.contact_mut(contact);
        one.place = Place::Talking { counselor, offer, since };
        one.head = false;
        one.connected_once = true;
        one.transfer = None;
        one.step_aside = None;
        one.step = 0;
        one.talked_with = Some(counselor);
        self.counselor_mut(counselor).unwrap().misses = 0;
        self.tell_presence(counselor, PresenceReason::Work);
    }

    pub(crate) fn decline(&mut self, counselor: CounselorId, offer: OfferId) {
        let Some(contact) = self.ringing_or_refuse(counselor, offer) else { return };
        self.withdraw(contact, Withdrawn::Declined);
        self.bar(contact, counselor);
        let now = self.now;
        let who = self.counselor_mut(counselor).unwrap();
        who.misses = 0;
        who.idle_since = now;
        self.back_to_head(contact, Queued::OfferDeclined);
    }

    pub(crate) fn offer_expires(&mut self, contact: ContactId) {
        let counselor = self.withdraw(contact, Withdrawn::Expired).unwrap();
        self.bar(contact, counselor);
        let now = self.now;
        let who = self.counselor_mut(counselor).unwrap();
        who.idle_since = now;
        who.misses += 1;
        let is_second = who.misses >= 2;
        if is_second {
            who.misses = 0;
            who.wish = Wish::Away;
        }
        self.back_to_head(contact, Queued::OfferMissed);
        if is_second {
            self.say_presence(counselor, PresenceReason::MissedTwice);
        }
    }

    fn bar(&mut self, contact: ContactId, counselor: CounselorId) {
        let barred = &mut self.contact_mut(contact).barred;
        barred.retain(|other| *other != counselor);
        barred.push(counselor);
        self.arm(Reason::BarLifts, Whom::Bar(contact, counselor), self.rules.bar_ms);
    }

    pub(crate) fn pull_one(&mut self, counselor: CounselorId) {
        let Some(puller) = self.counselor(counselor) else {
            return self.refuse(Refusal::UnknownCounselor);
        };
        let held = self.held(counselor);
        let chats = held.iter().filter(|contact| !contact.channel.is_voice()).count();
        let most = (puller.profile.chats_max + 1).min(self.rules.chats_hard_max);
        if !puller.is_ready()
            || puller.profile.chats_max == 0
            || self.ringing(counselor).is_some()
            || chats >= usize::from(most)
        {
            return self.refuse(Refusal::AtCapacity);
        }
        match self.pick_for_pull(puller) {
            Some((contact, pick)) => self.make_offer(contact.contact, counselor, pick),
            None => self.refuse(Refusal::NobodyWaits),
        }
    }

    // ── talks ───────────────────────────────────────────────────────

    pub(crate) fn end_talk(&mut self, contact: ContactId, ended: End) {
        let until = self.now + self.rules.wrap_up_ms;
        let one = self.contact_mut(contact);
        let (counselor, offer) = one.place.holder().unwrap();
        one.place = Place::WrapUp { counselor, offer, ended, until };
        one.connected = false;
        self.disarm(Reason::SeekerGraceEnds, Whom::Contact(contact));
        self.arm_at(Reason::WrapUpEnds, Whom::Contact(contact), until);
        self.effects.push(Effect::Ended { contact, ended });
        self.effects.push(Effect::WrapUp { contact, counselor, ended, until });
        self.tell_presence(counselor, PresenceReason::Work);
    }

    pub(crate) fn release(&mut self, contact: ContactId, counselor: CounselorId, reason: Released) {
        self.effects.push(Effect::Released { contact, counselor, reason });
        let (now, one) = (self.now, self.counselor_mut(counselor).unwrap());
        one.idle_since = now;
        self.contact_mut(contact).place = Place::Waiting;
        self.tell_presence(counselor, PresenceReason::Work);
    }

    pub(crate) fn close_wrap_up(&mut self, contact: ContactId) {
        let Place::WrapUp { counselor, ended, .. } = self.contact(contact).unwrap().place else {
            unreachable!("{contact} has no wrap-up");
        };
        self.release(contact, counselor, Released::Closed);
        self.effects.push(Effect::Closed { contact, ended });
        self.forget(contact);
    }

    /// The place of a contact, for a counselor who says it is theirs; refuses if it isn't.
    fn place_for(&mut self, counselor: CounselorId, contact: ContactId) -> Option<Place> {
        if self.counselor(counselor).is_none() {
            self.refuse(Refusal::UnknownCounselor);
            return None;
        }
        let Some(one) = self.contact(contact) else {
            self.refuse(Refusal::UnknownContact);
            return None;
        };
        let place = one.place.clone();
        let is_theirs = place.holder().is_some_and(|(holder, _)| holder == counselor);
        if !is_theirs {
            self.refuse(Refusal::NotYours);
        }
        is_theirs.then_some(place)
    }

    pub(crate) fn end_by_counselor(&mut self, counselor: CounselorId, contact: ContactId) {
        match self.place_for(counselor, contact) {
            Some(Place::Talking { .. }) => self.end_talk(contact, End::CounselorEnded),
            Some(_) => self.refuse(Refusal::NotYours),
            None => {}
        }
    }

    pub(crate) fn wrapped_up(&mut self, counselor: CounselorId, contact: ContactId) {
        match self.place_for(counselor, contact) {
            Some(Place::WrapUp { .. }) => self.close_wrap_up(contact),
            Some(_) => self.refuse(Refusal::NotYours),
            None => {}
        }
    }

    pub(crate) fn close(&mut self, contact: ContactId) {
        match self.contact(contact).map(|one| one.place.clone()) {
            Some(Place::WrapUp { .. }) => self.close_wrap_up(contact),
            _ => self.end_wherever(contact, End::SupervisorEnded, End::SupervisorEnded),
        }
    }

    // ── transfers ───────────────────────────────────────────────────

    pub(crate) fn transfer(
        &mut self,
        giver: CounselorId,
        contact: ContactId,
        to: Target,
        note: Option<NoteId>,
    ) {
        match self.place_for(giver, contact) {
            Some(Place::Talking { .. }) => {}
            Some(_) => return self.refuse(Refusal::NotYours),
            None => return,
        }
        if !self.is_target(giver, to) {
            return self.refuse(Refusal::NoSuchTarget);
        }
        self.release(contact, giver, Released::Transferred);
        let one = self.contact_mut(contact);
        one.head = true;
        one.preferred = None;
        self.bar(contact, giver);
        match to {
            Target::Line(line) => {
                self.contact_mut(contact).line = line;
                self.start_plan(contact);
            }
            Target::Skill(skill) => {
                self.start_transfer(contact, Need::Skill { skill, at_least: 1 });
            }
            Target::Counselor(named) => self.start_transfer(contact, Need::Named(named)),
        }
        self.tell_queued(contact, Queued::Transferred, note);
    }

    fn is_target(&self, giver: CounselorId, to: Target) -> bool {
        match to {
            Target::Line(line) => {
                self.door(line).is_some() && self.is_open(line) && !self.has_outage(line)
            }
            Target::Skill(skill) => self.counselors.iter().any(|one| one.proficiency(skill) >= 1),
            Target::Counselor(named) => {
                named != giver && self.counselor(named).is_some_and(super::Counselor::is_on_shift)
            }
        }
    }
}
