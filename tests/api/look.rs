//! A supervisor looks into a talk: with a reason, seen by its counselor, and not for longer than
//! it goes on.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use serde_json::{Value, json};
use sqlx::Connection;
use std::sync::Arc;
use xinqiao::store::{Settings, Store};

const SAID: &str = "我昨晚没有睡";

fn look(contact: &str, reason: &str) -> Value {
    json!({"type": "look", "contact_id": contact, "reason": reason})
}

/// A supervisor who looks into this contact; `looking` is heard, the history follows.
async fn looking(address: &str, contact: &str) -> (Console, Value) {
    let mut board = Console::open(address, "super1").await;
    board.wire.say(look(contact, "quality")).await;
    let looking = board.wire.until("looking").await;
    (board, looking)
}

/// The alias of the demo's supervisor.
fn alias(board: &Console) -> Value {
    board.welcome["counselor"]["alias"].clone()
}

fn texts(frames: &[Value]) -> Vec<&str> {
    let messages = frames.iter().filter(|frame| frame["type"] == "message");
    messages.map(|frame| frame["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_look_shows_the_history_and_then_what_is_said_and_who_writes() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    seeker.write_and_wait("s1", SAID).await;
    console.write(&contact, "c1", "我在听").await;
    console.wire.until("ack").await;
    let (mut board, looking) = looking(&house.address, &contact).await;
    assert_eq!(looking["counselor"], console.welcome["counselor"]["alias"]);
    assert_eq!(looking["contact"]["contact_id"], contact.as_str());
    assert_eq!(looking["contact"]["looked_at_by"], json!([alias(&board)]));
    let history = board.wire.so_far().await;
    assert_eq!(texts(&history), [SAID, "我在听"], "{history:?}");

    seeker.write_and_wait("s2", "还有").await;
    assert_eq!(board.wire.until("message").await["seq"], 3);
    seeker.wire.say(json!({"type": "typing"})).await;
    assert_eq!(board.wire.until("typing").await["from"], "seeker");
    console.tell("typing", &contact).await;
    let typing = board.wire.until("typing").await;
    assert_eq!((&typing["from"], &typing["contact_id"]), (&json!("counselor"), &json!(contact)));
    console.write(&contact, "c2", "慢慢说").await;
    let message = board.wire.until("message").await;
    assert_eq!((&message["seq"], &message["from"]), (&json!(4), &json!("counselor")));
    seeker.wire.say(json!({"type": "danger"})).await;
    let state = board.wire.until("contact_state").await;
    assert_eq!((&state["state"], &state["risk"]), (&json!("risk"), &json!("imminent")));
}

#[tokio::test]
async fn a_look_shows_everything_once_while_both_sides_write_fast() {
    let house = House::start();
    let (mut seeker, console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    for number in 0..21 {
        seeker.write(&format!("s{number}"), &format!("{number}")).await;
    }
    let mut board = Console::open(&house.address, "super1").await;
    board.wire.say(look(&contact, "danger")).await;
    for number in 21..60 {
        seeker.write(&format!("s{number}"), &format!("{number}")).await;
    }
    let mut seqs = Vec::new();
    while seqs.last() != Some(&60) {
        seqs.push(board.wire.until("message").await["seq"].as_i64().unwrap());
    }
    assert_eq!(seqs, (1..=60).collect::<Vec<i64>>());
    drop(console);
}

#[tokio::test]
async fn the_counselor_sees_who_looks_in_also_after_a_reload_and_the_seeker_feels_nothing() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let (mut board, _) = looking(&house.address, &contact).await;
    let seen = console.wire.until("looked_at").await;
    let expected = json!({"type": "looked_at", "contact_id": contact, "by": [alias(&board)]});
    assert_eq!(seen, expected);
    let mut reloaded = Console::reopen(&house.address, console.cookie.clone()).await;
    assert_eq!(reloaded.welcome["contacts"][0]["looked_at_by"], json!([alias(&board)]));
    board.tell("look_away", &contact).await;
    let ended = board.wire.until("look_ended").await;
    assert_eq!((&ended["contact_id"], &ended["reason"]), (&json!(contact), &json!("look_away")));
    assert_eq!(reloaded.wire.until("looked_at").await["by"], json!([]));
    seeker.write_and_wait("s1", SAID).await;
    let after = board.wire.so_far().await;
    assert!(after.is_empty(), "it looks no longer: {after:?}");
    let felt = seeker.wire.so_far().await;
    assert!(felt.is_empty(), "{felt:?}");
}

#[tokio::test]
async fn a_look_ends_when_the_talk_is_handed_on() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    let (mut board, _) = looking(&house.address, contact).await;
    console.wire.until("looked_at").await;
    let to = json!({"line": "966525"});
    console.wire.say(json!({"type": "transfer", "contact_id": contact, "to": to})).await;
    let ended = board.wire.until("look_ended").await;
    assert_eq!((&ended["contact_id"], &ended["reason"]), (&json!(contact), &json!("released")));
    let mut next = Console::available(&house.address, "demo2").await;
    let taken = next.accept_next().await;
    assert_eq!(taken["looked_at_by"], json!([]), "the next counselor is looked at by nobody");
    next.write(contact, "c1", "您好").await;
    next.wire.until("ack").await;
    let after = board.wire.so_far().await;
    assert!(after.iter().all(|frame| frame["contact_id"] != contact), "{after:?}");
}

#[tokio::test]
async fn a_look_ends_with_the_talk() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    let (mut board, _) = looking(&house.address, contact).await;
    console.tell("end", contact).await;
    assert_eq!(board.wire.until("look_ended").await["reason"], "closed");
    let frames = console.wire.gather("looked_at").await;
    let last = console.wire.until("looked_at").await;
    assert_eq!((frames.last().unwrap()["by"][0].is_string(), &last["by"]), (true, &json!([])));
    board.wire.say(look(contact, "quality")).await;
    assert_eq!(board.wire.until("error").await["code"], "not_talking");
}

#[tokio::test]
async fn a_look_ends_with_its_console_and_a_second_console_is_a_look_of_its_own() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let (mut first, _) = looking(&house.address, &contact).await;
    console.wire.until("looked_at").await;
    let mut second = Console::reopen(&house.address, first.cookie.clone()).await;
    seeker.write_and_wait("s1", SAID).await;
    first.wire.until("message").await;
    let heard = second.wire.so_far().await;
    assert!(texts(&heard).is_empty(), "the second console did not ask: {heard:?}");
    second.wire.say(look(&contact, "training")).await;
    second.wire.until("looking").await;
    assert_eq!(second.wire.until("message").await["text"], SAID);
    assert_eq!(console.wire.until("looked_at").await["by"], json!([alias(&first)]), "one person");
    drop(second.wire);
    assert_eq!(console.wire.until("looked_at").await["by"], json!([alias(&first)]));
    drop(first.wire);
    assert_eq!(console.wire.until("looked_at").await["by"], json!([]));
}

#[tokio::test]
async fn a_look_ends_with_the_sign_in_and_when_the_role_is_taken_away() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let (mut board, _) = looking(&house.address, &contact).await;
    let out = board.call(&house.address, hyper::Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(out.status, 204);
    let (last, _) = board.wire.end().await;
    assert_eq!(last.last().unwrap()["reason"], "signed_out");
    console.wire.until("looked_at").await;
    assert_eq!(console.wire.until("looked_at").await["by"], json!([]));

    let (mut board, _) = looking(&house.address, &contact).await;
    let url = format!("sqlite:{}", house.data().join("xinqiao.db").display());
    let mut outside = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let taken = "UPDATE accounts SET role = 'auditor' WHERE username = 'super1'";
    sqlx::raw_sql(taken).execute(&mut outside).await.unwrap();
    assert_eq!(board.wire.until("look_ended").await["reason"], "forbidden");
    seeker.write_and_wait("s1", SAID).await;
    let after = board.wire.so_far().await;
    assert!(texts(&after).is_empty(), "{after:?}");
}

#[tokio::test]
async fn who_may_not_look_is_refused_and_so_is_what_is_no_talk() {
    let house = House::start();
    let (mut seeker, _console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    seeker.write_and_wait("s1", SAID).await;
    let waiting = Seeker::reach_out(&house.address, "966525").await;
    for name in ["demo2", "admin1"] {
        let mut other = Console::open(&house.address, name).await;
        other.wire.say(look(&contact, "quality")).await;
        let heard = other.wire.gather("error").await;
        assert_eq!(heard.last().unwrap()["code"], "forbidden", "{name}");
        assert!(texts(&heard).is_empty(), "{heard:?}");
    }
    let mut board = Console::open(&house.address, "super1").await;
    let with_words = |words: String| {
        let mut frame = look(&contact, "quality");
        frame["words"] = words.into();
        frame
    };
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (frame, code) in [
        (look(&waiting.contact, "quality"), "not_talking"),
        (look(nobody, "quality"), "unknown_contact"),
        (look("nobody", "quality"), "unknown_contact"),
        (look(&contact, "curiosity"), "bad_frame"),
        (json!({"type": "look", "contact_id": contact}), "bad_frame"),
        (with_words("因".repeat(201)), "words_too_long"),
        (with_words("a\0b".to_owned()), "text_unstorable"),
    ] {
        board.wire.say(frame.clone()).await;
        let no = board.wire.until("error").await;
        assert_eq!(no["code"], code, "{frame}");
        assert!(no["message"].is_string() && no["message_en"].is_string(), "{no}");
    }
    board.wire.say(with_words("因".repeat(200))).await;
    board.wire.until("looking").await;
}

#[tokio::test]
async fn nobody_looks_into_their_own_talk() {
    let house = House::start();
    let mut board = Console::available(&house.address, "super1").await;
    let _seeker = Seeker::reach_out(&house.address, "12355").await;
    let contact = board.accept_next().await;
    board.wire.say(look(contact["contact_id"].as_str().unwrap(), "quality")).await;
    assert_eq!(board.wire.until("error").await["code"], "own_talk");
}

#[tokio::test]
async fn a_console_looks_into_four_talks_and_no_more() {
    let house = House::start();
    let mut console = Console::available(&house.address, "demo1").await;
    let mut board = Console::open(&house.address, "super1").await;
    let mut seekers = Vec::new();
    for number in 1..=5 {
        seekers.push(Seeker::reach_out(&house.address, "12355").await);
        let contact = console.accept_next().await["contact_id"].as_str().unwrap().to_owned();
        board.wire.say(look(&contact, "quality")).await;
        if number <= 4 {
            board.wire.until("looking").await;
        } else {
            assert_eq!(board.wire.until("error").await["code"], "too_many_looks");
        }
    }
    let (first, fifth) = (seekers[0].contact.clone(), seekers[4].contact.clone());
    board.wire.say(look(&first, "danger")).await;
    board.wire.until("looking").await;
    board.tell("look_away", &first).await;
    board.wire.until("look_ended").await;
    board.wire.say(look(&fifth, "quality")).await;
    board.wire.until("looking").await;
}

#[tokio::test]
async fn a_look_is_in_the_journal_with_its_reason_and_without_a_word_of_the_talk() {
    const WORDS: &str = "家属投诉，听一听";
    let mut house = House::start();
    let (mut seeker, console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    seeker.write_and_wait("s1", SAID).await;
    let mut board = Console::open(&house.address, "super1").await;
    let mut frame = look(&contact, "complaint");
    frame["words"] = WORDS.into();
    board.wire.say(frame).await;
    board.wire.until("message").await;
    // Refused: not in the journal.
    let mut other = Console::open(&house.address, "demo2").await;
    other.wire.say(look(&contact, "quality")).await;
    other.wire.until("error").await;
    house.kill();
    assert!(!house.log().contains(WORDS) && !house.log().contains(SAID));

    let url = format!("sqlite:{}", house.data().join("xinqiao.db").display());
    let settings = Settings { url, ..Settings::default() };
    let store = Store::open(&settings, Arc::new(|_| ())).await.unwrap();
    let entries = store.journal().entries(0, 100_000).await.unwrap();
    let acts = entries.iter().filter_map(|entry| serde_json::from_str(&entry.body).ok());
    let looks: Vec<Value> = acts.filter(|act: &Value| act["act"] == "look").collect();
    assert_eq!(looks.len(), 1, "{looks:?}");
    let act = &looks[0];
    assert_eq!((&act["contact"], &act["reason"]), (&json!(contact), &json!("complaint")));
    assert_eq!(act["by"], board.welcome["counselor"]["counselor_id"]);
    assert_eq!(act["counselor"], json!(console.id()));
    let note = store.notes().lookup(act["note"].as_str().unwrap().parse().unwrap()).await.unwrap();
    let words = note.unwrap().text.into_revealed(xinqiao::veil::Purpose::Verify);
    assert_eq!(words, WORDS);
    for entry in &entries {
        assert!(!entry.body.contains(SAID) && !entry.body.contains(WORDS), "{}", entry.body);
    }
}

/// The ends of looks in the journal of a house that has stopped, without what is never twice alike.
async fn ends_of(house: &House) -> Vec<Value> {
    let url = format!("sqlite:{}", house.data().join("xinqiao.db").display());
    let settings = Settings { url, ..Settings::default() };
    let store = Store::open(&settings, Arc::new(|_| ())).await.unwrap();
    let entries = store.journal().entries(0, 100_000).await.unwrap();
    store.close().await;
    let acts = entries.iter().filter_map(|entry| serde_json::from_str(&entry.body).ok());
    acts.filter(|act: &Value| act["act"] == "look_ended").collect()
}

#[tokio::test]
async fn the_journal_has_the_end_of_every_look_whatever_ended_it() {
    let mut house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    // Turned away, replaced by a newer look of the same console, its console gone.
    let (mut board, _) = looking(&house.address, &contact).await;
    board.tell("look_away", &contact).await;
    board.wire.until("look_ended").await;
    for reason in ["sos", "danger"] {
        board.wire.say(look(&contact, reason)).await;
        board.wire.until("looking").await;
    }
    let account = board.welcome["counselor"]["counselor_id"].clone();
    let cookie = board.cookie.clone();
    drop(board);
    while console.wire.until("looked_at").await["by"] != json!([]) {}
    // The talk is over under the next one; and the last one goes on when the process is killed.
    let mut board = Console::reopen(&house.address, cookie).await;
    board.wire.say(look(&contact, "quality")).await;
    board.wire.until("looking").await;
    console.tell("end", &contact).await;
    assert_eq!(board.wire.until("look_ended").await["reason"], "closed");
    console.tell("wrapped_up", &contact).await;
    let second = Seeker::reach_out(&house.address, "12355").await;
    console.accept_next().await;
    board.wire.say(look(&second.contact, "training")).await;
    board.wire.until("looking").await;
    house.kill();
    house.resume();
    house.terminate();
    house.wait();

    let ends = ends_of(&house).await;
    let of = |contact: &str| -> Vec<&str> {
        let ends = ends.iter().filter(|end| end["contact"] == contact);
        let mut reasons: Vec<&str> = ends.map(|end| end["reason"].as_str().unwrap()).collect();
        reasons.sort_unstable();
        reasons
    };
    assert_eq!(of(&contact), ["closed", "console_gone", "look_away", "replaced"]);
    assert_eq!(of(&second.contact), ["restart"]);
    for end in &ends {
        assert_eq!(end["by"], account);
        assert!(end["lasted_ms"].as_i64().unwrap() >= 0 && end["look"].is_string(), "{end}");
    }
}
