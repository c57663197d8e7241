//! The smallest possible group-commit websocket server: the ceiling of this shape here.
//!
//! No sign-in, no queue, no rules, no history: pairs are known by their number. It speaks
//! just enough of the wire contract for the same load generator: `message` in, one
//! multi-row insert and commit for all that waits, then `ack` and the other side's
//! `message`. Run as a child by the hidden command `xinqiao bench-shape`.

use crate::store::probe::{Probe, ProbeRow};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write;
use std::rc::Rc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Rows of one transaction at most.
const BATCH_MAX: usize = 256;
/// Messages that wait for the writer.
const QUEUE_MAX: usize = 65_536;
/// Frames that wait for one socket.
const OUTBOX_MAX: usize = 4096;
/// Pairs of one desk, as a counselor of the demonstration has.
pub const PAIRS_A_DESK: i64 = 5;

/// Who a socket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seat {
    Seeker(i64),
    Desk(i64),
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    contact_id: String,
    #[serde(default)]
    text: String,
}

struct Job {
    from: Seat,
    row: ProbeRow,
}

#[derive(Clone)]
struct Hub {
    outboxes: Rc<RefCell<BTreeMap<Seat, mpsc::Sender<String>>>>,
    writer: mpsc::Sender<Job>,
}

/// Serves until killed; prints the same `ready` line as the product.
pub fn serve(database_url: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let probe = Probe::open(database_url).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(out, "ready http={} sip=-", listener.local_addr()?)?;
        out.flush()?;
        let (writer, jobs) = mpsc::channel(QUEUE_MAX);
        let hub = Hub { outboxes: Rc::default(), writer };
        spawn_local(write(probe, jobs, Rc::clone(&hub.outboxes)));
        loop {
            let (stream, _) = listener.accept().await?;
            spawn_local(sit(stream, hub.clone()));
        }
    })
}

/// The one writer: what waits is one statement and one commit, then everybody is told.
async fn write(
    mut probe: Probe,
    mut jobs: mpsc::Receiver<Job>,
    outboxes: Rc<RefCell<BTreeMap<Seat, mpsc::Sender<String>>>>,
) {
    let mut seqs: BTreeMap<i64, i64> = BTreeMap::new();
    let mut batch = Vec::new();
    while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let (mut seats, mut rows) = (Vec::new(), Vec::new());
        for mut job in batch.drain(..) {
            let seq = seqs.entry(job.row.talk).or_insert(0);
            *seq += 1;
            job.row.seq = *seq;
            seats.push(job.from);
            rows.push(job.row);
        }
        let stored = probe.store(&rows).await.is_ok();
        let outboxes = outboxes.borrow();
        for (from, row) in seats.into_iter().zip(rows) {
            tell(&outboxes, from, &row, stored);
        }
    }
}

fn tell(outboxes: &BTreeMap<Seat, mpsc::Sender<String>>, from: Seat, row: &ProbeRow, stored: bool) {
    let ProbeRow { talk, seq, client_id, body } = row;
    let send = |seat: Seat, frame: String| {
        if let Some(outbox) = outboxes.get(&seat) {
            // A full outbox loses the frame: this server has no slow-reader rule.
            let _ = outbox.try_send(frame);
        }
    };
    if !stored {
        send(from, format!(r#"{{"type":"error","code":"store","client_id":"{client_id}"}}"#));
        return;
    }
    send(
        from,
        format!(r#"{{"type":"ack","contact_id":"{talk}","client_id":"{client_id}","seq":{seq}}}"#),
    );
    let (side, to) = match from {
        Seat::Seeker(_) => ("seeker", Seat::Desk(talk / PAIRS_A_DESK)),
        Seat::Desk(_) => ("counselor", Seat::Seeker(*talk)),
    };
    // Bodies are the load generator's own letters: nothing to escape.
    send(
        to,
        format!(
            r#"{{"type":"message","contact_id":"{talk}","seq":{seq},"from":"{side}","text":"{body}"}}"#
        ),
    );
}

/// One socket's life.
async fn sit(stream: TcpStream, hub: Hub) {
    let _ = stream.set_nodelay(true);
    let mut seat = None;
    let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
    #[expect(clippy::result_large_err, reason = "the library's own shape of a handshake's answer")]
    let greet = |request: &Request, mut response: Response| {
        let protocol = HeaderValue::from_static("xinqiao.v1");
        response.headers_mut().insert("sec-websocket-protocol", protocol);
        seat = who(request);
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr_async_with_config(stream, greet, Some(config)).await else {
        return;
    };
    let Some(seat) = seat else { return };
    let (outbox, mut outgoing) = mpsc::channel(OUTBOX_MAX);
    hub.outboxes.borrow_mut().insert(seat, outbox);
    if let Seat::Desk(desk) = seat
        && socket.send(Message::text(welcome_desk(desk))).await.is_err()
    {
        return;
    }
    let mut frames = Vec::new();
    loop {
        tokio::select! {
            said = socket.next() => {
                let Some(Ok(said)) = said else { return };
                let Message::Text(said) = said else { continue };
                if hear(&said, seat, &hub).await.is_none() {
                    return;
                }
            }
            count = outgoing.recv_many(&mut frames, 64) => {
                if count == 0 {
                    return;
                }
                for frame in frames.drain(..) {
                    if socket.feed(Message::text(frame)).await.is_err() {
                        return;
                    }
                }
                if socket.flush().await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Takes in one frame; `None` ends the socket.
async fn hear(said: &str, seat: Seat, hub: &Hub) -> Option<()> {
    let said: Said<'_> = serde_json::from_str(said).ok()?;
    match (&*said.kind, seat) {
        ("message", _) => {
            let talk = match seat {
                Seat::Seeker(talk) => talk,
                Seat::Desk(_) => said.contact_id.parse().ok()?,
            };
            let row = ProbeRow { talk, seq: 0, client_id: said.client_id, body: said.text };
            hub.writer.send(Job { from: seat, row }).await.ok()
        }
        ("hello", Seat::Seeker(talk)) => {
            let welcome = json!({ "type": "welcome", "contact_id": talk.to_string(),
                "state": "connected", "seq": 0, "heartbeat_s": 25 });
            let outbox = hub.outboxes.borrow().get(&seat).cloned()?;
            outbox.try_send(welcome.to_string()).ok()
        }
        _ => Some(()),
    }
}

fn welcome_desk(desk: i64) -> String {
    let first = desk * PAIRS_A_DESK;
    let contacts: Vec<_> = (first..first + PAIRS_A_DESK)
        .map(|talk| json!({ "contact_id": talk.to_string(), "state": "talking" }))
        .collect();
    json!({ "type": "welcome", "presence": "available", "contacts": contacts, "heartbeat_s": 25 })
        .to_string()
}

/// Seekers are known by the number in their path, desks by their cookie.
fn who(request: &Request) -> Option<Seat> {
    let path = request.uri().path();
    if path == "/api/v1/console/socket" {
        let cookie = request.headers().get("cookie")?.to_str().ok()?;
        return Some(Seat::Desk(cookie.strip_prefix("desk=")?.parse().ok()?));
    }
    let talk = path.strip_prefix("/api/v1/contacts/")?.strip_suffix("/socket")?;
    Some(Seat::Seeker(talk.parse().ok()?))
}
