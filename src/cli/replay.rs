//! `xinqiao replay`: the journal through a fresh machine, to the byte.
//!
//! Shows that the machine of this version decides every night in the journal as it was decided
//! then; the first turn that differs is named. Reads only: it may run on a copy of the database.

use super::Given;
use crate::store::{Settings, Store};
use crate::switchboard::{Entry, Rules, Switchboard};
use anyhow::Context;
use clap::Args;
use std::io::Write;
use std::sync::Arc;

/// Entries read at once.
const PAGE: i64 = 1_000;

/// What `replay` can be told.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    pub given: Given,
}

/// Replays; true when every turn came out as it stands in the journal.
///
/// # Errors
///
/// The store cannot be read, or an entry is none.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let url = config.database.resolved_url().reveal().to_owned();
        let store = Store::open(&Settings { url, ..Settings::default() }, Arc::new(|_| ())).await?;
        let same = replay(&store, out).await;
        store.close().await;
        same
    })
}

async fn replay(store: &Store, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut machine = Switchboard::new(Rules::default());
    let (mut after, mut turns) = (0, 0_u64);
    loop {
        let entries = store.journal().entries(after, PAGE).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        for entry in entries.iter().filter(|entry| entry.kind == "turn") {
            if turn(&mut machine, &entry.body)? != entry.body {
                writeln!(
                    out,
                    "turn {} came out otherwise than it stands in the journal",
                    entry.seq
                )?;
                return Ok(false);
            }
            turns += 1;
        }
    }
    writeln!(out, "{turns} turns replayed, every one as it stands in the journal")?;
    Ok(true)
}

/// One turn, written as the pump writes it.
fn turn(machine: &mut Switchboard, body: &str) -> anyhow::Result<String> {
    let Entry { at, input, .. } = serde_json::from_str(body).context("read an entry")?;
    match input.clone() {
        Some(input) => machine.handle(at, input),
        None => machine.handle_timeout(at),
    }
    let effects = std::iter::from_fn(|| machine.poll_effect()).collect();
    while machine.poll_row().is_some() {}
    Ok(serde_json::to_string(&Entry { at, input, effects })?)
}
