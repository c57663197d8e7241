//! Changes within a call.

use crate::house::{House, eventually};
use crate::line::{Line, SDP};
use xinqiao::media::Direction;

#[tokio::test]
async fn a_hold_is_answered_and_resumed() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    let held = format!("{SDP}a=sendonly\r\n");
    line.again("INVITE", "", &held).await;
    let answered = line.status(200).await;
    assert!(answered.0.contains("a=recvonly\r\n"), "{}", answered.0);
    line.ack().await;
    eventually("held", || house.legs.aims().last().unwrap().direction == Direction::ReceiveOnly)
        .await;
    line.again("UPDATE", "", SDP).await;
    assert!(line.status(200).await.0.contains("a=sendrecv\r\n"));
    eventually("resumed", || house.legs.aims().last().unwrap().direction == Direction::Both).await;
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_change_that_cannot_be_answered_leaves_the_call_as_it_was() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    line.again("UPDATE", "", &SDP.replace("AVP 8", "AVP 18")).await;
    line.status(488).await;
    line.again("INVITE", "", &SDP.replace("AVP 8", "AVP 18")).await;
    line.status(488).await;
    line.ack().await;
    line.again("UPDATE", "", SDP).await;
    line.status(200).await;
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn of_a_storm_of_changes_one_is_answered_at_a_time() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    line.again("INVITE", "", SDP).await;
    line.status(200).await;
    // Not acknowledged: the next ones come too early.
    for _ in 0..20 {
        line.again("UPDATE", "", SDP).await;
        assert!(line.status(500).await.header("Retry-After").is_some());
    }
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_session_timer_is_agreed_on_and_refreshed() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    let timer = "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n";
    line.send("INVITE", "12355", timer, SDP).await;
    let answered = line.status(200).await;
    assert_eq!(answered.header("Session-Expires"), Some("600;refresher=uac"));
    assert_eq!(answered.header("Require"), Some("timer"));
    line.ack().await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    line.again("UPDATE", timer, "").await;
    let refreshed = line.status(200).await;
    assert_eq!(refreshed.header("Session-Expires"), Some("600;refresher=uac"));
    assert_eq!(refreshed.header("Content-Type"), None);
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_question_within_a_call_is_answered() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    line.again("OPTIONS", "", "").await;
    line.status(200).await;
    line.again("MESSAGE", "", "").await;
    line.status(405).await;
    line.hang_up().await;
    house.is_empty().await;
}
