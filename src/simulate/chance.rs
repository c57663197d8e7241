//! Chance with a seed: the same seed gives the same evening.
//!
//! The process's dice ([`crate::dice`]) give the seed when none is asked for; from
//! there on SplitMix64 (Steele, Lea, Flood 2014) is random enough for a crowd.

/// A stream of numbers that its seed decides.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own, so that one person's choices do not move another's.
    pub fn branch(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Evenly in (0, 1).
    pub fn unit(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or(0);
        (f64::from(high) + 0.5) / 4_294_967_296.0
    }

    /// True with probability `share`.
    pub fn yes(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of `things`.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(things.len()).unwrap_or(u64::MAX);
        let at = self.next().checked_rem(count)?;
        things.get(usize::try_from(at).ok()?)
    }

    /// Exponential.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Lognormal by its median and its 90th percentile.
    pub fn lognormal(&mut self, median: f64, p90: f64) -> f64 {
        let sigma = (p90 / median).ln() / 1.281_551_565_5;
        median * (sigma * self.normal()).exp()
    }

    /// Gamma (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        if shape < 1.0 {
            let lift = self.unit().powf(1.0 / shape);
            return self.gamma(shape + 1.0, scale) * lift;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gamma_stream_keeps_its_mean_and_spread() {
        let mut chance = Chance::new(7);
        for (shape, scale) in [(0.4756, 2.0), (2.2156, 22.6623)] {
            let drawn: Vec<f64> = (0..40_000).map(|_| chance.gamma(shape, scale)).collect();
            let mean = drawn.iter().sum::<f64>() / 40_000.0;
            let spread = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 40_000.0;
            assert!((mean / (shape * scale) - 1.0).abs() < 0.05, "mean {mean}");
            assert!((spread / (shape * scale * scale) - 1.0).abs() < 0.1, "variance {spread}");
        }
    }

    #[test]
    fn a_lognormal_stream_keeps_its_median_and_p90() {
        let mut chance = Chance::new(11);
        let mut drawn: Vec<f64> = (0..40_000).map(|_| chance.lognormal(20.0, 49.5)).collect();
        drawn.sort_by(f64::total_cmp);
        assert!((drawn[20_000] / 20.0 - 1.0).abs() < 0.05);
        assert!((drawn[36_000] / 49.5 - 1.0).abs() < 0.05);
    }
}
