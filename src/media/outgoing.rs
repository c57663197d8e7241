//! The stream we send to one leg: one source, one count, one clock, whatever is heard on it.
//!
//! A telephone hears music, then a voice, then a prompt, and must take it for one stream: sequence
//! numbers without a gap, a timestamp that moves with the time that passed, and the marker bit where
//! something new begins.

use super::g711::SAMPLES_PER_MS;
use super::rtp::Header;
use crate::clock::At;

/// A timestamp further than this from what the clock says is a new beginning: 2 s of samples.
const LEAP_SAMPLES: u32 = 2_000 * SAMPLES_PER_MS;
/// A frame of our own, in samples: 20 ms.
const FRAME: u32 = 20 * SAMPLES_PER_MS;
/// A pause longer than this is told as this long: 1 h of samples is far from the wrap.
const PAUSE_MS_MAX: i64 = 3_600_000;

/// The stream to one leg.
#[derive(Clone, Debug)]
pub struct Outgoing {
    ssrc: u32,
    /// Of the newest packet sent, or the random numbers to begin from.
    seq: u16,
    timestamp: u32,
    /// When that was; `None` before the first.
    sent_at: Option<At>,
    /// Whose stream is passed on, if the newest packet was not our own.
    source: Option<Source>,
}

/// A stream that is passed on, and how its numbers become ours.
#[derive(Clone, Copy, Debug)]
struct Source {
    leg: usize,
    ssrc: u32,
    /// What was sent before this was never ours to pass on.
    first_seq: u16,
    seq_offset: u16,
    timestamp_offset: u32,
    /// The newest timestamp seen, and when.
    timestamp: u32,
    seen_at: At,
}

impl Outgoing {
    /// A stream that begins at random numbers, as RFC 3550 asks.
    #[must_use]
    pub const fn new(ssrc: u32, seq: u16, timestamp: u32) -> Self {
        Self { ssrc, seq, timestamp, sent_at: None, source: None }
    }

    /// The header under which a packet of `leg` is passed on; `None` for one from before the switch.
    pub fn pass_on(
        &mut self,
        leg: usize,
        header: &Header,
        payload_type: u8,
        at: At,
    ) -> Option<Header> {
        let known = self.source.filter(|source| source.goes_on(leg, header, at));
        let marker = known.is_none() || header.marker;
        let mut source = known.unwrap_or_else(|| self.begin(leg, header, at));
        if is_before(header.seq, source.first_seq) {
            return None;
        }
        if is_ahead(header.timestamp, source.timestamp) {
            (source.timestamp, source.seen_at) = (header.timestamp, at);
        }
        self.source = Some(source);
        let seq = header.seq.wrapping_add(source.seq_offset);
        let timestamp = header.timestamp.wrapping_add(source.timestamp_offset);
        // A packet that was overtaken on its way does not turn the count back.
        if self.sent_at.is_none() || !is_before(seq, self.seq) {
            (self.seq, self.timestamp, self.sent_at) = (seq, timestamp, Some(at));
        }
        Some(Header { marker, payload_type, seq, timestamp, ssrc: self.ssrc })
    }

    /// The header of a frame of our own: 20 ms of a prompt, of music or of a mix. `is_new` begins
    /// another talk spurt.
    pub fn frame(&mut self, payload_type: u8, is_new: bool, at: At) -> Header {
        let marker = is_new || self.source.take().is_some() || self.sent_at.is_none();
        let (seq, timestamp) = self.next(marker, at);
        (self.seq, self.timestamp, self.sent_at) = (seq, timestamp, Some(at));
        Header { marker, payload_type, seq, timestamp, ssrc: self.ssrc }
    }

    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// One packet on: a frame later, or at a new beginning as much later as time has passed.
    fn next(&self, is_new: bool, at: At) -> (u16, u32) {
        let Some(sent_at) = self.sent_at else { return (self.seq, self.timestamp) };
        let step = if is_new { samples_between(sent_at, at).max(FRAME) } else { FRAME };
        (self.seq.wrapping_add(1), self.timestamp.wrapping_add(step))
    }

    fn begin(&self, leg: usize, header: &Header, at: At) -> Source {
        let (seq, timestamp) = self.next(true, at);
        Source {
            leg,
            ssrc: header.ssrc,
            first_seq: header.seq,
            seq_offset: seq.wrapping_sub(header.seq),
            timestamp_offset: timestamp.wrapping_sub(header.timestamp),
            timestamp: header.timestamp,
            seen_at: at,
        }
    }
}

impl Source {
    /// Whether `header` goes on where this source was: the same sender, whose clock did not leap.
    fn goes_on(&self, leg: usize, header: &Header, at: At) -> bool {
        if self.leg != leg || self.ssrc != header.ssrc {
            return false;
        }
        let expected = self.timestamp.wrapping_add(samples_between(self.seen_at, at));
        let off = header.timestamp.wrapping_sub(expected);
        off.min(off.wrapping_neg()) <= LEAP_SAMPLES
    }
}

fn samples_between(earlier: At, later: At) -> u32 {
    let passed_ms = later.ms_since(earlier).min(PAUSE_MS_MAX);
    u32::try_from(passed_ms).unwrap_or(0).saturating_mul(SAMPLES_PER_MS)
}

/// Whether sequence number `one` comes before `other`, around the wrap.
#[must_use]
pub const fn is_before(one: u16, other: u16) -> bool {
    let ahead = other.wrapping_sub(one);
    ahead != 0 && ahead < 0x8000
}

const fn is_ahead(one: u32, other: u32) -> bool {
    let ahead = one.wrapping_sub(other);
    ahead != 0 && ahead < 0x8000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEG: usize = 3;

    fn header(seq: u16, timestamp: u32) -> Header {
        Header { marker: false, payload_type: 8, seq, timestamp, ssrc: 77 }
    }

    fn stream() -> Outgoing {
        Outgoing::new(1, 65_534, u32::MAX - 100)
    }

    #[test]
    fn frames_of_our_own_count_on_over_the_wrap() {
        let mut out = stream();
        let first = out.frame(8, false, At(1_000));
        assert_eq!((first.marker, first.seq, first.timestamp), (true, 65_534, u32::MAX - 100));
        let second = out.frame(8, false, At(1_020));
        assert_eq!((second.marker, second.seq, second.timestamp), (false, 65_535, 59));
        assert_eq!(out.frame(8, false, At(1_040)).seq, 0);
    }

    #[test]
    fn a_late_tick_does_not_stretch_the_stream() {
        let mut out = stream();
        let first = out.frame(8, false, At(1_000));
        let late = out.frame(8, false, At(1_055));
        assert_eq!(late.timestamp.wrapping_sub(first.timestamp), 160);
    }

    #[test]
    fn a_voice_after_music_goes_on_one_packet_later_with_a_marker() {
        let mut out = stream();
        out.frame(8, false, At(1_000));
        let music = out.frame(8, false, At(1_020));
        let voice = out.pass_on(LEG, &header(500, 9_000), 8, At(1_120)).unwrap();
        assert!(voice.marker);
        assert_eq!(voice.seq, music.seq.wrapping_add(1));
        assert_eq!(voice.timestamp.wrapping_sub(music.timestamp), 800);
        let next = out.pass_on(LEG, &header(501, 9_160), 8, At(1_140)).unwrap();
        assert!(!next.marker);
        assert_eq!(next.seq, voice.seq.wrapping_add(1));
        assert_eq!(next.timestamp.wrapping_sub(voice.timestamp), 160);
    }

    #[test]
    fn a_gap_and_a_packet_overtaken_stay_what_they_were() {
        let mut out = stream();
        let first = out.pass_on(LEG, &header(10, 0), 8, At(1_000)).unwrap();
        let third = out.pass_on(LEG, &header(12, 320), 8, At(1_040)).unwrap();
        let second = out.pass_on(LEG, &header(11, 160), 8, At(1_045)).unwrap();
        assert_eq!(third.seq.wrapping_sub(first.seq), 2);
        assert_eq!(second.seq.wrapping_sub(first.seq), 1);
        let music = out.frame(8, false, At(1_060));
        assert_eq!(music.seq, third.seq.wrapping_add(1));
    }

    #[test]
    fn what_was_sent_before_the_switch_is_not_passed_on() {
        let mut out = stream();
        out.frame(8, false, At(1_000));
        assert!(out.pass_on(LEG, &header(10, 1_600), 8, At(1_020)).is_some());
        assert_eq!(out.pass_on(LEG, &header(9, 1_440), 8, At(1_021)), None);
    }

    #[test]
    fn another_sender_and_a_wild_clock_begin_anew_without_a_jump() {
        let mut out = stream();
        let first = out.pass_on(LEG, &header(10, 0), 8, At(1_000)).unwrap();
        let wild = out.pass_on(LEG, &header(11, 900_000_000), 8, At(1_020)).unwrap();
        assert!(wild.marker);
        assert_eq!(wild.seq.wrapping_sub(first.seq), 1);
        assert_eq!(wild.timestamp.wrapping_sub(first.timestamp), 160);
        let other = Header { ssrc: 78, ..header(40_000, 5) };
        let other = out.pass_on(LEG, &other, 8, At(1_040)).unwrap();
        assert_eq!(other.seq.wrapping_sub(wild.seq), 1);
        assert_eq!(other.timestamp.wrapping_sub(wild.timestamp), 160);
        assert_eq!(other.ssrc, 1);
    }

    #[test]
    fn a_speaker_who_was_silent_for_a_minute_goes_on_in_the_same_stream() {
        let mut out = stream();
        let first = out.pass_on(LEG, &header(10, 0), 8, At(1_000)).unwrap();
        let after = Header { marker: true, ..header(11, 480_000) };
        let after = out.pass_on(LEG, &after, 8, At(61_000)).unwrap();
        assert_eq!(after.timestamp.wrapping_sub(first.timestamp), 480_000);
    }
}
