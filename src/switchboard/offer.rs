//! Offers: made, accepted, declined, expired, withdrawn, asked for.

use super::Switchboard;
use super::contact::{Bar, Place, Seeker, Wait};
use super::counselor::{Counselor, Held, Ringing, Room, Rooms};
use super::effect::{Effect, Pick, PresenceReason, Queued, Reason, Refusal, Rule, Withdrawn};
use super::input::Wish;
use super::line::Need;
use super::row::House;
use super::timer::{Owner, Stamp};
use crate::ids::{CounselorId, OfferId};

/// Missed in a row until a counselor is set away.
const MISSES_UNTIL_AWAY: u8 = 2;

/// A pick that has been decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) contact: u32,
    pub(super) counselor: u32,
    /// What the counselor had room for when chosen.
    pub(super) rooms: Rooms,
    pub(super) is_owed: bool,
    pub(super) is_pulled: bool,
    pub(super) contacts_considered: u32,
    pub(super) counselors_considered: u32,
    pub(super) runner_up: Option<CounselorId>,
}

impl Switchboard {
    /// Rings a waiting contact at a free counselor.
    pub(super) fn ring(&mut self, chosen: &Chosen) {
        let Some(pick) = self.explain(chosen) else { return };
        self.count_passed(chosen);
        let now = self.house.at;
        self.house.offers = self.house.offers.saturating_add(1);
        self.mark_house();
        let offer = OfferId(self.house.offers);
        self.unlist(chosen.counselor);
        self.leave_queue(chosen.contact);
        self.disarm_waiting(chosen.contact);
        let expires_at = now + self.rules.ring_ms;
        let until =
            self.timers.arm(Reason::OfferExpires, expires_at, Owner::Contact(chosen.contact));
        let Some(counselor) = self.counselors.get(chosen.counselor).map(Counselor::id) else {
            return;
        };
        let Some(found) = self.mark(chosen.contact) else { return };
        let contact = found.contact;
        if let Place::Waiting { wait, .. } = found.place {
            found.place = Place::Offered { wait, offer, counselor, until };
        }
        if let Some(found) = self.mark_counselor(chosen.counselor) {
            found.offer = Some(Ringing { offer, contact, pick });
        }
        self.bump(chosen.contact, |counters| &mut counters.offered, 1);
        self.tell(Effect::Offer { offer, contact, counselor, expires_at, pick });
    }

    /// Why this contact, why this counselor.
    fn explain(&self, chosen: &Chosen) -> Option<Pick> {
        let now = self.house.at;
        let contact = self.contacts.get(chosen.contact)?;
        let counselor = self.counselors.get(chosen.counselor)?;
        let queue = contact.spot?.queue;
        let is_triage = matches!(*self.queues.get(queue)?.need, Need::Seat(_));
        let rule = if chosen.is_pulled {
            Rule::Pulled
        } else if chosen.is_owed {
            Rule::Overdue
        } else if is_triage {
            Rule::Triage
        } else if contact.preferred == Some(counselor.id()) {
            Rule::SameCounselor
        } else if contact.head {
            Rule::HeadOfPlace
        } else {
            Rule::RiskThenAge
        };
        Some(Pick {
            rule,
            risk: contact.risk,
            waited_ms: now.ms_since(contact.arrived_at),
            step: contact.wait().map_or(0, |wait| wait.phase.step()),
            fit: counselor.fit_for(queue),
            idle_ms: now.ms_since(counselor.idle_since),
            contacts_considered: chosen.contacts_considered,
            counselors_considered: chosen.counselors_considered,
            runner_up: chosen.runner_up,
        })
    }

    /// One more pick that passed the oldest overdue contact by, or one that did not.
    fn count_passed(&mut self, chosen: &Chosen) {
        let oldest = self.oldest_overdue_for(chosen.counselor, chosen.rooms);
        let Some(found) = self.counselors.at_mut(chosen.counselor) else { return };
        let before = found.passed;
        found.passed = match oldest {
            Some((_, oldest)) if oldest != chosen.contact => before.saturating_add(1),
            Some(_) | None => 0,
        };
        let after = found.passed;
        self.count_owing(before, after);
    }

    pub(super) fn count_owing(&mut self, before: u32, after: u32) {
        let passes_max = self.rules.passes_max;
        if before >= passes_max {
            self.owing_count = self.owing_count.saturating_sub(1);
        }
        if after >= passes_max {
            self.owing_count = self.owing_count.saturating_add(1);
        }
    }

    /// Puts the timers of waiting aside.
    pub(super) fn disarm_waiting(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact) else { return };
        let (number, roster) = (found.number, found.place.roster());
        let Some(widens) = found.wait().map(|wait| wait.widens) else { return };
        self.timers.disarm(Reason::PlanWidens, widens);
        if let Some(roster) = roster {
            self.timers.disarm(Reason::RosterEmpty, Stamp { due: roster.due, number });
        }
    }

    pub(super) fn accept(&mut self, counselor: CounselorId, offer: OfferId) {
        let Some((number, contact)) = self.ringing(counselor, offer) else { return };
        self.stop_ringing(contact, Withdrawn::Accepted);
        let now = self.house.at;
        let shown = self.shown(number);
        let Some(found) = self.touch(contact) else { return };
        let (id, line, is_voice) = (found.contact, found.line, found.channel.is_voice());
        let is_first = !found.connected_once;
        found.head = false;
        found.connected_once = true;
        found.counselor_last = Some(counselor);
        found.place = Place::Talking { counselor, since: now, seeker: Seeker::Here };
        self.count_waiting(line, false);
        self.moved();
        if let Some(found) = self.touch_counselor(number) {
            found.misses = 0;
            found.held.push(Held { contact: id, is_voice, is_talking: true });
        }
        if is_first {
            self.count_answer(contact);
        }
        if self.house.connects.len() >= House::CONNECTS_MAX {
            self.house.connects.remove(0);
        }
        self.house.connects.push(now);
        self.tell(Effect::Connect { contact: id, counselor });
        self.show_work(number, shown);
    }

    pub(super) fn decline(&mut self, counselor: CounselorId, offer: OfferId) {
        let Some((number, contact)) = self.ringing(counselor, offer) else { return };
        let now = self.house.at;
        self.stop_ringing(contact, Withdrawn::Declined);
        if let Some(found) = self.touch_counselor(number) {
            found.misses = 0;
            found.idle_since = now;
        }
        self.bump(contact, |counters| &mut counters.declined, 1);
        self.bar(contact, counselor);
        self.wait_again(contact, Seeker::Here, Some(Queued::OfferDeclined));
    }

    /// Nobody answered.
    pub(super) fn expire(&mut self, contact: u32) {
        let Some(number) = self.stop_ringing(contact, Withdrawn::Expired) else { return };
        let now = self.house.at;
        self.bump(contact, |counters| &mut counters.missed, 1);
        let Some(found) = self.touch_counselor(number) else { return };
        found.idle_since = now;
        found.misses = found.misses.saturating_add(1);
        let (counselor, is_away) = (found.id(), found.misses >= MISSES_UNTIL_AWAY);
        self.bar(contact, counselor);
        self.wait_again(contact, Seeker::Here, Some(Queued::OfferMissed));
        if is_away {
            if let Some(found) = self.touch_counselor(number) {
                found.misses = 0;
                found.wish = Wish::Away;
            }
            self.show(number, PresenceReason::MissedTwice);
        }
    }

    /// The offer that rings at a counselor, if it is this one; else refuses.
    fn ringing(&mut self, counselor: CounselorId, offer: OfferId) -> Option<(u32, u32)> {
        let Some(number) = self.counselors.lookup(counselor) else {
            self.refuse(Refusal::UnknownCounselor);
            return None;
        };
        let ringing = self.counselors.get(number).and_then(|found| found.offer);
        let contact = ringing
            .filter(|ringing| ringing.offer == offer)
            .and_then(|ringing| self.contacts.lookup(ringing.contact));
        if contact.is_none() {
            self.refuse(Refusal::OfferGone);
        }
        contact.map(|contact| (number, contact))
    }

    /// Ends the ringing of an offered contact and says at which counselor it rang.
    /// The caller gives the contact its next place.
    pub(super) fn stop_ringing(&mut self, contact: u32, reason: Withdrawn) -> Option<u32> {
        let found = self.contacts.get(contact)?;
        let Place::Offered { offer, counselor, until, .. } = found.place else { return None };
        let id = found.contact;
        self.timers.disarm(Reason::OfferExpires, until);
        let number = self.counselors.lookup(counselor)?;
        if let Some(found) = self.touch_counselor(number) {
            found.offer = None;
        }
        self.tell(Effect::Withdraw { offer, contact: id, counselor, reason });
        Some(number)
    }

    /// After an offer: back to waiting; with a reason, at the head.
    pub(super) fn wait_again(&mut self, contact: u32, seeker: Seeker, reason: Option<Queued>) {
        let now = self.house.at;
        let Some(found) = self.touch(contact) else { return };
        let Place::Offered { wait, .. } = found.place else { return };
        found.place = Place::Waiting { wait, seeker, roster: None };
        let id = found.contact;
        if let Some(reason) = reason {
            found.head = true;
            self.tell(Effect::Queued { contact: id, reason, note: None });
        }
        self.moved();
        let Wait { widens, .. } = wait;
        if widens.due <= now {
            self.widen(contact);
        } else {
            self.timers.keep(Reason::PlanWidens, widens, Owner::Contact(contact));
        }
    }

    /// The counselor is gone or stopped: what rings goes back, nobody's fault.
    pub(super) fn withdraw_from(&mut self, counselor: u32) {
        let ringing = self.counselors.get(counselor).and_then(|found| found.offer);
        let Some(contact) = ringing.and_then(|ringing| self.contacts.lookup(ringing.contact))
        else {
            return;
        };
        self.stop_ringing(contact, Withdrawn::CounselorGone);
        self.wait_again(contact, Seeker::Here, Some(Queued::OfferWithdrawn));
    }

    /// Keeps a contact from a counselor for a while.
    pub(super) fn bar(&mut self, contact: u32, counselor: CounselorId) {
        let due = self.house.at + self.rules.bar_ms;
        let until = self.timers.arm(Reason::BarLifts, due, Owner::Contact(contact));
        let Some(found) = self.mark(contact) else { return };
        let before = found.bars.iter_mut().find(|bar| bar.counselor == counselor);
        if let Some(bar) = before {
            let lifted = std::mem::replace(&mut bar.until, until);
            self.timers.disarm(Reason::BarLifts, lifted);
            return;
        }
        found.bars.push(Bar { counselor, until });
        *self.bars_by_counselor.entry(counselor).or_default() += 1;
    }

    pub(super) fn lift_bar(&mut self, contact: u32, stamp: Stamp) {
        let Some(found) = self.mark(contact) else { return };
        let Some(place) = found.bars.iter().position(|bar| bar.until == stamp) else { return };
        let bar = found.bars.swap_remove(place);
        if found.is_ready() {
            self.event.became_waiting.push(contact);
        }
        self.count_bar_less(bar.counselor);
    }

    pub(super) fn count_bar_less(&mut self, counselor: CounselorId) {
        if let Some(count) = self.bars_by_counselor.get_mut(&counselor) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.bars_by_counselor.remove(&counselor);
            }
        }
    }

    /// "I can take one more."
    pub(super) fn pull_one(&mut self, counselor: CounselorId) {
        let Some(number) = self.counselors.lookup(counselor) else {
            return self.refuse(Refusal::UnknownCounselor);
        };
        let Some(found) = self.counselors.get(number) else { return };
        let chats_max = found.profile.chats_max;
        let limit = chats_max.saturating_add(1).min(self.rules.chats_hard_max);
        let has_room = chats_max > 0 && found.chats_held() < usize::from(limit);
        if !found.is_ready() || found.offer.is_some() || !has_room {
            return self.refuse(Refusal::AtCapacity);
        }
        let rooms = Rooms { voice: Room::No, ..self.rooms_with(found, usize::from(limit)) };
        let heads = self.heads(number, rooms);
        let Some((turn, contact)) = heads.first else { return self.refuse(Refusal::NobodyWaits) };
        self.ring(&Chosen {
            contact,
            counselor: number,
            rooms,
            is_owed: turn.is_owed(),
            is_pulled: true,
            contacts_considered: heads.count,
            counselors_considered: 1,
            runner_up: None,
        });
    }
}
