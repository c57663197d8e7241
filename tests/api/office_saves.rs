//! What holds for every save of the office: it is journaled, survives a restart, loses nobody's
//! edition, and has a limit.

use crate::house::{House, Plan};
use crate::people::{Console, PASSWORD, sign_in};
use crate::wire::{Answer, look};
use futures_util::future::join_all;
use hyper::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use xinqiao::clock::At;
use xinqiao::ids::ReplyId;
use xinqiao::store::replies::CannedReply;
use xinqiao::store::{Act, Settings, Store};

const ID: &str = "019abb00-0000-7000-8000-00000000000a";

async fn open(data: &Path) -> Store {
    let url = format!("sqlite:{}/xinqiao.db", data.display());
    let settings = Settings { url, ..Settings::default() };
    Store::open(&settings, Arc::new(|_| ())).await.unwrap()
}

async fn put(house: &House, console: &Console, path: &str, body: Value) -> Answer {
    console.call(&house.address, Method::PUT, path, Some(body)).await
}

fn reply(title: &str, saved_at: &Value) -> Value {
    json!({"title": title, "text": "我在。", "locale": "zh-CN", "line": null, "saved_at": saved_at})
}

async fn line(house: &House, admin: &Console) -> Value {
    let lines = admin.call(&house.address, Method::GET, "/api/v1/office/lines", None).await;
    lines.json()[0].clone()
}

#[tokio::test]
async fn every_save_is_journaled_with_who_did_it_and_without_names_or_secrets() {
    let mut house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let path = format!("/api/v1/office/canned-replies/{ID}");
    assert_eq!(put(&house, &admin, &path, reply("一句问候", &Value::Null)).await.status, 200);
    admin.call(&house.address, Method::DELETE, &path, None).await;
    let skill = json!({"name": "客家话", "name_en": "Hakka"});
    put(&house, &admin, "/api/v1/office/skills/dialect_hakka", skill).await;
    put(&house, &admin, "/api/v1/office/lines/12355", line(&house, &admin).await).await;
    let new = json!({"username": "anna", "alias": "惊蛰", "role": "supervisor"});
    let post = async |path: &str, body: Option<Value>| {
        admin.call(&house.address, Method::POST, path, body).await.json()
    };
    let made = post("/api/v1/office/accounts", Some(new)).await;
    let account = format!("/api/v1/office/accounts/{}", made["account_id"].as_str().unwrap());
    let renewed = post(&format!("{account}/password"), None).await;
    let factor = post(&format!("{account}/second-factor"), None).await;
    let closed = Some(json!({"disabled": true}));
    admin.call(&house.address, Method::PATCH, &account, closed).await;
    let by = admin.id();
    drop(admin);
    house.terminate();
    assert!(house.wait().success());
    let store = open(house.data()).await;
    let entries = store.journal().entries(0, 10_000).await.unwrap();
    let acts: Vec<Value> = entries
        .iter()
        .filter(|entry| entry.kind == "admin")
        .map(|entry| serde_json::from_str(&entry.body).unwrap())
        .filter(|act: &Value| act["by"] == by.as_str())
        .collect();
    let done: Vec<&str> = acts.iter().map(|act| act["act"].as_str().unwrap()).collect();
    let expected = [
        "reply_saved",
        "reply_removed",
        "skill_added",
        "line_saved",
        "account_added",
        "password_reset",
        "totp_renewed",
        "account_edited",
    ];
    assert_eq!(done, expected);
    let written: String = entries.iter().map(|entry| entry.body.as_str()).collect();
    let log = house.log();
    for secret in [
        made["password"].as_str().unwrap(),
        made["otp_secret"].as_str().unwrap(),
        renewed["password"].as_str().unwrap(),
        factor["otp_secret"].as_str().unwrap(),
        "惊蛰",
        "一句问候",
        "argon2id",
    ] {
        assert!(!written.contains(secret) && !log.contains(secret), "{secret}");
    }
    store.close().await;
}

#[tokio::test]
async fn what_was_saved_is_there_after_a_power_cut() {
    let mut house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut form = line(&house, &admin).await;
    form["name"] = "倾听热线".into();
    form["steps"] = json!([{"skills": [], "widens_after_s": 30}]);
    let saved = put(&house, &admin, "/api/v1/office/lines/12355", form).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    let new = json!({"username": "anna", "alias": "惊蛰", "role": "counselor"});
    let made = admin.call(&house.address, Method::POST, "/api/v1/office/accounts", Some(new)).await;
    let password = made.json()["password"].as_str().unwrap().to_owned();
    house.kill();
    house.resume();
    let admin = Console::open(&house.address, "admin1").await;
    assert_eq!(line(&house, &admin).await, saved.json());
    assert_eq!(look(&house.address, "/api/v1/lines/12355").await.json()["name"], "倾听热线");
    assert_eq!(sign_in(&house.address, "anna", &password, None).await.status, 204);
    assert_eq!(sign_in(&house.address, "anna", PASSWORD, None).await.status, 401);
}

#[tokio::test]
async fn of_two_who_save_at_the_same_moment_one_is_told_what_the_other_wrote() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let other = Console::open(&house.address, "super1").await;
    let path = format!("/api/v1/office/canned-replies/{ID}");
    let first = put(&house, &admin, &path, reply("起初", &Value::Null)).await.json();
    let edition = &first["saved_at"];
    let (one, two) = tokio::join!(
        put(&house, &admin, &path, reply("甲", edition)),
        put(&house, &other, &path, reply("乙", edition)),
    );
    let (won, lost) = if one.status == 200 { (one, two) } else { (two, one) };
    assert_eq!((won.status.as_u16(), lost.status.as_u16()), (200, 409));
    assert_eq!(lost.json()["current"], won.json());
}

#[tokio::test]
async fn a_full_shelf_takes_changes_and_no_more() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path()).await;
    let stored = |number: u128| CannedReply {
        reply: ReplyId::from_number(number),
        title: "开场".to_owned(),
        text: "我在。".to_owned(),
        locale: "zh-CN".to_owned(),
        line: None,
        saved_at: At(1),
    };
    let saves = (1..=500).map(|number| {
        let replies = store.replies();
        async move { replies.save(&stored(number), Act::new(At(1), "test", "it", "test")).await }
    });
    assert!(join_all(saves).await.iter().all(Result::is_ok));
    store.close().await;
    let house = Plan::default().on(data.path()).start();
    let admin = Console::open(&house.address, "admin1").await;
    let path = format!("/api/v1/office/canned-replies/{ID}");
    let refused = put(&house, &admin, &path, reply("再来", &Value::Null)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "limit_reached"));
    let path = format!("/api/v1/office/canned-replies/{}", ReplyId::from_number(7));
    let edition = json!(At(1).rfc3339());
    assert_eq!(put(&house, &admin, &path, reply("改过", &edition)).await.status, 200);
}
