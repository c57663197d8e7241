//! G.711, the voice of the telephone network: 8,000 bytes a second, one a sample.
//!
//! Source: ITU-T G.711 (11/88). China's trunks speak A-law; µ-law comes from elsewhere. Both laws
//! are tables of 256 entries made at compile time, so that a call between the two costs a look-up
//! a byte.

/// Samples, and so bytes, in one packet of 20 ms.
pub const FRAME_SAMPLES: usize = 160;
/// Samples a millisecond.
pub const SAMPLES_PER_MS: u32 = 8;

/// Which of the two laws a leg speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Law {
    /// PCMA, static payload type 8.
    #[default]
    A,
    /// PCMU, static payload type 0.
    Mu,
}

impl Law {
    /// The static payload type of RFC 3551.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::A => 8,
            Self::Mu => 0,
        }
    }

    /// The law of a static payload type.
    #[must_use]
    pub const fn of_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::A),
            0 => Some(Self::Mu),
            _ => None,
        }
    }

    /// A byte that is heard as nothing.
    #[must_use]
    pub const fn silence(self) -> u8 {
        match self {
            Self::A => 0xd5,
            Self::Mu => 0xff,
        }
    }

    /// The sample that a byte stands for, −32,124 to 32,124.
    #[must_use]
    pub fn decode(self, byte: u8) -> i16 {
        let table = match self {
            Self::A => &A_TO_LINEAR,
            Self::Mu => &MU_TO_LINEAR,
        };
        table.get(usize::from(byte)).copied().unwrap_or(0)
    }

    /// The byte nearest to a sample.
    #[must_use]
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => linear_to_a(sample),
            Self::Mu => linear_to_mu(sample),
        }
    }

    /// Rewrites `payload` in place from this law to `other`.
    pub fn convert(self, other: Self, payload: &mut [u8]) {
        let table = match (self, other) {
            (Self::A, Self::Mu) => &A_TO_MU,
            (Self::Mu, Self::A) => &MU_TO_A,
            (Self::A, Self::A) | (Self::Mu, Self::Mu) => return,
        };
        for byte in payload {
            *byte = table.get(usize::from(*byte)).copied().unwrap_or(*byte);
        }
    }
}

static A_TO_LINEAR: [i16; 256] = samples(Law::A);
static MU_TO_LINEAR: [i16; 256] = samples(Law::Mu);
static A_TO_MU: [u8; 256] = crossing(Law::A, Law::Mu);
static MU_TO_A: [u8; 256] = crossing(Law::Mu, Law::A);

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "a table made at compile time; an index out of range would not compile"
)]
const fn samples(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match law {
            Law::A => a_to_linear(byte as u8),
            Law::Mu => mu_to_linear(byte as u8),
        };
        byte += 1;
    }
    table
}

#[expect(
    clippy::indexing_slicing,
    reason = "a table made at compile time; an index out of range would not compile"
)]
const fn crossing(from: Law, to: Law) -> [u8; 256] {
    let samples = samples(from);
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = to.encode(samples[byte]);
        byte += 1;
    }
    table
}

/// Every even bit is inverted on the wire, the sign bit set means positive.
#[expect(clippy::as_conversions, reason = "8 bits into 16, in a const")]
const fn a_to_linear(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let step = ((byte & 0x0f) as i16) << 4;
    let segment = (byte & 0x70) >> 4;
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

/// All bits are inverted on the wire; magnitudes are biased by 132.
#[expect(clippy::as_conversions, reason = "8 bits into 16, in a const")]
const fn mu_to_linear(byte: u8) -> i16 {
    let byte = !byte;
    let magnitude = ((((byte & 0x0f) as i16) << 3) + 0x84) << ((byte & 0x70) >> 4);
    if byte & 0x80 == 0 { magnitude - 0x84 } else { 0x84 - magnitude }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is masked to 8 bits, in a const"
)]
const fn linear_to_a(sample: i16) -> u8 {
    let (mask, magnitude) = if sample < 0 { (0x55, !sample) } else { (0xd5, sample) };
    // 13 bits of the 16 count.
    let magnitude = magnitude >> 3;
    let segment = segment_of(magnitude >> 5);
    let step = if segment < 2 { magnitude >> 1 } else { magnitude >> segment };
    ((((segment << 4) as i16) | (step & 0x0f)) as u8) ^ mask
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is masked to 8 bits, in a const"
)]
const fn linear_to_mu(sample: i16) -> u8 {
    const BIAS: i16 = 0x84 >> 2;
    /// The largest magnitude that still fits the last segment, in 14 bits.
    const CLIP: i16 = 8_158;
    let (mask, magnitude) =
        if sample < 0 { (0x7f, (!sample >> 2) + 1) } else { (0xff, sample >> 2) };
    let magnitude = if magnitude > CLIP { CLIP } else { magnitude } + BIAS;
    let segment = segment_of(magnitude >> 6);
    ((((segment << 4) as i16) | ((magnitude >> (segment + 1)) & 0x0f)) as u8) ^ mask
}

/// How many bits are left of a magnitude: its segment, 0 to 7.
const fn segment_of(rest: i16) -> u32 {
    let bits = 16 - rest.leading_zeros();
    if bits > 7 { 7 } else { bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_those_of_the_recommendation() {
        // Tables 1a and 2a of G.711: largest and smallest positive values, scaled to 16 bits.
        assert_eq!(Law::A.decode(0xaa), 32_256);
        assert_eq!(Law::A.decode(0xd5), 8);
        assert_eq!(Law::A.decode(0x55), -8);
        assert_eq!(Law::A.decode(0x2a), -32_256);
        assert_eq!(Law::Mu.decode(0x80), 32_124);
        assert_eq!(Law::Mu.decode(0xff), 0);
        assert_eq!(Law::Mu.decode(0x00), -32_124);
        assert_eq!(Law::Mu.decode(0xfe), 8);
    }

    #[test]
    fn every_byte_survives_a_round_trip() {
        for law in [Law::A, Law::Mu] {
            for byte in 0..=255 {
                let again = law.encode(law.decode(byte));
                // µ-law has two zeros, and either is right.
                let is_zero = law == Law::Mu && law.decode(byte) == 0;
                assert!(again == byte || is_zero, "{law:?} {byte:#x} {again:#x}");
            }
        }
    }

    #[test]
    fn the_nearest_byte_is_chosen_for_every_sample() {
        for law in [Law::A, Law::Mu] {
            for sample in i16::MIN..=i16::MAX {
                let said = i32::from(law.decode(law.encode(sample)));
                let off = (said - i32::from(sample)).abs();
                // Half a step of the segment, and the clip at the top.
                let room = (i32::from(sample).abs() / 16).max(16);
                assert!(off <= room, "{law:?} {sample} said {said}");
            }
        }
    }

    #[test]
    fn a_law_turned_into_the_other_and_back_is_heard_the_same() {
        let mut payload: Vec<u8> = (0..=255).collect();
        let before: Vec<i16> = payload.iter().map(|byte| Law::A.decode(*byte)).collect();
        Law::A.convert(Law::Mu, &mut payload);
        Law::Mu.convert(Law::A, &mut payload);
        for (byte, before) in payload.iter().zip(before) {
            let off = (i32::from(Law::A.decode(*byte)) - i32::from(before)).abs();
            assert!(off <= i32::from(before).abs() / 8 + 16, "{before} became {byte:#x}");
        }
    }
}
