//! Things kept by a small number, and found by their id.
//!
//! The number is reused when its thing has gone; nothing that outlives an event may depend
//! on it, because a restored machine gives other numbers.

use rustc_hash::FxHashMap;
use slab::Slab;
use std::hash::Hash;

#[derive(Debug)]
pub(super) struct Slots<K, T> {
    things: Slab<T>,
    numbers: FxHashMap<K, u32>,
}

impl<K, T> Default for Slots<K, T> {
    fn default() -> Self {
        Self { things: Slab::new(), numbers: FxHashMap::default() }
    }
}

/// The slab's key of a number.
pub(super) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The number of a slab's key: four billion living things do not fit into memory.
pub(super) fn number(key: usize) -> u32 {
    u32::try_from(key).unwrap_or(u32::MAX)
}

impl<K: Copy + Eq + Hash, T> Slots<K, T> {
    /// Adds a thing whose id is not in here yet.
    pub(super) fn add(&mut self, id: K, thing: T) -> u32 {
        let number = number(self.things.insert(thing));
        self.numbers.insert(id, number);
        number
    }

    pub(super) fn remove(&mut self, id: K) -> Option<T> {
        let number = self.numbers.remove(&id)?;
        let thing = self.things.try_remove(index(number));
        if self.things.is_empty() {
            // A night with a hundred thousand waiting is over: give the memory back.
            self.things.shrink_to_fit();
            self.numbers.shrink_to_fit();
        }
        thing
    }

    pub(super) fn lookup(&self, id: K) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.things.get(index(number))
    }

    pub(super) fn at_mut(&mut self, number: u32) -> Option<&mut T> {
        self.things.get_mut(index(number))
    }

    pub(super) fn by_id(&self, id: K) -> Option<&T> {
        self.get(self.lookup(id)?)
    }

    /// In no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.things.iter().map(|(key, thing)| (number(key), thing))
    }

    /// All numbers, in no order that means anything.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.iter().map(|(number, _)| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_thing_is_gone_by_id_and_by_number() {
        let mut slots = Slots::<u8, &str>::default();
        let one = slots.add(1, "one");
        slots.add(2, "two");
        assert_eq!(slots.remove(1), Some("one"));
        assert_eq!(slots.lookup(1), None);
        assert_eq!(slots.get(one), None);
        assert_eq!(slots.by_id(2), Some(&"two"));
        assert_eq!(slots.iter().count(), 1);
    }
}
