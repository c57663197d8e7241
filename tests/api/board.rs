//! The live board by channel and person, and the hour behind it.

use crate::house::House;
use crate::people::{Console, Seeker, talk};
use hyper::Method;
use serde_json::{Value, json};

const HOUR: &str = "/api/v1/board/hour";

/// The next board of which this holds.
async fn board_where(board: &mut Console, holds: impl Fn(&Value) -> bool) -> Value {
    loop {
        let health = board.wire.until("queue_health").await;
        if holds(&health) {
            return health;
        }
    }
}

fn line_of<'v>(health: &'v Value, code: &str) -> &'v Value {
    health["lines"].as_array().unwrap().iter().find(|line| line["line"] == code).unwrap()
}

#[tokio::test]
async fn the_board_tells_each_channel_of_a_line_and_what_each_counselor_holds_since_when() {
    let house = House::start();
    let mut board = Console::open(&house.address, "super1").await;
    board.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    let quiet = board.wire.until("queue_health").await;
    assert_eq!(line_of(&quiet, "12355")["channels"], json!([]));
    let (_seeker, mut console) = talk(&house.address).await;
    console.wish("away").await;
    let _waiting = Seeker::reach_out(&house.address, "12355").await;
    let both = |health: &Value| {
        line_of(health, "12355")["channels"][0]["waiting"] == 1
            && health["talks"].as_array().unwrap().len() == 1
    };
    let health = board_where(&mut board, both).await;
    let channel = &line_of(&health, "12355")["channels"][0];
    assert_eq!((&channel["channel"], &channel["talking"]), (&json!("chat"), &json!(1)));
    assert_eq!((&channel["arrived"], &channel["answered"]), (&json!(2), &json!(1)));
    assert_eq!((&channel["abandoned"], &channel["service_level_bp"]), (&json!(0), &json!(10_000)));
    assert!(channel["longest_wait_ms"].is_i64() && channel["asa_ms"].is_i64(), "{channel}");
    let row = &health["counselors"][0];
    assert_eq!(row["counselor_id"], json!(console.id()), "those on shift come first");
    assert_eq!(row["presence"], "engaged");
    assert_eq!(row["contacts"], json!([health["talks"][0]["alias"]]));
    let since = row["since"].as_str().unwrap().to_owned();
    assert!(since.as_str() <= health["at"].as_str().unwrap(), "{since}");
    let later = board.wire.until("queue_health").await;
    assert_eq!(later["counselors"][0]["since"], json!(since));
}

#[tokio::test]
async fn the_last_hour_is_the_same_after_a_restart() {
    let mut house = House::start();
    let (mut seeker, console) = talk(&house.address).await;
    seeker.wire.say(json!({"type": "leave"})).await;
    seeker.wire.end().await;
    let board = Console::open(&house.address, "super1").await;
    let waiting = Seeker::reach_out(&house.address, "966525").await;
    let hour = board.call(&house.address, Method::GET, HOUR, None).await.json();
    assert_eq!(hour["step_s"], 60);
    let line = |hour: &Value, code: &str| {
        let all = hour["series"].as_array().unwrap();
        all.iter().find(|one| one["line"] == code && one["channel"] == "chat").cloned()
    };
    let sum = |series: &Value, what: &str| -> u64 {
        let minutes = series[what].as_array().unwrap();
        assert_eq!(minutes.len(), 60);
        minutes.iter().map(|count| count.as_u64().unwrap()).sum()
    };
    let first = line(&hour, "12355").unwrap();
    assert_eq!((sum(&first, "arrived"), sum(&first, "answered")), (1, 1));
    assert_eq!((sum(&first, "abandoned"), first["waiting"][59].as_u64()), (0, Some(0)));
    let second = line(&hour, "966525").unwrap();
    assert_eq!((sum(&second, "arrived"), second["waiting"][59].as_u64()), (1, Some(1)));
    assert_eq!(line(&hour, "4009151095"), None);
    house.kill();
    house.resume();
    let after = board.call(&house.address, Method::GET, HOUR, None).await.json();
    // The minute may have turned meanwhile: the sums tell.
    for code in ["12355", "966525"] {
        let (was, is) = (line(&hour, code).unwrap(), line(&after, code).unwrap());
        for what in ["arrived", "answered", "abandoned"] {
            assert_eq!(sum(&was, what), sum(&is, what), "{code} {what}");
        }
        assert_eq!(was["waiting"][59], is["waiting"][59], "{code}");
    }
    drop((waiting, console));
}

#[tokio::test]
async fn the_last_hour_is_for_those_who_watch() {
    let house = House::start();
    let console = Console::open(&house.address, "demo1").await;
    let refused = console.call(&house.address, Method::GET, HOUR, None).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "forbidden"));
    let stranger = crate::wire::look(&house.address, HOUR).await;
    assert_eq!((stranger.status.as_u16(), stranger.code().as_str()), (401, "sign_in_needed"));
}
