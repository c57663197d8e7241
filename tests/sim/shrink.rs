//! Playing a night to its end or to its first fault, and making a failing night small enough to
//! be read: events are left out, first many at once, then one by one, while it still fails alike.

use crate::night::{Event, Night};
use crate::seen::Seen;
use crate::stage::Stage;
use std::panic::{AssertUnwindSafe, catch_unwind};
use xinqiao::switchboard::Rules;

/// How many times a failing night is played again, at most.
const TRIES_MAX: usize = 1_500;

/// A night that has been played.
pub(crate) struct Played {
    /// What happened, up to the fault if there was one.
    pub(crate) events: Vec<Event>,
    pub(crate) fault: Option<String>,
    pub(crate) turns: u64,
    pub(crate) restarts: u64,
    pub(crate) seen: Seen,
}

pub(crate) fn play(mut night: Night) -> Played {
    let mut stage = Stage::new(night.rules.clone());
    let mut events = Vec::new();
    let played = catch(|| {
        while let Some(event) = night.next(stage.model()) {
            events.push(event.clone());
            stage.play(&event)?;
        }
        stage.dawn()
    });
    Played {
        events,
        fault: played.err(),
        turns: stage.turns,
        restarts: stage.restarts,
        seen: stage.seen,
    }
}

/// A panic of the machine (or of the model) is a fault like any other.
fn catch(run: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", words.unwrap_or_default()))
    })
}

/// Plays these events; gives the fault and the number of the event after which it came.
fn replay(events: &[Event], stage: &mut Stage) -> Option<(usize, String)> {
    let mut number = 0;
    let played = catch(|| {
        for event in events {
            number += 1;
            stage.play(event)?;
        }
        stage.dawn()
    });
    played.err().map(|fault| (number, fault))
}

/// What kind of fault it is, without the details that change as the night gets smaller.
fn kind_of(fault: &str) -> String {
    let first = fault.lines().next().unwrap_or_default();
    first.chars().filter(|letter| !letter.is_ascii_digit()).take(40).collect()
}

fn shrink(rules: &Rules, events: &[Event], fault: &str) -> Vec<Event> {
    let kind = kind_of(fault);
    let mut small = events.to_vec();
    let mut tries = 0;
    let mut size = small.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < small.len() && tries < TRIES_MAX {
            tries += 1;
            let to = (from + size).min(small.len());
            let mut fewer = small.clone();
            fewer.drain(from..to);
            match replay(&fewer, &mut Stage::new(rules.clone())) {
                Some((number, fault)) if kind_of(&fault) == kind => {
                    fewer.truncate(number);
                    small = fewer;
                }
                _ => from = to,
            }
        }
        size /= 2;
    }
    small
}

/// The story of these events, and the fault at its end.
pub(crate) fn tell(seed: u64, events: &[Event]) -> (String, Option<String>) {
    let rules = Night::new(seed).rules;
    let mut stage = Stage::new(rules.clone());
    stage.keeps_log = true;
    let fault = replay(events, &mut stage).map(|(_, fault)| fault);
    (format!("{rules:?}\n{}", stage.log.join("\n")), fault)
}

/// Everything needed to understand a failing night, and to see it again.
pub(crate) fn report(seed: u64, events: &[Event], fault: &str) -> String {
    let rules = Night::new(seed).rules;
    let small = shrink(&rules, events, fault);
    let (story, small_fault) = tell(seed, &small);
    format!(
        "night {seed} failed after event {} of it: {fault}\n\
         \nmade smaller, {} events:\n{story}\n\n{}\n\nplay it again with XINQIAO_SEED={seed}",
        events.len(),
        small.len(),
        small_fault.unwrap_or_default()
    )
}
