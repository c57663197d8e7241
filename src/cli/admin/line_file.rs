//! A line as an operator writes it, in words and seconds, and how it is saved.
//!
//! `config/lines/12355.toml` shows every key. Steps name skills by their code;
//! the last step and the last rung together say that nobody is left ringing. It is judged as the
//! office's form is.

use super::{Desk, told};
use crate::office::frame::{OfficeLine, OfficeRung, OfficeStep, RungKind, StepSkill};
use crate::office::line_form::{Known, hours_in_china, judge};
use crate::office::saved::crisis_numbers;
use crate::switchboard::line::Hours;
use anyhow::bail;
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
    waiting_max: i32,
    threshold_s: i32,
    greeting_s: i32,
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
    skills: BTreeMap<String, i32>,
    widens_after_s: i32,
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
    let (lines, skills, counselors) = (
        desk.store.lines().list().await?,
        desk.store.skills().list().await?,
        desk.store.counselors().list().await?,
    );
    let known = Known { lines: &lines, skills: &skills, counselors: &counselors };
    let line = match known.line(&file.code) {
        Some(before) => before.plan.line,
        None => desk.store.lines().next_id().await?,
    };
    let form = form(&file, seats(desk, &file.triage_seats).await?);
    let mut record = judge(&form, &known, line, desk.at).map_err(|faults| told(&faults))?;
    record.greetings.extend(file.greetings);
    desk.store.lines().save(&record, desk.act("line_saved", &file.code)).await?;
    Ok(file.code)
}

/// The same line as the office's form says it.
fn form(file: &LineFile, triage_seats: Vec<String>) -> OfficeLine {
    let greeting = |locale: &str| file.greetings.get(locale).cloned().unwrap_or_default();
    let (kind, line) = match &file.last_rung {
        RungFile::Full => (RungKind::Full, None),
        RungFile::CallBack => (RungKind::CallBack, None),
        RungFile::Forward(code) => (RungKind::Forward, Some(code.clone())),
    };
    OfficeLine {
        code: file.code.clone(),
        name: file.name_zh.clone(),
        name_en: file.name_en.clone(),
        owner: file.owner.clone(),
        numbers: file.numbers.clone(),
        greeting: greeting("zh-CN"),
        greeting_en: greeting("en"),
        crisis_numbers: crisis_numbers(),
        hours: hours_in_china(&file.hours),
        steps: file.steps.iter().map(step).collect(),
        last_rung: OfficeRung { kind, line },
        threshold_s: file.threshold_s,
        greeting_s: file.greeting_s,
        waiting_max: file.waiting_max,
        mixes_voice_and_chat: file.mixes_voice_and_chat,
        triage_seats,
        saved_at: None,
    }
}

fn step(step: &StepFile) -> OfficeStep {
    let skill =
        |(code, at_least): (&String, &i32)| StepSkill { skill: code.clone(), at_least: *at_least };
    OfficeStep {
        skills: Some(step.skills.iter().map(skill).collect()),
        widens_after_s: step.widens_after_s,
        fixed: false,
        stored_step: None,
    }
}

async fn seats(desk: &Desk<'_>, usernames: &[String]) -> anyhow::Result<Vec<String>> {
    let mut seats = Vec::new();
    for username in usernames {
        let Some(account) = desk.store.accounts().lookup_by_username(username).await? else {
            bail!("triage_seats: there is no account {username}");
        };
        seats.push(account.account.to_string());
    }
    Ok(seats)
}
