//! SIGTERM: sockets are told to come back, nobody new is let in, and the process leaves with 0.

use crate::house::{House, Plan};
use crate::people::{Console, Seeker, talk};
use crate::wire::{Wire, call, try_call};
use hyper::Method;
use serde_json::json;

#[tokio::test]
async fn a_stop_tells_every_socket_to_come_back_and_leaves_with_0() {
    let mut house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.write_and_wait("s1", "停机之前").await;
    house.terminate();
    for wire in [&mut seeker.wire, &mut console.wire] {
        let (frames, code) = wire.end().await;
        let bye = frames.last().unwrap();
        assert_eq!((&bye["type"], &bye["reason"]), (&json!("bye"), &json!("restarting")));
        assert!(bye["reconnect_after_ms"].is_u64(), "{bye}");
        assert_eq!(code, 1012);
    }
    assert_eq!(house.wait().code(), Some(0), "{}", house.log());
    house.resume();
    seeker.resume(&house.address, 0).await;
    let welcome = seeker.wire.frame().await;
    assert_eq!((&welcome["state"], &welcome["seq"]), (&json!("connected"), &json!(1)));
    let console = Console::reopen(&house.address, console.cookie.clone()).await;
    assert_eq!(console.welcome["contacts"][0]["contact_id"], seeker.contact.as_str());
}

#[tokio::test]
async fn while_a_stop_waits_for_a_peer_that_does_not_read_nobody_new_is_let_in() {
    let mut house = Plan::default().set("XINQIAO_SERVER__DRAIN_MS", "3000").start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    // A body that never comes holds one connection open.
    let mut stuck = tokio::net::TcpStream::connect(&house.address).await.unwrap();
    let head = b"POST /api/v1/contacts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut stuck, head).await.unwrap();
    assert_eq!(crate::wire::look(&house.address, "/readyz").await.status, 200);
    house.terminate();
    seeker.wire.end().await;
    let body = json!({"line": "12355", "channel": "chat"}).to_string();
    match try_call(&house.address, Method::POST, "/api/v1/contacts", &[], Some(body)).await {
        Ok(answer) => {
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "not_ready"));
        }
        Err(refused) => println!("the door is shut: {refused}"),
    }
    assert_eq!(house.wait().code(), Some(0), "{}", house.log());
}

#[tokio::test]
async fn a_stop_during_the_load_loses_nothing_that_was_acked() {
    let mut house = House::start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    for number in 0..400 {
        seeker.write(&format!("s{number}"), "还没说完").await;
    }
    seeker.wire.until("ack").await;
    house.terminate();
    let (frames, _) = seeker.wire.end().await;
    let last_acked =
        frames.iter().filter(|f| f["type"] == "ack").filter_map(|f| f["seq"].as_i64()).max();
    assert_eq!(house.wait().code(), Some(0), "{}", house.log());
    house.resume();
    seeker.resume(&house.address, 0).await;
    let stored = seeker.wire.so_far().await.iter().filter(|f| f["type"] == "message").count();
    assert!(i64::try_from(stored).unwrap() >= last_acked.unwrap_or(1), "{stored} {last_acked:?}");
    for number in 0..400 {
        seeker.write(&format!("s{number}"), "还没说完").await;
        assert_eq!(seeker.wire.until("ack").await["seq"], number + 1);
    }
}

#[tokio::test]
async fn two_servers_cannot_work_on_one_database() {
    let house = House::start();
    let data = house.data().to_owned();
    let (status, log) = Plan::default().on(&data).try_start().err().expect("it started");
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("another xinqiao process holds"), "{log}");
    let made = call(&house.address, Method::GET, "/readyz", &[], None).await;
    assert_eq!(made.status, 200, "the first goes on");
    assert!(Wire::open(&house.address, "/api/v1/console/socket", &[]).await.is_err());
}
