//! How much of whom: strangers counted and shut out, a rate for each trunk address, a rate of new
//! calls. Time comes in, a decision goes out; every table has a limit.

use crate::clock::At;
use crate::config::Sip;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::net::IpAddr;

/// Addresses of trunks with a rate of their own; past it they share one. A trunk has a handful.
const SOURCES_MAX: usize = 4_096;
/// New calls remembered so that their retransmissions are not counted as calls.
const INVITES_MAX: usize = 8_192;

/// The tables.
#[derive(Debug)]
pub struct Guard {
    datagrams_per_s: u32,
    sources: FxHashMap<IpAddr, Bucket>,
    shared: Bucket,
    invites_per_s: u32,
    invites: Bucket,
    seen: FxHashSet<u64>,
    seen_in_order: VecDeque<u64>,
    strangers: FxHashSet<IpAddr>,
    strangers_max: usize,
}

impl Guard {
    #[must_use]
    pub fn new(settings: &Sip, at: At) -> Self {
        Self {
            datagrams_per_s: settings.datagrams_per_source_per_s,
            sources: FxHashMap::default(),
            shared: Bucket::full(settings.datagrams_per_source_per_s, at),
            invites_per_s: settings.invites_per_s_max,
            invites: Bucket::full(settings.invites_per_s_max, at),
            seen: FxHashSet::default(),
            seen_in_order: VecDeque::new(),
            strangers: FxHashSet::default(),
            strangers_max: settings.strangers_max,
        }
    }

    /// Remembers a source that is no trunk; `true` the first time, as far as there is room.
    pub fn note_stranger(&mut self, source: IpAddr) -> bool {
        self.strangers.len() < self.strangers_max && self.strangers.insert(source)
    }

    /// Strangers seen, each once.
    #[must_use]
    pub fn strangers_count(&self) -> usize {
        self.strangers.len()
    }

    /// Whether one more datagram of this trunk address is read.
    pub fn admit_datagram(&mut self, source: IpAddr, at: At) -> bool {
        if let Some(bucket) = self.sources.get_mut(&source) {
            return bucket.take(self.datagrams_per_s, at);
        }
        if self.sources.len() >= SOURCES_MAX {
            return self.shared.take(self.datagrams_per_s, at);
        }
        let mut bucket = Bucket::full(self.datagrams_per_s, at);
        let is_admitted = bucket.take(self.datagrams_per_s, at);
        self.sources.insert(source, bucket);
        is_admitted
    }

    /// Whether this INVITE was let in before: its retransmission goes the same way.
    #[must_use]
    pub fn was_admitted(&self, key: u64) -> bool {
        self.seen.contains(&key)
    }

    /// Whether one more new call is let in.
    pub fn admit_invite(&mut self, key: u64, at: At) -> bool {
        if !self.invites.take(self.invites_per_s, at) {
            return false;
        }
        if self.seen_in_order.len() >= INVITES_MAX
            && let Some(oldest) = self.seen_in_order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.seen_in_order.push_back(key);
        self.seen.insert(key);
        true
    }
}

/// A second's worth of tokens, counted in thousandths.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    milli: i64,
    at: At,
}

impl Bucket {
    fn full(per_s: u32, at: At) -> Self {
        Self { milli: i64::from(per_s).saturating_mul(1_000), at }
    }

    fn take(&mut self, per_s: u32, at: At) -> bool {
        let gained = at.ms_since(self.at).max(0).saturating_mul(i64::from(per_s));
        self.milli = self.milli.saturating_add(gained).min(i64::from(per_s).saturating_mul(1_000));
        self.at = at;
        if self.milli < 1_000 {
            return false;
        }
        self.milli -= 1_000;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn guard() -> Guard {
        let settings = Sip {
            datagrams_per_source_per_s: 10,
            invites_per_s_max: 2,
            strangers_max: 16,
            ..Sip::default()
        };
        Guard::new(&settings, At(0))
    }

    #[test]
    fn a_trunk_that_floods_is_read_at_its_rate() {
        let mut guard = guard();
        let read = (0..100).filter(|_| guard.admit_datagram(ONE, At(0))).count();
        assert_eq!(read, 10);
        assert!(guard.admit_datagram(ONE, At(100)), "a tenth of a second later, one more");
        assert!(!guard.admit_datagram(ONE, At(100)));
    }

    #[test]
    fn calls_above_the_rate_are_refused_and_taken_again_a_moment_later() {
        let mut guard = guard();
        assert!(guard.admit_invite(1, At(0)) && guard.admit_invite(2, At(0)));
        assert!(!guard.admit_invite(3, At(0)));
        assert!(guard.was_admitted(1) && !guard.was_admitted(3));
        assert!(guard.admit_invite(3, At(500)));
    }

    #[test]
    fn strangers_are_counted_once_each_and_the_table_has_an_end() {
        let mut guard = guard();
        assert!(guard.note_stranger(ONE));
        assert!(!guard.note_stranger(ONE));
        for last in 0..=255 {
            guard.note_stranger(IpAddr::from([192, 0, 2, last]));
        }
        assert_eq!(guard.strangers_count(), 16);
    }

    #[test]
    fn what_is_remembered_of_calls_has_an_end() {
        let mut guard = guard();
        for key in 0..20_000_u64 {
            guard.admit_invite(key, At(i64::try_from(key).unwrap() * 1_000));
        }
        assert_eq!((guard.seen.len(), guard.seen_in_order.len()), (INVITES_MAX, INVITES_MAX));
    }
}
