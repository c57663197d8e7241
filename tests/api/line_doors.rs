//! What a door says before anybody knocks: closed and why, until when, and full.

use crate::house::House;
use crate::people::{Console, Seeker};
use crate::wire::look;
use hyper::Method;
use serde_json::{Value, json};

const LINES: &str = "/api/v1/office/lines";

/// Saves a change of line 12355 as the office does.
async fn save(address: &str, change: impl FnOnce(&mut Value)) {
    let admin = Console::open(address, "admin1").await;
    let lines = admin.call(address, Method::GET, LINES, None).await.json();
    let lines = lines.as_array().unwrap();
    let mut line = lines.iter().find(|line| line["code"] == "12355").unwrap().clone();
    change(&mut line);
    let saved = admin.call(address, Method::PUT, &format!("{LINES}/12355"), Some(line)).await;
    assert_eq!(saved.status, 200, "{saved:?}");
}

async fn door(address: &str) -> Value {
    look(address, "/api/v1/lines/12355").await.json()
}

fn standing(door: &Value) -> [Value; 4] {
    ["open", "closed_because", "opens_at", "is_full"].map(|field| door[field].clone())
}

#[tokio::test]
async fn an_open_door_says_so_and_that_a_supervisor_may_look_in() {
    let house = House::start();
    let shown = door(&house.address).await;
    assert_eq!(standing(&shown), [json!(true), Value::Null, Value::Null, json!(false)]);
    assert!(shown["notice"].as_str().unwrap().contains("督导"));
    assert!(shown["notice_en"].as_str().unwrap().contains("supervisor"));
}

#[tokio::test]
async fn a_line_closed_by_its_hours_says_when_it_opens() {
    let house = House::start();
    // One minute of the week: Monday 00:00 in China is Sunday 16:00 UTC.
    let minute = json!([{"from_minute": 0, "to_minute": 1}]);
    save(&house.address, |line| line["hours"] = minute).await;
    let shown = door(&house.address).await;
    assert_eq!((&shown["open"], &shown["closed_because"]), (&json!(false), &json!("hours")));
    assert!(shown["opens_at"].as_str().unwrap().ends_with("T16:00:00.000Z"), "{shown}");
    let lines = look(&house.address, "/api/v1/lines").await.json();
    assert_eq!(lines[0], shown, "the list says the same");
    assert_eq!(lines[1]["open"], true);
}

#[tokio::test]
async fn a_line_in_outage_says_so_and_promises_no_time() {
    let house = House::start();
    let mut supervisor = Console::open(&house.address, "super1").await;
    supervisor.wire.say(json!({"type": "outage", "line": "12355", "on": true})).await;
    supervisor.wire.say(json!({"type": "ping"})).await;
    supervisor.wire.until("pong").await;
    let shown = door(&house.address).await;
    assert_eq!(standing(&shown), [json!(false), json!("outage"), Value::Null, json!(false)]);
}

#[tokio::test]
async fn a_line_where_as_many_wait_as_may_is_full_until_one_leaves() {
    let house = House::start();
    let address = house.address.as_str();
    save(address, |line| line["waiting_max"] = json!(1)).await;
    let mut seeker = Seeker::reach_out(address, "12355").await;
    assert_eq!(
        standing(&door(address).await),
        [json!(true), Value::Null, Value::Null, json!(true)]
    );
    seeker.wire.say(json!({"type": "leave"})).await;
    seeker.wire.until("bye").await;
    assert_eq!(door(address).await["is_full"], false);
}
