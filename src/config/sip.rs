//! `[sip]`: the telephone: where calls arrive, from whom they are taken, how many at once.

use super::fault::{Fault, Section, fault, within};
use super::network::{Network, loopback};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Settings of the telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sip {
    /// Address and port for SIP over UDP and TCP. Empty: no telephone. `--sip` sets it.
    pub listen: String,
    /// The address or name trunks reach us at, for Contact. Empty: that of `listen`.
    pub public_host: String,
    /// Who may send calls. A source that is none of these gets no answer at all.
    pub trunks: Vec<TrunkSettings>,
    /// Calls open at once; more are told "try again" without being set up.
    pub calls_max: usize,
    /// Calls rung but not yet answered at once. Past it the store or the machine is too slow to help
    /// anybody by taking more.
    pub invites_pending_max: usize,
    /// New calls a second. Above it: 503 with Retry-After, made without setting anything up.
    pub invites_per_s_max: u32,
    /// What such a 503 asks a trunk to wait, s.
    pub retry_after_s: u32,
    /// Datagrams of one trunk address a second; a call is about ten.
    pub datagrams_per_source_per_s: u32,
    /// Sources that are no trunk, remembered to be counted once each and shut out.
    pub strangers_max: usize,
    /// A waiting caller is told their place this often, s.
    pub announce_every_s: u64,
    /// Session timer offered to a peer that knows RFC 4028, s: how long a lost goodbye may hold a line.
    pub session_expires_s: u32,
    /// The shortest session timer accepted, s. RFC 4028 forbids less than 90.
    pub session_expires_min_s: u32,
}

/// One carrier or exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkSettings {
    /// What it is called in figures and logs.
    pub name: String,
    /// Its addresses, each an address or a network.
    pub addresses: Vec<Network>,
    /// Called numbers as this trunk writes them, and the line each means. What is not listed is
    /// looked up as it stands, without `+86` and with.
    #[serde(default)]
    pub called: BTreeMap<String, String>,
    /// Where the caller's own number stands, the first that is there.
    #[serde(default = "caller_from")]
    pub caller_from: Vec<CallerHeader>,
    /// Numbers of our own and of switches on the way: never the caller's, as beginnings.
    #[serde(default)]
    pub own_numbers: Vec<String>,
}

/// A header that may carry the caller's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallerHeader {
    PAssertedIdentity,
    RemotePartyId,
    From,
}

/// What the network asserts before what a telephone says of itself.
fn caller_from() -> Vec<CallerHeader> {
    vec![CallerHeader::PAssertedIdentity, CallerHeader::RemotePartyId, CallerHeader::From]
}

impl TrunkSettings {
    /// The machine itself, for the demonstration and for tests.
    #[must_use]
    pub fn loopback() -> Self {
        Self {
            name: "loopback".to_owned(),
            addresses: loopback(),
            called: BTreeMap::new(),
            caller_from: caller_from(),
            own_numbers: Vec::new(),
        }
    }
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            listen: String::new(),
            public_host: String::new(),
            trunks: Vec::new(),
            calls_max: 4_000,
            invites_pending_max: 1_000,
            invites_per_s_max: 800,
            retry_after_s: 5,
            datagrams_per_source_per_s: 20_000,
            strangers_max: 4_096,
            announce_every_s: 45,
            session_expires_s: 1_800,
            session_expires_min_s: 90,
        }
    }
}

impl Sip {
    /// Where to listen; `None` means no telephone.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }

    /// With the machine itself as a trunk: the demonstration's telephone rings from loopback.
    #[must_use]
    pub fn with_loopback(mut self) -> Self {
        self.trunks.push(TrunkSettings::loopback());
        self
    }
}

impl Section for Sip {
    const NAME: &'static str = "sip";

    fn validate(&self) -> Result<(), Fault> {
        if !self.listen.is_empty() && self.address().is_none() {
            return Err(fault("listen", "expected ADDR:PORT such as \"0.0.0.0:5060\", or nothing"));
        }
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if !self.public_host.bytes().all(is_host) {
            return Err(fault("public_host", "expected an address or a name, no port"));
        }
        let mut names = BTreeSet::new();
        for trunk in &self.trunks {
            if trunk.name.is_empty() || !names.insert(&trunk.name) {
                return Err(fault("trunks", "expected a name for each trunk, no two the same"));
            }
            if trunk.addresses.is_empty() || trunk.caller_from.is_empty() {
                return Err(fault("trunks", "expected addresses and caller_from in each trunk"));
            }
        }
        within("calls_max", self.calls_max, 1..=100_000)?;
        within("invites_pending_max", self.invites_pending_max, 1..=100_000)?;
        within("invites_per_s_max", self.invites_per_s_max, 1..=100_000)?;
        within("retry_after_s", self.retry_after_s, 1..=3_600)?;
        within("datagrams_per_source_per_s", self.datagrams_per_source_per_s, 10..=1_000_000)?;
        within("strangers_max", self.strangers_max, 16..=1_000_000)?;
        within("announce_every_s", self.announce_every_s, 10..=3_600)?;
        within("session_expires_min_s", self.session_expires_min_s, 90..=3_600)?;
        within("session_expires_s", self.session_expires_s, self.session_expires_min_s..=86_400)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sip(text: &str) -> Sip {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_trunk_is_a_name_and_its_addresses() {
        let found = sip("listen = \"0.0.0.0:5060\"\n[[trunks]]\nname = \"telecom\"\n\
             addresses = [\"192.0.2.1\", \"198.51.100.0/24\"]\ncaller_from = [\"from\"]\n");
        assert_eq!(found.validate(), Ok(()));
        assert_eq!(found.trunks[0].addresses.len(), 2);
        assert_eq!(found.trunks[0].caller_from, [CallerHeader::From]);
        assert_eq!(found.address(), "0.0.0.0:5060".parse().ok());
    }

    #[test]
    fn a_trunk_without_a_name_or_an_address_is_refused() {
        for wrong in ["name = \"\"\naddresses = [\"192.0.2.1\"]", "name = \"a\"\naddresses = []"] {
            let found = sip(&format!("[[trunks]]\n{wrong}\n"));
            assert_eq!(found.validate().map_err(|fault| fault.key), Err("trunks"));
        }
    }

    #[test]
    fn an_address_without_a_port_is_refused() {
        let found = Sip { listen: "0.0.0.0".to_owned(), ..Sip::default() };
        assert_eq!(found.validate().map_err(|fault| fault.key), Err("listen"));
        assert_eq!(Sip::default().address(), None, "nothing means no telephone");
    }

    #[test]
    fn the_demonstration_takes_calls_from_the_machine_itself() {
        let found = Sip::default().with_loopback();
        assert!(found.trunks[0].addresses[0].contains("127.0.0.1".parse().unwrap()));
    }
}
