//! Who may do what: a counselor works, a supervisor watches and switches, nobody reads another's talk.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use crate::wire::{Wire, call, knock};
use hyper::Method;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[tokio::test]
async fn a_counselor_neither_watches_the_queue_nor_switches_lines() {
    let house = House::start();
    let mut console = Console::open(&house.address, "demo1").await;
    for frame in [
        json!({"type": "subscribe", "topic": "queue_health"}),
        json!({"type": "switchboard_mode", "line": "12355", "on": true}),
        json!({"type": "outage", "line": "12355", "on": true}),
        json!({"type": "log_out", "counselor_id": console.id()}),
        json!({"type": "close", "contact_id": console.id()}),
    ] {
        console.wire.say(frame.clone()).await;
        assert_eq!(console.wire.until("error").await["code"], "forbidden", "{frame}");
    }
    let made = knock(&house.address, "12355").await;
    assert_eq!(made.json()["state"], "waiting", "nothing was switched");
}

#[tokio::test]
async fn a_supervisor_watches_the_queue_at_most_once_a_second() {
    let house = House::start();
    let mut board = Console::open(&house.address, "super1").await;
    board.wire.say(json!({"type": "subscribe", "topic": "weather"})).await;
    assert_eq!(board.wire.until("error").await["code"], "unknown_topic");
    board.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    board.wire.until("queue_health").await;
    let mut seekers = Vec::new();
    for _ in 0..3 {
        seekers.push(Seeker::reach_out(&house.address, "12355").await);
    }
    let mut times = Vec::new();
    loop {
        let health = board.wire.until("queue_health").await;
        let at = OffsetDateTime::parse(health["at"].as_str().unwrap(), &Rfc3339).unwrap();
        times.push(at);
        let line =
            health["lines"].as_array().unwrap().iter().find(|l| l["line"] == "12355").unwrap();
        if line["waiting_by_risk"] == json!([3, 0, 0, 0, 0]) {
            assert_eq!(health["waiting"].as_array().unwrap().len(), 3);
            assert_eq!(health["store_ok"], true);
            break;
        }
    }
    let second = time::Duration::SECOND;
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= second), "{times:?}");
    board.wire.say(json!({"type": "unsubscribe", "topic": "queue_health"})).await;
    board.wire.so_far().await;
}

#[tokio::test]
async fn a_counselor_cannot_touch_a_contact_that_another_holds() {
    let house = House::start();
    let (mut seeker, _console) = talk(&house.address).await;
    seeker.write_and_wait("s1", "只给一个人看").await;
    let mut other = Console::open(&house.address, "demo2").await;
    let contact = seeker.contact.as_str();
    for frame in [
        json!({"type": "message", "contact_id": contact, "client_id": "x", "text": "x"}),
        json!({"type": "history", "contact_id": contact, "after_seq": 0}),
        json!({"type": "transfer", "contact_id": contact, "to": {"line": "966525"}}),
        json!({"type": "risk", "contact_id": contact, "risk": "high"}),
        json!({"type": "sos", "contact_id": contact}),
        json!({"type": "end", "contact_id": contact}),
        json!({"type": "wrapped_up", "contact_id": contact}),
    ] {
        other.wire.say(frame.clone()).await;
        let heard = other.wire.gather("error").await;
        assert_eq!(heard.last().unwrap()["code"], "not_yours", "{frame}");
        assert!(heard.iter().all(|frame| frame["type"] != "message"), "{heard:?}");
    }
    other.tell("typing", contact).await;
    other.wire.so_far().await;
    let path = format!("/api/v1/contacts/{contact}/note");
    let note = json!({"text": "x", "outcome": null});
    for (method, body) in [(Method::GET, None), (Method::PUT, Some(note))] {
        let answer = other.call(&house.address, method, &path, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "not_yours"));
    }
    let told = seeker.wire.so_far().await;
    assert!(told.is_empty(), "the seeker felt something of it: {told:?}");
}

#[tokio::test]
async fn a_change_without_the_header_is_refused_and_so_is_one_from_a_foreign_site() {
    let house = House::start();
    let (seeker, console) = talk(&house.address).await;
    let path = format!("/api/v1/contacts/{}/note", seeker.contact);
    let note = json!({"text": "x", "outcome": null}).to_string();
    let cookie = ("cookie", console.cookie.as_str());
    for headers in [&[cookie][..], &[cookie, ("x-requested-with", "XMLHttpRequest")]] {
        let refused = call(&house.address, Method::PUT, &path, headers, Some(note.clone())).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "header_missing"));
    }
    let anonymous = [("x-requested-with", "xinqiao")];
    let refused = call(&house.address, Method::PUT, &path, &anonymous, Some(note)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (401, "sign_in_needed"));
}

#[tokio::test]
async fn a_page_of_a_foreign_site_opens_no_socket_and_makes_no_contact() {
    let house = House::start();
    let address = house.address.as_str();
    let console = Console::open(address, "demo1").await;
    let made = knock(address, "12355").await.json();
    let seeker = format!("/api/v1/contacts/{}/socket", made["contact_id"].as_str().unwrap());
    let near = format!("http://{address}.evil.example");
    let body = json!({"line": "12355", "channel": "chat"}).to_string();
    let session = json!({"username": "demo1", "password": "xinqiao-demo"}).to_string();
    for origin in ["https://evil.example", "null", "http://127.0.0.1", near.as_str()] {
        let headers = [("origin", origin), ("cookie", console.cookie.as_str())];
        for path in ["/api/v1/console/socket", seeker.as_str()] {
            let refused = Wire::open(address, path, &headers).await.err().unwrap();
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "foreign_origin"));
        }
        let headers = [("origin", origin)];
        for (path, body) in [("/api/v1/contacts", &body), ("/api/v1/session", &session)] {
            let refused = call(address, Method::POST, path, &headers, Some(body.clone())).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "foreign_origin"));
            assert_eq!(refused.header("access-control-allow-origin"), "");
        }
    }
    let own = format!("http://{address}");
    let headers = [("origin", own.as_str())];
    assert!(Wire::open(address, &seeker, &headers).await.is_ok(), "our own page is welcome");
}

#[tokio::test]
async fn a_supervisor_hears_an_sos_and_a_counselor_without_one_is_told_so() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    console.tell("sos", &seeker.contact).await;
    assert_eq!(console.wire.until("error").await["code"], "no_supervisor");
    let mut board = Console::open(&house.address, "super1").await;
    console.tell("sos", &seeker.contact).await;
    let sos = board.wire.until("sos").await;
    assert_eq!(sos["contact_id"], seeker.contact.as_str());
    assert_eq!(sos["counselor"], console.welcome["counselor"]["alias"]);
}

#[tokio::test]
async fn a_call_for_help_stays_on_the_board_until_the_talk_is_over_and_shows_who_goes() {
    let house = House::start();
    let (seeker, mut console) = talk(&house.address).await;
    console.tell("sos", &seeker.contact).await;
    assert_eq!(console.wire.until("error").await["code"], "no_supervisor");
    let mut late = Console::open(&house.address, "super1").await;
    late.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    let call = late.wire.until("queue_health").await["calls"][0].clone();
    assert_eq!(call["contact_id"], seeker.contact.as_str());
    assert_eq!((&call["counselor_id"], &call["heeded_by"]), (&json!(console.id()), &json!(null)));
    console.tell("heed", &seeker.contact).await;
    assert_eq!(console.wire.until("error").await["code"], "forbidden");
    late.tell("heed", &seeker.contact).await;
    let alias = late.welcome["counselor"]["alias"].clone();
    while late.wire.until("queue_health").await["calls"][0]["heeded_by"] != alias {}
    console.tell("end", &seeker.contact).await;
    while late.wire.until("queue_health").await["calls"] != json!([]) {}
    late.tell("heed", &seeker.contact).await;
    assert_eq!(late.wire.until("error").await["code"], "unknown_contact");
}
