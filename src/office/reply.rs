//! Canned replies: read by everybody at work, written by those who may.

use super::form::Faults;
use super::frame::{CannedReply, CannedReplyForm};
use super::{Office, OfficeError, is_current};
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{FieldCode, Problem};
use crate::ids::{LineId, ReplyId};
use crate::live::directory::Book;
use crate::store::replies;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// Characters of a title: one line in the list.
const TITLE_CHARS_MAX: usize = 60;
/// Characters of a reply: longer is a lecture.
const TEXT_CHARS_MAX: usize = 1_000;
/// Replies of the house.
const REPLIES_MAX: usize = 500;
/// The languages a reply can be in.
const LOCALES: [&str; 2] = ["zh-CN", "en"];

/// The canned replies.
#[utoipa::path(
    get, path = "/api/v1/canned-replies", tag = "desk",
    responses(
        (status = 200, body = Vec<CannedReply>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_replies(
    State(office): State<Office>,
    _who: Who,
) -> Result<Json<Vec<CannedReply>>, Problem> {
    let stored = office.store.replies().list().await.map_err(OfficeError::from)?;
    let book = office.directory.book();
    Ok(Json(stored.iter().map(|reply| shown(reply, &book)).collect()))
}

/// Save a canned reply; the console makes the id.
#[utoipa::path(
    put, path = "/api/v1/office/canned-replies/{reply_id}", tag = "office",
    request_body = CannedReplyForm,
    params(("reply_id" = String, Path, description = "a UUID")),
    responses(
        (status = 200, body = CannedReply),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, description = "changed_meanwhile, limit_reached", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "bad_form", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn put_reply(
    State(office): State<Office>,
    who: Who,
    Path(reply): Path<String>,
    body: Result<Json<CannedReplyForm>, JsonRejection>,
) -> Result<Json<CannedReply>, Problem> {
    who.need(Permission::EditReplies)?;
    let Json(form) = body?;
    let at_work = office.clone();
    let saved = office.save(async move { at_work.save_reply(&who, &reply, &form).await }).await?;
    Ok(Json(saved))
}

/// Take a canned reply away. Taking it away twice is no fault.
#[utoipa::path(
    delete, path = "/api/v1/office/canned-replies/{reply_id}", tag = "office",
    params(("reply_id" = String, Path, description = "a UUID")),
    responses(
        (status = 204, description = "gone"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_reply(
    State(office): State<Office>,
    who: Who,
    Path(reply): Path<String>,
) -> Result<StatusCode, Problem> {
    who.need(Permission::EditReplies)?;
    if let Ok(reply) = reply.parse::<ReplyId>() {
        let act = office.act("reply_removed", &reply.to_string(), &who);
        let store = office.store.replies();
        let removing = async move { Ok(store.remove(reply, act).await?) };
        office.save(removing).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Office {
    async fn save_reply(
        &self,
        who: &Who,
        reply: &str,
        form: &CannedReplyForm,
    ) -> Result<CannedReply, OfficeError> {
        let book = self.directory.book();
        let stored = self.store.replies().list().await?;
        let id = reply.parse::<ReplyId>().ok();
        let before = stored.iter().find(|known| Some(known.reply) == id);
        if !is_current(form.saved_at.as_deref(), before.map(|known| known.saved_at)) {
            return Err(OfficeError::changed(before.map(|known| shown(known, &book)).as_ref()));
        }
        let (reply, line) = judge(id, form, &book)?;
        if before.is_none() && stored.len() >= REPLIES_MAX {
            return Err(OfficeError::LimitReached);
        }
        let record = replies::CannedReply {
            reply,
            title: form.title.trim().to_owned(),
            text: form.text.trim().to_owned(),
            locale: form.locale.clone(),
            line,
            saved_at: self.edition_after(before.map(|known| known.saved_at)),
        };
        let act = self.act("reply_saved", &reply.to_string(), who);
        self.store.replies().save(&record, act).await?;
        Ok(shown(&record, &book))
    }
}

fn judge(
    reply: Option<ReplyId>,
    form: &CannedReplyForm,
    book: &Book,
) -> Result<(ReplyId, Option<LineId>), OfficeError> {
    let mut faults = Faults::default();
    if reply.is_none() {
        faults.add("reply_id", FieldCode::BadShape, "应为 UUID", "must be a UUID");
    }
    faults.name("title", &form.title, TITLE_CHARS_MAX);
    faults.text("text", &form.text, TEXT_CHARS_MAX);
    if !LOCALES.contains(&form.locale.as_str()) {
        faults.add("locale", FieldCode::Unknown, "应为 zh-CN 或 en", "must be zh-CN or en");
    }
    let line = form.line.as_deref().map(|code| book.line_by_code(code).map(|face| face.line));
    if line == Some(None) {
        faults.add("line", FieldCode::Unknown, "没有这条热线", "there is no such line");
    }
    match reply {
        Some(reply) if faults.are_none() => Ok((reply, line.flatten())),
        _ => Err(OfficeError::BadForm(faults.into_list())),
    }
}

fn shown(reply: &replies::CannedReply, book: &Book) -> CannedReply {
    CannedReply {
        reply_id: reply.reply.to_string(),
        title: reply.title.clone(),
        text: reply.text.clone(),
        locale: reply.locale.clone(),
        line: reply.line.map(|line| book.code(line)),
        saved_at: reply.saved_at.rfc3339(),
    }
}
