//! A seeker leaves without a socket: `POST …/leave`, for a page that is being closed or wiped.

use super::Lobby;
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::switchboard::Input;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

/// Leave, as the `leave` frame does; leaving twice is no fault.
#[utoipa::path(
    post, path = "/api/v1/contacts/{contact_id}/leave", tag = "seeker",
    params(
        ("contact_id" = String, Path, description = "as `POST /api/v1/contacts` gave it"),
        ("authorization" = String, Header, description = "`Bearer` and the contact's token"),
    ),
    responses(
        (status = 204, description = "the contact is over"),
        (status = 401, body = ProblemBody, description = "bad_token", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready, with Retry-After", content_type = "application/problem+json"),
    )
)]
pub(super) async fn post_leave(
    State(lobby): State<Lobby>,
    Path(contact): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let record = lobby.bearer(&contact, &headers).await?;
    if record.ended.is_none() {
        let left = lobby.switch.ask(Input::Leave { contact: record.contact }).await;
        left.map_err(|_| Problem::retry_after(Fault::NotReady, 5))?;
    }
    Ok(StatusCode::NO_CONTENT)
}
