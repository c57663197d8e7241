//! Where a server is, and calls to its REST interface over one kept connection.

use super::{WireError, within_limit};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, RETRY_AFTER, SET_COOKIE};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use std::sync::Arc;
use tokio::net::TcpStream;

/// The address of a server: `http://HOST:PORT`. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door(Arc<str>);

impl Door {
    /// Parses `http://HOST:PORT` (a trailing slash is forgiven; port 80 when absent).
    pub fn new(url: &str) -> Result<Self, WireError> {
        let fault = || WireError::Address(url.to_owned());
        let rest = url.strip_prefix("http://").ok_or_else(fault)?.trim_end_matches('/');
        if rest.is_empty() || rest.contains(['/', '?', '#', ' ', '@']) {
            return Err(fault());
        }
        let named_port = rest.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
        let authority = if named_port.is_some() { rest.to_owned() } else { format!("{rest}:80") };
        Ok(Self(authority.into()))
    }

    /// `HOST:PORT`.
    pub fn authority(&self) -> &str {
        &self.0
    }

    /// A connection, without the delay that gathers small packets.
    pub async fn connect(&self) -> Result<TcpStream, WireError> {
        let connecting = async {
            let fault = |source| WireError::Connect { authority: self.0.to_string(), source };
            let stream = TcpStream::connect(&*self.0).await.map_err(fault)?;
            stream.set_nodelay(true).map_err(fault)?;
            Ok(stream)
        };
        within_limit(connecting).await
    }

    /// Somebody who makes calls one after the other.
    pub fn caller(&self) -> Caller {
        Caller { door: self.clone(), kept: None, cookie: None }
    }
}

/// Makes REST calls over one connection that is kept while the server keeps it.
#[derive(Debug)]
pub struct Caller {
    door: Door,
    kept: Option<SendRequest<Full<Bytes>>>,
    /// `name=value` of the session cookie, sent with each call.
    pub cookie: Option<String>,
}

/// An answer with a status under 400.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// `name=value` of a cookie that was set.
    pub cookie: Option<String>,
    pub body: Bytes,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
}

impl Caller {
    pub async fn read(&mut self, path: &str) -> Result<Answer, WireError> {
        self.call(Method::GET, path, None).await
    }

    /// One call. `body` is JSON. A status of 400 and more is [`WireError::Refused`].
    pub async fn call(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, WireError> {
        within_limit(self.call_unhurried(method, path, body)).await
    }

    async fn call_unhurried(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, WireError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.door.authority())
            .header("X-Requested-With", "xinqiao");
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Full::new(Bytes::from(body.unwrap_or_default())))?;
        let mut sender = self.sender().await?;
        let answer = sender.send_request(request).await?;
        let answer = read_answer(answer).await?;
        self.kept = Some(sender);
        if let Some(cookie) = &answer.cookie {
            self.cookie = Some(cookie.clone());
        }
        if answer.status < 400 { Ok(answer) } else { Err(refusal(&answer)) }
    }

    /// The kept connection if the server still holds it, else a new one.
    async fn sender(&mut self) -> Result<SendRequest<Full<Bytes>>, WireError> {
        if let Some(mut kept) = self.kept.take()
            && kept.ready().await.is_ok()
        {
            return Ok(kept);
        }
        let stream = self.door.connect().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // How a connection ends is told by the call that was on it.
            let _ = connection.await;
        });
        Ok(sender)
    }
}

async fn read_answer(response: Response<hyper::body::Incoming>) -> Result<Answer, WireError> {
    let (head, body) = response.into_parts();
    let text_of = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let cookie = text_of(SET_COOKIE).and_then(|set| set.split(';').next()).map(str::to_owned);
    let content_type = text_of(CONTENT_TYPE).unwrap_or_default().to_owned();
    let retry_after = text_of(RETRY_AFTER).unwrap_or_default().to_owned();
    let status = head.status.as_u16();
    let body = body.collect().await?.to_bytes();
    if status == 429 {
        let Problem { code } =
            serde_json::from_slice(&body).unwrap_or(Problem { code: String::new() });
        return Err(WireError::Refused { status, code, retry_after_s: retry_after.parse().ok() });
    }
    Ok(Answer { status, content_type, cookie, body })
}

fn refusal(answer: &Answer) -> WireError {
    let problem = serde_json::from_slice::<Problem>(&answer.body);
    let code = problem.map(|problem| problem.code).unwrap_or_default();
    WireError::Refused { status: answer.status, code, retry_after_s: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_scheme_is_refused_and_a_port_is_filled_in() {
        assert!(Door::new("127.0.0.1:8080").is_err());
        assert!(Door::new("https://example.org").is_err());
        assert!(Door::new("http://h/path").is_err());
        assert_eq!(Door::new("http://h:8080/").expect("an address").authority(), "h:8080");
        assert_eq!(Door::new("http://h").expect("an address").authority(), "h:80");
    }
}
