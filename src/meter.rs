//! How the process is watched: its log, its figures, its health.
//!
//! Owns the shape of a log line, the list of fields that may appear in one, the
//! Prometheus recorder and the panic hook. Owns no decision: rooms say what
//! happened with `tracing` and `metrics`, this room says it outward.
//!
//! Invariant: no text a seeker wrote, no name, no number and no token reaches a
//! log line or a figure. The log prints only fields on the list of
//! [`field::is_printable`], whoever sends them, libraries included.

pub mod field;
pub mod figure;
pub mod health;
pub mod line;
pub mod panic;

use crate::clock::Clock;
use crate::config::Log;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;

pub use health::{Health, Readiness};

/// Why the process cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum MeterError {
    /// The filter of `[log]` is no filter.
    #[error("log.filter cannot be read: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// A log was already set up in this process.
    #[error("the log is already set up: {0}")]
    Twice(#[from] tracing::subscriber::SetGlobalDefaultError),
    /// The recorder of figures could not be installed.
    #[error("the figures cannot be recorded: {0}")]
    Figures(#[from] metrics_exporter_prometheus::BuildError),
}

/// Starts the log on standard error, and the panic hook. Once in a process.
///
/// # Errors
///
/// [`MeterError::Filter`] or [`MeterError::Twice`].
pub fn start_log(log: &Log, clock: Clock) -> Result<(), MeterError> {
    let coloured = std::io::stderr().is_terminal();
    let filter = filter(&log.filter)?;
    let lines = line::Lines::new(log.format, coloured, clock, std::io::stderr);
    tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(filter).with(lines),
    )?;
    panic::install_hook();
    Ok(())
}

/// The SIP stack prints whole messages at `info`, the caller's number included: whatever the filter
/// says, it stays at `warn`.
fn filter(text: &str) -> Result<EnvFilter, MeterError> {
    let quiet = "rsipstack=warn".parse()?;
    Ok(EnvFilter::builder().parse(text)?.add_directive(quiet))
}

/// Starts recording figures; the handle renders them for `GET /metrics`. Once in a process.
///
/// # Errors
///
/// [`MeterError::Figures`].
pub fn start_figures() -> Result<PrometheusHandle, MeterError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    figure::describe();
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sip_stack_never_prints_a_message_whatever_the_filter_says() {
        for text in ["info", "trace", "debug,xinqiao=trace"] {
            let shown = Hears::default();
            let heard = std::sync::Arc::clone(&shown.0);
            let subscriber = tracing_subscriber::registry().with(filter(text).unwrap()).with(shown);
            tracing::subscriber::with_default(subscriber, || {
                tracing::info!(target: "rsipstack::transport::udp", "udp received");
                tracing::debug!(target: "rsipstack::transport::udp", "error parsing");
                tracing::warn!(target: "rsipstack::transport::udp", "degraded");
            });
            assert_eq!(heard.load(std::sync::atomic::Ordering::Relaxed), 1, "{text}");
        }
    }

    /// Counts what comes through.
    #[derive(Default)]
    struct Hears(std::sync::Arc<std::sync::atomic::AtomicUsize>);

    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Hears {
        fn on_event(&self, _: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
}
