//! Slow hashes of return phrases: off the async threads, few at a time, with a bounded queue.
//!
//! It has turns of its own, so that seekers' phrases never hold up a counselor's sign-in.

use super::phrase::Phrase;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Why a phrase has no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HasherError {
    #[error("too many phrases wait")]
    Busy,
    #[error("hash the phrase")]
    Failed,
}

/// Takes turns at hashing.
#[derive(Debug)]
pub struct PhraseHasher {
    turns: Arc<Semaphore>,
    /// Those who have a turn or wait for one.
    places: Arc<Semaphore>,
}

impl PhraseHasher {
    /// `at_once_max` have a turn, `waiting_max` more wait.
    #[must_use]
    pub fn new(at_once_max: usize, waiting_max: usize) -> Self {
        let at_once = at_once_max.max(1);
        Self {
            turns: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once.saturating_add(waiting_max))),
        }
    }

    /// The hash of a phrase.
    ///
    /// # Errors
    /// [`HasherError`].
    pub async fn hash(&self, phrase: Phrase) -> Result<[u8; 32], HasherError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HasherError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| HasherError::Busy)?;
        let hashing = tokio::task::spawn_blocking(move || {
            let hash = phrase.hash();
            // Held to the end of the work, also when whoever asked has gone.
            drop((turn, place));
            hash
        });
        hashing.await.ok().flatten().ok_or(HasherError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::card::Locale;

    #[tokio::test]
    async fn past_its_queue_it_is_busy() {
        let hasher = PhraseHasher::new(1, 0);
        let (first, second) = tokio::join!(
            hasher.hash(Phrase::throw(Locale::En)),
            hasher.hash(Phrase::throw(Locale::En))
        );
        assert!(first.is_ok());
        assert_eq!(second, Err(HasherError::Busy));
    }
}
