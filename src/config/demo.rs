//! `[demo]`: a house to look around in, never beside real people.

use super::fault::{Fault, Section, fault, within};
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
    /// Where the telephones of `phone_counselors` more counselors are, `{n}` counting from 0:
    /// `sip:agent{n}@192.0.2.9:5080`. Empty: none. `--demo-phones` sets it.
    pub phones: String,
    /// How many of them, always available, for telephone calls only. `--demo-counselors` sets it.
    pub phone_counselors: u16,
}

impl Default for Demo {
    fn default() -> Self {
        Self { enabled: false, counselors: 20, phones: String::new(), phone_counselors: 0 }
    }
}

impl Section for Demo {
    const NAME: &'static str = "demo";

    fn validate(&self) -> Result<(), Fault> {
        within("counselors", self.counselors, 1..=10_000)?;
        within("phone_counselors", self.phone_counselors, 0..=10_000)?;
        let is_address = self.phones.starts_with("sip:") || self.phones.starts_with("sips:");
        if !self.phones.is_empty() && !is_address {
            let expected =
                "expected an address such as \"sip:agent{n}@192.0.2.9:5080\", or nothing";
            return Err(fault("phones", expected));
        }
        if self.phone_counselors > 1 && !self.phones.contains("{n}") {
            return Err(fault("phones", "expected \"{n}\" where each counselor's number goes"));
        }
        Ok(())
    }
}
