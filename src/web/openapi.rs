//! The OpenAPI 3.1 document, made from the code of the doors.

use utoipa::OpenApi;

/// The frame of the document; the doors bring paths and schemas.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "心桥 xinqiao",
        description = "Call and chat switch for psychological hotlines. Times are RFC 3339 UTC with \
            milliseconds, ids are opaque strings, faults are application/problem+json with a stable \
            `code`. Sockets speak JSON frames of the subprotocol `xinqiao.v1`: a seeker's at \
            /api/v1/contacts/{contact_id}/socket, a console's at /api/v1/console/socket.",
        license(name = "Apache-2.0")
    ),
    tags(
        (name = "seeker", description = "A person who reaches out: no cookie, no account"),
        (name = "session", description = "Signing in"),
        (name = "desk", description = "A counselor at work"),
        (name = "office", description = "Administration: what is saved works at once"),
        (name = "house", description = "Health and figures"),
    )
)]
pub struct Document;
