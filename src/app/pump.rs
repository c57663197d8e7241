//! The pump: the one owner task of the switchboard.
//!
//! It takes what is there in a batch, turns the machine, puts journal, rows and facts into one
//! transaction, and hands the effects to the carrier together with the receipt. The next batch may be
//! turned while the last one is being written; effects are carried out strictly in order, and none
//! before it is on disk. A store in trouble stops the pump after a few turns: inputs then wait in a
//! bounded queue, and the doors say "busy".

use super::aliases::Aliases;
use super::carry::{Carry, Load};
use super::{board, facts, places};
use crate::clock::{At, Clock};
use crate::live::switch::{Envelope, Knock};
use crate::live::{Directory, Hub};
use crate::meter::figure;
use crate::store::{ContactFact, StateRow, Store, Turn};
use crate::switchboard::{Effect, Entry, Input, Switchboard, Target};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The words of the risks, lowest first.
const RISKS: [&str; 5] = ["none", "low", "moderate", "high", "imminent"];
/// Prometheus asks every 15 s or more seldom.
const GAUGES_EVERY_MS: i64 = 5_000;
/// Envelopes turned in one batch.
const BATCH_MAX: usize = 256;

/// The pump and what it works with.
pub struct Pump {
    pub machine: Switchboard,
    pub envelopes: mpsc::Receiver<Envelope>,
    pub carrier: mpsc::Sender<Load>,
    pub store: Arc<Store>,
    pub hub: Arc<Hub>,
    pub directory: Arc<Directory>,
    pub clock: Clock,
    /// Queue frames and the board at most this often, ms.
    pub show_every_ms: i64,
    pub picks: board::RecentPicks,
    pub aliases: Aliases,
}

/// What one batch adds up to.
#[derive(Default)]
struct Batch {
    turn: Turn,
    carry: Vec<Carry>,
}

/// What was last shown, and when.
#[derive(Default)]
struct Shown {
    places_at: At,
    queue_version: Option<u64>,
    board_at: At,
    gauges_at: At,
}

impl Pump {
    /// Runs until every hand on the switch is gone.
    pub async fn run(mut self) {
        let mut envelopes = Vec::with_capacity(BATCH_MAX);
        let mut shown = Shown::default();
        loop {
            let nap = self.next_wake(&shown);
            let taken = self.envelopes.recv_many(&mut envelopes, BATCH_MAX);
            if tokio::time::timeout(nap, taken).await == Ok(0) {
                return;
            }
            let mut batch = Batch::default();
            self.turn(&mut envelopes, &mut batch);
            self.show(&mut shown, &mut batch);
            self.measure(&mut shown);
            if self.submit(batch).await.is_err() {
                return;
            }
        }
    }

    fn turn(&mut self, envelopes: &mut Vec<Envelope>, batch: &mut Batch) {
        for envelope in envelopes.drain(..) {
            let at = self.clock.now();
            match envelope {
                Envelope::Input { input, knock, reply } => {
                    self.input(at, input, knock, reply, batch);
                }
                Envelope::Look(look) => batch.carry.push(Carry::Then(look(&self.machine, at))),
            }
        }
        let at = self.clock.now();
        if self.machine.poll_timeout().is_some_and(|(due, _)| due <= at) {
            self.machine.handle_timeout(at);
            self.drain(at, None, None, None, batch);
        }
        while let Some(change) = self.machine.poll_row() {
            let body = change.row.as_ref().map(crate::switchboard::row::Row::to_json);
            let body = match body.transpose() {
                Ok(body) => body,
                Err(error) => {
                    tracing::error!(%error, "app.pump could not write a row");
                    continue;
                }
            };
            batch.turn.rows.push(StateRow {
                kind: change.kind.as_str().to_owned(),
                id: change.id,
                body,
            });
        }
    }

    fn input(
        &mut self,
        at: At,
        input: Input,
        knock: Option<Box<Knock>>,
        reply: Option<oneshot::Sender<Vec<Effect>>>,
        batch: &mut Batch,
    ) {
        self.machine.handle(at, input.clone());
        self.drain(at, Some(input), knock, reply, batch);
    }

    /// Takes the effects of one turn: into the journal, the facts, and the carrier's load.
    fn drain(
        &mut self,
        at: At,
        input: Option<Input>,
        knock: Option<Box<Knock>>,
        reply: Option<oneshot::Sender<Vec<Effect>>>,
        batch: &mut Batch,
    ) {
        let effects: Vec<Effect> = std::iter::from_fn(|| self.machine.poll_effect()).collect();
        let is_taken = !matches!(effects.first(), Some(Effect::Refuse { .. }));
        if let (Some(Input::Arrive(arrival)), Some(knock), true) = (&input, &knock, is_taken) {
            self.aliases.note(arrival.contact, knock.card.alias_root);
            batch.turn.facts.push(facts::arrival(arrival, knock, at));
            batch.turn.facts.extend(knock.called_from.clone().map(ContactFact::Called));
        }
        let mut needs = VecDeque::new();
        for effect in &effects {
            if let Effect::Offer { contact, .. } = effect {
                needs.push_back(self.machine.need_of(*contact));
            }
            batch.turn.facts.extend(facts::of(effect, &self.machine, at));
            batch.turn.facts.extend(facts::call_ended(effect, &self.hub));
            self.picks.note(effect, &self.machine, &self.aliases, at);
            if let Effect::Closed { contact, .. } = effect {
                self.aliases.forget(*contact);
            }
        }
        let entry = Entry { at, input, effects };
        batch.turn.at = at;
        match serde_json::to_string(&entry) {
            Ok(line) => batch.turn.entries.push(line),
            Err(error) => tracing::error!(%error, "app.pump could not write an entry"),
        }
        if let (Some(Input::Transfer { contact, to: Target::Line(line), .. }), true) =
            (&entry.input, is_taken)
        {
            let (hub, contact, line) = (Arc::clone(&self.hub), *contact, *line);
            let moved = move || {
                hub.with_card(contact, |card| card.line = line);
            };
            batch.carry.push(Carry::Then(Box::new(moved)));
        }
        let card = knock.filter(|_| is_taken).map(|knock| Box::new(knock.card));
        batch.carry.push(Carry::Effects { at, card, effects: entry.effects, needs, reply });
    }

    /// Queue places and the board, when they are due.
    fn show(&self, shown: &mut Shown, batch: &mut Batch) {
        let at = self.clock.now();
        let version = self.machine.queue_version();
        let is_due = at - shown.places_at >= self.show_every_ms;
        if is_due && shown.queue_version != Some(version) {
            shown.places_at = at;
            shown.queue_version = Some(version);
            batch.carry.push(Carry::Then(places::show(&self.machine, at, &self.hub)));
        }
        if at - shown.board_at >= self.show_every_ms && self.hub.has_watchers() {
            shown.board_at = at;
            let store_ok = self.store.health().borrow().is_ok();
            let book = self.directory.book();
            let beside = board::Beside {
                book: &book,
                aliases: &self.aliases,
                picks: &self.picks,
                store_ok,
                hub: &self.hub,
            };
            let health = board::draw(&self.machine, at, &beside);
            batch.carry.push(Carry::Then(board::show(health, &self.hub)));
        }
    }

    /// The figures of `/metrics`, every few seconds: they are drawn from the machine alone.
    fn measure(&self, shown: &mut Shown) {
        let at = self.clock.now();
        if at - shown.gauges_at < GAUGES_EVERY_MS {
            return;
        }
        shown.gauges_at = at;
        let book = self.directory.book();
        for health in self.machine.line_health(at) {
            let line = book.code(health.line);
            figure::set_contacts(&line, "waiting", health.waiting.iter().sum());
            figure::set_contacts(&line, "offered", health.offered);
            figure::set_contacts(&line, "talking", health.talking);
            figure::set_contacts(&line, "wrap_up", health.wrap_up);
            for (risk, wait_ms) in RISKS.into_iter().zip(health.longest_wait_ms) {
                let wait_s = u32::try_from(wait_ms / 1_000).unwrap_or(u32::MAX);
                figure::set_longest_wait_s(&line, risk, wait_s);
            }
        }
    }

    /// How long nothing needs to be done if nothing happens.
    fn next_wake(&self, shown: &Shown) -> Duration {
        let at = self.clock.now();
        let timer = self.machine.poll_timeout().map(|(due, _)| due);
        let is_stale = shown.queue_version != Some(self.machine.queue_version());
        let places = is_stale.then_some(shown.places_at + self.show_every_ms);
        let board = self.hub.has_watchers().then_some(shown.board_at + self.show_every_ms);
        // A console that begins to watch is noticed within a second.
        let due = [timer, places, board, Some(at + 1_000)].into_iter().flatten().min();
        let nap_ms = due.map_or(1_000, |due| (due - at).max(0));
        Duration::from_millis(u64::try_from(nap_ms).unwrap_or(0))
    }

    async fn submit(&self, batch: Batch) -> Result<(), ()> {
        if batch.carry.is_empty() {
            return Ok(());
        }
        let receipt = if batch.turn.entries.is_empty() {
            None
        } else {
            Some(self.store.writer().send_turn(batch.turn).await.map_err(|_| ())?)
        };
        self.carrier.send(Load { receipt, carry: batch.carry }).await.map_err(|_| ())
    }
}
