//! The lobby's doors: the knock and the socket; the others stand in files of their own.

use super::Lobby;
use super::frame::{ContactMade, NewContact};
use super::knock::KnockError;
use super::leave::{__path_post_leave, post_leave};
use super::line_door::{__path_list_lines, __path_lookup_line, list_lines, lookup_line};
use super::rating::{__path_post_rating, post_rating};
use super::return_phrase::{__path_post_return_phrase, post_return_phrase};
use super::session;
use crate::door::origin::{self, Berth, Source};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::ids::ContactId;
use crate::meter::figure;
use axum::extract::rejection::JsonRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The lobby's part of the router.
pub fn router(lobby: Lobby) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(post_contact))
        .routes(routes!(list_lines))
        .routes(routes!(lookup_line))
        .routes(routes!(open_socket))
        .routes(routes!(post_return_phrase))
        .routes(routes!(post_rating))
        .routes(routes!(post_leave))
        .with_state(lobby)
}

impl From<KnockError> for Problem {
    fn from(error: KnockError) -> Self {
        match error {
            KnockError::UnknownLine => Fault::UnknownLine.into(),
            KnockError::UnknownChannel => Fault::UnknownChannel.into(),
            KnockError::UnknownAsk => Fault::UnknownAsk.into(),
            KnockError::UnknownReturnPhrase => Fault::UnknownReturnPhrase.into(),
            KnockError::TooLong => Fault::FieldTooLong.into(),
            KnockError::NotReady => Self::retry_after(Fault::NotReady, 5),
            KnockError::TooMany(wait) => Self::retry_after(Fault::RateLimited, wait.retry_after_s),
        }
    }
}

/// A seeker reaches out.
///
/// Answered only when the contact is on disk. `state` is `waiting`, or why nobody will come:
/// `line_closed`, `line_outage`, `service_full`.
#[utoipa::path(
    post, path = "/api/v1/contacts", tag = "seeker",
    request_body = NewContact,
    responses(
        (status = 201, body = ContactMade),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, description = "unknown_line", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "unknown_channel, unknown_ask, unknown_return_phrase, field_too_long", content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, description = "rate_limited, with Retry-After", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
async fn post_contact(
    State(lobby): State<Lobby>,
    source: Source,
    headers: HeaderMap,
    body: Result<Json<NewContact>, JsonRejection>,
) -> Result<(StatusCode, Json<ContactMade>), Problem> {
    if !origin::is_welcome(&headers, &lobby.sites) {
        return Err(Fault::ForeignOrigin.into());
    }
    let Json(new) = body?;
    let made = lobby.knock(new, source.0).await.map_err(Problem::from);
    let made = made.inspect_err(|problem| figure::count_refused(problem.fault.code()))?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// The seeker's socket.
///
/// Subprotocol `xinqiao.v1`; the token comes in the first frame (`hello`), never in the address.
#[utoipa::path(
    get, path = "/api/v1/contacts/{contact_id}/socket", tag = "seeker",
    params(("contact_id" = String, Path, description = "as `POST /api/v1/contacts` gave it")),
    responses(
        (status = 101, description = "switched to a websocket"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, description = "not_found", content_type = "application/problem+json"),
        (status = 426, body = ProblemBody, description = "upgrade_needed", content_type = "application/problem+json"),
    )
)]
async fn open_socket(
    State(lobby): State<Lobby>,
    Path(contact): Path<String>,
    berth: Option<Extension<Berth>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    if !origin::is_welcome(&headers, &lobby.sites) {
        return Err(Fault::ForeignOrigin.into());
    }
    let contact: ContactId = contact.parse().map_err(|_| Fault::NotFound)?;
    let upgrade = lobby.socket.apply(upgrade?);
    // Boxed: the task of an upgrade holds its future several times over.
    Ok(upgrade.on_upgrade(move |ws| {
        let serving = Box::pin(session::serve(lobby, contact, ws));
        async move {
            serving.await;
            drop(berth);
        }
    }))
}
