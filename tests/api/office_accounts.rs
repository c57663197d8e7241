//! Accounts over HTTP: made, changed, closed, and what their people feel of it.

use crate::house::House;
use crate::people::{Console, PASSWORD, Seeker, cookie_of, sign_in};
use crate::shared;
use crate::wire::{Answer, Wire, call, look};
use hyper::Method;
use serde_json::{Value, json};
use std::time::Duration;
use xinqiao::wire_client::pause;

const ACCOUNTS: &str = "/api/v1/office/accounts";

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

/// An administrator with a cookie and no console.
struct Admin<'a> {
    address: &'a str,
    cookie: String,
}

impl<'a> Admin<'a> {
    async fn of(house: &'a House) -> Self {
        let address = house.address.as_str();
        Self { address, cookie: cookie_of(&sign_in(address, "admin1", PASSWORD, None).await) }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("x-requested-with", "xinqiao")];
        call(self.address, method, path, &headers, body.map(|body| body.to_string())).await
    }

    async fn account(&self, username: &str) -> Value {
        let all = self.call(Method::GET, ACCOUNTS, None).await.json();
        all.as_array().unwrap().iter().find(|one| one["username"] == username).unwrap().clone()
    }

    async fn path(&self, username: &str) -> String {
        format!("{ACCOUNTS}/{}", self.account(username).await["account_id"].as_str().unwrap())
    }

    async fn patch(&self, username: &str, change: Value) -> Answer {
        self.call(Method::PATCH, &self.path(username).await, Some(change)).await
    }

    async fn make(&self, username: &str, alias: &str, role: &str) -> Answer {
        let new = json!({"username": username, "alias": alias, "role": role});
        self.call(Method::POST, ACCOUNTS, Some(new)).await
    }
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(told(answer), (422, "bad_form".to_owned()));
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    let faults = answer.json()["faults"].clone();
    faults.as_array().unwrap().iter().map(|f| (text(f, "field"), text(f, "code"))).collect()
}

#[tokio::test]
async fn a_new_counselor_signs_in_and_takes_the_next_contact() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let made = admin.make("anna", " 惊蛰 ", "counselor").await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!((&made["otp_uri"], &made["otp_secret"]), (&Value::Null, &Value::Null));
    let password = made["password"].as_str().unwrap();
    let signed_in = sign_in(&house.address, "anna", password, None).await;
    let mut console = Console::reopen(&house.address, cookie_of(&signed_in)).await;
    assert_eq!(console.welcome["counselor"]["alias"], "惊蛰");
    console.wish("available").await;
    // On shift already: a skill that the office gives now is asked for by the next contact.
    let path = format!("/api/v1/office/counselors/{}", console.id());
    let counselors = admin.call(Method::GET, "/api/v1/office/counselors", None).await.json();
    let own = |one: &&Value| one["username"] == "anna";
    let mut form = counselors.as_array().unwrap().iter().find(own).unwrap().clone();
    form["skills"] = json!([{"skill": "adolescents", "level": 3}]);
    assert_eq!(admin.call(Method::PUT, &path, Some(form)).await.status, 200);
    let _seeker = Seeker::reach_out(&house.address, "12355").await;
    console.accept_next().await;
    let account = admin.account("anna").await;
    assert_eq!((&account["role"], &account["disabled"]), (&json!("counselor"), &json!(false)));
    let shown = admin.call(Method::GET, ACCOUNTS, None).await.text;
    assert!(!shown.contains(password) && !shown.contains("argon2"), "no secret is ever listed");
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_gets_one_that_works() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let made = admin.make("boss", "主任", "administrator").await.json();
    let password = made["password"].as_str().unwrap();
    let secret = made["otp_secret"].as_str().unwrap();
    assert!(made["otp_uri"].as_str().unwrap().contains(secret));
    let refused = sign_in(&house.address, "boss", password, None).await;
    assert_eq!(told(&refused), (401, "otp_required".to_owned()));
    assert_eq!(admin.account("boss").await["has_second_factor"], true);
    let path = format!("{}/second-factor", admin.path("boss").await);
    let renewed = admin.call(Method::POST, &path, None).await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    assert_ne!(renewed.json()["otp_secret"], secret);
}

#[tokio::test]
async fn a_disabled_accounts_socket_closes_and_its_talk_goes_back_to_the_queue() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let mut console = Console::available(&house.address, "demo1").await;
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    console.accept_next().await;
    seeker.wire.until("connected").await;
    let mut next = Console::available(&house.address, "demo2").await;
    let closed = admin.patch("demo1", json!({"disabled": true})).await;
    assert_eq!((closed.status.as_u16(), &closed.json()["disabled"]), (200, &json!(true)));
    let (frames, code) = console.wire.end().await;
    assert_eq!(frames.last().unwrap()["reason"], "signed_out");
    assert_eq!(code, 1000);
    let again = next.accept_next().await;
    assert_eq!(again["contact_id"], seeker.contact.as_str(), "nobody is lost");
    let headers = [("cookie", console.cookie.as_str())];
    let refused = Wire::open(&house.address, "/api/v1/console/socket", &headers).await.err();
    assert_eq!(told(&refused.unwrap()), (401, "sign_in_needed".to_owned()));
    let refused = sign_in(&house.address, "demo1", PASSWORD, None).await;
    assert_eq!(told(&refused), (401, "bad_credentials".to_owned()));
    assert_eq!(admin.patch("demo1", json!({"disabled": false})).await.status, 200);
    assert_eq!(sign_in(&house.address, "demo1", PASSWORD, None).await.status, 204);
}

#[tokio::test]
async fn a_socket_that_opens_while_its_account_is_disabled_does_not_outlive_it() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let path = admin.path("demo1").await;
    let mut opened = 0;
    for round in 0..40 {
        let cookie = cookie_of(&sign_in(&house.address, "demo1", PASSWORD, None).await);
        let headers = [("cookie", cookie.as_str())];
        let opening = Wire::open(&house.address, "/api/v1/console/socket", &headers);
        let closing = async {
            pause(Duration::from_micros(100 * round)).await;
            admin.call(Method::PATCH, &path, Some(json!({"disabled": true}))).await
        };
        let (opening, closing) = tokio::join!(opening, closing);
        assert_eq!(closing.status, 200);
        if let Ok(mut wire) = opening {
            opened += 1;
            let (frames, _) = wire.end().await;
            assert_eq!(frames.last().unwrap()["reason"], "signed_out", "round {round}");
        }
        let opened_again = admin.call(Method::PATCH, &path, Some(json!({"disabled": false}))).await;
        assert_eq!(opened_again.status, 200);
    }
    assert!(opened > 0, "none of 40 sockets came before its account was disabled");
}

#[tokio::test]
async fn a_new_password_ends_the_old_one_and_every_session() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let mut console = Console::open(&house.address, "demo1").await;
    let path = format!("{}/password", admin.path("demo1").await);
    let renewed = admin.call(Method::POST, &path, None).await;
    let password = renewed.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(console.wire.end().await.1, 1000);
    let headers = [("cookie", console.cookie.as_str())];
    let session = call(&house.address, Method::GET, "/api/v1/session", &headers, None).await;
    assert_eq!(told(&session), (401, "sign_in_needed".to_owned()));
    let old = sign_in(&house.address, "demo1", PASSWORD, None).await;
    assert_eq!(told(&old), (401, "bad_credentials".to_owned()));
    assert_eq!(sign_in(&house.address, "demo1", &password, None).await.status, 204);
}

#[tokio::test]
async fn another_role_brings_its_rights_at_once() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let mut console = Console::open(&house.address, "demo1").await;
    console.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    assert_eq!(console.wire.until("error").await["code"], "forbidden");
    let changed = admin.patch("demo1", json!({"role": "supervisor", "alias": "青梅"})).await;
    assert_eq!(changed.json()["role"], "supervisor", "{changed:?}");
    let (frames, _) = console.wire.end().await;
    assert_eq!(frames.last().unwrap()["reason"], "restarting", "come back");
    let mut console = Console::reopen(&house.address, console.cookie).await;
    assert_eq!(console.welcome["counselor"]["alias"], "青梅");
    console.wire.say(json!({"type": "subscribe", "topic": "queue_health"})).await;
    console.wire.until("queue_health").await;
    // An auditor takes no contacts: the profile is kept, and takes no part.
    assert_eq!(admin.patch("demo1", json!({"role": "auditor"})).await.status, 200);
    let counselors = admin.call(Method::GET, "/api/v1/office/counselors", None).await.json();
    let own = |one: &&Value| one["username"] == "demo1";
    let removed = counselors.as_array().unwrap().iter().find(own).unwrap().clone();
    assert_eq!((&removed["removed"], &removed["alias"]), (&json!(true), &json!("青梅")));
    let path = format!("/api/v1/office/counselors/{}", removed["counselor_id"].as_str().unwrap());
    let mut form = removed;
    form["removed"] = false.into();
    let refused = admin.call(Method::PUT, &path, Some(form)).await;
    assert_eq!(faults(&refused), [("removed".to_owned(), "fixed".to_owned())]);
}

#[tokio::test]
async fn an_administrator_always_remains() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    for change in [json!({"disabled": true}), json!({"role": "supervisor"})] {
        let refused = admin.patch("admin1", change).await;
        assert_eq!(told(&refused), (409, "last_administrator".to_owned()));
    }
    assert_eq!(admin.patch("super1", json!({"role": "administrator"})).await.status, 200);
    for change in [json!({"disabled": true}), json!({"role": "supervisor"})] {
        let refused = admin.patch("admin1", change).await;
        assert_eq!(told(&refused), (409, "own_account".to_owned()));
    }
    assert_eq!(admin.patch("super1", json!({"disabled": true})).await.status, 200);
}

#[tokio::test]
async fn an_account_that_makes_no_sense_is_not_made() {
    let house = House::start();
    let admin = Admin::of(&house).await;
    let fault = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    let said = faults(&admin.make("An Na", " ", "king").await);
    let expected =
        [fault("username", "bad_shape"), fault("alias", "required"), fault("role", "unknown")];
    assert_eq!(said, expected);
    let taken = admin.account("demo2").await["alias"].as_str().unwrap().to_owned();
    let said = faults(&admin.make("demo1", &taken, "counselor").await);
    assert_eq!(said, [fault("username", "taken"), fault("alias", "taken")]);
    let said = faults(&admin.patch("demo1", json!({"alias": taken, "role": "king"})).await);
    assert_eq!(said, [fault("alias", "taken"), fault("role", "unknown")]);
    let nobody = format!("{ACCOUNTS}/00000000-0000-7000-8000-000000000000");
    for (method, path, body) in [
        (Method::PATCH, nobody.clone(), Some(json!({}))),
        (Method::PATCH, format!("{ACCOUNTS}/me"), Some(json!({}))),
        (Method::POST, format!("{nobody}/password"), None),
        (Method::POST, format!("{nobody}/second-factor"), None),
    ] {
        let refused = admin.call(method, &path, body).await;
        assert_eq!(told(&refused), (404, "not_found".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn who_may_not_edit_accounts_is_refused_everywhere() {
    let address = shared();
    let id = "00000000-0000-7000-8000-000000000000";
    for username in ["demo9", "super1"] {
        let cookie = cookie_of(&sign_in(address, username, PASSWORD, None).await);
        let ours = [("cookie", cookie.as_str()), ("x-requested-with", "xinqiao")];
        for (method, path) in [
            (Method::GET, ACCOUNTS.to_owned()),
            (Method::POST, ACCOUNTS.to_owned()),
            (Method::PATCH, format!("{ACCOUNTS}/{id}")),
            (Method::POST, format!("{ACCOUNTS}/{id}/password")),
            (Method::POST, format!("{ACCOUNTS}/{id}/second-factor")),
            (Method::GET, "/api/v1/office/roles".to_owned()),
            (Method::GET, "/api/v1/office/skills".to_owned()),
            (Method::PUT, "/api/v1/office/skills/x".to_owned()),
            (Method::GET, "/api/v1/office/counselors".to_owned()),
            (Method::PUT, format!("/api/v1/office/counselors/{id}")),
        ] {
            let refused = call(address, method, &path, &ours, Some("{}".to_owned())).await;
            assert_eq!(told(&refused), (403, "forbidden".to_owned()), "{username} {path}");
        }
    }
    assert_eq!(told(&look(address, ACCOUNTS).await), (401, "sign_in_needed".to_owned()));
}
