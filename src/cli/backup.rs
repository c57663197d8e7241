//! `xinqiao backup FILE`: a whole copy of a SQLite database, also while it is served.
//!
//! The copy is one file, consistent as of one moment, checked after it is written.
//! It holds everything seekers wrote: it is made readable by its owner alone, and
//! belongs where the database itself might stand. PostgreSQL has `pg_dump`.

use super::Given;
use crate::app::build::store_settings;
use crate::config::DatabaseUrl;
use crate::store::{Look, Settings};
use anyhow::{Context, bail};
use clap::Args;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where to, and of what.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    given: Given,
    /// The copy; must not exist yet
    file: PathBuf,
}

/// Copies and checks; true when the copy is whole.
///
/// # Errors
///
/// There is nothing to copy, the copy cannot be written, or the database is PostgreSQL.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    if config.database.url.sqlite_file().is_none() {
        bail!("the database is PostgreSQL: use pg_dump 请用 pg_dump 备份");
    }
    let settings = store_settings(&config);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let look = Look::open(&settings)?.context("there is no database yet 还没有数据库")?;
        reserve(&options.file)?;
        let copied = look.backup_to(&options.file).await;
        look.close().await;
        copied.with_context(|| format!("copy to {}", options.file.display()))?;
        check(&settings, &options.file, out).await
    })
}

/// An empty file for the owner alone: the engine fills it and keeps its mode.
fn reserve(file: &Path) -> anyhow::Result<()> {
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(file)
        .map(|_| ())
        .with_context(|| format!("{}: must be a new file 须是新文件", file.display()))
}

async fn check(settings: &Settings, file: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let path = fs::canonicalize(file)?;
    let url = DatabaseUrl::new(format!("sqlite:{}", path.display()));
    let settings = Settings { url: url.reveal().to_owned(), ..settings.clone() };
    let look = Look::open(&settings)?.context("the copy is not there")?;
    let found = look.integrity().await?;
    look.close().await;
    let bytes = fs::metadata(file)?.len();
    let verdict = if found.is_whole() { "whole 完好" } else { "NOT whole 有损" };
    writeln!(out, "{}: {bytes} bytes, {} messages, {verdict}", file.display(), found.messages)?;
    Ok(found.is_whole())
}
