//! What a board of 500 counselors, 500 waiting and 500 talks weighs and costs. Printed, not judged:
//! `cargo test --lib largest_board -- --nocapture`.

use super::{Beside, RecentPicks, draw};
use crate::app::aliases::Aliases;
use crate::clock::{At, Clock};
use crate::desk::frame::ToDesk;
use crate::door::socket::to_text;
use crate::ids::{ContactId, CounselorId, LineId};
use crate::live::Hub;
use crate::live::directory::Book;
use crate::switchboard::line::{Hours, LastRung, Step};
use crate::switchboard::{
    Arrival, Channel, Input, Line, Need, Profile, Risk, RoutingPlan, Rules, Switchboard, Wish,
};

const ROWS: u128 = 500;
const ROUNDS: i64 = 50;

fn line() -> Line {
    let steps = vec![Step { need: Need::Anyone, widens_after_ms: 3_600_000 }];
    Line {
        line: LineId(1),
        hours: Hours::Always,
        plan: RoutingPlan { steps, last_rung: Some(LastRung::Full) },
        threshold_ms: 15_000,
        greeting_ms: 8_000,
        mixes_voice_and_chat: false,
        waiting_max: 20_000,
        triage_seats: Vec::new(),
    }
}

fn arrive(machine: &mut Switchboard, at: At, number: u128) {
    let contact = ContactId::from_number(number);
    let arrival = Arrival {
        contact,
        line: LineId(1),
        channel: Channel::Chat,
        risk: Risk::Moderate,
        asks: None,
        returning: None,
        previous: None,
        simulated: false,
    };
    machine.handle(at, Input::Arrive(arrival));
    machine.handle(at, Input::SeekerConnected { contact });
}

/// Everybody talks, and as many wait.
fn a_full_house(at: At) -> Switchboard {
    let mut machine = Switchboard::new(Rules::default());
    machine.handle(at, Input::LineSaved { line: line() });
    for number in 1..=ROWS {
        let counselor = CounselorId::from_number(number);
        let profile = Profile { counselor, skills: vec![], takes_voice: true, chats_max: 1 };
        machine.handle(at, Input::CounselorSaved { profile });
        machine.handle(at, Input::CounselorConnected { counselor });
        machine.handle(at, Input::Wish { counselor, wish: Wish::Available });
        arrive(&mut machine, at, number);
        let offer = machine.offer_of(counselor).expect("it rings").offer;
        machine.handle(at, Input::Accept { counselor, offer });
    }
    (ROWS + 1..=2 * ROWS).for_each(|number| arrive(&mut machine, at, number));
    machine
}

#[test]
fn the_largest_board_has_every_row() {
    let at = At(1_795_465_800_000);
    let machine = a_full_house(at);
    let (hub, book, picks) = (Hub::new(), Book::default(), RecentPicks::default());
    let clock = Clock::system();
    let began = clock.now();
    let aliases = Aliases::default();
    let beside =
        Beside { book: &book, aliases: &aliases, picks: &picks, store_ok: true, hub: &hub };
    let mut health = draw(&machine, at, &beside);
    for _ in 1..ROUNDS {
        health = draw(&machine, at, &beside);
    }
    let drawn_us = clock.now().ms_since(began) * 1_000 / ROUNDS;
    let rows = (health.counselors.len(), health.waiting.len(), health.talks.len());
    assert_eq!(rows, (500, 500, 500));
    let frame = ToDesk::QueueHealth(Box::new(health));
    let began = clock.now();
    let mut text = to_text(&frame);
    for _ in 1..ROUNDS {
        text = to_text(&frame);
    }
    let written_us = clock.now().ms_since(began) * 1_000 / ROUNDS;
    println!(
        "the largest board: {} bytes, drawn in {drawn_us} us, written in {written_us} us",
        text.len()
    );
}
