//! Planted secrets, searched for afterwards in everything the house says and writes.

use crate::house::{House, Plan};
use crate::people::{Console, PASSWORD, cookie_of, sign_in};
use crate::wire::{Wire, call, look};
use hyper::Method;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::path::Path;
use tokio_tungstenite::tungstenite::Message;

const SOURCE: &str = "203.0.113.77";
const PHONE: &str = "13987654321";
const SEEKER_TEXT: &str = "七号秘密 不想让任何人知道 13987654321";
const COUNSELOR_TEXT: &str = "八号秘密 咨询员说的";
const NOTE: &str = "九号秘密 记录里写的";
const TRANSFER_NOTE: &str = "十号秘密 交接里写的";
const REFUSED: &str = "十一号秘密 没有保存的";
const WRONG_PASSWORD: &str = "十二号秘密 输错的口令";

struct Planted {
    token: String,
    /// The words between spaces, and as somebody types them.
    phrases: [String; 2],
    cookie: String,
}

/// A night with secrets in every place where one can be.
async fn plant(house: &House) -> Planted {
    let address = house.address.as_str();
    let source = [("x-forwarded-for", SOURCE)];
    let mut console = Console::available(address, "demo1").await;
    let body = json!({"line": "12355", "channel": "chat"}).to_string();
    let made = call(address, Method::POST, "/api/v1/contacts", &source, Some(body)).await.json();
    let (contact, token) = (
        made["contact_id"].as_str().unwrap().to_owned(),
        made["token"].as_str().unwrap().to_owned(),
    );
    let path = format!("/api/v1/contacts/{contact}/socket");
    let mut wire = Wire::open(address, &path, &source).await.unwrap();
    wire.say(json!({"type": "hello", "token": token, "last_seq": 0})).await;
    console.accept_next().await;
    wire.say(json!({"type": "message", "client_id": "s1", "text": SEEKER_TEXT})).await;
    wire.until("ack").await;
    wire.say(json!({"type": "message", "client_id": "s2", "text": format!("{REFUSED}\0")})).await;
    wire.until("error").await;
    for odd in [
        format!(r#"{{"type":"{REFUSED}"}}"#),
        format!(r#"{{"type":"message","client_id":7,"text":"{REFUSED}"}}"#),
        REFUSED.to_owned(),
    ] {
        wire.send(Message::text(odd)).await;
        wire.until("error").await;
    }
    console.write(&contact, "c1", COUNSELOR_TEXT).await;
    console.wire.until("ack").await;
    let note = json!({"text": NOTE, "outcome": null});
    let path = format!("/api/v1/contacts/{contact}/note");
    assert_eq!(console.call(address, Method::PUT, &path, Some(note)).await.status, 204);
    let odd = json!({"text": REFUSED, "outcome": REFUSED});
    assert_eq!(console.call(address, Method::PUT, &path, Some(odd)).await.status, 422);
    let transfer = json!({"type": "transfer", "contact_id": contact, "to": {"line": "966525"}, "note": TRANSFER_NOTE});
    console.wire.say(transfer).await;
    console.wire.until("contact_state").await;
    let phrases = plant_phrase(address, &contact, &token).await;
    odd_calls(address).await;
    Planted { token, phrases, cookie: console.cookie.split_once('=').unwrap().1.to_owned() }
}

/// A return phrase that is made, and used again as typed without spaces.
async fn plant_phrase(address: &str, contact: &str, token: &str) -> [String; 2] {
    let bearer = format!("Bearer {token}");
    let path = format!("/api/v1/contacts/{contact}/return-phrase");
    let headers = [("x-forwarded-for", SOURCE), ("authorization", bearer.as_str())];
    let made = call(address, Method::POST, &path, &headers, None).await.json();
    let phrase = made["return_phrase"].as_str().unwrap().to_owned();
    let typed = phrase.replace(' ', "");
    let body = json!({"line": "12355", "channel": "chat", "return_phrase": typed}).to_string();
    let source = [("x-forwarded-for", SOURCE)];
    let back = call(address, Method::POST, "/api/v1/contacts", &source, Some(body)).await;
    assert_eq!(back.status, 201);
    [phrase, typed]
}

/// Secrets where none belongs: in bodies that are refused, addresses and passwords.
async fn odd_calls(address: &str) {
    let source = [("x-forwarded-for", SOURCE)];
    for body in [
        json!({"line": REFUSED, "channel": "chat"}),
        json!({"line": "12355", "channel": REFUSED}),
        json!({"line": "12355", "channel": "chat", "return_phrase": REFUSED}),
        json!({"line": "12355", "channel": "chat", "screening": format!("\"{REFUSED}")}),
        json!({"line": PHONE.parse::<u64>().unwrap(), "channel": "chat"}),
    ] {
        let body = Some(body.to_string());
        let answer = call(address, Method::POST, "/api/v1/contacts", &source, body).await;
        assert!(answer.status.is_client_error());
        assert!(!answer.text.contains("秘密") && !answer.text.contains(PHONE), "{}", answer.text);
    }
    look(address, &format!("/api/v1/lines/{PHONE}?phone={PHONE}")).await;
    look(address, &format!("/{PHONE}")).await;
    let failed = sign_in(address, "demo2", WRONG_PASSWORD, None).await;
    assert_eq!(failed.status, 401);
    assert_eq!(sign_in(address, WRONG_PASSWORD, WRONG_PASSWORD, None).await.status, 401);
    let again = cookie_of(&sign_in(address, "demo2", PASSWORD, None).await);
    assert!(again.starts_with("xinqiao="));
}

#[tokio::test]
async fn no_planted_secret_is_in_logs_figures_or_names_and_texts_are_only_where_texts_belong() {
    // At the loudest that an operator would turn it, and with everything the house itself can say.
    let mut house = Plan::default().set("XINQIAO_LOG__FILTER", "debug,xinqiao=trace").start();
    let planted = plant(&house).await;
    let figures = look(&house.address, "/metrics").await.text;
    house.terminate();
    assert_eq!(house.wait().code(), Some(0));
    let log = house.log();
    assert!(log.lines().count() > 5, "the log says something");
    let secrets =
        [PHONE, "秘密", SOURCE, PASSWORD, planted.token.as_str(), planted.cookie.as_str()];
    for secret in secrets.into_iter().chain(planted.phrases.iter().map(String::as_str)) {
        assert!(!log.contains(secret), "{secret} is in the log:\n{}", around(&log, secret));
        assert!(!figures.contains(secret), "{secret} is in /metrics");
    }
    files_hold_what_they_may(house.data(), &planted);
    for (secret, allowed) in [
        ("七号秘密", &["messages"][..]),
        ("八号秘密", &["messages"]),
        ("九号秘密", &["notes"]),
        ("十号秘密", &["notes"]),
        ("十一号秘密", &[]),
        ("十二号秘密", &[]),
        (PHONE, &["messages"]),
        (SOURCE, &[]),
    ] {
        let found = tables_with(&house.data().join("xinqiao.db"), secret).await;
        assert_eq!(found, allowed, "{secret}");
    }
}

fn around(log: &str, secret: &str) -> String {
    log.lines().filter(|line| line.contains(secret)).take(3).collect::<Vec<_>>().join("\n")
}

/// Tokens, cookies and passwords are in no file, and no file is named after anything private.
fn files_hold_what_they_may(data: &Path, planted: &Planted) {
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.is_ascii() && !name.contains(PHONE), "{name}");
        let bytes = std::fs::read(&path).unwrap();
        let [phrase, typed] = &planted.phrases;
        for secret in [
            &planted.token,
            &planted.cookie,
            phrase,
            typed,
            PASSWORD,
            WRONG_PASSWORD,
            REFUSED,
            SOURCE,
        ] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{name} holds a secret in clear: {secret}");
        }
    }
}

/// The tables with a column that holds this text.
async fn tables_with(file: &Path, text: &str) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection: SqliteConnection = options.connect().await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql =
            format!("SELECT count(*) FROM {table} WHERE instr(CAST({column} AS TEXT), $1) > 0");
        let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(text);
        if query.fetch_one(&mut connection).await.unwrap() > 0 && !found.contains(&table) {
            found.push(table);
        }
    }
    found
}
