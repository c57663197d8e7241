//! Whether the process lives and whether it can take a contact: `/healthz` and `/readyz`.
//!
//! Alive is whoever answers. Ready is only who can take a contact *and* store it:
//! a proxy or a second node must not send seekers to a door that forgets them.

use serde::Serialize;
use std::sync::{Arc, PoisonError, RwLock};

/// What `/readyz` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Health {
    /// The machine is being rebuilt from its rows.
    Starting,
    /// Contacts are taken and stored.
    Ready,
    /// The process lives but cannot store; one plain line why, without personal data.
    Degraded {
        /// For the operator: what the database or the disk said.
        reason: String,
    },
    /// Told to stop: no new contacts, sockets are sent away.
    Draining,
}

/// The health of this process, shared by those who change it and those who ask.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<RwLock<Health>>);

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(RwLock::new(Health::Starting)))
    }
}

impl Readiness {
    /// What is so now.
    #[must_use]
    pub fn now(&self) -> Health {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a new contact may be taken.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        *self.0.read().unwrap_or_else(PoisonError::into_inner) == Health::Ready
    }

    /// Says how it is from now on, and logs the change once. Draining is for good.
    pub fn set(&self, health: Health) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if *held == Health::Draining || *held == health {
            return;
        }
        match &health {
            Health::Degraded { reason } => tracing::error!(reason, "meter.health: not ready"),
            Health::Starting | Health::Draining => tracing::info!("meter.health: not ready"),
            Health::Ready => tracing::info!("meter.health: ready"),
        }
        *held = health;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_heals_makes_ready_again_and_draining_is_for_good() {
        let readiness = Readiness::default();
        assert!(!readiness.is_ready());
        readiness.set(Health::Ready);
        readiness.set(Health::Degraded { reason: "disk full".to_owned() });
        assert!(!readiness.is_ready());
        readiness.set(Health::Ready);
        assert!(readiness.is_ready());
        readiness.set(Health::Draining);
        readiness.set(Health::Ready);
        assert_eq!(readiness.now(), Health::Draining);
    }
}
