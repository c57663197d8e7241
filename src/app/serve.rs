//! From a configuration to a house that takes contacts, and down again without losing anyone.

use super::build::{House, build};
use crate::clock::Clock;
use crate::config::Config;
use crate::live::Hub;
use crate::meter::{Health, Readiness, figure};
use crate::store::WriterHandle;
use crate::web::listen::{self, ListenLimits};
use anyhow::{Context, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use std::io::Write;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Serves until SIGTERM or SIGINT, then drains. Writes one line `ready http=… sip=-` to `out`
/// when it takes contacts.
///
/// # Errors
/// The house cannot be built, or the address cannot be had.
pub async fn serve(
    config: Config,
    figures: Option<PrometheusHandle>,
    out: &mut dyn Write,
) -> Result<()> {
    let clock = Clock::system();
    let readiness = Readiness::default();
    // Signals are heard from the start: a stop during the start is a stop.
    let mut terminate = signal(SignalKind::terminate()).context("hear SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("hear SIGINT")?;
    let listener = listen::bind(config.server.listen, config.server.backlog)
        .with_context(|| format!("listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let house = build(&config, clock, figures, readiness.clone()).await?;
    let (stop, stopped) = watch::channel(false);
    let limits = ListenLimits {
        backlog: config.server.backlog,
        connections_max: config.server.connections_max,
        head_bytes_max: config.server.head_bytes_max,
        head_timeout_ms: config.server.head_timeout_ms,
    };
    let serving = tokio::spawn(listen::serve(listener, house.router.clone(), limits, stopped));
    let calls = house.telephone.as_ref().map(|telephone| telephone.address().to_string());
    writeln!(out, "ready http={address} sip={}", calls.as_deref().unwrap_or("-"))?;
    out.flush()?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    drain(house, stop, serving, Duration::from_millis(config.server.drain_ms)).await;
    Ok(())
}

/// No new contacts; sockets are told to come back; what is under way is written.
#[expect(
    clippy::disallowed_methods,
    reason = "sockets leave one by one and tell nobody; looked at until `patience`"
)]
async fn drain(
    house: House,
    stop: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<()>,
    patience: Duration,
) {
    let House { router, hub, store, switch, readiness, pump, carrier, telephone } = house;
    tracing::info!("app.drain begins");
    readiness.set(Health::Draining);
    if let Some(telephone) = &telephone {
        telephone.drain();
    }
    hub.dismiss_all();
    let is_calm = tokio::time::timeout(patience, async {
        // Whoever knocks meanwhile still hears an honest 503: the listener goes last.
        while hub.counts().0 + hub.counts().1 > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let _ = stop.send(true);
        let _ = serving.await;
    });
    if is_calm.await.is_err() {
        tracing::warn!("app.drain: some sockets did not go in time; they resume after the start");
    }
    if let Some(telephone) = telephone {
        telephone.close().await;
    }
    // The pump is not waited for by its hands (sockets may hold one): it is told to finish.
    drop((router, switch));
    pump.abort();
    let _ = pump.await;
    let _ = carrier.await;
    store.close().await;
    tracing::info!("app.drain is done");
}

/// Gauges that are worth reading only when somebody looks.
pub fn refresh_gauges(hub: &Hub, writer: &WriterHandle) {
    let (seekers, consoles, _) = hub.counts();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    figure::set_sockets("seeker", count(seekers));
    figure::set_sockets("console", count(consoles));
    figure::set_store_queue(count(writer.queued()));
}
