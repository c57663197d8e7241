//! Counselors come, say what they wish, are stopped, and go.

use super::counselor::{Counselor, Socket};
use super::effect::{Effect, Presence, PresenceReason, Queued, Reason, Refusal, Released};
use super::input::Wish;
use super::timer::Owner;
use super::{Profile, Switchboard};
use crate::ids::CounselorId;

impl Switchboard {
    /// The office saved a counselor: new, or with other skills and capacity.
    pub(super) fn counselor_saved(&mut self, mut profile: Profile) {
        profile.skills.sort_unstable();
        profile.skills.dedup_by_key(|(skill, _)| *skill);
        let id = profile.counselor;
        let number = match self.counselors.lookup(id) {
            Some(number) => number,
            None => self.counselors.add(id, Counselor::new(profile.clone(), self.house.at)),
        };
        if let Some(found) = self.touch_counselor(number) {
            found.profile = profile;
        }
        self.rejoin_queues(number);
    }

    pub(super) fn counselor_removed(&mut self, counselor: CounselorId) {
        let Some(number) = self.known(counselor) else { return };
        self.withdraw_from(number);
        self.set_offline(number, PresenceReason::Removed);
        self.release_all(number, Released::CounselorLost, Queued::CounselorLost);
        self.leave_queues(number);
        self.set_on_shift(number, false);
        let Some(found) = self.counselors.remove(counselor) else { return };
        self.count_owing(found.passed, 0);
        if let Socket::Gone { grace } = found.socket {
            self.timers.disarm(Reason::CounselorGraceEnds, grace);
        }
    }

    pub(super) fn counselor_connected(&mut self, counselor: CounselorId) {
        let Some(number) = self.counselors.lookup(counselor) else { return };
        let Some(found) = self.counselors.get(number) else { return };
        match found.socket {
            Socket::Here => return,
            Socket::Gone { grace } => self.timers.disarm(Reason::CounselorGraceEnds, grace),
            Socket::Lost => {}
        }
        self.change(number, |found| found.socket = Socket::Here);
        self.show(number, PresenceReason::Connected);
    }

    pub(super) fn counselor_lost(&mut self, counselor: CounselorId) {
        let Some(number) = self.counselors.lookup(counselor) else { return };
        if self.counselors.get(number).is_none_or(|found| found.socket != Socket::Here) {
            return;
        }
        self.withdraw_from(number);
        self.lose_counselor(number);
    }

    pub(super) fn lose_counselor(&mut self, counselor: u32) {
        let due = self.house.at + self.rules.counselor_grace_ms;
        let grace = self.timers.arm(Reason::CounselorGraceEnds, due, Owner::Counselor(counselor));
        self.change(counselor, |found| found.socket = Socket::Gone { grace });
    }

    pub(super) fn counselor_grace_ends(&mut self, counselor: u32) {
        self.change(counselor, |found| found.socket = Socket::Lost);
        self.set_offline(counselor, PresenceReason::Lost);
        self.release_all(counselor, Released::CounselorLost, Queued::CounselorLost);
    }

    pub(super) fn log_out(&mut self, counselor: CounselorId) {
        let Some(number) = self.known(counselor) else { return };
        self.withdraw_from(number);
        self.set_offline(number, PresenceReason::LoggedOut);
        self.release_all(number, Released::LoggedOut, Queued::CounselorLoggedOut);
    }

    pub(super) fn wish(&mut self, counselor: CounselorId, wish: Wish) {
        let Some(number) = self.known(counselor) else { return };
        if wish != Wish::Available {
            self.withdraw_from(number);
        }
        self.change(number, |found| found.wish = wish);
        self.show(number, PresenceReason::Wished);
    }

    pub(super) fn load_guard(&mut self, counselor: CounselorId, stop: bool) {
        let Some(number) = self.known(counselor) else { return };
        let shown = self.shown(number);
        if stop {
            self.withdraw_from(number);
        }
        self.change(number, |found| found.stop = stop);
        if self.shown(number) != shown {
            self.show(number, PresenceReason::LoadGuard);
        }
    }

    fn known(&mut self, counselor: CounselorId) -> Option<u32> {
        let number = self.counselors.lookup(counselor);
        if number.is_none() {
            self.refuse(Refusal::UnknownCounselor);
        }
        number
    }

    /// Changes what makes a counselor ready; who becomes ready is idle from now.
    fn change(&mut self, counselor: u32, change: impl FnOnce(&mut Counselor)) {
        let now = self.house.at;
        let Some(found) = self.touch_counselor(counselor) else { return };
        let was_ready = found.is_ready();
        change(found);
        if found.is_ready() && !was_ready {
            found.idle_since = now;
        }
    }

    /// Gone for good: shown as offline, whatever is still in hand.
    fn set_offline(&mut self, counselor: u32, reason: PresenceReason) {
        let Some(found) = self.touch_counselor(counselor) else { return };
        found.wish = Wish::Offline;
        let counselor = found.id();
        let (presence, wish) = (Presence::Offline, Wish::Offline);
        self.tell(Effect::Presence { counselor, presence, wish, reason });
    }

    pub(super) fn shown(&self, counselor: u32) -> Presence {
        self.counselors.get(counselor).map_or(Presence::Offline, Counselor::presence)
    }

    pub(super) fn show(&mut self, counselor: u32, reason: PresenceReason) {
        let Some(found) = self.counselors.get(counselor) else { return };
        let (presence, wish, counselor) = (found.presence(), found.wish, found.id());
        self.tell(Effect::Presence { counselor, presence, wish, reason });
    }

    /// Work changed what is shown.
    pub(super) fn show_work(&mut self, counselor: u32, before: Presence) {
        if self.shown(counselor) != before {
            self.show(counselor, PresenceReason::Work);
        }
    }
}
