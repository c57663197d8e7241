//! The writer: one task, one connection, one transaction for what waits.
//!
//! It takes what is in the queue (no timer: batches form by themselves while
//! the commit before runs), stores all of it, and only then reports. When the
//! database is in trouble the same batch is tried again, as it was, until it is
//! stored or its deadline has passed; then messages and writes get their
//! negative answer, turns are kept, and what comes meanwhile is told at once.

mod hands;
mod numbering;
mod work;

pub(crate) use hands::Hands;

use super::Settings;
use super::error::{StoreError, Trouble};
use super::health::Health;
use super::job::{Committed, Job, Outcome};
use hands::Settled;
use numbering::Numbering;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};
use work::{Errands, Work};

/// The first and the longest pause between two attempts.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// The shortest time an attempt is given.
const ATTEMPT_MIN: Duration = Duration::from_secs(2);
/// Turns kept while the database is away; then the queue fills and callers wait.
const TURNS_KEPT_MAX: usize = 8_192;

/// Starts the writer's task.
pub(crate) async fn start(
    settings: &Settings,
    queue: mpsc::Receiver<Job>,
    mut hands: Hands,
    committed: Committed,
    health: watch::Sender<Health>,
) -> Result<(), StoreError> {
    hands.read_head().await.map_err(|trouble| trouble.in_operation("store.open"))?;
    let writer = Writer {
        queue,
        hands,
        numbering: Numbering::new(settings.conversations_max),
        committed,
        health,
        batch_max: settings.batch_max.clamp(1, 256),
        deadline: Duration::from_millis(settings.write_deadline_ms),
    };
    tokio::spawn(writer.run());
    Ok(())
}

struct Writer {
    queue: mpsc::Receiver<Job>,
    hands: Hands,
    numbering: Numbering,
    committed: Committed,
    health: watch::Sender<Health>,
    batch_max: usize,
    deadline: Duration,
}

/// How trying to store a batch ended.
enum End {
    Stored,
    /// The database is away; these turns are still to be stored.
    Away(Work, Trouble),
    /// The database is well and does not take the work as it is.
    Refused(Work),
}

/// Whether the writer goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

impl Writer {
    async fn run(mut self) {
        let mut jobs = Vec::with_capacity(self.batch_max);
        loop {
            if self.queue.recv_many(&mut jobs, self.batch_max).await == 0 {
                return;
            }
            let (work, errands) = Work::of(jobs.drain(..));
            let closing = self.run_errands(errands).await;
            let next = self.carry_out(work).await;
            if next == Next::Stop || !closing.is_empty() {
                self.hands.close().await;
                for reply in closing {
                    let _ = reply.send(());
                }
                return;
            }
        }
    }

    async fn run_errands(&mut self, errands: Errands) -> Vec<oneshot::Sender<()>> {
        for contact in errands.forget {
            self.numbering.forget(contact);
        }
        if errands.checkpoint {
            self.hands.checkpoint().await;
        }
        errands.close
    }

    /// Stores the work, or answers it negatively; comes back when the database is well.
    async fn carry_out(&mut self, work: Work) -> Next {
        let mut parts = VecDeque::from([work]);
        while let Some(part) = parts.pop_front() {
            if part.is_empty() {
                continue;
            }
            let next = match self.try_until_deadline(part).await {
                End::Stored => Next::GoOn,
                End::Away(turns, trouble) => self.wait_for_database(turns, trouble).await,
                End::Refused(one) if one.len() == 1 => self.refuse(one).await,
                End::Refused(many) => {
                    parts.extend(many.split());
                    Next::GoOn
                }
            };
            if next == Next::Stop {
                return Next::Stop;
            }
        }
        Next::GoOn
    }

    async fn try_until_deadline(&mut self, mut work: Work) -> End {
        let deadline = now() + self.deadline;
        let mut pause = PAUSE_MIN;
        let mut refusals = 0_u8;
        loop {
            let Err(trouble) = self.attempt(&mut work, deadline).await else {
                self.report(&mut work);
                return End::Stored;
            };
            if trouble.is_of_the_database() {
                self.tell(Health::Degraded(trouble.clone()));
            } else if refusals == 0 {
                // Perhaps only the numbers in memory are stale: once more with fresh ones.
                refusals = 1;
                self.start_over(&mut work);
                continue;
            } else {
                self.start_over(&mut work);
                return End::Refused(work);
            }
            if now() >= deadline || trouble == Trouble::Deposed {
                self.give_up(&mut work, &trouble);
                return End::Away(work, trouble);
            }
            sleep_until(now() + pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// One attempt, with an end in time.
    async fn attempt(&mut self, work: &mut Work, deadline: Instant) -> Result<(), Trouble> {
        let rest = deadline.saturating_duration_since(now()).max(ATTEMPT_MIN);
        let done = timeout(rest, self.settle_and_store(work)).await;
        let done = done.unwrap_or(Err(Trouble::Slow));
        if let Err(trouble) = &done {
            self.hands.doubt(trouble);
        }
        done
    }

    /// Finds out what became of the attempt before, if that is not known, and stores the work.
    async fn settle_and_store(&mut self, work: &mut Work) -> Result<(), Trouble> {
        match self.hands.settle(work).await? {
            Settled::Stored => return Ok(()),
            Settled::Same => {}
            // A batch that was given up was stored after all: the places are stale.
            Settled::Moved => self.start_over(work),
        }
        if work.places.is_none() {
            let connection = self.hands.connection().await?;
            work.places = Some(self.numbering.place(connection, &work.appends).await?);
            self.hands.number(work);
        }
        self.hands.store(work).await
    }

    /// Drops what was worked out for the work.
    fn start_over(&mut self, work: &mut Work) {
        work.places = None;
        for append in &work.appends {
            self.numbering.forget(append.contact);
        }
    }

    /// Everything of the work is on disk.
    fn report(&mut self, work: &mut Work) {
        self.tell(Health::Ok);
        self.hand_out(work.stored());
        work.answer();
    }

    fn hand_out(&self, outcomes: Vec<Outcome>) {
        if !outcomes.is_empty() {
            (self.committed)(outcomes);
        }
    }

    /// A negative answer for all but the turns.
    fn give_up(&mut self, work: &mut Work, trouble: &Trouble) {
        self.start_over(work);
        self.hand_out(work.failed());
        work.fail_writes(trouble);
    }

    /// A single job that the database, being well, does not take. A turn is a
    /// fault of the program then, and still is not given up.
    async fn refuse(&mut self, mut work: Work) -> Next {
        let trouble = Trouble::Refused { code: "data".to_owned() };
        self.give_up(&mut work, &trouble);
        if work.turns.is_empty() {
            return Next::GoOn;
        }
        self.wait_for_database(work, trouble).await
    }

    /// Keeps the turns and tries until they are stored. Messages and writes
    /// that come meanwhile are answered at once, turns are kept for later.
    async fn wait_for_database(&mut self, mut kept: Work, trouble: Trouble) -> Next {
        self.tell(Health::Degraded(trouble.clone()));
        let mut trouble = trouble;
        let mut later = Work::default();
        let mut pause = PAUSE_MIN;
        let mut due = now() + pause;
        loop {
            tokio::select! {
                () = sleep_until(due) => {
                    match self.attempt(&mut kept, due).await {
                        Ok(()) if later.is_empty() => {
                            self.report(&mut kept);
                            return Next::GoOn;
                        }
                        Ok(()) => {
                            self.report(&mut kept);
                            kept = std::mem::take(&mut later);
                            pause = Duration::ZERO;
                        }
                        Err(new) => {
                            trouble = new;
                            self.tell(Health::Degraded(trouble.clone()));
                        }
                    }
                    pause = (pause * 2).clamp(PAUSE_MIN, PAUSE_MAX);
                    due = now() + pause;
                }
                job = self.queue.recv(), if later.turns.len() < TURNS_KEPT_MAX => {
                    let Some(job) = job else { return Next::Stop };
                    if let Some(closing) = self.put_off(job, &mut later, &trouble) {
                        self.hands.close().await;
                        let _ = closing.send(());
                        return Next::Stop;
                    }
                }
            }
        }
    }

    /// Answers a job while the database is away.
    fn put_off(
        &mut self,
        job: Job,
        later: &mut Work,
        trouble: &Trouble,
    ) -> Option<oneshot::Sender<()>> {
        match job {
            Job::Append(append) => self.hand_out(vec![Outcome::Failed { append }]),
            Job::Turn(turn, reply) => later.turns.push((turn, reply)),
            Job::Write(_, reply) => {
                let _ = reply.send(Err(trouble.clone().in_operation("store.write")));
            }
            Job::Forget(contact) => self.numbering.forget(contact),
            Job::Checkpoint => {}
            Job::Close(reply) => return Some(reply),
        }
        None
    }

    fn tell(&self, health: Health) {
        self.health.send_if_modified(|told| {
            let is_news = *told != health;
            if is_news {
                *told = health;
            }
            is_news
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "deadlines of attempts; no decision of the house")]
fn now() -> Instant {
    Instant::now()
}
