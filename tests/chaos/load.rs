//! A load that survives: seekers and counselors who reconnect and send again what was not acked,
//! and the ledgers by which everything is judged at the end.

use crate::house::House;
use crate::people::{Console, Seeker};
use crate::wire::{Heard, Wire, try_call};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use xinqiao::wire_client::pause;

/// Messages of one side of one talk that may be unacked at once.
const WINDOW: usize = 4;
/// Before the next few messages: a load that leaves the machine some air, and no talk too long.
const BREATH: Duration = Duration::from_millis(80);
/// Between two attempts to come back.
const AGAIN: Duration = Duration::from_millis(30);
/// Counselors whom the line's plan takes at its first step: others would be rung 20 s later.
const COUNSELORS: [&str; 3] = ["demo1", "demo2", "demo6"];
const TALKS_EACH: usize = 4;

/// What one side of one talk knows.
#[derive(Debug, Default)]
pub struct Ledger {
    next: usize,
    unacked: VecDeque<usize>,
    /// Sequence number by message, as first acked.
    acked: BTreeMap<usize, i64>,
    /// Text by sequence number: acked or shown.
    known: BTreeMap<i64, String>,
    /// Messages that were refused for the moment and sent again.
    refused: usize,
}

impl Ledger {
    fn text(side: &str, number: usize) -> String {
        format!("{side} {number}")
    }

    /// The number up to which everything is known.
    fn last_seq(&self) -> i64 {
        let mut last = 0;
        while self.known.contains_key(&(last + 1)) {
            last += 1;
        }
        last
    }

    fn learn(&mut self, seq: i64, text: &str) {
        let before = self.known.insert(seq, text.to_owned());
        assert!(before.is_none_or(|before| before == text), "{seq} was something else before");
    }

    fn ack(&mut self, side: &str, frame: &Value) {
        let number = number_of(frame["client_id"].as_str().unwrap());
        let seq = frame["seq"].as_i64().unwrap();
        let before = self.acked.insert(number, seq);
        assert!(before.is_none_or(|before| before == seq), "{side} {number}: acked anew as {seq}");
        self.unacked.retain(|waiting| *waiting != number);
        self.learn(seq, &Self::text(side, number));
    }
}

/// What all clients of a load share.
#[derive(Clone)]
struct Common {
    address: String,
    stop: watch::Receiver<bool>,
    acks: Arc<watch::Sender<u64>>,
}

/// A running load.
pub struct Load {
    stop: watch::Sender<bool>,
    acks: watch::Receiver<u64>,
    seekers: Vec<JoinHandle<(Seeker, Ledger)>>,
    consoles: Vec<JoinHandle<(Console, BTreeMap<String, Ledger>)>>,
    knocker: JoinHandle<Vec<Value>>,
}

impl Load {
    /// Twelve talks in three counselors' hands, and somebody who knocks all the time. Clients reach
    /// the house at `address`, which may be a proxy's.
    pub async fn start(house: &House, address: &str) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (count, acks) = watch::channel(0);
        let common = Common { address: address.to_owned(), stop: stopped, acks: Arc::new(count) };
        let mut seekers = Vec::new();
        let mut consoles = Vec::new();
        for username in COUNSELORS {
            let mut console = Console::available(&house.address, username).await;
            let mut talks = BTreeMap::new();
            for _ in 0..TALKS_EACH {
                let seeker = Seeker::reach_out(&house.address, "12355").await;
                console.accept_next().await;
                talks.insert(seeker.contact.clone(), Ledger::default());
                seekers.push(tokio::spawn(seek(common.clone(), seeker)));
            }
            // The next seeker shall be offered to the next counselor.
            console.wish("away").await;
            consoles.push(tokio::spawn(counsel(common.clone(), console, talks)));
        }
        let knocker = tokio::spawn(knock_on(common));
        Self { stop, acks, seekers, consoles, knocker }
    }

    /// Waits until so many more messages are acked.
    pub async fn acks(&mut self, more: u64) {
        let enough = *self.acks.borrow() + more;
        let limit = Duration::from_mins(2);
        let acked = tokio::time::timeout(limit, self.acks.wait_for(|acks| *acks >= enough)).await;
        acked.expect("no acks any more").unwrap();
    }

    /// Lets everybody finish, then compares what they know with what the house has.
    pub async fn judge(self, house: &House) -> String {
        self.stop.send(true).unwrap();
        let (mut consoles, mut seekers) = (Vec::new(), Vec::new());
        for console in self.consoles {
            consoles.push(finish(console).await);
        }
        for seeker in self.seekers {
            seekers.push(finish(seeker).await);
        }
        let mut counselors = BTreeMap::new();
        for (mut console, ledgers) in consoles {
            console = Console::reopen(&house.address, console.cookie.clone()).await;
            for (contact, ledger) in ledgers {
                let history = history_of(&mut console, &contact).await;
                counselors.insert(contact, (ledger, history));
            }
        }
        let (mut acked, mut stored, mut refused) = (0, 0, 0);
        for (mut seeker, ledger) in seekers {
            seeker.resume(&house.address, 0).await;
            let history = messages(&seeker.wire.so_far().await);
            let (of_counselor, seen_by_counselor) = &counselors[&seeker.contact];
            assert_eq!(history, *seen_by_counselor, "both sides read one talk");
            acked += judge_side("seeker", &ledger, &history);
            acked += judge_side("counselor", of_counselor, &history);
            stored += history.len();
            refused += ledger.refused + of_counselor.refused;
        }
        assert_eq!(acked, stored, "every message was acked in the end, and stored once");
        let knocks = finish(self.knocker).await;
        for made in &knocks {
            let text = |field: &str| made[field].as_str().unwrap();
            let mut wire =
                Seeker::attach(&house.address, text("contact_id"), text("token"), 0).await;
            let welcome = wire.frame().await;
            assert_eq!(welcome["state"], "waiting", "who was given a token has a place: {welcome}");
        }
        format!(
            "{acked} acked = {stored} stored, {refused} sent again, {} knocks kept",
            knocks.len()
        )
    }
}

async fn finish<T>(task: JoinHandle<T>) -> T {
    let finished = tokio::time::timeout(Duration::from_mins(2), task).await;
    finished.expect("a client never got its last acks").unwrap()
}

/// (seq, from, client number, text) of every message of a talk.
type History = Vec<(i64, String, String)>;

fn messages(frames: &[Value]) -> History {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let messages = frames.iter().filter(|frame| frame["type"] == "message");
    messages.map(|m| (m["seq"].as_i64().unwrap(), text(&m["from"]), text(&m["text"]))).collect()
}

async fn history_of(console: &mut Console, contact: &str) -> History {
    let ask = json!({"type": "history", "contact_id": contact, "after_seq": 0});
    console.wire.say(ask).await;
    let mut frames = console.wire.so_far().await;
    frames.retain(|frame| frame["contact_id"] == contact);
    messages(&frames)
}

/// No loss of acked, no double, order kept; gives the number of acked messages.
fn judge_side(side: &str, ledger: &Ledger, history: &History) -> usize {
    let seqs: Vec<i64> = history.iter().map(|(seq, ..)| *seq).collect();
    let expected: Vec<i64> = (1..=i64::try_from(history.len()).unwrap()).collect();
    assert_eq!(seqs, expected, "1, 2, 3 … without gap or double");
    let ours: Vec<&str> = history
        .iter()
        .filter(|(_, from, _)| from == side)
        .map(|(.., text)| text.as_str())
        .collect();
    let said: Vec<String> = (0..ledger.next).map(|number| Ledger::text(side, number)).collect();
    let mut sorted = ours.clone();
    if ledger.refused > 0 {
        // What was refused and sent again may come after what was said later; never twice.
        let number = |text: &&str| text.rsplit(' ').next().unwrap().parse::<usize>().unwrap();
        sorted.sort_by_key(number);
    }
    assert_eq!(sorted, said, "every message of the {side} once, in the order it was said");
    for (number, seq) in &ledger.acked {
        let at = usize::try_from(*seq - 1).unwrap();
        assert_eq!(history[at].2, Ledger::text(side, *number), "acked as {seq}");
    }
    for (seq, text) in &ledger.known {
        assert_eq!(history[usize::try_from(*seq - 1).unwrap()].2, *text, "shown as {seq}");
    }
    ledger.acked.len()
}

/// A seeker who writes all the time and comes back whenever the socket is gone.
async fn seek(common: Common, mut seeker: Seeker) -> (Seeker, Ledger) {
    let mut ledger = Ledger::default();
    let path = format!("/api/v1/contacts/{}/socket", seeker.contact);
    loop {
        if stay(&common, &mut seeker.wire, &mut ledger).await {
            return (seeker, ledger);
        }
        loop {
            if let Some(mut wire) = Wire::try_open(&common.address, &path, &[]).await {
                let last_seq = ledger.last_seq();
                let hello = json!({"type": "hello", "token": seeker.token, "last_seq": last_seq});
                if wire.try_say(&hello).await {
                    seeker.wire = wire;
                    break;
                }
            }
            pause(AGAIN).await;
        }
    }
}

/// One socket's life; true when everything is said and acked.
async fn stay(common: &Common, wire: &mut Wire, ledger: &mut Ledger) -> bool {
    let message = |number: usize| {
        let text = Ledger::text("seeker", number);
        json!({"type": "message", "client_id": format!("m{number}"), "text": text})
    };
    for number in ledger.unacked.clone() {
        if !wire.try_say(&message(number)).await {
            return false;
        }
    }
    let mut shown = 0;
    loop {
        let is_over = *common.stop.borrow();
        if is_over && ledger.unacked.is_empty() {
            return true;
        }
        let is_due = !is_over && ledger.unacked.is_empty();
        if is_due {
            pause(BREATH).await;
        }
        while is_due && ledger.unacked.len() < WINDOW {
            let number = ledger.next;
            ledger.next += 1;
            ledger.unacked.push_back(number);
            if !wire.try_say(&message(number)).await {
                return false;
            }
        }
        let Heard::Frame(frame) = wire.hear().await else { return false };
        match frame["type"].as_str().unwrap() {
            "ack" => {
                ledger.ack("seeker", &frame);
                common.acks.send_modify(|acks| *acks += 1);
            }
            "message" => {
                let seq = frame["seq"].as_i64().unwrap();
                assert!(seq > shown, "{seq} after {shown} on one socket");
                shown = seq;
                ledger.learn(seq, frame["text"].as_str().unwrap());
            }
            "error" => {
                let number = number_of(refused(&frame));
                ledger.refused += 1;
                pause(AGAIN).await;
                if !wire.try_say(&message(number)).await {
                    return false;
                }
            }
            _ => {}
        }
    }
}

/// `m17` is message 17.
fn number_of(client_id: &str) -> usize {
    client_id.strip_prefix('m').unwrap().parse().unwrap()
}

/// The client id of a message that was refused for the moment.
fn refused(frame: &Value) -> &str {
    assert!(frame["code"] == "not_stored" || frame["code"] == "busy", "{frame}");
    frame["client_id"].as_str().unwrap()
}

/// A counselor who writes in all talks and comes back whenever the socket is gone.
async fn counsel(
    common: Common,
    mut console: Console,
    mut talks: BTreeMap<String, Ledger>,
) -> (Console, BTreeMap<String, Ledger>) {
    loop {
        if work(&common, &mut console.wire, &mut talks).await {
            return (console, talks);
        }
        loop {
            let headers = [("cookie", console.cookie.as_str())];
            let path = "/api/v1/console/socket";
            if let Some(wire) = Wire::try_open(&common.address, path, &headers).await {
                console.wire = wire;
                break;
            }
            pause(AGAIN).await;
        }
    }
}

async fn work(common: &Common, wire: &mut Wire, talks: &mut BTreeMap<String, Ledger>) -> bool {
    let message = |contact: &str, number: usize| {
        let text = Ledger::text("counselor", number);
        json!({"type": "message", "contact_id": contact, "client_id": format!("m{number}"), "text": text})
    };
    for (contact, ledger) in talks.iter() {
        for number in &ledger.unacked {
            if !wire.try_say(&message(contact, *number)).await {
                return false;
            }
        }
    }
    let mut shown = BTreeMap::<String, i64>::new();
    loop {
        let is_over = *common.stop.borrow();
        if is_over && talks.values().all(|ledger| ledger.unacked.is_empty()) {
            return true;
        }
        let is_due = !is_over && talks.values().all(|ledger| ledger.unacked.is_empty());
        if is_due {
            pause(BREATH).await;
        }
        for (contact, ledger) in talks.iter_mut().filter(|_| is_due) {
            while ledger.unacked.len() < WINDOW {
                let number = ledger.next;
                ledger.next += 1;
                ledger.unacked.push_back(number);
                if !wire.try_say(&message(contact, number)).await {
                    return false;
                }
            }
        }
        let Heard::Frame(frame) = wire.hear().await else { return false };
        let Some(ledger) = frame["contact_id"].as_str().and_then(|id| talks.get_mut(id)) else {
            continue;
        };
        let contact = frame["contact_id"].as_str().unwrap();
        match frame["type"].as_str().unwrap() {
            "ack" => {
                ledger.ack("counselor", &frame);
                common.acks.send_modify(|acks| *acks += 1);
            }
            "message" => {
                let seq = frame["seq"].as_i64().unwrap();
                let before = shown.insert(contact.to_owned(), seq).unwrap_or(0);
                assert!(seq > before, "{seq} after {before} on one console");
                ledger.learn(seq, frame["text"].as_str().unwrap());
            }
            "error" => {
                let number = number_of(refused(&frame));
                ledger.refused += 1;
                pause(AGAIN).await;
                if !wire.try_say(&message(contact, number)).await {
                    return false;
                }
            }
            _ => {}
        }
    }
}

/// Knocks again and again; keeps what was answered with 201.
async fn knock_on(common: Common) -> Vec<Value> {
    let mut made = Vec::new();
    let body = json!({"line": "966525", "channel": "chat"}).to_string();
    while !*common.stop.borrow() {
        let body = Some(body.clone());
        let path = "/api/v1/contacts";
        match try_call(&common.address, Method::POST, path, &[], body).await {
            Ok(answer) if answer.status == 201 => made.push(answer.json()),
            Ok(answer) => assert!([429, 503].contains(&answer.status.as_u16()), "{answer:?}"),
            Err(_) => {}
        }
        pause(AGAIN).await;
    }
    made
}
