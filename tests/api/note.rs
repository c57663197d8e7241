//! The note of a contact: typed while the talk goes on, there after every reload, and not lost when
//! the contact leaves the hand that wrote it.

use crate::house::House;
use crate::people::{Console, talk};
use crate::wire::Answer;
use hyper::Method;
use serde_json::{Value, json};

fn path(contact: &str) -> String {
    format!("/api/v1/contacts/{contact}/note")
}

async fn put(console: &Console, address: &str, contact: &str, text: &str, outcome: Value) -> u16 {
    let body = json!({"text": text, "outcome": outcome});
    let answer = console.call(address, Method::PUT, &path(contact), Some(body)).await;
    answer.status.as_u16()
}

async fn note(console: &Console, address: &str, contact: &str) -> Answer {
    console.call(address, Method::GET, &path(contact), None).await
}

#[tokio::test]
async fn a_draft_is_kept_while_the_talk_goes_on_and_told_after_a_reload_and_a_restart() {
    let mut house = House::start();
    let (mut seeker, console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let empty = note(&console, &house.address, &contact).await.json();
    assert_eq!(empty, json!({"text": "", "outcome": null}));
    for text in ["睡", "睡眠不", "睡眠不好"] {
        assert_eq!(put(&console, &house.address, &contact, text, Value::Null).await, 204);
    }
    seeker.write_and_wait("s1", "我们还在说").await;
    let draft = json!({"text": "睡眠不好", "outcome": null});
    let reloaded = Console::reopen(&house.address, console.cookie.clone()).await;
    assert_eq!(note(&reloaded, &house.address, &contact).await.json(), draft);
    house.kill();
    house.resume();
    let resumed = Console::reopen(&house.address, console.cookie.clone()).await;
    assert_eq!(resumed.welcome["contacts"][0]["state"], "talking");
    assert_eq!(note(&resumed, &house.address, &contact).await.json(), draft);
}

#[tokio::test]
async fn a_note_handed_to_the_next_counselor_is_not_the_draft_and_the_draft_stays() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    let handed = json!({"type": "transfer", "contact_id": contact, "to": {"line": "966525"},
        "note": "交接"});
    console.wire.say(handed).await;
    let state = console.wire.until("contact_state").await;
    assert_eq!(state["state"], "released");
    let empty = note(&console, &house.address, contact).await;
    assert_eq!((empty.status.as_u16(), &empty.json()["text"]), (200, &json!("")));
    assert_eq!(put(&console, &house.address, contact, "我的记录", Value::Null).await, 204);
    let mut next = Console::available(&house.address, "demo2").await;
    next.accept_next().await;
    assert_eq!(note(&next, &house.address, contact).await.json()["text"], "", "each has their own");
    assert_eq!(note(&console, &house.address, contact).await.json()["text"], "我的记录");
}

#[tokio::test]
async fn a_note_can_be_finished_after_the_contact_is_closed() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.as_str();
    assert_eq!(put(&console, &house.address, contact, "写到一半", Value::Null).await, 204);
    console.tell("end", contact).await;
    console.tell("wrapped_up", contact).await;
    while console.wire.until("contact_state").await["state"] != "released" {}
    assert_eq!(note(&console, &house.address, contact).await.json()["text"], "写到一半");
    assert_eq!(put(&console, &house.address, contact, "写完了", json!("helped")).await, 204);
    let closing = note(&console, &house.address, contact).await.json();
    assert_eq!(closing, json!({"text": "写完了", "outcome": "helped"}));
    assert_eq!(put(&console, &house.address, contact, "改一改", json!("other")).await, 403);
    let other = Console::open(&house.address, "demo2").await;
    let refused = note(&other, &house.address, contact).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "not_yours"));
}
