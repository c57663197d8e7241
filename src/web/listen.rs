//! The accept loop: every connection with a slow-sender limit, a bound on how many, and patience
//! when descriptors run out.
//!
//! Our own loop over hyper instead of `axum::serve`, for four things it does not offer: a time limit
//! on the head of a request, a bound on connections, small buffers, and a voice when accepting fails.

use crate::door::origin::Berth;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Limits of the listener; from the configuration.
#[derive(Clone, Copy, Debug)]
pub struct ListenLimits {
    pub backlog: u32,
    pub connections_max: usize,
    pub head_bytes_max: usize,
    pub head_timeout_ms: u64,
}

/// How long accepting pauses when the process has no descriptor left.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(200);

/// Opens the listener with a backlog of its own.
///
/// # Errors
/// The address is taken or not ours.
pub fn bind(address: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(backlog)
}

/// Accepts until `stop` says so, then returns when the last connection has ended.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ListenLimits,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            _ = stop.changed() => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let router = router.clone();
                let stop = stop.clone();
                tokio::spawn(async move {
                    connection(stream, peer, router, limits, stop, Berth::new(place)).await;
                });
            }
            Err(error) => pause_after(&error).await,
        }
    }
    drop(listener);
    // All places free: every connection has ended.
    let _ = places.acquire_many(all).await;
}

/// Keeps what there is, says so, and tries again: running out of descriptors is no reason to fall.
#[expect(
    clippy::disallowed_methods,
    reason = "the pause is the point: descriptors come back with time"
)]
async fn pause_after(error: &io::Error) {
    metrics::counter!("xinqiao_accept_failures_total").increment(1);
    let is_fleeting =
        matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset);
    if !is_fleeting {
        tracing::error!(%error, "web.accept failed; connections that are there go on");
        tokio::time::sleep(EXHAUSTED_PAUSE).await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: ListenLimits,
    mut stop: watch::Receiver<bool>,
    berth: Berth,
) {
    // Frames are small and answers are awaited: nothing is gained by collecting them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        let berth = berth.clone();
        async move {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(berth);
            let answered: Result<Response, Infallible> = router.oneshot(request).await;
            answered
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.head_timeout_ms))
        .max_buf_size(limits.head_bytes_max.max(8_192))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        _ = stop.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "web.connection ended");
    }
}
