//! What the disk and the bare engines do: the neighbours of every durable figure.

use super::stopwatch::{count, now_us, rounded, seconds};
use crate::store::probe::Probe;
use anyhow::Context;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// How long each probe runs.
const PROBE_S: f64 = 2.0;
/// One message's body.
const BODY_BYTES: usize = 160;

/// Appends of 4 KiB, each on disk before the next: fdatasync(2).
pub fn fsync_per_s(directory: &Path) -> anyhow::Result<f64> {
    let path = directory.join("fsync");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let page = [0_u8; 4096];
    let began = now_us();
    let mut syncs = 0;
    while seconds(began, now_us()) < PROBE_S {
        file.write_all(&page)?;
        file.sync_data().context("fdatasync")?;
        syncs += 1;
    }
    let rate = count(syncs) / seconds(began, now_us());
    std::fs::remove_file(&path)?;
    Ok(rounded(rate, 0))
}

/// One row, one commit, one connection.
pub async fn bare_inserts_per_s(url: &str) -> anyhow::Result<f64> {
    let mut probe = Probe::open(url).await?;
    let body = ".".repeat(BODY_BYTES);
    let began = now_us();
    let mut rows = 0;
    probe
        .store_one_by_one(&body, || {
            let more = seconds(began, now_us()) < PROBE_S;
            rows += u64::from(more);
            more
        })
        .await?;
    Ok(rounded(count(rows) / seconds(began, now_us()), 0))
}
