//! How the lines are at one moment: who waits, rings and talks, and the figures of two hours.
//!
//! One passage over the contacts and one over the buckets of two hours, whatever the number of
//! lines: it is drawn every second while anybody watches.

use super::Switchboard;
use super::contact::{Contact, Place};
use super::line::Channel;
use super::measure::{Counters, HOUR_MS, MeasureKey};
use super::view::{ChannelHealth, LineHealth};
use crate::clock::At;
use crate::ids::LineId;

impl Switchboard {
    /// How each line is, sorted by line.
    #[must_use]
    pub fn line_health(&self, at: At) -> Vec<LineHealth> {
        let mut health: Vec<LineHealth> = self.lines.keys().copied().map(LineHealth::new).collect();
        for (_, found) in self.contacts.iter() {
            if let Some(line) = of(&mut health, found.line) {
                line.count(found, at);
            }
        }
        let hour = at + at.0.rem_euclid(HOUR_MS).saturating_neg();
        let before = hour + HOUR_MS.saturating_neg();
        let first = MeasureKey { hour: before, line: LineId(0), channel: Channel::Phone };
        for (key, counters) in self.measures.range(first..) {
            if let Some(line) = of(&mut health, key.line) {
                if key.hour == hour {
                    line.hour.add(counters);
                } else if key.hour == before {
                    line.hour_before.add(counters);
                } else {
                    continue;
                }
                if let Some(channel) = line.channels.get_mut(key.channel.index()) {
                    channel.hours.add(counters);
                }
            }
        }
        health
    }
}

fn of(health: &mut [LineHealth], line: LineId) -> Option<&mut LineHealth> {
    let place = health.binary_search_by_key(&line, |health| health.line).ok()?;
    health.get_mut(place)
}

impl LineHealth {
    fn new(line: LineId) -> Self {
        Self {
            line,
            waiting: [0; 5],
            longest_wait_ms: [0; 5],
            offered: 0,
            talking: 0,
            wrap_up: 0,
            hour: Counters::default(),
            hour_before: Counters::default(),
            channels: [ChannelHealth::default(); Channel::ALL.len()],
        }
    }

    fn count(&mut self, contact: &Contact, at: At) {
        let risk = contact.risk.index();
        let mut channel = self.channels.get_mut(contact.channel.index());
        match &contact.place {
            Place::Waiting { .. } => {
                if let Some(waiting) = self.waiting.get_mut(risk) {
                    *waiting = waiting.saturating_add(1);
                }
                if let Some(channel) = &mut channel {
                    channel.waiting = channel.waiting.saturating_add(1);
                }
            }
            Place::Offered { .. } => self.offered = self.offered.saturating_add(1),
            Place::Talking { .. } => {
                self.talking = self.talking.saturating_add(1);
                if let Some(channel) = &mut channel {
                    channel.talking = channel.talking.saturating_add(1);
                }
            }
            Place::WrapUp { .. } => self.wrap_up = self.wrap_up.saturating_add(1),
        }
        if contact.wait().is_some() {
            let wait_ms = at.ms_since(contact.arrived_at);
            if let Some(longest_ms) = self.longest_wait_ms.get_mut(risk) {
                *longest_ms = wait_ms.max(*longest_ms);
            }
            if let Some(channel) = channel {
                channel.longest_wait_ms = wait_ms.max(channel.longest_wait_ms);
            }
        }
    }
}
