//! Who gets whom.
//!
//! Between events no waiting contact has a free counselor who can take it. So a
//! new pair has a counselor who became free or a contact that became waiting in it, and
//! only those are looked at: a counselor at the first contact of each queue they serve,
//! a contact at the first free counselor of its queue. The result is that of the
//! law's plain sentence (contacts in serving order, each to its best counselor).

use super::Switchboard;
use super::counselor::{Counselor, Rooms};
use super::event::waiter;
use super::offer::Chosen;
use super::queue::{Queue, Waiter};
use crate::ids::CounselorId;

/// From how many counselors that became free at once all contacts are looked at in
/// order, instead of each counselor's first again after each pick.
const FEW: usize = 8;

/// Place in the serving order: owed before the others, then rank, then arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    is_by_place: bool,
    rank: u8,
    number: u64,
}

impl Turn {
    const fn owed(number: u64) -> Self {
        Self { is_by_place: false, rank: 0, number }
    }

    const fn by_place(rank: u8, number: u64) -> Self {
        Self { is_by_place: true, rank, number }
    }

    pub(super) const fn is_owed(self) -> bool {
        !self.is_by_place
    }
}

/// The contact a counselor would be given.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heads {
    pub(super) first: Option<(Turn, u32)>,
    /// How many queues have a contact for them.
    pub(super) count: u32,
}

/// The counselor a contact would be given to.
#[derive(Clone, Copy, Debug)]
struct Best {
    counselor: u32,
    runner_up: Option<CounselorId>,
    count: u32,
}

/// Contacts that became waiting, in order of place.
#[derive(Debug, Default)]
struct Newcomers {
    by_turn: Vec<(Turn, u32)>,
    next: usize,
}

impl Switchboard {
    /// Makes every offer that can be made.
    pub(super) fn match_all(&mut self) {
        if self.event.became_waiting.is_empty() {
            match self.event.became_free.as_slice() {
                [] => return,
                &[counselor] => {
                    self.event.became_free.clear();
                    return self.match_freed(counselor);
                }
                _ => {}
            }
        }
        let waiting = std::mem::take(&mut self.event.became_waiting);
        let mut free = std::mem::take(&mut self.event.became_free);
        for &counselor in &free {
            let rooms = self.rooms(counselor);
            self.list(counselor, rooms);
        }
        let mut newcomers = self.newcomers(&waiting, free.len() > FEW);
        if free.len() > FEW {
            free.clear();
        }
        while let Some((turn, contact)) = self.next_turn(&free, &mut newcomers) {
            let Some(best) = self.best(contact, turn.is_owed()) else { break };
            let rooms = self.rooms(best.counselor);
            let chosen = Chosen {
                contact,
                counselor: best.counselor,
                rooms,
                is_owed: turn.is_owed(),
                is_pulled: false,
                contacts_considered: self.heads(best.counselor, rooms).count,
                counselors_considered: best.count,
                runner_up: best.runner_up,
            };
            self.ring(&chosen);
        }
    }

    /// One counselor became free and nothing else happened: nobody else can take what they can.
    fn match_freed(&mut self, counselor: u32) {
        let rooms = self.rooms(counselor);
        let heads = self.heads(counselor, rooms);
        match heads.first {
            None => self.list(counselor, rooms),
            Some((turn, contact)) => self.ring(&Chosen {
                contact,
                counselor,
                rooms,
                is_owed: turn.is_owed(),
                is_pulled: false,
                contacts_considered: heads.count,
                counselors_considered: 1,
                runner_up: None,
            }),
        }
    }

    /// The first contact in serving order that a counselor with these rooms could take.
    pub(super) fn heads(&self, counselor: u32, rooms: Rooms) -> Heads {
        let mut heads = Heads::default();
        let Some(found) = self.counselors.get(counselor) else { return heads };
        let barred = self.bars_by_counselor.contains_key(&found.id()).then(|| found.id());
        for &(queue, _) in &found.index.serves {
            let Some(queue) = self.queues.get(queue).filter(|queue| queue.len > 0) else {
                continue;
            };
            let Some(only_mixing) = rooms.in_channel(queue.channel) else { continue };
            let Some(head) = self.head_of(queue, only_mixing, barred) else { continue };
            heads.count = heads.count.saturating_add(1);
            if heads.first.is_none_or(|first| head < first) {
                heads.first = Some(head);
            }
        }
        if self.owes(found)
            && let Some(owed) = self.oldest_overdue_for(counselor, rooms)
        {
            heads.first = Some(owed);
        }
        heads
    }

    /// Whether a counselor has passed overdue contacts by as often as they may.
    pub(super) const fn owes(&self, counselor: &Counselor) -> bool {
        counselor.passed >= self.rules.passes_max
    }

    /// The overdue contact that arrived first among those a counselor with these rooms could take.
    pub(super) fn oldest_overdue_for(&self, counselor: u32, rooms: Rooms) -> Option<(Turn, u32)> {
        let found = self.counselors.get(counselor)?;
        let barred = self.bars_by_counselor.contains_key(&found.id()).then(|| found.id());
        let queues = found.index.serves.iter().filter_map(|&(queue, _)| self.queues.get(queue));
        let overdue = queues.filter(|queue| queue.len > 0).filter_map(|queue| {
            let only_mixing = rooms.in_channel(queue.channel)?;
            self.overdue_of(queue, only_mixing, barred)
        });
        overdue.min()
    }

    fn head_of(
        &self,
        queue: &Queue,
        only_mixing: bool,
        barred: Option<CounselorId>,
    ) -> Option<(Turn, u32)> {
        let on_shelf = |mixes: bool| {
            let first = match barred {
                None => queue.shelf(mixes).first(),
                Some(id) => queue.shelf(mixes).in_order().find(|(_, waiter)| {
                    self.contacts.get(waiter.contact).is_some_and(|found| !found.is_barred(id))
                }),
            };
            first.map(|(rank, waiter)| (Turn::by_place(rank, waiter.number), waiter.contact))
        };
        let plain = if only_mixing { None } else { on_shelf(false) };
        plain.into_iter().chain(on_shelf(true)).min()
    }

    /// The overdue contact of a queue that arrived first among those a counselor could take.
    fn overdue_of(
        &self,
        queue: &Queue,
        only_mixing: bool,
        barred: Option<CounselorId>,
    ) -> Option<(Turn, u32)> {
        let is_able = |waiter: &Waiter| {
            barred.is_none_or(|id| {
                self.contacts.get(waiter.contact).is_some_and(|found| !found.is_barred(id))
            })
        };
        let on_shelf = |mixes: bool| {
            let shelf = queue.shelf(mixes);
            shelf.oldest_overdue(self.house.at, &self.overdue_ms, &is_able)
        };
        let plain = if only_mixing { None } else { on_shelf(false) };
        let oldest = plain.into_iter().chain(on_shelf(true)).min()?;
        Some((Turn::owed(oldest.number), oldest.contact))
    }

    /// The contacts to look at besides those of the counselors who became free.
    fn newcomers(&self, waiting: &[u32], everybody: bool) -> Newcomers {
        let mut newcomers = Newcomers::default();
        let mut add = |contact: u32| {
            let Some(found) = self.contacts.get(contact) else { return };
            let Some(spot) = found.spot else { return };
            newcomers.by_turn.push((Turn::by_place(spot.rank, found.number), contact));
        };
        waiting.iter().copied().for_each(&mut add);
        if everybody {
            for (_, queue) in self.queues.iter().filter(|(_, queue)| queue.free_count(true) > 0) {
                for mixes in [false, true] {
                    queue.shelf(mixes).in_order().for_each(|(_, waiter)| add(waiter.contact));
                }
            }
        }
        newcomers.by_turn.sort_unstable();
        newcomers.by_turn.dedup();
        newcomers
    }

    /// Whose turn it is, among those who have a counselor.
    fn next_turn(&self, free: &[u32], newcomers: &mut Newcomers) -> Option<(Turn, u32)> {
        let of_free = free.iter().filter_map(|&counselor| {
            let listed = self.counselors.get(counselor)?.index.listed?;
            self.heads(counselor, listed.rooms).first
        });
        let of_free = of_free.min();
        // Who has no counselor now gets none later in this event: counselors only get fewer.
        let mut waiting = newcomers.by_turn.iter().enumerate().skip(newcomers.next);
        let by_place = waiting.find(|(_, (_, contact))| self.best(*contact, false).is_some());
        let by_place = by_place.map(|(place, &turn)| {
            newcomers.next = place;
            turn
        });
        let owed = if self.owing_count == 0 || by_place.is_none() {
            None
        } else {
            let by_turn = newcomers.by_turn.iter().skip(newcomers.next);
            by_turn.filter_map(|&(turn, contact)| self.owed(turn, contact)).min()
        };
        of_free.into_iter().chain(owed).chain(by_place).min()
    }

    /// The turn of an overdue contact that a free counselor who owes can take.
    fn owed(&self, turn: Turn, contact: u32) -> Option<(Turn, u32)> {
        let found = self.contacts.get(contact)?;
        let waiter = waiter(contact, found);
        (waiter.is_overdue(turn.rank, self.house.at, &self.overdue_ms)
            && self.best(contact, true).is_some())
        .then_some((Turn::owed(turn.number), contact))
    }

    /// The best free counselor who can take a contact; if asked, among those who owe.
    fn best(&self, contact: u32, among_owing: bool) -> Option<Best> {
        let found = self.contacts.get(contact)?;
        let spot = found.spot?;
        let queue = self.queues.get(spot.queue)?;
        let total = queue.free_count(spot.mixes);
        if total == 0 {
            return None;
        }
        let owes = |counselor: u32| {
            !among_owing || self.counselors.get(counselor).is_some_and(|found| self.owes(found))
        };
        let able = || {
            let free = queue.free_for(spot.mixes);
            free.filter(|free| !found.is_barred(free.id) && owes(free.counselor))
        };
        let mut best_two = able();
        let first = best_two.next()?;
        let count = if among_owing {
            able().count()
        } else {
            let barred = found
                .bars
                .iter()
                .filter(|bar| self.listed(bar.counselor, spot.queue, queue, spot.mixes).is_some());
            total.saturating_sub(barred.count())
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let preferred = found
            .preferred
            .filter(|&id| !found.is_barred(id) && id != first.id)
            .and_then(|id| self.listed(id, spot.queue, queue, spot.mixes))
            .filter(|&counselor| owes(counselor));
        let (counselor, runner_up) = match preferred {
            Some(counselor) => (counselor, Some(first.id)),
            None => (first.counselor, best_two.next().map(|free| free.id)),
        };
        Some(Best { counselor, runner_up, count })
    }

    /// The counselor, if they are in the list of the free of this queue.
    fn listed(&self, id: CounselorId, number: u32, queue: &Queue, mixes: bool) -> Option<u32> {
        let counselor = self.counselors.lookup(id)?;
        let index = &self.counselors.get(counselor)?.index;
        let only_mixing = index.listed?.rooms.in_channel(queue.channel)?;
        let serves = index.serves.iter().any(|&(served, _)| served == number);
        (serves && (mixes || !only_mixing)).then_some(counselor)
    }
}

impl Counselor {
    /// How well they fit a queue they serve.
    pub(super) fn fit_for(&self, queue: u32) -> u16 {
        self.index
            .serves
            .iter()
            .find_map(|&(served, fit)| (served == queue).then_some(fit))
            .unwrap_or(0)
    }
}
