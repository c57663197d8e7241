//! Who is on shift, who is free, and who serves which queue.

use super::Switchboard;
use super::contact::{Place, Roster};
use super::counselor::{Counselor, Held, Listing, Room, Rooms};
use super::effect::Reason;
use super::line::{Channel, Need};
use super::queue::Free;
use super::timer::{Owner, Stamp};
use crate::ids::LineId;

impl Switchboard {
    /// Counts who came on shift or left it, and arms or disarms the timers of an empty roster.
    pub(super) fn settle_roster(&mut self) {
        for place in 0..self.event.counselors.len() {
            let Some(&counselor) = self.event.counselors.get(place) else { break };
            let on_shift = self.counselors.get(counselor).is_some_and(Counselor::is_on_shift);
            self.set_on_shift(counselor, on_shift);
        }
        let is_empty = self.on_shift_count == 0;
        if is_empty == self.house.roster_empty_since.is_some() {
            return;
        }
        self.house.roster_empty_since = is_empty.then_some(self.house.at);
        self.mark_house();
        for contact in self.contacts.numbers() {
            self.settle_roster_timer(contact);
        }
    }

    /// Notes that a counselor is on shift or not; a triage seat may move a whole line.
    pub(super) fn set_on_shift(&mut self, counselor: u32, on_shift: bool) {
        let Some(found) = self.counselors.at_mut(counselor) else { return };
        if found.index.is_on_shift == on_shift {
            return;
        }
        found.index.is_on_shift = on_shift;
        let id = found.id();
        self.on_shift_count = count(self.on_shift_count, on_shift);
        for (&line, state) in &mut self.lines {
            if state.row.line.triage_seats.contains(&id) {
                let before = state.seats_on_shift;
                state.seats_on_shift = count(before, on_shift);
                if (before == 0) != (state.seats_on_shift == 0) {
                    self.event.lines.push(line);
                }
            }
        }
    }

    /// While nobody is on shift each waiting contact has a timer to its last rung.
    pub(super) fn settle_roster_timer(&mut self, contact: u32) {
        let since = self.house.roster_empty_since;
        let roster_empty_ms = self.rules.roster_empty_ms;
        let Some(found) = self.contacts.get(contact) else { return };
        let (number, before) = (found.number, found.place.roster());
        let wanted = match (&found.place, since) {
            (Place::Waiting { wait, .. }, Some(since)) => {
                Some(Roster { due: since.max(wait.began) + roster_empty_ms })
            }
            _ => None,
        };
        if before.is_some() == wanted.is_some() {
            return;
        }
        if let Some(before) = before {
            self.timers.disarm(Reason::RosterEmpty, Stamp { due: before.due, number });
        }
        if let Some(wanted) = wanted {
            let stamp = Stamp { due: wanted.due, number };
            self.timers.keep(Reason::RosterEmpty, stamp, Owner::Contact(contact));
        }
        if let Some(found) = self.mark(contact)
            && let Place::Waiting { roster, .. } = &mut found.place
        {
            *roster = wanted;
        }
    }

    /// Puts the touched counselors into the lists of the free, or takes them out;
    /// those that may take more than before are noted for the matching.
    pub(super) fn settle_counselors(&mut self) {
        let now = self.house.at;
        while let Some(counselor) = self.event.counselors.pop() {
            let Some(found) = self.counselors.at_mut(counselor) else { continue };
            found.index.is_touched = false;
            found.note_shown(now);
            let before = found.index.listed;
            let rooms = self.rooms(counselor);
            let Some(found) = self.counselors.get(counselor) else { continue };
            let wanted = (rooms != Rooms::default())
                .then_some(Listing { rooms, idle_since: found.idle_since });
            if before == wanted {
                continue;
            }
            self.unlist(counselor);
            if wanted.is_some() {
                self.event.became_free.push(counselor);
            }
        }
    }

    /// What a counselor has room for now; nothing while an offer rings.
    pub(super) fn rooms(&self, counselor: u32) -> Rooms {
        let Some(found) = self.counselors.get(counselor) else { return Rooms::default() };
        if !found.is_ready() || found.offer.is_some() {
            return Rooms::default();
        }
        let chats_max = usize::from(found.profile.chats_max);
        self.rooms_with(found, chats_max)
    }

    pub(super) fn rooms_with(&self, found: &Counselor, chats_max: usize) -> Rooms {
        let chats = found.chats_held();
        let voices = found.held.len().saturating_sub(chats);
        let beside = |count: usize, is_voice: bool| match count {
            0 => Room::Any,
            _ if self.all_mix(&found.held, is_voice) => Room::Mixing,
            _ => Room::No,
        };
        let voice =
            if found.profile.takes_voice && voices == 0 { beside(chats, false) } else { Room::No };
        let chat = if chats < chats_max { beside(voices, true) } else { Room::No };
        Rooms { voice, chat }
    }

    fn all_mix(&self, held: &[Held], is_voice: bool) -> bool {
        held.iter().filter(|held| held.is_voice == is_voice).all(|held| {
            self.contacts.by_id(held.contact).is_some_and(|contact| self.mixes(contact.line))
        })
    }

    /// Puts a counselor into the list of the free of every queue they serve.
    pub(super) fn list(&mut self, counselor: u32, rooms: Rooms) {
        let Some(found) = self.counselors.at_mut(counselor) else { return };
        let listing = Listing { rooms, idle_since: found.idle_since };
        found.index.listed = Some(listing);
        let id = found.id();
        for &(queue, fit) in &found.index.serves {
            if let Some(queue) = self.queues.at_mut(queue)
                && let Some(only_mixing) = rooms.in_channel(queue.channel)
            {
                queue.list(free(counselor, id, listing, fit), only_mixing);
            }
        }
    }

    pub(super) fn unlist(&mut self, counselor: u32) {
        let Some(found) = self.counselors.at_mut(counselor) else { return };
        let Some(listing) = found.index.listed.take() else { return };
        let id = found.id();
        for &(queue, fit) in &found.index.serves {
            if let Some(queue) = self.queues.at_mut(queue)
                && let Some(only_mixing) = listing.rooms.in_channel(queue.channel)
            {
                queue.unlist(free(counselor, id, listing, fit), only_mixing);
            }
        }
    }

    /// Adds a queue and finds out who serves it.
    pub(super) fn open_queue(&mut self, channel: Channel, need: &Need) -> u32 {
        let queue = self.queues.add(channel, need);
        let asked = if let Need::Named(counselor) = need {
            self.counselors.lookup(*counselor).into_iter().collect()
        } else {
            self.counselors.numbers()
        };
        for counselor in asked {
            self.join_queue(counselor, queue);
        }
        queue
    }

    /// Makes a counselor who meets a queue's need serve it.
    pub(super) fn join_queue(&mut self, counselor: u32, queue: u32) {
        let Self { queues, counselors, lines, .. } = self;
        let (Some(served), Some(found)) = (queues.at_mut(queue), counselors.at_mut(counselor))
        else {
            return;
        };
        let id = found.id();
        let is_seat = |line: LineId| {
            lines.get(&line).is_some_and(|line| line.row.line.triage_seats.contains(&id))
        };
        if !served.need.is_met_by(&found.profile, &is_seat) {
            return;
        }
        let fit = served.need.fit(&found.profile);
        found.index.serves.push((queue, fit));
        if let Some(listing) = found.index.listed
            && let Some(only_mixing) = listing.rooms.in_channel(served.channel)
        {
            served.list(free(counselor, id, listing, fit), only_mixing);
        }
    }

    /// Finds anew which queues a counselor serves: skills or seats have changed.
    pub(super) fn rejoin_queues(&mut self, counselor: u32) {
        self.leave_queues(counselor);
        let queues: Vec<u32> = self.queues.iter().map(|(queue, _)| queue).collect();
        for queue in queues {
            self.join_queue(counselor, queue);
        }
    }

    /// A counselor serves no queue any more.
    pub(super) fn leave_queues(&mut self, counselor: u32) {
        self.unlist(counselor);
        let Some(found) = self.counselors.at_mut(counselor) else { return };
        found.index.serves.clear();
    }

    pub(super) fn forget_swept_queues(&mut self) {
        for counselor in self.counselors.numbers() {
            if let Some(found) = self.counselors.at_mut(counselor) {
                found.index.serves.retain(|&(queue, _)| self.queues.get(queue).is_some());
            }
        }
    }
}

impl Rooms {
    /// `None`: no room; else whether only for lines that mix.
    pub(super) const fn in_channel(self, channel: Channel) -> Option<bool> {
        let room = if channel.is_voice() { self.voice } else { self.chat };
        match room {
            Room::No => None,
            Room::Mixing => Some(true),
            Room::Any => Some(false),
        }
    }
}

impl Place {
    pub(super) const fn roster(&self) -> Option<Roster> {
        match self {
            Self::Waiting { roster, .. } => *roster,
            Self::Offered { .. } | Self::Talking { .. } | Self::WrapUp { .. } => None,
        }
    }
}

pub(super) const fn free(
    counselor: u32,
    id: crate::ids::CounselorId,
    listing: Listing,
    fit: u16,
) -> Free {
    Free { unfit: u16::MAX - fit, idle_since: listing.idle_since, id, counselor }
}

const fn count(before: u32, one_more: bool) -> u32 {
    if one_more { before.saturating_add(1) } else { before.saturating_sub(1) }
}
