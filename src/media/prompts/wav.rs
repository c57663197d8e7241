//! WAV files as people record them: what is taken, what is refused and in which words.
//!
//! Source: Microsoft's "Multimedia Programming Interface and Data Specifications" 1.0 (RIFF, `fmt `
//! tags 1, 6 and 7). Taken: one channel, 8 or 16 kHz, PCM of 16 bits or G.711. The chunks are walked
//! here because no library of ours reads G.711 in them. A file is whatever somebody uploaded: nothing
//! in it is believed before it is checked.

use super::sound;
use crate::media::g711::Law;

/// Ten minutes: longer is not a prompt but a mistake.
pub const SECONDS_MAX: usize = 600;
/// The largest file that can hold as much, with room for titles and the like.
pub const BYTES_MAX: u64 = 19_200_000 + 65_536;

const PCM: u16 = 1;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;

/// Why a file is not taken. The words go on after the file's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WavFault {
    #[error("is not a WAV file; expected WAV, mono, 8 or 16 kHz, 16-bit PCM or G.711")]
    NotWav,
    #[error("is cut off or damaged: its {0:?} chunk is missing or too short")]
    Damaged(&'static str),
    #[error("has {0} channels; expected one (mono)")]
    Channels(u16),
    #[error("has {0} samples a second; expected 8000 or 16000")]
    Rate(u32),
    #[error(
        "has format {tag} with {bits} bits; expected 16-bit PCM, or G.711 A-law or µ-law of 8 bits"
    )]
    Format { tag: u16, bits: u16 },
    #[error("is longer than 10 minutes")]
    TooLong,
    #[error("has no sound in it")]
    Empty,
}

/// What a `fmt ` chunk says.
#[derive(Clone, Copy, Debug)]
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

/// Samples at 8,000 a second.
///
/// # Errors
/// The first thing that is wrong.
pub fn read(file: &[u8]) -> Result<Vec<i16>, WavFault> {
    let (format, data) = chunks(file)?;
    check(format)?;
    let samples = match (format.tag, format.bits) {
        (PCM, 16) => {
            data.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).map(u16::cast_signed).collect()
        }
        (A_LAW, 8) => data.iter().map(|byte| Law::A.decode(*byte)).collect(),
        (MU_LAW, 8) => data.iter().map(|byte| Law::Mu.decode(*byte)).collect(),
        (tag, bits) => return Err(WavFault::Format { tag, bits }),
    };
    let rate = usize::try_from(format.rate).unwrap_or(usize::MAX);
    longest(samples, rate)
}

fn longest(samples: Vec<i16>, rate: usize) -> Result<Vec<i16>, WavFault> {
    if samples.is_empty() {
        return Err(WavFault::Empty);
    }
    if samples.len() > rate.saturating_mul(SECONDS_MAX) {
        return Err(WavFault::TooLong);
    }
    Ok(if rate == 16_000 { sound::halve_rate(&samples) } else { samples })
}

fn check(format: Format) -> Result<(), WavFault> {
    if format.channels != 1 {
        return Err(WavFault::Channels(format.channels));
    }
    if format.rate != 8_000 && format.rate != 16_000 {
        return Err(WavFault::Rate(format.rate));
    }
    Ok(())
}

/// The format and the sound.
fn chunks(file: &[u8]) -> Result<(Format, &[u8]), WavFault> {
    if file.get(..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
        return Err(WavFault::NotWav);
    }
    let mut rest = file.get(12..).unwrap_or_default();
    let mut format = None;
    while let (Some(name), Some(length)) = (rest.get(..4), u32_at(rest, 4)) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let body = rest.get(8..).unwrap_or_default();
        match name {
            b"fmt " => format = Some(format_of(body).ok_or(WavFault::Damaged("fmt"))?),
            b"data" => {
                let format = format.ok_or(WavFault::Damaged("fmt"))?;
                // A recorder that streams leaves the length open: 0xffff_ffff means "to the end".
                let is_open = length >= 0xffff_f000;
                let sound = if is_open { Some(body) } else { body.get(..length) };
                return Ok((format, sound.ok_or(WavFault::Damaged("data"))?));
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = body.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    Err(WavFault::Damaged(if format.is_none() { "fmt" } else { "data" }))
}

fn format_of(body: &[u8]) -> Option<Format> {
    /// The true format stands in the first bytes of a GUID further on.
    const EXTENSIBLE: u16 = 0xfffe;
    let tag = match u16_at(body, 0)? {
        EXTENSIBLE => u16_at(body, 24)?,
        tag => tag,
    };
    Some(Format {
        tag,
        channels: u16_at(body, 2)?,
        rate: u32_at(body, 4)?,
        bits: u16_at(body, 14)?,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|pair| u16::from_le_bytes(*pair))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A file as a recorder writes it.
    pub fn wav(tag: u16, channels: u16, rate: u32, bits: u16, sound: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(tag.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(channels * bits / 8)).to_le_bytes());
        file.extend((channels * bits / 8).to_le_bytes());
        file.extend(bits.to_le_bytes());
        // A title of odd length stands before the sound.
        file.extend(b"LIST\x03\0\0\0abc\0data");
        file.extend(u32::try_from(sound.len()).unwrap().to_le_bytes());
        file.extend(sound);
        file
    }

    #[test]
    fn pcm_and_both_laws_are_read() {
        let pcm = wav(1, 1, 8_000, 16, &[0x10, 0x27, 0xf0, 0xd8]);
        assert_eq!(read(&pcm).unwrap(), [10_000, -10_000]);
        let a = [Law::A.encode(8_000), Law::A.encode(-8_000)];
        assert_eq!(read(&wav(6, 1, 8_000, 8, &a)).unwrap(), a.map(|byte| Law::A.decode(byte)));
        let mu = [Law::Mu.encode(8_000)];
        assert_eq!(read(&wav(7, 1, 8_000, 8, &mu)).unwrap(), mu.map(|byte| Law::Mu.decode(byte)));
        assert_eq!(read(&wav(1, 1, 16_000, 16, &[0; 640])).unwrap().len(), 160);
    }

    #[test]
    fn a_file_of_another_kind_is_refused_in_words_that_help() {
        let sound = [0; 64];
        for (file, words) in [
            (b"ID3 not a wav".to_vec(), "expected WAV"),
            (Vec::new(), "expected WAV"),
            (wav(1, 2, 8_000, 16, &sound), "2 channels; expected one"),
            (wav(1, 1, 44_100, 16, &sound), "44100 samples a second; expected 8000 or 16000"),
            (wav(1, 1, 8_000, 24, &sound), "expected 16-bit PCM"),
            (wav(3, 1, 8_000, 32, &sound), "expected 16-bit PCM"),
            (wav(1, 1, 8_000, 16, &[]), "no sound"),
            (wav(1, 1, 8_000, 16, &vec![0; 16_000 * 601]), "10 minutes"),
            (wav(1, 1, 8_000, 16, &sound)[..70].to_vec(), "damaged"),
            (b"RIFF\0\0\0\0WAVE".to_vec(), "damaged"),
        ] {
            let fault = read(&file).unwrap_err().to_string();
            assert!(fault.contains(words), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(
            cut in 0_usize..120,
            at in 0_usize..120,
            byte: u8,
            tail in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let mut file = wav(1, 1, 16_000, 16, &tail);
            if let Some(place) = file.get_mut(at) { *place = byte; }
            file.truncate(cut);
            let _ = read(&file);
            let _ = read(&tail);
        }
    }
}
