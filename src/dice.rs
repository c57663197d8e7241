//! The only randomness. Ids, tokens, salts and jitter come from here.
//!
//! Source: the operating system's generator (getrandom(2)). A machine whose
//! generator fails cannot keep a secret, so the process stops rather than go
//! on with a guessable token.

use crate::clock::At;
use data_encoding::BASE64URL_NOPAD;
use uuid::{Builder, Uuid};

/// `N` random bytes.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "these are the only dice")]
#[expect(clippy::expect_used, reason = "without randomness no token is safe: stop")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).expect("the operating system's random generator failed");
    bytes
}

/// A secret token: 256 bits, base64url without padding, 43 characters.
#[must_use]
pub fn token() -> String {
    BASE64URL_NOPAD.encode(&bytes::<32>())
}

/// A new UUIDv7 for something that begins at `at`.
#[must_use]
pub fn uuid(at: At) -> Uuid {
    let millis = u64::try_from(at.0).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes::<10>()).into_uuid()
}

/// A number in `0..bound`; 0 when `bound` is 0.
#[must_use]
pub fn below(bound: u64) -> u64 {
    u64::from_le_bytes(bytes::<8>()).checked_rem(bound).unwrap_or(0)
}
