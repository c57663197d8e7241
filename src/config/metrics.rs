//! `[metrics]`: who may read the figures.

use super::fault::{Fault, Section};
use super::network::{Network, loopback};
use serde::{Deserialize, Serialize};

/// Settings of `GET /metrics`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Networks that may read `/metrics`; others get 404. The figures name nobody, but how busy
    /// a crisis line is at this minute is not the internet's business.
    pub readers: Vec<Network>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { readers: loopback() }
    }
}

impl Section for Metrics {
    const NAME: &'static str = "metrics";

    fn validate(&self) -> Result<(), Fault> {
        Ok(())
    }
}
