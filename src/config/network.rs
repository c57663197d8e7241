//! A network in CIDR notation, as trusted proxies and allowed readers are written.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address and how many of its leading bits count: `10.0.0.0/8`, `::1/128`, or one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// Not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an address or a network such as \"127.0.0.1\" or \"10.0.0.0/8\"")]
pub struct NotANetwork;

impl Network {
    /// Whether `address` lies in this network. An IPv4 address mapped into IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(one)) => {
                let host_bits = 32_u32.saturating_sub(self.prefix_bits.into());
                let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
                net.to_bits() & mask == one.to_bits() & mask
            }
            (IpAddr::V6(net), IpAddr::V6(one)) => {
                let host_bits = 128_u32.saturating_sub(self.prefix_bits.into());
                let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
                net.to_bits() & mask == one.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| NotANetwork)?,
            None => widest,
        };
        if prefix_bits > widest {
            return Err(NotANetwork);
        }
        Ok(Self { address, prefix_bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The machine itself, over either family.
#[must_use]
pub fn loopback() -> Vec<Network> {
    vec![
        Network { address: IpAddr::from([127, 0, 0, 0]), prefix_bits: 8 },
        Network { address: IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), prefix_bits: 128 },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_contains_its_own_addresses_only() {
        let ten = network("10.1.0.0/16");
        assert!(ten.contains("10.1.255.3".parse().unwrap()));
        assert!(ten.contains("::ffff:10.1.0.1".parse().unwrap()), "mapped into IPv6");
        assert!(!ten.contains("10.2.0.1".parse().unwrap()));
        assert!(!ten.contains("::1".parse().unwrap()));
        assert!(network("0.0.0.0/0").contains("203.0.113.9".parse().unwrap()));
        assert!(network("2001:db8::/32").contains("2001:db8:1::9".parse().unwrap()));
    }

    #[test]
    fn one_address_alone_is_a_network_of_one() {
        assert_eq!(network("192.0.2.1").to_string(), "192.0.2.1/32");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["", "school", "10.0.0.0/33", "::/129", "10.0.0.0/x"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }
}
