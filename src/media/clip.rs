//! Something to be heard: a prompt or music, ready to be sent in either law.

use super::g711::{FRAME_SAMPLES, Law};
use std::sync::Arc;

/// A recording at 8,000 samples a second, whole frames long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clip {
    a: Box<[u8]>,
    mu: Box<[u8]>,
}

impl Clip {
    /// A clip of linear samples; the last frame is filled up with silence.
    #[must_use]
    pub fn of_samples(samples: &[i16]) -> Self {
        let encode = |law: Law| {
            let mut bytes: Vec<u8> = samples.iter().map(|sample| law.encode(*sample)).collect();
            bytes.resize(samples.len().next_multiple_of(FRAME_SAMPLES), law.silence());
            bytes.into_boxed_slice()
        };
        Self { a: encode(Law::A), mu: encode(Law::Mu) }
    }

    /// Two soft tones: what is heard where a recording is missing.
    #[must_use]
    pub fn chime() -> Self {
        let tone = |hz: f64| {
            (0..4_000_u32).map(move |at| {
                let time_s = f64::from(at) / 8_000.0;
                let level = (time_s * 40.0).min(1.0) * (-time_s * 6.0).exp();
                let sample = 3_000.0 * level * (std::f64::consts::TAU * hz * time_s).sin();
                // Within ±3,000 by construction.
                format!("{sample:.0}").parse().unwrap_or(0)
            })
        };
        Self::of_samples(&tone(523.25).chain(tone(659.25)).collect::<Vec<i16>>())
    }

    /// Frames of 20 ms.
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.a.len() / FRAME_SAMPLES
    }

    #[must_use]
    pub const fn length_ms(&self) -> usize {
        self.frames() * 20
    }

    /// The frame at `index`, or `None` behind the end.
    #[must_use]
    pub fn frame(&self, law: Law, index: usize) -> Option<&[u8; FRAME_SAMPLES]> {
        let bytes = match law {
            Law::A => &self.a,
            Law::Mu => &self.mu,
        };
        let start = index.checked_mul(FRAME_SAMPLES)?;
        bytes.get(start..)?.first_chunk::<FRAME_SAMPLES>()
    }
}

/// Clips to be said one after the other over whatever a leg hears.
#[derive(Clone, Debug)]
pub struct Script {
    pub clips: Vec<Arc<Clip>>,
    /// Comes back with [`super::LegEvent::Said`].
    pub token: u32,
    /// Said to its end even when the talk begins: what the law wants said.
    pub must: bool,
}

/// A script that is being said.
#[derive(Clone, Debug)]
pub(super) struct Saying {
    pub script: Script,
    clip: usize,
    frame: usize,
}

impl Saying {
    pub const fn new(script: Script) -> Self {
        Self { script, clip: 0, frame: 0 }
    }

    /// The next 20 ms; `None` at the end.
    pub fn next(&mut self, law: Law) -> Option<&[u8; FRAME_SAMPLES]> {
        while let Some(clip) = self.script.clips.get(self.clip) {
            if self.frame < clip.frames() {
                let frame = self.frame;
                self.frame += 1;
                return clip.frame(law, frame);
            }
            (self.clip, self.frame) = (self.clip + 1, 0);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_is_whole_frames_filled_up_with_silence() {
        let clip = Clip::of_samples(&[1_000; 200]);
        assert_eq!((clip.frames(), clip.length_ms()), (2, 40));
        let last = clip.frame(Law::A, 1).unwrap();
        assert_eq!(last[39], Law::A.encode(1_000));
        assert_eq!(last[40], Law::A.silence());
        assert_eq!(clip.frame(Law::A, 2), None);
        assert_eq!(clip.frame(Law::Mu, usize::MAX), None);
    }

    #[test]
    fn a_script_says_its_clips_one_after_the_other() {
        let clip = |level| Arc::new(Clip::of_samples(&[level; 160]));
        let script = Script { clips: vec![clip(8), clip(16_000)], token: 1, must: false };
        let mut saying = Saying::new(script);
        assert_eq!(saying.next(Law::A).map(|frame| frame[0]), Some(Law::A.encode(8)));
        assert_eq!(saying.next(Law::A).map(|frame| frame[0]), Some(Law::A.encode(16_000)));
        assert_eq!(saying.next(Law::A), None);
    }
}
