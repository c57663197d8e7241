//! Trunks: who may send calls, and what the number they call means.

use crate::config::{Sip, TrunkSettings};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

/// All trunks, looked up by the address a message came from.
#[derive(Clone, Debug)]
pub struct Trunks {
    trunks: Arc<[TrunkSettings]>,
    /// Addresses that we call ourselves: heard within their calls, but no trunks.
    welcome: Arc<RwLock<BTreeSet<IpAddr>>>,
}

impl Trunks {
    #[must_use]
    pub fn new(settings: &Sip) -> Self {
        Self { trunks: settings.trunks.clone().into(), welcome: Arc::default() }
    }

    /// From now on, answers and goodbyes from `address` are heard: a counselor's telephone rings there.
    pub fn welcome(&self, address: IpAddr) {
        self.welcome.write().unwrap_or_else(PoisonError::into_inner).insert(address.to_canonical());
    }

    /// Whether anything from `address` is read at all.
    #[must_use]
    pub fn is_heard(&self, address: IpAddr) -> bool {
        self.lookup(address).is_some()
            || self
                .welcome
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&address.to_canonical())
    }

    /// The trunk that sends from `address`, if any.
    #[must_use]
    pub fn lookup(&self, address: IpAddr) -> Option<&TrunkSettings> {
        self.trunks
            .iter()
            .find(|trunk| trunk.addresses.iter().any(|network| network.contains(address)))
    }
}

/// The codes of lines a called number may mean, the likeliest first.
#[must_use]
pub fn codes_of(trunk: &TrunkSettings, called: &str) -> Vec<String> {
    let bare: String = called.chars().filter(|sign| !"-.() ".contains(*sign)).collect();
    let mut codes = Vec::new();
    for form in [called, bare.as_str()] {
        codes.extend(trunk.called.get(form).cloned());
    }
    codes.push(bare.clone());
    // How carriers write a number of this country in front of the number itself.
    for prefix in ["+86", "0086", "86", "+"] {
        codes.extend(bare.strip_prefix(prefix).map(str::to_owned));
    }
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_no_trunk_is_nobody() {
        let trunks = Trunks::new(&Sip::default().with_loopback());
        assert!(trunks.lookup("127.0.0.9".parse().unwrap()).is_some());
        assert!(trunks.lookup("::ffff:127.0.0.1".parse().unwrap()).is_some());
        let telephone = "192.0.2.1".parse().unwrap();
        assert!(trunks.lookup(telephone).is_none() && !trunks.is_heard(telephone));
        trunks.welcome(telephone);
        assert!(trunks.is_heard(telephone), "a telephone we ring is heard");
        assert!(trunks.lookup(telephone).is_none(), "and is no trunk");
    }

    #[test]
    fn a_called_number_is_found_however_the_carrier_writes_it() {
        let mut trunk = TrunkSettings::loopback();
        trunk.called.insert("07951234567".to_owned(), "12355".to_owned());
        assert_eq!(codes_of(&trunk, "07951234567").first().map(String::as_str), Some("12355"));
        assert!(codes_of(&trunk, "+8612355").contains(&"12355".to_owned()));
        assert!(codes_of(&trunk, "400-915-1095").contains(&"4009151095".to_owned()));
    }
}
