//! Looking at the machine from outside.

use super::Switchboard;
use super::contact::{Contact, Place, Seeker};
use super::counselor::Socket;
use super::line::{Line, Need, Switches};
use super::measure::{Counters, MeasureKey};
use super::view::{ContactView, CounselorView, OfferView, PlaceOf, PlaceView};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId};
use std::borrow::Cow;

/// An estimate looks back this long, ms.
const ESTIMATE_WINDOW_MS: i64 = 1_800_000;
/// Fewer connects than this say nothing.
const ESTIMATE_CONNECTS_MIN: usize = 3;

impl Switchboard {
    #[must_use]
    pub fn contact(&self, contact: ContactId) -> Option<ContactView> {
        self.contacts.by_id(contact).map(Contact::view)
    }

    /// Every contact, in no particular order.
    pub fn contacts(&self) -> impl Iterator<Item = ContactView> {
        self.contacts.iter().map(|(_, found)| found.view())
    }

    /// What a counselor holds (talks, wrap-ups), oldest first.
    #[must_use]
    pub fn contacts_of(&self, counselor: CounselorId) -> Vec<ContactId> {
        let found = self.counselors.by_id(counselor);
        found.map_or_else(Vec::new, |found| found.held.iter().map(|held| held.contact).collect())
    }

    /// The offer that rings at a counselor.
    #[must_use]
    pub fn offer_of(&self, counselor: CounselorId) -> Option<OfferView> {
        let ringing = self.counselors.by_id(counselor)?.offer?;
        let contact = self.contacts.by_id(ringing.contact)?;
        let Place::Offered { until, .. } = contact.place else { return None };
        Some(OfferView {
            offer: ringing.offer,
            contact: ringing.contact,
            counselor,
            expires_at: until.due,
            pick: ringing.pick,
        })
    }

    #[must_use]
    pub fn counselor(&self, counselor: CounselorId) -> Option<CounselorView> {
        let found = self.counselors.by_id(counselor)?;
        let mut summed = found.as_row();
        summed.sum_work(self.house.at);
        Some(CounselorView {
            presence: found.presence(),
            since: found.shown.since,
            is_connected: found.socket == Socket::Here,
            is_on_shift: found.is_on_shift(),
            profile: summed.profile,
            wish: found.wish,
            misses: found.misses,
            idle_since: found.idle_since,
            work: summed.work,
            stop: found.stop,
        })
    }

    /// All counselors, sorted.
    #[must_use]
    pub fn counselors(&self) -> Vec<CounselorId> {
        let mut ids: Vec<CounselorId> =
            self.counselors.iter().map(|(_, found)| found.id()).collect();
        ids.sort_unstable();
        ids
    }

    #[must_use]
    pub fn line(&self, line: LineId) -> Option<(&Line, Switches)> {
        self.lines.get(&line).map(|state| (&state.row.line, state.row.switches))
    }

    /// Known, within its hours, not in outage.
    #[must_use]
    pub fn is_open(&self, line: LineId, at: At) -> bool {
        self.lines.get(&line).is_some_and(|line| {
            line.row.switches.outage_since.is_none() && line.row.line.hours.are_open(at)
        })
    }

    /// As many wait as the line lets wait: the next contact gets the last rung at once.
    #[must_use]
    pub fn is_full(&self, line: LineId) -> bool {
        self.lines.get(&line).is_some_and(|line| line.waiting >= line.row.line.waiting_max)
    }

    /// Whose need counts now for a contact that waits or is offered.
    #[must_use]
    pub fn need_of(&self, contact: ContactId) -> Option<Need> {
        self.need_in_force(self.contacts.by_id(contact)?).map(Cow::into_owned)
    }

    /// All lines, sorted.
    #[must_use]
    pub fn lines(&self) -> Vec<LineId> {
        self.lines.keys().copied().collect()
    }

    /// Grows whenever anybody's position may have changed.
    #[must_use]
    pub const fn queue_version(&self) -> u64 {
        self.house.queue_version
    }

    /// Every waiting or offered contact in serving order, with its estimate. O(n log n): once a second at most.
    pub fn each_place(&self, at: At, visit: &mut dyn FnMut(PlaceView)) {
        let mut places: Vec<(u8, u64, u32)> = self
            .contacts
            .iter()
            .filter(|(_, found)| found.wait().is_some())
            .map(|(number, found)| (found.rank(), found.number, number))
            .collect();
        places.sort_unstable();
        let waiting = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let gap = self.connect_gap(at);
        for (position, (_, _, number)) in (1_u32..).zip(places) {
            let Some(found) = self.contacts.get(number) else { continue };
            let estimate_s = gap.map(|gap| gap.estimate_s(position));
            visit(PlaceView { contact: found.contact, position, waiting, estimate_s });
        }
    }

    /// The time between connects of late; `None` if nobody is on shift or too few connects say anything.
    fn connect_gap(&self, at: At) -> Option<ConnectGap> {
        let earliest = at + ESTIMATE_WINDOW_MS.saturating_neg();
        let late: Vec<At> =
            self.house.connects.iter().copied().filter(|&connect| connect >= earliest).collect();
        let first = *late.first()?;
        if self.on_shift_count == 0 || late.len() < ESTIMATE_CONNECTS_MIN {
            return None;
        }
        let count = i64::try_from(late.len()).unwrap_or(i64::MAX);
        Some(ConnectGap { span_ms: at.ms_since(first), count })
    }

    /// The buckets still in memory (48 h).
    pub fn measures(&self) -> impl Iterator<Item = (MeasureKey, Counters)> {
        self.measures.iter().map(|(key, counters)| (*key, *counters))
    }
}

/// `count` connects happened in `span_ms`.
#[derive(Clone, Copy, Debug)]
struct ConnectGap {
    span_ms: i64,
    count: i64,
}

impl ConnectGap {
    /// Half and twice the gap for each position, in whole seconds, rounded up.
    fn estimate_s(self, position: u32) -> (u32, u32) {
        let total_ms = i64::from(position).saturating_mul(self.span_ms);
        let seconds = |numerator_ms: i64, divisor: i64| {
            let divisor = divisor.saturating_mul(1_000).max(1);
            u32::try_from(numerator_ms.saturating_add(divisor - 1) / divisor).unwrap_or(u32::MAX)
        };
        let low = seconds(total_ms, self.count.saturating_mul(2));
        (low, seconds(total_ms.saturating_mul(2), self.count))
    }
}

impl Contact {
    fn view(&self) -> ContactView {
        let (place, is_connected) = match &self.place {
            Place::Waiting { seeker, .. } => (PlaceOf::Waiting, *seeker == Seeker::Here),
            Place::Offered { offer, counselor, .. } => {
                (PlaceOf::Offered { offer: *offer, counselor: *counselor }, true)
            }
            Place::Talking { counselor, since, seeker } => {
                let place = PlaceOf::Talking { counselor: *counselor, since: *since };
                (place, *seeker == Seeker::Here)
            }
            Place::WrapUp { counselor, until, ended, .. } => {
                let (counselor, until, ended) = (*counselor, until.due, *ended);
                (PlaceOf::WrapUp { counselor, until, ended }, false)
            }
        };
        ContactView {
            contact: self.contact,
            line: self.line,
            channel: self.channel,
            risk: self.risk,
            arrived_at: self.arrived_at,
            is_connected,
            connected_once: self.connected_once,
            step: self.wait().map_or(0, |wait| wait.phase.step()),
            simulated: self.simulated,
            place,
        }
    }
}

impl Counters {
    /// Adds another bucket; of longest waits the longer stays.
    pub fn add(&mut self, other: &Self) {
        let Self {
            arrived,
            offered,
            missed,
            declined,
            answered,
            answered_in_threshold,
            answer_wait_ms,
            answer_wait_max_ms,
            abandoned_short,
            abandoned_greeting,
            abandoned_queue,
            rung,
            turned_away,
            talk_ms,
            wrap_up_ms,
        } = other;
        for (mine, theirs) in [
            (&mut self.arrived, arrived),
            (&mut self.offered, offered),
            (&mut self.missed, missed),
            (&mut self.declined, declined),
            (&mut self.answered, answered),
            (&mut self.answered_in_threshold, answered_in_threshold),
            (&mut self.answer_wait_ms, answer_wait_ms),
            (&mut self.abandoned_short, abandoned_short),
            (&mut self.abandoned_greeting, abandoned_greeting),
            (&mut self.abandoned_queue, abandoned_queue),
            (&mut self.rung, rung),
            (&mut self.turned_away, turned_away),
            (&mut self.talk_ms, talk_ms),
            (&mut self.wrap_up_ms, wrap_up_ms),
        ] {
            *mine = mine.saturating_add(*theirs);
        }
        self.answer_wait_max_ms = self.answer_wait_max_ms.max(*answer_wait_max_ms);
    }
}
