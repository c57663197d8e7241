//! The office's doors.

use super::Office;
use super::account_routes::{
    __path_list_accounts, __path_patch_account, __path_post_account, __path_post_password,
    __path_post_second_factor, list_accounts, patch_account, post_account, post_password,
    post_second_factor,
};
use super::counselor::{
    __path_list_counselors, __path_put_counselor, list_counselors, put_counselor,
};
use super::line::{__path_list_lines, __path_put_line, list_lines, put_line};
use super::reply::{
    __path_delete_reply, __path_list_replies, __path_put_reply, delete_reply, list_replies,
    put_reply,
};
use super::role::{__path_list_roles, list_roles};
use super::skill::{__path_list_skills, __path_put_skill, list_skills, put_skill};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The office's part of the router.
pub fn router(office: Office) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_lines))
        .routes(routes!(put_line))
        .routes(routes!(list_skills))
        .routes(routes!(put_skill))
        .routes(routes!(list_counselors))
        .routes(routes!(put_counselor))
        .routes(routes!(list_accounts, post_account))
        .routes(routes!(patch_account))
        .routes(routes!(post_password))
        .routes(routes!(post_second_factor))
        .routes(routes!(list_roles))
        .routes(routes!(list_replies))
        .routes(routes!(put_reply, delete_reply))
        .with_state(office)
}
