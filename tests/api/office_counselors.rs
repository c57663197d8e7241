//! Counselors, skills and roles over HTTP, and what a shift feels of a save.

use crate::house::House;
use crate::people::{Console, Seeker};
use crate::wire::{Answer, look};
use hyper::Method;
use serde_json::{Value, json};

const COUNSELORS: &str = "/api/v1/office/counselors";

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

async fn counselor(house: &House, admin: &Console, username: &str) -> Value {
    let all = admin.call(&house.address, Method::GET, COUNSELORS, None).await.json();
    all.as_array().unwrap().iter().find(|one| one["username"] == username).unwrap().clone()
}

async fn put(house: &House, admin: &Console, counselor: &Value) -> Answer {
    let path = format!("{COUNSELORS}/{}", counselor["counselor_id"].as_str().unwrap());
    admin.call(&house.address, Method::PUT, &path, Some(counselor.clone())).await
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(told(answer), (422, "bad_form".to_owned()));
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    let faults = answer.json()["faults"].clone();
    faults.as_array().unwrap().iter().map(|f| (text(f, "field"), text(f, "code"))).collect()
}

#[tokio::test]
async fn a_counselor_who_learned_a_skill_is_asked_first() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut first = Console::available(&house.address, "demo1").await;
    let mut skilled = Console::available(&house.address, "demo2").await;
    // Only demo2 keeps any skill with adolescents, so the first step of 12355 means demo2.
    for (username, skills) in
        [("demo1", json!([])), ("demo2", json!([{"skill": "adolescents", "level": 5}]))]
    {
        let mut form = counselor(&house, &admin, username).await;
        form["skills"] = skills.clone();
        let saved = put(&house, &admin, &form).await;
        assert_eq!((saved.status.as_u16(), &saved.json()["skills"]), (200, &skills), "{saved:?}");
    }
    let _seeker = Seeker::reach_out(&house.address, "12355").await;
    skilled.wire.until("offer").await;
    assert!(first.wire.so_far().await.iter().all(|frame| frame["type"] != "offer"));
}

#[tokio::test]
async fn a_removed_counselors_talk_goes_back_to_the_queue() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut console = Console::available(&house.address, "demo1").await;
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    console.accept_next().await;
    seeker.wire.until("connected").await;
    let mut next = Console::available(&house.address, "demo2").await;
    let mut form = counselor(&house, &admin, "demo1").await;
    form["removed"] = true.into();
    let saved = put(&house, &admin, &form).await;
    assert_eq!(saved.json()["removed"], true, "{saved:?}");
    assert_eq!(next.accept_next().await["contact_id"], seeker.contact.as_str());
    // And back: whoever returns to the team is offered contacts again.
    let mut form = counselor(&house, &admin, "demo1").await;
    form["removed"] = false.into();
    assert_eq!(put(&house, &admin, &form).await.status, 200);
    next.wish("away").await;
    let mut console = Console::reopen(&house.address, console.cookie).await;
    console.wish("available").await;
    let _another = Seeker::reach_out(&house.address, "12355").await;
    console.accept_next().await;
}

#[tokio::test]
async fn a_new_alias_is_what_seekers_and_colleagues_see() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let mut form = counselor(&house, &admin, "demo1").await;
    form["alias"] = "惊蛰".into();
    let saved = put(&house, &admin, &form).await;
    assert_eq!(saved.json()["alias"], "惊蛰", "{saved:?}");
    let late = put(&house, &admin, &form).await;
    assert_eq!(told(&late), (409, "changed_meanwhile".to_owned()));
    assert_eq!(late.json()["current"], saved.json());
    let mut console = Console::available(&house.address, "demo1").await;
    assert_eq!(console.welcome["counselor"]["alias"], "惊蛰");
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    console.accept_next().await;
    assert_eq!(seeker.wire.until("connected").await["counselor"], "惊蛰");
}

#[tokio::test]
async fn a_profile_that_makes_no_sense_says_all_its_faults() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let other = counselor(&house, &admin, "demo2").await;
    let mut form = counselor(&house, &admin, "demo1").await;
    form["alias"] = other["alias"].clone();
    form["chats_max"] = 21.into();
    form["skills"] = json!([
        {"skill": "english", "level": 0}, {"skill": "tarot", "level": 1},
        {"skill": "english", "level": 1},
    ]);
    let expected = [
        ("alias", "taken"),
        ("skills.2", "repeated"),
        ("skills.0.level", "out_of_range"),
        ("skills.1.skill", "unknown"),
        ("chats_max", "out_of_range"),
    ];
    let said = faults(&put(&house, &admin, &form).await);
    assert_eq!(said, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    form["counselor_id"] = "00000000-0000-7000-8000-000000000000".into();
    assert_eq!(told(&put(&house, &admin, &form).await), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_skill_is_added_renamed_and_asked_for_at_the_door() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let put = async |code: &str, name: &str| {
        let path = format!("/api/v1/office/skills/{code}");
        let form = json!({"name": name, "name_en": "Hakka"});
        admin.call(&house.address, Method::PUT, &path, Some(form)).await
    };
    let added = put("dialect_hakka", "客家话").await;
    assert_eq!(added.status, 200, "{added:?}");
    let renamed = put("dialect_hakka", "客家话（铜鼓）").await.json();
    assert_eq!(renamed["skill_id"], added.json()["skill_id"], "the number stays");
    let skills = admin.call(&house.address, Method::GET, "/api/v1/office/skills", None).await;
    assert!(skills.json().as_array().unwrap().contains(&renamed));
    let door = look(&house.address, "/api/v1/lines/12355").await.json();
    let asks = door["asks"].as_array().unwrap();
    assert!(asks.iter().any(|ask| ask["name"] == "客家话（铜鼓）"), "{door}");
    let said = faults(&put("Hakka!", " ").await);
    let fault = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    assert_eq!(said, [fault("code", "bad_shape"), fault("name", "required")]);
    assert_eq!(faults(&put("hakka", "英语").await), [fault("name", "taken")]);
}

#[tokio::test]
async fn the_roles_say_what_they_allow() {
    let house = House::start();
    let admin = Console::open(&house.address, "admin1").await;
    let roles = admin.call(&house.address, Method::GET, "/api/v1/office/roles", None).await.json();
    let may = |code: &str, permission: &str| {
        let role = roles.as_array().unwrap().iter().find(|role| role["role"] == code).unwrap();
        role["permissions"].as_array().unwrap().contains(&json!(permission))
    };
    assert!(may("administrator", "replies.edit") && may("supervisor", "replies.edit"));
    assert!(!may("counselor", "replies.edit") && may("counselor", "contacts.take"));
}
