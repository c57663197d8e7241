//! Queues: the contacts that wait, by need and channel.
//!
//! A queue holds the waiting, connected contacts of one need in force and channel, ordered
//! for two questions: who is first by place, and who is the oldest overdue. It also holds the
//! free counselors who meet the need, best first. Needs are interned: equal needs
//! share a queue. An empty queue is kept for a while, because finding out who
//! meets its need costs a walk over all counselors; [`Queues::sweep`] bounds how many.

use super::line::{Channel, Need};
use super::slots::{index, number};
use crate::clock::At;
use crate::ids::CounselorId;
use rustc_hash::FxHashMap;
use slab::Slab;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Five risks, each with those at the head first.
pub(super) const RANKS: usize = 10;
/// Empty queues are swept when there are more queues than this.
const SWEEP_ABOVE: usize = 1024;

/// Where a contact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) queue: u32,
    pub(super) mixes: bool,
    pub(super) rank: u8,
}

/// A contact in a queue, ordered by its arrival number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiter {
    pub(super) number: u64,
    pub(super) arrived_at: At,
    pub(super) contact: u32,
}

impl Waiter {
    fn waited(&self, at: At) -> i64 {
        at.ms_since(self.arrived_at)
    }

    /// `overdue_ms` by rank.
    pub(super) fn is_overdue(self, rank: u8, at: At, overdue_ms: &[i64; RANKS]) -> bool {
        let overdue_ms = overdue_ms.get(usize::from(rank));
        overdue_ms.is_some_and(|&overdue_ms| self.waited(at) >= overdue_ms)
    }
}

/// A free counselor, best first: fit, then longest idle, then smaller id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Free {
    pub(super) unfit: u16,
    pub(super) idle_since: At,
    pub(super) id: CounselorId,
    pub(super) counselor: u32,
}

/// The contacts of a queue whose lines mix voice and chat, or those whose lines do not.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    by_rank: [BTreeSet<Waiter>; RANKS],
    /// The first of each rank, at hand without a descent.
    firsts: [Option<Waiter>; RANKS],
}

impl Shelf {
    fn add(&mut self, rank: u8, waiter: Waiter) {
        let rank = usize::from(rank);
        let Some(waiters) = self.by_rank.get_mut(rank) else { return };
        waiters.insert(waiter);
        if let Some(first) = self.firsts.get_mut(rank)
            && first.is_none_or(|first| waiter < first)
        {
            *first = Some(waiter);
        }
    }

    fn remove(&mut self, rank: u8, waiter: Waiter) {
        let rank = usize::from(rank);
        let Some(waiters) = self.by_rank.get_mut(rank) else { return };
        waiters.remove(&waiter);
        if let Some(first) = self.firsts.get_mut(rank)
            && *first == Some(waiter)
        {
            *first = waiters.first().copied();
        }
    }

    /// In order of place, with the rank.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (u8, Waiter)> {
        (0_u8..)
            .zip(self.firsts.iter().zip(&self.by_rank))
            .filter(|(_, (first, _))| first.is_some())
            .flat_map(|(rank, (_, waiters))| waiters.iter().map(move |&waiter| (rank, waiter)))
    }

    pub(super) fn first(&self) -> Option<(u8, Waiter)> {
        (0_u8..).zip(&self.firsts).find_map(|(rank, first)| first.map(|first| (rank, first)))
    }

    /// The overdue one that arrived first among the able; `overdue_ms` by rank.
    pub(super) fn oldest_overdue(
        &self,
        at: At,
        overdue_ms: &[i64; RANKS],
        is_able: &impl Fn(&Waiter) -> bool,
    ) -> Option<Waiter> {
        let ranks = self.firsts.iter().zip(&self.by_rank).zip(overdue_ms);
        let oldest = ranks.filter_map(|((first, waiters), &overdue_ms)| {
            // Within a rank the first has waited longest: nobody is overdue if it is not.
            let first = first.as_ref().filter(|first| first.waited(at) >= overdue_ms)?;
            if is_able(first) {
                return Some(first);
            }
            let able = waiters.iter().find(|waiter| is_able(waiter));
            able.filter(|waiter| waiter.waited(at) >= overdue_ms)
        });
        oldest.min().copied()
    }
}

/// The contacts of one need and channel, and who is free for them.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) channel: Channel,
    pub(super) need: Arc<Need>,
    /// Contacts in both shelves.
    pub(super) len: u32,
    plain: Shelf,
    mixing: Shelf,
    /// Free for any line; free for lines that mix only.
    free_any: BTreeSet<Free>,
    free_mixing: BTreeSet<Free>,
}

impl Queue {
    fn new(channel: Channel, need: Arc<Need>) -> Self {
        Self {
            channel,
            need,
            len: 0,
            plain: Shelf::default(),
            mixing: Shelf::default(),
            free_any: BTreeSet::new(),
            free_mixing: BTreeSet::new(),
        }
    }

    pub(super) const fn shelf(&self, mixes: bool) -> &Shelf {
        if mixes { &self.mixing } else { &self.plain }
    }

    const fn shelf_mut(&mut self, mixes: bool) -> &mut Shelf {
        if mixes { &mut self.mixing } else { &mut self.plain }
    }

    pub(super) fn add(&mut self, spot: Spot, waiter: Waiter) {
        self.shelf_mut(spot.mixes).add(spot.rank, waiter);
        self.len = self.len.saturating_add(1);
    }

    pub(super) fn remove(&mut self, spot: Spot, waiter: Waiter) {
        self.shelf_mut(spot.mixes).remove(spot.rank, waiter);
        self.len = self.len.saturating_sub(1);
    }

    /// Free counselors for a contact of a line that mixes, or does not; best first.
    pub(super) fn free_for(&self, mixes: bool) -> impl Iterator<Item = Free> {
        let mut any = self.free_any.iter().copied().peekable();
        let mut mixing =
            mixes.then(|| self.free_mixing.iter().copied()).into_iter().flatten().peekable();
        std::iter::from_fn(move || match (any.peek(), mixing.peek()) {
            (Some(one), Some(other)) if other < one => mixing.next(),
            (None, _) => mixing.next(),
            (Some(_), _) => any.next(),
        })
    }

    pub(super) fn free_count(&self, mixes: bool) -> usize {
        self.free_any.len() + if mixes { self.free_mixing.len() } else { 0 }
    }

    pub(super) fn list(&mut self, free: Free, only_mixing: bool) {
        if only_mixing {
            self.free_mixing.insert(free)
        } else {
            self.free_any.insert(free)
        };
    }

    pub(super) fn unlist(&mut self, free: Free, only_mixing: bool) {
        if only_mixing {
            self.free_mixing.remove(&free)
        } else {
            self.free_any.remove(&free)
        };
    }

    pub(super) fn is_listed(&self, free: Free, only_mixing: bool) -> bool {
        if only_mixing { self.free_mixing.contains(&free) } else { self.free_any.contains(&free) }
    }
}

/// All queues, interned by need and channel.
#[derive(Debug, Default)]
pub(super) struct Queues {
    queues: Slab<Queue>,
    by_need: [FxHashMap<Arc<Need>, u32>; 3],
}

const fn channel_index(channel: Channel) -> usize {
    match channel {
        Channel::Phone => 0,
        Channel::Chat => 1,
        Channel::WebCall => 2,
    }
}

impl Queues {
    pub(super) fn lookup(&self, channel: Channel, need: &Need) -> Option<u32> {
        self.by_need.get(channel_index(channel))?.get(need).copied()
    }

    /// Adds an empty queue; the caller finds who serves it.
    pub(super) fn add(&mut self, channel: Channel, need: &Need) -> u32 {
        let need = Arc::new(need.clone());
        let queue = number(self.queues.insert(Queue::new(channel, Arc::clone(&need))));
        if let Some(numbers) = self.by_need.get_mut(channel_index(channel)) {
            numbers.insert(need, queue);
        }
        queue
    }

    pub(super) fn get(&self, queue: u32) -> Option<&Queue> {
        self.queues.get(index(queue))
    }

    pub(super) fn at_mut(&mut self, queue: u32) -> Option<&mut Queue> {
        self.queues.get_mut(index(queue))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Queue)> {
        self.queues.iter().map(|(key, queue)| (number(key), queue))
    }

    /// Takes the empty queues away if there are too many queues; says whether it did.
    pub(super) fn sweep(&mut self) -> bool {
        if self.queues.len() <= SWEEP_ABOVE {
            return false;
        }
        let by_need = &mut self.by_need;
        self.queues.retain(|_, queue| {
            if queue.len == 0
                && let Some(numbers) = by_need.get_mut(channel_index(queue.channel))
            {
                numbers.remove(&queue.need);
            }
            queue.len > 0
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiter(number: u64) -> Waiter {
        Waiter { number, arrived_at: At(i64::try_from(number).unwrap()), contact: 0 }
    }

    fn spot(mixes: bool, rank: u8) -> Spot {
        Spot { queue: 0, mixes, rank }
    }

    fn queue() -> Queue {
        Queue::new(Channel::Chat, Arc::new(Need::Anyone))
    }

    #[test]
    fn a_shelf_is_in_order_of_rank_then_arrival() {
        let mut queue = queue();
        for (rank, number) in [(9, 1), (2, 5), (9, 2), (3, 3), (2, 4)] {
            queue.add(spot(false, rank), waiter(number));
        }
        queue.remove(spot(false, 9), waiter(1));
        let order: Vec<u64> =
            queue.shelf(false).in_order().map(|(_, waiter)| waiter.number).collect();
        assert_eq!(order, [4, 5, 3, 2]);
        assert_eq!(queue.shelf(false).first(), Some((2, waiter(4))));
        assert_eq!(queue.len, 4);
    }

    #[test]
    fn the_oldest_overdue_is_the_earliest_arrival_past_its_own_bound() {
        let mut queue = queue();
        queue.add(spot(false, 9), waiter(10));
        queue.add(spot(false, 1), waiter(20));
        let mut overdue_ms = [100; RANKS];
        overdue_ms[0] = 5;
        overdue_ms[1] = 5;
        assert_eq!(queue.shelf(false).oldest_overdue(At(24), &overdue_ms, &|_| true), None);
        assert_eq!(
            queue.shelf(false).oldest_overdue(At(25), &overdue_ms, &|_| true),
            Some(waiter(20))
        );
        assert_eq!(
            queue.shelf(false).oldest_overdue(At(110), &overdue_ms, &|_| true),
            Some(waiter(10))
        );
    }

    #[test]
    fn free_counselors_come_best_first_and_only_if_the_lines_allow_it() {
        let mut queue = queue();
        let free = |counselor: u32, unfit: u16| Free {
            unfit,
            idle_since: At(0),
            id: CounselorId::from_number(u128::from(counselor)),
            counselor,
        };
        queue.list(free(1, 3), false);
        queue.list(free(2, 2), true);
        queue.list(free(3, 1), false);
        queue.list(free(4, 9), true);
        let order = |mixes: bool| -> Vec<u32> {
            queue.free_for(mixes).map(|free| free.counselor).collect()
        };
        assert_eq!(order(true), [3, 2, 1, 4]);
        assert_eq!(order(false), [3, 1]);
        assert_eq!(queue.free_count(true), 4);
    }

    #[test]
    fn empty_queues_are_kept_up_to_a_bound() {
        let mut queues = Queues::default();
        for skill in 0..=u16::try_from(SWEEP_ABOVE).unwrap() {
            let need = Need::Skill { skill: crate::ids::SkillId(skill), at_least: 1 };
            let number = queues.add(Channel::Chat, &need);
            assert_eq!(queues.lookup(Channel::Chat, &need), Some(number));
        }
        assert!(queues.sweep());
        assert_eq!(queues.iter().count(), 0);
        assert!(!queues.sweep());
    }
}
