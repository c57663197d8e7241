//! A contact from the knock to the note.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use crate::wire::{call, knock};
use hyper::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_contact_is_made_waits_is_offered_connected_talked_ended_noted_and_closed() {
    let house = House::start();
    let address = house.address.as_str();
    let made = knock(address, "12355").await;
    assert_eq!((made.status.as_u16(), made.header("content-type")), (201, "application/json"));
    let made = made.json();
    assert_eq!(made["state"], "waiting");
    assert_eq!(made["return_phrase"], Value::Null);
    let (contact, token) = (made["contact_id"].as_str().unwrap(), made["token"].as_str().unwrap());

    let mut wire = Seeker::attach(address, contact, token, 0).await;
    let welcome = wire.frame().await;
    assert_eq!(
        welcome,
        json!({"type": "welcome", "contact_id": contact, "state": "waiting", "seq": 0, "heartbeat_s": 25})
    );
    let queue = wire.until("queue").await;
    assert_eq!((&queue["position"], &queue["waiting"]), (&json!(1), &json!(1)));
    assert!(queue.as_object().unwrap().contains_key("estimate_s"), "{queue}");

    let mut console = Console::available(address, "demo1").await;
    let offer = console.wire.until("offer").await;
    let offered = &offer["contact"];
    assert_eq!(offered["contact_id"], contact);
    assert_eq!((&offered["line"], &offered["channel"]), (&json!("12355"), &json!("chat")));
    assert_eq!((&offered["risk"], &offered["previous"]), (&json!("none"), &json!(false)));
    assert!(offered["alias"].is_string() && offered["waited_s"].is_number(), "{offered}");
    assert!(offered["skills"].is_array(), "{offered}");
    assert_is_time(&offer["expires_at"]);
    let assigned = console.accept(&offer).await;
    assert_eq!((&assigned["contact_id"], &assigned["state"]), (&json!(contact), &json!("talking")));

    let connected = wire.until("connected").await;
    assert_eq!(connected["counselor"], console.welcome["counselor"]["alias"]);
    let state = wire.until("state").await;
    assert_eq!(state["state"], "connected");

    let mut seeker = Seeker { contact: contact.to_owned(), token: token.to_owned(), wire };
    say_both_ways(&mut seeker, &mut console).await;
    end_note_and_close(address, &mut seeker, &mut console).await;
}

async fn say_both_ways(seeker: &mut Seeker, console: &mut Console) {
    let contact = seeker.contact.clone();
    let ack = seeker.write_and_wait("s1", "有人吗").await;
    assert_eq!(ack["seq"], 1);
    assert_is_time(&ack["at"]);
    let shown = console.wire.until("message").await;
    assert_eq!(
        (&shown["contact_id"], &shown["seq"], &shown["from"], &shown["text"]),
        (&json!(contact), &json!(1), &json!("seeker"), &json!("有人吗"))
    );
    assert_eq!((&shown["message_id"], &shown["at"]), (&ack["message_id"], &ack["at"]));

    console.write(&contact, "c1", "我在，您慢慢说").await;
    let ack = console.wire.until("ack").await;
    assert_eq!((&ack["contact_id"], &ack["client_id"]), (&json!(contact), &json!("c1")));
    assert_eq!(ack["seq"], 2);
    let shown = seeker.wire.until("message").await;
    assert_eq!(
        (&shown["seq"], &shown["from"], &shown["text"], &shown["message_id"]),
        (&json!(2), &json!("counselor"), &json!("我在，您慢慢说"), &ack["message_id"])
    );
}

async fn end_note_and_close(address: &str, seeker: &mut Seeker, console: &mut Console) {
    let contact = seeker.contact.clone();
    console.tell("end", &contact).await;
    let (frames, code) = seeker.wire.end().await;
    let told: Vec<_> = frames.iter().map(|f| (f["type"].as_str().unwrap(), &f["reason"])).collect();
    assert_eq!(told, [("state", &json!("counselor_ended")), ("bye", &json!("ended"))]);
    assert_eq!((&frames[0]["state"], code), (&json!("ended"), 1000));
    let state = console.wire.until("contact_state").await;
    assert_eq!((&state["state"], &state["contact_id"]), (&json!("wrap_up"), &json!(contact)));
    assert_is_time(&state["until"]);

    let path = format!("/api/v1/contacts/{contact}/note");
    let draft = json!({"text": "草稿", "outcome": null});
    assert_eq!(console.call(address, Method::PUT, &path, Some(draft.clone())).await.status, 204);
    assert_eq!(console.call(address, Method::GET, &path, None).await.json(), draft);
    let note = json!({"text": "谈了考试", "outcome": "helped"});
    assert_eq!(console.call(address, Method::PUT, &path, Some(note.clone())).await.status, 204);
    assert_eq!(console.call(address, Method::GET, &path, None).await.json(), note);

    console.tell("wrapped_up", &contact).await;
    let mut state = console.wire.until("contact_state").await;
    while state["state"] == "seeker_lost" {
        state = console.wire.until("contact_state").await;
    }
    assert_eq!((&state["state"], &state["reason"]), (&json!("released"), &json!("closed")));
    let late = console.call(address, Method::PUT, &path, Some(note)).await;
    assert_eq!((late.status.as_u16(), late.code().as_str()), (403, "not_yours"));
}

#[tokio::test]
async fn typing_and_reading_are_told_to_the_other_side_only() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    seeker.wire.say(json!({"type": "typing"})).await;
    let frame = console.wire.until("typing").await;
    assert_eq!(frame, json!({"type": "typing", "contact_id": contact, "from": "seeker"}));
    seeker.wire.say(json!({"type": "read", "seq": 7})).await;
    assert_eq!(console.wire.until("read").await["seq"], 7);
    console.tell("typing", &contact).await;
    let frame = seeker.wire.until("typing").await;
    assert_eq!(frame, json!({"type": "typing", "from": "counselor"}));
    console.wire.say(json!({"type": "read", "contact_id": contact, "seq": 3})).await;
    assert_eq!(seeker.wire.until("read").await, json!({"type": "read", "seq": 3}));
    assert!(seeker.wire.so_far().await.iter().all(|frame| frame["type"] != "typing"));
}

#[tokio::test]
async fn a_ping_is_answered_with_a_pong_on_both_sockets() {
    let house = House::start();
    let mut seeker = Seeker::reach_out(&house.address, "966525").await;
    seeker.wire.say(json!({"type": "ping"})).await;
    assert_eq!(seeker.wire.until("pong").await, json!({"type": "pong"}));
    let mut console = Console::open(&house.address, "demo2").await;
    console.wire.say(json!({"type": "ping"})).await;
    assert_eq!(console.wire.until("pong").await, json!({"type": "pong"}));
}

#[tokio::test]
async fn who_leaves_while_waiting_is_told_so_and_is_nowhere_in_the_queue() {
    let house = House::start();
    let mut first = Seeker::reach_out(&house.address, "12355").await;
    let mut second = Seeker::reach_out(&house.address, "12355").await;
    while second.wire.until("queue").await["position"] != 2 {}
    first.wire.say(json!({"type": "leave"})).await;
    let (frames, code) = first.wire.end().await;
    let ended = frames.iter().find(|frame| frame["state"] == "ended").unwrap();
    assert_eq!((&ended["reason"], code), (&json!("left_waiting"), 1000));
    assert_eq!(frames.last().unwrap()["type"], "bye");
    while second.wire.until("queue").await["position"] != 1 {}
}

#[tokio::test]
async fn a_seeker_who_ends_the_talk_leaves_the_counselor_with_the_note() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.wire.say(json!({"type": "leave"})).await;
    let (frames, _) = seeker.wire.end().await;
    assert!(frames.iter().any(|frame| frame["reason"] == "seeker_ended"), "{frames:?}");
    let state = console.wire.until("contact_state").await;
    assert_eq!((&state["state"], &state["reason"]), (&json!("wrap_up"), &json!("seeker_ended")));
    console.write(&seeker.contact, "late", "您还在吗").await;
    let error = console.wire.until("error").await;
    assert_eq!((&error["code"], &error["client_id"]), (&json!("ended"), &json!("late")));
}

#[tokio::test]
async fn an_ended_contact_cannot_be_entered_again_with_its_old_token() {
    let house = House::start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    seeker.wire.say(json!({"type": "leave"})).await;
    seeker.wire.end().await;
    seeker.resume(&house.address, 0).await;
    let (frames, code) = seeker.wire.end().await;
    assert!(frames.iter().any(|frame| frame["state"] == "ended"), "{frames:?}");
    assert_eq!((&frames.last().unwrap()["type"], code), (&json!("bye"), 1000));
    assert!(frames.iter().all(|frame| frame["type"] != "queue"), "{frames:?}");
}

#[tokio::test]
async fn danger_reported_at_the_door_is_seen_in_the_offer() {
    let house = House::start();
    let body = json!({"line": "12355", "channel": "chat", "screening": {"danger_now": true}});
    let mut console = Console::available(&house.address, "demo1").await;
    let path = "/api/v1/contacts";
    let made = call(&house.address, Method::POST, path, &[], Some(body.to_string())).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let text = |field: &str| made[field].as_str().unwrap();
    let _wire = Seeker::attach(&house.address, text("contact_id"), text("token"), 0).await;
    assert_eq!(console.wire.until("offer").await["contact"]["risk"], "imminent");
}

#[tokio::test]
async fn a_reloaded_console_gets_everything_it_held() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.write_and_wait("s1", "第一句").await;
    seeker.write_and_wait("s2", "第二句").await;
    let mut console = {
        let again = Console::reopen(&house.address, console.cookie.clone()).await;
        console.wire.so_far().await;
        again
    };
    let held = &console.welcome["contacts"][0];
    assert_eq!(held["contact_id"], seeker.contact.as_str());
    assert_eq!((&held["state"], &held["last_seq"]), (&json!("talking"), &json!(2)));
    assert_eq!(held["seeker_online"], true);
    let ask = json!({"type": "history", "contact_id": seeker.contact, "after_seq": 1});
    console.wire.say(ask).await;
    let message = console.wire.until("message").await;
    assert_eq!((&message["seq"], &message["text"]), (&json!(2), &json!("第二句")));
}

/// RFC 3339 UTC with milliseconds.
fn assert_is_time(at: &Value) {
    let at = at.as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z') && at.as_bytes()[19] == b'.', "{at}");
}
