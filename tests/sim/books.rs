//! The books: every measure counted again from what the world was told, by the definitions in
//! `src/switchboard/measure.rs` alone.

use std::collections::BTreeMap;
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, LineId};
use xinqiao::switchboard::effect::{RungCause, Withdrawn};
use xinqiao::switchboard::measure::{Counters, HOUR_MS, MeasureKey, SHORT_ABANDON_MS};
use xinqiao::switchboard::{Arrival, Effect, End, Input, Line};

#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    lines: BTreeMap<LineId, Line>,
    open: BTreeMap<ContactId, Account>,
    pub(crate) counters: BTreeMap<MeasureKey, Counters>,
}

/// What is known of one contact that counts.
#[derive(Clone, Copy, Debug)]
struct Account {
    key: MeasureKey,
    arrived_at: At,
    is_answered: bool,
    /// Since when the seeker's socket is gone; never connected: since the arrival.
    gone_since: Option<At>,
    /// Since when it talks, or since when a note is written.
    since: Option<(At, bool)>,
}

impl Books {
    /// Hears one turn at the time the machine took it for.
    pub(crate) fn hear(&mut self, now: At, input: Option<&Input>, effects: &[Effect]) {
        let is_refused = effects.iter().any(|effect| matches!(effect, Effect::Refuse { .. }));
        // Timers come before the input: the same id may have been closed in this very turn.
        let (before, after) = effects.split_at(self.arrival_from(input, effects));
        for effect in before {
            self.enter(now, effect);
        }
        if let Some(Input::Arrive(arrival)) = input
            && !is_refused
            && !arrival.simulated
        {
            self.open_account(now, arrival, after);
        }
        for effect in after {
            self.enter(now, effect);
        }
        self.note_socket(now, input);
        if let Some(Input::LineSaved { line }) = input
            && !is_refused
        {
            self.lines.insert(line.line, line.clone());
        }
    }

    /// From which effect on a turn is about the contact that arrives in it.
    fn arrival_from(&self, input: Option<&Input>, effects: &[Effect]) -> usize {
        let Some(Input::Arrive(arrival)) = input else { return 0 };
        let closes = |effect: &Effect| matches!(effect, Effect::Closed { contact, .. } if *contact == arrival.contact);
        if self.open.contains_key(&arrival.contact) {
            effects.iter().position(closes).map_or(0, |index| index + 1)
        } else {
            0
        }
    }

    fn note_socket(&mut self, now: At, input: Option<&Input>) {
        match input {
            Some(Input::SeekerConnected { contact }) => {
                if let Some(account) = self.open.get_mut(contact) {
                    account.gone_since = None;
                }
            }
            Some(Input::SeekerLost { contact }) => {
                if let Some(account) = self.open.get_mut(contact) {
                    account.gone_since.get_or_insert(now);
                }
            }
            Some(Input::Restarted) => {
                for account in self.open.values_mut() {
                    account.gone_since.get_or_insert(now);
                }
            }
            _ => {}
        }
    }

    /// What one line counted in one hour, over all channels.
    pub(crate) fn hour_of(&self, line: LineId, hour: At) -> Counters {
        let mut sum = Counters::default();
        for (_, one) in self.counters.iter().filter(|(key, _)| key.line == line && key.hour == hour)
        {
            sum.arrived += one.arrived;
            sum.offered += one.offered;
            sum.missed += one.missed;
            sum.declined += one.declined;
            sum.answered += one.answered;
            sum.answered_in_threshold += one.answered_in_threshold;
            sum.answer_wait_ms += one.answer_wait_ms;
            sum.answer_wait_max_ms = sum.answer_wait_max_ms.max(one.answer_wait_max_ms);
            sum.abandoned_short += one.abandoned_short;
            sum.abandoned_greeting += one.abandoned_greeting;
            sum.abandoned_queue += one.abandoned_queue;
            sum.rung += one.rung;
            sum.turned_away += one.turned_away;
            sum.talk_ms += one.talk_ms;
            sum.wrap_up_ms += one.wrap_up_ms;
        }
        sum
    }

    fn open_account(&mut self, now: At, arrival: &Arrival, effects: &[Effect]) {
        let hour = At(now.0.div_euclid(HOUR_MS) * HOUR_MS);
        let key = MeasureKey { hour, line: arrival.line, channel: arrival.channel };
        let is_turned_away = effects.iter().any(|effect| match effect {
            Effect::LastRung { contact, cause, .. } => {
                *contact == arrival.contact && *cause == RungCause::Outage
            }
            Effect::Ended { contact, ended } => {
                *contact == arrival.contact && *ended == End::LineClosed
            }
            _ => false,
        });
        let counters = self.counters.entry(key).or_default();
        if is_turned_away {
            counters.turned_away += 1;
            return;
        }
        counters.arrived += 1;
        let account = Account {
            key,
            arrived_at: now,
            is_answered: false,
            gone_since: Some(now),
            since: None,
        };
        self.open.insert(arrival.contact, account);
    }

    fn enter(&mut self, now: At, effect: &Effect) {
        match effect {
            Effect::Offer { contact, .. } => self.count(*contact, |counters| &mut counters.offered),
            Effect::Withdraw { contact, reason: Withdrawn::Expired, .. } => {
                self.count(*contact, |counters| &mut counters.missed);
            }
            Effect::Withdraw { contact, reason: Withdrawn::Declined, .. } => {
                self.count(*contact, |counters| &mut counters.declined);
            }
            Effect::Connect { contact, .. } => self.connected(now, *contact),
            Effect::WrapUp { contact, .. } => {
                self.work_ends(now, *contact);
                self.work_begins(now, *contact, true);
            }
            Effect::Released { contact, .. } => self.work_ends(now, *contact),
            Effect::Ended { contact, ended } => self.ended(now, *contact, *ended),
            Effect::Closed { contact, .. } => {
                self.open.remove(contact);
            }
            _ => {}
        }
    }

    fn count(&mut self, contact: ContactId, which: impl Fn(&mut Counters) -> &mut u64) {
        if let Some(account) = self.open.get(&contact) {
            *which(self.counters.entry(account.key).or_default()) += 1;
        }
    }

    fn connected(&mut self, now: At, contact: ContactId) {
        self.work_begins(now, contact, false);
        let Some(account) = self.open.get_mut(&contact) else { return };
        if std::mem::replace(&mut account.is_answered, true) {
            return;
        }
        let wait_ms = now.ms_since(account.arrived_at);
        let is_in_time = wait_ms <= self.lines[&account.key.line].threshold_ms;
        let counters = self.counters.entry(account.key).or_default();
        counters.answered += 1;
        counters.answered_in_threshold += u64::from(is_in_time);
        counters.answer_wait_ms += wait_ms as u64;
        counters.answer_wait_max_ms = counters.answer_wait_max_ms.max(wait_ms as u64);
    }

    fn work_begins(&mut self, now: At, contact: ContactId, is_note: bool) {
        if let Some(account) = self.open.get_mut(&contact) {
            account.since = Some((now, is_note));
        }
    }

    fn work_ends(&mut self, now: At, contact: ContactId) {
        let Some(account) = self.open.get_mut(&contact) else { return };
        let Some((since, is_note)) = account.since.take() else { return };
        let counters = self.counters.entry(account.key).or_default();
        let sum = if is_note { &mut counters.wrap_up_ms } else { &mut counters.talk_ms };
        *sum += now.ms_since(since) as u64;
    }

    /// The end of a wait; the end of a talk is counted by its work.
    fn ended(&mut self, now: At, contact: ContactId, ended: End) {
        let Some(account) = self.open.get(&contact).filter(|account| !account.is_answered) else {
            return;
        };
        // Who is lost has left when the socket went, not when the grace was over.
        let left_at = account.gone_since.filter(|_| ended == End::LostWaiting).unwrap_or(now);
        let wait_ms = left_at.ms_since(account.arrived_at);
        let greeting_ms = self.lines[&account.key.line].greeting_ms;
        if ended == End::SupervisorEnded {
            return;
        }
        self.count(contact, |counters| match ended {
            End::LeftWaiting | End::LostWaiting if wait_ms < SHORT_ABANDON_MS => {
                &mut counters.abandoned_short
            }
            End::LeftWaiting | End::LostWaiting if wait_ms < greeting_ms => {
                &mut counters.abandoned_greeting
            }
            End::LeftWaiting | End::LostWaiting => &mut counters.abandoned_queue,
            _ => &mut counters.rung,
        });
    }
}
