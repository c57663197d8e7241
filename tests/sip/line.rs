//! A telephone in the hands of a test: it writes each message by hand, so that it can be rude.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;

pub const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Line {
    socket: UdpSocket,
    house: SocketAddr,
    call_id: String,
    /// The To header as the house tagged it.
    to: String,
    cseq: u32,
    was_refused: bool,
}

/// A message that came.
#[derive(Clone, Debug)]
pub struct Came(pub String);

impl Came {
    pub fn status(&self) -> u16 {
        let word = self.0.strip_prefix("SIP/2.0 ").and_then(|rest| rest.split(' ').next());
        word.and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    pub fn method(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Line {
    pub async fn new(house: SocketAddr) -> Self {
        Self::from(house, "127.0.0.1").await
    }

    pub async fn from(house: SocketAddr, own: &str) -> Self {
        let socket = UdpSocket::bind((own, 0)).await.unwrap();
        let call_id = format!("{}@test", socket.local_addr().unwrap().port());
        Self {
            socket,
            house,
            call_id,
            to: "<sip:12355@house>".to_owned(),
            cseq: 1,
            was_refused: false,
        }
    }

    pub fn own(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// To a number that is no line.
    pub fn call_elsewhere(&mut self) {
        self.to = "<sip:999@house>".to_owned();
    }

    pub async fn write(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.house).await.unwrap();
    }

    /// One request of this call; `to` as the call stands.
    pub async fn send(&self, method: &str, number: &str, extra: &str, body: &str) {
        let own = self.socket.local_addr().unwrap();
        let cseq = self.cseq;
        // CANCEL and the ACK of a refusal belong to their INVITE.
        let is_same = method == "CANCEL" || (method == "ACK" && self.was_refused);
        let branch = if is_same { "INVITE" } else { method };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let text = format!(
            "{method} sip:{number}@house SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bK{branch}{cseq}{}\r\n\
             From: <sip:13800000001@test>;tag=t1\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:13800000001@{own}>\r\nMax-Forwards: 70\r\n{extra}{kind}Content-Length: {}\r\n\r\n{body}",
            own.port(),
            self.to,
            self.call_id,
            body.len()
        );
        self.write(text.as_bytes()).await;
    }

    pub async fn invite(&self) {
        self.send("INVITE", "12355", "", SDP).await;
    }

    pub async fn ack(&self) {
        self.send("ACK", "12355", "", "").await;
    }

    /// Acknowledges a refusal that was not waited for by its status.
    pub async fn ack_refusal(&mut self) {
        self.was_refused = true;
        self.ack().await;
    }

    /// Hangs up without listening to what still comes.
    pub async fn hang_up_blindly(&mut self) {
        self.again("BYE", "", "").await;
    }

    /// A further request within the call.
    pub async fn again(&mut self, method: &str, extra: &str, body: &str) {
        self.cseq += 1;
        self.send(method, "12355", extra, body).await;
    }

    /// The next message.
    pub async fn next(&self) -> Came {
        let mut buffer = vec![0; 65_536];
        let came = tokio::time::timeout(PATIENCE, self.socket.recv_from(&mut buffer)).await;
        let (length, _) = came.expect("nothing came").unwrap();
        Came(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// The next message with this status; provisional answers before it are passed over.
    pub async fn status(&mut self, status: u16) -> Came {
        loop {
            let came = self.next().await;
            if came.status() == status {
                self.was_refused = status >= 300;
                if let Some(to) = came.header("To").filter(|to| to.contains("tag=")) {
                    self.to = to.to_owned();
                }
                return came;
            }
            assert!((100..200).contains(&came.status()), "wanted {status}, came:\n{}", came.0);
        }
    }

    /// Whether nothing has come.
    pub fn is_silent(&self) -> bool {
        self.socket.try_recv(&mut [0; 16]).is_err()
    }

    /// Calls, is answered and says so.
    pub async fn call(&mut self) -> Came {
        self.invite().await;
        let answered = self.status(200).await;
        self.ack().await;
        answered
    }

    pub async fn hang_up(&mut self) {
        self.again("BYE", "", "").await;
        self.status(200).await;
    }

    /// Answers a request of the house.
    pub async fn agree(&self, request: &Came) {
        self.refuse(request, "200 OK").await;
    }

    pub async fn refuse(&self, request: &Came, status: &str) {
        let mut text = format!("SIP/2.0 {status}\r\n");
        text += &["Contact: <sip:13800000001@", &self.own().to_string(), ">\r\n"].concat();
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            text += &[name, ": ", request.header(name).unwrap(), "\r\n"].concat();
        }
        text += "Content-Length: 0\r\n\r\n";
        self.write(text.as_bytes()).await;
    }
}
