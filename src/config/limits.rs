//! `[limits]`: how many may come in at once, from one source and at one line.
//!
//! A source is one IPv4 address or one IPv6 /64. A whole school, a dormitory or
//! a mobile carrier often stands behind *one* address, and the night in which
//! many of them write at once is the night the lines are for. So the burst of
//! one source is a school's, not a person's; what is refused gets an honest 429
//! with the seconds after which it will succeed; and a contact that exists is
//! never limited again: resuming, writing and `danger` cost nothing here.

use super::fault::{Fault, Section, within};
use serde::{Deserialize, Serialize};

/// Token buckets: `burst` at once, then `per_min` a minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// New contacts of one source a minute, once its burst is used up. A carrier's address translation can stand for a whole city: ten a second.
    pub contacts_per_source_per_min: u32,
    /// New contacts of one source at once. All the schools of a county behind one carrier's address, after one event.
    pub contacts_per_source_burst: u32,
    /// New contacts of one line a minute, from all sources together: what a flood from many
    /// addresses may add to a queue. The busiest known line had 57,647 contacts in 11 months.
    pub contacts_per_line_per_min: u32,
    /// New contacts of one line at once.
    pub contacts_per_line_burst: u32,
    /// Contacts of one source whose socket has not come yet. A school's widgets connect at once; a
    /// flood of bare requests does not, and is stopped here.
    pub unconnected_per_source_max: u32,
    /// Sign-in attempts of one source a minute; each costs a password hash.
    pub sign_ins_per_source_per_min: u32,
    /// Sign-in attempts of one source at once: a whole shift starting in one duty room.
    pub sign_ins_per_source_burst: u32,
    /// Wrong return phrases of one source a minute, once its burst is used up; each costs a slow hash.
    pub phrases_per_source_per_min: u32,
    /// Wrong return phrases of one source at once. A right one costs nothing here: a school that comes
    /// back is not held up.
    pub phrases_per_source_burst: u32,
    /// Sources remembered; the longest silent is forgotten first.
    pub sources_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            contacts_per_source_per_min: 600,
            contacts_per_source_burst: 12_000,
            contacts_per_line_per_min: 6_000,
            contacts_per_line_burst: 20_000,
            unconnected_per_source_max: 500,
            sign_ins_per_source_per_min: 120,
            sign_ins_per_source_burst: 300,
            phrases_per_source_per_min: 10,
            phrases_per_source_burst: 10,
            sources_max: 100_000,
        }
    }
}

impl Section for Limits {
    const NAME: &'static str = "limits";

    fn validate(&self) -> Result<(), Fault> {
        const MANY: u32 = 10_000_000;
        within("contacts_per_source_per_min", self.contacts_per_source_per_min, 1..=MANY)?;
        within("contacts_per_source_burst", self.contacts_per_source_burst, 1..=MANY)?;
        within("contacts_per_line_per_min", self.contacts_per_line_per_min, 1..=MANY)?;
        within("contacts_per_line_burst", self.contacts_per_line_burst, 1..=MANY)?;
        within("unconnected_per_source_max", self.unconnected_per_source_max, 1..=MANY)?;
        within("sign_ins_per_source_per_min", self.sign_ins_per_source_per_min, 1..=MANY)?;
        within("sign_ins_per_source_burst", self.sign_ins_per_source_burst, 1..=MANY)?;
        within("phrases_per_source_per_min", self.phrases_per_source_per_min, 1..=MANY)?;
        within("phrases_per_source_burst", self.phrases_per_source_burst, 1..=MANY)?;
        within("sources_max", self.sources_max, 1_000..=10_000_000)
    }
}
