//! A seeker and a counselor, as the tests play them.
//!
//! Include it with `#[path = "../support/people.rs"] mod people;`.

use crate::wire::{Answer, Wire, call, knock};
use hyper::Method;
use serde_json::{Value, json};

/// The password of every demo account.
pub const PASSWORD: &str = "xinqiao-demo";

/// A seeker with an open socket.
pub struct Seeker {
    pub contact: String,
    pub token: String,
    pub wire: Wire,
}

impl Seeker {
    /// Reaches out on a line and says hello; the welcome is heard.
    pub async fn reach_out(address: &str, line: &str) -> Self {
        let made = knock(address, line).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        let (contact, token) = (text("contact_id"), text("token"));
        let wire = Self::attach(address, &contact, &token, 0).await;
        let mut seeker = Self { contact, token, wire };
        assert_eq!(seeker.wire.frame().await["type"], "welcome");
        seeker
    }

    /// Opens a socket and says hello; nothing is heard yet.
    pub async fn attach(address: &str, contact: &str, token: &str, last_seq: i64) -> Wire {
        let path = format!("/api/v1/contacts/{contact}/socket");
        let mut wire = Wire::open(address, &path, &[]).await.unwrap();
        wire.say(json!({"type": "hello", "token": token, "last_seq": last_seq})).await;
        wire
    }

    /// A new socket in place of the old one, which is dropped without a word; nothing is heard yet.
    pub async fn resume(&mut self, address: &str, last_seq: i64) {
        self.wire = Self::attach(address, &self.contact, &self.token, last_seq).await;
    }

    pub async fn write(&mut self, client_id: &str, text: &str) {
        self.wire.say(json!({"type": "message", "client_id": client_id, "text": text})).await;
    }

    /// Writes and waits for the ack.
    pub async fn write_and_wait(&mut self, client_id: &str, text: &str) -> Value {
        self.write(client_id, text).await;
        let ack = self.wire.until("ack").await;
        assert_eq!(ack["client_id"], client_id);
        ack
    }
}

/// `POST /api/v1/session`.
pub async fn sign_in(address: &str, username: &str, password: &str, otp: Option<&str>) -> Answer {
    let mut body = json!({"username": username, "password": password});
    if let Some(otp) = otp {
        body["otp"] = otp.into();
    }
    call(address, Method::POST, "/api/v1/session", &[], Some(body.to_string())).await
}

/// `name=value` of the session's cookie.
pub fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Somebody signed in with an open console.
pub struct Console {
    pub cookie: String,
    pub welcome: Value,
    pub wire: Wire,
}

impl Console {
    /// Signs in and opens the console; the welcome is heard.
    pub async fn open(address: &str, username: &str) -> Self {
        let signed_in = sign_in(address, username, PASSWORD, None).await;
        assert_eq!(signed_in.status, 204, "{signed_in:?}");
        Self::reopen(address, cookie_of(&signed_in)).await
    }

    /// Opens a console with a cookie.
    pub async fn reopen(address: &str, cookie: String) -> Self {
        let headers = [("cookie", cookie.as_str())];
        let mut wire = Wire::open(address, "/api/v1/console/socket", &headers).await.unwrap();
        let welcome = wire.until("welcome").await;
        Self { cookie, welcome, wire }
    }

    /// Signs in, opens the console and is available.
    pub async fn available(address: &str, username: &str) -> Self {
        let mut console = Self::open(address, username).await;
        console.wish("available").await;
        console
    }

    /// Says a presence and waits until the switchboard has it.
    pub async fn wish(&mut self, presence: &str) {
        self.wire.say(json!({"type": "presence", "presence": presence})).await;
        while self.wire.until("presence").await["wish"] != presence {}
    }

    pub fn id(&self) -> String {
        self.welcome["counselor"]["counselor_id"].as_str().unwrap().to_owned()
    }

    /// Waits for an offer and accepts it; gives the contact.
    pub async fn accept_next(&mut self) -> Value {
        let offer = self.wire.until("offer").await;
        self.accept(&offer).await
    }

    /// Accepts an offer; gives the contact.
    pub async fn accept(&mut self, offer: &Value) -> Value {
        self.wire.say(json!({"type": "accept", "offer_id": offer["offer_id"]})).await;
        self.wire.until("assigned").await["contact"].clone()
    }

    pub async fn write(&mut self, contact: &str, client_id: &str, text: &str) {
        let frame =
            json!({"type": "message", "contact_id": contact, "client_id": client_id, "text": text});
        self.wire.say(frame).await;
    }

    /// Says a frame about a contact.
    pub async fn tell(&mut self, kind: &str, contact: &str) {
        self.wire.say(json!({"type": kind, "contact_id": contact})).await;
    }

    /// A call with the cookie and the header that no foreign form can send.
    pub async fn call(
        &self,
        address: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("x-requested-with", "xinqiao")];
        call(address, method, path, &headers, body.map(|body| body.to_string())).await
    }
}

/// A seeker and a counselor in a talk.
pub async fn talk(address: &str) -> (Seeker, Console) {
    let mut console = Console::available(address, "demo1").await;
    let mut seeker = Seeker::reach_out(address, "12355").await;
    console.accept_next().await;
    seeker.wire.until("connected").await;
    assert_eq!(seeker.wire.until("state").await["state"], "connected");
    (seeker, console)
}
