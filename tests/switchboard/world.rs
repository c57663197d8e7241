//! A small hotline to try the switchboard in.

use std::collections::BTreeMap;
use xinqiao::clock::At;
use xinqiao::ids::{AccountId, ContactId, CounselorId, LineId, OfferId, SkillId};
use xinqiao::switchboard::line::{Hours, LastRung, Step};
use xinqiao::switchboard::{
    Arrival, Channel, Effect, Input, Line, Need, Pick, Profile, Risk, RoutingPlan, Row, RowKind,
    Rules, Switchboard, Wish,
};

pub(crate) struct World {
    pub(crate) machine: Switchboard,
    pub(crate) rules: Rules,
    pub(crate) at: At,
    /// What came of the last turn.
    pub(crate) effects: Vec<Effect>,
    /// The store: rows by kind and id.
    pub(crate) rows: BTreeMap<(RowKind, String), String>,
}

pub(crate) fn contact(number: u128) -> ContactId {
    ContactId::from_number(number)
}

pub(crate) fn counselor(number: u128) -> CounselorId {
    CounselorId::from_number(number)
}

pub(crate) const BY: AccountId = AccountId::from_number(99);

pub(crate) fn skill(skill: u16, at_least: u8) -> Need {
    Need::Skill { skill: SkillId(skill), at_least }
}

pub(crate) fn line(number: u16, steps: Vec<(Need, i64)>, last_rung: LastRung) -> Line {
    let steps = steps.into_iter().map(|(need, widens_after_ms)| Step { need, widens_after_ms });
    Line {
        line: LineId(number),
        hours: Hours::Always,
        plan: RoutingPlan { steps: steps.collect(), last_rung: Some(last_rung) },
        threshold_ms: 15_000,
        greeting_ms: 8_000,
        mixes_voice_and_chat: false,
        waiting_max: 50,
        triage_seats: vec![],
    }
}

pub(crate) fn profile(number: u128, skills: &[(u16, u8)], chats_max: u8) -> Profile {
    let skills = skills.iter().map(|&(skill, level)| (SkillId(skill), level)).collect();
    Profile { counselor: counselor(number), skills, takes_voice: true, chats_max }
}

pub(crate) fn arrival(number: u128, risk: Risk) -> Arrival {
    Arrival {
        contact: contact(number),
        line: LineId(1),
        channel: Channel::Chat,
        risk,
        asks: None,
        returning: None,
        previous: None,
        simulated: false,
    }
}

impl World {
    /// Line 1 asks for skill 1, after a minute for anyone, and after ten more is full.
    pub(crate) fn new() -> Self {
        let rules = Rules::default();
        let mut world = Self {
            machine: Switchboard::new(rules.clone()),
            rules,
            at: At(1_000_000),
            effects: vec![],
            rows: BTreeMap::new(),
        };
        let steps = vec![(skill(1, 1), 60_000), (Need::Anyone, 600_000)];
        world.take(Input::LineSaved { line: line(1, steps, LastRung::Full) });
        world
    }

    pub(crate) fn take(&mut self, input: Input) -> &[Effect] {
        self.machine.handle(self.at, input);
        self.drain()
    }

    fn drain(&mut self) -> &[Effect] {
        self.effects = std::iter::from_fn(|| self.machine.poll_effect()).collect();
        while let Some(change) = self.machine.poll_row() {
            let key = (change.kind, change.id);
            match change.row {
                Some(row) => {
                    assert_eq!(row.id(), key.1);
                    self.rows.insert(key, row.to_json().unwrap());
                }
                None => {
                    self.rows.remove(&key);
                }
            }
        }
        self.machine.check().unwrap();
        &self.effects
    }

    /// Moves the clock by hand and lets the timers fire that are due.
    pub(crate) fn pass(&mut self, ms: i64) -> &[Effect] {
        self.at = self.at + ms;
        self.machine.handle_timeout(self.at);
        self.drain()
    }

    /// The machine that its rows make.
    pub(crate) fn restored(&self) -> Switchboard {
        let rows = self.rows.iter().map(|((kind, _), body)| Row::from_json(*kind, body).unwrap());
        Switchboard::restore(self.rules.clone(), rows).unwrap()
    }

    /// A counselor at work: saved, connected, available.
    pub(crate) fn on_duty(
        &mut self,
        number: u128,
        skills: &[(u16, u8)],
        chats_max: u8,
    ) -> &[Effect] {
        let counselor = counselor(number);
        self.take(Input::CounselorSaved { profile: profile(number, skills, chats_max) });
        self.take(Input::CounselorConnected { counselor });
        self.take(Input::Wish { counselor, wish: Wish::Available })
    }

    /// A seeker who arrives and connects.
    pub(crate) fn arrives(&mut self, number: u128, risk: Risk) -> &[Effect] {
        self.comes(arrival(number, risk))
    }

    pub(crate) fn comes(&mut self, arrival: Arrival) -> &[Effect] {
        let contact = arrival.contact;
        self.take(Input::Arrive(arrival));
        self.take(Input::SeekerConnected { contact })
    }

    pub(crate) fn accept(&mut self, number: u128) -> &[Effect] {
        let counselor = counselor(number);
        let offer = self.offer(number);
        self.take(Input::Accept { counselor, offer })
    }

    pub(crate) fn decline(&mut self, number: u128) -> &[Effect] {
        let counselor = counselor(number);
        let offer = self.offer(number);
        self.take(Input::Decline { counselor, offer })
    }

    pub(crate) fn offer(&self, number: u128) -> OfferId {
        self.machine.offer_of(counselor(number)).expect("an offer rings").offer
    }

    /// Who rings at a counselor.
    pub(crate) fn rings(&self, number: u128) -> Option<ContactId> {
        self.machine.offer_of(counselor(number)).map(|offer| offer.contact)
    }

    /// Ends a talk and writes its note.
    pub(crate) fn finish(&mut self, number: u128, of: u128) -> &[Effect] {
        let (counselor, contact) = (counselor(number), contact(of));
        self.take(Input::End { counselor, contact });
        self.take(Input::WrappedUp { counselor, contact })
    }

    /// The picks of the last turn: contact, counselor, why.
    pub(crate) fn picks(&self) -> Vec<(ContactId, CounselorId, Pick)> {
        let picks = self.effects.iter().filter_map(|effect| match effect {
            Effect::Offer { contact, counselor, pick, .. } => Some((*contact, *counselor, *pick)),
            _ => None,
        });
        picks.collect()
    }

    pub(crate) fn positions(&self) -> Vec<ContactId> {
        let mut positions = Vec::new();
        self.machine.each_place(self.at, &mut |place| positions.push(place.contact));
        positions
    }
}
