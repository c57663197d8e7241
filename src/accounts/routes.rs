//! `POST`, `GET` and `DELETE /api/v1/session`.

use super::sign_in::SignInError;
use super::who::{check_header, cookie};
use super::{Accounts, Who};
use crate::clock::Clock;
use crate::door::origin::{self, Source};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::live::{Admission, Hub};
use crate::veil::{Pii, Purpose};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// `POST /api/v1/session`.
#[derive(Deserialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "desk.ts")]
pub struct SignIn {
    pub username: String,
    pub password: String,
    #[serde(default)]
    #[ts(optional)]
    pub otp: Option<String>,
}

/// `GET /api/v1/session`: who is signed in.
#[derive(Clone, Debug, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "desk.ts")]
pub struct SignedIn {
    pub account_id: String,
    pub username: String,
    pub alias: String,
    pub role: String,
    pub permissions: Vec<String>,
}

/// What signing in and out needs.
#[derive(Clone)]
pub struct Gate {
    pub accounts: Accounts,
    pub hub: Arc<Hub>,
    pub admission: Arc<Admission>,
    pub clock: Clock,
}

/// The gate's part of the router.
pub fn router(gate: Gate) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(post_session, lookup_session, delete_session))
        .with_state(gate)
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::BadCredentials => Fault::BadCredentials.into(),
            SignInError::OtpRequired => Fault::OtpRequired.into(),
            SignInError::OtpNotSetUp => Fault::OtpNotSetUp.into(),
            SignInError::LockedOut { retry_after_s } => {
                Self::retry_after(Fault::LockedOut, retry_after_s)
            }
            SignInError::Store(error) => {
                tracing::error!(%error, "accounts.sign_in failed");
                Self::retry_after(Fault::NotReady, 5)
            }
        }
    }
}

/// Sign in.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses(
        (status = 204, description = "signed in; the cookie is set"),
        (status = 400, body = ProblemBody, description = "bad_request", content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, description = "bad_credentials, otp_required, otp_not_set_up", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "foreign_origin", content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, description = "too_large", content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, description = "unsupported_media_type", content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, description = "field_too_long", content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, description = "locked_out, rate_limited, with Retry-After", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
async fn post_session(
    State(gate): State<Gate>,
    source: Source,
    headers: HeaderMap,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Problem> {
    if !origin::is_welcome(&headers, &[]) {
        return Err(Fault::ForeignOrigin.into());
    }
    let Json(SignIn { username, password, otp }) = body?;
    if username.len() > 100 || password.len() > 1_000 {
        return Err(Fault::FieldTooLong.into());
    }
    let admitted = gate.admission.admit_sign_in(source.0, gate.clock.now());
    admitted.map_err(|wait| Problem::retry_after(Fault::RateLimited, wait.retry_after_s))?;
    let signed_in = gate.accounts.sign_in(&username, Pii::new(password), otp.as_deref()).await?;
    let token = signed_in.token.into_revealed(Purpose::Deliver);
    let rules = &gate.accounts.rules;
    let set = cookie(rules.is_secure, Some(&token), rules.lifetime_ms / 1_000);
    let set = set.ok_or(Fault::Internal)?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, set)])).into_response())
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session",
    responses(
        (status = 200, body = SignedIn),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
    )
)]
async fn lookup_session(who: Who) -> Json<SignedIn> {
    Json(SignedIn {
        account_id: who.account.to_string(),
        permissions: who.permission_words(),
        username: who.username,
        alias: who.alias,
        role: who.role,
    })
}

/// Sign out: the session ends and its sockets close. Signing out twice is no fault.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session",
    responses(
        (status = 204, description = "signed out"),
        (status = 403, body = ProblemBody, description = "header_missing", content_type = "application/problem+json"),
    )
)]
async fn delete_session(
    State(gate): State<Gate>,
    headers: HeaderMap,
    who: Result<Who, Problem>,
) -> Result<Response, Problem> {
    check_header(&Method::DELETE, &headers)?;
    if let Ok(who) = who {
        // First on disk: a console that is told asks at once whether it is still signed in.
        gate.accounts.sign_out(&who).await.map_err(SignInError::Store)?;
        gate.hub.sign_out(who.account, Some(&who.session_hash));
    }
    let taken = cookie(gate.accounts.rules.is_secure, None, 0).ok_or(Fault::Internal)?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, taken)])).into_response())
}
