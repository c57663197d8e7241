//! The office's doors.

use super::Office;
use super::line::{__path_list_lines, __path_put_line, list_lines, put_line};
use super::reply::{
    __path_delete_reply, __path_list_replies, __path_put_reply, delete_reply, list_replies,
    put_reply,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The office's part of the router.
pub fn router(office: Office) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_lines))
        .routes(routes!(put_line))
        .routes(routes!(list_replies))
        .routes(routes!(put_reply, delete_reply))
        .with_state(office)
}
