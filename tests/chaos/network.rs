//! The network is cut or falls silent on both sides, under load and while somebody waits.

use crate::house::Plan;
use crate::load::Load;
use crate::people::{Seeker, talk};
use crate::proxy::{Proxy, Weather};
use crate::wire::Heard;
use serde_json::json;
use std::time::Duration;
use xinqiao::dice;
use xinqiao::wire_client::pause;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_cut_thirty_times_loses_and_doubles_nothing() {
    let house = Plan::default()
        .set("XINQIAO_LIMITS__UNCONNECTED_PER_SOURCE_MAX", "100000")
        .set("XINQIAO_CHAT__MESSAGES_PER_CONTACT_MAX", "1000000")
        .start();
    let proxy = Proxy::start(&house.address).await;
    let mut load = Load::start(&house, &proxy.address).await;
    for _ in 0..30 {
        load.acks(20 + dice::below(300)).await;
        proxy.set(Weather::Cut);
        pause(Duration::from_millis(dice::below(60))).await;
        proxy.set(Weather::Fair);
    }
    load.acks(100).await;
    println!("network cut 30 times: {}", load.judge(&house).await);
}

#[tokio::test]
async fn a_silent_network_is_noticed_on_both_ends_and_what_was_not_acked_is_sent_again() {
    let house = Plan::default()
        .set("XINQIAO_CHAT__HEARTBEAT_S", "1")
        .set("XINQIAO_CHAT__SILENCE_S", "2")
        .start();
    let proxy = Proxy::start(&house.address).await;
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.resume(&proxy.address, 0).await;
    seeker.wire.until("welcome").await;
    seeker.write_and_wait("s1", "网络还好").await;
    console.wire.until("message").await;

    proxy.set(Weather::Stalled);
    seeker.write("s2", "这一句没有到").await;
    console.write(&seeker.contact, "c1", "您还在吗").await;
    assert_eq!(console.wire.until("ack").await["seq"], 2);
    // The house notices by itself: its metrics count one socket less.
    let gone = async {
        loop {
            console.wire.so_far().await;
            let figures = crate::wire::look(&house.address, "/metrics").await.text;
            let seekers =
                figures.lines().find(|line| line.contains("sockets") && line.contains("seeker"));
            if seekers.is_none_or(|line| line.ends_with(" 0")) {
                return;
            }
            pause(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the silence was not noticed");

    proxy.set(Weather::Fair);
    seeker.resume(&proxy.address, 1).await;
    let frames = seeker.wire.gather("message").await;
    assert_eq!((&frames[0]["type"], &frames[0]["state"]), (&json!("welcome"), &json!("connected")));
    assert_eq!(frames.last().unwrap()["text"], "您还在吗");
    let ack = seeker.write_and_wait("s2", "这一句没有到").await;
    assert_eq!(ack["seq"], 3);
    assert_eq!(console.wire.until("message").await["seq"], 3);
}

#[tokio::test]
async fn a_socket_cut_in_the_middle_of_a_frame_harms_nobody_else() {
    let house = Plan::default().start();
    let proxy = Proxy::start(&house.address).await;
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    let mut other = Seeker::reach_out(&house.address, "12355").await;
    seeker.resume(&proxy.address, 0).await;
    seeker.wire.until("welcome").await;
    // A masked text frame of 60 bytes, of which 20 come.
    let mut half = json!({"type": "message", "client_id": "h", "text": "半句"}).to_string();
    half.truncate(20);
    let frame = [&[0x81, 0xbc, 0, 0, 0, 0][..], half.as_bytes()].concat();
    tokio::io::AsyncWriteExt::write_all(seeker.wire.0.get_mut(), &frame).await.unwrap();
    proxy.set(Weather::Cut);
    while let Heard::Frame(_) = seeker.wire.hear().await {}
    other.write_and_wait("o1", "我没事").await;
    proxy.set(Weather::Fair);
    seeker.resume(&proxy.address, 0).await;
    let welcome = seeker.wire.frame().await;
    assert_eq!((&welcome["state"], &welcome["seq"]), (&json!("waiting"), &json!(0)));
}
