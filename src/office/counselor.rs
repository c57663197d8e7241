//! Counselors: what a volunteer can take, and how much at once.

use super::form::Faults;
use super::frame::{CounselorForm, CounselorSkill, OfficeCounselor};
use super::{Office, OfficeError, is_current};
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, FieldCode, FieldFault, Problem};
use crate::ids::{AccountId, CounselorId, SkillId};
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::store::skills::Skill;
use crate::switchboard::Profile;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};

/// Characters of an alias: it stands on a badge.
const ALIAS_CHARS_MAX: usize = 40;
/// Chats at once that anybody could mean: a volunteer holds two or three.
const CHATS_MAX: i32 = 20;
const SKILLS_MAX: usize = 50;

/// All counselors, removed ones too.
#[utoipa::path(
    get, path = "/api/v1/office/counselors", tag = "office",
    responses(
        (status = 200, body = Vec<OfficeCounselor>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_counselors(
    State(office): State<Office>,
    who: Who,
) -> Result<Json<Vec<OfficeCounselor>>, Problem> {
    // Whoever saves lines gives triage seats.
    if !who.may(Permission::EditCounselors) && !who.may(Permission::EditLines) {
        return Err(Fault::Forbidden.into());
    }
    Ok(Json(office.counselors().await?))
}

/// Save a counselor's profile. Offers follow it at once; talks in hand go on, unless the counselor
/// is removed: then they go back to the head of the queue.
#[utoipa::path(
    put, path = "/api/v1/office/counselors/{counselor_id}", tag = "office",
    request_body = CounselorForm,
    params(("counselor_id" = String, Path, description = "a counselor; accounts make them")),
    responses(
        (status = 200, body = OfficeCounselor),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, description = "not_found", content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, description = "changed_meanwhile", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "bad_form", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn put_counselor(
    State(office): State<Office>,
    who: Who,
    Path(counselor): Path<String>,
    body: Result<Json<CounselorForm>, JsonRejection>,
) -> Result<Json<OfficeCounselor>, Problem> {
    who.need(Permission::EditCounselors)?;
    let Json(form) = body?;
    let counselor: CounselorId = counselor.parse().map_err(|_| Fault::NotFound)?;
    let at_work = office.clone();
    let saving = async move { at_work.save_counselor(&who, counselor, &form).await };
    Ok(Json(office.save(saving).await?))
}

impl Office {
    async fn counselors(&self) -> Result<Vec<OfficeCounselor>, OfficeError> {
        let records = self.store.counselors().list().await?;
        let accounts = self.store.accounts().list().await?;
        let skills = self.store.skills().list().await?;
        let account_of = |record: &CounselorRecord| {
            let id = AccountId(record.profile.counselor.0);
            accounts.iter().find(|account| account.account == id)
        };
        Ok(records.iter().map(|record| shown(record, account_of(record), &skills)).collect())
    }

    async fn save_counselor(
        &self,
        who: &Who,
        counselor: CounselorId,
        form: &CounselorForm,
    ) -> Result<OfficeCounselor, OfficeError> {
        let others = self.store.counselors().list().await?;
        let skills = self.store.skills().list().await?;
        let account = self.store.accounts().lookup(AccountId(counselor.0)).await?;
        let before = others.iter().find(|record| record.profile.counselor == counselor);
        let before = before.ok_or(OfficeError::Unknown)?;
        if !is_current(form.saved_at.as_deref(), Some(before.saved_at)) {
            return Err(OfficeError::changed(Some(&shown(before, account.as_ref(), &skills))));
        }
        let role = account.as_ref().map_or("", |account| account.role.as_str());
        if before.removed
            && !form.removed
            && !self.accounts.role_may(role, Permission::TakeContacts)
        {
            let (zh, en) = ("这个账号的角色不接来访", "the account's role takes no contacts");
            return Err(OfficeError::one_fault("removed", FieldCode::Fixed, zh, en));
        }
        let profile = judge(counselor, form, &others, &skills).map_err(OfficeError::BadForm)?;
        let record = CounselorRecord {
            alias: form.alias.trim().to_owned(),
            profile,
            removed: form.removed,
            saved_at: self.edition_after(Some(before.saved_at)),
        };
        let act = self.act("counselor_saved", &counselor.to_string(), who);
        self.store.counselors().save(&record, act).await?;
        self.bring().await?;
        if before.removed != record.removed || before.alias != record.alias {
            // Their console shows a seat that is no more, or another name.
            self.hub.recall(AccountId(counselor.0));
        }
        Ok(shown(&record, account.as_ref(), &skills))
    }
}

/// The fault of an alias, if any: it names one counselor to all others.
pub(super) fn judge_alias(
    alias: &str,
    own: Option<CounselorId>,
    others: &[CounselorRecord],
    faults: &mut Faults,
) {
    faults.name("alias", alias, ALIAS_CHARS_MAX);
    let alias = alias.trim();
    let is_own = |record: &&CounselorRecord| Some(record.profile.counselor) == own;
    let keeps = others.iter().find(is_own).is_some_and(|record| record.alias == alias);
    let is_taken = others.iter().any(|record| !record.removed && record.alias == alias);
    if is_taken && !keeps {
        let (zh, en) = ("另一位咨询员已用这个化名", "another counselor has this alias");
        faults.add("alias", FieldCode::Taken, zh, en);
    }
}

fn judge(
    counselor: CounselorId,
    form: &CounselorForm,
    others: &[CounselorRecord],
    known: &[Skill],
) -> Result<Profile, Vec<FieldFault>> {
    let mut faults = Faults::default();
    judge_alias(&form.alias, Some(counselor), others, &mut faults);
    faults.count("skills", form.skills.len(), 0..=SKILLS_MAX);
    let codes: Vec<&str> = form.skills.iter().map(|held| held.skill.as_str()).collect();
    faults.each_once("skills", &codes);
    let mut skills: Vec<(SkillId, u8)> = Vec::new();
    for (place, held) in form.skills.iter().enumerate() {
        faults.number(format!("skills.{place}.level"), held.level, 1..=5);
        if let Some(skill) = known.iter().find(|skill| skill.code == held.skill) {
            skills.push((skill.skill, u8::try_from(held.level).unwrap_or(0)));
        } else {
            let (zh, en) = ("没有这项技能", "there is no such skill");
            faults.add(format!("skills.{place}.skill"), FieldCode::Unknown, zh, en);
        }
    }
    skills.sort_unstable();
    faults.number("chats_max", form.chats_max, 0..=CHATS_MAX);
    match u8::try_from(form.chats_max) {
        Ok(chats_max) if faults.are_none() => {
            Ok(Profile { counselor, skills, takes_voice: form.takes_voice, chats_max })
        }
        _ => Err(faults.into_list()),
    }
}

fn shown(record: &CounselorRecord, account: Option<&Account>, known: &[Skill]) -> OfficeCounselor {
    let profile = &record.profile;
    let held = |(skill, level): &(SkillId, u8)| {
        let known = known.iter().find(|known| known.skill == *skill)?;
        Some(CounselorSkill { skill: known.code.clone(), level: i32::from(*level) })
    };
    OfficeCounselor {
        counselor_id: profile.counselor.to_string(),
        username: account.map_or_else(String::new, |account| account.username.clone()),
        alias: record.alias.clone(),
        role: account.map_or_else(String::new, |account| account.role.clone()),
        skills: profile.skills.iter().filter_map(held).collect(),
        takes_voice: profile.takes_voice,
        chats_max: profile.chats_max,
        removed: record.removed,
        saved_at: record.saved_at.rfc3339(),
    }
}
