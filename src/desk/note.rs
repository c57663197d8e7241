//! The note of a contact, as typed and as closed.
//!
//! The outcome decides: without one it is a draft, replaced as the counselor writes, from the first
//! minute of the talk; with one it is the closing note and never changes again. Who held a contact
//! may still write for a day: a lid was closed, the time for the note ran out, and what was typed is
//! not lost for that. What is finished and out of their hands stays as it is.

use super::Desk;
use super::frame::NoteBody;
use crate::accounts::{Permission, Who};
use crate::dice;
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::ids::{ContactId, CounselorId, NoteId};
use crate::store::StoreError;
use crate::store::contacts::Talk;
use crate::store::notes::{Note, NoteKind};
use crate::veil::{Pii, Purpose};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// What a contact can have come to.
pub const OUTCOMES: [&str; 7] =
    ["helped", "referred", "silent", "abusive", "prank", "wrong_number", "other"];
/// How long after a contact has left their hands somebody may still write its note, ms.
const LATE_MS: i64 = 86_400_000;
/// Characters of one note.
const NOTE_CHARS_MAX: usize = 20_000;

/// Save the note as typed; with an `outcome` it is the closing note.
#[utoipa::path(
    put, path = "/api/v1/contacts/{contact_id}/note", tag = "desk", request_body = NoteBody,
    params(("contact_id" = String, Path, description = "a contact in your hands, or that was within a day")),
    responses(
        (status = 204, description = "on disk"),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "not_yours, forbidden, header_missing", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "invalid, field_too_long", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn put_note(
    State(desk): State<Desk>,
    who: Who,
    Path(contact): Path<String>,
    body: Result<Json<NoteBody>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    who.need(Permission::WriteNotes)?;
    let Json(NoteBody { text, outcome }) = body?;
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Problem::with_detail(Fault::FieldTooLong, "text: at most 20,000 characters"));
    }
    if text.contains('\0') {
        return Err(Problem::with_detail(Fault::Invalid, "text: U+0000 cannot be stored"));
    }
    if outcome.as_deref().is_some_and(|outcome| !OUTCOMES.contains(&outcome)) {
        let expected = format!("outcome: one of {}", OUTCOMES.join(", "));
        return Err(Problem::with_detail(Fault::Invalid, expected));
    }
    let (contact, author, is_held) = written_by(&desk, &who, &contact).await?;
    if !is_held && closing(&desk, contact, author).await?.is_some() {
        return Err(Fault::NotYours.into());
    }
    let at = desk.clock.now();
    let note = Note {
        note: NoteId(dice::uuid(at)),
        contact,
        author,
        kind: if outcome.is_some() { NoteKind::Closing } else { NoteKind::Draft },
        text: Pii::new(text),
        client_id: None,
        outcome,
        risk: desk.hub.card(contact).map(|card| card.risk),
        at,
    };
    desk.store.notes().add(&note).await.map_err(|error| not_ready(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The unfinished note, or the closing one; empty if none was begun.
#[utoipa::path(
    get, path = "/api/v1/contacts/{contact_id}/note", tag = "desk",
    params(("contact_id" = String, Path, description = "a contact in your hands, or that was within a day")),
    responses(
        (status = 200, body = NoteBody),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "not_yours, forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn lookup_note(
    State(desk): State<Desk>,
    who: Who,
    Path(contact): Path<String>,
) -> Result<Json<NoteBody>, Problem> {
    who.need(Permission::WriteNotes)?;
    let (contact, author, _) = written_by(&desk, &who, &contact).await?;
    let notes = desk.store.notes();
    let draft = notes.draft(contact, author).await.map_err(|error| not_ready(&error))?;
    let note = if draft.is_some() { draft } else { closing(&desk, contact, author).await? };
    Ok(Json(note.map_or_else(
        || NoteBody { text: String::new(), outcome: None },
        |note| NoteBody { text: note.text.reveal(Purpose::Deliver).clone(), outcome: note.outcome },
    )))
}

/// The author's last finished note of the contact.
async fn closing(
    desk: &Desk,
    contact: ContactId,
    author: CounselorId,
) -> Result<Option<Note>, Problem> {
    let written = desk.store.notes().list(contact).await.map_err(|error| not_ready(&error))?;
    let own = |note: &Note| note.author == author && note.kind == NoteKind::Closing;
    Ok(written.into_iter().rev().find(own))
}

/// Who holds the contact (`true`), or held it within the day.
async fn written_by(
    desk: &Desk,
    who: &Who,
    contact: &str,
) -> Result<(ContactId, CounselorId, bool), Problem> {
    let contact: ContactId = contact.parse().map_err(|_| Fault::NotYours)?;
    let author = CounselorId::from(who.account);
    let holder = desk.hub.with_card(contact, |card| card.counselor()).flatten();
    if holder == Some(author) {
        return Ok((contact, author, true));
    }
    let talks = desk.store.contacts().talks(contact).await.map_err(|error| not_ready(&error))?;
    let at = desk.clock.now();
    let is_late = |talk: &Talk| talk.released_at.is_some_and(|left| at.ms_since(left) > LATE_MS);
    let held = talks.iter().any(|talk| talk.counselor == author && !is_late(talk));
    if held { Ok((contact, author, false)) } else { Err(Fault::NotYours.into()) }
}

fn not_ready(error: &StoreError) -> Problem {
    tracing::error!(%error, "desk.note failed");
    Problem::retry_after(Fault::NotReady, 5)
}
