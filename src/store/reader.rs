//! Reading a conversation: many askers, one query.
//!
//! After a cut of the network thousands of sockets come back at once and each
//! asks for what it missed. One task takes the requests that wait and answers
//! them with one query, so that such a storm costs a few dozen queries.

use super::error::StoreError;
use super::job::{MessageKind, Sender};
use super::sql::Pool;
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, MessageId};
use crate::veil::Pii;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Requests answered by one query.
const BATCH_MAX: usize = 64;
/// Requests that may wait: two storms of 2,000.
const QUEUE_MAX: usize = 4_096;
/// A database that is in trouble must not hold the askers for ever.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A message as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub contact: ContactId,
    pub seq: i64,
    pub message: MessageId,
    pub from: Sender,
    pub author: Option<CounselorId>,
    pub client_id: Option<String>,
    pub kind: MessageKind,
    pub text: Pii<String>,
    pub at: At,
}

/// What is asked of one conversation: `after < seq ≤ after + limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) contact: ContactId,
    pub(crate) after: i64,
    pub(crate) limit: i64,
}

type Answer = oneshot::Sender<Result<Vec<Message>, StoreError>>;

/// Reads conversations; cheap to clone.
#[derive(Clone)]
pub struct Reader {
    queue: mpsc::Sender<(Want, Answer)>,
}

impl Reader {
    /// Starts `tasks` reading tasks that end with the last handle.
    pub(crate) fn start(pool: &Pool, tasks: usize) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let requests = std::sync::Arc::new(tokio::sync::Mutex::new(requests));
        for _ in 0..tasks.max(1) {
            tokio::spawn(answer(pool.clone(), std::sync::Arc::clone(&requests)));
        }
        Self { queue }
    }

    /// The messages of `contact` after `after_seq`, in order, at most `limit`;
    /// ask again with the last one's `seq` for more.
    ///
    /// # Errors
    /// [`StoreError::Busy`] at once if too many ask; trouble of the database.
    pub async fn history(
        &self,
        contact: ContactId,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let want = Want { contact, after: after_seq.max(0), limit: i64::from(limit) };
        let (reply, answer) = oneshot::channel();
        self.queue.try_send((want, reply)).map_err(|_| StoreError::Busy)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }
}

async fn answer(
    pool: Pool,
    requests: std::sync::Arc<tokio::sync::Mutex<mpsc::Receiver<(Want, Answer)>>>,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        let taken = requests.lock().await.recv_many(&mut batch, BATCH_MAX).await;
        if taken == 0 {
            return;
        }
        let (wants, replies): (Vec<Want>, Vec<Answer>) = batch.drain(..).unzip();
        let found = tokio::time::timeout(ANSWER_WITHIN, pool.messages(&wants)).await;
        let found = found.unwrap_or_else(|_| {
            let trouble = super::error::Trouble::Slow;
            Err(trouble.in_operation("reader.history"))
        });
        hand_out(found, replies);
    }
}

/// Gives every asker its messages, or all of them the error.
fn hand_out(found: Result<Vec<Vec<Message>>, StoreError>, replies: Vec<Answer>) {
    match found {
        Ok(lists) => {
            for (list, reply) in lists.into_iter().zip(replies) {
                let _ = reply.send(Ok(list));
            }
        }
        Err(error) => {
            for reply in replies {
                let _ = reply.send(Err(error.clone()));
            }
        }
    }
}
