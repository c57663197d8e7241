//! A network between clients and the house that can be cut, stalled and healed.

use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// Every connection ends at once, without a close of its protocol; new ones are refused.
    Cut,
    /// Nothing arrives any more, and neither side is told: half-open on both ends.
    Stalled,
}

/// A TCP proxy.
pub struct Proxy {
    pub address: String,
    weather: Arc<watch::Sender<Weather>>,
}

impl Proxy {
    /// Listens and passes on to `target`.
    pub async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let weather = Arc::new(watch::Sender::new(Weather::Fair));
        tokio::spawn(accept(listener, target.to_owned(), Arc::clone(&weather)));
        Self { address, weather }
    }

    /// From now on the weather is this. Connections that were stalled stay so for ever.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn accept(listener: TcpListener, target: String, weather: Arc<watch::Sender<Weather>>) {
    while let Ok((near, _)) = listener.accept().await {
        let now = weather.subscribe();
        if *now.borrow() == Weather::Fair {
            tokio::spawn(carry(near, target.clone(), now));
        }
    }
}

async fn carry(near: TcpStream, target: String, mut weather: watch::Receiver<Weather>) {
    let Ok(far) = TcpStream::connect(target).await else { return };
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let change = async {
        let changed = weather.wait_for(|weather| *weather != Weather::Fair).await;
        changed.map_or(Weather::Cut, |weather| *weather)
    };
    tokio::pin!(change);
    let mut there = Box::pin(pass(near_in, far_out));
    let mut back = Box::pin(pass(far_in, near_out));
    let met = tokio::select! {
        met = change => Some(met),
        () = async { tokio::join!(&mut there, &mut back); } => None,
    };
    if met == Some(Weather::Stalled) {
        // The halves are kept, so that no end is told to anybody, for as long as the proxy lives.
        std::future::pending::<()>().await;
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let mut bytes = [0; 4_096];
    while let Ok(count) = from.read(&mut bytes).await {
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
