//! Sound as numbers: levels made alike, 16 kHz made 8.

use std::f32::consts::PI;

/// How loud speech is, over the parts where somebody speaks: −20 dBFS, usual for announcements, and
/// with 17 dB to spare for peaks.
const SPEECH_DBFS: f32 = -20.0;
/// No sample above this, −3 dBFS.
const PEAK: f32 = 23_197.0;
/// What is softer than −50 dBFS over 20 ms is a pause and says nothing of how loud the voice is.
const PAUSE_DBFS: f32 = -50.0;
/// A recording that needs more than this was made with the wrong microphone; hiss is not made loud.
const GAIN_DB_MAX: f32 = 24.0;
const FULL_SCALE: f32 = 32_768.0;
const FRAME: usize = 160;

/// Level of samples, dB below full scale; −120 for nothing.
#[must_use]
pub fn dbfs(samples: &[i16]) -> f32 {
    let power: f32 = samples.iter().map(|sample| f32::from(*sample).powi(2)).sum();
    let mean = power / count(samples.len().max(1));
    (10.0 * (mean / FULL_SCALE.powi(2)).max(1e-12).log10()).max(-120.0)
}

/// Level where somebody speaks: pauses left out.
#[must_use]
pub fn speech_dbfs(samples: &[i16]) -> f32 {
    let spoken = samples.chunks(FRAME).filter(|frame| dbfs(frame) > PAUSE_DBFS);
    let spoken: Vec<i16> = spoken.flatten().copied().collect();
    dbfs(&spoken)
}

/// As loud as every other prompt.
pub fn level_speech(samples: &mut [i16]) {
    level(samples, speech_dbfs(samples), SPEECH_DBFS);
}

/// Brings samples from `is_dbfs` to `wanted_dbfs`, as far as peaks and sense allow.
pub fn level(samples: &mut [i16], is_dbfs: f32, wanted_dbfs: f32) {
    let peak = samples.iter().map(|sample| f32::from(*sample).abs()).fold(0.0, f32::max);
    if peak < 1.0 || is_dbfs <= -90.0 {
        return;
    }
    let gain = 10_f32.powf((wanted_dbfs - is_dbfs).clamp(-60.0, GAIN_DB_MAX) / 20.0);
    let gain = gain.min(PEAK / peak);
    for sample in samples {
        *sample = to_sample(f32::from(*sample) * gain);
    }
}

/// The sample nearest to a level.
#[must_use]
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "clamped to the range of i16 before; the cast saturates besides"
)]
pub fn to_sample(level: f32) -> i16 {
    level.round().clamp(-32_768.0, 32_767.0) as i16
}

/// 16,000 samples a second become 8,000; what a telephone cannot carry is taken out before.
#[must_use]
pub fn halve_rate(samples: &[i16]) -> Vec<i16> {
    let taps = low_pass();
    let middle = taps.len() / 2;
    let places = (0..samples.len()).step_by(2);
    places
        .map(|at| {
            let heard = taps.iter().enumerate().filter_map(|(tap, weight)| {
                let place = at.checked_add(middle)?.checked_sub(tap)?;
                samples.get(place).map(|sample| f32::from(*sample) * weight)
            });
            to_sample(heard.sum())
        })
        .collect()
}

/// A low-pass at 3.6 kHz for 16 kHz: a windowed sinc of 95 taps, more than 50 dB down at 4.2 kHz.
fn low_pass() -> Vec<f32> {
    const TAPS: u16 = 95;
    let cut = 3_700.0 / 16_000.0;
    let middle = f32::from(TAPS - 1) / 2.0;
    let taps = (0..TAPS).map(|tap| {
        let x = f32::from(tap) - middle;
        let sinc = if x == 0.0 { 2.0 * cut } else { (2.0 * PI * cut * x).sin() / (PI * x) };
        let turn = 2.0 * PI * f32::from(tap) / f32::from(TAPS - 1);
        sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
    });
    let taps: Vec<f32> = taps.collect();
    let sum: f32 = taps.iter().sum();
    taps.into_iter().map(|tap| tap / sum).collect()
}

/// A count as a number to reckon with; exact for every length a file may have.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a level is not changed by one sample in sixteen million"
)]
const fn count(samples: usize) -> f32 {
    samples as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 8_000.0;

    fn tone(pitch_hz: f32, rate: f32, level: f32, length: u16) -> Vec<i16> {
        (0..length)
            .map(|at| to_sample(level * (2.0 * PI * pitch_hz * f32::from(at) / rate).sin()))
            .collect()
    }

    #[test]
    fn soft_and_loud_recordings_become_alike() {
        for level in [800.0, 5_000.0, 30_000.0] {
            let mut samples = tone(500.0, RATE, level, 8_000);
            samples.extend([0; 8_000]);
            level_speech(&mut samples);
            assert!(
                (speech_dbfs(&samples) + 20.0).abs() < 0.5,
                "{level}: {}",
                speech_dbfs(&samples)
            );
        }
    }

    #[test]
    fn nothing_is_clipped_and_silence_stays_silent() {
        let mut clicks = vec![0; 8_000];
        for place in clicks.iter_mut().step_by(400) {
            *place = 9_000;
        }
        level_speech(&mut clicks);
        assert!(clicks.iter().all(|sample| sample.unsigned_abs() <= 23_198));
        let mut silence = vec![0; 400];
        level_speech(&mut silence);
        assert_eq!(silence, [0; 400]);
    }

    #[test]
    fn what_a_telephone_cannot_carry_is_gone_after_the_rate_is_halved() {
        let heard =
            |pitch_hz| dbfs(&halve_rate(&tone(pitch_hz, 16_000.0, 16_000.0, 16_000))[200..7_800]);
        assert!((heard(1_000.0) - heard(3_000.0)).abs() < 0.5);
        assert!(heard(4_400.0) < heard(1_000.0) - 45.0, "{}", heard(4_400.0));
        assert!(heard(7_000.0) < heard(1_000.0) - 45.0);
    }
}
