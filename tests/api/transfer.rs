//! A talk is handed on: to a line, a skill or a person, with a note that only counselors read.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use serde_json::{Value, json};

const NOTE: &str = "交接：昨晚没睡，问过安全了";

/// Hands the talk on with a note; the seeker writes meanwhile, the next counselor takes it.
async fn handed_on(seeker: &mut Seeker, from: &mut Console, to: Value, next: &mut Console) {
    let contact = seeker.contact.clone();
    seeker.write_and_wait("before", "之前").await;
    let frame = json!({"type": "transfer", "contact_id": contact, "to": to, "note": NOTE});
    from.wire.say(frame).await;
    let released = from.wire.until("contact_state").await;
    assert_eq!(
        (&released["state"], &released["reason"]),
        (&json!("released"), &json!("transferred"))
    );
    let frames = seeker.wire.gather("state").await;
    assert_eq!(frames.last().unwrap()["state"], "transferring");
    seeker.write_and_wait("between", "之间").await;

    let offer = next.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], contact.as_str());
    let assigned = next.accept(&offer).await;
    assert_eq!(assigned["last_seq"], 2);
    next.wire.say(json!({"type": "history", "contact_id": contact, "after_seq": 0})).await;
    let history = [next.wire.until("message").await, next.wire.until("message").await];
    assert_eq!((&history[0]["kind"], &history[0]["text"]), (&json!("transfer_note"), &json!(NOTE)));
    assert_eq!((&history[1]["seq"], &history[1]["text"]), (&json!(1), &json!("之前")));

    next.write(&contact, "hello", "您好，我接着陪您").await;
    assert_eq!(next.wire.until("ack").await["seq"], 3, "the note has no number in the talk");
}

/// Everything the seeker has been shown is without the note and without a gap.
async fn seeker_saw_no_note(seeker: &mut Seeker, address: &str) {
    let mut seen = seeker.wire.gather("message").await;
    assert_eq!(seen.last().unwrap()["seq"], 3);
    seeker.resume(address, 0).await;
    seen.extend(seeker.wire.so_far().await);
    let seqs: Vec<&Value> =
        seen.iter().filter(|f| f["type"] == "message").map(|f| &f["seq"]).collect();
    assert_eq!(seqs, [&json!(3), &json!(1), &json!(2), &json!(3)]);
    for frame in seen {
        assert!(!frame.to_string().contains("交接"), "{frame}");
    }
}

#[tokio::test]
async fn a_talk_handed_to_a_counselor_reaches_that_counselor_with_a_note_the_seeker_never_sees() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let mut other = Console::available(&house.address, "demo2").await;
    let mut next = Console::available(&house.address, "demo3").await;
    let to = json!({"counselor": next.id()});
    handed_on(&mut seeker, &mut console, to, &mut next).await;
    seeker_saw_no_note(&mut seeker, &house.address).await;
    assert!(other.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
    console.tell("end", &seeker.contact).await;
    assert_eq!(console.wire.until("error").await["code"], "not_yours", "it has left that hand");
}

#[tokio::test]
async fn a_talk_handed_to_a_skill_reaches_somebody_who_has_it() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let mut without = Console::available(&house.address, "demo2").await;
    let mut qualified = Console::available(&house.address, "demo5").await;
    let to = json!({"skill": "crisis"});
    handed_on(&mut seeker, &mut console, to, &mut qualified).await;
    seeker_saw_no_note(&mut seeker, &house.address).await;
    assert!(without.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
}

#[tokio::test]
async fn a_talk_handed_to_a_line_is_offered_as_that_line() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let mut next = Console::available(&house.address, "demo2").await;
    let to = json!({"line": "966525"});
    console.wire.say(json!({"type": "transfer", "contact_id": contact, "to": to})).await;
    let offer = next.wire.until("offer").await;
    assert_eq!(offer["contact"]["contact_id"], contact.as_str());
    assert_eq!(offer["contact"]["line"], "966525");
    assert_eq!(offer["contact"]["rule"], "head_of_place");
    next.accept(&offer).await;
    seeker.wire.until("connected").await;
}

#[tokio::test]
async fn a_talk_cannot_be_handed_to_nobody() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    for (to, code) in [
        (json!({"line": "10086"}), "unknown_line"),
        (json!({"skill": "a_unicorn"}), "no_such_target"),
        (json!({"counselor": "nobody"}), "no_such_target"),
        (json!({"counselor": console.id()}), "no_such_target"),
        (json!({"moon": "x"}), "bad_frame"),
        (json!({}), "bad_frame"),
    ] {
        let frame = json!({"type": "transfer", "contact_id": contact, "to": to, "note": NOTE});
        console.wire.say(frame).await;
        assert_eq!(console.wire.until("error").await["code"], code, "{to}");
    }
    let long = json!({"type": "transfer", "contact_id": contact, "to": {"line": "966525"}, "note": "长".repeat(4_001)});
    console.wire.say(long).await;
    assert_eq!(console.wire.until("error").await["code"], "text_too_long");
    seeker.write_and_wait("s1", "还是您").await;
    assert_eq!(console.wire.until("message").await["text"], "还是您");
}
