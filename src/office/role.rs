//! Roles: data of the house, shown and not edited here.

use super::frame::OfficeRole;
use super::{Office, OfficeError};
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use axum::Json;
use axum::extract::State;

/// The roles and what each allows.
#[utoipa::path(
    get, path = "/api/v1/office/roles", tag = "office",
    responses(
        (status = 200, body = Vec<OfficeRole>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_roles(
    State(office): State<Office>,
    who: Who,
) -> Result<Json<Vec<OfficeRole>>, Problem> {
    if !who.may(Permission::ReadRoles) && !who.may(Permission::EditAccounts) {
        return Err(Fault::Forbidden.into());
    }
    let roles = office.store.roles().list().await.map_err(OfficeError::from)?;
    let shown = roles.into_iter().map(|role| OfficeRole {
        role: role.code,
        name: role.name_zh,
        name_en: role.name_en,
        permissions: role.permissions,
    });
    Ok(Json(shown.collect()))
}
