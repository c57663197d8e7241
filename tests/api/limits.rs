//! Floods, peers that do not read, peers that say nothing, and what each may cost.

use crate::house::{House, Plan};
use crate::people::{Seeker, talk};
use crate::wire::{Answer, Heard, LIMIT, Wire, call, knock, look};
use hyper::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use xinqiao::config::Config;
use xinqiao::wire_client::pause;

async fn knock_from(address: &str, source: &str) -> Answer {
    let body = json!({"line": "12355", "channel": "chat"}).to_string();
    let headers = [("x-forwarded-for", source)];
    call(address, Method::POST, "/api/v1/contacts", &headers, Some(body)).await
}

async fn attach(address: &str, made: &Value) -> Wire {
    let text = |field: &str| made[field].as_str().unwrap();
    let mut wire = Seeker::attach(address, text("contact_id"), text("token"), 0).await;
    wire.until("welcome").await;
    wire
}

#[tokio::test]
async fn a_source_that_floods_without_connecting_is_stopped_while_a_school_that_connects_is_not() {
    let house = Plan::default().set("XINQIAO_LIMITS__UNCONNECTED_PER_SOURCE_MAX", "5").start();
    let address = house.address.as_str();
    let mut bare = Vec::new();
    for _ in 0..5 {
        let made = knock_from(address, "203.0.113.5").await;
        assert_eq!(made.status, 201);
        bare.push(made.json());
    }
    let flood = knock_from(address, "203.0.113.5").await;
    assert_eq!((flood.status.as_u16(), flood.code().as_str()), (429, "rate_limited"));
    assert_ne!(flood.header("retry-after"), "");

    let mut school = Vec::new();
    for _ in 0..30 {
        let made = knock_from(address, "198.51.100.7").await;
        assert_eq!(made.status, 201, "a school behind one address: {made:?}");
        school.push(attach(address, &made.json()).await);
    }
    let _socket = attach(address, &bare[0]).await;
    assert_eq!(knock_from(address, "203.0.113.5").await.status, 201, "a place came free");
    assert_eq!(knock_from(address, "203.0.113.5").await.status, 429);
}

#[tokio::test]
async fn the_time_to_come_back_after_a_flood_of_bare_knocks_is_true() {
    let house = Plan::default()
        .set("XINQIAO_LIMITS__UNCONNECTED_PER_SOURCE_MAX", "2")
        .set("XINQIAO_SWITCHBOARD__SEEKER_GRACE_MS", "3000")
        .start();
    for _ in 0..2 {
        assert_eq!(knock(&house.address, "12355").await.status, 201);
    }
    let flood = knock(&house.address, "12355").await;
    assert_eq!(flood.status, 429);
    let wait_s: u64 = flood.header("retry-after").parse().unwrap();
    assert!((1..=5).contains(&wait_s), "the grace is 3 s, told was {wait_s} s");
    pause(Duration::from_secs(wait_s)).await;
    assert_eq!(knock(&house.address, "12355").await.status, 201);
}

#[tokio::test]
async fn past_its_burst_a_source_is_told_after_how_many_seconds_it_succeeds() {
    let house = Plan::default()
        .set("XINQIAO_LIMITS__CONTACTS_PER_SOURCE_BURST", "2")
        .set("XINQIAO_LIMITS__CONTACTS_PER_SOURCE_PER_MIN", "30")
        .start();
    let mut wires = Vec::new();
    for _ in 0..2 {
        let made = knock_from(&house.address, "203.0.113.5").await.json();
        wires.push(attach(&house.address, &made).await);
    }
    let refused = knock_from(&house.address, "203.0.113.5").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "rate_limited"));
    assert!(refused.json()["title"].as_str().unwrap().contains("110"), "in danger: where to call");
    let wait_s: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&wait_s), "{wait_s}");
    assert_eq!(knock_from(&house.address, "203.0.113.6").await.status, 201, "another source");
    // A contact that exists is never limited again.
    wires[0].say(json!({"type": "message", "client_id": "a", "text": "在吗"})).await;
    wires[0].until("ack").await;
    pause(Duration::from_secs(wait_s)).await;
    assert_eq!(knock_from(&house.address, "203.0.113.5").await.status, 201);
}

/// A socket over a connection whose receive buffer is small.
async fn narrow(seeker: &Seeker, address: &str) -> Wire {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8_192).unwrap();
    let stream = socket.connect(address.parse().unwrap()).await.unwrap();
    let path = format!("/api/v1/contacts/{}/socket", seeker.contact);
    let mut wire = Wire::over(stream, address, &path, &[]).await.unwrap();
    wire.say(json!({"type": "hello", "token": seeker.token, "last_seq": 0})).await;
    wire
}

fn rss_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_peer_that_stops_reading_is_let_go_costs_little_and_resumes_with_nothing_lost() {
    const MESSAGES: i64 = 700;
    let house = Plan::default().set("XINQIAO_CHAT__WRITE_TIMEOUT_MS", "500").start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.wire = narrow(&seeker, &house.address).await;
    let text = "心".repeat(4_000);
    let before_kib = rss_kib(house.pid());
    for number in 1..=MESSAGES {
        console.write(&seeker.contact, &format!("c{number}"), &text).await;
        if number % 50 == 0 {
            while console.wire.until("ack").await["seq"] != number {}
        }
    }
    let grown_kib = rss_kib(house.pid()).saturating_sub(before_kib);
    assert!(grown_kib < 24 * 1_024, "8 MiB went by, {grown_kib} KiB stayed");

    let (frames, code) = seeker.wire.end().await;
    let is_message = |frame: &&Value| frame["type"] == "message";
    let mut last_seq = frames.iter().filter(is_message).filter_map(|f| f["seq"].as_i64()).max();
    assert!(last_seq.unwrap_or(0) < MESSAGES, "it was never slow");
    assert!(matches!(code, 0 | 1008), "{code}");
    while last_seq != Some(MESSAGES) {
        seeker.resume(&house.address, last_seq.unwrap_or(0)).await;
        seeker.wire.until("welcome").await;
        for frame in seeker.wire.so_far().await.iter().filter(is_message) {
            assert_eq!(frame["seq"].as_i64(), Some(last_seq.unwrap_or(0) + 1));
            assert_eq!(frame["text"], text.as_str());
            last_seq = frame["seq"].as_i64();
        }
    }
}

/// Short graces, for peers that vanish without a word.
fn hasty() -> House {
    Plan::default()
        .set("XINQIAO_CHAT__HEARTBEAT_S", "1")
        .set("XINQIAO_CHAT__SILENCE_S", "2")
        .set("XINQIAO_SWITCHBOARD__SEEKER_GRACE_MS", "2000")
        .start()
}

/// Waits for a queue position while pinging, as a widget does.
async fn until_position(wire: &mut Wire, position: u32) {
    let reached = timeout(LIMIT, async {
        loop {
            match timeout(Duration::from_millis(500), wire.hear()).await {
                Ok(Heard::Frame(frame)) if frame["position"] == position => return,
                Ok(Heard::Frame(_)) => {}
                Ok(other) => panic!("heard {other:?}"),
                Err(_) => wire.say(json!({"type": "ping"})).await,
            }
        }
    });
    reached.await.unwrap();
}

#[tokio::test]
async fn a_half_open_socket_is_noticed_and_the_seeker_keeps_the_place_for_the_grace() {
    let house = hasty();
    let mut first = Seeker::reach_out(&house.address, "12355").await;
    let mut second = Seeker::reach_out(&house.address, "12355").await;
    until_position(&mut second.wire, 2).await;
    // The first one says nothing any more: no ping, no close.
    let (_, code) = first.wire.end().await;
    assert_eq!(code, 1008);
    first.resume(&house.address, 0).await;
    assert_eq!(first.wire.frame().await["state"], "waiting");
    assert_eq!(first.wire.until("queue").await["position"], 1);
}

#[tokio::test]
async fn who_does_not_come_back_within_the_grace_has_left_and_is_told_so_later() {
    let house = hasty();
    let mut first = Seeker::reach_out(&house.address, "12355").await;
    let mut second = Seeker::reach_out(&house.address, "12355").await;
    until_position(&mut second.wire, 2).await;
    until_position(&mut second.wire, 1).await;
    first.resume(&house.address, 0).await;
    let (frames, code) = first.wire.end().await;
    assert!(frames.iter().any(|frame| frame["reason"] == "lost_waiting"), "{frames:?}");
    assert_eq!(code, 1000);
}

#[tokio::test]
async fn a_seeker_lost_in_a_talk_is_ended_after_the_grace_and_the_counselor_told() {
    let house = Plan::default().set("XINQIAO_SWITCHBOARD__SEEKER_GRACE_MS", "1000").start();
    let (seeker, mut console) = talk(&house.address).await;
    drop(seeker.wire);
    loop {
        let state = console.wire.until("contact_state").await;
        if state["state"] == "wrap_up" {
            assert_eq!(state["reason"], "seeker_lost");
            return;
        }
    }
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off_and_holds_up_nobody() {
    let house = Plan::default().set("XINQIAO_SERVER__HEAD_TIMEOUT_MS", "1000").start();
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(&house.address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
        slow.push(stream);
    }
    assert_eq!(look(&house.address, "/healthz").await.status, 200);
    for mut stream in slow {
        let mut rest = Vec::new();
        timeout(LIMIT, stream.read_to_end(&mut rest)).await.unwrap().ok();
        let rest = String::from_utf8_lossy(&rest);
        assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 4"), "{rest}");
    }
}

#[tokio::test]
async fn a_waiting_socket_keeps_buffers_of_4_kib() {
    let chat = Config::default().chat;
    assert_eq!((chat.read_buffer_bytes, chat.write_buffer_bytes), (4_096, 4_096));
    let house = House::start();
    let mut seekers = vec![Seeker::reach_out(&house.address, "12355").await];
    let before_kib = rss_kib(house.pid());
    for _ in 0..300 {
        seekers.push(Seeker::reach_out(&house.address, "12355").await);
    }
    let each_kib = rss_kib(house.pid()).saturating_sub(before_kib) / 300;
    println!("{each_kib} KiB for each waiting socket, contact and journal included");
    assert!(each_kib < 64, "{each_kib} KiB for each waiting socket");
}
