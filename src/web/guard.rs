//! What stands around every route: headers of every answer, the sites that may embed the widget,
//! and words for what is not there.

use crate::door::{Fault, Problem};
use crate::meter::{Health, Readiness};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Headers of every answer.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What the guard knows.
#[derive(Clone)]
pub struct Guard {
    /// Origins of the sites that may embed the widget.
    pub sites: Arc<[String]>,
    pub readiness: Readiness,
}

/// Puts the headers on, answers the preflight of a listed site, and opens no socket in a drain.
pub async fn around(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let origin = origin.filter(|origin| guard.sites.iter().any(|site| origin == site.as_str()));
    let is_for_seekers = request.uri().path().starts_with("/api/v1/contacts")
        || request.uri().path().starts_with("/api/v1/lines")
        || request.uri().path().starts_with("/assets/")
        || request.uri().path() == "/widget.js";
    let allowed = origin.filter(|_| is_for_seekers);
    let is_preflight = request.method() == Method::OPTIONS && allowed.is_some();
    let is_late = request.uri().path().ends_with("/socket")
        && matches!(guard.readiness.now(), Health::Draining);
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else if is_late {
        Problem::retry_after(Fault::NotReady, 1).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(site) = allowed {
        allow_site(headers, site);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A listed site may knock and read what the widget fetches: no cookie, two methods, and the
/// headers of a body and of the seeker's own token.
fn allow_site(headers: &mut HeaderMap, site: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, site);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type, authorization"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

/// Nothing is at this address.
pub async fn not_found() -> Problem {
    Fault::NotFound.into()
}

/// Something is, but not for this method.
pub async fn method_not_allowed() -> Problem {
    Fault::MethodNotAllowed.into()
}
