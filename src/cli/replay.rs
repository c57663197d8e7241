//! `xinqiao replay`: the journal through a fresh machine, turn by turn.
//!
//! The machine is pure, so the same inputs must give the same effects, to the byte.
//! What differs shows where the program that wrote the journal and this one decide
//! differently; after an update that is meant to change nothing, nothing may differ.
//! Reads only, also while a server runs.

use super::Given;
use crate::app::build::store_settings;
use crate::store::{Journal, JournalEntry, Look};
use crate::switchboard::{Effect, Entry, Rules, Switchboard};
use anyhow::Context;
use clap::Args;
use std::io::Write;

/// Entries read at once.
const PAGE_COUNT: i64 = 1_024;

/// Which journal.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    given: Given,
    /// Print the first turn that differs, as it was and as it is now (ids, no texts)
    #[arg(long)]
    show: bool,
}

/// Replays; true when every turn came out as it was written.
///
/// # Errors
///
/// The journal cannot be read, or holds a turn that this program does not know.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let look = Look::open(&store_settings(&config))?;
        let look = look.context("there is no database yet 还没有数据库")?;
        let replayed = replay(&look.journal()).await;
        look.close().await;
        say(&replayed?, options.show, out)
    })
}

#[derive(Debug, Default)]
struct Replayed {
    turns: u64,
    effects: usize,
    difference: Option<Difference>,
}

#[derive(Debug)]
struct Difference {
    seq: i64,
    was: String,
    is: String,
}

async fn replay(journal: &Journal) -> anyhow::Result<Replayed> {
    // The rules of the house are the journal's first input.
    let mut machine = Switchboard::new(Rules::default());
    let mut replayed = Replayed::default();
    let mut after = 0;
    loop {
        let page = journal.entries(after, PAGE_COUNT).await?;
        let Some(last) = page.last() else { return Ok(replayed) };
        after = last.seq;
        for entry in page.into_iter().filter(|entry| entry.kind == "turn") {
            turn(&mut machine, entry, &mut replayed)?;
            if replayed.difference.is_some() {
                return Ok(replayed);
            }
        }
    }
}

fn turn(
    machine: &mut Switchboard,
    entry: JournalEntry,
    replayed: &mut Replayed,
) -> anyhow::Result<()> {
    let seq = entry.seq;
    let written: Entry = serde_json::from_str(&entry.body)
        .with_context(|| format!("journal entry {seq} is no turn this program knows"))?;
    match written.input.clone() {
        Some(input) => machine.handle(written.at, input),
        None => machine.handle_timeout(written.at),
    }
    let effects: Vec<Effect> = std::iter::from_fn(|| machine.poll_effect()).collect();
    while machine.poll_row().is_some() {}
    replayed.turns = replayed.turns.saturating_add(1);
    replayed.effects = replayed.effects.saturating_add(effects.len());
    let is = serde_json::to_string(&Entry { effects, ..written })?;
    if is != entry.body {
        replayed.difference = Some(Difference { seq, was: entry.body, is });
    }
    Ok(())
}

fn say(replayed: &Replayed, show: bool, out: &mut dyn Write) -> anyhow::Result<bool> {
    let Replayed { turns, effects, difference } = replayed;
    writeln!(out, "{turns} turns replayed 重放, {effects} effects")?;
    match difference {
        None => writeln!(out, "every turn as it was written 与记录逐字节一致")?,
        Some(Difference { seq, was, is }) => {
            writeln!(out, "journal entry {seq} comes out otherwise now 此条结果不同")?;
            if show {
                writeln!(out, "was: {was}\nis:  {is}")?;
            }
        }
    }
    Ok(difference.is_none())
}
