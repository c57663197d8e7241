//! The process started anew: every socket is gone, every offer unheard.

use super::Switchboard;
use super::contact::Place;
use super::contact::Seeker;
use super::counselor::{Counselor, Socket};
use super::effect::{Queued, Reason, Withdrawn};
use super::timer::{Owner, Stamp};
use crate::clock::At;
use crate::ids::OfferId;

impl Switchboard {
    pub(super) fn restarted(&mut self, at: At) {
        let away_ms = at.ms_since(self.house.at);
        self.set_now(at);
        self.put_off(away_ms);
        let mut ringing: Vec<(OfferId, u32)> = self
            .contacts
            .iter()
            .filter_map(|(number, found)| match found.place {
                Place::Offered { offer, .. } => Some((offer, number)),
                Place::Waiting { .. } | Place::Talking { .. } | Place::WrapUp { .. } => None,
            })
            .collect();
        ringing.sort_unstable();
        for (_, contact) in ringing {
            self.stop_ringing(contact, Withdrawn::Restarted);
            self.wait_again(contact, Seeker::Here, Some(Queued::OfferWithdrawn));
        }
        self.lose_every_socket();
    }

    /// Nobody could reach us for so long: no wait runs out because of that.
    fn put_off(&mut self, away_ms: i64) {
        if away_ms == 0 {
            return;
        }
        if let Some(since) = &mut self.house.roster_empty_since {
            *since = *since + away_ms;
        }
        let later = |stamp: Stamp| Stamp { due: stamp.due + away_ms, ..stamp };
        for number in self.contacts.numbers() {
            let owner = Owner::Contact(number);
            self.disarm_waiting(number);
            let Some(found) = self.mark(number) else { continue };
            let arrival = found.number;
            match &mut found.place {
                Place::Waiting { wait, roster, .. } => {
                    wait.began = wait.began + away_ms;
                    wait.widens = later(wait.widens);
                    let widens = wait.widens;
                    let due = roster.as_mut().map(|roster| {
                        roster.due = roster.due + away_ms;
                        roster.due
                    });
                    self.timers.keep(Reason::PlanWidens, widens, owner);
                    if let Some(due) = due {
                        let stamp = Stamp { due, number: arrival };
                        self.timers.keep(Reason::RosterEmpty, stamp, owner);
                    }
                }
                Place::Offered { wait, .. } => {
                    wait.began = wait.began + away_ms;
                    wait.widens = later(wait.widens);
                }
                Place::Talking { .. } | Place::WrapUp { .. } => {}
            }
        }
        self.put_off_drops(later);
    }

    fn put_off_drops(&mut self, later: impl Fn(Stamp) -> Stamp) {
        for number in self.drops.numbers() {
            let Some(drop) = self.drops.at_mut(number) else { continue };
            let before = drop.forgotten;
            drop.forgotten = later(before);
            let (contact, after) = (drop.contact, drop.forgotten);
            self.timers.disarm(Reason::ReturnEnds, before);
            self.timers.keep(Reason::ReturnEnds, after, Owner::Drop(number));
            self.changed.push_back(super::Changed::Drop(contact));
        }
    }

    fn lose_every_socket(&mut self) {
        let mut seekers: Vec<(u64, u32)> = self
            .contacts
            .iter()
            .filter(|(_, found)| {
                matches!(found.place, Place::Waiting { .. } | Place::Talking { .. })
            })
            .map(|(number, found)| (found.number, number))
            .collect();
        seekers.sort_unstable();
        for (_, contact) in seekers {
            self.lose_seeker_again(contact);
        }
        let mut counselors: Vec<_> =
            self.counselors.iter().map(|(number, found)| (found.id(), number)).collect();
        counselors.sort_unstable();
        for (_, counselor) in counselors {
            match self.counselors.get(counselor) {
                Some(Counselor { socket: Socket::Here, .. }) => self.lose_counselor(counselor),
                Some(Counselor { socket: Socket::Gone { grace }, .. }) => {
                    self.timers.disarm(Reason::CounselorGraceEnds, *grace);
                    self.lose_counselor(counselor);
                }
                Some(Counselor { socket: Socket::Lost, .. }) | None => {}
            }
        }
    }

    /// The grace starts anew; when the socket was gone first stays known.
    fn lose_seeker_again(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact) else { return };
        let (Place::Waiting { seeker, .. } | Place::Talking { seeker, .. }) = &found.place else {
            return;
        };
        let before = *seeker;
        self.disarm_grace(before);
        match before {
            Seeker::Here => self.lose_seeker(contact),
            Seeker::Gone { since, .. } => {
                let grace = self.arm_seeker_grace(contact);
                self.set_seeker(contact, Seeker::Gone { since, grace });
            }
        }
    }
}
