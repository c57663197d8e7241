//! Which address a leg is heard from: the first that speaks plausibly, then only that one.
//!
//! A caller behind an address translator sends from somewhere its SDP did not name, and a stranger
//! may guess our port. So: the address that was named is believed at once, another only after it
//! has been silent, and once somebody is believed, strangers are counted and not heard.

use crate::clock::At;
use std::net::SocketAddr;

/// How long the named address has to speak before another is believed, ms.
const NAMED_FIRST_MS: i64 = 500;
/// How long the believed address must be silent before another may follow it, ms.
const SILENT_MS: i64 = 5_000;
/// The same for a new port of the same address: a translator that forgot us, ms.
const MOVED_MS: i64 = 500;

/// The lock of one leg.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    named: Option<SocketAddr>,
    named_at: Option<At>,
    believed: Option<(SocketAddr, At)>,
}

impl Lock {
    #[must_use]
    pub const fn new() -> Self {
        Self { named: None, named_at: None, believed: None }
    }

    /// The SDP named an address (again): who is believed stays so until somebody there speaks.
    pub fn name(&mut self, address: Option<SocketAddr>, at: At) {
        if self.named != address {
            self.named_at = Some(at);
        }
        self.named = address;
    }

    /// Whether what comes from `from` is heard.
    pub fn admit(&mut self, from: SocketAddr, at: At) -> bool {
        let is_believed = match self.believed {
            Some((believed, _)) if believed == from => true,
            Some((believed, heard_at)) => {
                let silent_ms = at.ms_since(heard_at);
                let is_named = self.named == Some(from);
                let is_moved = believed.ip() == from.ip() && silent_ms >= MOVED_MS;
                is_named || is_moved || silent_ms >= SILENT_MS
            }
            None => {
                let is_expected = self.named.is_none_or(|named| named.ip() == from.ip());
                let waited_ms = self.named_at.map_or(0, |named_at| at.ms_since(named_at));
                is_expected || waited_ms >= NAMED_FIRST_MS
            }
        };
        if is_believed {
            self.believed = Some((from, at));
        }
        is_believed
    }

    /// Where to send: to who is believed, else to who was named.
    #[must_use]
    pub fn target(&self) -> Option<SocketAddr> {
        self.believed.map(|(address, _)| address).or(self.named)
    }

    /// When somebody believed was heard last.
    #[must_use]
    pub fn heard_at(&self) -> Option<At> {
        self.believed.map(|(_, at)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn lock() -> Lock {
        let mut lock = Lock::default();
        lock.name(Some(address("192.0.2.1:4000")), At(0));
        lock
    }

    #[test]
    fn the_named_address_is_believed_at_once_whatever_its_port() {
        let mut lock = lock();
        assert_eq!(lock.target(), Some(address("192.0.2.1:4000")));
        assert!(lock.admit(address("192.0.2.1:4002"), At(1)));
        assert_eq!(lock.target(), Some(address("192.0.2.1:4002")));
    }

    #[test]
    fn an_address_that_nobody_named_is_believed_only_after_a_while() {
        let mut lock = lock();
        let behind = address("198.51.100.7:9");
        assert!(!lock.admit(behind, At(499)));
        assert!(lock.admit(behind, At(500)));
        assert_eq!(lock.target(), Some(behind));
    }

    #[test]
    fn a_stranger_is_not_heard_while_the_caller_speaks() {
        let mut lock = lock();
        let (caller, stranger) = (address("192.0.2.1:4000"), address("203.0.113.5:4000"));
        for at in (0..20_000).step_by(20) {
            assert!(lock.admit(caller, At(at)));
            assert!(!lock.admit(stranger, At(at + 1)));
        }
        assert_eq!(lock.target(), Some(caller));
    }

    #[test]
    fn a_caller_whose_translator_forgot_us_is_found_again() {
        let mut lock = lock();
        assert!(lock.admit(address("192.0.2.1:4000"), At(0)));
        assert!(!lock.admit(address("192.0.2.1:5000"), At(100)));
        assert!(lock.admit(address("192.0.2.1:5000"), At(700)));
        assert!(lock.admit(address("198.51.100.7:1"), At(6_000)));
    }

    #[test]
    fn a_new_answer_that_names_another_address_is_followed_at_once() {
        let mut lock = lock();
        assert!(lock.admit(address("192.0.2.1:4000"), At(0)));
        lock.name(Some(address("192.0.2.99:7000")), At(10));
        assert!(lock.admit(address("192.0.2.99:7000"), At(20)));
        assert!(!lock.admit(address("192.0.2.1:4000"), At(30)));
    }
}
