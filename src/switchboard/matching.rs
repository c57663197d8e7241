//! Who gets whom.
//!
//! Between events no waiting contact has a free counselor who can take it. So a
//! new pair has a counselor who became free or a contact that became waiting in it, and
//! only those are looked at: a counselor at the first contact of each queue they serve,
//! a contact at the first free counselor of its queue. The result is that of the
//! law's plain sentence (contacts in serving order, each to its best counselor).

use super::Switchboard;
use super::counselor::{Counselor, Rooms};
use super::offer::Chosen;
use super::queue::Queue;
use crate::ids::CounselorId;
use std::collections::BTreeSet;

/// From how many counselors that became free at once all contacts are looked at in
/// order, instead of each counselor's first again after each pick.
const FEW: usize = 8;

/// Place in the serving order: owed before the others, then rank, then arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    is_by_place: bool,
    rank: u8,
    pub(super) number: u64,
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

/// Contacts that became waiting, in order of place, and the queues they are in.
#[derive(Debug, Default)]
struct Newcomers {
    by_turn: Vec<(Turn, u32)>,
    next: usize,
    queues: BTreeSet<u32>,
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
            let Some(best) = self.best(contact) else { break };
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
            let Some(mut head) = self.head_of(queue, only_mixing, barred) else { continue };
            heads.count = heads.count.saturating_add(1);
            if queue.passed >= self.rules.passes_max
                && let Some(owed) = self.overdue_for(queue, only_mixing, barred)
            {
                head = owed;
            }
            if heads.first.is_none_or(|first| head < first) {
                heads.first = Some(head);
            }
        }
        heads
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

    /// The oldest overdue contact of a queue, if this counselor could take it.
    pub(super) fn overdue_for(
        &self,
        queue: &Queue,
        only_mixing: bool,
        barred: Option<CounselorId>,
    ) -> Option<(Turn, u32)> {
        let (oldest, mixes) = queue.oldest_overdue(self.house.at, &self.overdue_ms)?;
        let is_barred = barred.is_some_and(|id| {
            self.contacts.get(oldest.contact).is_some_and(|found| found.is_barred(id))
        });
        (!is_barred && (mixes || !only_mixing))
            .then_some((Turn::owed(oldest.number), oldest.contact))
    }

    /// The contacts to look at besides those of the counselors who became free.
    fn newcomers(&self, waiting: &[u32], everybody: bool) -> Newcomers {
        let mut newcomers = Newcomers::default();
        let mut add = |contact: u32| {
            let Some(found) = self.contacts.get(contact) else { return };
            let Some(spot) = found.spot else { return };
            newcomers.by_turn.push((Turn::by_place(spot.rank, found.number), contact));
            newcomers.queues.insert(spot.queue);
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
        let owed = newcomers.queues.iter().filter_map(|&queue| self.owed_of(queue)).min();
        // Who has no counselor now gets none later in this event: counselors only get fewer.
        let by_place = newcomers
            .by_turn
            .iter()
            .enumerate()
            .skip(newcomers.next)
            .find(|(_, (_, contact))| self.best(*contact).is_some());
        let by_place = by_place.map(|(place, &turn)| {
            newcomers.next = place;
            turn
        });
        of_free.into_iter().chain(owed).chain(by_place).min()
    }

    /// The contact this queue is owed a counselor for, if somebody free can take it.
    fn owed_of(&self, queue: u32) -> Option<(Turn, u32)> {
        let queue = self.queues.get(queue)?;
        if queue.passed < self.rules.passes_max {
            return None;
        }
        let owed = self.overdue_for(queue, false, None)?;
        self.best(owed.1).map(|_| owed)
    }

    /// The best free counselor who can take a contact.
    fn best(&self, contact: u32) -> Option<Best> {
        let found = self.contacts.get(contact)?;
        let spot = found.spot?;
        let queue = self.queues.get(spot.queue)?;
        let total = queue.free_count(spot.mixes);
        if total == 0 {
            return None;
        }
        let mut able = queue.free_for(spot.mixes).filter(|free| !found.is_barred(free.id));
        let first = able.next()?;
        let barred = found
            .bars
            .iter()
            .filter(|bar| self.listed_fit(bar.counselor, spot.queue, queue, spot.mixes).is_some());
        let count = u32::try_from(total.saturating_sub(barred.count())).unwrap_or(u32::MAX);
        let preferred = found
            .preferred
            .filter(|&id| !found.is_barred(id) && id != first.id)
            .and_then(|id| self.listed_fit(id, spot.queue, queue, spot.mixes));
        Some(match preferred {
            Some(counselor) => Best { counselor, runner_up: Some(first.id), count },
            None => Best {
                counselor: first.counselor,
                runner_up: able.next().map(|free| free.id),
                count,
            },
        })
    }

    /// The counselor, if they are in the list of the free of this queue.
    fn listed_fit(&self, id: CounselorId, number: u32, queue: &Queue, mixes: bool) -> Option<u32> {
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
