//! The public wire contract as a stranger speaks it: HTTP calls and websockets with nothing between
//! the test and the frames, so that a test can also misbehave.
//!
//! Include it with `#[path = "../support/wire.rs"] mod wire;`.

use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long anything awaited may take on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(30);

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The stable code of a problem, whose shape is judged on the way.
    pub fn code(&self) -> String {
        let problem = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(problem["status"], self.status.as_u16(), "{self:?}");
        assert_eq!(problem["type"], "about:blank", "{self:?}");
        for title in ["title", "title_en"] {
            assert!(problem[title].as_str().is_some_and(|title| !title.is_empty()), "{self:?}");
        }
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One call over a connection of its own.
///
/// # Panics
/// If there is no answer.
pub async fn call(
    address: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> Answer {
    let called = try_call(address, method, path, headers, body);
    called.await.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The same, where there may be nobody to answer.
pub async fn try_call(
    address: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let calling = async {
        let stream = TcpStream::connect(address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        let mut request = Request::builder().method(method).uri(path).header("host", address);
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.unwrap_or_default())))?;
        let (head, body) = sender.send_request(request).await?.into_parts();
        let text = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        Ok(Answer { status: head.status, headers: head.headers, text })
    };
    timeout(LIMIT, calling).await?
}

/// A look, without anything.
pub async fn look(address: &str, path: &str) -> Answer {
    call(address, Method::GET, path, &[], None).await
}

/// `POST /api/v1/contacts`.
pub async fn knock(address: &str, line: &str) -> Answer {
    let body = json!({"line": line, "channel": "chat", "locale": "zh-CN"}).to_string();
    call(address, Method::POST, "/api/v1/contacts", &[], Some(body)).await
}

/// What comes from a socket.
#[derive(Debug)]
pub enum Heard {
    Frame(Value),
    /// Closed in good order, with its code.
    Closed(u16),
    /// Gone without a word.
    Lost,
}

/// An open websocket.
pub struct Wire(pub WebSocketStream<TcpStream>);

impl Wire {
    /// Opens `path`; refused is an answer.
    ///
    /// # Errors
    /// The answer that was no upgrade.
    pub async fn open(
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Box<Answer>> {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::over(stream, address, path, headers).await
    }

    /// The same over a connection that the test has made.
    ///
    /// # Errors
    /// The answer that was no upgrade.
    pub async fn over(
        stream: TcpStream,
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Box<Answer>> {
        let request = request(address, path, headers);
        match timeout(LIMIT, client_async(request, stream)).await.unwrap() {
            Ok((socket, answer)) => {
                assert_eq!(answer.headers()["sec-websocket-protocol"], "xinqiao.v1");
                Ok(Self(socket))
            }
            Err(Error::Http(answer)) => {
                let (head, body) = answer.into_parts();
                let text = String::from_utf8(body.unwrap_or_default()).unwrap();
                Err(Box::new(Answer { status: head.status, headers: head.headers, text }))
            }
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// The same, where there may be nobody: `None`.
    pub async fn try_open(
        address: &str,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Option<Self> {
        let stream = timeout(LIMIT, TcpStream::connect(address)).await.ok()?.ok()?;
        let request = request(address, path, headers);
        let opened = timeout(LIMIT, client_async(request, stream)).await.ok()?;
        opened.ok().map(|(socket, _)| Self(socket))
    }

    /// Says a frame; `false` if the socket is gone.
    pub async fn try_say(&mut self, frame: &Value) -> bool {
        let said = timeout(LIMIT, self.0.send(Message::text(frame.to_string()))).await;
        matches!(said, Ok(Ok(())))
    }

    pub async fn say(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Any message, also one that is no frame of the contract.
    pub async fn send(&mut self, message: Message) {
        timeout(LIMIT, self.0.send(message)).await.unwrap().unwrap();
    }

    /// What comes next.
    ///
    /// # Panics
    /// If nothing does.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match timeout(LIMIT, self.0.next()).await.expect("nothing was heard in time") {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Frame(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                Some(Ok(Message::Close(None))) => return Heard::Closed(1005),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Lost,
            }
        }
    }

    /// The next frame.
    ///
    /// # Panics
    /// If the socket ends instead.
    pub async fn frame(&mut self) -> Value {
        match self.hear().await {
            Heard::Frame(frame) => frame,
            other => panic!("expected a frame, heard {other:?}"),
        }
    }

    /// The next frame of this type; what comes before it is skipped.
    pub async fn until(&mut self, kind: &str) -> Value {
        self.gather(kind).await.pop().unwrap()
    }

    /// All frames up to the next of this type, which is the last one.
    pub async fn gather(&mut self, kind: &str) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            match self.hear().await {
                Heard::Frame(frame) => {
                    let is_it = frame["type"] == kind;
                    frames.push(frame);
                    if is_it {
                        return frames;
                    }
                }
                other => panic!("expected {kind}, heard {other:?} after {frames:?}"),
            }
        }
    }

    /// Everything that has been told so far: what comes before the answer to a ping.
    pub async fn so_far(&mut self) -> Vec<Value> {
        self.say(json!({"type": "ping"})).await;
        let mut frames = self.gather("pong").await;
        frames.pop();
        frames
    }

    /// Everything until the end, and the close code (0 if it was lost without a word).
    pub async fn end(&mut self) -> (Vec<Value>, u16) {
        let mut frames = Vec::new();
        loop {
            match self.hear().await {
                Heard::Frame(frame) => frames.push(frame),
                Heard::Closed(code) => return (frames, code),
                Heard::Lost => return (frames, 0),
            }
        }
    }
}

fn request(address: &str, path: &str, headers: &[(&'static str, &str)]) -> Request<()> {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    let protocol = HeaderValue::from_static("xinqiao.v1");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    request
}
