//! `[demo]`: a house to look around in, never beside real people.

use super::fault::{Fault, Section, within};
use serde::{Deserialize, Serialize};

/// Settings of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Demo {
    /// Seed the three lines and demo accounts. `--demo` sets it. A database that holds other
    /// accounts is refused.
    pub enabled: bool,
    /// Counselors `demo1` … `demoN`.
    pub counselors: u16,
}

impl Default for Demo {
    fn default() -> Self {
        Self { enabled: false, counselors: 20 }
    }
}

impl Section for Demo {
    const NAME: &'static str = "demo";

    fn validate(&self) -> Result<(), Fault> {
        within("counselors", self.counselors, 1..=10_000)
    }
}
