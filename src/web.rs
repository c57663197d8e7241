//! The house's front over HTTP: pages and their headers, health, figures, the OpenAPI document,
//! and the accept loop itself.
//!
//! Owns no business: the doors bring their own routes, `app` puts them together here.

pub mod assets;
pub mod guard;
pub mod listen;
pub mod openapi;
pub mod status;
