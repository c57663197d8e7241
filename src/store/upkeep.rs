//! Keeping the database in shape while it is written: checkpoints.

use super::connect::Source;
use super::job::Job;
use super::sql::{Engine, Statement};
use tokio::sync::mpsc;

/// Rows written between two checkpoints of SQLite: some 8 MB of log.
const ROWS_BETWEEN: usize = 4_096;
/// Log pages (4 KiB) from which the writer itself lets the log begin anew: 64 MB.
const LOG_PAGES_MAX: i64 = 16_384;

/// Moves SQLite's log into the database beside the writer.
///
/// A checkpoint that runs while the writer writes can never reach the log's
/// end, and the log would grow for as long as the rush lasts. So when it has
/// become long, the writer is asked to finish the small rest between two batches.
pub(crate) struct Checkpointer {
    due: Option<mpsc::Sender<()>>,
    rows: usize,
}

impl Checkpointer {
    /// Starts the task; it ends with the writer.
    pub(crate) fn start(source: &Source, queue: &mpsc::Sender<Job>) -> Self {
        if source.engine() == Engine::Postgres {
            return Self { due: None, rows: 0 };
        }
        let (due, wake) = mpsc::channel(1);
        tokio::spawn(checkpoint(source.clone(), wake, queue.downgrade()));
        Self { due: Some(due), rows: 0 }
    }

    /// The writer stored `rows` more.
    pub(crate) fn wrote(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(rows).saturating_add(1);
        if self.rows >= ROWS_BETWEEN {
            self.rows = 0;
            if let Some(due) = &self.due {
                let _ = due.try_send(());
            }
        }
    }
}

async fn checkpoint(source: Source, mut wake: mpsc::Receiver<()>, queue: mpsc::WeakSender<Job>) {
    let mut connection = None;
    while wake.recv().await.is_some() {
        let Some(mut open) = (match connection.take() {
            Some(open) => Some(open),
            None => source.connect().await.ok(),
        }) else {
            continue;
        };
        let Ok(done) = open.run(&passive_checkpoint()).await else {
            continue;
        };
        connection = Some(open);
        let log_pages = done.rows.first().and_then(|row| row.int("log")).unwrap_or(0);
        if log_pages > LOG_PAGES_MAX
            && let Some(queue) = queue.upgrade()
        {
            let _ = queue.try_send(Job::Checkpoint);
        }
    }
}

/// Moves what can be moved without waiting for anybody.
pub(crate) fn passive_checkpoint() -> Statement {
    Statement::new("PRAGMA wal_checkpoint(PASSIVE)", [])
}
