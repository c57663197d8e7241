//! The UDP ports of legs: an even one for voice, the odd one above it for reports.
//!
//! A firewall is opened for a range; so a port is taken from there, the least recently used first:
//! what still arrives for a call that has ended finds nobody for a while.

use super::MediaError;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

/// The ports that are free.
#[derive(Debug)]
pub struct Ports {
    address: IpAddr,
    free: Mutex<VecDeque<u16>>,
}

/// The sockets of one leg.
#[derive(Debug)]
pub struct Pair {
    pub port: u16,
    pub voice: UdpSocket,
    pub reports: UdpSocket,
}

impl Ports {
    /// The even ports of `range` at `address`.
    #[must_use]
    pub fn new(address: IpAddr, range: RangeInclusive<u16>) -> Self {
        let last = *range.end();
        let free = range.filter(|port| port % 2 == 0 && *port < last).collect();
        Self { address, free: Mutex::new(free) }
    }

    /// Binds the next free pair; a port that somebody else holds is passed over.
    ///
    /// # Errors
    /// [`MediaError::NoPort`] when none is left.
    pub fn take(&self) -> Result<Pair, MediaError> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..free.len() {
            let Some(port) = free.pop_front() else { break };
            match self.bind(port) {
                Ok(pair) => return Ok(pair),
                // Somebody else's for now; tried again when its turn comes.
                Err(error) => {
                    tracing::debug!(port, %error, "media.port taken by another process");
                    free.push_back(port);
                }
            }
        }
        Err(MediaError::NoPort)
    }

    /// The sockets are closed: the port may be used again.
    pub fn give_back(&self, port: u16) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push_back(port);
    }

    /// How many pairs are free.
    #[must_use]
    pub fn free(&self) -> usize {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn bind(&self, port: u16) -> std::io::Result<Pair> {
        let voice = UdpSocket::bind(SocketAddr::new(self.address, port))?;
        let reports = UdpSocket::bind(SocketAddr::new(self.address, port.saturating_add(1)))?;
        voice.set_nonblocking(true)?;
        reports.set_nonblocking(true)?;
        Ok(Pair { port, voice, reports })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn pairs_begin_at_even_ports_and_end_within_the_range() {
        let ports = Ports::new(HERE, 42_001..=42_006);
        assert_eq!(*ports.free.lock().unwrap(), [42_002, 42_004]);
    }

    #[test]
    fn a_port_given_back_is_used_last_and_none_left_is_said() {
        let ports = Ports::new(HERE, 42_100..=42_105);
        let first = ports.take().unwrap();
        let port = first.port;
        drop(first);
        ports.give_back(port);
        let others = [ports.take().unwrap(), ports.take().unwrap(), ports.take().unwrap()];
        assert_eq!(others[2].port, port);
        assert!(matches!(ports.take(), Err(MediaError::NoPort)));
        assert_eq!(ports.free(), 0);
    }

    #[test]
    fn a_port_of_somebody_else_is_passed_over() {
        let _other = UdpSocket::bind(SocketAddr::new(HERE, 42_200)).unwrap();
        let ports = Ports::new(HERE, 42_200..=42_203);
        assert_eq!(ports.take().unwrap().port, 42_202);
    }
}
