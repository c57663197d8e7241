//! Properties over random nights.

use crate::world::{BY, World, arrival, contact, counselor, line, profile, skill};
use proptest::prelude::*;
use std::collections::BTreeMap;
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, CounselorId, LineId, OfferId, SkillId};
use xinqiao::switchboard::line::LastRung;
use xinqiao::switchboard::{
    Arrival, Channel, Effect, Entry, Input, Need, PlaceOf, Risk, Row, RowKind, Rules, Switchboard,
    Target, Wish,
};

const COUNSELORS: u128 = 6;
const SEEKERS: u128 = 40;

/// One move of a random night; offers and holders are looked up when it is made.
#[derive(Clone, Debug)]
enum Move {
    Take(Input),
    Answer { counselor: u128, is_yes: bool },
    Finish { counselor: u128 },
    Hand { counselor: u128, to: Target },
    Pass { ms: i64 },
}

fn risk() -> impl Strategy<Value = Risk> {
    prop_oneof![4 => Just(Risk::None), 1 => Just(Risk::Low), 1 => Just(Risk::Moderate),
        2 => Just(Risk::High), 1 => Just(Risk::Imminent)]
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![3 => Just(Channel::Chat), 1 => Just(Channel::Phone), 1 => Just(Channel::WebCall)]
}

fn need() -> impl Strategy<Value = Need> {
    let leaf = prop_oneof![
        Just(Need::Anyone),
        (1_u16..4, 1_u8..4).prop_map(|(number, level)| skill(number, level)),
    ];
    prop_oneof![
        3 => leaf.clone(),
        1 => prop::collection::vec(leaf.clone(), 1..3).prop_map(Need::All),
        1 => prop::collection::vec(leaf.clone(), 1..3).prop_map(Need::Any),
        1 => leaf.prop_map(|need| Need::Not(Box::new(need))),
    ]
}

fn an_arrival() -> impl Strategy<Value = Arrival> {
    let who = (0..SEEKERS, 1_u16..4, channel(), risk());
    let wishes = (
        prop::option::weighted(0.2, need()),
        prop::option::weighted(0.3, 0..SEEKERS),
        prop::option::weighted(0.3, 0..COUNSELORS),
    );
    (who, wishes).prop_map(|((number, line, channel, risk), (asks, returning, previous))| Arrival {
        line: LineId(line),
        channel,
        asks,
        returning: returning.map(contact),
        previous: previous.map(counselor),
        ..arrival(number, risk)
    })
}

fn a_line() -> impl Strategy<Value = Input> {
    let steps = prop::collection::vec((need(), 5_000_i64..200_000), 1..4);
    let rung = prop_oneof![
        Just(LastRung::Full),
        Just(LastRung::CallBack),
        (1_u16..4).prop_map(|line| LastRung::Forward { line: LineId(line) })
    ];
    let seats = prop::collection::vec(0..COUNSELORS, 0..3);
    (1_u16..4, steps, rung, any::<bool>(), 2_u32..30, seats).prop_map(
        |(number, steps, rung, mixes, waiting_max, seats)| {
            let mut line = line(number, steps, rung);
            line.mixes_voice_and_chat = mixes;
            line.waiting_max = waiting_max;
            line.triage_seats = seats.into_iter().map(counselor).collect();
            Input::LineSaved { line }
        },
    )
}

fn a_profile() -> impl Strategy<Value = Input> {
    let skills = prop::collection::btree_map(1_u16..4, 1_u8..=5, 0..3);
    (0..COUNSELORS, skills, any::<bool>(), 0_u8..4).prop_map(
        |(number, skills, takes_voice, chats_max)| {
            let skills: Vec<(u16, u8)> = skills.into_iter().collect();
            let mut profile = profile(number, &skills, chats_max);
            profile.takes_voice = takes_voice;
            Input::CounselorSaved { profile }
        },
    )
}

fn of_a_seeker() -> impl Strategy<Value = Input> {
    prop_oneof![
        8 => an_arrival().prop_map(Input::Arrive),
        12 => (0..SEEKERS).prop_map(|n| Input::SeekerConnected { contact: contact(n) }),
        3 => (0..SEEKERS).prop_map(|n| Input::SeekerLost { contact: contact(n) }),
        1 => (0..SEEKERS).prop_map(|n| Input::Danger { contact: contact(n) }),
        1 => (0..SEEKERS).prop_map(|n| Input::Leave { contact: contact(n) }),
        1 => (0..SEEKERS, risk())
            .prop_map(|(n, risk)| Input::RiskSet { contact: contact(n), risk, by: BY }),
        1 => (0..SEEKERS).prop_map(|n| Input::Close { contact: contact(n), by: BY }),
    ]
}

fn of_a_counselor() -> impl Strategy<Value = Input> {
    let wish =
        prop_oneof![1 => Just(Wish::Offline), 1 => Just(Wish::Away), 6 => Just(Wish::Available)];
    prop_oneof![
        5 => (0..COUNSELORS).prop_map(|n| Input::CounselorConnected { counselor: counselor(n) }),
        1 => (0..COUNSELORS).prop_map(|n| Input::CounselorLost { counselor: counselor(n) }),
        6 => (0..COUNSELORS, wish)
            .prop_map(|(n, wish)| Input::Wish { counselor: counselor(n), wish }),
        1 => (0..COUNSELORS, prop::bool::weighted(0.3))
            .prop_map(|(n, stop)| Input::LoadGuard { counselor: counselor(n), stop }),
        2 => (0..COUNSELORS).prop_map(|n| Input::PullOne { counselor: counselor(n) }),
        1 => (0..COUNSELORS).prop_map(|n| Input::LogOut { counselor: counselor(n), by: BY }),
        2 => a_profile(),
    ]
}

fn of_the_house() -> impl Strategy<Value = Input> {
    prop_oneof![
        3 => a_line(),
        1 => (0..COUNSELORS).prop_map(|n| Input::CounselorRemoved { counselor: counselor(n) }),
        3 => (1_u16..4, any::<bool>())
            .prop_map(|(n, on)| Input::SwitchboardMode { line: LineId(n), on, by: BY }),
        1 => (1_u16..4, prop::bool::weighted(0.3))
            .prop_map(|(n, on)| Input::Outage { line: LineId(n), on, by: BY }),
        1 => Just(Input::Restarted),
    ]
}

fn a_move() -> impl Strategy<Value = Move> {
    let target = prop_oneof![
        (1_u16..4).prop_map(|n| Target::Line(LineId(n))),
        (1_u16..4).prop_map(|n| Target::Skill(SkillId(n))),
        (0..COUNSELORS).prop_map(|n| Target::Counselor(counselor(n))),
    ];
    prop_oneof![
        20 => of_a_seeker().prop_map(Move::Take),
        10 => of_a_counselor().prop_map(Move::Take),
        1 => of_the_house().prop_map(Move::Take),
        10 => (0..COUNSELORS, prop::bool::weighted(0.8))
            .prop_map(|(counselor, is_yes)| Move::Answer { counselor, is_yes }),
        5 => (0..COUNSELORS).prop_map(|counselor| Move::Finish { counselor }),
        2 => (0..COUNSELORS, target).prop_map(|(counselor, to)| Move::Hand { counselor, to }),
        10 => (1_i64..40_000).prop_map(|ms| Move::Pass { ms }),
    ]
}

/// A hotline of three lines and six counselors, most of them at work.
fn opened() -> World {
    let mut world = World::new();
    world.rules = Rules {
        overdue_ms: [60_000, 50_000, 40_000, 30_000, 5_000],
        passes_max: 2,
        ..Rules::default()
    };
    world.take(Input::RulesSaved { rules: world.rules.clone() });
    for number in 1..4 {
        let steps = vec![(skill(number, 1), 40_000), (Need::Anyone, 200_000)];
        world.take(Input::LineSaved { line: line(number, steps, LastRung::Full) });
    }
    for number in 0..4 {
        world.on_duty(number, &[(u16::try_from(number).unwrap() % 3 + 1, 3)], 2);
    }
    world
}

/// What the move means now.
fn inputs(world: &World, a_move: &Move) -> Vec<Input> {
    match a_move {
        Move::Take(input) => vec![input.clone()],
        Move::Pass { .. } => vec![],
        Move::Answer { counselor: number, is_yes } => {
            let counselor = counselor(*number);
            let offer = world.machine.offer_of(counselor).map_or(OfferId(0), |offer| offer.offer);
            vec![if *is_yes {
                Input::Accept { counselor, offer }
            } else {
                Input::Decline { counselor, offer }
            }]
        }
        Move::Finish { counselor: number } => {
            let counselor = counselor(*number);
            let held = world.machine.contacts_of(counselor);
            let first = held.first().copied().into_iter();
            first
                .flat_map(|contact| {
                    [Input::End { counselor, contact }, Input::WrappedUp { counselor, contact }]
                })
                .collect()
        }
        Move::Hand { counselor: number, to } => {
            let counselor = counselor(*number);
            let held = world.machine.contacts_of(counselor);
            let last = held.last().copied().into_iter();
            last.map(|contact| Input::Transfer { counselor, contact, to: *to, note: None })
                .collect()
        }
    }
}

/// Makes the moves and returns the journal.
fn play(world: &mut World, moves: &[Move]) -> Vec<Entry> {
    let mut journal = Vec::new();
    for a_move in moves {
        if let Move::Pass { ms } = a_move {
            let effects = world.pass(*ms).to_vec();
            journal.push(Entry { at: world.at, input: None, effects });
        }
        for input in inputs(world, a_move) {
            let effects = world.take(input.clone()).to_vec();
            journal.push(Entry { at: world.at, input: Some(input), effects });
            nobody_has_too_much(world);
        }
    }
    journal
}

/// Never above the hard limit, never two offers for one contact.
fn nobody_has_too_much(world: &World) {
    let mut offered = BTreeMap::new();
    for counselor in world.machine.counselors() {
        let held = world.machine.contacts_of(counselor);
        let views: Vec<_> =
            held.iter().map(|&contact| world.machine.contact(contact).unwrap()).collect();
        let chats = views.iter().filter(|view| view.channel == Channel::Chat).count();
        assert!(chats <= usize::from(world.rules.chats_hard_max));
        assert!(views.len() - chats <= 1, "one voice contact at most");
        if let Some(offer) = world.machine.offer_of(counselor) {
            assert_eq!(offered.insert(offer.contact, counselor), None, "two offers for one");
        }
    }
    for view in world.machine.contacts() {
        let rings = matches!(view.place, PlaceOf::Offered { .. });
        assert_eq!(rings, offered.contains_key(&view.contact));
    }
}

fn replayed(rules: &Rules, journal: &[Entry]) -> Vec<Vec<u8>> {
    let mut machine = Switchboard::new(rules.clone());
    let lines = journal.iter().map(|entry| {
        match &entry.input {
            Some(input) => machine.handle(entry.at, input.clone()),
            None => machine.handle_timeout(entry.at),
        }
        let effects = std::iter::from_fn(|| machine.poll_effect()).collect();
        let entry = Entry { at: entry.at, input: entry.input.clone(), effects };
        serde_json::to_vec(&entry).unwrap()
    });
    lines.collect()
}

fn rows_of(machine: &mut Switchboard, rows: &mut BTreeMap<(RowKind, String), String>) {
    while let Some(change) = machine.poll_row() {
        let key = (change.kind, change.id);
        match change.row {
            Some(row) => rows.insert(key, row.to_json().unwrap()),
            None => rows.remove(&key),
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_night_breaks_no_invariant_and_replays_byte_equal(
        moves in prop::collection::vec(a_move(), 1..250)
    ) {
        let mut journal = Vec::new();
        let mut world = opened_with_journal(&mut journal);
        journal.extend(play(&mut world, &moves));
        let written: Vec<Vec<u8>> =
            journal.iter().map(|entry| serde_json::to_vec(entry).unwrap()).collect();
        prop_assert_eq!(replayed(&Rules::default(), &journal), written);
    }

    #[test]
    fn a_restored_machine_behaves_as_the_one_that_wrote_the_rows(
        before in prop::collection::vec(a_move(), 1..150),
        away_ms in prop_oneof![Just(0_i64), 1_i64..400_000],
        restarts in any::<bool>(),
        after in prop::collection::vec(a_move(), 1..100),
    ) {
        let mut world = opened();
        play(&mut world, &before);
        let mut restored = world.restored();
        restored.check().unwrap();
        world.at = world.at + away_ms;
        let mut rows = world.rows.clone();
        let mut twin = |world: &mut World, at: At, input: Option<Input>| {
            match &input {
                Some(input) => restored.handle(at, input.clone()),
                None => restored.handle_timeout(at),
            }
            let effects: Vec<Effect> = std::iter::from_fn(|| restored.poll_effect()).collect();
            rows_of(&mut restored, &mut rows);
            restored.check().unwrap();
            assert_eq!(&effects, &world.effects, "after {input:?}");
            assert_eq!(&rows, &world.rows, "after {input:?}");
            assert_eq!(restored.poll_timeout(), world.machine.poll_timeout());
        };
        if restarts {
            world.take(Input::Restarted);
            let at = world.at;
            twin(&mut world, at, Some(Input::Restarted));
        }
        for a_move in &after {
            if let Move::Pass { ms } = a_move {
                world.pass(*ms);
                let at = world.at;
                twin(&mut world, at, None);
            }
            for input in inputs(&world, a_move) {
                world.take(input.clone());
                let at = world.at;
                twin(&mut world, at, Some(input));
            }
        }
    }

    #[test]
    fn one_counselor_takes_the_highest_risk_first_then_the_oldest(
        risks in prop::collection::vec(risk(), 2..30)
    ) {
        let mut world = World::new();
        world.on_duty(2, &[], 1);
        world.take(Input::Wish { counselor: counselor(2), wish: Wish::Away });
        for (number, risk) in risks.iter().enumerate() {
            world.arrives(u128::try_from(number).unwrap(), *risk);
            world.at = world.at + 10;
        }
        let mut wanted: Vec<(std::cmp::Reverse<Risk>, u128)> = (0..)
            .zip(&risks)
            .map(|(number, risk)| (std::cmp::Reverse(*risk), number))
            .collect();
        wanted.sort_unstable();
        let in_order: Vec<_> = wanted.iter().map(|(_, number)| contact(*number)).collect();
        prop_assert_eq!(world.positions(), in_order.clone());
        world.on_duty(1, &[(1, 1)], 1);
        for next in in_order {
            prop_assert_eq!(world.rings(1), Some(next));
            world.accept(1);
            let counselor = counselor(1);
            world.take(Input::End { counselor, contact: next });
            world.take(Input::WrappedUp { counselor, contact: next });
        }
    }

    #[test]
    fn an_overdue_contact_waits_no_longer_than_the_bound_says(
        stream in prop::collection::vec((1_u16..4, risk(), 0_u128..5, any::<bool>()), 60..200),
        passes_max in 1_u32..5,
    ) {
        let mut world = World::new();
        // Offers ring for ever here: a miss would bar counselors and hide what is counted.
        let ring_ms = 1_000_000_000;
        world.rules = Rules { overdue_ms: [30_000; 5], passes_max, ring_ms, ..Rules::default() };
        world.take(Input::RulesSaved { rules: world.rules.clone() });
        for number in 1..4 {
            let steps = vec![(skill(number, 1), 80_000_000)];
            world.take(Input::LineSaved { line: line(number, steps, LastRung::Full) });
        }
        for number in 0..5_u16 {
            world.on_duty(u128::from(number), &[(number % 3 + 1, 2), ((number + 1) % 3 + 1, 2)], 1);
        }
        let mut watch = Watch::default();
        for (number, (line, risk, who, _)) in (1_000_u128..).zip(&stream) {
            watch.look(&world);
            world.comes(Arrival { line: LineId(*line), ..arrival(number, *risk) });
            watch.count(&world, passes_max);
            if world.rings(*who).is_some() {
                world.accept(*who);
            }
            watch.look(&world);
            if let Some(held) = world.machine.contacts_of(counselor(*who)).first().copied() {
                let counselor = counselor(*who);
                world.take(Input::End { counselor, contact: held });
                world.take(Input::WrappedUp { counselor, contact: held });
                watch.count(&world, passes_max);
            }
            world.at = world.at + 1_500;
        }
    }
}

/// Counts what the published bound speaks of, from outside.
#[derive(Default)]
struct Watch {
    /// The overdue contacts that wait, by arrival, with their line.
    overdue: Vec<(At, ContactId, LineId)>,
    /// Picks in a row of a counselor that were not the oldest overdue they could take.
    passed: BTreeMap<CounselorId, u32>,
    /// Picks of a counselor since they could first have taken a contact, and the bound then.
    picks: BTreeMap<(ContactId, CounselorId), (u32, u32)>,
}

impl Watch {
    fn look(&mut self, world: &World) {
        let views = world.machine.contacts().filter(|view| {
            view.place == PlaceOf::Waiting
                && view.is_connected
                && world.at.ms_since(view.arrived_at) >= 30_000
        });
        self.overdue = views.map(|view| (view.arrived_at, view.contact, view.line)).collect();
        self.overdue.sort_unstable();
    }

    fn count(&mut self, world: &World, passes_max: u32) {
        let [(taken, by, _)] = world.picks()[..] else { return };
        let skills = world.machine.counselor(by).unwrap().profile.skills;
        let can_take = |line: LineId| skills.iter().any(|(skill, _)| skill.0 == line.0);
        let takeable: Vec<ContactId> = self
            .overdue
            .iter()
            .filter(|(_, _, line)| can_take(*line))
            .map(|(_, contact, _)| *contact)
            .collect();
        let passed = self.passed.entry(by).or_default();
        *passed =
            if takeable.first().is_none_or(|oldest| *oldest == taken) { 0 } else { *passed + 1 };
        assert!(*passed <= passes_max, "{by} passed overdue contacts by {passed} times in a row");
        for (older, contact) in (1..).zip(takeable) {
            let bound = older * (passes_max + 1);
            let (count, bound) = self.picks.entry((contact, by)).or_insert((0, bound));
            *count += 1;
            assert!(*count <= *bound, "{by} could have taken {contact} {count} times of {bound}");
        }
    }
}

/// As [`opened`], with the journal of the opening.
fn opened_with_journal(journal: &mut Vec<Entry>) -> World {
    let mut world = World::new();
    world.machine = Switchboard::new(Rules::default());
    let mut inputs = Vec::new();
    for number in 1..4 {
        let steps = vec![(skill(number, 1), 40_000), (Need::Anyone, 200_000)];
        inputs.push(Input::LineSaved { line: line(number, steps, LastRung::Full) });
    }
    for number in 0..4 {
        let skills = [(u16::try_from(number).unwrap() % 3 + 1, 3)];
        let counselor = counselor(number);
        inputs.push(Input::CounselorSaved { profile: profile(number, &skills, 2) });
        inputs.push(Input::CounselorConnected { counselor });
        inputs.push(Input::Wish { counselor, wish: Wish::Available });
    }
    for input in inputs {
        let effects = world.take(input.clone()).to_vec();
        journal.push(Entry { at: world.at, input: Some(input), effects });
    }
    world
}

#[test]
fn a_row_survives_its_json() {
    let mut world = opened();
    for number in 0..10 {
        world.arrives(number, Risk::Low);
    }
    for ((kind, _), body) in &world.rows {
        let row = Row::from_json(*kind, body).unwrap();
        assert_eq!(&row.to_json().unwrap(), body);
        assert_eq!(row.kind(), *kind);
        assert_eq!(RowKind::parse(kind.as_str()), Some(*kind));
    }
}
