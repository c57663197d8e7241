//! What the doctor asks the database: is it whole, and is its journal?

use super::finding::Finding;
use crate::app::build::store_settings;
use crate::config::Config;
use crate::store::{Head, Look, StoreError, Verdict};

const SUBJECT: &str = "数据库 database";
const JOURNAL: &str = "日志链 journal";

/// What is to be checked beside the connection.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// Every page, every conversation's numbers.
    pub is_whole_read: bool,
    /// A head of the journal that was kept elsewhere.
    pub known_head: Option<Head>,
}

/// Looks without taking the database, so also beside a running server.
pub fn look(config: &Config, depth: Depth) -> Vec<Finding> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let found = runtime
        .map_err(|error| Finding::failure(SUBJECT, format!("no runtime ({error})")))
        .and_then(|runtime| {
            runtime.block_on(examine(config, depth)).map_err(|error| failed(&error))
        });
    found.unwrap_or_else(|finding| vec![finding])
}

fn failed(error: &StoreError) -> Finding {
    Finding::failure(SUBJECT, error.to_string())
}

async fn examine(config: &Config, depth: Depth) -> Result<Vec<Finding>, StoreError> {
    let Some(look) = Look::open(&store_settings(config))? else {
        return Ok(vec![Finding::ok(SUBJECT, "none yet; made at the first start")]);
    };
    let mut findings = Vec::new();
    if depth.is_whole_read {
        let found = look.integrity().await?;
        let said = format!("schema {}, {} messages", found.schema, found.messages);
        if found.file == "ok" && found.broken_conversations == 0 {
            findings.push(Finding::ok(SUBJECT, format!("{said}, whole")));
        } else {
            let broken = found.broken_conversations;
            let said = format!("{said}; engine: {}; {broken} broken conversations", found.file);
            findings.push(Finding::failure(SUBJECT, said + "; restore the last backup"));
        }
        findings.push(journal(&look.journal().verify(depth.known_head).await?));
    } else {
        let head = look.journal().head().await?;
        let said = format!("can be read; {} journal entries", head.seq);
        findings.push(Finding::ok(SUBJECT, said + "; --verify-journal reads it all"));
    }
    look.close().await;
    Ok(findings)
}

fn journal(verdict: &Verdict) -> Finding {
    match verdict {
        Verdict::Whole { count, head } => Finding::ok(
            JOURNAL,
            format!("{count} entries, each follows from the one before; {head}"),
        ),
        Verdict::Broken { seq, flaw } => Finding::failure(JOURNAL, format!("entry {seq}: {flaw}")),
    }
}
