//! Texts of one side of one talk that are not acked yet, and the numbers it knows.

use super::words::{Side, Tag};
use std::collections::BTreeMap;

/// One side's sending and hearing.
#[derive(Debug)]
pub struct Outbox {
    side: Side,
    numbered: u32,
    /// Not acked: number of the text → text. Sent again after a reconnect, under the same id.
    waiting: BTreeMap<u32, String>,
    /// Sequence numbers known, as runs without a hole: start → end (both in).
    runs: BTreeMap<i64, i64>,
}

impl Outbox {
    pub const fn new(side: Side) -> Self {
        Self { side, numbered: 0, waiting: BTreeMap::new(), runs: BTreeMap::new() }
    }

    /// The tag of the next text.
    pub fn next_tag(&mut self) -> Tag {
        self.numbered += 1;
        (self.side, self.numbered)
    }

    pub fn put(&mut self, tag: Tag, text: String) {
        self.waiting.insert(tag.1, text);
    }

    /// What is not acked yet: id and text.
    pub fn waiting(&self) -> impl Iterator<Item = (String, &str)> {
        self.waiting.iter().map(|(number, text)| (client_id(*number), text.as_str()))
    }

    /// The server holds it: its tag. `None` for an id this side never used.
    pub fn acked(&mut self, client_id: &str) -> Option<Tag> {
        let number = number(client_id).filter(|number| *number <= self.numbered)?;
        self.waiting.remove(&number);
        Some((self.side, number))
    }

    /// `seq` is known; false if it was known before.
    pub fn know(&mut self, seq: i64) -> bool {
        let before = self.runs.range(..=seq).next_back().map(|(start, end)| (*start, *end));
        if before.is_some_and(|(_, end)| end >= seq) {
            return false;
        }
        let start = before.filter(|(_, end)| end + 1 == seq).map_or(seq, |(start, _)| start);
        let end = self.runs.remove(&(seq + 1)).unwrap_or(seq);
        self.runs.insert(start, end);
        true
    }

    /// The highest number up to which nothing is missing: what `hello` carries.
    pub fn last_seq(&self) -> i64 {
        self.runs.get(&1).copied().unwrap_or(0)
    }
}

/// The id under which the text `number` is sent, however often.
pub fn client_id(number: u32) -> String {
    format!("t{number}")
}

fn number(client_id: &str) -> Option<u32> {
    client_id.strip_prefix('t')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_stays_before_the_first_hole() {
        let mut outbox = Outbox::new(Side::Seeker);
        for seq in [1, 2, 5, 4] {
            assert!(outbox.know(seq));
        }
        assert_eq!(outbox.last_seq(), 2);
        assert!(outbox.know(3));
        assert!(!outbox.know(4));
        assert_eq!(outbox.last_seq(), 5);
    }
}
