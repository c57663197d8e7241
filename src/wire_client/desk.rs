//! A counselor's way in: sign-in, the console's socket, the note.

use super::WireError;
use super::door::{Caller, Door};
use super::socket::Socket;
use hyper::Method;
use serde::Serialize;

#[derive(Serialize)]
struct Credentials<'a> {
    username: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Note<'a> {
    text: &'a str,
    outcome: &'a str,
}

/// A signed-in account.
#[derive(Debug)]
pub struct Desk {
    door: Door,
    caller: Caller,
}

impl Desk {
    /// Signs in; 401 is [`WireError::Refused`].
    pub async fn sign_in(door: &Door, username: &str, password: &str) -> Result<Self, WireError> {
        let mut caller = door.caller();
        let body = serde_json::to_vec(&Credentials { username, password })?;
        caller.call(Method::POST, "/api/v1/session", Some(body)).await?;
        if caller.cookie.is_none() {
            return Err(WireError::Missing("session cookie"));
        }
        Ok(Self { door: door.clone(), caller })
    }

    /// Opens the console's socket; the welcome is the first frame heard.
    pub async fn console(&self) -> Result<Socket, WireError> {
        let origin = format!("http://{}", self.door.authority());
        let cookie = self.caller.cookie.as_deref().unwrap_or_default();
        let headers = [("cookie", cookie), ("origin", origin.as_str())];
        Socket::open(&self.door, "/api/v1/console/socket", &headers).await
    }

    /// Writes the note of a contact.
    pub async fn write_note(
        &mut self,
        contact_id: &str,
        text: &str,
        outcome: &str,
    ) -> Result<(), WireError> {
        let path = format!("/api/v1/contacts/{contact_id}/note");
        let body = serde_json::to_vec(&Note { text, outcome })?;
        self.caller.call(Method::PUT, &path, Some(body)).await.map(drop)
    }
}
