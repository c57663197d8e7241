//! `[lobby]`: what a seeker may still do when the talk is over, and what a return phrase costs.

use super::fault::{Fault, Section, within};
use serde::{Deserialize, Serialize};

/// Settings of the seeker's door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lobby {
    /// How long after its end a contact may still be rated or get a return phrase, s. Long enough to
    /// breathe and decide, short enough that a token found on a shared machine is worth nothing.
    pub after_end_s: u64,
    /// Return phrases hashed at the same time, each 19 MiB and a core for a moment; the others wait.
    /// One: a flood of phrases leaves the machine to those who talk.
    pub phrases_at_once_max: usize,
    /// Return phrases that may wait for that; the next is told "not ready". Some seconds of work.
    pub phrases_waiting_max: usize,
    /// A return phrase that nobody used for this long is forgotten, days. Half a year: over a summer
    /// holiday and back; the law asks for the shortest time that serves the purpose (PIPL 19).
    pub phrase_unused_days: u32,
}

impl Default for Lobby {
    fn default() -> Self {
        Self {
            after_end_s: 900,
            phrases_at_once_max: 1,
            phrases_waiting_max: 64,
            phrase_unused_days: 180,
        }
    }
}

impl Section for Lobby {
    const NAME: &'static str = "lobby";

    fn validate(&self) -> Result<(), Fault> {
        within("after_end_s", self.after_end_s, 1..=86_400)?;
        within("phrases_at_once_max", self.phrases_at_once_max, 1..=64)?;
        within("phrases_waiting_max", self.phrases_waiting_max, 1..=4_096)?;
        within("phrase_unused_days", self.phrase_unused_days, 1..=3_650)
    }
}
