//! Reading what the other side describes.

use super::SdpError;
use crate::media::Direction;
use crate::media::g711::Law;
use std::net::{IpAddr, SocketAddr};

/// Lines looked at; what a thousand-line description says behind them is not heard.
const LINES_MAX: usize = 512;
/// Media lines answered one by one; more is refused as a whole.
const MEDIA_MAX: usize = 16;
/// Payload types of the voice line that are looked at.
const PAYLOADS_MAX: usize = 64;

/// One media line as offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaLine {
    /// `audio 4000 RTP/AVP 8 0` without the port: what a refusal repeats.
    pub kind: String,
    pub protocol: String,
    pub formats: String,
}

/// What was offered, as far as it concerns us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub media: Vec<MediaLine>,
    /// Which of `media` is the voice line.
    pub voice: usize,
    /// Its payload types in the order of preference.
    pub payloads: Vec<u8>,
    mapped: Vec<(u8, Format)>,
    /// Where the other side hears; `None` for 0.0.0.0 and for what cannot be reached.
    pub remote: Option<SocketAddr>,
    /// Which way, seen from the house.
    pub direction: Direction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Law(Law),
    Keys,
    Other,
}

impl Offer {
    /// The law a payload type means; 0 and 8 mean theirs unless said otherwise.
    #[must_use]
    pub fn law(&self, payload: u8) -> Option<Law> {
        let said = self.mapped.iter().find(|(number, _)| *number == payload);
        match (said, payload) {
            (Some((_, Format::Law(law))), _) => Some(*law).filter(|law| payload == static_of(*law)),
            (None, 0) => Some(Law::Mu),
            (None, 8) => Some(Law::A),
            (Some(_) | None, _) => None,
        }
    }

    /// The payload type of telephone-event at 8,000.
    #[must_use]
    pub fn keys(&self) -> Option<u8> {
        let keys = |payload: &&u8| self.mapped.contains(&(**payload, Format::Keys));
        self.payloads.iter().find(keys).copied()
    }
}

/// The media room knows G.711 by its static numbers only.
const fn static_of(law: Law) -> u8 {
    match law {
        Law::A => 8,
        Law::Mu => 0,
    }
}

/// Reads a description.
///
/// # Errors
/// [`SdpError`].
pub fn read(body: &[u8]) -> Result<Offer, SdpError> {
    let text = String::from_utf8_lossy(body);
    let mut lines = text.lines().filter(|line| !line.is_empty()).take(LINES_MAX);
    if lines.next() != Some("v=0") {
        return Err(SdpError::Unreadable);
    }
    let mut reader = Reader::default();
    for line in lines {
        let (kind, value) = line.split_once('=').ok_or(SdpError::Unreadable)?;
        match kind {
            "m" => reader.media_line(value)?,
            "c" => reader.connection(value)?,
            "a" => reader.attribute(value),
            kind if kind.len() == 1 => {}
            _ => return Err(SdpError::Unreadable),
        }
    }
    reader.offer()
}

#[derive(Debug, Default)]
struct Reader {
    media: Vec<MediaLine>,
    /// Which line, and its port: the first audio line over RTP/AVP that is not refused already.
    voice: Option<(usize, u16)>,
    session_address: Option<IpAddr>,
    voice_address: Option<IpAddr>,
    session_way: Option<Direction>,
    voice_way: Option<Direction>,
    mapped: Vec<(u8, Format)>,
}

impl Reader {
    fn media_line(&mut self, value: &str) -> Result<(), SdpError> {
        if self.media.len() == MEDIA_MAX {
            return Err(SdpError::NothingFits);
        }
        let mut words = value.splitn(4, ' ');
        let (Some(kind), Some(port), Some(protocol), Some(formats)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(SdpError::Unreadable);
        };
        let port = port.split('/').next().unwrap_or_default();
        let port: u16 = port.parse().map_err(|_| SdpError::Unreadable)?;
        if self.voice.is_none() && kind == "audio" && protocol == "RTP/AVP" && port != 0 {
            self.voice = Some((self.media.len(), port));
        }
        let [kind, protocol, formats] = [kind, protocol, formats].map(str::to_owned);
        self.media.push(MediaLine { kind, protocol, formats });
        Ok(())
    }

    /// Whether lines now belong to the session, or to the voice line.
    fn place(&self) -> Place {
        match self.voice {
            _ if self.media.is_empty() => Place::Session,
            Some((voice, _)) if voice + 1 == self.media.len() => Place::Voice,
            _ => Place::Elsewhere,
        }
    }

    fn connection(&mut self, value: &str) -> Result<(), SdpError> {
        let address = value.split_whitespace().nth(2).ok_or(SdpError::Unreadable)?;
        // A name instead of an address would have us ask the DNS on a stranger's word.
        let address = address.split('/').next().unwrap_or_default().parse().ok();
        match self.place() {
            Place::Session => self.session_address = address,
            Place::Voice => self.voice_address = address,
            Place::Elsewhere => {}
        }
        Ok(())
    }

    fn attribute(&mut self, value: &str) {
        let way = match value {
            // Seen from the other side; ours is its mirror.
            "sendrecv" => Some(Direction::Both),
            "sendonly" => Some(Direction::ReceiveOnly),
            "recvonly" => Some(Direction::SendOnly),
            "inactive" => Some(Direction::Inactive),
            _ => None,
        };
        match self.place() {
            Place::Session if way.is_some() => self.session_way = way,
            Place::Voice if way.is_some() => self.voice_way = way,
            Place::Voice => self.mapped.extend(value.strip_prefix("rtpmap:").and_then(mapped)),
            Place::Session | Place::Elsewhere => {}
        }
    }

    fn offer(mut self) -> Result<Offer, SdpError> {
        let (voice, port) = self.voice.ok_or(SdpError::NothingFits)?;
        let formats = self.media.get(voice).map(|line| line.formats.as_str()).unwrap_or_default();
        let payloads: Vec<u8> = formats
            .split_whitespace()
            .take(PAYLOADS_MAX)
            .filter_map(|number| number.parse().ok().filter(|number| *number < 128))
            .collect();
        self.mapped.truncate(PAYLOADS_MAX);
        let address = self.voice_address.or(self.session_address);
        let is_held = address.is_none_or(|address| address.is_unspecified());
        let reachable = address.filter(|one| !one.is_unspecified() && !one.is_multicast());
        let said = self.voice_way.or(self.session_way).unwrap_or_default();
        // The old way to hold (RFC 2543): nowhere to send to.
        let direction = match (is_held, said) {
            (true, Direction::Both) => Direction::ReceiveOnly,
            (_, said) => said,
        };
        Ok(Offer {
            media: self.media,
            voice,
            payloads,
            mapped: self.mapped,
            remote: reachable.map(|address| SocketAddr::new(address, port)),
            direction,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Session,
    Voice,
    Elsewhere,
}

/// `8 PCMA/8000`.
fn mapped(value: &str) -> Option<(u8, Format)> {
    let (number, name) = value.split_once(' ')?;
    let name = name.trim().to_ascii_lowercase();
    let format = match name.strip_suffix("/1").unwrap_or(&name) {
        "pcma/8000" => Format::Law(Law::A),
        "pcmu/8000" => Format::Law(Law::Mu),
        "telephone-event/8000" => Format::Keys,
        _ => Format::Other,
    };
    Some((number.parse().ok()?, format))
}
