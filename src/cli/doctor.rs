//! `xinqiao doctor`: is this machine fit for its first night?
//!
//! Looks, measures and says; changes nothing but a probe file that it takes away
//! again. Each line is a verdict, what was looked at, and what was found; a
//! failed one says what to do.

mod finding;
mod machine;

use super::Given;
use crate::clock::Clock;
use clap::Args;
use finding::Finding;
use std::io::Write;

/// What to look at.
#[derive(Clone, Debug, Args)]
pub struct Options {
    #[command(flatten)]
    given: Given,
}

/// Looks at everything; true when nothing failed.
///
/// # Errors
///
/// The configuration cannot be read, or the verdicts cannot be written.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let config = options.given.load()?;
    let clock = Clock::system();
    let mut findings = vec![Finding::ok("配置 configuration", "every key and value understood")];
    findings.extend(machine::look(&config, &clock));
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let failed = findings.iter().filter(|finding| finding.is_failure()).count();
    let doubts = findings.iter().filter(|finding| finding.is_doubt()).count();
    writeln!(out, "\n{failed} failed 未通过, {doubts} to look at 待留意, of {}", findings.len())?;
    Ok(failed == 0)
}
