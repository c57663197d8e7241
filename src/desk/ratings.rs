//! What seekers said of their talks, by line: `GET /api/v1/board/ratings`.

use super::Desk;
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::store::ratings::LineRatings;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use ts_rs::TS;

/// Looked back, ms: 30 days, so that a quiet line has enough to say.
const WINDOW_MS: i64 = 30 * 86_400_000;
/// A mean of fewer would be somebody's own score.
const COUNT_MIN: u32 = 5;

/// The ratings of one line over 30 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS, utoipa::ToSchema)]
#[ts(export, export_to = "desk.ts")]
pub struct RatingSummary {
    /// The line's code.
    pub line: String,
    pub count: u32,
    /// The mean score times 100; null under 5 ratings.
    pub mean_x100: Option<u32>,
}

/// Ratings of the last 30 days, every line; simulated contacts left out.
#[utoipa::path(
    get, path = "/api/v1/board/ratings", tag = "board",
    responses(
        (status = 200, body = Vec<RatingSummary>),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ratings(
    State(desk): State<Desk>,
    who: Who,
) -> Result<Json<Vec<RatingSummary>>, Problem> {
    who.need(Permission::WatchQueue)?;
    let since = desk.clock.now() + -WINDOW_MS;
    let sums = desk.store.ratings().sums(since).await.map_err(|error| {
        tracing::error!(%error, "desk.ratings failed");
        Problem::retry_after(Fault::NotReady, 5)
    })?;
    let book = desk.directory.book();
    let summary = |line: String, sums: Option<&LineRatings>| RatingSummary {
        line,
        count: sums.map_or(0, |sums| sums.count),
        mean_x100: sums.and_then(mean_x100),
    };
    let of = |line| sums.iter().find(|sums| sums.line == line);
    Ok(Json(book.lines().map(|face| summary(face.code.clone(), of(face.line))).collect()))
}

/// Rounded half up; `None` of too few.
fn mean_x100(sums: &LineRatings) -> Option<u32> {
    if sums.count < COUNT_MIN {
        return None;
    }
    let count = u64::from(sums.count);
    let mean = sums.sum.saturating_mul(100).saturating_add(count / 2).checked_div(count)?;
    u32::try_from(mean).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LineId;

    #[test]
    fn a_mean_is_told_from_five_ratings_on_and_rounded() {
        let of = |count, sum| mean_x100(&LineRatings { line: LineId(1), count, sum });
        assert_eq!(of(4, 20), None);
        assert_eq!(of(5, 22), Some(440));
        assert_eq!(of(6, 26), Some(433));
        assert_eq!(of(6, 28), Some(467));
    }
}
