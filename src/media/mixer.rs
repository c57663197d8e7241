//! Several voices heard as one: sums of samples every 20 ms.
//!
//! Packets come when they come; a pool holds a few frames of each voice so that a late packet is not
//! a hole, and never so many that a talk drags.

use super::g711::{FRAME_SAMPLES, Law};
use std::collections::VecDeque;

/// A pool begins to give when it holds this much: one packet late is not heard.
const BEGIN_SAMPLES: usize = 2 * FRAME_SAMPLES;
/// A pool that holds more has fallen behind and is cut back to `BEGIN_SAMPLES`: 120 ms.
const BEHIND_SAMPLES: usize = 6 * FRAME_SAMPLES;

/// 20 ms of somebody's voice.
pub type Frame = [i16; FRAME_SAMPLES];

/// The voice of one leg on its way into mixes.
#[derive(Clone, Debug)]
pub struct Pool {
    samples: VecDeque<i16>,
    gives: bool,
    /// What is mixed in this tick.
    pub frame: Frame,
}

impl Default for Pool {
    fn default() -> Self {
        Self { samples: VecDeque::new(), gives: false, frame: [0; FRAME_SAMPLES] }
    }
}

impl Pool {
    /// Takes a packet's payload in.
    pub fn push(&mut self, law: Law, payload: &[u8]) {
        self.samples.extend(payload.iter().map(|byte| law.decode(*byte)));
        let behind = self.samples.len().saturating_sub(BEHIND_SAMPLES);
        if behind > 0 {
            let cut = self.samples.len().saturating_sub(BEGIN_SAMPLES);
            self.samples.drain(..cut);
        }
    }

    /// Puts the next 20 ms into `frame`: silence while nothing is there.
    pub fn turn(&mut self) {
        self.gives = if self.gives {
            self.samples.len() >= FRAME_SAMPLES
        } else {
            self.samples.len() >= BEGIN_SAMPLES
        };
        let take = if self.gives { FRAME_SAMPLES } else { 0 };
        let mut heard = self.samples.drain(..take);
        self.frame.fill_with(|| heard.next().unwrap_or(0));
    }
}

/// Adds voices; what is louder than the law can say is cut at its top.
pub fn mix<'a>(voices: impl Iterator<Item = &'a Frame>, law: Law, into: &mut [u8; FRAME_SAMPLES]) {
    let mut sum = [0_i32; FRAME_SAMPLES];
    for voice in voices {
        for (total, sample) in sum.iter_mut().zip(voice) {
            *total += i32::from(*sample);
        }
    }
    for (byte, total) in into.iter_mut().zip(sum) {
        let clipped = total.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
        *byte = law.encode(i16::try_from(clipped).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: [u8; FRAME_SAMPLES] = [0xaa; FRAME_SAMPLES];

    #[test]
    fn a_pool_begins_with_two_packets_and_gives_silence_before() {
        let mut pool = Pool::default();
        pool.push(Law::A, &LOUD);
        pool.turn();
        assert_eq!(pool.frame[0], 0);
        pool.push(Law::A, &LOUD);
        pool.turn();
        assert_eq!(pool.frame[0], 32_256);
        pool.turn();
        assert_eq!(pool.frame[0], 32_256);
        pool.turn();
        assert_eq!(pool.frame[0], 0);
    }

    #[test]
    fn a_pool_that_fell_behind_is_cut_back() {
        let mut pool = Pool::default();
        for _ in 0..100 {
            pool.push(Law::A, &LOUD);
        }
        assert!(pool.samples.len() <= BEHIND_SAMPLES);
    }

    #[test]
    fn voices_add_up_and_are_cut_at_the_top() {
        let mut heard = [0; FRAME_SAMPLES];
        mix([[1_000; FRAME_SAMPLES], [2_000; FRAME_SAMPLES]].iter(), Law::A, &mut heard);
        let said = i32::from(Law::A.decode(heard[0]));
        assert!((said - 3_000).abs() < 100, "{said}");
        mix([[30_000; FRAME_SAMPLES]; 3].iter(), Law::A, &mut heard);
        assert_eq!(Law::A.decode(heard[0]), 32_256);
        mix([].iter(), Law::Mu, &mut heard);
        assert_eq!(Law::Mu.decode(heard[0]), 0);
    }
}
