//! The calm sound of waiting: slow chords, made here by arithmetic, so that nobody's rights are in it.
//!
//! Eight chords of nine seconds melt into each other and into the first again: a note is written round
//! the end of the loop, so there is no seam. Every partial lies between 300 and 3,400 Hz, which is all
//! a telephone carries; what would be lost is not made. Always the same, sample by sample.

use super::prompts::{dbfs, level as bring_to, to_sample};
use std::f32::consts::{PI, TAU};

/// Softer than a voice (−20 dBFS), so that a prompt over it is no shock and a voice after it no strain.
const LEVEL_DBFS: f32 = -26.0;
/// Samples from one chord to the next: 9 s, about two slow breaths.
const CHORD: usize = 72_000;
/// How long a note sounds: it rises while the one before falls.
const NOTE: u32 = 128_000;
const RATE: f32 = 8_000.0;

/// Chords in D major, voiced openly, Hz. No leading note asks for anything.
const CHORDS: [[f32; 4]; 8] = [
    [369.99, 440.00, 587.33, 880.00],
    [392.00, 493.88, 587.33, 739.99],
    [329.63, 440.00, 659.26, 830.61],
    [369.99, 493.88, 587.33, 880.00],
    [392.00, 493.88, 659.26, 987.77],
    [440.00, 554.37, 659.26, 739.99],
    [392.00, 587.33, 739.99, 880.00],
    [329.63, 440.00, 554.37, 880.00],
];

/// Overtones and how loud each is.
const PARTIALS: [(f32, f32); 3] = [(1.0, 1.0), (2.0, 0.28), (3.0, 0.07)];
/// Two strings a note, this much apart, Hz: they beat once in three seconds, like breath.
const APART_HZ: [f32; 2] = [-0.16, 0.16];

/// 72 s at 8,000 samples a second, to be repeated for ever.
#[must_use]
pub fn calm() -> Vec<i16> {
    let length = CHORDS.len() * CHORD;
    let mut sound = vec![0.0_f32; length];
    for (place, chord) in CHORDS.iter().enumerate() {
        for (voice, pitch_hz) in chord.iter().enumerate() {
            // A hand does not strike all strings at once.
            let begin = place * CHORD + voice * 4_000;
            for (overtone, loud) in PARTIALS {
                for apart in APART_HZ {
                    add(&mut sound, begin, (pitch_hz + apart) * overtone, loud);
                }
            }
        }
    }
    let peak = sound.iter().fold(1.0_f32, |peak, level| peak.max(level.abs()));
    let mut samples: Vec<i16> =
        sound.iter().map(|level| to_sample(level / peak * 16_000.0)).collect();
    level(&mut samples);
    samples
}

/// As loud as waiting shall be.
pub fn level(samples: &mut [i16]) {
    let is_dbfs = dbfs(samples);
    bring_to(samples, is_dbfs, LEVEL_DBFS);
}

/// One partial of one note, swelling and fading, written round the end of the loop.
fn add(sound: &mut [f32], begin: usize, pitch_hz: f32, loud: f32) {
    if !(300.0..=3_400.0).contains(&pitch_hz) {
        return;
    }
    let mut voice = Turning::new(TAU * pitch_hz / RATE);
    // 1 − cos over the note: begins and ends at nothing, without a corner.
    let mut swell = Turning::new(TAU / length_of(NOTE));
    let length = sound.len().max(1);
    let mut place = begin % length;
    for _ in 0..NOTE {
        let (_, sine) = voice.next();
        let (cosine, _) = swell.next();
        if let Some(level) = sound.get_mut(place) {
            *level += loud * sine * (1.0 - cosine) / 2.0;
        }
        place = (place + 1) % length;
    }
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "128,000 is exact in f32")]
const fn length_of(samples: u32) -> f32 {
    samples as f32
}

/// Cosine and sine of an angle that grows evenly, without asking for either again.
struct Turning {
    cosine: f64,
    sine: f64,
    step_cosine: f64,
    step_sine: f64,
}

impl Turning {
    fn new(step: f32) -> Self {
        debug_assert!(step < PI, "above half the rate");
        let (step_sine, step_cosine) = f64::from(step).sin_cos();
        Self { cosine: 1.0, sine: 0.0, step_cosine, step_sine }
    }

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "a sample needs 16 bits of these"
    )]
    fn next(&mut self) -> (f32, f32) {
        let now = (self.cosine as f32, self.sine as f32);
        let cosine = self.cosine * self.step_cosine - self.sine * self.step_sine;
        self.sine = self.sine * self.step_cosine + self.cosine * self.step_sine;
        self.cosine = cosine;
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static CALM: LazyLock<Vec<i16>> = LazyLock::new(calm);

    fn step(pair: &[i16]) -> u32 {
        (i32::from(pair[1]) - i32::from(pair[0])).unsigned_abs()
    }

    #[test]
    fn the_loop_is_whole_frames_and_always_the_same() {
        assert_eq!(CALM.len(), 576_000);
        assert_eq!(CALM.len() % 160, 0);
        assert_eq!(*CALM, calm());
    }

    #[test]
    fn it_is_as_soft_as_said_and_never_loud() {
        assert!((dbfs(&CALM) + 26.0).abs() < 0.3, "{}", dbfs(&CALM));
        assert!(CALM.iter().all(|sample| sample.unsigned_abs() < 10_400), "-10 dBFS");
        for second in CALM.chunks(8_000) {
            let level = dbfs(second);
            assert!(level > -34.0 && level < -20.0, "a hole or a swell: {level}");
        }
    }

    #[test]
    fn nobody_hears_where_it_begins_again() {
        let within = CALM.windows(2).map(step).max().unwrap();
        let seam = [CALM[CALM.len() - 1], CALM[0]];
        assert!(step(&seam) <= within, "a click");
        // Nor does it grow loud or soft there.
        let before = dbfs(&CALM[CALM.len() - 8_000..]);
        assert!((before - dbfs(&CALM[..8_000])).abs() < 4.0);
    }

    #[test]
    fn it_lies_within_what_a_telephone_carries() {
        // Goertzel over 2 s at places where nothing may sound, against where something does.
        let power = |pitch_hz: f32| {
            let mut turning = Turning::new(TAU * pitch_hz / RATE);
            let (mut re, mut im) = (0.0_f64, 0.0_f64);
            for sample in &CALM[40_000..56_000] {
                let (cosine, sine) = turning.next();
                re += f64::from(*sample) * f64::from(cosine);
                im += f64::from(*sample) * f64::from(sine);
            }
            re.hypot(im)
        };
        let sounding = power(440.0);
        for outside in [50.0, 100.0, 200.0, 260.0, 3_500.0, 3_800.0] {
            assert!(power(outside) < sounding / 100.0, "{outside} Hz");
        }
    }
}
