//! `[log]`: how the process speaks of itself.

use super::fault::{Fault, Section, fault};
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// Settings of the log, which goes to standard error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `pretty` for eyes, `json` for machines: one object a line.
    pub format: Format,
    /// What is said: a level, or levels by room, as in `info,xinqiao::store=debug`.
    pub filter: String,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Coloured lines for eyes.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: Format::Pretty, filter: "info".to_owned() }
    }
}

impl Section for Log {
    const NAME: &'static str = "log";

    fn validate(&self) -> Result<(), Fault> {
        if self.filter.contains("rsipstack") {
            let why = "expected no level for rsipstack: it prints whole messages, with the caller's number";
            return Err(fault("filter", why));
        }
        EnvFilter::builder().parse(&self.filter).map(|_| ()).map_err(|_| {
            fault("filter", "expected levels as in \"info\" or \"info,xinqiao::store=debug\"")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_ask_the_sip_stack_to_print_messages() {
        let log = Log { filter: "info,rsipstack::transport=info".to_owned(), ..Log::default() };
        assert_eq!(log.validate().map_err(|fault| fault.key), Err("filter"));
    }
}
