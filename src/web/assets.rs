//! The built console, embedded in the binary, and the headers of its pages.
//!
//! In a debug build the files are read from `web-console/dist` as they are.

use crate::door::{Fault, Problem};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};
use std::sync::Arc;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/web-console/dist"]
#[allow_missing = true]
struct Dist;

/// What pages may do; built once.
#[derive(Clone, Debug)]
pub struct PagePolicy {
    console: HeaderValue,
    widget: HeaderValue,
    quiet: HeaderValue,
}

impl PagePolicy {
    /// `sites` are the origins that may frame the widget's page.
    #[must_use]
    pub fn new(sites: &[String]) -> Self {
        let ancestors = if sites.is_empty() {
            "'self'".to_owned()
        } else {
            format!("'self' {}", sites.join(" "))
        };
        Self {
            console: policy("'none'"),
            widget: policy(&ancestors),
            quiet: header_of(&format!(
                "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors {ancestors}"
            )),
        }
    }
}

/// Nothing from a foreign host, no inline script, no inline style.
fn policy(frame_ancestors: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; media-src 'self'; connect-src 'self' ws: wss:; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors {frame_ancestors}"
    );
    header_of(&text)
}

fn header_of(policy: &str) -> HeaderValue {
    HeaderValue::from_str(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// A page that the build of the console should have left here and did not.
#[must_use]
pub fn missing_page() -> Option<&'static str> {
    ["chat.html", "quiet.html", "desk.html", "watch.html", "office.html", "widget.js"]
        .into_iter()
        .find(|page| Dist::get(page).is_none())
}

/// The routes of pages and files.
pub fn router(policy: PagePolicy) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/chat/12355") }))
        .route("/chat/{line}", get(chat_page))
        .route("/desk", get(desk_page))
        .route("/watch", get(watch_page))
        .route("/office", get(office_page))
        .route("/quiet.html", get(quiet_page))
        .route("/desk/", get(|| async { Redirect::permanent("/desk") }))
        .route("/watch/", get(|| async { Redirect::permanent("/watch") }))
        .route("/office/", get(|| async { Redirect::permanent("/office") }))
        .route(
            "/widget.js",
            get(|headers: HeaderMap| async move { file("widget.js", &headers, false) }),
        )
        .route(
            "/favicon.svg",
            get(|headers: HeaderMap| async move { file("favicon.svg", &headers, false) }),
        )
        .route("/assets/{*path}", get(asset))
        .with_state(Arc::new(policy))
}

async fn chat_page(
    State(policy): State<Arc<PagePolicy>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    seeker_page(&headers, "chat.html", policy.widget.clone())
}

async fn desk_page(
    State(policy): State<Arc<PagePolicy>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&policy, &headers, "desk.html")
}

async fn watch_page(
    State(policy): State<Arc<PagePolicy>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&policy, &headers, "watch.html")
}

async fn office_page(
    State(policy): State<Arc<PagePolicy>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&policy, &headers, "office.html")
}

/// Where a quick exit leads: a page that says nothing of where it came from.
async fn quiet_page(
    State(policy): State<Arc<PagePolicy>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    seeker_page(&headers, "quiet.html", policy.quiet.clone())
}

fn page(policy: &PagePolicy, headers: &HeaderMap, name: &'static str) -> Result<Response, Problem> {
    let mut response = file(name, headers, false)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.console.clone());
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    Ok(response)
}

/// A page that a seeker may have to hide: no copy of it is kept anywhere, so none is asked after.
fn seeker_page(
    headers: &HeaderMap,
    name: &'static str,
    policy: HeaderValue,
) -> Result<Response, Problem> {
    let mut fresh = headers.clone();
    fresh.remove(header::IF_NONE_MATCH);
    let mut response = file(name, &fresh, false)?;
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    file(&format!("assets/{path}"), &headers, true)
}

/// One file, gzipped beforehand if there is such a copy and the browser takes it.
fn file(name: &str, headers: &HeaderMap, is_hashed: bool) -> Result<Response, Problem> {
    let gzipped = takes_gzip(headers).then(|| Dist::get(&format!("{name}.gz"))).flatten();
    let encoding = gzipped.as_ref().map(|_| HeaderValue::from_static("gzip"));
    let file = gzipped.or_else(|| Dist::get(name)).ok_or(Fault::NotFound)?;
    let tag = etag(&file);
    let cache = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let kind =
        if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    let is_known = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::ETAG, tag);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        out.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, encoding);
    }
    Ok(response)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("gzip"))
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash = data_encoding::HEXLOWER.encode(&file.metadata.sha256_hash());
    let short = hash.get(..32).unwrap_or(&hash);
    HeaderValue::from_str(&format!("\"{short}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_has_no_unsafe_word_and_frames_only_where_listed() {
        let policy = PagePolicy::new(&["https://school.example".to_owned()]);
        let (console, widget) = (policy.console.to_str().unwrap(), policy.widget.to_str().unwrap());
        assert!(!console.contains("unsafe") && !widget.contains("unsafe"));
        assert!(console.ends_with("frame-ancestors 'none'"));
        assert!(widget.ends_with("frame-ancestors 'self' https://school.example"));
    }
}
