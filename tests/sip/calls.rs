//! Calls that are taken, and the ways they end.

use crate::house::{House, LINE, eventually};
use crate::line::{Line, SDP};
use xinqiao::live::card::Place;
use xinqiao::live::voice::ToCaller;
use xinqiao::media::{Digit, LegEvent};
use xinqiao::sip::legs::Words;
use xinqiao::switchboard::{Channel, End, Input};

#[tokio::test]
async fn a_caller_is_answered_waits_and_hangs_up() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.invite().await;
    assert_eq!(line.next().await.status(), 180, "the first word is that it rings");
    let answered = line.status(200).await;
    line.ack().await;
    assert!(answered.0.contains("m=audio 20000 RTP/AVP 8 101\r\n"), "{}", answered.0);
    assert!(answered.header("Contact").unwrap().contains("12355@127.0.0.1"));
    let contact = house.arrival(0).await;
    house.hears(Input::SeekerConnected { contact }).await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    assert_eq!(house.legs.said()[0].words, [Words::Greeting, Words::RecordingNotice]);
    assert_eq!(house.legs.aims()[0].remote, "127.0.0.1:40000".parse().ok());
    line.hang_up().await;
    house.hears(Input::Leave { contact }).await;
    house.is_empty().await;
    let inputs = house.inputs.lock().unwrap();
    let Input::Arrive(arrival) = &inputs[0] else { panic!() };
    assert_eq!((arrival.line, arrival.channel), (LINE, Channel::Phone));
}

#[tokio::test]
async fn a_name_in_gbk_and_a_missing_length_lose_no_call() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    let own = line.own();
    let mut bytes = format!(
        "INVITE sip:12355@house SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bKg\r\n\
         From: \"NAME\" <sip:13800000001@test>;tag=t1\r\nTo: <sip:12355@house>\r\nCall-ID: {}@test\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:1@{own}>\r\nMax-Forwards: 70\r\n\
         Content-Type: application/sdp\r\n\r\n{SDP}",
        own.port()
    )
    .into_bytes();
    let name = bytes.windows(4).position(|window| window == b"NAME").unwrap();
    bytes.splice(name..name + 4, *b"\xd0\xc4\xc7\xc5");
    line.write(&bytes).await;
    line.status(200).await;
    line.ack().await;
    eventually("it is aimed", || !house.legs.aims().is_empty()).await;
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_caller_who_hangs_up_before_the_contact_is_on_disk_leaves() {
    let house = House::open().await;
    house.disk.forget_permits(usize::MAX);
    let line = Line::new(house.address()).await;
    line.invite().await;
    assert_eq!(line.next().await.status(), 180);
    line.send("CANCEL", "12355", "", "").await;
    let (one, other) = (line.next().await, line.next().await);
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 487]);
    line.ack().await;
    house.disk.add_permits(1);
    let contact = house.arrival(0).await;
    house.hears(Input::Leave { contact }).await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_cancel_that_crosses_the_answer_changes_nothing() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.invite().await;
    line.status(200).await;
    line.send("CANCEL", "12355", "", "").await;
    line.status(200).await;
    line.ack().await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_bye_before_the_ack_ends_the_call() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.invite().await;
    line.status(200).await;
    line.hang_up().await;
    let contact = house.arrival(0).await;
    house.hears(Input::Leave { contact }).await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_key_says_i_am_in_danger_once() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    let contact = house.arrival(0).await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    house.legs.happen(LegEvent::Digit(Digit::of_char('7').unwrap()));
    house.legs.happen(LegEvent::Digit(Digit::of_char('1').unwrap()));
    house.legs.happen(LegEvent::Digit(Digit::of_char('1').unwrap()));
    house.hears(Input::Danger { contact }).await;
    house.tell(contact, ToCaller::DangerNoted);
    eventually("it is noted", || {
        house.legs.said().iter().any(|saying| saying.words == [Words::DangerNoted])
    })
    .await;
    line.hang_up().await;
    house.is_empty().await;
    let dangers = |input: &&Input| matches!(input, Input::Danger { .. });
    assert_eq!(house.inputs.lock().unwrap().iter().filter(dangers).count(), 1);
}

#[tokio::test]
async fn a_talk_that_ends_ends_the_call() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    let contact = house.arrival(0).await;
    house.tell(contact, ToCaller::Place(Place { position: 1, waiting: 1, estimate_s: None }));
    house.tell(contact, ToCaller::Ended { ended: End::CounselorEnded });
    let bye = line.next().await;
    assert_eq!(bye.method(), "BYE");
    line.agree(&bye).await;
    house.is_empty().await;
    let left = |input: &Input| matches!(input, Input::Leave { .. });
    assert!(!house.inputs.lock().unwrap().iter().any(left), "the machine ended it itself");
}

#[tokio::test]
async fn whom_nobody_can_answer_hears_why_before_the_call_ends() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    let contact = house.arrival(0).await;
    house.tell(contact, ToCaller::Ended { ended: End::ServiceFull });
    let is_last = |saying: &xinqiao::sip::legs::Saying| saying.words == [Words::ServiceFull];
    eventually("the last words", || house.legs.said().iter().any(is_last)).await;
    let token = house.legs.said().into_iter().find(is_last).unwrap().token;
    house.legs.happen(LegEvent::Said { token, whole: true });
    let bye = line.next().await;
    assert_eq!(bye.method(), "BYE");
    line.agree(&bye).await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_caller_without_an_offer_answers_ours_with_its_ack() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.send("INVITE", "12355", "", "").await;
    let answered = line.status(200).await;
    assert!(answered.0.contains("m=audio 20000 RTP/AVP 8 0 101\r\n"), "{}", answered.0);
    line.send("ACK", "12355", "", SDP).await;
    eventually("it is aimed", || !house.legs.aims().is_empty()).await;
    assert_eq!(house.legs.aims()[0].remote, "127.0.0.1:40000".parse().ok());
    line.hang_up().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_silent_leg_is_asked_whether_it_is_still_there() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    house.legs.happen(LegEvent::Silent);
    let asked = line.next().await;
    assert_eq!(asked.method(), "OPTIONS");
    line.refuse(&asked, "481 No Such Call").await;
    let contact = house.arrival(0).await;
    house.hears(Input::Leave { contact }).await;
    let bye = line.next().await;
    assert_eq!(bye.method(), "BYE");
    line.agree(&bye).await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_house_that_closes_says_goodbye_and_keeps_the_place() {
    let house = House::open().await;
    let mut line = Line::new(house.address()).await;
    line.call().await;
    eventually("the greeting", || !house.legs.said().is_empty()).await;
    let closing = house.telephone.clone();
    let closed = tokio::spawn(async move { closing.close().await });
    let bye = line.next().await;
    assert_eq!(bye.method(), "BYE");
    line.agree(&bye).await;
    closed.await.unwrap();
    house.is_empty().await;
    let left = |input: &Input| matches!(input, Input::Leave { .. });
    assert!(!house.inputs.lock().unwrap().iter().any(left));
}
