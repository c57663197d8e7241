//! Which number a message gets, and whether it was stored before.
//!
//! Of every conversation that is talked in, the last number is kept in memory,
//! and a 64-bit fingerprint of each `(sender, client_id)` that was stored. A
//! fingerprint that is not there was never stored; one that is there is looked
//! up in the database (a repeat, or once in a blue moon a coincidence). What is
//! not in memory is read from the database for the whole batch at once.

use crate::clock::At;
use crate::ids::{ContactId, MessageId};
use crate::store::error::{StoreError, Trouble};
use crate::store::job::{Append, Sender};
use crate::store::sql::{Connection, Door, Row, Statement, Value, id};
use crate::store::state::placeholders;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::hash::BuildHasher;

/// Where a message of a batch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Stored under this number.
    New(i64),
    /// Was stored before.
    Known(First),
    /// Says the same as an earlier message of the same batch.
    Twice(usize),
}

/// The first message with a client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    pub(super) seq: i64,
    pub(super) message: MessageId,
    pub(super) at: At,
}

/// The conversations in memory.
pub(super) struct Numbering {
    conversations: FxHashMap<ContactId, Conversation>,
    conversations_max: usize,
    batch: u64,
}

#[derive(Default)]
struct Conversation {
    last_seq: i64,
    stored: FxHashSet<u64>,
    /// The batch that used it last.
    used: u64,
}

impl Numbering {
    pub(super) fn new(conversations_max: usize) -> Self {
        Self { conversations: FxHashMap::default(), conversations_max, batch: 0 }
    }

    pub(super) fn forget(&mut self, contact: ContactId) {
        self.conversations.remove(&contact);
    }

    /// Gives every message its place, reading what is not in memory.
    pub(super) async fn place(
        &mut self,
        connection: &mut Connection,
        appends: &[Append],
    ) -> Result<Vec<Place>, Trouble> {
        self.batch = self.batch.saturating_add(1);
        self.load(connection, appends).await?;
        let firsts = self.repeats(connection, appends).await?;
        Ok(self.give_places(appends, &firsts))
    }

    /// Reads the conversations of the batch that are not in memory.
    async fn load(
        &mut self,
        connection: &mut Connection,
        appends: &[Append],
    ) -> Result<(), Trouble> {
        let mut cold: Vec<ContactId> = Vec::new();
        for append in appends {
            match self.conversations.get_mut(&append.contact) {
                Some(conversation) => conversation.used = self.batch,
                None => cold.push(append.contact),
            }
        }
        if cold.is_empty() {
            return Ok(());
        }
        cold.sort_unstable();
        cold.dedup();
        let sql = format!(
            "SELECT contact_id, seq, sender, client_id FROM messages \
             WHERE contact_id IN (VALUES {})",
            placeholders(cold.len(), 1)
        );
        let done = connection.run(&Statement::new(sql, cold.iter().map(id))).await?;
        self.make_room(cold.len());
        for contact in cold {
            let fresh = Conversation { used: self.batch, ..Conversation::default() };
            self.conversations.insert(contact, fresh);
        }
        for row in &done.rows {
            self.learn(row).map_err(|_| Trouble::Corrupted)?;
        }
        Ok(())
    }

    fn learn(&mut self, row: &Row) -> Result<(), StoreError> {
        let door = Door { row, table: "messages", key: "contact_id" };
        let contact: ContactId = door.parsed("contact_id")?;
        let seq: i64 = door.int("seq")?;
        let from: Sender = door.word("sender")?;
        let conversation = self.conversations.entry(contact).or_default();
        conversation.last_seq = conversation.last_seq.max(seq);
        if let Some(client_id) = row.text("client_id") {
            conversation.stored.insert(fingerprint(from, client_id));
        }
        Ok(())
    }

    /// Forgets the conversations used longest ago, a tenth at a time.
    fn make_room(&mut self, coming: usize) {
        if self.conversations.len().saturating_add(coming) <= self.conversations_max {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "sorted at once")]
        let mut by_age: Vec<(u64, ContactId)> =
            self.conversations.iter().map(|(contact, kept)| (kept.used, *contact)).collect();
        by_age.sort_unstable();
        let tenth = self.conversations_max / 10;
        for (used, contact) in by_age.into_iter().take(tenth.max(coming)) {
            if used < self.batch {
                self.conversations.remove(&contact);
            }
        }
    }

    /// The first messages of those whose fingerprint is known, by place in the batch.
    async fn repeats(
        &self,
        connection: &mut Connection,
        appends: &[Append],
    ) -> Result<FxHashMap<usize, First>, Trouble> {
        let mut firsts = FxHashMap::default();
        let suspects: Vec<(usize, &Append, &str)> = appends
            .iter()
            .enumerate()
            .filter_map(|(number, append)| Some((number, append, append.client_id.as_deref()?)))
            .filter(|(_, append, client_id)| self.may_be_stored(append, client_id))
            .collect();
        if suspects.is_empty() {
            return Ok(firsts);
        }
        let sql = format!(
            "SELECT contact_id, sender, client_id, seq, message_id, at_ms FROM messages \
             WHERE (contact_id, sender, client_id) IN (VALUES {})",
            placeholders(suspects.len(), 3)
        );
        let keys = suspects.iter().flat_map(|(_, append, client_id)| {
            [id(append.contact), Value::from(append.from.as_str()), Value::from(*client_id)]
        });
        let done = connection.run(&Statement::new(sql, keys)).await?;
        for row in &done.rows {
            let (key, first) = read_first(row).map_err(|_| Trouble::Corrupted)?;
            for (number, append, client_id) in &suspects {
                if (append.contact, append.from, *client_id) == (key.0, key.1, key.2.as_str()) {
                    firsts.insert(*number, first);
                }
            }
        }
        Ok(firsts)
    }

    fn may_be_stored(&self, append: &Append, client_id: &str) -> bool {
        self.conversations
            .get(&append.contact)
            .is_some_and(|kept| kept.stored.contains(&fingerprint(append.from, client_id)))
    }

    fn give_places(&mut self, appends: &[Append], firsts: &FxHashMap<usize, First>) -> Vec<Place> {
        let mut places = Vec::with_capacity(appends.len());
        for (number, append) in appends.iter().enumerate() {
            let place = match firsts.get(&number) {
                Some(first) => Place::Known(*first),
                None => self.next_place(appends, number, append),
            };
            places.push(place);
        }
        places
    }

    fn next_place(&mut self, appends: &[Append], number: usize, append: &Append) -> Place {
        let conversation = self.conversations.entry(append.contact).or_default();
        if let Some(client_id) = append.client_id.as_deref() {
            let says_the_same = |other: &Append| {
                other.contact == append.contact
                    && other.from == append.from
                    && other.client_id.as_deref() == Some(client_id)
            };
            if !conversation.stored.insert(fingerprint(append.from, client_id))
                && let Some(earlier) = appends.iter().take(number).position(says_the_same)
            {
                return Place::Twice(earlier);
            }
        }
        conversation.last_seq = conversation.last_seq.saturating_add(1);
        Place::New(conversation.last_seq)
    }
}

fn fingerprint(from: Sender, client_id: &str) -> u64 {
    FxBuildHasher.hash_one((from, client_id))
}

fn read_first(row: &Row) -> Result<((ContactId, Sender, String), First), StoreError> {
    let door = Door { row, table: "messages", key: "contact_id" };
    let key = (door.parsed("contact_id")?, door.word("sender")?, door.text("client_id")?);
    let first =
        First { seq: door.int("seq")?, message: door.parsed("message_id")?, at: door.at("at_ms")? };
    Ok((key, first))
}
