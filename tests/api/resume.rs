//! What was acked is kept, in order and once: across sockets and restarts.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use serde_json::{Value, json};

/// The messages among frames, as (seq, text).
fn messages(frames: &[Value]) -> Vec<(i64, String)> {
    let message = |frame: &&Value| frame["type"] == "message";
    let pair = |frame: &Value| {
        (frame["seq"].as_i64().unwrap(), frame["text"].as_str().unwrap().to_owned())
    };
    frames.iter().filter(message).map(pair).collect()
}

#[tokio::test]
async fn a_resumed_socket_gets_every_message_after_last_seq_in_order_none_twice() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    for number in 1..=300 {
        seeker.write(&format!("s{number}"), &format!("第 {number} 句")).await;
    }
    while seeker.wire.until("ack").await["seq"] != 300 {}
    console.write(&seeker.contact, "c1", "都收到了").await;
    console.wire.until("ack").await;

    for last_seq in [0, 1, 255, 256, 300, 301] {
        seeker.resume(&house.address, last_seq).await;
        let welcome = seeker.wire.frame().await;
        assert_eq!((&welcome["state"], &welcome["seq"]), (&json!("connected"), &json!(301)));
        let shown = messages(&seeker.wire.so_far().await);
        let seqs: Vec<i64> = shown.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(seqs, (last_seq + 1..=301).collect::<Vec<_>>(), "after {last_seq}");
        assert!(shown.iter().all(|(seq, text)| *seq == 301 || *text == format!("第 {seq} 句")));
    }
}

#[tokio::test]
async fn messages_that_come_while_a_socket_resumes_are_neither_lost_nor_shown_twice() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let contact = seeker.contact.clone();
    let mut last_seq = 0;
    for round in 0..10 {
        for number in 0..20 {
            console.write(&contact, &format!("c{round}-{number}"), "我在听").await;
        }
        seeker.resume(&house.address, last_seq).await;
        // Some of the twenty come with the history, some as they are stored.
        while last_seq < (round + 1) * 20 {
            let message = seeker.wire.until("message").await;
            assert_eq!(message["seq"], last_seq + 1);
            last_seq += 1;
        }
    }
    assert_eq!(messages(&seeker.wire.so_far().await), []);
    console.wire.so_far().await;
}

#[tokio::test]
async fn the_same_client_id_is_acked_again_with_the_same_seq_and_stored_once() {
    let mut house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let first = seeker.write_and_wait("once", "只说一次").await;
    assert_eq!(seeker.write_and_wait("once", "只说一次").await, first);
    seeker.write_and_wait("twice", "第二句").await;

    seeker.resume(&house.address, 0).await;
    seeker.wire.until("welcome").await;
    assert_eq!(seeker.write_and_wait("once", "只说一次").await, first);

    console.write(&seeker.contact, "once", "同名，另一边的").await;
    let of_counselor = console.wire.until("ack").await;
    assert_eq!(of_counselor["seq"], 3);

    house.kill();
    house.resume();
    seeker.resume(&house.address, 0).await;
    seeker.wire.until("welcome").await;
    assert_eq!(seeker.write_and_wait("once", "只说一次").await, first);
    let mut console = Console::reopen(&house.address, console.cookie.clone()).await;
    console.write(&seeker.contact, "once", "同名，另一边的").await;
    let again = console.wire.until("ack").await;
    assert_eq!((&again["seq"], &again["message_id"]), (&json!(3), &of_counselor["message_id"]));

    seeker.resume(&house.address, 0).await;
    let shown = messages(&seeker.wire.so_far().await);
    let seqs: Vec<i64> = shown.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, [1, 2, 3]);
}

#[tokio::test]
async fn after_a_restart_a_talk_goes_on_and_the_queue_is_as_it_was() {
    let mut house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.write_and_wait("s1", "停电之前").await;
    // Five talks fill the only counselor; one more waits.
    let mut full = Vec::new();
    for _ in 0..4 {
        let other = Seeker::reach_out(&house.address, "12355").await;
        console.accept_next().await;
        full.push(other);
    }
    let mut waiting = Seeker::reach_out(&house.address, "12355").await;
    waiting.wire.until("queue").await;

    house.kill();
    house.resume();
    seeker.resume(&house.address, 1).await;
    let welcome = seeker.wire.frame().await;
    assert_eq!((&welcome["state"], &welcome["seq"]), (&json!("connected"), &json!(1)));
    waiting.resume(&house.address, 0).await;
    assert_eq!(waiting.wire.frame().await["state"], "waiting");
    assert_eq!(waiting.wire.until("queue").await["position"], 1);

    let mut console = Console::reopen(&house.address, console.cookie.clone()).await;
    assert_eq!(console.welcome["contacts"].as_array().unwrap().len(), 5);
    seeker.write_and_wait("s2", "停电之后").await;
    let shown = console.wire.until("message").await;
    assert_eq!((&shown["seq"], &shown["text"]), (&json!(2), &json!("停电之后")));
}

#[tokio::test]
async fn a_resumed_socket_is_told_that_the_danger_is_known_and_how_far_was_read() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.resume(&house.address, 0).await;
    let calm = seeker.wire.frame().await;
    assert_eq!((calm.get("danger_noted"), calm.get("read_seq")), (None, None));

    seeker.write_and_wait("s1", "我很难受").await;
    seeker.write_and_wait("s2", "还在吗").await;
    seeker.wire.say(json!({"type": "danger"})).await;
    while seeker.wire.until("state").await["reason"] != "danger_noted" {}
    // More than was ever said is no more than what was said; what was seen stays seen.
    for seq in [99, 1] {
        let read = json!({"type": "read", "contact_id": seeker.contact, "seq": seq});
        console.wire.say(read).await;
        seeker.wire.until("read").await;
    }
    seeker.resume(&house.address, 2).await;
    let known = seeker.wire.frame().await;
    assert_eq!((&known["danger_noted"], &known["read_seq"]), (&json!(true), &json!(2)));
}

#[tokio::test]
async fn of_two_sockets_with_one_token_the_newer_wins_and_the_older_hears_bye() {
    let house = House::start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    let mut newer = Seeker::attach(&house.address, &seeker.contact, &seeker.token, 0).await;
    assert_eq!(newer.frame().await["type"], "welcome");
    let (frames, code) = seeker.wire.end().await;
    let bye = frames.last().unwrap();
    assert_eq!((&bye["type"], &bye["reason"], code), (&json!("bye"), &json!("replaced"), 1000));
    assert_eq!(bye.get("reconnect_after_ms"), None);

    // The older one's end is not the contact's: it still waits, and is still reached.
    let mut console = Console::available(&house.address, "demo1").await;
    console.accept_next().await;
    newer.until("connected").await;
    console.write(&seeker.contact, "c1", "您好").await;
    assert_eq!(newer.until("message").await["text"], "您好");
}

#[tokio::test]
async fn a_seeker_who_comes_back_within_the_grace_keeps_the_place() {
    let house = House::start();
    let mut first = Seeker::reach_out(&house.address, "12355").await;
    let mut second = Seeker::reach_out(&house.address, "12355").await;
    while second.wire.until("queue").await["position"] != 2 {}
    first.resume(&house.address, 0).await;
    assert_eq!(first.wire.frame().await["state"], "waiting");
    assert_eq!(first.wire.until("queue").await["position"], 1);
}
