//! The stage on which a night is played: the machine, its rows as a store would keep them, the
//! model, the witness and the journal. After every turn all of them are held against each other.

use crate::books::Books;
use crate::compare;
use crate::model::{Model, Place};
use crate::night::Event;
use crate::seen::Seen;
use crate::witness::Witness;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xinqiao::clock::At;
use xinqiao::ids::ContactId;
use xinqiao::switchboard::row::{Row, RowKind};
use xinqiao::switchboard::{Effect, Entry, Input, Rules, Switchboard};

/// What the disk holds after a commit.
#[derive(Clone)]
struct Disk {
    /// From the configuration file, not from a row.
    rules: Rules,
    rows: BTreeMap<(RowKind, String), Arc<str>>,
    /// How many entries of the journal.
    entries: usize,
}

/// Everything that a crash before the commit takes back.
#[derive(Clone)]
struct Committed {
    disk: Disk,
    model: Model,
    witness: Witness,
    books: Books,
}

pub(crate) struct Stage {
    machine: Switchboard,
    now: Committed,
    /// One entry a line, as the store keeps them.
    journal: Vec<String>,
    /// As it was before the last turn.
    before: Option<Box<Committed>>,
    opening_rules: Rules,
    pub(crate) turns: u64,
    pub(crate) restarts: u64,
    pub(crate) seen: Seen,
    /// What the last turns were, for the report of a failure.
    pub(crate) log: Vec<String>,
    pub(crate) keeps_log: bool,
    /// The version of the queue and who stood in it, after the last turn.
    places: (u64, Vec<ContactId>),
}

impl Stage {
    pub(crate) fn new(rules: Rules) -> Self {
        let disk = Disk { rules: rules.clone(), rows: BTreeMap::new(), entries: 0 };
        let (model, witness) = (Model::new(rules.clone()), Witness::new(&rules));
        Self {
            machine: Switchboard::new(rules.clone()),
            now: Committed { disk, model, witness, books: Books::default() },
            journal: Vec::new(),
            before: None,
            opening_rules: rules,
            turns: 0,
            restarts: 0,
            seen: Seen::default(),
            log: Vec::new(),
            keeps_log: false,
            places: (0, Vec::new()),
        }
    }

    pub(crate) const fn model(&self) -> &Model {
        &self.now.model
    }

    /// Plays one event; the error says what is wrong after it.
    pub(crate) fn play(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Input { at, input } => self.turn(*at, Some(input)),
            Event::Timeout { at } => self.turn(*at, None),
            Event::Answer { at, counselor, accepts } => {
                let counselor = *counselor;
                let place = self.now.model.ringing(counselor).map(|contact| &contact.place);
                let Some(Place::Offered { offer, .. }) = place else { return Ok(()) };
                let offer = *offer;
                let input = if *accepts {
                    Input::Accept { counselor, offer }
                } else {
                    Input::Decline { counselor, offer }
                };
                self.turn(*at, Some(&input))
            }
            Event::Reload => {
                self.say(|| "the machine is built anew from its rows".to_owned());
                self.reload()?;
                self.look()
            }
            Event::Crash { at, loses_last } => {
                if *loses_last && let Some(before) = self.before.take() {
                    self.say(|| "the last turn was never committed".to_owned());
                    self.now = *before;
                    self.journal.truncate(self.now.disk.entries);
                    self.places = (0, Vec::new());
                }
                self.restarts += 1;
                self.reload()?;
                self.turn(*at, Some(&Input::Restarted))
            }
        }
    }

    fn say(&mut self, line: impl FnOnce() -> String) {
        if self.keeps_log {
            let line = line();
            self.log.push(line);
        }
    }

    // ── a turn ──────────────────────────────────────────────────────

    fn turn(&mut self, at: At, input: Option<&Input>) -> Result<(), String> {
        self.turns += 1;
        self.before = Some(Box::new(self.now.clone()));
        let expected = self.now.model.turn(at, input);
        self.say(|| format!("{} {}", at.0, compare::in_brief(input, &expected)));
        self.machine_turn(at, input);
        let effects = drain(&mut self.machine);
        self.commit(at, input, &effects)?;
        self.seen.note(&effects);
        compare::effects(&expected, &effects)?;
        self.now.books.hear(self.now.model.now, input, &effects);
        self.now.witness.hear(input, &effects).map_err(|story| format!("witness: {story}"))?;
        self.look()
    }

    fn machine_turn(&mut self, at: At, input: Option<&Input>) {
        match input {
            Some(input) => self.machine.handle(at, input.clone()),
            None => self.machine.handle_timeout(at),
        }
    }

    /// Puts the journal entry and the changed rows on the disk, as the store would.
    fn commit(&mut self, at: At, input: Option<&Input>, effects: &[Effect]) -> Result<(), String> {
        let disk = &mut self.now.disk;
        if let Some(Input::RulesSaved { rules }) = input {
            disk.rules = rules.clone();
        }
        let entry = Entry { at, input: input.cloned(), effects: effects.to_vec() };
        self.journal.push(serde_json::to_string(&entry).map_err(|error| error.to_string())?);
        disk.entries = self.journal.len();
        let mut polled = BTreeSet::new();
        while let Some(change) = self.machine.poll_row() {
            let key = (change.kind, change.id);
            if !polled.insert(key.clone()) {
                return Err(format!("a row was polled twice: {key:?}"));
            }
            match change.row {
                Some(row) => {
                    let body = row.to_json().map_err(|fault| fault.to_string())?;
                    disk.rows.insert(key, body.into())
                }
                None => disk.rows.remove(&key),
            };
        }
        Ok(())
    }

    /// Holds what can be looked at against the model and the law.
    fn look(&mut self) -> Result<(), String> {
        let (machine, model) = (&self.machine, &self.now.model);
        machine.check().map_err(|broken| format!("machine.check: {broken}"))?;
        compare::views(model, machine)?;
        compare::health(&self.now.books, model, machine)?;
        compare::measures(&self.now.books, model, machine)?;
        compare::witness(&self.now.witness, machine)?;
        compare::bounds(model)?;
        self.look_at_queue_version()
    }

    /// Whoever was told a place is told anew when it may have changed: the version has grown.
    fn look_at_queue_version(&mut self) -> Result<(), String> {
        let version = self.machine.queue_version();
        let mut places = Vec::new();
        self.machine.each_place(self.now.model.now, &mut |view| places.push(view.contact));
        let (version_before, places_before) =
            std::mem::replace(&mut self.places, (version, places.clone()));
        if version < version_before || version == version_before && places != places_before {
            return Err(format!("queue version {version} after {version_before}: {places:?}"));
        }
        Ok(())
    }

    // ── crashes and replays ─────────────────────────────────────────

    fn reload(&mut self) -> Result<(), String> {
        let disk = &self.now.disk;
        let mut rows = Vec::new();
        for ((kind, id), body) in &disk.rows {
            let row = Row::from_json(*kind, body).map_err(|fault| fault.to_string())?;
            if row.to_json().ok().as_deref() != Some(body) || row.id() != *id {
                return Err(format!("a row does not read as it was written: {kind:?} {id} {body}"));
            }
            rows.push(row);
        }
        // The store gives rows in any order.
        if self.turns % 2 == 1 {
            rows.reverse();
        }
        let rules = disk.rules.clone();
        self.machine =
            Switchboard::restore(rules, rows).map_err(|fault| format!("restore: {fault}"))?;
        Ok(())
    }

    /// The night is over, and every counselor's network with it. Nobody may be left ringing: by
    /// timers alone everybody comes to an end.
    pub(crate) fn dawn(&mut self) -> Result<(), String> {
        for counselor in self.now.model.counselors.clone() {
            let counselor = counselor.profile.counselor;
            self.turn(self.now.model.now, Some(&Input::CounselorLost { counselor }))?;
        }
        let mut left = 5_000;
        while let Some((due, _)) = self.now.model.poll_timeout() {
            left -= 1;
            if left == 0 {
                return Err("the timers of the night never end".to_owned());
            }
            self.turn(due, None)?;
        }
        match self.now.model.contacts.first() {
            Some(contact) => Err(format!("somebody is left when everybody has gone: {contact:?}")),
            None => self.replay(),
        }
    }

    /// The night is told again: its journal, read again by a new machine, must come out byte for byte.
    fn replay(&self) -> Result<(), String> {
        let mut machine = Switchboard::new(self.opening_rules.clone());
        for (number, line) in self.journal.iter().enumerate() {
            let entry: Entry = serde_json::from_str(line).map_err(|error| error.to_string())?;
            match entry.input.clone() {
                Some(input) => machine.handle(entry.at, input),
                None => machine.handle_timeout(entry.at),
            }
            let effects = drain(&mut machine);
            let again = Entry { effects, ..entry };
            let again = serde_json::to_string(&again).map_err(|error| error.to_string())?;
            if again != *line {
                return Err(format!("replay of turn {number}:\n was {line}\n is  {again}"));
            }
        }
        Ok(())
    }
}

fn drain(machine: &mut Switchboard) -> Vec<Effect> {
    std::iter::from_fn(|| machine.poll_effect()).collect()
}
