//! Who is offered to whom: declined, missed, overtaken by danger; and lines that are switched or closed.

use crate::house::{House, Plan};
use crate::people::{Console, Seeker, talk};
use crate::wire::{Heard, knock, look};
use serde_json::json;
use std::sync::Arc;
use xinqiao::clock::Clock;
use xinqiao::store::{Act, Settings, Store};
use xinqiao::switchboard::line::Hours;

#[tokio::test]
async fn a_declined_offer_goes_to_somebody_else_and_never_back_at_once() {
    let house = House::start();
    let mut first = Console::available(&house.address, "demo1").await;
    let seeker = Seeker::reach_out(&house.address, "12355").await;
    let offer = first.wire.until("offer").await;
    first
        .wire
        .say(json!({"type": "decline", "offer_id": offer["offer_id"], "reason": "busy"}))
        .await;
    let gone = first.wire.until("offer_gone").await;
    assert_eq!((&gone["offer_id"], &gone["reason"]), (&offer["offer_id"], &json!("declined")));
    first.wire.say(json!({"type": "accept", "offer_id": offer["offer_id"]})).await;
    assert_eq!(first.wire.until("error").await["code"], "offer_gone");
    let mut second = Console::available(&house.address, "demo2").await;
    let offer = second.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], seeker.contact.as_str());
    assert!(first.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
}

#[tokio::test]
async fn two_offers_missed_in_a_row_make_the_counselor_away_and_the_seeker_keeps_the_place() {
    let house = Plan::default()
        .set("XINQIAO_SWITCHBOARD__RING_MS", "1000")
        .set("XINQIAO_SWITCHBOARD__BAR_MS", "0")
        .start();
    let mut console = Console::available(&house.address, "demo1").await;
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    let first = console.wire.until("offer").await;
    assert_eq!(first["ring_ms"], 1_000);
    let gone = console.wire.until("offer_gone").await;
    assert_eq!((&gone["offer_id"], &gone["reason"]), (&first["offer_id"], &json!("expired")));
    console.wire.until("offer").await;
    let frames = console.wire.gather("presence").await;
    let away = frames.last().unwrap();
    assert_eq!(
        (&away["presence"], &away["wish"], &away["reason"]),
        (&json!("away"), &json!("away"), &json!("missed_twice"))
    );
    let told = seeker.wire.so_far().await;
    assert!(told.iter().all(|frame| frame["type"] == "queue"), "nothing to worry about: {told:?}");
    let mut other = Console::available(&house.address, "demo2").await;
    let offer = other.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], seeker.contact.as_str());
}

#[tokio::test]
async fn of_two_seekers_the_first_is_offered_first_and_danger_overtakes() {
    let house = House::start();
    // Somebody is on shift, though nobody is free.
    let mut away = Console::open(&house.address, "demo7").await;
    away.wish("away").await;
    let mut calm = Seeker::reach_out(&house.address, "12355").await;
    let mut later = Seeker::reach_out(&house.address, "12355").await;
    while later.wire.until("queue").await["position"] != 2 {}
    later.wire.say(json!({"type": "danger"})).await;
    let state = later.wire.until("state").await;
    assert_eq!((&state["state"], &state["reason"]), (&json!("waiting"), &json!("danger_noted")));
    while later.wire.until("queue").await["position"] != 1 {}
    while calm.wire.until("queue").await["position"] != 2 {}
    let mut console = Console::available(&house.address, "demo1").await;
    let offer = console.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], later.contact.as_str());
    assert_eq!(offer["contact"]["risk"], "imminent");
    console.accept(&offer).await;
    later.wire.until("connected").await;
    let offer = console.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], calm.contact.as_str());
    console.accept(&offer).await;
    calm.wire.until("connected").await;
}

#[tokio::test]
async fn in_danger_with_nobody_on_shift_the_place_is_kept_and_then_the_numbers_are_told() {
    let house = Plan::default().set("XINQIAO_SWITCHBOARD__ROSTER_EMPTY_MS", "1500").start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    seeker.wire.say(json!({"type": "danger"})).await;
    let noted = seeker.wire.until("state").await;
    assert_eq!((&noted["state"], &noted["reason"]), (&json!("waiting"), &json!("danger_noted")));
    let said = seeker.wire.until("message").await;
    let text = said["text"].as_str().unwrap();
    assert!(text.contains("110") && text.contains("120") && text.contains("12356"), "{text}");
}

#[tokio::test]
async fn danger_in_a_talk_is_shown_to_the_counselor_at_once() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.wire.say(json!({"type": "danger"})).await;
    let state = console.wire.until("contact_state").await;
    assert_eq!((&state["state"], &state["risk"]), (&json!("risk"), &json!("imminent")));
    let told = seeker.wire.until("state").await;
    assert_eq!((&told["state"], &told["reason"]), (&json!("connected"), &json!("danger_noted")));
}

#[tokio::test]
async fn a_counselor_who_goes_away_is_offered_nobody_and_keeps_the_talks() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    console.wish("away").await;
    let mut waiting = Seeker::reach_out(&house.address, "12355").await;
    waiting.wire.until("queue").await;
    assert!(console.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
    console.write(&seeker.contact, "c1", "我还在").await;
    assert_eq!(seeker.wire.until("message").await["text"], "我还在");
    console.wish("available").await;
    let offer = console.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], waiting.contact.as_str());
}

#[tokio::test]
async fn in_switchboard_mode_everything_goes_to_the_triage_seat() {
    let house = House::start();
    let mut console = Console::available(&house.address, "demo1").await;
    let mut triage = Console::open(&house.address, "super1").await;
    let on = json!({"type": "switchboard_mode", "line": "12355", "on": true});
    triage.wire.say(on.clone()).await;
    assert_eq!(triage.wire.until("error").await["code"], "no_triage_seat");
    triage.wish("available").await;
    triage.wire.say(on).await;
    assert!(triage.wire.so_far().await.iter().all(|frame| frame["type"] != "error"));
    let seeker = Seeker::reach_out(&house.address, "12355").await;
    let offer = triage.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], seeker.contact.as_str());
    assert_eq!(offer["contact"]["rule"], "triage");
    assert!(console.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
    triage.wire.say(json!({"type": "switchboard_mode", "line": "12355", "on": false})).await;
    triage.wire.say(json!({"type": "decline", "offer_id": offer["offer_id"]})).await;
    let offer = console.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], seeker.contact.as_str());
}

#[tokio::test]
async fn an_outage_tells_who_waits_and_who_comes_where_help_is_and_spares_talks() {
    let house = House::start();
    let mut triage = Console::open(&house.address, "super1").await;
    let (mut seeker, mut console) = talk(&house.address).await;
    console.wish("away").await;
    let mut waiting = Seeker::reach_out(&house.address, "12355").await;
    let off = json!({"type": "outage", "line": "12355", "on": true});
    triage.wire.say(off).await;
    let (frames, code) = waiting.wire.end().await;
    let ended = frames.iter().position(|frame| frame["state"] == "ended").unwrap();
    let said = frames.iter().position(|frame| frame["from"] == "system").unwrap();
    assert!(said < ended, "the numbers come before the end: {frames:?}");
    let text = frames[said]["text"].as_str().unwrap();
    assert!(text.contains("110") && text.contains("120") && text.contains("12356"), "{text}");
    assert_eq!((&frames[ended]["reason"], code), (&json!("line_outage"), 1000));

    assert_eq!(look(&house.address, "/api/v1/lines/12355").await.json()["open"], false);
    let made = knock(&house.address, "12355").await;
    assert_eq!((made.status.as_u16(), &made.json()["state"]), (201, &json!("line_outage")));
    assert_eq!(knock(&house.address, "966525").await.json()["state"], "waiting");
    seeker.write_and_wait("s1", "我们还在说").await;
    console.wire.until("message").await;

    triage.wire.say(json!({"type": "outage", "line": "12355", "on": false})).await;
    triage.wire.so_far().await;
    assert_eq!(knock(&house.address, "12355").await.json()["state"], "waiting");
}

#[tokio::test]
async fn who_comes_to_a_line_in_outage_still_reads_the_numbers_on_the_socket() {
    let house = House::start();
    let mut triage = Console::open(&house.address, "super1").await;
    triage.wire.say(json!({"type": "outage", "line": "12355", "on": true})).await;
    triage.wire.so_far().await;
    let made = knock(&house.address, "12355").await.json();
    assert_eq!(made["state"], "line_outage");
    let text = |field: &str| made[field].as_str().unwrap();
    let mut wire = Seeker::attach(&house.address, text("contact_id"), text("token"), 0).await;
    let (frames, code) = wire.end().await;
    assert_eq!((&frames[0]["type"], &frames[0]["state"]), (&json!("welcome"), &json!("ended")));
    let said = frames.iter().find(|frame| frame["from"] == "system").expect("the numbers");
    assert!(said["text"].as_str().unwrap().contains("12356"));
    assert!(frames.iter().any(|frame| frame["reason"] == "line_outage"), "{frames:?}");
    assert_eq!(code, 1000);
}

#[tokio::test]
async fn a_line_that_is_closed_at_this_hour_says_so_at_the_door() {
    let mut house = House::start();
    house.kill();
    {
        let url = format!("sqlite:{}", house.data().join("xinqiao.db").display());
        let settings = Settings { url, ..Settings::default() };
        let store = Store::open(&settings, Arc::new(|_| ())).await.unwrap();
        let mut line = store.lines().lookup("966525").await.unwrap().unwrap();
        line.plan.hours = Hours::Weekly { utc_offset_minutes: 480, open: Vec::new() };
        let act = Act { at: Clock::system().now(), body: r#"{"act":"test_line"}"#.to_owned() };
        store.lines().save(&line, act).await.unwrap();
        store.close().await;
    }
    house.resume();
    assert_eq!(look(&house.address, "/api/v1/lines/966525").await.json()["open"], false);
    let made = knock(&house.address, "966525").await;
    assert_eq!((made.status.as_u16(), &made.json()["state"]), (201, &json!("line_closed")));
    assert_eq!(knock(&house.address, "12355").await.json()["state"], "waiting");
}

#[tokio::test]
async fn a_counselor_gets_no_more_chats_than_they_hold() {
    let house = House::start();
    let mut console = Console::available(&house.address, "demo1").await;
    assert_eq!(console.welcome["counselor"]["chats_max"], 5);
    let mut seekers = Vec::new();
    for _ in 0..5 {
        seekers.push(Seeker::reach_out(&house.address, "12355").await);
        console.accept_next().await;
    }
    let mut sixth = Seeker::reach_out(&house.address, "12355").await;
    assert_eq!(sixth.wire.until("queue").await["position"], 1);
    assert!(console.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
    console.wire.say(json!({"type": "pull_one"})).await;
    assert_eq!(console.wire.until("error").await["code"], "at_capacity");
    let ended = seekers[0].contact.clone();
    console.tell("end", &ended).await;
    console.tell("wrapped_up", &ended).await;
    let offer = console.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], sixth.contact.as_str());
}

#[tokio::test]
async fn an_offer_to_a_counselor_whose_socket_is_lost_goes_to_the_next() {
    let house = House::start();
    let mut first = Console::available(&house.address, "demo1").await;
    let seeker = Seeker::reach_out(&house.address, "12355").await;
    first.wire.until("offer").await;
    let mut second = Console::available(&house.address, "demo2").await;
    drop(first.wire);
    let offer = second.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], seeker.contact.as_str());
}

#[tokio::test]
async fn a_counselor_logged_out_by_the_supervisor_hands_the_talk_back_to_the_head() {
    let house = House::start();
    let mut board = Console::open(&house.address, "super1").await;
    let (mut seeker, mut console) = talk(&house.address).await;
    board.wire.say(json!({"type": "log_out", "counselor_id": console.id()})).await;
    let state = seeker.wire.until("state").await;
    assert_eq!(
        (&state["state"], &state["reason"]),
        (&json!("transferring"), &json!("counselor_logged_out"))
    );
    let released = console.wire.until("contact_state").await;
    assert_eq!(
        (&released["state"], &released["reason"]),
        (&json!("released"), &json!("logged_out"))
    );
    let mut other = Console::available(&house.address, "demo2").await;
    let contact = other.accept_next().await;
    assert_eq!(contact["contact_id"], seeker.contact.as_str());
    assert!(matches!(seeker.wire.hear().await, Heard::Frame(_)));
}
