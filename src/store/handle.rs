//! The way into the writer's queue.

use super::error::StoreError;
use super::job::{Act, Append, Job, Turn, Write};
use super::journal::Head;
use super::sql::Done;
use crate::ids::ContactId;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// A place at the writer's queue; cheap to clone.
#[derive(Clone)]
pub struct WriterHandle {
    queue: mpsc::Sender<Job>,
}

/// The answer to a turn: the journal's head once it is durable.
pub struct Receipt(oneshot::Receiver<Result<Head, StoreError>>);

impl Receipt {
    /// Waits until the turn is on disk.
    ///
    /// # Errors
    /// [`StoreError::Closed`] if the store stopped first; nothing else ends a turn.
    pub async fn durable(self) -> Result<Head, StoreError> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
}

/// An append that found the queue full (or the store closed): answer it as busy.
#[derive(Debug)]
pub struct Refused {
    pub append: Append,
    pub error: StoreError,
}

impl WriterHandle {
    pub(crate) const fn new(queue: mpsc::Sender<Job>) -> Self {
        Self { queue }
    }

    /// Queues a message; its outcome comes through the committed callback.
    ///
    /// # Errors
    /// At once, with the message, if the queue is full.
    pub fn append(&self, append: Append) -> Result<(), Box<Refused>> {
        match self.queue.try_reserve() {
            Ok(place) => {
                place.send(Job::Append(append));
                Ok(())
            }
            Err(TrySendError::Full(())) => Err(Refused { append, error: StoreError::Busy }),
            Err(TrySendError::Closed(())) => Err(Refused { append, error: StoreError::Closed }),
        }
        .map_err(Box::new)
    }

    /// Queues a turn, waiting for a place in the queue, and returns once it is queued.
    /// Turns are stored in the order of these calls.
    ///
    /// # Errors
    /// [`StoreError::Closed`].
    pub async fn send_turn(&self, turn: Turn) -> Result<Receipt, StoreError> {
        let (reply, receipt) = oneshot::channel();
        self.queue.send(Job::Turn(turn, reply)).await.map_err(|_| StoreError::Closed)?;
        Ok(Receipt(receipt))
    }

    /// Queues a turn and waits until it is durable.
    ///
    /// # Errors
    /// [`StoreError::Closed`].
    pub async fn turn(&self, turn: Turn) -> Result<Head, StoreError> {
        self.send_turn(turn).await?.durable().await
    }

    /// Journals an administrative act that changes no row.
    ///
    /// # Errors
    /// Trouble of the database past the write deadline, or the queue is full.
    pub async fn journal(&self, act: Act) -> Result<(), StoreError> {
        let write = Write { statements: Vec::new(), first_must_change: false, act: Some(act) };
        self.write(write).await.map(|_| ())
    }

    /// The conversation is closed: its numbering need not be kept in memory.
    /// Dropped without harm when the queue is full.
    pub fn forget(&self, contact: ContactId) {
        let _ = self.queue.try_send(Job::Forget(contact));
    }

    /// How many jobs wait, for the meter.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queue.max_capacity().saturating_sub(self.queue.capacity())
    }

    pub(crate) async fn write(&self, write: Write) -> Result<Vec<Done>, StoreError> {
        let (reply, done) = oneshot::channel();
        self.queue.try_send(Job::Write(write, reply)).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Closed(_) => StoreError::Closed,
        })?;
        done.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(crate) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Job::Close(reply)).await.is_ok() {
            let _ = closed.await;
        }
    }
}
