//! The dice of a night: splitmix64 (Steele, Lea, Flood 2014), so that a seed is all it takes to
//! see a night again, on any machine and with any version of any crate.

/// A stream of numbers from one seed.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) const fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.roll() % ((high - low + 1) as u64)) as i64
    }

    /// True in `percent` of a hundred throws.
    pub(crate) const fn chance(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }

    /// One of these; `None` of nothing.
    pub(crate) fn one_of<T: Clone>(&mut self, these: &[T]) -> Option<T> {
        if these.is_empty() {
            return None;
        }
        let index = (self.roll() % these.len() as u64) as usize;
        these.get(index).cloned()
    }
}
