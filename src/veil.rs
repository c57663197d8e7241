//! What belongs to a person is wrapped so that it cannot be printed by accident.
//!
//! `Pii<T>` has no `Display`, no `Serialize`, and its `Debug` says only that
//! something is hidden. The one way in is [`Pii::reveal`], which takes the
//! purpose, so that every opening can be found with one search.

use std::fmt;

/// Why a veiled value is opened. One variant for each lawful purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To write it to the store, where retention and access rules hold.
    Store,
    /// To hand it to the people of the talk it belongs to.
    Deliver,
    /// To compare it with what was presented (a token, a password).
    Verify,
}

/// A value of a person: text they wrote, a number they called from, a secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Veils `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Opens the veil for `purpose`.
    pub fn reveal(&self, _purpose: Purpose) -> &T {
        &self.0
    }

    /// Opens the veil for good.
    pub fn into_revealed(self, _purpose: Purpose) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{veiled}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_veiled_value_never_prints() {
        let text = Pii::new("my secret".to_owned());
        assert_eq!(format!("{text:?}"), "{veiled}");
        assert_eq!(text.reveal(Purpose::Verify), "my secret");
    }
}
