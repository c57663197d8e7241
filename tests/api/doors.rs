//! HTTP as it is to everybody: faults, documents, headers, pages, figures.

use crate::house::Plan;
use crate::shared;
use crate::wire::{Answer, call, look, try_call};
use hyper::Method;
use serde_json::{Value, json};

const CONTACTS: &str = "/api/v1/contacts";

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

async fn post(body: impl Into<String>) -> Answer {
    call(shared(), Method::POST, CONTACTS, &[], Some(body.into())).await
}

#[tokio::test]
async fn every_fault_of_a_knock_is_a_problem_with_a_stable_code() {
    let knock = |line: &str, channel: &str| json!({"line": line, "channel": channel}).to_string();
    let asks = json!({"line": "12355", "channel": "chat", "asks": ["a_unicorn"]}).to_string();
    let campaign = "c".repeat(65);
    let long = json!({"line": "12355", "channel": "chat", "campaign": campaign}).to_string();
    for (body, status, code) in [
        (knock("10086", "chat"), 404, "unknown_line"),
        (knock("", "chat"), 404, "unknown_line"),
        (knock("12355", "pigeon"), 422, "unknown_channel"),
        (asks, 422, "unknown_ask"),
        (long, 422, "field_too_long"),
        ("{".to_owned(), 400, "bad_request"),
        ("[]".to_owned(), 400, "bad_request"),
        (r#"{"line":12355,"channel":"chat"}"#.to_owned(), 400, "bad_request"),
        (r#"{"channel":"chat"}"#.to_owned(), 400, "bad_request"),
        (String::new(), 400, "bad_request"),
        (format!("\"{}\"", "x".repeat(300_000)), 413, "too_large"),
    ] {
        let answer = post(body.clone()).await;
        assert_eq!(told(&answer), (status, code.to_owned()), "{body:.80}");
    }
}

#[tokio::test]
async fn a_fault_never_repeats_what_was_sent() {
    for body in [
        r#"{"line":"12355","channel":"chat","screening":"我不想活了13800001111"}"#,
        r#"{"line":"12355","channel":"chat","locale":{"我不想活了13800001111":1}}"#,
        r#"{"line":"我不想活了13800001111","channel":"chat"}"#,
        r#"{"line":"12355","channel":"我不想活了13800001111"}"#,
        r#"{"line":"12355","channel":"chat","asks":["我不想活了13800001111"]}"#,
    ] {
        let answer = post(body).await;
        assert!(
            !answer.text.contains("不想活") && !answer.text.contains("1380"),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_wrong_address_method_or_type_is_a_problem_too() {
    for path in [
        "/api/v1/nothing",
        "/api/v2/contacts",
        "/nothing",
        "/assets/none.js",
        "/..%2f..%2fetc/passwd",
    ] {
        assert_eq!(told(&look(shared(), path).await), (404, "not_found".to_owned()), "{path}");
    }
    for (method, path) in [
        (Method::GET, CONTACTS),
        (Method::DELETE, CONTACTS),
        (Method::PATCH, "/api/v1/session"),
        (Method::POST, "/healthz"),
        (Method::POST, "/desk"),
        (Method::POST, "/api/openapi.json"),
    ] {
        let answer = call(shared(), method.clone(), path, &[], None).await;
        assert_eq!(told(&answer), (405, "method_not_allowed".to_owned()), "{method} {path}");
        assert_ne!(answer.header("allow"), "", "{method} {path}: RFC 9110 wants Allow");
    }
    let body = json!({"line": "12355", "channel": "chat"}).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let headers = [("content-type", kind)];
        let answer = call(shared(), Method::POST, CONTACTS, &headers, Some(body.clone())).await;
        assert_eq!(told(&answer), (415, "unsupported_media_type".to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_socket_address_asked_without_an_upgrade_is_a_problem() {
    let id = "00000000-0000-7000-8000-000000000000";
    for path in [format!("{CONTACTS}/{id}/socket"), "/api/v1/console/socket".to_owned()] {
        let answer = look(shared(), &path).await;
        assert!(answer.status.is_client_error(), "{path} {answer:?}");
        assert_ne!(answer.code(), "", "{path}");
    }
}

#[tokio::test]
async fn a_line_is_shown_before_anybody_knocks() {
    let lines = look(shared(), "/api/v1/lines").await.json();
    let codes: Vec<&Value> = lines.as_array().unwrap().iter().map(|line| &line["line"]).collect();
    assert_eq!(codes, [&json!("12355"), &json!("966525"), &json!("4009151095")]);
    let line = look(shared(), "/api/v1/lines/12355").await.json();
    assert_eq!((&line["open"], &lines[0]), (&json!(true), &line));
    assert!(line["crisis_numbers"].as_array().unwrap().iter().any(|n| n["number"] == "12356"));
    assert_eq!(
        told(&look(shared(), "/api/v1/lines/10086").await),
        (404, "unknown_line".to_owned())
    );
}

#[tokio::test]
async fn the_openapi_document_is_3_1_and_every_path_in_it_is_there() {
    let answer = look(shared(), "/api/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let id = "00000000-0000-7000-8000-000000000000";
    for (path, item) in document["paths"].as_object().unwrap() {
        let part = |part: &str| match part {
            "{line}" | "{code}" => "12355".to_owned(),
            part if part.starts_with('{') => id.to_owned(),
            part => part.to_owned(),
        };
        let address = path.split('/').map(part).collect::<Vec<_>>().join("/");
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let responses = operation["responses"].as_object().unwrap();
            let answer = call(shared(), method.clone(), &address, &[], None).await;
            let status = answer.status.as_u16();
            assert_ne!(status, 405, "{method} {path} is documented and not there");
            if status == 404 {
                assert_ne!(answer.code(), "not_found", "{method} {path} is not there");
            }
            let is_told = responses.contains_key(&status.to_string());
            assert!(is_told, "{method} {path} answers {status}, which is not documented");
        }
    }
}

#[tokio::test]
async fn every_route_of_the_contract_is_documented() {
    let document = look(shared(), "/api/openapi.json").await.json();
    for (method, path) in [
        ("post", "/api/v1/contacts"),
        ("get", "/api/v1/contacts/{contact_id}/socket"),
        ("post", "/api/v1/contacts/{contact_id}/return-phrase"),
        ("post", "/api/v1/contacts/{contact_id}/rating"),
        ("post", "/api/v1/contacts/{contact_id}/leave"),
        ("get", "/api/v1/board/ratings"),
        ("get", "/api/v1/lines"),
        ("get", "/api/v1/lines/{line}"),
        ("post", "/api/v1/session"),
        ("get", "/api/v1/session"),
        ("delete", "/api/v1/session"),
        ("get", "/api/v1/console/socket"),
        ("put", "/api/v1/contacts/{contact_id}/note"),
        ("get", "/api/v1/contacts/{contact_id}/note"),
        ("get", "/api/v1/board/hour"),
        ("get", "/api/v1/canned-replies"),
        ("put", "/api/v1/office/canned-replies/{reply_id}"),
        ("delete", "/api/v1/office/canned-replies/{reply_id}"),
        ("get", "/api/v1/office/lines"),
        ("get", "/api/v1/office/skills"),
        ("put", "/api/v1/office/skills/{code}"),
        ("get", "/api/v1/office/counselors"),
        ("put", "/api/v1/office/counselors/{counselor_id}"),
        ("get", "/api/v1/office/accounts"),
        ("post", "/api/v1/office/accounts"),
        ("patch", "/api/v1/office/accounts/{account_id}"),
        ("post", "/api/v1/office/accounts/{account_id}/password"),
        ("post", "/api/v1/office/accounts/{account_id}/second-factor"),
        ("get", "/api/v1/office/roles"),
        ("put", "/api/v1/office/lines/{code}"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    ] {
        let operation = &document["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not in the document");
        assert!(operation["responses"].as_object().is_some_and(|r| !r.is_empty()), "{path}");
    }
}

#[tokio::test]
async fn every_reference_in_the_document_points_at_something() {
    let document = look(shared(), "/api/openapi.json").await.json();
    let mut seen = 0;
    let mut todo = vec![&document];
    while let Some(value) = todo.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
            seen += 1;
        }
        todo.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        todo.extend(value.as_array().into_iter().flatten());
    }
    assert!(seen > 0);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_to_itself() {
    for path in ["/healthz", "/api/v1/lines", "/api/v1/nothing", "/desk", "/chat/12355", "/metrics"]
    {
        let answer = look(shared(), path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_ne!(answer.header("cache-control"), "", "{path}");
        assert_eq!(answer.header("server"), "", "{path}: no product name");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn a_page_runs_our_own_scripts_only_and_the_console_stands_in_no_frame() {
    for (path, ancestors) in [
        ("/desk", "'none'"),
        ("/watch", "'none'"),
        ("/office", "'none'"),
        ("/chat/12355", "'self'"),
    ] {
        let page = look(shared(), path).await;
        if page.status == 404 {
            println!("{path}: web-console/dist is not built; its policy was not looked at");
            continue;
        }
        let policy = page.header("content-security-policy");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path} {policy}");
        for part in
            ["default-src 'none'", "script-src 'self'", "object-src 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{path} {policy}");
        }
        assert!(policy.ends_with(&format!("frame-ancestors {ancestors}")), "{path} {policy}");
        assert!(!page.text.contains("<script>") && !page.text.contains(" style="), "{path}");
        assert!(!page.text.contains(" onclick=") && !page.text.contains("http://"), "{path}");
    }
}

#[tokio::test]
async fn no_copy_of_a_seekers_page_is_kept_anywhere() {
    for path in ["/chat/12355", "/quiet.html"] {
        let page = look(shared(), path).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("etag"), "", "{path}");
        let known = [("if-none-match", "*")];
        let again = call(shared(), Method::GET, path, &known, None).await;
        assert_ne!(again.status, 304, "{path}");
    }
}

#[tokio::test]
async fn a_listed_site_may_frame_the_widget_and_knock_and_no_other_site_may() {
    let site = "https://school.example";
    let setting = format!("[\"{site}\"]");
    let house = Plan::default().set("XINQIAO_SERVER__WIDGET_FRAME_ANCESTORS", &setting).start();
    let body = json!({"line": "12355", "channel": "chat"}).to_string();
    for (origin, status) in [(site, 201), ("https://school.example.evil.example", 403)] {
        let headers = [("origin", origin)];
        let made = call(&house.address, Method::POST, CONTACTS, &headers, Some(body.clone())).await;
        assert_eq!(made.status, status);
        let allowed = if status == 201 { origin } else { "" };
        assert_eq!(made.header("access-control-allow-origin"), allowed);
        assert_eq!(made.header("access-control-allow-credentials"), "");
    }
    let preflight = [("origin", site), ("access-control-request-method", "POST")];
    let answer = call(&house.address, Method::OPTIONS, CONTACTS, &preflight, None).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, site));
    assert_eq!(answer.header("access-control-allow-headers"), "content-type, authorization");
    let asset = call(&house.address, Method::GET, "/assets/x.json", &preflight, None).await;
    assert_eq!(asset.header("access-control-allow-origin"), site, "the widget fetches its parts");
    let answer = call(&house.address, Method::OPTIONS, "/api/v1/session", &preflight, None).await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "",
        "the console's calls are not shared"
    );
}

#[tokio::test]
async fn figures_are_for_listed_readers_only() {
    let figures = look(shared(), "/metrics").await;
    assert_eq!(figures.status, 200);
    assert!(figures.header("content-type").starts_with("text/plain; version=0.0.4"));
    assert!(figures.text.contains("xinqiao_"), "{}", figures.text);
    // A forwarded address that a trusted proxy vouches for is a stranger's.
    let forwarded = [("x-forwarded-for", "203.0.113.9")];
    let stranger = call(shared(), Method::GET, "/metrics", &forwarded, None).await;
    assert_eq!(told(&stranger), (404, "not_found".to_owned()));
    let house = Plan::default().set("XINQIAO_METRICS__READERS", "[\"10.0.0.0/8\"]").start();
    assert_eq!(told(&look(&house.address, "/metrics").await), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn the_house_says_that_it_lives_and_that_it_is_ready() {
    let alive = look(shared(), "/healthz").await;
    assert_eq!((alive.status.as_u16(), alive.text.as_str()), (200, "ok\n"));
    let ready = look(shared(), "/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.json()), (200, json!({"state": "ready"})));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_the_next_caller_is_served() {
    let long = "x".repeat(70_000);
    let headers = [("x-long", long.as_str())];
    match try_call(shared(), Method::GET, "/healthz", &headers, None).await {
        Ok(answer) => assert_eq!(answer.status, 431),
        Err(_) => println!("the connection was closed, which is a refusal too"),
    }
    assert_eq!(look(shared(), "/healthz").await.status, 200);
}
