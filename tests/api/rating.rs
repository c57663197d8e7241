//! Rating a talk that is over, and what the board shows of it.

use crate::house::Plan;
use crate::people::{Console, Seeker, talk};
use crate::wire::{Answer, call};
use hyper::Method;
use serde_json::{Value, json};
use std::time::Duration;
use xinqiao::wire_client::pause;

async fn rate(address: &str, seeker: &Seeker, score: Value) -> (u16, String) {
    let bearer = format!("Bearer {}", seeker.token);
    let path = format!("/api/v1/contacts/{}/rating", seeker.contact);
    let body = json!({"score": score}).to_string();
    let headers = [("authorization", bearer.as_str())];
    told(&call(address, Method::POST, &path, &headers, Some(body)).await)
}

fn told(answer: &Answer) -> (u16, String) {
    let is_taken = answer.status.is_success();
    (answer.status.as_u16(), if is_taken { String::new() } else { answer.code() })
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn leave(seeker: &mut Seeker) {
    seeker.wire.say(json!({"type": "leave"})).await;
    seeker.wire.until("bye").await;
}

#[tokio::test]
async fn a_talk_that_is_over_is_rated_one_to_five_and_again_replaces() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let (mut seeker, _console) = talk(address).await;
    assert_eq!(rate(address, &seeker, json!(5)).await, no(409, "still_talking"));
    leave(&mut seeker).await;
    for score in [0, 6, -1, 300] {
        assert_eq!(rate(address, &seeker, json!(score)).await, no(422, "bad_score"), "{score}");
    }
    assert_eq!(rate(address, &seeker, json!("five")).await, no(400, "bad_request"));
    assert_eq!(rate(address, &seeker, json!(1)).await, no(204, ""));
    assert_eq!(rate(address, &seeker, json!(5)).await, no(204, ""));
    let stranger =
        Seeker { contact: seeker.contact.clone(), token: "x".repeat(43), wire: seeker.wire };
    assert_eq!(rate(address, &stranger, json!(5)).await, no(401, "bad_token"));
}

#[tokio::test]
async fn who_talked_with_nobody_has_nothing_to_rate() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let mut seeker = Seeker::reach_out(address, "12355").await;
    assert_eq!(rate(address, &seeker, json!(3)).await, no(409, "no_talk"));
    leave(&mut seeker).await;
    assert_eq!(rate(address, &seeker, json!(3)).await, no(409, "no_talk"));
}

#[tokio::test]
async fn a_rating_comes_within_its_time_or_not_at_all() {
    let house = Plan::default().set("XINQIAO_LOBBY__AFTER_END_S", "1").start();
    let (mut seeker, _console) = talk(&house.address).await;
    leave(&mut seeker).await;
    pause(Duration::from_millis(1_200)).await;
    assert_eq!(rate(&house.address, &seeker, json!(3)).await, no(410, "too_late"));
}

async fn board(address: &str, console: &Console) -> Value {
    console.call(address, Method::GET, "/api/v1/board/ratings", None).await.json()
}

#[tokio::test]
async fn the_board_tells_a_mean_from_five_ratings_on_and_to_watchers_only() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let supervisor = Console::open(address, "super1").await;
    let mut console = Console::available(address, "demo1").await;
    for (number, score) in [4, 5, 5, 4, 4].into_iter().enumerate() {
        let shown = board(address, &supervisor).await;
        assert_eq!(shown[0], json!({"line": "12355", "count": number, "mean_x100": null}));
        let mut seeker = Seeker::reach_out(address, "12355").await;
        let contact = console.accept_next().await["contact_id"].as_str().unwrap().to_owned();
        leave(&mut seeker).await;
        assert_eq!(rate(address, &seeker, json!(score)).await, no(204, ""));
        console.tell("wrapped_up", &contact).await;
    }
    let shown = board(address, &supervisor).await;
    assert_eq!(shown[0], json!({"line": "12355", "count": 5, "mean_x100": 440}));
    assert_eq!(shown[1]["count"], 0);
    let refused = console.call(address, Method::GET, "/api/v1/board/ratings", None).await;
    assert_eq!(told(&refused), no(403, "forbidden"));
}
