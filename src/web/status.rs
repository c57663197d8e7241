//! `/healthz`, `/readyz`, `/metrics` and `/api/openapi.json`.

use crate::config::Network;
use crate::door::origin::Source;
use crate::door::{Fault, Problem};
use crate::meter::{Health, Readiness, figure};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the status pages read.
#[derive(Clone)]
pub struct Status {
    pub readiness: Readiness,
    pub figures: Option<PrometheusHandle>,
    pub readers: Arc<[Network]>,
    /// Sets the gauges that are read only when somebody looks.
    pub refresh: Arc<dyn Fn() + Send + Sync>,
}

/// The status pages' part of the router.
pub fn router(status: Status) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
        .with_state(status)
}

/// 200 while the process lives.
#[utoipa::path(get, path = "/healthz", tag = "house", responses((status = 200, description = "alive")))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// 200 only while a contact can be taken and stored; else 503 with one plain reason.
#[utoipa::path(
    get, path = "/readyz", tag = "house",
    responses((status = 200, description = "ready"), (status = 503, description = "not ready, with the reason"))
)]
async fn readyz(State(status): State<Status>) -> Response {
    let health = status.readiness.now();
    let code =
        if health == Health::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(health)).into_response()
}

/// Prometheus text, for the networks that may read it; others get 404.
#[utoipa::path(get, path = "/metrics", tag = "house", responses((status = 200, description = "Prometheus text 0.0.4"), (status = 404, description = "not for you")))]
async fn metrics(State(status): State<Status>, source: Source) -> Result<Response, Problem> {
    let figures = status.figures.as_ref().ok_or(Fault::NotFound)?;
    if !status.readers.iter().any(|network| network.contains(source.0)) {
        return Err(Fault::NotFound.into());
    }
    (status.refresh)();
    figure::set_ready(status.readiness.is_ready());
    figure::set_resident_bytes();
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, text)], figures.render()).into_response())
}
