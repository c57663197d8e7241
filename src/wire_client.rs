//! A small client of the public wire contract, version 1: REST calls and sockets.
//!
//! It stands outside the house: it knows the contract's names and nothing of the
//! server's types, as a widget on a school's site does. `simulate`, `bench` and the
//! tests drive a server with it. Sockets keep 4 KiB buffers, so that one process can
//! play thousands of seekers.

pub mod desk;
pub mod door;
pub mod frames;
pub mod seeker;
pub mod socket;

use std::time::Duration;
use thiserror::Error;

/// How long a connection, an answer or a handshake may take.
/// Generous: a storm on a busy machine is slow and still right.
pub const ANSWER_LIMIT_S: u64 = 30;

/// What can go wrong between this client and a server.
#[derive(Debug, Error)]
pub enum WireError {
    #[error("{0:?} is no address of a server; expected http://HOST:PORT")]
    Address(String),
    #[error("connect to {authority}: {source}")]
    Connect { authority: String, source: std::io::Error },
    #[error("the server did not answer within {ANSWER_LIMIT_S} s")]
    TimedOut,
    #[error("http: {0}")]
    Http(#[from] hyper::Error),
    #[error("the server refused with {status} {code}")]
    Refused {
        status: u16,
        /// The stable `code` of problem+json; empty when the body had none.
        code: String,
        retry_after_s: Option<u64>,
    },
    #[error("socket: {0}")]
    Socket(Box<tokio_tungstenite::tungstenite::Error>),
    #[error("the socket is closed")]
    Closed,
    #[error("a frame or body that is not of the contract: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("the answer carries no {0}")]
    Missing(&'static str),
    #[error("a request that http forbids: {0}")]
    Request(#[from] hyper::http::Error),
}

impl From<tokio_tungstenite::tungstenite::Error> for WireError {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        use tokio_tungstenite::tungstenite::Error as Fault;
        if matches!(error, Fault::ConnectionClosed | Fault::AlreadyClosed) {
            Self::Closed
        } else {
            Self::Socket(Box::new(error))
        }
    }
}

impl WireError {
    /// The server said no in its own words (so it is there), with this status.
    pub fn status(&self) -> Option<u16> {
        if let Self::Refused { status, .. } = self { Some(*status) } else { None }
    }
}

/// Waits. The one place of the load's own rhythm: a simulated person thinks, types, gives up.
#[expect(
    clippy::disallowed_methods,
    reason = "a simulated person's pause is a length of time, not an event"
)]
pub async fn pause(length: Duration) {
    tokio::time::sleep(length).await;
}

/// `work`, given up after [`ANSWER_LIMIT_S`].
async fn within_limit<T>(work: impl Future<Output = Result<T, WireError>>) -> Result<T, WireError> {
    let limit = Duration::from_secs(ANSWER_LIMIT_S);
    tokio::time::timeout(limit, work).await.unwrap_or(Err(WireError::TimedOut))
}
