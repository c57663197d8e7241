//! What a door shows before anybody knocks: `GET /api/v1/lines`.

use super::Lobby;
use super::frame::{AskOption, ClosedBecause, LineDoor};
use super::words;
use crate::clock::At;
use crate::door::problem::ProblemBody;
use crate::door::{Fault, Problem};
use crate::ids::LineId;
use crate::live::directory::{Book, LineFace};
use crate::switchboard::Switchboard;
use axum::Json;
use axum::extract::{Path, State};
use std::collections::BTreeMap;

/// Whether a line takes anybody at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    closed_because: Option<ClosedBecause>,
    /// Known only if it is closed by its hours.
    opens_at: Option<At>,
    is_full: bool,
}

/// All lines, as their doors show them.
#[utoipa::path(
    get, path = "/api/v1/lines", tag = "seeker",
    responses(
        (status = 200, body = Vec<LineDoor>),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_lines(State(lobby): State<Lobby>) -> Result<Json<Vec<LineDoor>>, Problem> {
    let book = lobby.directory.book();
    let standings = lobby.standings().await?;
    Ok(Json(book.lines().map(|face| door_of(&book, face, &standings)).collect()))
}

/// One line's door.
#[utoipa::path(
    get, path = "/api/v1/lines/{line}", tag = "seeker",
    params(("line" = String, Path, description = "the line's code, e.g. 12355")),
    responses(
        (status = 200, body = LineDoor),
        (status = 404, body = ProblemBody, description = "unknown_line", content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, description = "not_ready", content_type = "application/problem+json"),
    )
)]
pub(super) async fn lookup_line(
    State(lobby): State<Lobby>,
    Path(code): Path<String>,
) -> Result<Json<LineDoor>, Problem> {
    let book = lobby.directory.book();
    let face = book.line_by_code(&code).ok_or(Fault::UnknownLine)?;
    Ok(Json(door_of(&book, face, &lobby.standings().await?)))
}

impl Lobby {
    /// How each line stands at this moment.
    async fn standings(&self) -> Result<BTreeMap<LineId, Standing>, Problem> {
        let look = |machine: &Switchboard, at| -> BTreeMap<LineId, Standing> {
            let standing = |line| Some((line, standing_of(machine, line, at)?));
            machine.lines().into_iter().filter_map(standing).collect()
        };
        let seen = self.switch.look(look, |_| ()).await;
        seen.map_err(|_| Problem::retry_after(Fault::NotReady, 5))
    }
}

fn standing_of(machine: &Switchboard, line: LineId, at: At) -> Option<Standing> {
    let (known, switches) = machine.line(line)?;
    let is_full = machine.is_full(line);
    if switches.outage_since.is_some() {
        // Nobody knows when an outage ends.
        let closed_because = Some(ClosedBecause::Outage);
        return Some(Standing { closed_because, opens_at: None, is_full });
    }
    if known.hours.are_open(at) {
        return Some(Standing { closed_because: None, opens_at: None, is_full });
    }
    let opens_at = known.hours.next_opening(at);
    Some(Standing { closed_because: Some(ClosedBecause::Hours), opens_at, is_full })
}

fn door_of(book: &Book, face: &LineFace, standings: &BTreeMap<LineId, Standing>) -> LineDoor {
    let ask = |skill| {
        let face = book.skill(skill)?;
        let (name, name_en) = (face.name.zh.clone(), face.name.en.clone());
        Some(AskOption { code: face.code.clone(), name, name_en })
    };
    // A line that the office has just added may not have reached the switchboard: closed a moment longer.
    let standing = standings.get(&face.line).copied();
    let open = standing.is_some_and(|standing| standing.closed_because.is_none());
    let standing = standing.unwrap_or_default();
    LineDoor {
        line: face.code.clone(),
        name: face.name.zh.clone(),
        name_en: face.name.en.clone(),
        owner: face.owner.clone(),
        greeting: face.greeting.zh.clone(),
        greeting_en: face.greeting.en.clone(),
        open,
        closed_because: standing.closed_because,
        opens_at: standing.opens_at.map(At::rfc3339),
        is_full: standing.is_full,
        notice: words::LOOK_NOTICE_ZH.to_owned(),
        notice_en: words::LOOK_NOTICE_EN.to_owned(),
        asks: face.asks.iter().copied().filter_map(ask).collect(),
        crisis_numbers: face.crisis_numbers.clone(),
    }
}
