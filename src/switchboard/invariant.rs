//! Every invariant of the machine, checked against its own state.

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broken invariant: {what}")]
pub struct Broken {
    /// Which, and of whom.
    pub what: String,
}
