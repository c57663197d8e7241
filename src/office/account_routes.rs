//! The doors of accounts. What is made here is shown once and never again.

use super::Office;
use super::frame::{
    AccountChange, AccountMade, NewAccount, OfficeAccount, PasswordMade, SecondFactorMade,
};
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::ids::AccountId;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// All accounts.
#[utoipa::path(
    get, path = "/api/v1/office/accounts", tag = "office",
    responses(
        (status = 200, body = Vec<OfficeAccount>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_accounts(
    State(office): State<Office>,
    who: Who,
) -> Result<Json<Vec<OfficeAccount>>, Problem> {
    who.need(Permission::EditAccounts)?;
    Ok(Json(office.accounts().await?))
}

/// Make an account. Its password, and its second factor where the role needs one, are shown once.
#[utoipa::path(
    post, path = "/api/v1/office/accounts", tag = "office", request_body = NewAccount,
    responses(
        (status = 201, body = AccountMade),
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
pub(super) async fn post_account(
    State(office): State<Office>,
    who: Who,
    body: Result<Json<NewAccount>, JsonRejection>,
) -> Result<(StatusCode, Json<AccountMade>), Problem> {
    who.need(Permission::EditAccounts)?;
    let Json(new) = body?;
    let at_work = office.clone();
    let made = office.save(async move { at_work.make_account(&who, &new).await }).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Change alias or role, close an account or open it again.
///
/// A closed account's sessions and sockets end, and its talks go back to the head of the queue.
#[utoipa::path(
    patch, path = "/api/v1/office/accounts/{account_id}", tag = "office",
    request_body = AccountChange,
    params(("account_id" = String, Path, description = "an account")),
    responses(
        (status = 200, body = OfficeAccount),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, description = "not_found", content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, description = "own_account, last_administrator", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "bad_form", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn patch_account(
    State(office): State<Office>,
    who: Who,
    Path(account): Path<String>,
    body: Result<Json<AccountChange>, JsonRejection>,
) -> Result<Json<OfficeAccount>, Problem> {
    who.need(Permission::EditAccounts)?;
    let Json(change) = body?;
    let account = account_of(&account)?;
    let at_work = office.clone();
    let changing = async move { at_work.change_account(&who, account, &change).await };
    Ok(Json(office.save(changing).await?))
}

/// A new password, shown once; sessions and sockets end.
#[utoipa::path(
    post, path = "/api/v1/office/accounts/{account_id}/password", tag = "office",
    params(("account_id" = String, Path, description = "an account")),
    responses(
        (status = 200, body = PasswordMade),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, description = "not_found", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn post_password(
    State(office): State<Office>,
    who: Who,
    Path(account): Path<String>,
) -> Result<Json<PasswordMade>, Problem> {
    who.need(Permission::EditAccounts)?;
    let account = account_of(&account)?;
    let at_work = office.clone();
    let renewing = async move { at_work.renew_password(&who, account).await };
    Ok(Json(office.save(renewing).await?))
}

/// A new second factor, shown once; the old one opens nothing any more.
#[utoipa::path(
    post, path = "/api/v1/office/accounts/{account_id}/second-factor", tag = "office",
    params(("account_id" = String, Path, description = "an account")),
    responses(
        (status = 200, body = SecondFactorMade),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden, header_missing", content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, description = "not_found", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn post_second_factor(
    State(office): State<Office>,
    who: Who,
    Path(account): Path<String>,
) -> Result<Json<SecondFactorMade>, Problem> {
    who.need(Permission::EditAccounts)?;
    let account = account_of(&account)?;
    let at_work = office.clone();
    let renewing = async move { at_work.renew_second_factor(&who, account).await };
    Ok(Json(office.save(renewing).await?))
}

fn account_of(text: &str) -> Result<AccountId, Problem> {
    text.parse().map_err(|_| Fault::NotFound.into())
}
