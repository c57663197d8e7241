//! Frames that are late, wrong, too large or not of this world.

use crate::house::{House, Plan};
use crate::people::{Console, Seeker, talk};
use crate::shared;
use crate::wire::{Heard, Wire, knock};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// Bytes of the largest frame, by the contract.
const FRAME_BYTES_MAX: usize = 65_536;

async fn socket_of_a_new_contact(address: &str) -> (Value, Wire) {
    let made = knock(address, "4009151095").await.json();
    let path = format!("/api/v1/contacts/{}/socket", made["contact_id"].as_str().unwrap());
    (made, Wire::open(address, &path, &[]).await.unwrap())
}

#[tokio::test]
async fn without_a_hello_in_time_the_socket_is_closed() {
    let house = Plan::default().set("XINQIAO_CHAT__HELLO_TIMEOUT_MS", "300").start();
    let (_, mut wire) = socket_of_a_new_contact(&house.address).await;
    let (frames, code) = wire.end().await;
    assert_eq!((frames, code), (vec![], 1008));
}

#[tokio::test]
async fn a_first_frame_that_is_no_hello_is_answered_and_the_socket_closed() {
    for first in [json!({"type": "ping"}), json!({"type": "hello"}), json!("hello"), json!({})] {
        let (_, mut wire) = socket_of_a_new_contact(shared()).await;
        wire.say(first).await;
        let (frames, code) = wire.end().await;
        assert_eq!((&frames[0]["code"], code), (&json!("hello_expected"), 1008));
    }
}

#[tokio::test]
async fn a_wrong_token_opens_nothing_and_looks_like_an_unknown_contact() {
    let (made, mut wire) = socket_of_a_new_contact(shared()).await;
    wire.say(json!({"type": "hello", "token": "guessed", "last_seq": 0})).await;
    let wrong = wire.end().await;
    assert_eq!((&wrong.0[0]["code"], wrong.1), (&json!("bad_token"), 1008));

    let other = knock(shared(), "12355").await.json();
    let token = other["token"].as_str().unwrap();
    let contact = made["contact_id"].as_str().unwrap();
    let mut wire = Seeker::attach(shared(), contact, token, 0).await;
    assert_eq!(wire.end().await, wrong, "another contact's token");
    let nobody = "00000000-0000-7000-8000-000000000000";
    let mut wire = Seeker::attach(shared(), nobody, token, 0).await;
    assert_eq!(wire.end().await, wrong, "a contact that never was");
}

#[tokio::test]
async fn what_is_not_understood_is_answered_with_an_error_and_the_socket_stays_open() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    let console = Console::open(shared(), "demo9").await;
    for mut wire in [seeker.wire, console.wire] {
        for text in [
            r#"{"type":"sing"}"#,
            r#"{"kind":"ping"}"#,
            r#"{"type":7}"#,
            "{\"type\":\"ping\"",
            "[]",
            "null",
            "",
            "\u{feff}{}",
            r#"{"type":"message"}"#,
            r#"{"type":"read","seq":"seven"}"#,
            r#"{"type":"read","seq":99999999999999999999}"#,
        ] {
            wire.send(Message::text(text)).await;
            let error = wire.until("error").await;
            assert_eq!(error["code"], "bad_frame", "{text}");
            assert!(!error["message"].as_str().unwrap().is_empty());
        }
        wire.send(Message::binary(br#"{"type":"ping"}"#.to_vec())).await;
        assert_eq!(wire.until("error").await["code"], "bad_frame", "binary");
        assert_eq!(wire.so_far().await.iter().filter(|frame| frame["type"] == "error").count(), 0);
    }
    seeker = Seeker::reach_out(shared(), "4009151095").await;
    seeker.wire.say(json!({"type": "hello", "token": seeker.token, "last_seq": 0})).await;
    assert_eq!(seeker.wire.until("error").await["code"], "bad_frame", "a second hello");
    seeker.wire.say(json!({"type": "signal", "sdp": "v=0"})).await;
    assert_eq!(seeker.wire.until("error").await["code"], "signal_unsupported");
}

#[tokio::test]
async fn an_unknown_field_is_ignored() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    let frame =
        json!({"type": "message", "client_id": "f1", "text": "您好", "mood": {"deep": [1]}});
    seeker.wire.say(frame).await;
    assert_eq!(seeker.wire.until("ack").await["client_id"], "f1");
    seeker.wire.say(json!({"type": "ping", "at": "now"})).await;
    seeker.wire.until("pong").await;
}

#[tokio::test]
async fn a_text_of_4000_characters_is_taken_and_one_more_is_refused_by_its_client_id() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let longest = "心".repeat(4_000);
    seeker.write_and_wait("full", &longest).await;
    assert_eq!(console.wire.until("message").await["text"], longest);
    seeker.write("over", &"心".repeat(4_001)).await;
    let error = seeker.wire.until("error").await;
    assert_eq!((&error["code"], &error["client_id"]), (&json!("text_too_long"), &json!("over")));
    console.write(&seeker.contact, "full", &longest).await;
    console.wire.until("ack").await;
    console.write(&seeker.contact, "over", &"心".repeat(4_001)).await;
    let error = console.wire.until("error").await;
    assert_eq!((&error["code"], &error["client_id"]), (&json!("text_too_long"), &json!("over")));
    // Four bytes a character: still one frame, still one message.
    seeker.write_and_wait("wide", &"𠮷".repeat(4_000)).await;
}

#[tokio::test]
async fn a_text_that_cannot_be_stored_is_refused_and_takes_no_number() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    for (client_id, text, code) in [
        ("nul", "a\0b", "text_unstorable"),
        ("empty", "", "text_empty"),
        ("blank", " \n\t\u{3000}", "text_empty"),
        ("", "您好", "bad_client_id"),
        ("n\0l", "您好", "bad_client_id"),
        (&"c".repeat(65), "您好", "bad_client_id"),
    ] {
        seeker.write(client_id, text).await;
        let error = seeker.wire.until("error").await;
        assert_eq!((&error["code"], &error["client_id"]), (&json!(code), &json!(client_id)));
    }
    let ack = seeker.write_and_wait(&"c".repeat(64), "\u{202e}\u{1}'\";--<b>👩‍👩‍👧").await;
    assert_eq!(ack["seq"], 1);
    seeker.resume(shared(), 0).await;
    let shown = seeker.wire.until("message").await;
    assert_eq!(shown["text"], "\u{202e}\u{1}'\";--<b>👩‍👩‍👧");
}

/// A frame that is understood and has exactly this many bytes.
fn padded_ping(bytes: usize) -> String {
    let ping = r#"{"type":"ping","pad":""}"#;
    ping.replace(r#""""#, &format!("\"{}\"", "x".repeat(bytes - ping.len())))
}

#[tokio::test]
async fn a_frame_of_64_kib_is_read_and_a_byte_more_closes_with_1009() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    seeker.wire.send(Message::text(padded_ping(FRAME_BYTES_MAX))).await;
    seeker.wire.until("pong").await;
    seeker.wire.send(Message::text(padded_ping(FRAME_BYTES_MAX + 1))).await;
    assert_eq!(seeker.wire.end().await.1, 1009);

    let mut console = Console::open(shared(), "demo10").await;
    console.wire.send(Message::text(padded_ping(FRAME_BYTES_MAX))).await;
    console.wire.until("pong").await;
    console.wire.send(Message::text(padded_ping(FRAME_BYTES_MAX + 1))).await;
    assert_eq!(console.wire.end().await.1, 1009);
}

#[tokio::test]
async fn a_frame_of_a_megabyte_closes_with_1009_though_nobody_reads_it_to_the_end() {
    for _ in 0..5 {
        let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
        let big = Message::text(padded_ping(1 << 20));
        // The server may stop reading before all of it is written.
        let _ = futures_util::SinkExt::send(&mut seeker.wire.0, big).await;
        assert_eq!(seeker.wire.end().await.1, 1009);
    }
}

#[tokio::test]
async fn a_message_in_many_frames_counts_as_one_and_closes_with_1009_above_64_kib() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    let send = async |wire: &mut Wire, bytes: usize| {
        let text = padded_ping(bytes).into_bytes();
        let pieces: Vec<&[u8]> = text.chunks(10_000).collect();
        for (number, piece) in pieces.iter().enumerate() {
            let data = if number == 0 { Data::Text } else { Data::Continue };
            let is_last = number + 1 == pieces.len();
            let frame = Frame::message(piece.to_vec(), OpCode::Data(data), is_last);
            let _ = futures_util::SinkExt::send(&mut wire.0, Message::Frame(frame)).await;
        }
    };
    send(&mut seeker.wire, FRAME_BYTES_MAX).await;
    seeker.wire.until("pong").await;
    send(&mut seeker.wire, FRAME_BYTES_MAX + 1).await;
    assert_eq!(seeker.wire.end().await.1, 1009);
}

#[tokio::test]
async fn a_text_frame_that_is_no_utf8_ends_the_socket_and_not_the_contact() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    let frame = Frame::message(vec![b'"', 0xff, 0xfe], OpCode::Data(Data::Text), true);
    seeker.wire.send(Message::Frame(frame)).await;
    while let Heard::Frame(_) = seeker.wire.hear().await {}
    seeker.resume(shared(), 0).await;
    assert_eq!(seeker.wire.frame().await["state"], "waiting");
}

#[tokio::test]
async fn a_websocket_ping_is_answered_and_a_close_is_answered_with_a_close() {
    let mut seeker = Seeker::reach_out(shared(), "4009151095").await;
    seeker.wire.send(Message::Ping(b"still there?".to_vec().into())).await;
    seeker.wire.so_far().await;
    seeker.wire.send(Message::Close(None)).await;
    assert!(matches!(seeker.wire.end().await.1, 1000 | 1005));
}
