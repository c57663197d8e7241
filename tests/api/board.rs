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

/// Watches the queue; gives the first board.
async fn subscribed(board: &mut Console) -> Value {
    board.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    board.wire.until("queue_health").await
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

#[tokio::test]
async fn a_call_for_help_and_who_goes_there_outlive_a_restart_and_not_the_talk() {
    let mut house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let mut board = Console::open(&house.address, "super1").await;
    console.tell("sos", &seeker.contact).await;
    board.wire.until("sos").await;
    board.tell("heed", &seeker.contact).await;
    for at_work in [&mut console, &mut board] {
        // Frames of one console are done in order: what came before the answer is on disk.
        at_work.wire.say(json!({"type": "ping"})).await;
        at_work.wire.until("pong").await;
    }
    let calls = subscribed(&mut board).await["calls"].clone();
    house.kill();
    house.resume();
    seeker.resume(&house.address, 0).await;
    let mut console = Console::reopen(&house.address, console.cookie.clone()).await;
    let mut board = Console::reopen(&house.address, board.cookie.clone()).await;
    let restored = subscribed(&mut board).await["calls"].clone();
    assert_eq!(restored[0]["contact_id"], seeker.contact.as_str());
    assert_eq!(restored[0]["heeded_by"], board.welcome["counselor"]["alias"]);
    assert_eq!(restored, calls);
    console.tell("end", &seeker.contact).await;
    board_where(&mut board, |health| health["calls"] == json!([])).await;
    house.kill();
    house.resume();
    let mut board = Console::reopen(&house.address, board.cookie.clone()).await;
    assert_eq!(subscribed(&mut board).await["calls"], json!([]), "it ended with the talk");
}

#[tokio::test]
async fn the_board_says_who_set_an_outage_and_a_switchboard_mode_also_after_a_restart() {
    let mut house = House::start();
    let mut board = Console::available(&house.address, "super1").await;
    let alias = board.welcome["counselor"]["alias"].clone();
    let quiet = subscribed(&mut board).await;
    assert_eq!(line_of(&quiet, "12355")["outage_by"], json!(null));
    board.wire.say(json!({"type": "outage", "line": "12355", "on": true})).await;
    board.wire.say(json!({"type": "switchboard_mode", "line": "966525", "on": true})).await;
    let set = |health: &Value| {
        line_of(health, "12355")["outage_by"] == alias
            && line_of(health, "966525")["switchboard_mode_by"] == alias
    };
    board_where(&mut board, set).await;
    house.kill();
    house.resume();
    let mut board = Console::reopen(&house.address, board.cookie.clone()).await;
    let health = subscribed(&mut board).await;
    assert!(set(&health), "{}", health["lines"]);
    board.wire.say(json!({"type": "outage", "line": "12355", "on": false})).await;
    let lifted = |health: &Value| line_of(health, "12355")["outage_by"] == json!(null);
    board_where(&mut board, lifted).await;
}
