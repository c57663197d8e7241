//! Holding the machine against the model, the witness and the bounds of the law.

use crate::books::Books;
use crate::model::{Contact, Counselor, Model, Place};
use crate::witness::{Told, Witness};
use std::collections::BTreeMap;
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, CounselorId, LineId};
use xinqiao::switchboard::measure::{Counters, HOUR_MS, MeasureKey};
use xinqiao::switchboard::view::{ContactView, LineHealth, PlaceOf, PlaceView};
use xinqiao::switchboard::{Channel, Effect, Input, Switchboard};

/// The effects, one by one and in order.
pub(crate) fn effects(expected: &[Effect], seen: &[Effect]) -> Result<(), String> {
    if expected == seen {
        return Ok(());
    }
    let same = expected.iter().zip(seen).take_while(|(left, right)| left == right).count();
    Err(format!(
        "effect {same} differs\n  the model says {}\n  the machine says {}",
        brief(&expected[same..]),
        brief(&seen[same..])
    ))
}

/// Everything that can be looked at from outside.
pub(crate) fn views(model: &Model, machine: &Switchboard) -> Result<(), String> {
    for contact in &model.contacts {
        let seen = machine.contact(contact.contact);
        same("contact", Some(view_of(contact)), seen)?;
        let need = contact.place.is_before_talk().then(|| model.need_in_force(contact));
        same("need", need, machine.need_of(contact.contact))?;
    }
    for counselor in &model.counselors {
        look_at_counselor(model, counselor, machine)?;
    }
    let mut counselors: Vec<CounselorId> =
        model.counselors.iter().map(|one| one.profile.counselor).collect();
    counselors.sort_unstable();
    same("counselors", counselors, machine.counselors())?;
    let mut lines: Vec<LineId> = model.lines.iter().map(|door| door.line.line).collect();
    lines.sort_unstable();
    same("lines", lines, machine.lines())?;
    for door in &model.lines {
        let seen = machine.line(door.line.line).map(|(line, switches)| (line.clone(), switches));
        same("line", Some((door.line.clone(), door.switches)), seen)?;
        let line = door.line.line;
        let is_open = model.is_open(line) && !model.has_outage(line);
        same("open", is_open, machine.is_open(line, model.now))?;
    }
    let mut seen = Vec::new();
    machine.each_place(model.now, &mut |view| seen.push(view));
    same("positions", positions(model), seen)?;
    same("next timer", model.poll_timeout(), machine.poll_timeout())
}

fn look_at_counselor(
    model: &Model,
    counselor: &Counselor,
    machine: &Switchboard,
) -> Result<(), String> {
    let id = counselor.profile.counselor;
    let seen = machine.counselor(id).ok_or_else(|| format!("{id} is unknown"))?;
    same("profile", &counselor.profile, &seen.profile)?;
    same("wish", counselor.wish, seen.wish)?;
    same("presence", model.presence(counselor), seen.presence)?;
    same("socket", counselor.connected, seen.is_connected)?;
    same("shift", counselor.is_on_shift(), seen.is_on_shift)?;
    same("misses", counselor.misses, u32::from(seen.misses))?;
    same("stop", counselor.stop, seen.stop)?;
    same("work", counselor.work, seen.work)?;
    if counselor.was_ready {
        same("idle since", counselor.idle_since, seen.idle_since)?;
    }
    let held: Vec<ContactId> = model.held(id).iter().map(|contact| contact.contact).collect();
    same("held contacts", held, machine.contacts_of(id))?;
    let ringing = model.ringing(id).map(|contact| match contact.place {
        Place::Offered { counselor, offer, expires_at, pick } => {
            (contact.contact, counselor, offer, expires_at, pick)
        }
        _ => unreachable!("{contact:?} does not ring"),
    });
    let seen = machine.offer_of(id);
    let seen =
        seen.map(|view| (view.contact, view.counselor, view.offer, view.expires_at, view.pick));
    same("ringing offer", ringing, seen)
}

fn view_of(contact: &Contact) -> ContactView {
    ContactView {
        contact: contact.contact,
        line: contact.line,
        channel: contact.channel,
        risk: contact.risk,
        arrived_at: contact.arrived_at,
        is_connected: contact.connected,
        connected_once: contact.connected_once,
        step: contact.step as u16,
        simulated: contact.simulated,
        place: match contact.place {
            Place::Waiting => PlaceOf::Waiting,
            Place::Offered { counselor, offer, .. } => PlaceOf::Offered { offer, counselor },
            Place::Talking { counselor, since, .. } => PlaceOf::Talking { counselor, since },
            Place::WrapUp { counselor, until, ended, .. } => {
                PlaceOf::WrapUp { counselor, until, ended }
            }
        },
    }
}

/// Who stands where, in place order, and what they are told.
fn positions(model: &Model) -> Vec<PlaceView> {
    let mut waiting: Vec<&Contact> =
        model.contacts.iter().filter(|contact| contact.place.is_before_talk()).collect();
    waiting.sort_by_key(|contact| Model::place_of(contact));
    let count = waiting.len() as u32;
    (1..)
        .zip(&waiting)
        .map(|(position, contact)| PlaceView {
            contact: contact.contact,
            position,
            waiting: count,
            estimate_s: estimate_s(model, i64::from(position)),
        })
        .collect()
}

/// From half to twice the mean time between the last connects, for each who stands before.
fn estimate_s(model: &Model, position: i64) -> Option<(u32, u32)> {
    let half_an_hour_ms = 1_800_000;
    let recent = |at: &&At| model.now.ms_since(**at) <= half_an_hour_ms;
    let connects: Vec<&At> = model.connects.iter().filter(recent).collect();
    if connects.len() < 3 || !model.somebody_is_on_shift() {
        return None;
    }
    let (span_ms, count) = (model.now.ms_since(*connects[0]), connects.len() as i64);
    let up = |number: i64, by: i64| (number + by - 1).div_euclid(by) as u32;
    Some((up(position * span_ms, count * 2_000), up(position * span_ms * 2, count * 1_000)))
}

pub(crate) fn health(books: &Books, model: &Model, machine: &Switchboard) -> Result<(), String> {
    for health in machine.line_health(model.now) {
        let there = || model.contacts.iter().filter(|contact| contact.line == health.line);
        let count = |is: fn(&Place) -> bool| there().filter(|one| is(&one.place)).count() as u32;
        let (mut waiting, mut longest_wait_ms) = ([0; 5], [0; 5]);
        for contact in there().filter(|contact| contact.place.is_before_talk()) {
            let risk = contact.risk.index();
            waiting[risk] += u32::from(contact.place == Place::Waiting);
            let wait_ms = model.now.ms_since(contact.arrived_at);
            longest_wait_ms[risk] = wait_ms.max(longest_wait_ms[risk]);
        }
        let wanted = (
            (waiting, longest_wait_ms),
            count(|place| matches!(place, Place::Offered { .. })),
            count(|place| matches!(place, Place::Talking { .. })),
            count(|place| matches!(place, Place::WrapUp { .. })),
        );
        let seen = (
            (health.waiting, health.longest_wait_ms),
            health.offered,
            health.talking,
            health.wrap_up,
        );
        same("line health", wanted, seen)?;
        look_at_channels(model, &health)?;
        let hour = At(model.now.0.div_euclid(HOUR_MS) * HOUR_MS);
        same("this hour", books.hour_of(health.line, hour), health.hour)?;
        let hour_before = books.hour_of(health.line, hour + -HOUR_MS);
        same("the hour before", hour_before, health.hour_before)?;
    }
    Ok(())
}

/// The channels of a line add up to the line, and each is what the model says.
fn look_at_channels(model: &Model, health: &LineHealth) -> Result<(), String> {
    let mut hours = Counters::default();
    for (channel, seen) in Channel::ALL.into_iter().zip(&health.channels) {
        let there = || {
            let all = model.contacts.iter();
            all.filter(|one| one.line == health.line && one.channel == channel)
        };
        let waiting = there().filter(|one| one.place == Place::Waiting).count() as u32;
        let talking = |place: &Place| matches!(place, Place::Talking { .. });
        let talking = there().filter(|one| talking(&one.place)).count() as u32;
        let waits = there().filter(|one| one.place.is_before_talk());
        let longest = waits.map(|one| model.now.ms_since(one.arrived_at)).max().unwrap_or(0);
        let seen_now = (seen.waiting, seen.talking, seen.longest_wait_ms);
        same("channel health", (waiting, talking, longest), seen_now)?;
        hours.add(&seen.hours);
    }
    let mut both = health.hour;
    both.add(&health.hour_before);
    same("the hours of all channels", both, hours)
}

/// The measures, as the books have them.
pub(crate) fn measures(books: &Books, model: &Model, machine: &Switchboard) -> Result<(), String> {
    // Two days are kept; the hour in which a bucket goes is not looked at.
    let is_young = |key: &MeasureKey| model.now - key.hour < 46 * HOUR_MS;
    let kept = books.counters.iter().map(|(key, counters)| (*key, *counters));
    let kept: BTreeMap<MeasureKey, Counters> =
        kept.filter(|(key, counters)| is_young(key) && *counters != Counters::default()).collect();
    let seen = machine.measures().filter(|(key, _)| is_young(key)).collect();
    same("measures", kept, seen)
}

/// Nobody lost: whoever arrived is where the world was told, or closed with an end.
pub(crate) fn witness(witness: &Witness, machine: &Switchboard) -> Result<(), String> {
    for (contact, (_, told)) in witness.contacts() {
        let place = machine.contact(*contact).map(|view| view.place);
        let seen = match place {
            Some(PlaceOf::Waiting) => Some(Told::Waiting),
            Some(PlaceOf::Offered { offer, counselor }) => Some(Told::Offered(offer, counselor)),
            Some(PlaceOf::Talking { counselor, .. }) => Some(Told::Talking(counselor)),
            Some(PlaceOf::WrapUp { counselor, ended, .. }) => Some(Told::WrapUp(counselor, ended)),
            None => None,
        };
        let told = if matches!(told, Told::Closed(_)) { None } else { Some(*told) };
        same("what the world was told of a contact", told, seen)?;
    }
    Ok(())
}

/// What must hold whatever happened: no wait without a wake-up, nobody overdue passed by for ever.
pub(crate) fn bounds(model: &Model) -> Result<(), String> {
    let somebody_waits = !model.contacts.iter().all(|contact| {
        // A talk of two who are connected needs no wake-up.
        matches!(contact.place, Place::Talking { .. }) && contact.connected
    });
    if somebody_waits && model.poll_timeout().is_none() {
        return Err("somebody waits, and nothing will wake the machine".to_owned());
    }
    for counselor in &model.counselors {
        if counselor.passed > model.most_passes {
            return Err(format!("{} picks in a row passed somebody overdue by", counselor.passed));
        }
    }
    for contact in &model.contacts {
        if !contact.place.is_before_talk() {
            continue;
        }
        let can_be_taken = contact.connected && contact.place == Place::Waiting;
        if can_be_taken && let Some(counselor) = model.who_could_take(contact) {
            return Err(format!("{} waits, and {counselor} could take them", contact.contact));
        }
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, model: T, machine: T) -> Result<(), String> {
    if model == machine {
        return Ok(());
    }
    Err(format!("{what}\n  the model says   {model:?}\n  the machine says {machine:?}"))
}

// ── printing ────────────────────────────────────────────────────────

/// One turn as a line to read.
pub(crate) fn in_brief(input: Option<&Input>, effects: &[Effect]) -> String {
    let input =
        input.map_or_else(|| "(timeout)".to_owned(), |input| shorten(&format!("{input:?}")));
    if effects.is_empty() { input } else { format!("{input}\n        {}", brief(effects)) }
}

fn brief(effects: &[Effect]) -> String {
    let lines: Vec<String> = effects.iter().map(|effect| shorten(&format!("{effect:?}"))).collect();
    lines.join("\n        ")
}

/// Ids without their zeros.
fn shorten(text: &str) -> String {
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    words.insert("00000000-0000-0000-0000-000000000", "…");
    words.insert("00000000-0000-0000-0000-00000000", "…");
    words.iter().rev().fold(text.to_owned(), |text, (long, short)| text.replace(long, short))
}
