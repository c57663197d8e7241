//! Offers and answers of one G.711 voice stream (RFC 8866, RFC 3264).
//!
//! A small strict reader rather than a crate: what matters is one audio line, its address, its payload
//! types and its direction, and that a thousand other lines cost nothing. Everything else an offer
//! holds is refused line by line (port 0) or passed over.

pub mod read;
pub mod write;

use crate::media::g711::Law;
use crate::media::{Aim, Direction};
use std::net::SocketAddr;

pub use read::{Offer, read};

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Not to be read as SDP: 400.
    #[error("the session description cannot be read")]
    Unreadable,
    /// Nothing in it that we can speak: 488.
    #[error("nothing in the session description is G.711 over RTP")]
    NothingFits,
}

/// What was agreed on one voice stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    pub law: Law,
    /// The payload type of keys, as the other side numbers it.
    pub keys: Option<u8>,
    /// Where the other side hears; `None` while it says 0.0.0.0.
    pub remote: Option<SocketAddr>,
    /// Seen from the house.
    pub direction: Direction,
}

impl Agreed {
    /// What an offer leads to: its first law that we speak (the trunk's choice, so that nothing is
    /// converted on its side), and its telephone-event.
    ///
    /// # Errors
    /// [`SdpError::NothingFits`].
    pub fn on(offer: &Offer) -> Result<Self, SdpError> {
        let law = offer.payloads.iter().find_map(|payload| offer.law(*payload));
        let law = law.ok_or(SdpError::NothingFits)?;
        Ok(Self { law, keys: offer.keys(), remote: offer.remote, direction: offer.direction })
    }

    /// For the media room.
    #[must_use]
    pub const fn aim(&self) -> Aim {
        Aim { remote: self.remote, law: self.law, keys: self.keys, direction: self.direction }
    }
}

/// Our half of the descriptions of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// The address and port at which we hear.
    pub address: SocketAddr,
    /// Names the session; fixed for the call.
    pub session: u64,
    /// Grows by one with every description that says something new.
    pub version: u64,
}
