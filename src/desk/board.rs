//! The live board's subscription, and the hour behind it.

use super::Desk;
use super::frame::{BoardHour, HourSeries};
use super::session::Visit;
use super::show::channel_word;
use super::words::No;
use crate::accounts::{Permission, Who};
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::live::directory::Book;
use crate::store::hour::Hour;
use axum::Json;
use axum::extract::State;

impl Visit {
    pub(super) fn subscribe(&self, topic: &str, watches: bool) {
        if topic != "queue_health" {
            return self.refuse(No::UnknownTopic, None, None);
        }
        match self.need(Permission::WatchQueue) {
            Ok(()) => self.desk.hub.watch_queue(self.who.account, self.seat, watches),
            Err(no) => self.refuse(no, None, None),
        }
    }
}

/// The last hour by line and channel, a point for each minute.
///
/// Read from the record of contacts, so it is the same after a restart. Simulated contacts and those
/// turned away at a closed door are left out.
#[utoipa::path(
    get, path = "/api/v1/board/hour", tag = "desk",
    responses(
        (status = 200, body = BoardHour),
        (status = 401, body = ProblemBody, description = "sign_in_needed", content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, description = "forbidden", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn lookup_hour(
    State(desk): State<Desk>,
    who: Who,
) -> Result<Json<BoardHour>, Problem> {
    who.need(Permission::WatchQueue)?;
    let hour = desk.store.hours().last(desk.clock.now(), desk.seeker_grace_ms).await;
    let hour = hour.map_err(|error| {
        tracing::error!(%error, "desk.hour failed");
        Problem::retry_after(Fault::NotReady, 5)
    })?;
    Ok(Json(shown(&hour, &desk.directory.book())))
}

fn shown(hour: &Hour, book: &Book) -> BoardHour {
    let series = hour.series.iter().map(|((line, channel), series)| HourSeries {
        line: book.code(*line),
        channel: channel_word(*channel).to_owned(),
        waiting: series.waiting.to_vec(),
        longest_wait_s: series.longest_wait_s.to_vec(),
        arrived: series.arrived.to_vec(),
        answered: series.answered.to_vec(),
        abandoned: series.abandoned.to_vec(),
    });
    BoardHour { from: hour.from.rfc3339(), step_s: 60, series: series.collect() }
}
