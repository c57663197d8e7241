//! `xinqiao migrate`: brings a database's schema up to date without serving.
//!
//! `serve` does the same when it starts; this is for whoever wants to see it done
//! before the night. A database newer than the program is refused.

use super::Given;
use crate::app::build::store_settings;
use crate::store::Store;
use clap::Args;
use std::io::Write;
use std::sync::Arc;

/// Which database.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    given: Given,
}

/// Migrates; true when it is done.
///
/// # Errors
///
/// The database cannot be opened, is served by another process, or is newer.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&store_settings(&config), Arc::new(|_| ())).await?;
        let found = store.integrity().await?;
        store.close().await;
        writeln!(out, "schema 结构版本 {}, {} messages", found.schema, found.messages)?;
        Ok(true)
    })
}
