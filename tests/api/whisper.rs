//! A word between the counselors of a talk, which its seeker never sees.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use serde_json::{Value, json};

/// Whispers of these tests have this in them, and nothing else has.
const HUSH: &str = "悄悄";

fn whisper(contact: &str, client_id: &str, text: &str) -> Value {
    json!({"type": "whisper", "contact_id": contact, "client_id": client_id, "text": text})
}

async fn looker(address: &str, contact: &str) -> Console {
    let mut board = Console::open(address, "super1").await;
    let look = json!({"type": "look", "contact_id": contact, "reason": "training"});
    board.wire.say(look).await;
    board.wire.until("looking").await;
    board.wire.so_far().await;
    board
}

#[tokio::test]
async fn a_whisper_goes_to_the_counselor_and_to_who_looks_in_and_back_to_its_writer_as_its_ack() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    let mut board = looker(&house.address, contact).await;
    let mut second = Console::reopen(&house.address, board.cookie.clone()).await;
    second.wire.say(json!({"type": "look", "contact_id": contact, "reason": "training"})).await;
    second.wire.until("looking").await;

    board.wire.say(whisper(contact, "w1", "悄悄：问问安全")).await;
    let ack = board.wire.until("whisper").await;
    assert_eq!((&ack["client_id"], &ack["mine"]), (&json!("w1"), &json!(true)));
    assert_eq!(ack["by"], board.welcome["counselor"]["alias"]);
    let told = console.wire.until("whisper").await;
    assert_eq!((&told["text"], &told["mine"]), (&json!("悄悄：问问安全"), &json!(false)));
    assert_eq!((&told["whisper_id"], &told["at"]), (&ack["whisper_id"], &ack["at"]));
    assert_eq!((&told["client_id"], &told["contact_id"]), (&Value::Null, &json!(contact)));
    let beside = second.wire.until("whisper").await;
    assert_eq!((&beside["mine"], &beside["client_id"]), (&json!(true), &json!("w1")));

    console.wire.say(whisper(contact, "w1", "悄悄：好的")).await;
    let ack = console.wire.until("whisper").await;
    assert_eq!((&ack["mine"], &ack["client_id"]), (&json!(true), &json!("w1")));
    let told = board.wire.until("whisper").await;
    assert_eq!((&told["mine"], &told["text"]), (&json!(false), &json!("悄悄：好的")));
    assert_eq!(told["by"], console.welcome["counselor"]["alias"]);
}

#[tokio::test]
async fn a_whisper_sent_again_is_stored_once_and_answered_as_the_first() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    let mut board = looker(&house.address, contact).await;
    let mut ids = Vec::new();
    for text in ["悄悄一", "悄悄二"] {
        board.wire.say(whisper(contact, "w1", text)).await;
        let ack = board.wire.until("whisper").await;
        assert_eq!(ack["text"], "悄悄一");
        ids.push(ack["whisper_id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    console.wire.say(json!({"type": "history", "contact_id": contact, "after_seq": 0})).await;
    let all = console.wire.so_far().await;
    let kept: Vec<&Value> = all.iter().filter(|frame| frame["type"] == "whisper").collect();
    // Told twice as they came, and once by the history.
    assert!(kept.iter().all(|frame| frame["whisper_id"] == ids[0]), "{kept:?}");
    assert_eq!(kept.len(), 3);
}

#[tokio::test]
async fn whispers_are_part_of_the_history_where_they_were_said_and_have_no_number() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let mut board = looker(&house.address, &contact).await;
    seeker.write_and_wait("s1", "一").await;
    board.wire.say(whisper(&contact, "w1", "悄悄")).await;
    board.wire.until("whisper").await;
    assert_eq!(seeker.write_and_wait("s2", "二").await["seq"], 2, "a whisper has no number");
    let show = |frames: &[Value]| -> Vec<Value> {
        let said = frames.iter().filter(|f| f["type"] == "message" || f["type"] == "whisper");
        said.map(|frame| frame["text"].clone()).collect()
    };
    let mut reloaded = Console::reopen(&house.address, console.cookie.clone()).await;
    for after in [0, 2] {
        let history = json!({"type": "history", "contact_id": contact, "after_seq": after});
        reloaded.wire.say(history).await;
    }
    let frames = reloaded.wire.so_far().await;
    assert_eq!(show(&frames), ["一", "悄悄", "二", "悄悄"]);
    let mut again = looker_history(&house.address, &contact).await;
    again.retain(|frame| frame["type"] != "looking");
    assert_eq!(show(&again), ["一", "悄悄", "二"]);
    console.tell("end", &contact).await;
    console.wire.say(json!({"type": "history", "contact_id": contact, "after_seq": 0})).await;
    assert_eq!(show(&console.wire.so_far().await).last(), Some(&json!("二")));
}

async fn looker_history(address: &str, contact: &str) -> Vec<Value> {
    let mut board = Console::open(address, "super1").await;
    let look = json!({"type": "look", "contact_id": contact, "reason": "sos"});
    board.wire.say(look).await;
    board.wire.so_far().await
}

/// Everything that the seeker's sockets ever get, live and after each resume, is read.
#[tokio::test]
async fn the_seeker_never_gets_a_whisper_nor_a_sign_of_one() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let mut got: Vec<Value> = Vec::new();
    seeker.write_and_wait("s1", "一").await;
    let mut board = looker(&house.address, &contact).await;
    for number in 0..5 {
        board.wire.say(whisper(&contact, &format!("b{number}"), "悄悄：督导说")).await;
        board.wire.until("whisper").await;
        console.wire.say(whisper(&contact, &format!("c{number}"), "悄悄：咨询员说")).await;
        console.write(&contact, &format!("m{number}"), "我在").await;
        got.push(seeker.wire.until("message").await);
        console.wire.until("ack").await;
    }
    got.extend(seeker.wire.so_far().await);
    for last_seq in [0, 3, 6] {
        seeker.resume(&house.address, last_seq).await;
        got.extend(seeker.wire.so_far().await);
    }
    board.tell("look_away", &contact).await;
    board.wire.until("look_ended").await;
    console.tell("end", &contact).await;
    let (last, code) = seeker.wire.end().await;
    got.extend(last);
    assert_eq!(code, 1000);
    let mut after = Seeker::attach(&house.address, &contact, &seeker.token, 0).await;
    got.extend(after.end().await.0);

    let kinds = ["welcome", "message", "state", "bye"];
    for frame in &got {
        let text = frame.to_string();
        for sign in [HUSH, "whisper", "look", "督导", "青松"] {
            assert!(!text.contains(sign), "{sign} in {frame}");
        }
        assert!(kinds.contains(&frame["type"].as_str().unwrap()), "{frame}");
    }
    let seqs = |from: usize| -> Vec<i64> {
        let messages = got[from..].iter().filter(|frame| frame["type"] == "message");
        messages.map(|frame| frame["seq"].as_i64().unwrap()).collect()
    };
    assert_eq!(seqs(0)[..5], [2, 3, 4, 5, 6], "no number is missing");
    assert!(seqs(0).iter().all(|seq| *seq <= 6));
}

#[tokio::test]
async fn who_neither_holds_nor_looks_cannot_whisper() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    let mut board = looker(&house.address, contact).await;
    let mut beside = Console::reopen(&house.address, board.cookie.clone()).await;
    let mut other = Console::open(&house.address, "demo2").await;
    for wire in [&mut beside.wire, &mut other.wire] {
        wire.say(whisper(contact, "w1", "悄悄")).await;
        let no = wire.until("error").await;
        assert_eq!((&no["code"], &no["client_id"]), (&json!("not_yours"), &json!("w1")));
    }
    for (client_id, text, code) in [
        ("w1", " ".to_owned(), "text_empty"),
        ("w1", "长".repeat(4_001), "text_too_long"),
        ("", "悄悄".to_owned(), "bad_client_id"),
        ("w1", "a\0b".to_owned(), "text_unstorable"),
    ] {
        board.wire.say(whisper(contact, client_id, &text)).await;
        assert_eq!(board.wire.until("error").await["code"], code);
    }
    board.tell("look_away", contact).await;
    board.wire.say(whisper(contact, "w2", "悄悄")).await;
    assert_eq!(board.wire.until("error").await["code"], "not_yours", "it looks no longer");
    console.tell("end", contact).await;
    console.wire.until("contact_state").await;
    console.wire.say(whisper(contact, "w3", "悄悄")).await;
    assert_eq!(console.wire.until("error").await["code"], "ended");
    let heard = console.wire.so_far().await;
    assert!(heard.iter().all(|frame| frame["type"] != "whisper"), "{heard:?}");
}
