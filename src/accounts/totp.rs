//! One-time codes: RFC 6238, SHA-1, six digits, 30 s, one step of slack either way.

use crate::clock::At;
use crate::dice;
use crate::veil::{Pii, Purpose};
use data_encoding::BASE32_NOPAD;
use totp_rs::{Algorithm, Builder, Totp};

/// Seconds of one step.
const STEP_S: i64 = 30;

/// A new secret of 160 bits, as RFC 4226 recommends.
#[must_use]
pub fn secret() -> Pii<Vec<u8>> {
    Pii::new(dice::bytes::<20>().to_vec())
}

/// The step whose code this is, if it is one of now, the step before or the step after.
/// A step is to be taken once: see the store's `take_totp_step`.
#[must_use]
pub fn matching_step(secret: &Pii<Vec<u8>>, code: &str, at: At) -> Option<i64> {
    let totp = generator(secret)?;
    let now_s = at.0.div_euclid(1_000);
    let code = code.trim();
    if code.len() != 6 {
        return None;
    }
    [0, -STEP_S, STEP_S].into_iter().find_map(|slack_s| {
        let moment_s = now_s.saturating_add(slack_s);
        let token = totp.generate(u64::try_from(moment_s).ok()?).to_string();
        let same: bool = subtle::ConstantTimeEq::ct_eq(token.as_bytes(), code.as_bytes()).into();
        same.then_some(moment_s.div_euclid(STEP_S))
    })
}

/// The secret as it is typed into an authenticator app: base32.
#[must_use]
pub fn enrolment_secret(secret: &Pii<Vec<u8>>) -> Pii<String> {
    Pii::new(BASE32_NOPAD.encode(secret.reveal(Purpose::Deliver)))
}

/// What an authenticator app scans or is told.
#[must_use]
pub fn enrolment_uri(secret: &Pii<Vec<u8>>, username: &str) -> Pii<String> {
    let secret = enrolment_secret(secret).into_revealed(Purpose::Deliver);
    Pii::new(format!("otpauth://totp/xinqiao:{username}?secret={secret}&issuer=xinqiao"))
}

fn generator(secret: &Pii<Vec<u8>>) -> Option<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(0)
        .with_secret(secret.reveal(Purpose::Verify).clone())
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret is ASCII 12345678901234567890; the last six of eight digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = Pii::new(b"12345678901234567890".to_vec());
        assert_eq!(matching_step(&secret, "287082", At(59_000)), Some(1));
        assert_eq!(matching_step(&secret, "005924", At(1_234_567_890_000)), Some(41_152_263));
        assert_eq!(matching_step(&secret, "287082", At(59_000 + 30_000)), Some(1));
        assert_eq!(matching_step(&secret, "287082", At(59_000 + 90_000)), None);
        assert_eq!(matching_step(&secret, "", At(59_000)), None);
    }
}
