//! A random night, made of events that depend on the seed and on what the hotline looks like.
//!
//! Every night has its own temper: which things happen often, how fast the clock runs, how
//! punctual the timers are. Events carry absolute times and name contacts and counselors by id, so
//! that any of them may be left out when a failing night is made smaller.

use crate::dice::Dice;
use crate::furniture;
use crate::model::{Contact, Counselor, Model, Place};
use xinqiao::clock::At;
use xinqiao::ids::{AccountId, ContactId, CounselorId, LineId, NoteId, OfferId, SkillId};
use xinqiao::switchboard::input::Target;
use xinqiao::switchboard::{Arrival, Channel, Input, Risk, Rules, Wish};

/// One thing that happens in a night.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Input {
        at: At,
        input: Input,
    },
    /// The answer to whatever rings at this counselor then.
    Answer {
        at: At,
        counselor: CounselorId,
        accepts: bool,
    },
    Timeout {
        at: At,
    },
    /// The machine is built anew from its rows and goes on as if nothing had been.
    Reload,
    /// The process dies; with `loses_last` before the last turn was committed.
    Crash {
        at: At,
        loses_last: bool,
    },
}

/// What may happen, and how often in an ordinary night.
const ORDINARY: [(Kind, i64); 24] = [
    (Kind::Arrive, 140),
    (Kind::SeekerConnects, 200),
    (Kind::SeekerLost, 20),
    (Kind::Leave, 15),
    (Kind::Danger, 15),
    (Kind::RiskSet, 25),
    (Kind::CounselorConnects, 60),
    (Kind::CounselorLost, 12),
    (Kind::Wish, 40),
    (Kind::LoadGuard, 8),
    (Kind::Accept, 300),
    (Kind::Decline, 25),
    (Kind::Pull, 25),
    (Kind::End, 60),
    (Kind::WrappedUp, 50),
    (Kind::Transfer, 40),
    (Kind::LogOut, 4),
    (Kind::Office, 25),
    (Kind::Switch, 15),
    (Kind::Close, 6),
    (Kind::Remove, 3),
    (Kind::Nonsense, 25),
    (Kind::Reload, 30),
    (Kind::Crash, 6),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Arrive,
    SeekerConnects,
    SeekerLost,
    Leave,
    Danger,
    RiskSet,
    CounselorConnects,
    CounselorLost,
    Wish,
    LoadGuard,
    Accept,
    Decline,
    Pull,
    End,
    WrappedUp,
    Transfer,
    LogOut,
    Office,
    Switch,
    Close,
    Remove,
    Nonsense,
    Reload,
    Crash,
}

/// The author of one night.
pub(crate) struct Night {
    dice: Dice,
    pub(crate) rules: Rules,
    events_left: u64,
    opening: Vec<Input>,
    weights: Vec<(Kind, i64)>,
    /// How likely a due timer is fired on time, percent.
    punctual: u64,
    step_ms: i64,
    at: At,
    arrived: u64,
    counselors: i64,
    lines: i64,
    skills: i64,
}

impl Night {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut rules = furniture::rules(&mut dice);
        let mut weights = temper(&mut dice);
        let (lines, mut counselors, skills) =
            (dice.between(1, 3), dice.between(1, 12), dice.between(1, 5));
        let mut step_ms = dice.one_of(&[300, 2_000, 5_000, 20_000]).unwrap();
        if dice.chance(35) {
            // A crowded night: few counselors, many who wait too long, and little else.
            counselors = dice.between(1, 3);
            step_ms = dice.one_of(&[100, 500, 2_000]).unwrap();
            rules.overdue_ms = [5, 4, 3, 2, 1].map(|share| share * step_ms);
            crowd(&mut weights);
        }
        let events_left = dice.between(10, 400) as u64;
        let punctual = dice.one_of(&[100, 100, 80, 30, 0]).unwrap();
        let at = At(1_795_392_000_000 + dice.between(0, 604_800_000));
        let opening = furniture::opening(&mut dice, lines, counselors, skills);
        Self {
            dice,
            rules,
            events_left,
            opening,
            weights,
            punctual,
            step_ms,
            at,
            arrived: 0,
            counselors,
            lines,
            skills,
        }
    }

    /// What happens next; `None`: the night is over.
    pub(crate) fn next(&mut self, model: &Model) -> Option<Event> {
        if !self.opening.is_empty() {
            return Some(Event::Input { at: self.at, input: self.opening.remove(0) });
        }
        self.events_left = self.events_left.checked_sub(1)?;
        let at = self.later();
        if let Some((due, _)) = model.poll_timeout()
            && due <= at
            && self.dice.chance(self.punctual)
        {
            self.at = self.at.max(due);
            return Some(Event::Timeout { at: due });
        }
        if self.dice.chance(3) {
            self.at = at;
            return Some(Event::Timeout { at });
        }
        let event = loop {
            if let Some(event) = self.something(model, at) {
                break event;
            }
        };
        self.at = at.max(self.at);
        Some(event)
    }

    fn later(&mut self) -> At {
        let passes_ms = match self.dice.between(0, 99) {
            0..=24 => 0,
            25..=79 => self.dice.between(0, self.step_ms),
            80..=96 => self.dice.between(0, self.step_ms * 10),
            97 => self.dice.between(0, 4 * 3_600_000),
            _ => -self.dice.between(0, 600_000),
        };
        self.at + passes_ms
    }

    fn kind(&mut self) -> Kind {
        let sum: i64 = self.weights.iter().map(|(_, weight)| weight).sum();
        if sum == 0 {
            return Kind::Arrive;
        }
        let mut left = self.dice.between(0, sum - 1);
        for (kind, weight) in &self.weights {
            if left < *weight {
                return *kind;
            }
            left -= weight;
        }
        Kind::Arrive
    }

    fn something(&mut self, model: &Model, at: At) -> Option<Event> {
        // An impossible wish is thrown again; an arrival is always possible.
        let kind = if self.dice.chance(4) { Kind::Arrive } else { self.kind() };
        let input = match kind {
            Kind::Accept | Kind::Decline => {
                let counselor = self.any_counselor(model, |one, model| {
                    model.ringing(one.profile.counselor).is_some()
                })?;
                return Some(Event::Answer { at, counselor, accepts: kind == Kind::Accept });
            }
            Kind::Reload => return Some(Event::Reload),
            Kind::Crash => return Some(Event::Crash { at, loses_last: self.dice.chance(40) }),
            Kind::Arrive => self.arrival(model),
            Kind::SeekerConnects => {
                Input::SeekerConnected { contact: self.any_contact(model, |one| !one.connected)? }
            }
            Kind::SeekerLost => {
                Input::SeekerLost { contact: self.any_contact(model, |one| one.connected)? }
            }
            Kind::Leave => Input::Leave { contact: self.any_contact(model, |_| true)? },
            Kind::Danger => Input::Danger { contact: self.any_contact(model, |_| true)? },
            Kind::RiskSet => {
                let contact = self.any_contact(model, |_| true)?;
                Input::RiskSet { contact, risk: self.risk(), by: somebody() }
            }
            Kind::Close => {
                Input::Close { contact: self.any_contact(model, |_| true)?, by: somebody() }
            }
            Kind::End | Kind::WrappedUp | Kind::Transfer => self.desk_work(model, kind)?,
            Kind::Switch => self.switch(model),
            Kind::Office => self.office(model),
            Kind::Nonsense => self.nonsense(),
            kind => self.counselor_does(model, kind)?,
        };
        Some(Event::Input { at, input })
    }

    // ── seekers ─────────────────────────────────────────────────────

    fn any_contact(&mut self, model: &Model, fits: impl Fn(&Contact) -> bool) -> Option<ContactId> {
        let fitting: Vec<ContactId> =
            model.contacts.iter().filter(|one| fits(one)).map(|one| one.contact).collect();
        self.dice.one_of(&fitting)
    }

    fn arrival(&mut self, model: &Model) -> Input {
        self.arrived += 1;
        let dropped: Vec<ContactId> = model.drops.iter().map(|drop| drop.contact).collect();
        let returning = if self.dice.chance(70) { self.dice.one_of(&dropped) } else { None };
        let asks = self.dice.chance(25).then(|| furniture::need(&mut self.dice, self.skills, 1));
        let previous =
            self.dice.chance(20).then(|| furniture::counselor_id(self.dice.between(0, 12)));
        let channels =
            [Channel::Chat, Channel::Chat, Channel::Chat, Channel::Phone, Channel::WebCall];
        Input::Arrive(Arrival {
            contact: furniture::contact_id(self.arrived),
            line: LineId(self.dice.between(1, self.lines) as u16),
            channel: self.dice.one_of(&channels).unwrap(),
            risk: self.risk(),
            asks,
            returning,
            previous,
            simulated: self.dice.chance(10),
        })
    }

    fn risk(&mut self) -> Risk {
        let often = if self.dice.chance(50) { 1 } else { 5 };
        self.dice.one_of(&Risk::ALL[..often]).unwrap()
    }

    // ── counselors ──────────────────────────────────────────────────

    fn any_counselor(
        &mut self,
        model: &Model,
        fits: impl Fn(&Counselor, &Model) -> bool,
    ) -> Option<CounselorId> {
        let fitting: Vec<CounselorId> = model
            .counselors
            .iter()
            .filter(|one| fits(one, model))
            .map(|one| one.profile.counselor)
            .collect();
        self.dice.one_of(&fitting)
    }

    fn counselor_does(&mut self, model: &Model, kind: Kind) -> Option<Input> {
        let anybody = self.dice.chance(30);
        let counselor = self.any_counselor(model, |one, model| match kind {
            Kind::CounselorConnects => !one.connected,
            Kind::CounselorLost => one.connected,
            Kind::Wish => anybody || one.wish != Wish::Available,
            Kind::LoadGuard => anybody || one.stop,
            Kind::Pull => {
                anybody || one.is_ready() && !model.held(one.profile.counselor).is_empty()
            }
            _ => true,
        })?;
        Some(match kind {
            Kind::CounselorConnects => Input::CounselorConnected { counselor },
            Kind::CounselorLost => Input::CounselorLost { counselor },
            Kind::Wish => {
                let wishes =
                    [Wish::Available, Wish::Available, Wish::Available, Wish::Away, Wish::Offline];
                Input::Wish { counselor, wish: self.dice.one_of(&wishes)? }
            }
            Kind::LoadGuard => Input::LoadGuard { counselor, stop: self.dice.chance(35) },
            Kind::Pull => Input::PullOne { counselor },
            Kind::LogOut => Input::LogOut { counselor, by: somebody() },
            Kind::Remove => Input::CounselorRemoved { counselor },
            other => unreachable!("{other:?} is not a counselor's"),
        })
    }

    fn desk_work(&mut self, model: &Model, kind: Kind) -> Option<Input> {
        let contact = self.any_contact(model, |one| match one.place {
            Place::Talking { .. } => kind != Kind::WrappedUp,
            Place::WrapUp { .. } => kind == Kind::WrappedUp,
            Place::Waiting | Place::Offered { .. } => false,
        })?;
        let (counselor, _) = model.contact(contact)?.place.holder()?;
        Some(match kind {
            Kind::End => Input::End { counselor, contact },
            Kind::WrappedUp => Input::WrappedUp { counselor, contact },
            _ => Input::Transfer { counselor, contact, to: self.target(), note: self.note() },
        })
    }

    fn target(&mut self) -> Target {
        match self.dice.between(0, 2) {
            0 => Target::Line(LineId(self.dice.between(1, self.lines + 1) as u16)),
            1 => Target::Skill(SkillId(self.dice.between(1, self.skills + 1) as u16)),
            _ => Target::Counselor(furniture::counselor_id(self.dice.between(0, self.counselors))),
        }
    }

    fn note(&mut self) -> Option<NoteId> {
        self.dice.chance(50).then(|| NoteId::from_number(7))
    }

    // ── the house ───────────────────────────────────────────────────

    fn switch(&mut self, model: &Model) -> Input {
        let outage = model.lines.iter().find(|door| door.switches.outage_since.is_some());
        if let Some(door) = outage
            && self.dice.chance(70)
        {
            return Input::Outage { line: door.line.line, on: false, by: somebody() };
        }
        let line = LineId(self.dice.between(1, self.lines) as u16);
        let on = self.dice.chance(60);
        if self.dice.chance(75) {
            Input::SwitchboardMode { line, on, by: somebody() }
        } else {
            Input::Outage { line, on, by: somebody() }
        }
    }

    fn office(&mut self, model: &Model) -> Input {
        match self.dice.between(0, 9) {
            0 => Input::RulesSaved { rules: furniture::rules(&mut self.dice) },
            1..=3 => {
                let number = self.dice.between(1, self.lines);
                let known = model.lines.len() as i64;
                let line =
                    furniture::line(&mut self.dice, number, known, self.counselors, self.skills);
                Input::LineSaved { line }
            }
            4 => {
                let line = furniture::faulty_line(&mut self.dice, self.counselors, self.skills);
                Input::LineSaved { line }
            }
            _ => {
                let number = self.dice.between(0, self.counselors);
                Input::CounselorSaved {
                    profile: furniture::profile(&mut self.dice, number, self.skills),
                }
            }
        }
    }

    /// Ids that nobody knows, contacts of others, offers long gone.
    fn nonsense(&mut self) -> Input {
        let contact = furniture::contact_id(self.dice.between(0, self.arrived as i64 + 1) as u64);
        let counselor = furniture::counselor_id(self.dice.between(0, self.counselors + 1));
        let line = LineId(self.dice.between(1, self.lines + 1) as u16);
        let offer = OfferId(self.dice.between(0, 30) as u64);
        match self.dice.between(0, 13) {
            0 => Input::SeekerConnected { contact },
            1 => Input::SeekerLost { contact },
            2 => Input::Danger { contact },
            3 => Input::Leave { contact },
            4 => Input::Accept { counselor, offer },
            5 => Input::Decline { counselor, offer },
            6 => Input::End { counselor, contact },
            7 => Input::WrappedUp { counselor, contact },
            8 => Input::Transfer { counselor, contact, to: self.target(), note: None },
            9 => Input::Close { contact, by: somebody() },
            10 => Input::SwitchboardMode { line, on: true, by: somebody() },
            11 => Input::PullOne { counselor },
            12 => Input::CounselorRemoved { counselor },
            _ => Input::Arrive(Arrival {
                contact,
                line,
                channel: Channel::Chat,
                risk: Risk::None,
                asks: None,
                returning: Some(contact),
                previous: Some(counselor),
                simulated: false,
            }),
        }
    }
}

/// Makes some things frequent and others rare; what keeps a night going never stops.
fn temper(dice: &mut Dice) -> Vec<(Kind, i64)> {
    let vital = [Kind::SeekerConnects, Kind::CounselorConnects, Kind::Wish, Kind::Accept];
    ORDINARY
        .map(|(kind, weight)| {
            let least = i64::from(vital.contains(&kind));
            (kind, weight * dice.between(least, 3))
        })
        .to_vec()
}

fn crowd(weights: &mut [(Kind, i64)]) {
    for (kind, weight) in weights {
        match kind {
            Kind::Arrive | Kind::SeekerConnects => *weight += 300,
            Kind::Accept | Kind::End | Kind::WrappedUp => *weight += 200,
            _ => *weight /= 2,
        }
    }
}

fn somebody() -> AccountId {
    AccountId::from_number(1)
}
