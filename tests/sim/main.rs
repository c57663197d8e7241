//! Simulated nights: a simple, honest model of the law against the switchboard.
//!
//! Each night is random and comes from one seed. The model (`model`), written from the law in
//! `src/switchboard.rs` alone, and the machine are told the same things; after every turn the
//! effects, everything that can be looked at and every invariant are compared, a witness listens
//! whether the story told to the world makes sense, and at the end the journal is replayed.
//!
//! `XINQIAO_NIGHTS=10000` plays more nights than the default, `XINQIAO_SEED=…` plays one again and
//! tells it turn by turn. A night that fails is made smaller before it is shown.
#![cfg(test)]
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of a simulated night are small"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::struct_field_names,
    clippy::unreachable,
    clippy::wildcard_enum_match_arm,
    reason = "the model is to be read easily, and its faults are faults of a test"
)]

mod books;
mod compare;
mod dice;
mod furniture;
mod model;
mod night;
mod seen;
mod shrink;
mod stage;
mod witness;

use night::Night;
use seen::Seen;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const NIGHTS: u64 = 300;

/// Where the seeds of the ordinary nights begin.
const SEED_BASE: u64 = 20_230_429;

#[derive(Default)]
struct Tally {
    next: AtomicU64,
    turns: AtomicU64,
    restarts: AtomicU64,
    seen: Mutex<Seen>,
    failure: Mutex<Option<String>>,
}

#[test]
fn the_machine_keeps_the_law_through_simulated_nights() {
    if let Some(seed) = number_from("XINQIAO_SEED") {
        return play_one(seed);
    }
    let nights = number_from("XINQIAO_NIGHTS").unwrap_or(NIGHTS);
    let tally = Arc::new(Tally::default());
    let threads: Vec<_> = (0..std::thread::available_parallelism().map_or(2, usize::from))
        .map(|_| {
            let tally = Arc::clone(&tally);
            std::thread::spawn(move || play_many(nights, &tally))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let (turns, restarts) = (&tally.turns, &tally.restarts);
    println!(
        "{nights} nights, {} turns, {} restarts, seed base {SEED_BASE}",
        turns.load(Ordering::Relaxed),
        restarts.load(Ordering::Relaxed)
    );
    let seen = tally.seen.lock().unwrap().clone();
    if std::env::args().any(|argument| argument == "--show-output") {
        println!("{}", seen.tell());
    }
    let failure = tally.failure.lock().unwrap().take();
    assert!(failure.is_none(), "{}", failure.unwrap_or_default());
    if nights >= NIGHTS {
        let missing = seen.missing();
        assert!(missing.is_empty(), "the nights never came to {missing:?}");
    }
}

fn play_many(nights: u64, tally: &Tally) {
    loop {
        let number = tally.next.fetch_add(1, Ordering::Relaxed);
        if number >= nights || tally.failure.lock().unwrap().is_some() {
            return;
        }
        let seed = SEED_BASE + number;
        let played = shrink::play(Night::new(seed));
        tally.turns.fetch_add(played.turns, Ordering::Relaxed);
        tally.restarts.fetch_add(played.restarts, Ordering::Relaxed);
        tally.seen.lock().unwrap().add(played.seen);
        if let Some(fault) = played.fault {
            let report = shrink::report(seed, &played.events, &fault);
            tally.failure.lock().unwrap().get_or_insert(report);
        }
    }
}

fn play_one(seed: u64) {
    let played = shrink::play(Night::new(seed));
    println!("{}", shrink::tell(seed, &played.events).0);
    if let Some(fault) = played.fault {
        panic!("{}", shrink::report(seed, &played.events, &fault));
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command says how many nights")]
fn number_from(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
