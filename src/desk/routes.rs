//! The desk's doors: the console's socket and the note.

use super::note::{__path_lookup_note, __path_put_note, lookup_note, put_note};
use super::{Desk, session};
use crate::accounts::Who;
use crate::door::{Fault, Problem, origin};
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The desk's part of the router.
pub fn router(desk: Desk) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(put_note, lookup_note))
        .route("/api/v1/console/socket", axum::routing::get(open_socket))
        .with_state(desk)
}

/// The console's socket. The origin is judged before the cookie: a foreign page learns nothing.
async fn open_socket(
    State(desk): State<Desk>,
    headers: HeaderMap,
    who: Result<Who, Problem>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if !origin::is_welcome(&headers, &[]) {
        return Err(Fault::ForeignOrigin.into());
    }
    let who = who?;
    let upgrade = desk.socket.apply(upgrade);
    // Boxed: the task of an upgrade holds its future several times over.
    Ok(upgrade.on_upgrade(move |ws| Box::pin(session::serve(desk, who, ws))))
}
