//! The live board: what a supervisor sees, once a second, and why each pick was made.

use super::aliases::Aliases;
use crate::clock::At;
use crate::desk::frame::{
    CallForHelp, ChannelHealth, CounselorHealth, LineHealth, PickShown, QueueHealth, TalkGoing,
    ToDesk, WaitingContact,
};
use crate::desk::show::{channel_word, rule_word};
use crate::door::socket::to_text;
use crate::ids::{ContactId, CounselorId, LineId};
use crate::live::Hub;
use crate::live::card::alias_of;
use crate::live::directory::Book;
use crate::live::hub::Call;
use crate::live::switch::AndThen;
use crate::switchboard::measure::Counters;
use crate::switchboard::view::{self, PlaceOf};
use crate::switchboard::{Channel, Effect, Pick, Presence, Switchboard};
use std::collections::VecDeque;
use std::sync::Arc;

#[cfg(test)]
mod measure;

/// Rows of a list on the board.
const ROWS_MAX: usize = 500;
/// Picks kept for the board; all of them are in the store.
const PICKS_MAX: usize = 20;

/// An offer as the board remembers it, also when the contact has closed.
#[derive(Clone, Copy, Debug)]
struct Picked {
    at: At,
    /// Whose alias is shown.
    alias_root: ContactId,
    line: Option<LineId>,
    counselor: CounselorId,
    pick: Pick,
}

/// The last picks, newest first.
#[derive(Debug, Default)]
pub struct RecentPicks(VecDeque<Picked>);

impl RecentPicks {
    /// Remembers an offer.
    pub fn note(&mut self, effect: &Effect, machine: &Switchboard, aliases: &Aliases, at: At) {
        if let Effect::Offer { contact, counselor, pick, .. } = *effect {
            let line = machine.contact(contact).map(|view| view.line);
            let alias_root = aliases.root(contact);
            self.0.push_front(Picked { at, alias_root, line, counselor, pick });
            self.0.truncate(PICKS_MAX);
        }
    }
}

/// What the board is drawn from beside the machine.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub book: &'a Book,
    pub aliases: &'a Aliases,
    pub picks: &'a RecentPicks,
    pub store_ok: bool,
    pub hub: &'a Hub,
}

/// Draws the board from the machine.
#[must_use]
pub fn draw(machine: &Switchboard, at: At, beside: &Beside<'_>) -> QueueHealth {
    let Beside { book, aliases, picks, store_ok, hub } = *beside;
    let lines = machine.line_health(at).into_iter();
    let mut waiting = Vec::new();
    machine.each_place(at, &mut |place| {
        if waiting.len() < ROWS_MAX {
            waiting.extend(waiting_row(machine, place.contact, at, book, aliases));
        }
    });
    let counselors = machine.counselors();
    let mut talks = Vec::new();
    for counselor in &counselors {
        talks.extend(talk_rows(machine, *counselor, at, beside).take(ROWS_MAX - talks.len()));
    }
    QueueHealth {
        at: at.rfc3339(),
        lines: lines.map(|health| line_row(machine, &health, book)).collect(),
        counselors: counselor_rows(machine, &counselors, book, aliases),
        waiting,
        talks,
        calls: hub.calls().iter().map(|call| call_row(call, book)).collect(),
        picks: picks.0.iter().map(|pick| pick_row(*pick, book)).collect(),
        store_ok,
    }
}

/// Tells everybody who watches.
#[must_use]
pub fn show(health: QueueHealth, hub: &Arc<Hub>) -> AndThen {
    let hub = Arc::clone(hub);
    Box::new(move || {
        let text = to_text(&ToDesk::QueueHealth(Box::new(health)));
        hub.show_watchers(&text);
    })
}

fn line_row(machine: &Switchboard, health: &view::LineHealth, book: &Book) -> LineHealth {
    let face = book.line(health.line);
    let known = machine.line(health.line);
    let switches = known.map(|(_, switches)| switches).unwrap_or_default();
    let alias = |account| book.counselor(CounselorId::from(account)).map(|face| face.alias.clone());
    let waiting = health.waiting.iter().sum::<u32>().saturating_add(health.offered);
    let mut hours = health.hour;
    hours.add(&health.hour_before);
    LineHealth {
        line: book.code(health.line),
        name: face.map_or_else(String::new, |face| face.name.zh.clone()),
        name_en: face.map_or_else(String::new, |face| face.name.en.clone()),
        waiting_by_risk: health.waiting,
        longest_wait_ms_by_risk: health.longest_wait_ms,
        offered: health.offered,
        talking: health.talking,
        wrap_up: health.wrap_up,
        switchboard_mode: switches.switchboard_mode_since.is_some(),
        switchboard_mode_since: switches.switchboard_mode_since.map(At::rfc3339),
        switchboard_mode_by: switches.switchboard_mode_by.and_then(alias),
        outage: switches.outage_since.is_some(),
        outage_since: switches.outage_since.map(At::rfc3339),
        outage_by: switches.outage_by.and_then(alias),
        is_full: known.is_some_and(|(line, _)| waiting >= line.waiting_max),
        threshold_s: known.map_or(0, |(line, _)| line.threshold_ms / 1_000),
        arrived: hours.arrived,
        answered: hours.answered,
        abandoned: abandoned(&hours),
        service_level_bp: service_level_bp(&hours),
        asa_ms: hours.answer_wait_ms.checked_div(hours.answered),
        channels: Channel::ALL
            .into_iter()
            .zip(&health.channels)
            .filter(|(_, health)| **health != view::ChannelHealth::default())
            .map(|(channel, health)| channel_row(channel, health))
            .collect(),
    }
}

fn channel_row(channel: Channel, health: &view::ChannelHealth) -> ChannelHealth {
    let hours = &health.hours;
    ChannelHealth {
        channel: channel_word(channel).to_owned(),
        waiting: health.waiting,
        longest_wait_ms: health.longest_wait_ms,
        talking: health.talking,
        arrived: hours.arrived,
        answered: hours.answered,
        abandoned: abandoned(hours),
        service_level_bp: service_level_bp(hours),
        asa_ms: hours.answer_wait_ms.checked_div(hours.answered),
    }
}

const fn abandoned(hours: &Counters) -> u64 {
    hours.abandoned_greeting.saturating_add(hours.abandoned_queue)
}

/// As defined in [`crate::switchboard::measure`].
fn service_level_bp(hours: &Counters) -> Option<u32> {
    let judged = hours.answered.saturating_add(abandoned(hours)).saturating_add(hours.rung);
    basis_points(hours.answered_in_threshold, judged)
}

/// `part` of `whole` in 1/10,000; `None` of nothing.
fn basis_points(part: u64, whole: u64) -> Option<u32> {
    let share = part.saturating_mul(10_000).checked_div(whole)?;
    u32::try_from(share).ok()
}

/// Those on shift first; of the rest as many as there is room for.
fn counselor_rows(
    machine: &Switchboard,
    counselors: &[CounselorId],
    book: &Book,
    aliases: &Aliases,
) -> Vec<CounselorHealth> {
    let is_off = |counselor: &CounselorId| {
        machine.counselor(*counselor).is_none_or(|view| view.presence == Presence::Offline)
    };
    let (off, on): (Vec<CounselorId>, Vec<_>) = counselors.iter().copied().partition(is_off);
    let shown = on.into_iter().chain(off).take(ROWS_MAX);
    shown.filter_map(|counselor| counselor_row(machine, counselor, book, aliases)).collect()
}

fn counselor_row(
    machine: &Switchboard,
    counselor: CounselorId,
    book: &Book,
    aliases: &Aliases,
) -> Option<CounselorHealth> {
    let view = machine.counselor(counselor)?;
    let held = machine.contacts_of(counselor);
    let talks = held.iter().filter(|contact| is_talking(machine, **contact)).count();
    Some(CounselorHealth {
        counselor_id: counselor.to_string(),
        alias: book.alias(counselor),
        presence: view.presence.into(),
        talks: u32::try_from(talks).unwrap_or(u32::MAX),
        wrap_ups: u32::try_from(held.len() - talks).unwrap_or(u32::MAX),
        ringing: machine.offer_of(counselor).is_some(),
        chats_max: u32::from(view.profile.chats_max),
        occupancy_bp: basis_points(view.work.busy_ms, view.work.on_shift_ms),
        since: view.since.rfc3339(),
        contacts: held.into_iter().map(|contact| aliases.alias(contact)).collect(),
    })
}

fn is_talking(machine: &Switchboard, contact: ContactId) -> bool {
    machine.contact(contact).is_some_and(|view| matches!(view.place, PlaceOf::Talking { .. }))
}

fn waiting_row(
    machine: &Switchboard,
    contact: ContactId,
    at: At,
    book: &Book,
    aliases: &Aliases,
) -> Option<WaitingContact> {
    let view = machine.contact(contact)?;
    let offered_to = match view.place {
        PlaceOf::Offered { counselor, .. } => Some(book.alias(counselor)),
        PlaceOf::Waiting | PlaceOf::Talking { .. } | PlaceOf::WrapUp { .. } => None,
    };
    Some(WaitingContact {
        contact_id: contact.to_string(),
        line: book.code(view.line),
        channel: channel_word(view.channel).to_owned(),
        alias: aliases.alias(contact),
        risk: view.risk.into(),
        waited_ms: at.ms_since(view.arrived_at),
        offered_to,
        seeker_online: view.is_connected,
        simulated: view.simulated,
    })
}

fn talk_rows<'a>(
    machine: &'a Switchboard,
    counselor: CounselorId,
    at: At,
    beside: &'a Beside<'a>,
) -> impl Iterator<Item = TalkGoing> + 'a {
    let Beside { book, aliases, hub, .. } = *beside;
    machine.contacts_of(counselor).into_iter().filter_map(move |contact| {
        let view = machine.contact(contact)?;
        let PlaceOf::Talking { since, .. } = view.place else { return None };
        Some(TalkGoing {
            contact_id: contact.to_string(),
            line: book.code(view.line),
            channel: channel_word(view.channel).to_owned(),
            alias: aliases.alias(contact),
            risk: view.risk.into(),
            counselor: book.alias(counselor),
            talking_ms: at.ms_since(since),
            simulated: view.simulated,
            looked_at_by: hub.lookers_of(contact),
        })
    })
}

fn call_row(call: &Call, book: &Book) -> CallForHelp {
    CallForHelp {
        contact_id: call.contact.to_string(),
        counselor_id: call.counselor.to_string(),
        counselor: book.alias(call.counselor),
        at: call.at.rfc3339(),
        heeded_by: call.heeded_by.clone(),
    }
}

fn pick_row(Picked { at, alias_root, line, counselor, pick }: Picked, book: &Book) -> PickShown {
    PickShown {
        at: at.rfc3339(),
        contact_alias: alias_of(alias_root),
        line: line.map_or_else(String::new, |line| book.code(line)),
        counselor: book.alias(counselor),
        rule: rule_word(pick.rule).to_owned(),
        risk: pick.risk.into(),
        waited_ms: pick.waited_ms,
        step: u32::from(pick.step),
        fit: u32::from(pick.fit),
        idle_ms: pick.idle_ms,
        contacts_considered: pick.contacts_considered,
        counselors_considered: pick.counselors_considered,
        runner_up: pick.runner_up.map(|counselor| book.alias(counselor)),
    }
}
