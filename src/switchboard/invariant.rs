//! Every invariant of the machine, checked against its own state.
//!
//! For tests, the simulated nights and the doctor; O(n) and slow. What is derived
//! (queues, lists of the free, counts) is compared with what it is derived from.

use super::Switchboard;
use super::contact::{Contact, Place, Seeker};
use super::counselor::{Counselor, Rooms, Socket};
use super::effect::Reason;
use super::event::waiter;
use super::queue::Queue;
use super::roster::free;
use super::timer::{Owner, Stamp};
use crate::ids::CounselorId;
use std::collections::BTreeMap;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broken invariant: {what}")]
pub struct Broken {
    /// Which, and of whom.
    pub what: String,
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { what: what() }) }
}

impl Switchboard {
    /// Checks every invariant, for tests and the doctor.
    ///
    /// # Errors
    /// The first that is broken.
    pub fn check(&self) -> Result<(), Broken> {
        self.check_timers()?;
        for (number, contact) in self.contacts.iter() {
            self.check_contact(contact)?;
            self.check_spot(number, contact)?;
        }
        for (number, counselor) in self.counselors.iter() {
            self.check_counselor(counselor)?;
            self.check_lists(number, counselor)?;
        }
        for (_, queue) in self.queues.iter() {
            self.check_queue(queue)?;
        }
        self.check_counts()?;
        self.check_nobody_waits_in_vain()
    }

    /// Every wait has a timer, every timer a living owner that knows it.
    fn check_timers(&self) -> Result<(), Broken> {
        let mut wanted: Vec<(Reason, Stamp, Owner)> = Vec::new();
        for (number, contact) in self.contacts.iter() {
            let owner = Owner::Contact(number);
            contact.each_timer(&mut |reason, stamp| wanted.push((reason, stamp, owner)));
        }
        for (number, counselor) in self.counselors.iter() {
            if let Socket::Gone { grace } = counselor.socket {
                wanted.push((Reason::CounselorGraceEnds, grace, Owner::Counselor(number)));
            }
        }
        for (number, drop) in self.drops.iter() {
            wanted.push((Reason::ReturnEnds, drop.forgotten, Owner::Drop(number)));
        }
        for (reason, stamp, owner) in &wanted {
            ensure(self.timers.owner(*reason, *stamp) == Some(*owner), || {
                format!("the timer {reason:?} at {} of {owner:?} is armed", stamp.due.0)
            })?;
        }
        ensure(self.timers.len() == wanted.len(), || {
            format!("{} timers are armed for {} waits", self.timers.len(), wanted.len())
        })
    }

    /// A contact is in exactly one place, and whoever has it knows.
    fn check_contact(&self, contact: &Contact) -> Result<(), Broken> {
        let id = contact.contact;
        let of = |counselor: CounselorId| self.counselors.by_id(counselor);
        let rings =
            |counselor: &Counselor| counselor.offer.is_some_and(|ringing| ringing.contact == id);
        match &contact.place {
            Place::Waiting { roster, .. } => {
                let is_empty = self.house.roster_empty_since.is_some();
                ensure(roster.is_some() == is_empty, || {
                    format!("{id} has a timer of the empty roster if and only if it is empty")
                })
            }
            Place::Offered { counselor, .. } => ensure(of(*counselor).is_some_and(rings), || {
                format!("the offer of {id} rings at its counselor")
            }),
            Place::Talking { counselor, .. } | Place::WrapUp { counselor, .. } => {
                let is_talking = contact.is_talking();
                let is_held = of(*counselor).is_some_and(|found| {
                    let held = found.held.iter().filter(|held| held.contact == id);
                    held.map(|held| held.is_talking).eq([is_talking])
                });
                ensure(is_held, || format!("{id} is held once by its counselor"))
            }
        }
    }

    /// Waiting and connected: in the queue of its need in force, at its rank; else in none.
    fn check_spot(&self, number: u32, contact: &Contact) -> Result<(), Broken> {
        let id = contact.contact;
        let Some(spot) = contact.spot else {
            return ensure(!contact.is_ready(), || format!("{id} waits in a queue"));
        };
        let need = self.need_in_force(contact);
        let queue = self.queues.get(spot.queue);
        ensure(contact.is_ready(), || format!("{id} is in a queue because it waits"))?;
        ensure(
            queue.is_some_and(|queue| {
                queue.channel == contact.channel && need.is_some_and(|need| *queue.need == *need)
            }),
            || format!("{id} is in the queue of its need"),
        )?;
        let is_there = queue.is_some_and(|queue| {
            let mut shelf = queue.shelf(self.mixes(contact.line)).in_order();
            shelf.any(|place| place == (contact.rank(), waiter(number, contact)))
        });
        ensure(is_there, || format!("{id} stands at its rank"))
    }

    fn check_counselor(&self, counselor: &Counselor) -> Result<(), Broken> {
        let id = counselor.id();
        let offered = counselor.offer.is_none_or(|ringing| {
            self.contacts.by_id(ringing.contact).is_some_and(|contact| {
                matches!(contact.place, Place::Offered { offer, counselor, .. }
                    if offer == ringing.offer && counselor == id)
            })
        });
        ensure(offered, || format!("what rings at {id} is offered to them"))?;
        ensure(counselor.offer.is_none() || counselor.is_ready(), || {
            format!("an offer rings at {id} only if they are ready for it")
        })?;
        let holds = counselor
            .held
            .iter()
            .all(|held| self.contacts.by_id(held.contact).and_then(Contact::holder) == Some(id));
        ensure(holds, || format!("{id} holds what is theirs"))?;
        let voices = counselor.held.iter().filter(|held| held.is_voice).count();
        ensure(voices <= 1, || format!("{id} holds at most one voice contact"))?;
        ensure(counselor.index.is_on_shift == counselor.is_on_shift(), || {
            format!("{id} is counted as on shift if they are")
        })
    }

    /// A counselor serves exactly the queues they meet and is listed exactly where they have room.
    fn check_lists(&self, number: u32, counselor: &Counselor) -> Result<(), Broken> {
        let id = counselor.id();
        let is_seat = |line| {
            self.lines.get(&line).is_some_and(|line| line.row.line.triage_seats.contains(&id))
        };
        let rooms = self.rooms(number);
        let listed = counselor.index.listed;
        ensure(listed.map_or_else(Rooms::default, |listed| listed.rooms) == rooms, || {
            format!("{id} is listed for what they have room for")
        })?;
        for (key, queue) in self.queues.iter() {
            let mut serves = counselor.index.serves.iter().filter(|(served, _)| *served == key);
            let is_met = queue.need.is_met_by(&counselor.profile, &is_seat);
            let wanted = is_met.then(|| queue.need.fit(&counselor.profile));
            ensure(
                serves.next().map(|(_, fit)| *fit) == wanted && serves.next().is_none(),
                || format!("{id} serves the queues whose needs they meet"),
            )?;
            let (Some(fit), Some(listing)) = (wanted, listed) else { continue };
            let Some(only_mixing) = rooms.in_channel(queue.channel) else { continue };
            let place = free(number, id, listing, fit);
            ensure(
                listing.idle_since == counselor.idle_since && queue.is_listed(place, only_mixing),
                || format!("{id} is in the lists of the free"),
            )?;
        }
        Ok(())
    }

    fn check_queue(&self, queue: &Queue) -> Result<(), Broken> {
        let named = || format!("{:?} {:?}", queue.channel, queue.need);
        let waiters = || {
            let plain = queue.shelf(false).in_order();
            plain.chain(queue.shelf(true).in_order())
        };
        let len = u32::try_from(waiters().count()).unwrap_or(u32::MAX);
        ensure(queue.len == len, || format!("queue {} counts its contacts", named()))?;
        let are_there = waiters().all(|(_, waiter)| {
            self.contacts
                .get(waiter.contact)
                .is_some_and(|contact| contact.spot.is_some() && contact.number == waiter.number)
        });
        ensure(are_there, || format!("queue {} holds the living", named()))?;
        let free = queue.free_for(true).all(|free| {
            self.counselors.get(free.counselor).is_some_and(|counselor| {
                counselor.id() == free.id && counselor.index.listed.is_some()
            })
        });
        ensure(free, || format!("queue {} lists the free", named()))?;
        ensure(queue.free_for(true).count() == queue.free_count(true), || {
            format!("queue {} lists each free counselor once", named())
        })
    }

    fn check_counts(&self) -> Result<(), Broken> {
        let on_shift = self.counselors.iter().filter(|(_, found)| found.is_on_shift()).count();
        ensure(u32::try_from(on_shift) == Ok(self.on_shift_count), || {
            "those on shift are counted".to_owned()
        })?;
        ensure((on_shift == 0) == self.house.roster_empty_since.is_some(), || {
            "the roster is empty since a moment".to_owned()
        })?;
        for (id, line) in &self.lines {
            let of_line = |contact: &Contact| contact.line == *id && contact.wait().is_some();
            let waiting = self.contacts.iter().filter(|(_, found)| of_line(found)).count();
            ensure(u32::try_from(waiting) == Ok(line.waiting), || {
                format!("line {id} counts those that wait")
            })?;
            let seats = &line.row.line.triage_seats;
            let is_seated = |found: &Counselor| found.is_on_shift() && seats.contains(&found.id());
            let seated = self.counselors.iter().filter(|(_, found)| is_seated(found)).count();
            ensure(u32::try_from(seated) == Ok(line.seats_on_shift), || {
                format!("line {id} counts its seats on shift")
            })?;
        }
        let owing = self.counselors.iter().filter(|(_, found)| self.owes(found)).count();
        ensure(u32::try_from(owing) == Ok(self.owing_count), || {
            "those who owe are counted".to_owned()
        })?;
        let mut bars = BTreeMap::<CounselorId, u32>::new();
        for bar in self.contacts.iter().flat_map(|(_, found)| &found.bars) {
            *bars.entry(bar.counselor).or_default() += 1;
        }
        let counted = bars.len() == self.bars_by_counselor.len()
            && bars.iter().all(|(id, count)| self.bars_by_counselor.get(id) == Some(count));
        ensure(counted, || "bars are counted".to_owned())
    }

    /// Nobody waits while a counselor is free who can take them.
    fn check_nobody_waits_in_vain(&self) -> Result<(), Broken> {
        for (number, counselor) in self.counselors.iter() {
            let heads = self.heads(number, self.rooms(number));
            ensure(heads.first.is_none(), || {
                format!("{} is free and somebody they can take waits", counselor.id())
            })?;
        }
        Ok(())
    }
}

impl Contact {
    /// The timers that must be armed for it.
    fn each_timer(&self, visit: &mut dyn FnMut(Reason, Stamp)) {
        match &self.place {
            Place::Waiting { wait, seeker, roster } => {
                visit(Reason::PlanWidens, wait.widens);
                if let Seeker::Gone { grace, .. } = seeker {
                    visit(Reason::SeekerGraceEnds, *grace);
                }
                if let Some(roster) = roster {
                    let stamp = Stamp { due: roster.due, number: self.number };
                    visit(Reason::RosterEmpty, stamp);
                }
            }
            Place::Offered { until, .. } => visit(Reason::OfferExpires, *until),
            Place::Talking { seeker: Seeker::Gone { grace, .. }, .. } => {
                visit(Reason::SeekerGraceEnds, *grace);
            }
            Place::Talking { seeker: Seeker::Here, .. } => {}
            Place::WrapUp { until, .. } => visit(Reason::WrapUpEnds, *until),
        }
        for bar in &self.bars {
            visit(Reason::BarLifts, bar.until);
        }
    }
}
