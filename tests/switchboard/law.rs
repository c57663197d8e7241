//! The law's sentences.

use crate::world::{BY, World, arrival, contact, counselor, line, skill};
use xinqiao::ids::{LineId, NoteId, SkillId};
use xinqiao::switchboard::effect::{PresenceReason, Queued, Released, RungCause, Withdrawn};
use xinqiao::switchboard::line::LastRung;
use xinqiao::switchboard::{
    Arrival, Channel, Effect, End, Input, Need, Presence, Refusal, Risk, Rule, Switchboard, Target,
    Wish,
};

fn refused(effects: &[Effect], refusal: Refusal) {
    assert_eq!(effects, [Effect::Refuse { refusal }]);
}

fn ended(effects: &[Effect]) -> Option<End> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ended { ended, .. } => Some(*ended),
        _ => None,
    })
}

/// One counselor in a talk with contact 1.
fn in_a_talk() -> World {
    let mut world = World::new();
    world.on_duty(1, &[(1, 3)], 1);
    world.arrives(1, Risk::None);
    world.accept(1);
    world
}

#[test]
fn a_waiting_contact_is_offered_as_soon_as_somebody_can_take_it() {
    let mut world = World::new();
    world.arrives(1, Risk::High);
    assert_eq!(world.rings(1), None);
    world.on_duty(1, &[(1, 3)], 1);
    assert_eq!(world.rings(1), Some(contact(1)));
    let (_, _, pick) = world.picks()[0];
    assert_eq!((pick.rule, pick.fit, pick.contacts_considered), (Rule::RiskThenAge, 3, 1));
}

#[test]
fn a_contact_whose_seeker_has_not_connected_is_not_offered() {
    let mut world = World::new();
    world.on_duty(1, &[(1, 3)], 1);
    world.take(Input::Arrive(arrival(1, Risk::High)));
    assert_eq!(world.rings(1), None);
    world.take(Input::SeekerConnected { contact: contact(1) });
    assert_eq!(world.rings(1), Some(contact(1)));
}

#[test]
fn the_best_fit_is_chosen_and_of_equal_fits_the_longest_idle() {
    let mut world = World::new();
    world.on_duty(3, &[(1, 2)], 1);
    world.at = world.at + 1;
    world.on_duty(2, &[(1, 4)], 1);
    world.at = world.at + 1;
    world.on_duty(1, &[(1, 4)], 1);
    world.arrives(1, Risk::None);
    let (_, by, pick) = world.picks()[0];
    assert_eq!(
        (by, pick.runner_up, pick.counselors_considered),
        (counselor(2), Some(counselor(1)), 3)
    );
}

#[test]
fn a_declined_offer_returns_to_the_head_and_is_barred_for_a_while() {
    let mut world = World::new();
    world.on_duty(1, &[(1, 3)], 1);
    world.arrives(1, Risk::None);
    world.arrives(2, Risk::None);
    world.decline(1);
    assert_eq!(world.rings(1), Some(contact(2)), "the other one, not the declined");
    assert_eq!(world.positions(), [contact(1), contact(2)]);
    world.decline(1);
    assert_eq!(world.rings(1), None);
    world.pass(30_000);
    assert_eq!(world.rings(1), Some(contact(1)));
    assert_eq!(world.picks()[0].2.rule, Rule::HeadOfPlace);
}

#[test]
fn two_missed_offers_in_a_row_set_a_counselor_away() {
    let mut world = World::new();
    world.on_duty(1, &[(1, 3)], 1);
    world.arrives(1, Risk::None);
    world.arrives(2, Risk::None);
    world.pass(20_000);
    assert_eq!(world.rings(1), Some(contact(2)));
    world.pass(20_000);
    let shown = world.effects.iter().find_map(|effect| match effect {
        Effect::Presence { presence, wish, reason, .. } => Some((*presence, *wish, *reason)),
        _ => None,
    });
    assert_eq!(shown, Some((Presence::Away, Wish::Away, PresenceReason::MissedTwice)));
    world.pass(60_000);
    assert_eq!(world.rings(1), None);
}

#[test]
fn a_plan_widens_and_ends_at_its_last_rung() {
    let mut world = World::new();
    world.on_duty(1, &[], 1);
    world.arrives(1, Risk::None);
    assert_eq!(world.rings(1), None);
    world.pass(60_000);
    assert_eq!(world.rings(1), Some(contact(1)), "now anyone may take it");
    world.take(Input::Wish { counselor: counselor(1), wish: Wish::Away });
    world.pass(599_999);
    assert_eq!(world.effects, []);
    world.pass(1);
    assert_eq!(
        world.effects[0],
        Effect::LastRung {
            contact: contact(1),
            rung: LastRung::Full,
            cause: RungCause::PlanPassed
        }
    );
    assert_eq!(ended(&world.effects), Some(End::ServiceFull));
}

#[test]
fn with_an_empty_roster_the_last_rung_comes_after_a_minute_and_danger_keeps_the_place() {
    let mut world = World::new();
    world.arrives(1, Risk::None);
    world.arrives(2, Risk::None);
    world.take(Input::Danger { contact: contact(2) });
    world.pass(59_999);
    assert_eq!(ended(&world.effects), None);
    assert_eq!(world.positions(), [contact(2), contact(1)]);
    world.pass(1);
    assert_eq!(ended(&world.effects), Some(End::ServiceFull));
    assert_eq!(world.positions(), []);
}

#[test]
fn a_contact_is_forwarded_once_in_its_life() {
    let mut world = World::new();
    let second = line(2, vec![(Need::Anyone, 1_000)], LastRung::Forward { line: LineId(1) });
    world.take(Input::LineSaved { line: second });
    world.take(Input::LineSaved {
        line: line(1, vec![(Need::Anyone, 1_000)], LastRung::Forward { line: LineId(2) }),
    });
    world.on_duty(1, &[], 1);
    world.take(Input::Wish { counselor: counselor(1), wish: Wish::Away });
    world.arrives(1, Risk::None);
    world.pass(1_000);
    assert_eq!(
        world.effects.last(),
        Some(&Effect::Queued { contact: contact(1), reason: Queued::Forwarded, note: None })
    );
    world.pass(1_000);
    assert_eq!(ended(&world.effects), Some(End::ServiceFull));
}

#[test]
fn whoever_comes_back_after_a_drop_stands_at_the_head_with_the_same_counselor() {
    let mut world = in_a_talk();
    world.on_duty(2, &[(1, 5)], 2);
    world.take(Input::SeekerLost { contact: contact(1) });
    world.pass(120_000);
    assert_eq!(ended(&world.effects), Some(End::SeekerLost));
    world.take(Input::WrappedUp { counselor: counselor(1), contact: contact(1) });
    world.comes(Arrival { returning: Some(contact(1)), ..arrival(2, Risk::None) });
    let (_, by, pick) = world.picks()[0];
    assert_eq!(
        (by, pick.rule, pick.runner_up),
        (counselor(1), Rule::SameCounselor, Some(counselor(2)))
    );
}

#[test]
fn a_seeker_gone_for_longer_than_the_grace_is_abandoned() {
    let mut world = World::new();
    world.on_duty(1, &[(2, 1)], 1);
    world.arrives(1, Risk::None);
    world.at = world.at + 10_000;
    world.take(Input::SeekerLost { contact: contact(1) });
    world.pass(119_999);
    assert_eq!(ended(&world.effects), None);
    world.pass(1);
    assert_eq!(ended(&world.effects), Some(End::LostWaiting));
    let (_, counters) = world.machine.measures().next().unwrap();
    assert_eq!((counters.arrived, counters.abandoned_queue), (1, 1));
}

#[test]
fn a_lost_counselors_talk_returns_to_the_head_of_the_queue() {
    let mut world = in_a_talk();
    world.on_duty(2, &[(1, 1)], 1);
    world.take(Input::CounselorLost { counselor: counselor(1) });
    world.pass(60_000);
    let (one, contact) = (counselor(1), contact(1));
    assert_eq!(
        world.effects[..3],
        [
            Effect::Presence {
                counselor: one,
                presence: Presence::Offline,
                wish: Wish::Offline,
                reason: PresenceReason::Lost
            },
            Effect::Released { contact, counselor: one, reason: Released::CounselorLost },
            Effect::Queued { contact, reason: Queued::CounselorLost, note: None },
        ]
    );
    assert_eq!(world.rings(2), Some(contact));
}

#[test]
fn a_talk_ends_in_a_wrap_up_and_closes_with_the_note() {
    let mut world = in_a_talk();
    world.finish(1, 1);
    let kinds: Vec<String> = world.effects.iter().map(|effect| format!("{effect:?}")).collect();
    assert!(kinds[0].starts_with("Released") && kinds[1].starts_with("Presence"));
    assert!(kinds[2].starts_with("Closed"));
    assert_eq!(world.machine.contact(contact(1)), None);
}

#[test]
fn a_wrap_up_without_end_is_cut_short() {
    let mut world = in_a_talk();
    world.take(Input::End { counselor: counselor(1), contact: contact(1) });
    refused(world.take(Input::Leave { contact: contact(1) }), Refusal::Ended);
    world.pass(420_000);
    assert_eq!(world.machine.contact(contact(1)), None);
}

#[test]
fn a_transfer_goes_to_whom_it_is_for_and_after_a_while_to_the_plan() {
    let mut world = in_a_talk();
    world.on_duty(2, &[(1, 5)], 1);
    world.on_duty(3, &[], 1);
    let (counselor_1, contact_1) = (counselor(1), contact(1));
    let note = Some(NoteId::from_number(5));
    let mut hand = |to| {
        let (counselor, contact) = (counselor_1, contact_1);
        world.take(Input::Transfer { counselor, contact, to, note }).to_vec()
    };
    refused(&hand(Target::Skill(SkillId(9))), Refusal::NoSuchTarget);
    refused(&hand(Target::Counselor(counselor_1)), Refusal::NoSuchTarget);
    refused(&hand(Target::Line(LineId(9))), Refusal::NoSuchTarget);
    let effects = hand(Target::Counselor(counselor(3)));
    let queued = Effect::Queued { contact: contact_1, reason: Queued::Transferred, note };
    assert_eq!(effects[2], queued);
    assert_eq!(world.rings(3), Some(contact_1));
    world.decline(3);
    world.take(Input::Wish { counselor: counselor(3), wish: Wish::Away });
    assert_eq!(world.rings(2), None);
    world.pass(60_000);
    assert_eq!(world.picks().last().map(|pick| pick.1), Some(counselor(2)), "the plan's best");
}

#[test]
fn one_more_can_be_pulled_but_only_one() {
    let mut world = in_a_talk();
    refused(world.take(Input::PullOne { counselor: counselor(1) }), Refusal::NobodyWaits);
    world.arrives(2, Risk::None);
    world.take(Input::PullOne { counselor: counselor(1) });
    assert_eq!(world.picks()[0].2.rule, Rule::Pulled);
    world.accept(1);
    world.arrives(3, Risk::None);
    refused(world.take(Input::PullOne { counselor: counselor(1) }), Refusal::AtCapacity);
}

#[test]
fn voice_and_chat_exclude_each_other_unless_the_lines_mix() {
    for mixes in [false, true] {
        let mut world = World::new();
        let mut mixing = line(1, vec![(skill(1, 1), 60_000)], LastRung::Full);
        mixing.mixes_voice_and_chat = mixes;
        world.take(Input::LineSaved { line: mixing });
        world.on_duty(1, &[(1, 3)], 2);
        world.arrives(1, Risk::None);
        world.accept(1);
        world.comes(Arrival { channel: Channel::Phone, ..arrival(2, Risk::High) });
        assert_eq!(world.rings(1).is_some(), mixes);
    }
}

#[test]
fn switchboard_mode_sends_everything_to_the_seats_while_one_is_there() {
    let mut world = World::new();
    let mut seated = line(1, vec![(skill(1, 1), 60_000)], LastRung::Full);
    seated.triage_seats = vec![counselor(9)];
    world.take(Input::LineSaved { line: seated });
    let mode = |on| Input::SwitchboardMode { line: LineId(1), on, by: BY };
    refused(world.take(mode(true)), Refusal::NoTriageSeat);
    world.on_duty(9, &[], 1);
    world.take(mode(true));
    world.on_duty(1, &[(1, 5)], 1);
    world.arrives(1, Risk::None);
    assert_eq!(world.rings(9), Some(contact(1)));
    assert_eq!(world.picks()[0].2.rule, Rule::Triage);
    world.take(Input::Wish { counselor: counselor(9), wish: Wish::Offline });
    assert_eq!(world.rings(1), Some(contact(1)), "suspended without a seat");
}

#[test]
fn an_outage_tells_those_who_wait_and_leaves_the_talks() {
    let mut world = in_a_talk();
    world.on_duty(2, &[(1, 1)], 1);
    world.arrives(2, Risk::None);
    assert_eq!(world.rings(2), Some(contact(2)));
    world.take(Input::Outage { line: LineId(1), on: true, by: BY });
    assert!(matches!(world.effects[0], Effect::Switched { outage: true, .. }));
    assert!(matches!(world.effects[1], Effect::Withdraw { reason: Withdrawn::Rerouted, .. }));
    assert_eq!(ended(&world.effects), Some(End::LineOutage));
    assert!(world.machine.contact(contact(1)).is_some());
    assert_eq!(ended(world.take(Input::Arrive(arrival(3, Risk::High)))), Some(End::LineOutage));
}

#[test]
fn a_full_line_says_so_at_the_door() {
    let mut world = World::new();
    let mut small = line(1, vec![(skill(1, 1), 60_000)], LastRung::CallBack);
    small.waiting_max = 1;
    world.take(Input::LineSaved { line: small });
    world.arrives(1, Risk::None);
    world.take(Input::Arrive(arrival(2, Risk::None)));
    assert_eq!(ended(&world.effects), Some(End::CallBackPromised));
    refused(world.take(Input::Arrive(arrival(1, Risk::None))), Refusal::ContactExists);
}

#[test]
fn a_restart_loses_nobody_and_starts_every_grace() {
    let mut world = in_a_talk();
    world.on_duty(2, &[(1, 1)], 1);
    world.arrives(2, Risk::None);
    world.arrives(3, Risk::None);
    world.at = world.at + 3_600_000;
    world.take(Input::Restarted);
    assert!(matches!(
        world.effects[..],
        [Effect::Withdraw { reason: Withdrawn::Restarted, .. }, Effect::Queued { .. }]
    ));
    world.pass(59_999);
    for number in 1..4 {
        world.take(Input::SeekerConnected { contact: contact(number) });
    }
    world.take(Input::CounselorConnected { counselor: counselor(2) });
    assert_eq!(world.rings(2), Some(contact(2)), "the one whose offer was unheard is at the head");
}

#[test]
fn memory_is_given_back_when_everybody_has_gone() {
    let mut world = World::new();
    world.take(Input::LineSaved { line: line(1, vec![(skill(1, 1), 60_000)], LastRung::Full) });
    world.on_duty(1, &[(1, 5)], 2);
    for number in 0..200 {
        world.arrives(number, Risk::Low);
        if world.rings(1).is_some() {
            world.accept(1);
        }
        for held in world.machine.contacts_of(counselor(1)) {
            world.take(Input::Close { contact: held, by: BY });
            world.take(Input::Close { contact: held, by: BY });
        }
    }
    for number in 0..200 {
        world.take(Input::Close { contact: contact(number), by: BY });
        world.take(Input::Close { contact: contact(number), by: BY });
    }
    assert_eq!(world.machine.contacts().count(), 0);
    assert_eq!(world.machine.poll_timeout(), None);
    assert!(world.rows.len() <= 4, "house, line, counselor, one bucket of measures");
}

#[test]
fn an_input_that_makes_no_sense_is_refused_or_ignored() {
    let mut world = in_a_talk();
    let (nobody, nothing) = (counselor(77), contact(77));
    refused(world.take(Input::PullOne { counselor: nobody }), Refusal::UnknownCounselor);
    refused(world.take(Input::Danger { contact: nothing }), Refusal::UnknownContact);
    let foreign = Input::WrappedUp { counselor: counselor(1), contact: contact(1) };
    refused(world.take(foreign), Refusal::NotYours);
    assert_eq!(world.take(Input::CounselorLost { counselor: nobody }), []);
    assert_eq!(world.take(Input::SeekerConnected { contact: nothing }), []);
}

#[test]
fn since_when_a_counselor_is_shown_as_they_are_survives_a_restart() {
    let mut world = World::new();
    world.on_duty(1, &[(1, 3)], 2);
    let began = world.at;
    let since = |machine: &Switchboard| machine.counselor(counselor(1)).unwrap().since;
    world.pass(5_000);
    assert_eq!(since(&world.machine), began, "nothing changed");
    world.arrives(1, Risk::None);
    world.pass(1_000);
    assert_eq!(since(&world.machine), began, "what rings is not yet taken");
    world.accept(1);
    let engaged = world.at;
    assert_eq!(since(&world.machine), engaged);
    world.pass(60_000);
    assert_eq!(since(&world.restored()), engaged);
    world.take(Input::End { counselor: counselor(1), contact: contact(1) });
    assert_eq!(since(&world.machine), world.at);
}
