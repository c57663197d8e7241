//! Skills: what a counselor can take. Their codes stay for ever, names may change.

use super::form::Faults;
use super::frame::{OfficeSkill, SkillForm};
use super::{Office, OfficeError};
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, FieldCode, FieldFault, Problem};
use crate::store::skills::Skill;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};

/// Skills of the house.
const SKILLS_MAX: usize = 500;
const NAME_CHARS_MAX: usize = 60;

/// All skills.
#[utoipa::path(
    get, path = "/api/v1/office/skills", tag = "office",
    responses(
        (status = 200, body = Vec<OfficeSkill>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_skills(
    State(office): State<Office>,
    who: Who,
) -> Result<Json<Vec<OfficeSkill>>, Problem> {
    // Whoever saves lines or counselors names skills.
    let named_by = [Permission::EditSkills, Permission::EditLines, Permission::EditCounselors];
    if !named_by.into_iter().any(|permission| who.may(permission)) {
        return Err(Fault::Forbidden.into());
    }
    let skills = office.store.skills().list().await.map_err(OfficeError::from)?;
    Ok(Json(skills.into_iter().map(shown).collect()))
}

/// Give a skill its names, or add one.
#[utoipa::path(
    put, path = "/api/v1/office/skills/{code}", tag = "office", request_body = SkillForm,
    params(("code" = String, Path, description = "1 to 40 of a-z, 0-9, _")),
    responses(
        (status = 200, body = OfficeSkill),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, description = "limit_reached", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "bad_form", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn put_skill(
    State(office): State<Office>,
    who: Who,
    Path(code): Path<String>,
    body: Result<Json<SkillForm>, JsonRejection>,
) -> Result<Json<OfficeSkill>, Problem> {
    who.need(Permission::EditSkills)?;
    let Json(form) = body?;
    let at_work = office.clone();
    let saved = office.save(async move { at_work.save_skill(&who, &code, &form).await }).await?;
    Ok(Json(saved))
}

impl Office {
    async fn save_skill(
        &self,
        who: &Who,
        code: &str,
        form: &SkillForm,
    ) -> Result<OfficeSkill, OfficeError> {
        let known = self.store.skills().list().await?;
        judge(code, form, &known).map_err(OfficeError::BadForm)?;
        let is_known = known.iter().any(|skill| skill.code == code);
        if !is_known && known.len() >= SKILLS_MAX {
            return Err(OfficeError::LimitReached);
        }
        let (name, name_en) = (form.name.trim(), form.name_en.trim());
        let saved = if is_known {
            let act = self.act("skill_renamed", code, who);
            self.store.skills().rename(code, name, name_en, act).await?
        } else {
            let act = self.act("skill_added", code, who);
            self.store.skills().add(code, name, name_en, act).await?
        };
        self.bring().await?;
        Ok(shown(saved))
    }
}

/// What is wrong with a skill's form, if anything; the command line asks too.
///
/// # Errors
/// Every fault.
pub fn judge(code: &str, form: &SkillForm, known: &[Skill]) -> Result<(), Vec<FieldFault>> {
    let mut faults = Faults::default();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if code.is_empty() || code.len() > 40 || !code.chars().all(is_plain) {
        let (zh, en) = ("1 到 40 个小写字母、数字或 _", "1 to 40 of a-z, 0-9, _");
        faults.add("code", FieldCode::BadShape, zh, en);
    }
    faults.name("name", &form.name, NAME_CHARS_MAX);
    faults.name("name_en", &form.name_en, NAME_CHARS_MAX);
    let is_taken = |name: &str| {
        let mut others = known.iter().filter(|skill| skill.code != code);
        others.any(|skill| skill.name_zh == name)
    };
    if is_taken(form.name.trim()) {
        faults.add("name", FieldCode::Taken, "另一项技能叫这个名字", "another skill has this name");
    }
    if faults.are_none() { Ok(()) } else { Err(faults.into_list()) }
}

fn shown(skill: Skill) -> OfficeSkill {
    OfficeSkill {
        skill_id: skill.skill.0,
        code: skill.code,
        name: skill.name_zh,
        name_en: skill.name_en,
    }
}
