//! One websocket of the contract, with small buffers.

use super::door::Door;
use super::{WireError, within_limit};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as Fault, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// The contract's subprotocol.
pub const SUBPROTOCOL: &str = "xinqiao.v1";

/// Read and write buffer of a socket: tungstenite's default of 128 KiB costs
/// 133 KiB for each idle connection, 4 KiB costs 6.
const BUFFER_BYTES: usize = 4096;

/// A frame of the server may carry a whole board; more than this is a fault.
const FRAME_LIMIT_BYTES: usize = 4 << 20;

/// An open websocket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Opens `path` with more headers (`Cookie`, `Origin`).
    pub async fn open(
        door: &Door,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, WireError> {
        let mut request = format!("ws://{}{path}", door.authority()).into_client_request()?;
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(hyper::http::Error::from)?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        let stream = door.connect().await?;
        let opening = async {
            let opened = client_async_with_config(request, stream, Some(config())).await;
            opened.map(|(socket, _)| Self(socket)).map_err(refusal)
        };
        within_limit(opening).await
    }

    /// Sends one frame now.
    pub async fn say(&mut self, frame: &impl Serialize) -> Result<(), WireError> {
        self.queue(frame).await?;
        self.flush().await
    }

    /// Sends one frame with the next flush.
    pub async fn queue(&mut self, frame: &impl Serialize) -> Result<(), WireError> {
        self.queue_text(serde_json::to_string(frame)?).await
    }

    /// Sends a frame that is already written with the next flush.
    pub async fn queue_text(&mut self, frame: String) -> Result<(), WireError> {
        Ok(self.0.feed(Message::text(frame)).await?)
    }

    pub async fn flush(&mut self) -> Result<(), WireError> {
        Ok(self.0.flush().await?)
    }

    /// The next frame. Safe to drop while it waits: nothing that came is forgotten.
    pub async fn hear(&mut self) -> Result<Utf8Bytes, WireError> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(frame))) => return Ok(frame),
                Some(Ok(Message::Close(_))) | None => return Err(WireError::Closed),
                Some(Ok(_)) => {}
                Some(Err(fault)) => return Err(fault.into()),
            }
        }
    }

    /// Cuts the connection without a word, as a lost network does.
    pub fn cut(self) {
        drop(self.0);
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(Some(FRAME_LIMIT_BYTES))
        .max_frame_size(Some(FRAME_LIMIT_BYTES))
}

/// A handshake answered in plain HTTP is a refusal in the server's words.
fn refusal(fault: Fault) -> WireError {
    #[derive(serde::Deserialize)]
    struct Problem {
        #[serde(default)]
        code: String,
    }
    let Fault::Http(response) = fault else { return fault.into() };
    let body = response.body().as_deref().unwrap_or_default();
    let code = serde_json::from_slice::<Problem>(body).map(|problem| problem.code);
    let retry = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    WireError::Refused {
        status: response.status().as_u16(),
        code: code.unwrap_or_default(),
        retry_after_s: retry.and_then(|seconds| seconds.parse().ok()),
    }
}
