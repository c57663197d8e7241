//! A seeker's way in: `POST /api/v1/contacts`, then the contact's socket.

use super::WireError;
use super::door::{Caller, Door};
use super::frames::SeekerSays;
use super::socket::Socket;
use hyper::Method;
use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/contacts`.
#[derive(Debug, Serialize)]
pub struct Knock<'a> {
    pub line: &'a str,
    pub channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screening: Option<Screening>,
    pub simulated: bool,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Screening {
    pub danger_now: bool,
}

/// What the door hands over: the contact and its secret.
#[derive(Clone, Debug, Deserialize)]
pub struct Ticket {
    pub contact_id: String,
    pub token: String,
}

/// Reaches out; 201 gives the ticket.
pub async fn knock(caller: &mut Caller, knock: &Knock<'_>) -> Result<Ticket, WireError> {
    let body = serde_json::to_vec(knock)?;
    let answer = caller.call(Method::POST, "/api/v1/contacts", Some(body)).await?;
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Opens the contact's socket and says hello; the welcome is the next frame heard.
pub async fn attach(door: &Door, ticket: &Ticket, last_seq: i64) -> Result<Socket, WireError> {
    let path = format!("/api/v1/contacts/{}/socket", ticket.contact_id);
    let mut socket = Socket::open(door, &path, &[]).await?;
    socket.say(&SeekerSays::Hello { token: &ticket.token, last_seq }).await?;
    Ok(socket)
}
