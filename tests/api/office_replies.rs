//! Canned replies over HTTP: read by everybody at work, written by those who may, never lost.

use crate::house::House;
use crate::people::{Console, cookie_of, sign_in};
use crate::shared;
use crate::wire::{Answer, call, look};
use hyper::Method;
use serde_json::{Value, json};

const ID: &str = "019abb00-0000-7000-8000-00000000000a";

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

fn path(reply: &str) -> String {
    format!("/api/v1/office/canned-replies/{reply}")
}

fn form() -> Value {
    json!({
        "title": "慢慢来", "text": "不着急，我在。", "locale": "zh-CN", "line": "12355",
        "saved_at": null,
    })
}

async fn list(address: &str, console: &Console) -> Vec<Value> {
    let answer = console.call(address, Method::GET, "/api/v1/canned-replies", None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn everybody_at_work_reads_the_replies_and_nobody_else() {
    let nobody = look(shared(), "/api/v1/canned-replies").await;
    assert_eq!(told(&nobody), (401, "sign_in_needed".to_owned()));
    let house = House::start();
    let console = Console::open(&house.address, "demo1").await;
    let replies = list(&house.address, &console).await;
    let said = |locale: &str, word: &str| {
        replies.iter().any(|reply| {
            reply["locale"] == locale && reply["text"].as_str().unwrap().contains(word)
        })
    };
    assert!(replies.len() >= 20, "{}", replies.len());
    for number in ["110", "120", "12356"] {
        assert!(said("zh-CN", number) && said("en", number), "{number}");
    }
    assert_eq!(replies[0]["title"], "开场", "in the order they were written");
}

#[tokio::test]
async fn a_reply_is_written_changed_and_taken_away() {
    let house = House::start();
    let console = Console::open(&house.address, "super1").await;
    let put =
        async |form: Value| console.call(&house.address, Method::PUT, &path(ID), Some(form)).await;
    let made = put(form()).await;
    assert_eq!(made.status, 200, "{made:?}");
    let made = made.json();
    assert_eq!((&made["reply_id"], &made["line"]), (&json!(ID), &json!("12355")));
    assert!(list(&house.address, &console).await.contains(&made));
    let mut again = form();
    again["line"] = Value::Null;
    again["saved_at"] = made["saved_at"].clone();
    let changed = put(again.clone()).await.json();
    assert_eq!(changed["line"], Value::Null);
    assert_ne!(changed["saved_at"], made["saved_at"], "a new edition has a new name");
    for older in [again, form()] {
        let refused = put(older).await;
        assert_eq!(told(&refused), (409, "changed_meanwhile".to_owned()));
        assert_eq!(refused.json()["current"], changed, "nothing is lost");
    }
    for _ in 0..2 {
        let gone = console.call(&house.address, Method::DELETE, &path(ID), None).await;
        assert_eq!(gone.status, 204, "{gone:?}");
    }
    assert!(list(&house.address, &console).await.iter().all(|reply| reply["reply_id"] != ID));
}

#[tokio::test]
async fn a_form_says_all_its_faults_at_once_and_saves_nothing() {
    let house = House::start();
    let console = Console::open(&house.address, "admin1").await;
    let bad = json!({
        "title": " ", "text": "长".repeat(1_001), "locale": "fr", "line": "10086", "saved_at": null,
    });
    let answer = console.call(&house.address, Method::PUT, &path("me"), Some(bad)).await;
    assert_eq!(told(&answer), (422, "bad_form".to_owned()));
    let faults = answer.json()["faults"].as_array().unwrap().clone();
    let said: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("reply_id", "bad_shape"),
        ("title", "required"),
        ("text", "too_long"),
        ("locale", "unknown"),
        ("line", "unknown"),
    ];
    assert_eq!(said, expected);
    assert!(faults.iter().all(|fault| fault["message_zh"] != "" && fault["message"] != ""));
    assert!(!answer.text.contains("10086"), "a fault never repeats what was sent");
}

#[tokio::test]
async fn who_may_not_write_replies_is_refused() {
    let address = shared();
    let cookie = cookie_of(&sign_in(address, "demo9", "xinqiao-demo", None).await);
    let ours = [("cookie", cookie.as_str()), ("x-requested-with", "xinqiao")];
    for (method, body) in [(Method::PUT, Some(form().to_string())), (Method::DELETE, None)] {
        let refused = call(address, method.clone(), &path(ID), &ours, body.clone()).await;
        assert_eq!(told(&refused), (403, "forbidden".to_owned()));
        let headers = [("cookie", cookie.as_str())];
        let foreign = call(address, method, &path(ID), &headers, body).await;
        assert_eq!(told(&foreign), (403, "header_missing".to_owned()));
    }
}
