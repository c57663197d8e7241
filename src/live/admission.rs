//! Who may knock: limits per source and per line that never lock out a school.
//!
//! A whole school reaches us from one address, and a thousand frightened students
//! must get in; a flood from one address must not. The difference is not the number of knocks but
//! what follows: a student's widget opens its socket at once. So a source may hold only so many
//! contacts *whose socket never came*, next to a generous rate with a large burst.
//!
//! Source: threats T1 and T2 of the safety notes. Sources are kept for minutes, in memory only, as a keyed
//! hash, never written anywhere.

use crate::clock::At;
use crate::dice;
use crate::ids::{ContactId, LineId};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Limits of admission; from the configuration.
#[derive(Clone, Copy, Debug)]
pub struct AdmissionLimits {
    /// Contacts a source may open at once before the rate counts.
    pub source_burst: u32,
    /// Contacts a source may open per minute after that.
    pub source_per_minute: u32,
    /// Contacts of a source whose socket has not come yet.
    pub source_unconnected_max: u32,
    /// How long a contact whose socket never comes keeps its place, ms.
    pub grace_ms: i64,
    /// The same rate for a whole line.
    pub line_burst: u32,
    pub line_per_minute: u32,
    /// Sign-ins a source may try at once, and per minute after that.
    pub sign_in_burst: u32,
    pub sign_in_per_minute: u32,
    /// Wrong return phrases of a source at once, and per minute after that.
    pub phrase_burst: u32,
    pub phrase_per_minute: u32,
    /// Sources remembered at once; the one longest unseen is forgotten first.
    pub sources_max: usize,
}

/// Refused for now; come back after this many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    pub retry_after_s: u32,
}

/// A token bucket in thousandths of a token, by milliseconds: integers only.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    millis: i64,
    at: At,
}

impl Bucket {
    fn full(burst: u32, at: At) -> Self {
        Self { millis: i64::from(burst) * 1_000, at }
    }

    /// Takes one token, or says after how many ms there will be one.
    fn take(&mut self, burst: u32, per_minute: u32, at: At) -> Result<(), i64> {
        // One token is 1000 units; `per_minute` tokens come in 60,000 ms.
        let grown = at.ms_since(self.at).saturating_mul(i64::from(per_minute)) / 60;
        if grown > 0 {
            self.millis = self.millis.saturating_add(grown).min(i64::from(burst) * 1_000);
            self.at = at;
        }
        if self.millis >= 1_000 {
            self.millis -= 1_000;
            return Ok(());
        }
        Err((1_000 - self.millis) * 60 / i64::from(per_minute.max(1)))
    }

    /// Puts one token back.
    fn give_back(&mut self, burst: u32) {
        self.millis = self.millis.saturating_add(1_000).min(i64::from(burst) * 1_000);
    }
}

#[derive(Debug)]
struct Source {
    bucket: Bucket,
    sign_ins: Bucket,
    phrases: Bucket,
    /// Contacts whose socket has not come, the oldest first.
    unconnected: BTreeSet<(At, ContactId)>,
}

#[derive(Debug, Default)]
struct Books {
    sources: FxHashMap<u64, Source>,
    lines: FxHashMap<LineId, Bucket>,
    unconnected: FxHashMap<ContactId, (u64, At)>,
}

impl Books {
    /// The page of a source, begun if it is new.
    fn source(&mut self, key: u64, limits: &AdmissionLimits, at: At) -> &mut Source {
        if self.sources.len() >= limits.sources_max && !self.sources.contains_key(&key) {
            forget_quiet(&mut self.sources, limits);
        }
        self.sources.entry(key).or_insert_with(|| Source {
            bucket: Bucket::full(limits.source_burst, at),
            sign_ins: Bucket::full(limits.sign_in_burst, at),
            phrases: Bucket::full(limits.phrase_burst, at),
            unconnected: BTreeSet::new(),
        })
    }
}

/// The porter of one node.
#[derive(Debug)]
pub struct Admission {
    limits: AdmissionLimits,
    key: [u8; 16],
    books: Mutex<Books>,
}

impl Admission {
    #[must_use]
    pub fn new(limits: AdmissionLimits) -> Self {
        Self { limits, key: dice::bytes(), books: Mutex::default() }
    }

    /// May `source` open one more contact on `line`?
    ///
    /// # Errors
    /// [`TooMany`] with an honest time to come back.
    pub fn admit(&self, source: IpAddr, line: LineId, at: At) -> Result<(), TooMany> {
        let limits = &self.limits;
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let known = books.source(self.key_of(source), limits, at);
        let unconnected = u32::try_from(known.unconnected.len()).unwrap_or(u32::MAX);
        if unconnected >= limits.source_unconnected_max {
            // Those places come free as sockets come, at the latest when the oldest one's grace ends.
            let oldest = known.unconnected.first().map_or(at, |(made_at, _)| *made_at);
            // A second more: the end of a grace is on disk before it is true.
            return Err(too_many((oldest + limits.grace_ms - at).max(0) + 1_000));
        }
        let mine = known.bucket.take(limits.source_burst, limits.source_per_minute, at);
        mine.map_err(too_many)?;
        let bucket = books.lines.entry(line).or_insert_with(|| Bucket::full(limits.line_burst, at));
        bucket.take(limits.line_burst, limits.line_per_minute, at).map_err(too_many)
    }

    /// May `source` try to sign in once more? Each try costs a password hash.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn admit_sign_in(&self, source: IpAddr, at: At) -> Result<(), TooMany> {
        let limits = &self.limits;
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let known = books.source(self.key_of(source), limits, at);
        let taken = known.sign_ins.take(limits.sign_in_burst, limits.sign_in_per_minute, at);
        taken.map_err(too_many)
    }

    /// May `source` try a return phrase? Each try counts until [`Admission::forgive_phrase`].
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn admit_phrase(&self, source: IpAddr, at: At) -> Result<(), TooMany> {
        let limits = &self.limits;
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let known = books.source(self.key_of(source), limits, at);
        let taken = known.phrases.take(limits.phrase_burst, limits.phrase_per_minute, at);
        taken.map_err(too_many)
    }

    /// The phrase was not wrong: the try does not count.
    pub fn forgive_phrase(&self, source: IpAddr) {
        let key = self.key_of(source);
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = books.sources.get_mut(&key) {
            known.phrases.give_back(self.limits.phrase_burst);
        }
    }

    /// A contact was made for `source`; its socket is awaited.
    pub fn note_made(&self, source: IpAddr, contact: ContactId, at: At) {
        let key = self.key_of(source);
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = books.sources.get_mut(&key) {
            known.unconnected.insert((at, contact));
            books.unconnected.insert(contact, (key, at));
        }
    }

    /// The socket came, or the contact has gone: it no longer counts as unconnected.
    pub fn note_settled(&self, contact: ContactId) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((key, made_at)) = books.unconnected.remove(&contact)
            && let Some(known) = books.sources.get_mut(&key)
        {
            known.unconnected.remove(&(made_at, contact));
        }
    }

    /// A keyed hash of the source: an IPv6 source is its /64, as one household has that many.
    fn key_of(&self, source: IpAddr) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.key);
        match source.to_canonical() {
            IpAddr::V4(v4) => hash.update(v4.octets()),
            IpAddr::V6(v6) => hash.update(v6.octets().first_chunk::<8>().unwrap_or(&[0; 8])),
        }
        let digest = hash.finalize();
        digest.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

/// Forgets sources that have their full burst again; if all are busy, the longest unseen.
#[expect(
    clippy::disallowed_methods,
    reason = "a maximum and a minimum by key: the order does not matter"
)]
fn forget_quiet(sources: &mut FxHashMap<u64, Source>, limits: &AdmissionLimits) {
    let refill_ms =
        i64::from(limits.source_burst) * 60_000 / i64::from(limits.source_per_minute.max(1));
    let newest = sources.values().map(|source| source.bucket.at).max().unwrap_or_default();
    sources.retain(|_, source| {
        !source.unconnected.is_empty() || newest.ms_since(source.bucket.at) < refill_ms
    });
    if sources.len() >= limits.sources_max {
        let oldest = sources.iter().min_by_key(|(key, source)| (source.bucket.at, **key));
        if let Some(key) = oldest.map(|(key, _)| *key) {
            sources.remove(&key);
        }
    }
}

fn too_many(after_ms: i64) -> TooMany {
    TooMany { retry_after_s: u32::try_from(after_ms / 1_000 + 1).unwrap_or(60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));
    const LINE: LineId = LineId(1);

    fn porter() -> Admission {
        Admission::new(AdmissionLimits {
            source_burst: 50,
            source_per_minute: 60,
            source_unconnected_max: 5,
            grace_ms: 20_000,
            line_burst: 1_000,
            line_per_minute: 6_000,
            sign_in_burst: 5,
            sign_in_per_minute: 60,
            phrase_burst: 2,
            phrase_per_minute: 60,
            sources_max: 3,
        })
    }

    #[test]
    fn a_school_behind_one_address_gets_in_when_its_sockets_come() {
        let porter = porter();
        for number in 0..50 {
            porter.admit(SCHOOL, LINE, At(0)).unwrap();
            let contact = ContactId::from_number(number);
            porter.note_made(SCHOOL, contact, At(0));
            porter.note_settled(contact);
        }
    }

    #[test]
    fn a_flood_that_never_connects_is_stopped_soon_and_let_in_again_later() {
        let porter = porter();
        for number in 0..5 {
            porter.admit(SCHOOL, LINE, At(0)).unwrap();
            porter.note_made(SCHOOL, ContactId::from_number(number), At(0));
        }
        let wait = Err(TooMany { retry_after_s: 20 });
        assert_eq!(porter.admit(SCHOOL, LINE, At(2_000)), wait);
        porter.note_settled(ContactId::from_number(0));
        porter.admit(SCHOOL, LINE, At(0)).unwrap();
    }

    #[test]
    fn the_time_to_come_back_is_true() {
        let porter = porter();
        for _ in 0..50 {
            porter.admit(SCHOOL, LINE, At(0)).unwrap();
        }
        let wait = porter.admit(SCHOOL, LINE, At(0)).unwrap_err();
        assert_eq!(wait.retry_after_s, 2);
        porter.admit(SCHOOL, LINE, At(i64::from(wait.retry_after_s) * 1_000)).unwrap();
    }

    #[test]
    fn a_wrong_phrase_counts_and_a_right_one_does_not() {
        let porter = porter();
        for _ in 0..20 {
            porter.admit_phrase(SCHOOL, At(0)).unwrap();
            porter.forgive_phrase(SCHOOL);
        }
        porter.admit_phrase(SCHOOL, At(0)).unwrap();
        porter.admit_phrase(SCHOOL, At(0)).unwrap();
        assert_eq!(porter.admit_phrase(SCHOOL, At(0)), Err(TooMany { retry_after_s: 2 }));
        porter.admit_phrase(SCHOOL, At(2_000)).unwrap();
    }

    #[test]
    fn the_book_of_sources_is_bounded() {
        let porter = porter();
        for last in 0..200 {
            let source = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, last));
            porter.admit(source, LINE, At(i64::from(last))).unwrap();
        }
        assert!(porter.books.lock().unwrap().sources.len() <= 3);
    }
}
