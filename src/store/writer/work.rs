//! One batch on its way: what was asked, what has been worked out, who waits for it.

use super::numbering::Place;
use crate::ids::ContactId;
use crate::store::error::{StoreError, Trouble};
use crate::store::job::{Append, Job, Outcome, Turn, TurnReply, Write, WriteReply};
use crate::store::journal::Head;
use crate::store::sql::Done;
use tokio::sync::oneshot;

/// Jobs that are stored in one transaction.
#[derive(Default)]
pub(super) struct Work {
    pub(super) appends: Vec<Append>,
    pub(super) turns: Vec<(Turn, TurnReply)>,
    pub(super) writes: Vec<(Write, WriteReply)>,
    /// Every number under which a transaction with these turns was sent off.
    pub(super) numbers: Vec<i64>,
    /// Once worked out: the place of each append, kept over retries, because a
    /// batch whose fate is unknown must be sent again as it was.
    pub(super) places: Option<Vec<Place>>,
    /// The journal's head after each turn, as last worked out.
    pub(super) heads: Vec<Head>,
    /// What each write did, as last tried.
    pub(super) done: Vec<Result<Vec<Done>, StoreError>>,
}

/// What is not stored but done.
#[derive(Default)]
pub(super) struct Errands {
    pub(super) forget: Vec<ContactId>,
    pub(super) checkpoint: bool,
    pub(super) close: Vec<oneshot::Sender<()>>,
}

impl Work {
    /// Sorts jobs; their order within each kind is kept.
    pub(super) fn of(jobs: impl Iterator<Item = Job>) -> (Self, Errands) {
        let (mut work, mut errands) = (Self::default(), Errands::default());
        for job in jobs {
            match job {
                Job::Append(append) => work.appends.push(storable(append)),
                Job::Turn(turn, reply) => work.turns.push((turn, reply)),
                Job::Write(write, reply) => work.writes.push((write, reply)),
                Job::Forget(contact) => errands.forget.push(contact),
                Job::Checkpoint => errands.checkpoint = true,
                Job::Close(reply) => errands.close.push(reply),
            }
        }
        (work, errands)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.appends.is_empty() && self.turns.is_empty() && self.writes.is_empty()
    }

    /// How many jobs.
    pub(super) fn len(&self) -> usize {
        self.appends.len().saturating_add(self.turns.len()).saturating_add(self.writes.len())
    }

    /// Only messages: the hot path.
    pub(super) fn is_only_appends(&self) -> bool {
        self.turns.is_empty() && self.writes.is_empty()
    }

    /// The messages that are to be stored, with their numbers.
    pub(super) fn new_rows(&self) -> Vec<(&Append, i64)> {
        let places = self.places.as_deref().unwrap_or_default();
        let rows = self.appends.iter().zip(places);
        rows.filter_map(|(append, place)| match place {
            Place::New(seq) => Some((append, *seq)),
            Place::Known(_) | Place::Twice(_) => None,
        })
        .collect()
    }

    /// Takes the messages out with their outcomes, now that they are stored.
    pub(super) fn stored(&mut self) -> Vec<Outcome> {
        let places = self.places.take().unwrap_or_default();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(places.len());
        for (append, place) in std::mem::take(&mut self.appends).into_iter().zip(places) {
            let outcome = match place {
                Place::New(seq) => Outcome::Stored { append, seq },
                Place::Known(first) => {
                    let (seq, message, at) = (first.seq, first.message, first.at);
                    Outcome::Duplicate { append, seq, message, at }
                }
                Place::Twice(earlier) => twice(append, outcomes.get(earlier)),
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    /// Takes the messages out as not known to be stored.
    pub(super) fn failed(&mut self) -> Vec<Outcome> {
        self.places = None;
        let appends = std::mem::take(&mut self.appends);
        appends.into_iter().map(|append| Outcome::Failed { append }).collect()
    }

    /// Tells the turns and the writes that they are stored.
    pub(super) fn answer(&mut self) {
        for ((_, reply), head) in self.turns.drain(..).zip(self.heads.drain(..)) {
            let _ = reply.send(Ok(head));
        }
        for ((_, reply), done) in self.writes.drain(..).zip(self.done.drain(..)) {
            let _ = reply.send(done);
        }
    }

    /// Tells the writes that they are not known to be stored.
    pub(super) fn fail_writes(&mut self, trouble: &Trouble) {
        for (_, reply) in self.writes.drain(..) {
            let _ = reply.send(Err(trouble.clone().in_operation("store.write")));
        }
    }

    /// Each job as a work of its own, in order; turns first, as they are journaled.
    pub(super) fn split(mut self) -> Vec<Self> {
        let turns = self.turns.drain(..).map(|turn| Self { turns: vec![turn], ..Self::default() });
        let mut parts: Vec<Self> = turns.collect();
        let appends = self.appends.drain(..);
        parts.extend(appends.map(|append| Self { appends: vec![append], ..Self::default() }));
        let writes = self.writes.drain(..);
        parts.extend(writes.map(|write| Self { writes: vec![write], ..Self::default() }));
        parts
    }
}

/// A repeat within the batch is answered with the first one's number.
fn twice(append: Append, first: Option<&Outcome>) -> Outcome {
    match first {
        Some(Outcome::Stored { append: first, seq }) => {
            Outcome::Duplicate { append, seq: *seq, message: first.message, at: first.at }
        }
        Some(Outcome::Duplicate { seq, message, at, .. }) => {
            Outcome::Duplicate { append, seq: *seq, message: *message, at: *at }
        }
        Some(Outcome::Failed { .. }) | None => Outcome::Failed { append },
    }
}

/// PostgreSQL stores no NUL in a text; one such message must not spoil a batch.
fn storable(mut append: Append) -> Append {
    use crate::veil::{Pii, Purpose};
    if append.text.reveal(Purpose::Store).contains('\0') {
        append.text = Pii::new(append.text.into_revealed(Purpose::Store).replace('\0', "\u{fffd}"));
    }
    if let Some(client_id) = append.client_id.take_if(|client_id| client_id.contains('\0')) {
        append.client_id = Some(client_id.replace('\0', "\u{fffd}"));
    }
    append
}
