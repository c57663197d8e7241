//! The doors' hand on the switchboard: inputs go in, effects come back when they are on disk.
//!
//! The machine itself has one owner task, the pump in `app`. A door asks (and waits until the
//! turn is durable), tells (and does not wait), or looks (a question that is never journaled).

use super::card::Card;
use crate::clock::At;
use crate::store::callers::CallerRecord;
use crate::switchboard::{Effect, Input, Switchboard};
use tokio::sync::{mpsc, oneshot};

/// What a look leads to, done in order with the effects of the turns before it.
pub type AndThen = Box<dyn FnOnce() + Send>;
/// A look at the machine.
pub type Look = Box<dyn FnOnce(&Switchboard, At) -> AndThen + Send>;

/// What travels with an arrival into the same transaction.
#[derive(Debug)]
pub struct Knock {
    pub card: Card,
    /// The code of the placement the seeker came by.
    pub campaign: Option<String>,
    /// Who calls, if it is a call.
    pub called_from: Option<CallerRecord>,
}

/// One thing for the pump.
pub enum Envelope {
    Input {
        input: Input,
        knock: Option<Box<Knock>>,
        /// Gets the effects of the turn once they are on disk.
        reply: Option<oneshot::Sender<Vec<Effect>>>,
    },
    Look(Look),
}

/// Why the switchboard could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// Too much waits before it: the store is slow or gone.
    #[error("the switchboard is busy")]
    Busy,
    #[error("the switchboard has stopped")]
    Stopped,
}

/// A hand on the switchboard; cheap to clone.
#[derive(Clone, Debug)]
pub struct Switch(mpsc::Sender<Envelope>);

impl Switch {
    /// A switch and the end that the pump reads, with room for `waiting_max` envelopes.
    #[must_use]
    pub fn new(waiting_max: usize) -> (Self, mpsc::Receiver<Envelope>) {
        let (sender, receiver) = mpsc::channel(waiting_max.max(1));
        (Self(sender), receiver)
    }

    /// Puts `input` in and waits for its effects to be on disk.
    ///
    /// # Errors
    /// [`SwitchError`]; after `Stopped` it is unknown whether the input was taken.
    pub async fn ask(&self, input: Input) -> Result<Vec<Effect>, SwitchError> {
        self.put(input, None).await
    }

    /// Puts an arrival in together with what the doors must know of it.
    ///
    /// # Errors
    /// As [`Switch::ask`].
    pub async fn knock(&self, input: Input, knock: Knock) -> Result<Vec<Effect>, SwitchError> {
        self.put(input, Some(Box::new(knock))).await
    }

    /// Puts `input` in; waits for room, not for the disk.
    pub async fn tell(&self, input: Input) {
        // A closed pump means the process is going down: there is nobody left to tell.
        let _ = self.0.send(Envelope::Input { input, knock: None, reply: None }).await;
    }

    /// Looks at the machine and has something done in order with its effects.
    ///
    /// # Errors
    /// [`SwitchError`] if the pump is gone or full.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Switchboard, At) -> T + Send + 'static,
        and_then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, SwitchError> {
        let (reply, seen) = oneshot::channel();
        let envelope = Envelope::Look(Box::new(move |machine, at| {
            let view = look(machine, at);
            Box::new(move || {
                and_then(&view);
                let _ = reply.send(view);
            })
        }));
        self.0.send(envelope).await.map_err(|_| SwitchError::Stopped)?;
        seen.await.map_err(|_| SwitchError::Stopped)
    }

    /// Puts `input` in at once, in the order of the calls; the effects are awaited apart.
    ///
    /// # Errors
    /// [`SwitchError`], and then nothing was put in.
    pub fn ask_in_order(
        &self,
        input: Input,
    ) -> Result<oneshot::Receiver<Vec<Effect>>, SwitchError> {
        self.send(input, None)
    }

    async fn put(
        &self,
        input: Input,
        knock: Option<Box<Knock>>,
    ) -> Result<Vec<Effect>, SwitchError> {
        self.send(input, knock)?.await.map_err(|_| SwitchError::Stopped)
    }

    fn send(
        &self,
        input: Input,
        knock: Option<Box<Knock>>,
    ) -> Result<oneshot::Receiver<Vec<Effect>>, SwitchError> {
        let (reply, effects) = oneshot::channel();
        let envelope = Envelope::Input { input, knock, reply: Some(reply) };
        self.0.try_send(envelope).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SwitchError::Busy,
            mpsc::error::TrySendError::Closed(_) => SwitchError::Stopped,
        })?;
        Ok(effects)
    }
}
