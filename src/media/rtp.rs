//! RTP as far as a telephone needs it: reading a header that anybody may have sent, writing ours.
//!
//! Source: RFC 3550, section 5.1; RFC 5761 for RTCP on the same port.

use std::ops::Range;

/// A header without sources and extension: the only kind that is written here.
pub const HEADER_BYTES: usize = 12;
/// No packet of ours or of a sane peer is larger: 60 ms of G.711 are 480 bytes.
pub const PACKET_BYTES_MAX: usize = 1_500;

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The first packet after a silence or of another source.
    pub marker: bool,
    pub payload_type: u8,
    pub seq: u16,
    /// In samples: 8,000 a second.
    pub timestamp: u32,
    pub ssrc: u32,
}

/// Reads a datagram: its header, and where its payload lies. `None` for what is no RTP.
#[must_use]
pub fn read(datagram: &[u8]) -> Option<(Header, Range<usize>)> {
    let (fixed, _) = datagram.split_first_chunk::<HEADER_BYTES>()?;
    let [flags, kind, seq_high, seq_low, t0, t1, t2, t3, s0, s1, s2, s3] = *fixed;
    // Version 2; the second byte of RTCP is 192 to 223.
    if flags >> 6 != 2 || (192..=223).contains(&kind) {
        return None;
    }
    let mut start = HEADER_BYTES + usize::from(flags & 0x0f) * 4;
    if flags & 0x10 != 0 {
        let length = datagram.get(start..)?.get(2..4)?.first_chunk::<2>()?;
        start += 4 + usize::from(u16::from_be_bytes(*length)) * 4;
    }
    let mut end = datagram.len();
    if flags & 0x20 != 0 {
        let padding = usize::from(*datagram.last()?);
        end = end.checked_sub(padding).filter(|_| padding > 0)?;
    }
    if start > end {
        return None;
    }
    let header = Header {
        marker: kind & 0x80 != 0,
        payload_type: kind & 0x7f,
        seq: u16::from_be_bytes([seq_high, seq_low]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([s0, s1, s2, s3]),
    };
    Some((header, start..end))
}

impl Header {
    /// The twelve bytes of this header.
    #[must_use]
    pub const fn write(&self) -> [u8; HEADER_BYTES] {
        let [seq_high, seq_low] = self.seq.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [s0, s1, s2, s3] = self.ssrc.to_be_bytes();
        let marker = if self.marker { 0x80 } else { 0 };
        let kind = marker | (self.payload_type & 0x7f);
        [0x80, kind, seq_high, seq_low, t0, t1, t2, t3, s0, s1, s2, s3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: Header =
        Header { marker: true, payload_type: 8, seq: 0x1234, timestamp: 0x0506_0708, ssrc: 0x99 };

    fn with(flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut packet = HEADER.write().to_vec();
        packet[0] |= flags;
        packet.extend(rest);
        packet
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&with(0, &[1, 2, 3])), Some((HEADER, 12..15)));
    }

    #[test]
    fn sources_extension_and_padding_are_no_payload() {
        let sources = with(0x01, &[0, 0, 0, 1, 7, 7]);
        assert_eq!(read(&sources), Some((HEADER, 16..18)));
        let extension = with(0x10, &[0xbe, 0xde, 0, 1, 0, 0, 0, 0, 7, 7]);
        assert_eq!(read(&extension), Some((HEADER, 20..22)));
        let padded = with(0x20, &[7, 7, 0, 2]);
        assert_eq!(read(&padded), Some((HEADER, 12..14)));
    }

    #[test]
    fn what_is_no_rtp_is_nothing() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[0x80; 11]), None);
        let mut old = with(0, &[1]);
        old[0] = 0x40;
        assert_eq!(read(&old), None);
        let mut rtcp = with(0, &[1]);
        rtcp[1] = 200;
        assert_eq!(read(&rtcp), None);
        for (flags, rest) in [
            (0x0f, &[0; 8][..]),
            (0x10, &[0xbe, 0xde][..]),
            (0x10, &[0xbe, 0xde, 0xff, 0xff][..]),
            (0x20, &[7, 0][..]),
            (0x20, &[7, 200][..]),
        ] {
            assert_eq!(read(&with(flags, rest)), None, "{flags:#x}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_can_upset_the_reader(datagram in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some((_, payload)) = read(&datagram) {
                prop_assert!(payload.start >= HEADER_BYTES && payload.end <= datagram.len());
            }
        }
    }
}
