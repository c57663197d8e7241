//! Whether the store can be written, for `readyz` and for telling seekers honestly.

use super::error::Trouble;

/// The store's state as of the last attempt to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// The last write was stored.
    #[default]
    Ok,
    /// Writes are not getting through; the reason is one plain line.
    Degraded(Trouble),
}

impl Health {
    /// Whether new contacts should be taken.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        matches!(self, Self::Ok)
    }
}
