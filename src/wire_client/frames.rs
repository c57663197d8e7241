//! Frames as an outside client writes and reads them.
//!
//! Reading borrows from the frame and skips what it does not know, so that a load
//! generator costs little and an added field breaks nothing.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Deref;

/// What a seeker says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SeekerSays<'a> {
    Hello { token: &'a str, last_seq: i64 },
    Message { client_id: &'a str, text: &'a str },
    Typing,
    Read { seq: i64 },
    Danger,
    Leave,
    Ping,
}

/// What a console says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskSays<'a> {
    Presence { presence: &'a str },
    Accept { offer_id: &'a str },
    Decline { offer_id: &'a str },
    Message { contact_id: &'a str, client_id: &'a str, text: &'a str },
    Typing { contact_id: &'a str },
    Risk { contact_id: &'a str, risk: &'a str },
    End { contact_id: &'a str },
    WrappedUp { contact_id: &'a str },
    History { contact_id: &'a str, after_seq: i64 },
    Subscribe { topic: &'a str },
    Ping,
}

/// A string of a frame: borrowed where JSON allows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What a seeker hears; a field is absent where its frame has none.
#[derive(Debug, Deserialize)]
pub struct SeekerHears<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Text<'a>,
    #[serde(default)]
    pub seq: Option<i64>,
    #[serde(borrow, default)]
    pub from: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub text: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub client_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub state: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub reason: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub code: Option<Text<'a>>,
    #[serde(default)]
    pub heartbeat_s: Option<u64>,
    #[serde(default)]
    pub reconnect_after_ms: Option<u64>,
    #[serde(default)]
    pub position: Option<u32>,
}

/// What a console hears; a field is absent where its frame has none.
#[derive(Debug, Deserialize)]
pub struct DeskHears<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Text<'a>,
    #[serde(borrow, default)]
    pub contact_id: Option<Text<'a>>,
    #[serde(default)]
    pub seq: Option<i64>,
    #[serde(borrow, default)]
    pub from: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub text: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub client_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub offer_id: Option<Text<'a>>,
    /// Of `offer` and `assigned`.
    #[serde(borrow, default)]
    pub contact: Option<HeardContact<'a>>,
    /// Of `welcome`: what is in hand.
    #[serde(borrow, default)]
    pub contacts: Option<Vec<HeardContact<'a>>>,
    /// Of `welcome`: what rings.
    #[serde(borrow, default)]
    pub offer: Option<HeardOffer<'a>>,
    #[serde(borrow, default)]
    pub presence: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub state: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub reason: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub code: Option<Text<'a>>,
    #[serde(default)]
    pub heartbeat_s: Option<u64>,
    #[serde(default)]
    pub reconnect_after_ms: Option<u64>,
}

/// What this client reads of a contact.
#[derive(Debug, Deserialize)]
pub struct HeardContact<'a> {
    #[serde(borrow)]
    pub contact_id: Text<'a>,
    #[serde(borrow, default)]
    pub state: Option<Text<'a>>,
    #[serde(default)]
    pub last_seq: Option<i64>,
    #[serde(default)]
    pub simulated: Option<bool>,
}

/// What this client reads of an offer.
#[derive(Debug, Deserialize)]
pub struct HeardOffer<'a> {
    #[serde(borrow)]
    pub offer_id: Text<'a>,
    #[serde(borrow)]
    pub contact: HeardContact<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_skipped_and_an_escape_is_read() {
        let frame = r#"{"type":"message","seq":7,"from":"seeker","text":"a\nb","new":[1,{"x":2}]}"#;
        let heard: SeekerHears<'_> = serde_json::from_str(frame).expect("a frame");
        assert_eq!((&*heard.kind, heard.seq), ("message", Some(7)));
        assert_eq!(heard.text.as_deref(), Some("a\nb"));
    }

    #[test]
    fn a_hello_is_written_as_the_contract_says() {
        let hello = serde_json::to_string(&SeekerSays::Hello { token: "t", last_seq: 0 });
        assert_eq!(hello.expect("json"), r#"{"type":"hello","token":"t","last_seq":0}"#);
    }
}
