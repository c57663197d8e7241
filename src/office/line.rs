//! Lines: their names and texts, hours, plans and seats.

use super::frame::OfficeLine;
use super::line_form::{Known, form_of, judge};
use super::{Office, OfficeError, is_current};
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{FieldCode, Problem};
use crate::store::counselors::CounselorRecord;
use crate::store::lines::LineRecord;
use crate::store::skills::Skill;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};

/// Lines of the house.
const LINES_MAX: usize = 200;

/// Everything a line is judged against.
struct Shelf {
    lines: Vec<LineRecord>,
    skills: Vec<Skill>,
    counselors: Vec<CounselorRecord>,
}

impl Shelf {
    fn known(&self) -> Known<'_> {
        Known { lines: &self.lines, skills: &self.skills, counselors: &self.counselors }
    }
}

/// All lines.
#[utoipa::path(
    get, path = "/api/v1/office/lines", tag = "office",
    responses(
        (status = 200, body = Vec<OfficeLine>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_lines(
    State(office): State<Office>,
    who: Who,
) -> Result<Json<Vec<OfficeLine>>, Problem> {
    who.need(Permission::EditLines)?;
    let shelf = office.shelf().await?;
    Ok(Json(shelf.lines.iter().map(|line| form_of(line, &shelf.known())).collect()))
}

/// Save a line, or add one. Names and the plan work at once; who waits keeps the place.
#[utoipa::path(
    put, path = "/api/v1/office/lines/{code}", tag = "office", request_body = OfficeLine,
    params(("code" = String, Path, description = "the line's code; the body's must be the same")),
    responses(
        (status = 200, body = OfficeLine),
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
pub(super) async fn put_line(
    State(office): State<Office>,
    who: Who,
    Path(code): Path<String>,
    body: Result<Json<OfficeLine>, JsonRejection>,
) -> Result<Json<OfficeLine>, Problem> {
    who.need(Permission::EditLines)?;
    let Json(form) = body?;
    let at_work = office.clone();
    let saved = office.save(async move { at_work.save_line(&who, &code, &form).await }).await?;
    Ok(Json(saved))
}

impl Office {
    async fn shelf(&self) -> Result<Shelf, OfficeError> {
        Ok(Shelf {
            lines: self.store.lines().list().await?,
            skills: self.store.skills().list().await?,
            counselors: self.store.counselors().list().await?,
        })
    }

    async fn save_line(
        &self,
        who: &Who,
        code: &str,
        form: &OfficeLine,
    ) -> Result<OfficeLine, OfficeError> {
        let shelf = self.shelf().await?;
        let known = shelf.known();
        let before = known.line(code);
        // Before the form is judged: a step is kept by its place in the edition that was read.
        if !is_current(form.saved_at.as_deref(), before.map(|before| before.saved_at)) {
            let current = before.map(|before| form_of(before, &known));
            return Err(OfficeError::changed(current.as_ref()));
        }
        if form.code != code {
            return Err(OfficeError::one_fault(
                "code",
                FieldCode::Fixed,
                "代号不能更改",
                "the code cannot be changed",
            ));
        }
        if before.is_none() && shelf.lines.len() >= LINES_MAX {
            return Err(OfficeError::LimitReached);
        }
        let line = match before {
            Some(before) => before.plan.line,
            None => self.store.lines().next_id().await?,
        };
        let at = self.edition_after(before.map(|before| before.saved_at));
        let record = judge(form, &known, line, at).map_err(OfficeError::BadForm)?;
        self.store.lines().save(&record, self.act("line_saved", code, who)).await?;
        self.bring().await?;
        (self.tell_lines_saved)();
        Ok(form_of(&record, &known))
    }
}
