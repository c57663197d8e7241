//! A line as an operator writes it, in words and seconds, and how it is saved.
//!
//! `config/lines/12355.toml` shows every key. Steps name skills by their code;
//! the last step and the last rung together say that nobody is left ringing.

use super::Desk;
use crate::app::rungs;
use crate::ids::{CounselorId, LineId};
use crate::store::lines::LineRecord;
use crate::store::skills::Skill;
use crate::switchboard::line::{Hours, LastRung, RoutingPlan, Step};
use crate::switchboard::{Line, Need};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFile {
    code: String,
    name_zh: String,
    name_en: String,
    owner: String,
    numbers: Vec<String>,
    greetings: BTreeMap<String, String>,
    #[serde(default = "always")]
    hours: Hours,
    steps: Vec<StepFile>,
    last_rung: RungFile,
    waiting_max: u32,
    threshold_s: i64,
    greeting_s: i64,
    #[serde(default)]
    mixes_voice_and_chat: bool,
    /// Usernames.
    #[serde(default)]
    triage_seats: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    /// Skills by code with the least proficiency, all of them; none: anyone.
    #[serde(default)]
    skills: BTreeMap<String, u8>,
    widens_after_s: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RungFile {
    Full,
    CallBack,
    /// The code of another line.
    Forward(String),
}

const fn always() -> Hours {
    Hours::Always
}

/// Reads, checks and saves; gives the line's code.
pub(super) async fn save(desk: &Desk<'_>, path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)?;
    let file: LineFile = toml::from_str(&text)?;
    let lines = desk.store.lines().list().await?;
    let own = lines.iter().find(|line| line.code == file.code).map(|line| line.plan.line);
    let line = match own {
        Some(line) => line,
        None => desk.store.lines().next_id().await?,
    };
    let skills = desk.store.skills().list().await?;
    let id_of =
        |code: &str| lines.iter().find(|known| known.code == code).map(|known| known.plan.line);
    let plan = Line {
        line,
        plan: plan(&file, &skills, id_of)?,
        hours: file.hours,
        threshold_ms: ms(file.threshold_s),
        greeting_ms: ms(file.greeting_s),
        mixes_voice_and_chat: file.mixes_voice_and_chat,
        waiting_max: file.waiting_max,
        triage_seats: seats(desk, &file.triage_seats).await?,
    };
    let known: Vec<LineId> = lines.iter().map(|known| known.plan.line).collect();
    if let Some(fault) = plan.fault(&|target| known.contains(&target)) {
        return Err(fault.into());
    }
    let record = LineRecord {
        code: file.code.clone(),
        name_zh: file.name_zh,
        name_en: file.name_en,
        owner: file.owner,
        numbers: file.numbers,
        greetings: file.greetings,
        crisis_numbers: serde_json::to_string(&rungs::crisis_numbers())?,
        plan,
        saved_at: desk.at,
    };
    desk.store.lines().save(&record, desk.act("line_saved", &file.code)).await?;
    Ok(file.code)
}

fn plan(
    file: &LineFile,
    skills: &[Skill],
    id_of: impl Fn(&str) -> Option<LineId>,
) -> anyhow::Result<RoutingPlan> {
    let steps = file.steps.iter().map(|step| {
        Ok(Step { need: need(&step.skills, skills)?, widens_after_ms: ms(step.widens_after_s) })
    });
    let last_rung = match &file.last_rung {
        RungFile::Full => LastRung::Full,
        RungFile::CallBack => LastRung::CallBack,
        RungFile::Forward(code) => LastRung::Forward {
            line: id_of(code).with_context(|| format!("last_rung: there is no line {code}"))?,
        },
    };
    Ok(RoutingPlan { steps: steps.collect::<anyhow::Result<_>>()?, last_rung: Some(last_rung) })
}

fn need(wanted: &BTreeMap<String, u8>, skills: &[Skill]) -> anyhow::Result<Need> {
    let mut needs = Vec::new();
    for (code, at_least) in wanted {
        let skill = skills
            .iter()
            .find(|skill| skill.code == *code)
            .with_context(|| format!("steps: there is no skill {code}; see admin add-skill"))?;
        needs.push(Need::Skill { skill: skill.skill, at_least: *at_least });
    }
    Ok(match needs.len() {
        0 => Need::Anyone,
        1 => needs.remove(0),
        _ => Need::All(needs),
    })
}

async fn seats(desk: &Desk<'_>, usernames: &[String]) -> anyhow::Result<Vec<CounselorId>> {
    let mut seats = Vec::new();
    for username in usernames {
        let Some(account) = desk.store.accounts().lookup_by_username(username).await? else {
            bail!("triage_seats: there is no account {username}");
        };
        seats.push(CounselorId::from(account.account));
    }
    Ok(seats)
}

const fn ms(seconds: i64) -> i64 {
    seconds.saturating_mul(1_000)
}
