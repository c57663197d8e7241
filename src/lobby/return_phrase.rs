//! A seeker asks for the words that bring them back: `POST …/return-phrase`.

use super::Lobby;
use super::bearer::not_ready;
use super::frame::ReturnPhrase;
use super::hasher::HasherError;
use super::phrase::Phrase;
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::live::card::Locale;
use crate::store::Act;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

impl From<HasherError> for Problem {
    fn from(error: HasherError) -> Self {
        match error {
            HasherError::Busy => Self::retry_after(Fault::NotReady, 3),
            HasherError::Failed => Fault::Internal.into(),
        }
    }
}

/// Make a return phrase.
///
/// Six words in the contact's language, told this once; who gives them with `POST /api/v1/contacts`
/// has the same alias again. Asked again, the words before are void. While the contact lives and for
/// a while after its end (`lobby.after_end_s`).
#[utoipa::path(
    post, path = "/api/v1/contacts/{contact_id}/return-phrase", tag = "seeker",
    params(
        ("contact_id" = String, Path, description = "as `POST /api/v1/contacts` gave it"),
        ("authorization" = String, Header, description = "`Bearer` and the contact's token"),
    ),
    responses(
        (status = 201, body = ReturnPhrase),
        (status = 401, body = ProblemBody, description = "bad_token", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 410, body = ProblemBody, description = "too_late", content_type = "application/problem+json"),
        (status = 500, body = ProblemBody, description = "internal", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready, with Retry-After", content_type = "application/problem+json"),
    )
)]
pub(super) async fn post_return_phrase(
    State(lobby): State<Lobby>,
    Path(contact): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<ReturnPhrase>), Problem> {
    let record = lobby.bearer(&contact, &headers).await?;
    lobby.is_in_time(&record, lobby.clock.now())?;
    let phrase = Phrase::throw(Locale::parse(&record.locale));
    let hash = lobby.phrases.hash(phrase.copy()).await?;
    let at = lobby.clock.now();
    let act = Act::new(at, "return_phrase_made", &record.contact.to_string(), "seeker");
    let kept = lobby.store.phrases().keep(record.alias_root, &hash, at, act).await;
    kept.map_err(|error| not_ready(&error))?;
    Ok((StatusCode::CREATED, Json(ReturnPhrase { return_phrase: phrase.into_words() })))
}
