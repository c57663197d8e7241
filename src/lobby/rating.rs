//! A seeker says how it was: `POST …/rating`. A number, no text: there is nothing to leak.

use super::Lobby;
use super::bearer::not_ready;
use super::frame::Rating;
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::store::Act;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

/// Rate a talk that is over, 1 to 5; once more replaces.
#[utoipa::path(
    post, path = "/api/v1/contacts/{contact_id}/rating", tag = "seeker", request_body = Rating,
    params(
        ("contact_id" = String, Path, description = "as `POST /api/v1/contacts` gave it"),
        ("authorization" = String, Header, description = "`Bearer` and the contact's token"),
    ),
    responses(
        (status = 204, description = "on disk"),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "bad_token", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, description = "no_talk, still_talking", content_type = "application/problem+json"),
        (status = 410, body = ProblemBody, description = "too_late", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "bad_score", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready, with Retry-After", content_type = "application/problem+json"),
    )
)]
pub(super) async fn post_rating(
    State(lobby): State<Lobby>,
    Path(contact): Path<String>,
    headers: HeaderMap,
    body: Result<Json<Rating>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let record = lobby.bearer(&contact, &headers).await?;
    let Json(Rating { score }) = body?;
    let score = u8::try_from(score).ok().filter(|score| (1..=5).contains(score));
    let score = score.ok_or(Fault::BadScore)?;
    if record.connected_at.is_none() {
        return Err(Fault::NoTalk.into());
    }
    if record.ended.is_none() {
        return Err(Fault::StillTalking.into());
    }
    let at = lobby.clock.now();
    lobby.is_in_time(&record, at)?;
    // That it was rated is journaled; the score stands in its own table only.
    let act = Act::new(at, "contact_rated", &record.contact.to_string(), "seeker");
    let rated = lobby.store.ratings().rate(record.contact, score, at, act).await;
    rated.map_err(|error| not_ready(&error))?;
    Ok(StatusCode::NO_CONTENT)
}
