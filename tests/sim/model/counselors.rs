//! What counselors and supervisors do, and what happens when a socket or the process goes.

use super::{Counselor, Model, Place, Timer, Whom};
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, CounselorId};
use xinqiao::switchboard::effect::{PresenceReason, Queued, Released, Withdrawn};
use xinqiao::switchboard::measure::Work;
use xinqiao::switchboard::{Effect, Presence, Profile, Reason, Refusal, Wish};

impl Model {
    // ── the office ──────────────────────────────────────────────────

    pub(crate) fn save_counselor(&mut self, profile: Profile) {
        if let Some(one) = self.counselor_mut(profile.counselor) {
            one.profile = profile;
            return;
        }
        self.counselors.push(Counselor {
            profile,
            wish: Wish::Offline,
            connected: false,
            in_grace: false,
            stop: false,
            misses: 0,
            idle_since: At(0),
            passed: 0,
            was_ready: false,
            work: Work::default(),
            goes_home: false,
            shown: Presence::Offline,
        });
    }

    pub(crate) fn remove_counselor(&mut self, counselor: CounselorId) {
        if self.counselor(counselor).is_none() {
            return self.refuse(Refusal::UnknownCounselor);
        }
        self.send_home(counselor, PresenceReason::Removed);
        self.disarm(Reason::CounselorGraceEnds, Whom::Counselor(counselor));
        self.counselors.retain(|one| one.profile.counselor != counselor);
    }

    // ── presence ────────────────────────────────────────────────────

    /// What a counselor is shown as.
    pub(crate) fn presence(&self, counselor: &Counselor) -> Presence {
        let held = self.held(counselor.profile.counselor);
        if held.iter().any(|contact| matches!(contact.place, Place::Talking { .. })) {
            return Presence::Engaged;
        }
        if !held.is_empty() {
            return Presence::WrapUp;
        }
        match counselor.wish {
            Wish::Offline => Presence::Offline,
            Wish::Available if !counselor.stop => Presence::Available,
            Wish::Away | Wish::Available => Presence::Away,
        }
    }

    /// Tells the world what a counselor is shown as.
    pub(crate) fn say_presence(&mut self, counselor: CounselorId, reason: PresenceReason) {
        let one = self.counselor(counselor).unwrap();
        let (presence, wish) = (self.presence(one), one.wish);
        self.effects.push(Effect::Presence { counselor, presence, wish, reason });
        self.counselor_mut(counselor).unwrap().shown = presence;
    }

    /// The same, if it has changed.
    pub(crate) fn tell_presence(&mut self, counselor: CounselorId, reason: PresenceReason) {
        let one = self.counselor(counselor).unwrap();
        if self.presence(one) != one.shown && !one.goes_home {
            self.say_presence(counselor, reason);
        }
    }

    pub(crate) fn set_wish(&mut self, counselor: CounselorId, wish: Wish) {
        let Some(one) = self.counselor_mut(counselor) else {
            return self.refuse(Refusal::UnknownCounselor);
        };
        one.wish = wish;
        if wish != Wish::Available {
            self.stop_ringing(counselor);
        }
        self.say_presence(counselor, PresenceReason::Wished);
    }

    pub(crate) fn set_stop(&mut self, counselor: CounselorId, stop: bool) {
        let Some(one) = self.counselor_mut(counselor) else {
            return self.refuse(Refusal::UnknownCounselor);
        };
        one.stop = stop;
        if stop {
            self.stop_ringing(counselor);
        }
        self.tell_presence(counselor, PresenceReason::LoadGuard);
    }

    /// The counselor cannot answer any more; the contact goes back to the head.
    fn stop_ringing(&mut self, counselor: CounselorId) {
        if let Some(contact) = self.ringing(counselor).map(|contact| contact.contact) {
            self.withdraw(contact, Withdrawn::CounselorGone);
            self.back_to_head(contact, Queued::OfferWithdrawn);
        }
    }

    // ── sockets ─────────────────────────────────────────────────────

    pub(crate) fn counselor_connected(&mut self, counselor: CounselorId) {
        if let Some(one) = self.counselor_mut(counselor)
            && !one.connected
        {
            one.connected = true;
            one.in_grace = false;
            self.disarm(Reason::CounselorGraceEnds, Whom::Counselor(counselor));
            self.say_presence(counselor, PresenceReason::Connected);
        }
    }

    pub(crate) fn counselor_lost(&mut self, counselor: CounselorId) {
        if self.counselor(counselor).is_some_and(|one| one.connected) {
            self.lose_counselor(counselor);
            self.stop_ringing(counselor);
        }
    }

    fn lose_counselor(&mut self, counselor: CounselorId) {
        let one = self.counselor_mut(counselor).unwrap();
        one.connected = false;
        one.in_grace = true;
        let grace_ms = self.rules.counselor_grace_ms;
        self.arm(Reason::CounselorGraceEnds, Whom::Counselor(counselor), grace_ms);
    }

    pub(crate) fn counselor_grace_ends(&mut self, counselor: CounselorId) {
        self.counselor_mut(counselor).unwrap().in_grace = false;
        self.send_home(counselor, PresenceReason::Lost);
    }

    pub(crate) fn log_out(&mut self, counselor: CounselorId) {
        if self.counselor(counselor).is_none() {
            return self.refuse(Refusal::UnknownCounselor);
        }
        self.send_home(counselor, PresenceReason::LoggedOut);
    }

    /// Offline, and nothing in their hands any more.
    fn send_home(&mut self, counselor: CounselorId, why: PresenceReason) {
        self.stop_ringing(counselor);
        let one = self.counselor_mut(counselor).unwrap();
        one.wish = Wish::Offline;
        one.shown = Presence::Offline;
        one.goes_home = true;
        let (presence, wish, reason) = (Presence::Offline, Wish::Offline, why);
        self.effects.push(Effect::Presence { counselor, presence, wish, reason });
        let held: Vec<(ContactId, Place)> = self
            .held(counselor)
            .into_iter()
            .map(|contact| (contact.contact, contact.place.clone()))
            .collect();
        for (contact, place) in held {
            if matches!(place, Place::WrapUp { .. }) {
                self.close_wrap_up(contact);
            } else {
                self.take_back(contact, counselor, why);
            }
        }
        self.counselor_mut(counselor).unwrap().goes_home = false;
    }

    fn take_back(&mut self, contact: ContactId, counselor: CounselorId, why: PresenceReason) {
        let (released, queued) = match why {
            PresenceReason::LoggedOut => (Released::LoggedOut, Queued::CounselorLoggedOut),
            _ => (Released::CounselorLost, Queued::CounselorLost),
        };
        self.release(contact, counselor, released);
        let one = self.contact_mut(contact);
        one.head = true;
        one.preferred = None;
        self.start_plan(contact);
        self.tell_queued(contact, queued, None);
    }

    // ── the house ───────────────────────────────────────────────────

    /// The process was away since `last`: nobody could reach it, so nobody's patience ran.
    pub(crate) fn restarted(&mut self, last: At) {
        self.put_off_waits(if last == At(i64::MIN) { 0 } else { self.now - last });
        let mut ringing: Vec<(u64, ContactId)> = Vec::new();
        for contact in &self.contacts {
            if let Place::Offered { offer, .. } = contact.place {
                ringing.push((offer.0, contact.contact));
            }
        }
        ringing.sort_unstable();
        for (_, contact) in ringing {
            self.withdraw(contact, Withdrawn::Restarted);
            self.back_to_head(contact, Queued::OfferWithdrawn);
        }
        for contact in self.contacts.clone() {
            if !matches!(contact.place, Place::WrapUp { .. }) {
                self.lose_seeker(contact.contact);
            }
        }
        let mut there: Vec<CounselorId> = self
            .counselors
            .iter()
            .filter(|one| one.connected || one.in_grace)
            .map(|one| one.profile.counselor)
            .collect();
        there.sort_unstable();
        for counselor in there {
            self.lose_counselor(counselor);
        }
    }

    fn put_off_waits(&mut self, by_ms: i64) {
        let put_off = |timer: &mut Timer| {
            if matches!(timer.reason, Reason::PlanWidens | Reason::RosterEmpty | Reason::ReturnEnds)
            {
                timer.due = timer.due + by_ms;
            }
        };
        self.timers.iter_mut().for_each(put_off);
        for contact in &mut self.contacts {
            contact.step_aside.iter_mut().for_each(put_off);
            contact.began_at = contact.began_at + by_ms;
            contact.roster_armed_for = contact.roster_armed_for.map(|from| from + by_ms);
        }
        self.roster_empty_since = self.roster_empty_since.map(|since| since + by_ms);
    }
}
