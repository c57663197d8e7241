//! The return phrase, sentence by sentence.

use crate::house::Plan;
use crate::people::{Console, Seeker, talk};
use crate::wire::{Answer, call};
use hyper::Method;
use serde_json::{Value, json};
use sqlx::Connection;
use std::time::Duration;
use xinqiao::wire_client::pause;

async fn make(address: &str, contact: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let path = format!("/api/v1/contacts/{contact}/return-phrase");
    call(address, Method::POST, &path, &[("authorization", &bearer)], None).await
}

async fn made(address: &str, seeker: &Seeker) -> String {
    let answer = make(address, &seeker.contact, &seeker.token).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["return_phrase"].as_str().unwrap().to_owned()
}

async fn come_back(address: &str, phrase: &str, source: &str) -> Answer {
    let body = json!({"line": "12355", "channel": "chat", "return_phrase": phrase}).to_string();
    let headers = [("x-forwarded-for", source)];
    call(address, Method::POST, "/api/v1/contacts", &headers, Some(body)).await
}

/// Comes back, says hello, and is given to the counselor, who sees this.
async fn seen(address: &str, console: &mut Console, phrase: &str) -> (Seeker, Value, Value) {
    let made = come_back(address, phrase, "203.0.113.1").await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json()["return_phrase"], Value::Null);
    let text = |field: &str| made.json()[field].as_str().unwrap().to_owned();
    let (contact, token) = (text("contact_id"), text("token"));
    let wire = Seeker::attach(address, &contact, &token, 0).await;
    let offer = console.wire.until("offer").await;
    let assigned = console.accept(&offer).await;
    (Seeker { contact, token, wire }, offer["contact"].clone(), assigned)
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn two_contacts_by_one_phrase_have_one_alias_everywhere_and_the_count_grows() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let mut watcher = Console::open(address, "super1").await;
    watcher.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    let (seeker, mut console) = talk(address).await;
    let first =
        Console::reopen(address, console.cookie.clone()).await.welcome["contacts"][0].clone();
    assert_eq!(first["earlier_contacts"], 0);
    let phrase = made(address, &seeker).await;
    let (_second, offered, assigned) = seen(address, &mut console, &phrase).await;
    assert_eq!((&offered["alias"], &offered["earlier_contacts"]), (&first["alias"], &json!(1)));
    assert_eq!((&assigned["alias"], &assigned["earlier_contacts"]), (&first["alias"], &json!(1)));
    assert_ne!(offered["contact_id"], first["contact_id"]);
    let (_third, offered, _) = seen(address, &mut console, &phrase).await;
    assert_eq!((&offered["alias"], &offered["earlier_contacts"]), (&first["alias"], &json!(2)));
    loop {
        let health = watcher.wire.until("queue_health").await;
        let talks = health["talks"].as_array().unwrap();
        if talks.len() == 3 {
            assert!(talks.iter().all(|talk| talk["alias"] == first["alias"]), "{talks:?}");
            let picks = health["picks"].as_array().unwrap();
            assert!(picks.iter().all(|pick| pick["contact_alias"] == first["alias"]), "{picks:?}");
            let rows = health["counselors"].as_array().unwrap();
            let held = rows.iter().find(|row| row["talks"] == 3).unwrap();
            let aliases = held["contacts"].as_array().unwrap();
            assert!(aliases.iter().all(|alias| *alias == first["alias"]), "{aliases:?}");
            break;
        }
    }
}

#[tokio::test]
async fn a_phrase_survives_a_restart_and_so_does_the_alias_of_an_open_contact() {
    let mut house = Plan::default().start();
    let address = house.address.clone();
    let (seeker, mut console) = talk(&address).await;
    let alias = console_contact(&address, &console, 0).await["alias"].clone();
    let phrase = made(&address, &seeker).await;
    let (second, ..) = seen(&address, &mut console, &phrase).await;
    house.kill();
    house.resume();
    let mut console = Console::available(&address, "demo1").await;
    let contacts = console.welcome["contacts"].as_array().unwrap().clone();
    let again = contacts.iter().find(|c| c["contact_id"] == second.contact.as_str()).unwrap();
    assert_eq!((&again["alias"], &again["earlier_contacts"]), (&alias, &json!(1)));
    let (_third, offered, _) = seen(&address, &mut console, &phrase).await;
    assert_eq!((&offered["alias"], &offered["earlier_contacts"]), (&alias, &json!(2)));
}

#[tokio::test]
async fn a_phrase_that_nobody_used_for_long_enough_is_unknown_and_its_hash_is_gone() {
    let mut house = Plan::default().start();
    let address = house.address.clone();
    let phrase = made(&address, &Seeker::reach_out(&address, "12355").await).await;
    let unused = made(&address, &Seeker::reach_out(&address, "12355").await).await;
    assert_eq!(come_back(&address, &phrase, "203.0.113.1").await.status, 201);
    house.kill();
    // Both were made 181 days ago; the first was used since.
    let day_ms = 86_400_000_i64;
    let url = format!("sqlite:{}", house.data().join("xinqiao.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let earlier = "UPDATE return_phrases SET made_at_ms = made_at_ms - $1, \
        used_at_ms = CASE WHEN used_at_ms > made_at_ms THEN used_at_ms ELSE used_at_ms - $1 END";
    sqlx::query(earlier).bind(181 * day_ms).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    house.resume();
    let forgotten = come_back(&address, &unused, "203.0.113.1").await;
    let never = come_back(&address, "ocean lamp maple river cloud honey", "203.0.113.1").await;
    assert_eq!(told(&forgotten), (422, "unknown_return_phrase".to_owned()));
    assert_eq!((forgotten.status, &forgotten.text), (never.status, &never.text));
    assert_eq!(come_back(&address, &phrase, "203.0.113.1").await.status, 201);
    // Upkeep comes at the start, and then every hour.
    let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let count = "SELECT COUNT(*) FROM return_phrases";
    let left: i64 = sqlx::query_scalar(count).fetch_one(&mut database).await.unwrap();
    assert_eq!(left, 1);
}

async fn console_contact(address: &str, console: &Console, index: usize) -> Value {
    Console::reopen(address, console.cookie.clone()).await.welcome["contacts"][index].clone()
}

#[tokio::test]
async fn a_second_phrase_voids_the_first() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let seeker = Seeker::reach_out(address, "12355").await;
    let first = made(address, &seeker).await;
    let second = made(address, &seeker).await;
    assert_ne!(first, second);
    let void = come_back(address, &first, "203.0.113.1").await;
    assert_eq!(told(&void), (422, "unknown_return_phrase".to_owned()));
    assert_eq!(come_back(address, &second, "203.0.113.1").await.status, 201);
}

#[tokio::test]
async fn a_phrase_is_in_the_contacts_language_and_its_spelling_is_forgiven() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let chinese = made(address, &Seeker::reach_out(address, "12355").await).await;
    assert!(chinese.split(' ').all(|word| word.chars().count() == 1), "six single characters");
    assert_eq!(chinese.split(' ').count(), 6);
    let tight = chinese.replace(' ', "");
    let wide = format!("　{}。", chinese.replace(' ', "　"));
    for typed in [&chinese, &tight, &wide] {
        assert_eq!(come_back(address, typed, "203.0.113.1").await.status, 201);
    }
    let body = json!({"line": "12355", "channel": "chat", "locale": "en"}).to_string();
    let new = call(address, Method::POST, "/api/v1/contacts", &[], Some(body)).await.json();
    let text = |field: &str| new[field].as_str().unwrap();
    let english = make(address, text("contact_id"), text("token")).await.json();
    let english = english["return_phrase"].as_str().unwrap();
    assert!(english.is_ascii() && english.split(' ').count() == 6);
    let wide: String = english
        .chars()
        .map(|letter| match letter {
            ' ' => '　',
            letter => char::from_u32(u32::from(letter) + 0xFEE0).unwrap(),
        })
        .collect();
    for typed in [english.to_uppercase(), english.replace(' ', ",  "), wide] {
        assert_eq!(come_back(address, &typed, "203.0.113.1").await.status, 201);
    }
}

#[tokio::test]
async fn a_phrase_is_made_only_for_the_token_in_the_header() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let seeker = Seeker::reach_out(address, "12355").await;
    let other = Seeker::reach_out(address, "12355").await;
    let bad = (401, "bad_token".to_owned());
    assert_eq!(told(&make(address, &seeker.contact, &other.token).await), bad);
    assert_eq!(told(&make(address, &seeker.contact, "").await), bad);
    assert_eq!(told(&make(address, "nobody", &seeker.token).await), bad);
    let path = format!("/api/v1/contacts/{}/return-phrase?token={}", seeker.contact, seeker.token);
    let body = json!({"token": seeker.token}).to_string();
    let cookie = format!("token={}", seeker.token);
    let headers = [("cookie", cookie.as_str())];
    assert_eq!(told(&call(address, Method::POST, &path, &headers, Some(body)).await), bad);
    let bearer = format!("Bearer {}", seeker.token);
    let foreign = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    let answer = call(address, Method::POST, &path, &foreign, None).await;
    assert_eq!(told(&answer), (403, "foreign_origin".to_owned()));
}

#[tokio::test]
async fn a_phrase_can_be_made_for_a_while_after_the_end_and_then_no_more() {
    let house = Plan::default().set("XINQIAO_LOBBY__AFTER_END_S", "3").start();
    let address = house.address.as_str();
    let mut seeker = Seeker::reach_out(address, "12355").await;
    seeker.wire.say(json!({"type": "leave"})).await;
    seeker.wire.until("bye").await;
    let phrase = made(address, &seeker).await;
    pause(Duration::from_millis(3_200)).await;
    let late = make(address, &seeker.contact, &seeker.token).await;
    assert_eq!(told(&late), (410, "too_late".to_owned()));
    assert_eq!(come_back(address, &phrase, "203.0.113.1").await.status, 201);
}

#[tokio::test]
async fn ten_wrong_phrases_are_enough_and_right_ones_do_not_count() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let phrase = made(address, &Seeker::reach_out(address, "12355").await).await;
    for _ in 0..12 {
        assert_eq!(come_back(address, &phrase, "203.0.113.5").await.status, 201);
    }
    for _ in 0..10 {
        let wrong = come_back(address, "ocean lamp maple river", "203.0.113.5").await;
        assert_eq!(told(&wrong), (422, "unknown_return_phrase".to_owned()));
    }
    let flood = come_back(address, &phrase, "203.0.113.5").await;
    assert_eq!(told(&flood), (429, "rate_limited".to_owned()));
    assert_ne!(flood.header("retry-after"), "");
    assert_eq!(come_back(address, &phrase, "198.51.100.7").await.status, 201, "from elsewhere");
}

#[tokio::test]
async fn whoever_is_in_danger_is_let_in_whatever_they_typed() {
    let house = Plan::default().start();
    let body = json!({
        "line": "12355", "channel": "chat", "return_phrase": "忘记了",
        "screening": {"danger_now": true},
    });
    let made =
        call(&house.address, Method::POST, "/api/v1/contacts", &[], Some(body.to_string())).await;
    assert_eq!(made.status, 201);
}

#[tokio::test]
async fn leaving_needs_no_socket_and_twice_is_no_fault() {
    let house = Plan::default().start();
    let address = house.address.as_str();
    let mut seeker = Seeker::reach_out(address, "12355").await;
    let path = format!("/api/v1/contacts/{}/leave", seeker.contact);
    let bearer = format!("Bearer {}", seeker.token);
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(call(address, Method::POST, &path, &headers, None).await.status, 204);
    seeker.wire.until("bye").await;
    assert_eq!(call(address, Method::POST, &path, &headers, None).await.status, 204);
    let none = call(address, Method::POST, &path, &[], None).await;
    assert_eq!(told(&none), (401, "bad_token".to_owned()));
}
