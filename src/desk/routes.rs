//! The desk's doors: the console's socket, the note, the board's hour and ratings.

use super::board::{__path_lookup_hour, lookup_hour};
use super::note::{__path_lookup_note, __path_put_note, lookup_note, put_note};
use super::ratings::{__path_list_ratings, list_ratings};
use super::{Desk, session};
use crate::accounts::Who;
use crate::door::origin::Berth;
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem, origin};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The desk's part of the router.
pub fn router(desk: Desk) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(put_note, lookup_note))
        .routes(routes!(lookup_hour))
        .routes(routes!(list_ratings))
        .routes(routes!(open_socket))
        .with_state(desk)
}

/// The console's socket.
///
/// Subprotocol `xinqiao.v1`. The origin is judged before the cookie: a foreign page learns nothing.
#[utoipa::path(
    get, path = "/api/v1/console/socket", tag = "desk",
    responses(
        (status = 101, description = "switched to a websocket"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 426, body = ProblemBody, description = "upgrade_needed", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
async fn open_socket(
    State(desk): State<Desk>,
    berth: Option<Extension<Berth>>,
    headers: HeaderMap,
    who: Result<Who, Problem>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    if !origin::is_welcome(&headers, &[]) {
        return Err(Fault::ForeignOrigin.into());
    }
    let who = who?;
    let upgrade = desk.socket.apply(upgrade?);
    // Boxed: the task of an upgrade holds its future several times over.
    Ok(upgrade.on_upgrade(move |ws| {
        let serving = Box::pin(session::serve(desk, who, ws));
        async move {
            serving.await;
            drop(berth);
        }
    }))
}
