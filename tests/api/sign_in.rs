//! Signing in and out: what is told, what is not, and for how long.

use crate::house::{House, Plan};
use crate::people::{Console, PASSWORD, cookie_of, sign_in};
use crate::shared;
use crate::wire::{Answer, Wire, call, look};
use hyper::Method;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use totp_rs::{Algorithm, Builder};
use xinqiao::accounts::{PasswordCost, password};
use xinqiao::clock::{At, Clock};
use xinqiao::dice;
use xinqiao::ids::AccountId;
use xinqiao::store::accounts::Account;
use xinqiao::store::{Act, Settings, Store};
use xinqiao::veil::Pii;

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn a_sign_in_sets_a_cookie_that_scripts_and_foreign_sites_cannot_use() {
    let answer = sign_in(shared(), "demo3", PASSWORD, None).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    let set = answer.header("set-cookie").to_owned();
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age="] {
        assert!(set.contains(part), "{set}");
    }
    let headers = [("cookie", cookie_of(&answer))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let who = call(shared(), Method::GET, "/api/v1/session", &headers, None).await;
    let who = who.json();
    assert_eq!((&who["username"], &who["role"]), (&json!("demo3"), &json!("counselor")));
    assert!(who["permissions"].as_array().unwrap().contains(&json!("contacts.take")));
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host() {
    let house =
        Plan::default().set("XINQIAO_SERVER__PUBLIC_ORIGIN", "https://xinqiao.test").start();
    let answer = sign_in(&house.address, "demo1", PASSWORD, None).await;
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-xinqiao=") && set.contains("; Secure"), "{set}");
    assert!(!set.contains("Domain"), "{set}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let wrong = sign_in(shared(), "demo4", "not-the-password", None).await;
    let nobody = sign_in(shared(), "nobody-here", "not-the-password", None).await;
    assert_eq!(told(&wrong), (401, "bad_credentials".to_owned()));
    assert_eq!(wrong.text, nobody.text);
    let names = |answer: &Answer| answer.headers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&wrong), names(&nobody));
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn an_account_that_failed_too_often_waits_and_is_let_in_when_the_wait_is_over() {
    let house = Plan::default()
        .set("XINQIAO_ACCOUNTS__LOCK_AFTER_FAILURES", "3")
        .set("XINQIAO_ACCOUNTS__LOCK_FIRST_S", "2")
        .start();
    for _ in 0..3 {
        let answer = sign_in(&house.address, "demo1", "wrong-password", None).await;
        assert_eq!(told(&answer), (401, "bad_credentials".to_owned()));
    }
    let locked = sign_in(&house.address, "demo1", PASSWORD, None).await;
    assert_eq!(told(&locked), (429, "locked_out".to_owned()), "even with the right password");
    let wait_s: u64 = locked.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&wait_s), "{wait_s}");
    assert_eq!(locked.json()["retry_after"], wait_s);
    assert_eq!(sign_in(&house.address, "demo2", PASSWORD, None).await.status, 204, "others enter");

    // The end of the wait is a moment that was told: it is waited for, then it must be true.
    xinqiao::wire_client::pause(std::time::Duration::from_secs(wait_s)).await;
    assert_eq!(sign_in(&house.address, "demo1", PASSWORD, None).await.status, 204);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_sockets() {
    let mut console = Console::open(shared(), "demo5").await;
    let cookie = console.cookie.clone();
    let headers = [("cookie", cookie.as_str())];
    let without = call(shared(), Method::DELETE, "/api/v1/session", &headers, None).await;
    assert_eq!(told(&without), (403, "header_missing".to_owned()));
    let out = console.call(shared(), Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let (frames, code) = console.wire.end().await;
    let bye = frames.last().unwrap();
    assert_eq!((&bye["type"], &bye["reason"], code), (&json!("bye"), &json!("signed_out"), 1000));
    let who = call(shared(), Method::GET, "/api/v1/session", &headers, None).await;
    assert_eq!(told(&who), (401, "sign_in_needed".to_owned()));
    let refused = Wire::open(shared(), "/api/v1/console/socket", &headers).await.err().unwrap();
    assert_eq!(told(&refused), (401, "sign_in_needed".to_owned()));
    let again = console.call(shared(), Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(again.status, 204, "signing out twice is no fault");
}

#[tokio::test]
async fn the_console_needs_a_cookie_of_its_own_house() {
    let other = House::start();
    let foreign = cookie_of(&sign_in(&other.address, "demo1", PASSWORD, None).await);
    for cookie in [foreign.as_str(), "xinqiao=", "xinqiao=x", "other=y"] {
        let headers = [("cookie", cookie)];
        let refused = Wire::open(shared(), "/api/v1/console/socket", &headers).await.err().unwrap();
        assert_eq!(told(&refused), (401, "sign_in_needed".to_owned()), "{cookie}");
    }
    let refused = Wire::open(shared(), "/api/v1/console/socket", &[]).await.err().unwrap();
    assert_eq!(told(&refused), (401, "sign_in_needed".to_owned()));
    assert_eq!(told(&look(shared(), "/api/v1/session").await).0, 401);
}

#[tokio::test]
async fn a_sign_in_that_is_not_understood_names_the_field_and_repeats_nothing() {
    let path = "/api/v1/session";
    for body in [r#"{"username":"demo1"}"#, r#"{"password":"geheim-geheim"}"#, "geheim", ""] {
        let answer = call(shared(), Method::POST, path, &[], Some(body.to_owned())).await;
        assert_eq!(told(&answer), (400, "bad_request".to_owned()), "{body}");
        assert!(!answer.text.contains("geheim"), "{}", answer.text);
    }
    let long = json!({"username": "demo1", "password": "x".repeat(1_001)}).to_string();
    let answer = call(shared(), Method::POST, path, &[], Some(long)).await;
    assert_eq!(told(&answer), (422, "field_too_long".to_owned()));
}

#[tokio::test]
async fn a_flood_of_sign_ins_from_one_source_is_told_when_to_come_back() {
    // One token a minute: however slow the hashing, the bucket is still empty.
    let house = Plan::default()
        .set("XINQIAO_LIMITS__SIGN_INS_PER_SOURCE_BURST", "3")
        .set("XINQIAO_LIMITS__SIGN_INS_PER_SOURCE_PER_MIN", "1")
        .start();
    for _ in 0..3 {
        sign_in(&house.address, "nobody", "not-the-password", None).await;
    }
    let flood = sign_in(&house.address, "demo1", PASSWORD, None).await;
    assert_eq!(told(&flood), (429, "rate_limited".to_owned()));
    assert_ne!(flood.header("retry-after"), "");
}

const SECRET: &[u8; 20] = b"12345678901234567890";
const OWN_PASSWORD: &str = "一个很长的口令 x7";

/// Two accounts beside no demo: a supervisor with a second factor and one without.
async fn staff(data: &Path) {
    std::fs::create_dir_all(data).unwrap();
    let url = format!("sqlite:{}", data.join("xinqiao.db").display());
    let settings = Settings { url, ..Settings::default() };
    let store = Store::open(&settings, Arc::new(|_| ())).await.unwrap();
    let at = Clock::system().now();
    let cost = PasswordCost { memory_kib: 8_192, passes: 1, lanes: 1 };
    for (username, role, secret) in [
        ("qingsong", "supervisor", Some(SECRET.to_vec())),
        ("baihua", "supervisor", None),
        ("xiaoman", "counselor", None),
        ("shenji", "auditor", None),
    ] {
        let account = Account {
            account: AccountId(dice::uuid(at)),
            username: username.to_owned(),
            display_alias: username.to_owned(),
            password_hash: password::hash(&Pii::new(OWN_PASSWORD.to_owned()), cost).unwrap(),
            totp_secret: secret.map(Pii::new),
            role: role.to_owned(),
            failed_count: 0,
            locked_until: None,
            disabled: false,
            demo: false,
            created_at: at,
        };
        let act = Act { at, body: json!({"act": "test_account"}).to_string() };
        store.accounts().add(&account, act).await.unwrap();
    }
    store.close().await;
}

fn otp(at: At) -> String {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6);
    let totp = builder.with_step_duration(30).with_skew(0).with_secret(SECRET.to_vec()).build();
    totp.unwrap().generate(u64::try_from(at.0 / 1_000).unwrap()).to_string()
}

#[tokio::test]
async fn outside_the_demo_a_supervisor_needs_a_one_time_code_and_each_counts_once() {
    let data = tempfile::tempdir().unwrap();
    staff(data.path()).await;
    let house = Plan::default().on(data.path()).bare().start();
    let enter = |username: &'static str, otp: Option<String>| {
        let address = house.address.clone();
        async move { sign_in(&address, username, OWN_PASSWORD, otp.as_deref()).await }
    };
    assert_eq!(told(&enter("baihua", None).await), (401, "otp_not_set_up".to_owned()));
    assert_eq!(told(&enter("qingsong", None).await), (401, "otp_required".to_owned()));
    assert_eq!(enter("xiaoman", None).await.status, 204, "a counselor may do without");
    let wrong = sign_in(&house.address, "qingsong", "wrong-password", None).await;
    assert_eq!(told(&wrong), (401, "bad_credentials".to_owned()), "no code is asked for a guess");

    let now = Clock::system().now();
    assert_eq!(told(&enter("qingsong", Some(otp(At(now.0 - 300_000)))).await).1, "bad_credentials");
    let code = otp(now);
    assert_eq!(enter("qingsong", Some(code.clone())).await.status, 204);
    let replayed = enter("qingsong", Some(code)).await;
    assert_eq!(told(&replayed), (401, "bad_credentials".to_owned()), "a code counts once");
}

#[tokio::test]
async fn an_auditor_takes_no_contacts_and_switches_nothing() {
    let data = tempfile::tempdir().unwrap();
    staff(data.path()).await;
    let house = Plan::default().on(data.path()).bare().start();
    let cookie = cookie_of(&sign_in(&house.address, "shenji", OWN_PASSWORD, None).await);
    let mut console = Console::reopen(&house.address, cookie).await;
    for frame in [
        json!({"type": "presence", "presence": "available"}),
        json!({"type": "outage", "line": "12355", "on": true}),
        json!({"type": "log_out", "counselor_id": console.id()}),
        json!({"type": "close", "contact_id": console.id()}),
    ] {
        console.wire.say(frame.clone()).await;
        assert_eq!(console.wire.until("error").await["code"], "forbidden", "{frame}");
    }
    let note = json!({"text": "x", "outcome": null});
    let path = format!("/api/v1/contacts/{}/note", console.id());
    let answer = console.call(&house.address, Method::PUT, &path, Some(note)).await;
    assert_eq!(told(&answer), (403, "forbidden".to_owned()));
    console.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    console.wire.until("queue_health").await;
}
