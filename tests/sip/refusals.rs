//! Who gets no answer, and who gets another than 200.

use crate::house::{House, eventually};
use crate::line::{Line, SDP};
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use xinqiao::config::Sip;
use xinqiao::switchboard::{Effect, Refusal};

#[tokio::test]
async fn a_source_that_is_no_trunk_gets_no_answer_at_all() {
    let house = House::with_a_trunk_elsewhere().await;
    let scanner = Line::new(house.address()).await;
    for method in ["INVITE", "OPTIONS", "REGISTER"] {
        scanner.send(method, "12355", "", SDP).await;
    }
    scanner.write(b"\r\n\r\n").await;
    // One that is a trunk has its answer behind all of them.
    let mut trunk = Line::from(house.address(), "127.0.0.2").await;
    trunk.send("OPTIONS", "12355", "", "").await;
    assert!(trunk.status(200).await.header("Allow").unwrap().contains("INVITE"));
    assert!(scanner.is_silent());
    assert_eq!(house.telephone.books().strangers.load(Ordering::Relaxed), 4);
    assert_eq!(house.telephone.strangers_count(), 1);
    house.is_empty().await;
}

#[tokio::test]
async fn a_stranger_over_tcp_is_cut_off_unanswered() {
    let house = House::with_a_trunk_elsewhere().await;
    let mut stranger = house.tcp().await;
    let _ = stranger.write_all(b"OPTIONS sip:a SIP/2.0\r\n\r\n").await;
    let mut came = Vec::new();
    // Reset or closed, with nothing said.
    let _ = stranger.read_to_end(&mut came).await;
    assert_eq!(came, b"");
}

#[tokio::test]
async fn what_cannot_be_taken_says_why() {
    let house = House::open().await;
    for (number, extra, body, status) in [
        ("999", "", SDP, 404),
        ("12355", "", "v=0\r\nm=audio 40000 RTP/AVP 18\r\n", 488),
        ("12355", "", "nonsense", 400),
        ("12355", "Require: 100rel\r\n", SDP, 420),
        ("12355", "Supported: timer\r\nSession-Expires: 60\r\n", SDP, 422),
        ("12355", "Content-Length: 1\r\n", SDP, 400),
    ] {
        let mut line = Line::new(house.address()).await;
        if number == "999" {
            line.call_elsewhere();
        }
        line.send("INVITE", number, extra, body).await;
        line.status(status).await;
        line.ack().await;
    }
    assert!(house.inputs.lock().unwrap().is_empty());
    house.is_empty().await;
}

#[tokio::test]
async fn a_house_that_is_busy_says_when_to_try_again_and_recovers() {
    let house = House::with(Sip { invites_pending_max: 1, ..Sip::default() }.with_loopback()).await;
    house.disk.forget_permits(usize::MAX);
    let mut first = Line::new(house.address()).await;
    first.invite().await;
    assert_eq!(first.next().await.status(), 180);
    let mut second = Line::new(house.address()).await;
    second.invite().await;
    assert_eq!(second.status(503).await.header("Retry-After"), Some("5"));
    second.ack().await;
    assert_eq!(house.telephone.books().overloaded.load(Ordering::Relaxed), 1);
    house.disk.add_permits(10);
    first.status(200).await;
    first.ack().await;
    let mut third = Line::new(house.address()).await;
    third.call().await;
    third.hang_up().await;
    first.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn an_arrival_the_switchboard_refuses_is_not_answered() {
    let house = House::open().await;
    *house.answer.lock().unwrap() = vec![Effect::Refuse { refusal: Refusal::ContactExists }];
    let mut line = Line::new(house.address()).await;
    line.invite().await;
    assert_eq!(line.status(503).await.header("Retry-After"), Some("5"));
    line.ack().await;
    house.is_empty().await;
}

#[tokio::test]
async fn rude_messages_leave_nothing_behind() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    for bytes in
        [&[0_u8; 8_000][..], &[b'x'; 16_000], b"INVITE sip:12355@h SIP/2.0\r\n\r\n", b"ACK"]
    {
        line.write(bytes).await;
    }
    line.ack().await;
    line.send("BYE", "12355", "", "").await;
    line.status(481).await;
    eventually("they are counted", || {
        house.telephone.books().malformed.load(Ordering::Relaxed) == 4
    })
    .await;
    house.is_empty().await;
}
