//! What is forgotten when its time has come: return phrases that nobody uses.

use crate::clock::Clock;
use crate::store::Store;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The first look is at the start; an hour is nothing beside the days that things are kept.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// Starts the task; it ends with the store.
pub fn start(store: &Arc<Store>, clock: Clock, phrase_unused_ms: i64) {
    let store = Arc::downgrade(store);
    tokio::spawn(async move {
        let mut pulse = tokio::time::interval(LOOK_EVERY);
        loop {
            pulse.tick().await;
            let Some(store) = Weak::upgrade(&store) else { return };
            match store.phrases().forget_unused(clock.now() + -phrase_unused_ms).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "app.upkeep forgot unused return phrases"),
                Err(error) => tracing::warn!(%error, "app.upkeep comes again in an hour"),
            }
        }
    });
}
