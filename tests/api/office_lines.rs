//! Lines over HTTP: a form that cannot save nonsense, and what is saved works at once.

use crate::house::House;
use crate::people::{Console, Seeker, cookie_of, sign_in};
use crate::shared;
use crate::wire::{Answer, call, knock, look};
use hyper::Method;
use serde_json::{Value, json};

const LINES: &str = "/api/v1/office/lines";

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

async fn line(address: &str, console: &Console, code: &str) -> Value {
    let lines = console.call(address, Method::GET, LINES, None).await.json();
    lines.as_array().unwrap().iter().find(|line| line["code"] == code).unwrap().clone()
}

async fn put(address: &str, console: &Console, line: &Value) -> Answer {
    let path = format!("{LINES}/{}", line["code"].as_str().unwrap());
    console.call(address, Method::PUT, &path, Some(line.clone())).await
}

/// Field and code of each fault.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(told(answer), (422, "bad_form".to_owned()));
    let faults = answer.json()["faults"].clone();
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    faults.as_array().unwrap().iter().map(|f| (text(f, "field"), text(f, "code"))).collect()
}

#[tokio::test]
async fn every_open_console_hears_that_lines_were_saved_and_reads_the_new_name() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut console = Console::open(&house.address, "demo1").await;
    let mut board = Console::open(&house.address, "super1").await;
    let mut form = line(&house.address, &admin, "12355").await;
    form["name"] = "青少年倾听热线".into();
    assert_eq!(put(&house.address, &admin, &form).await.status, 200);
    for open in [&mut console, &mut board] {
        assert_eq!(open.wire.until("lines_saved").await, json!({"type": "lines_saved"}));
    }
    let lines = look(&house.address, "/api/v1/lines").await.json().to_string();
    assert!(lines.contains("青少年倾听热线"), "{lines}");
    // Nothing was saved: nothing is told.
    assert_eq!(put(&house.address, &admin, &form).await.status, 409);
    assert!(console.wire.so_far().await.is_empty());
}

#[tokio::test]
async fn a_renamed_line_shows_at_the_door_at_once() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut form = line(&house.address, &admin, "12355").await;
    form["name"] = " 青少年倾听热线 ".into();
    form["greeting_en"] = "Hello, we listen.".into();
    form["crisis_numbers"][0]["name"] = "报警".into();
    let saved = put(&house.address, &admin, &form).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    let saved = saved.json();
    assert_eq!(saved["name"], "青少年倾听热线");
    assert_eq!(saved, line(&house.address, &admin, "12355").await, "what is said is what is kept");
    let door = look(&house.address, "/api/v1/lines/12355").await.json();
    assert_eq!(door["name"], "青少年倾听热线");
    assert_eq!(door["greeting_en"], "Hello, we listen.");
    assert_eq!(door["crisis_numbers"][0]["name"], "报警");
    let late = put(&house.address, &admin, &form).await;
    assert_eq!(told(&late), (409, "changed_meanwhile".to_owned()));
    assert_eq!(late.json()["current"], saved, "the other edition is in the answer");
}

#[tokio::test]
async fn a_saved_plan_routes_the_next_contact() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    // demo1 speaks no English and demo4 does: by the plan of the demo, demo1 would be asked first.
    let mut first = Console::available(&house.address, "demo1").await;
    let mut speaker = Console::available(&house.address, "demo4").await;
    let mut form = line(&house.address, &admin, "12355").await;
    form["steps"] = json!([
        {"skills": [{"skill": "english", "at_least": 1}], "widens_after_s": 3600},
    ]);
    assert_eq!(put(&house.address, &admin, &form).await.status, 200);
    let _seeker = Seeker::reach_out(&house.address, "12355").await;
    speaker.wire.until("offer").await;
    let heard = first.wire.so_far().await;
    assert!(heard.iter().all(|frame| frame["type"] != "offer"), "{heard:?}");
}

#[tokio::test]
async fn a_new_line_can_be_knocked_at_and_closes_by_its_hours() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut form = line(&house.address, &admin, "12355").await;
    form["code"] = "16111".into();
    form["numbers"] = json!(["16111"]);
    form["saved_at"] = Value::Null;
    form["last_rung"] = json!({"kind": "forward", "line": "966525"});
    let made = put(&house.address, &admin, &form).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(knock(&house.address, "16111").await.json()["state"], "waiting");
    // One minute of the week, half a week from now.
    let week = 10_080;
    let now = xinqiao::clock::Clock::system().now().0 / 60_000;
    let minute = (now + 480 + 4_320 + week / 2).rem_euclid(week - 1);
    let mut closed = made.json();
    closed["hours"] = json!([{"from_minute": minute, "to_minute": minute + 1}]);
    let saved = put(&house.address, &admin, &closed).await;
    assert_eq!(saved.json()["hours"], closed["hours"], "{saved:?}");
    assert_eq!(knock(&house.address, "16111").await.json()["state"], "line_closed");
    assert_eq!(knock(&house.address, "12355").await.json()["state"], "waiting");
}

#[tokio::test]
async fn a_form_that_would_leave_somebody_ringing_says_all_its_faults() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let before = line(&house.address, &admin, "12355").await;
    let mut form = before.clone();
    form["name"] = "".into();
    form["numbers"] = json!(["12355", "966525", "12355", "call me"]);
    form["crisis_numbers"] = json!([{"number": "1", "name": "x", "name_en": ""}]);
    form["hours"] = json!([
        {"from_minute": 0, "to_minute": 60}, {"from_minute": 59, "to_minute": 30},
        {"from_minute": 30, "to_minute": 90},
    ]);
    form["steps"] = json!([
        {"skills": [{"skill": "tarot", "at_least": 6}], "widens_after_s": 0},
        {"skills": null, "widens_after_s": 60, "fixed": true, "stored_step": 0},
    ]);
    form["last_rung"] = json!({"kind": "forward", "line": "12355"});
    form["threshold_s"] = (-1).into();
    form["waiting_max"] = 0.into();
    form["triage_seats"] = json!(["019abb00-0000-7000-8000-00000000000a", "x", "x"]);
    let expected = [
        ("name", "required"),
        ("numbers.1", "taken"),
        ("numbers.3", "bad_shape"),
        ("numbers.2", "repeated"),
        ("crisis_numbers.0.number", "bad_shape"),
        ("crisis_numbers.0.name_en", "required"),
        ("hours.1.to_minute", "out_of_range"),
        ("hours.2", "overlaps"),
        ("steps.0.skills.0.at_least", "out_of_range"),
        ("steps.0.skills.0.skill", "unknown"),
        ("steps.0.widens_after_s", "out_of_range"),
        ("steps.1.skills", "fixed"),
        ("last_rung.line", "unknown"),
        ("threshold_s", "out_of_range"),
        ("waiting_max", "out_of_range"),
        ("triage_seats.2", "repeated"),
        ("triage_seats.0", "unknown"),
        ("triage_seats.1", "unknown"),
        ("triage_seats.2", "unknown"),
    ];
    let said = faults(&put(&house.address, &admin, &form).await);
    assert_eq!(said, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    let mut empty = before.clone();
    empty["steps"] = json!([]);
    empty["hours"] = json!([]);
    let said = faults(&put(&house.address, &admin, &empty).await);
    let required = |field: &str| (field.to_owned(), "required".to_owned());
    assert_eq!(said, [required("hours"), required("steps")]);
    assert_eq!(line(&house.address, &admin, "12355").await, before, "nothing was saved");
}

#[tokio::test]
async fn a_code_is_no_field_to_change() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut form = line(&house.address, &admin, "12355").await;
    form["code"] = "10001".into();
    let path = format!("{LINES}/12355");
    let answer = admin.call(&house.address, Method::PUT, &path, Some(form.clone())).await;
    assert_eq!(faults(&answer), [("code".to_owned(), "fixed".to_owned())]);
    form["code"] = "A B".into();
    form["saved_at"] = Value::Null;
    let path = format!("{LINES}/A%20B");
    let answer = admin.call(&house.address, Method::PUT, &path, Some(form)).await;
    assert_eq!(faults(&answer)[0], ("code".to_owned(), "bad_shape".to_owned()));
}

#[tokio::test]
async fn who_may_not_edit_lines_neither_reads_nor_writes_them() {
    let address = shared();
    let path = format!("{LINES}/12355");
    for username in ["demo9", "super1"] {
        let cookie = cookie_of(&sign_in(address, username, "xinqiao-demo", None).await);
        let ours = [("cookie", cookie.as_str()), ("x-requested-with", "xinqiao")];
        for (method, path) in [(Method::GET, LINES), (Method::PUT, path.as_str())] {
            let refused = call(address, method, path, &ours, Some("{}".to_owned())).await;
            assert_eq!(told(&refused), (403, "forbidden".to_owned()), "{username}");
        }
    }
    assert_eq!(told(&look(address, LINES).await), (401, "sign_in_needed".to_owned()));
}
