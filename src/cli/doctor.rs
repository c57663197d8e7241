//! `xinqiao doctor`: is this machine fit for its first night?
//!
//! Looks, measures and says; changes nothing but a probe file that it takes away
//! again. Each line is a verdict, what was looked at, and what was found; a
//! failed one says what to do.

mod database;
mod finding;
mod machine;

use super::Given;
use crate::clock::Clock;
use crate::config::Config;
use crate::media::PromptBook;
use crate::store::Head;
use crate::web::assets;
use clap::Args;
use database::Depth;
use finding::Finding;
use std::io::Write;

/// What to look at.
#[derive(Clone, Debug, Args)]
pub struct Options {
    #[command(flatten)]
    given: Given,
    /// Read the whole database and check the journal's chain of hashes
    #[arg(long)]
    verify_journal: bool,
    /// A head of the journal kept elsewhere (`doctor --verify-journal` prints it): was anything cut off?
    #[arg(long, value_name = "HEAD", requires = "verify_journal", value_parser = head)]
    known_head: Option<Head>,
}

fn head(text: &str) -> Result<Head, String> {
    text.parse().map_err(|()| "expected NUMBER:HEX as the doctor prints it".to_owned())
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
    findings.push(console());
    findings.extend(prompts(&config));
    let depth = Depth { is_whole_read: options.verify_journal, known_head: options.known_head };
    findings.extend(database::look(&config, depth));
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let failed = findings.iter().filter(|finding| finding.is_failure()).count();
    let doubts = findings.iter().filter(|finding| finding.is_doubt()).count();
    writeln!(out, "\n{failed} failed 未通过, {doubts} to look at 待留意, of {}", findings.len())?;
    Ok(failed == 0)
}

fn console() -> Finding {
    const SUBJECT: &str = "控制台 console";
    match assets::missing_page() {
        None => Finding::ok(SUBJECT, "in the binary"),
        Some(page) => Finding::failure(
            SUBJECT,
            format!("{page} is not in this binary; build it with `make build`"),
        ),
    }
}

/// What a telephone says: each file that cannot be used, and what is a chime.
fn prompts(config: &Config) -> Vec<Finding> {
    const SUBJECT: &str = "电话录音 prompts";
    let (_, report) = PromptBook::load(Some(config.database.data_dir.join("prompts")));
    let faults = report.faults.iter().map(|fault| Finding::doubt(SUBJECT, fault.to_string()));
    let mut findings: Vec<Finding> = faults.collect();
    findings.push(if report.missing.is_empty() {
        Finding::ok(SUBJECT, format!("{} recordings, none missing", report.heard))
    } else {
        let (count, named) = (report.missing.len(), report.named());
        let advice = "record them or build with `make build`";
        Finding::doubt(SUBJECT, format!("{count} are heard as a chime ({named}); {advice}"))
    });
    findings
}
