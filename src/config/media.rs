//! `[media]`: the packet path of voice: where it listens, and how it wakes.

use super::fault::{Fault, Section, fault, within};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Settings of voice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// The address voice is received at. `0.0.0.0` is every one of the machine.
    pub listen: IpAddr,
    /// The address others are told to send voice to, behind an address translator. Empty: `listen`,
    /// or if that is every one, the address SIP listens at.
    pub public_address: String,
    /// The first UDP port of voice. Two for each leg; the firewall opens the whole range.
    pub port_first: u16,
    /// The last.
    pub port_last: u16,
    /// After how long without a packet a leg counts as silent, ms.
    pub silent_after_ms: i64,
    /// Up to so many legs every packet is passed on the moment it comes; above, packets are gathered,
    /// which costs half as much.
    pub tick_above_legs: usize,
    /// How long packets are gathered, ms. It is heard as delay.
    pub tick_ms: u64,
}

impl Default for Media {
    fn default() -> Self {
        Self {
            listen: IpAddr::from([0, 0, 0, 0]),
            public_address: String::new(),
            port_first: 20_000,
            port_last: 29_999,
            silent_after_ms: 5_000,
            tick_above_legs: 64,
            tick_ms: 3,
        }
    }
}

impl Section for Media {
    const NAME: &'static str = "media";

    fn validate(&self) -> Result<(), Fault> {
        if !self.public_address.is_empty() && self.public_address.parse::<IpAddr>().is_err() {
            return Err(fault("public_address", "expected an IP address, or nothing"));
        }
        within("port_first", self.port_first, 1_024..=65_532)?;
        within("port_last", self.port_last, self.port_first.saturating_add(3)..=65_535)?;
        within("silent_after_ms", self.silent_after_ms, 500..=600_000)?;
        within("tick_above_legs", self.tick_above_legs, 0..=100_000)?;
        within("tick_ms", self.tick_ms, 1..=20)
    }
}
