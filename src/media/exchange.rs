//! The machine of the packet path: packets and time go in, packets and events come out.
//!
//! It opens no socket and reads no clock; the thread around it does. A packet is read, judged and
//! passed on in the buffer it came in: one look-up, twelve bytes written, no copy. Whatever has a
//! rhythm of its own (music, prompts, mixes) is made in [`Exchange::tick`] every 20 ms; music is
//! framed once and sent to all who wait.

use super::clip::{Clip, Saying, Script};
use super::g711::{FRAME_SAMPLES, Law};
use super::hearing::{Hears, Side, Supervision, TalkStage, hears};
use super::leg::{Aim, Feed, LegEvent, LegId, LegState, Sort};
use super::mixer::{self, Pool};
use super::outgoing::Outgoing;
use super::rtp::{self, HEADER_BYTES, Header};
use crate::clock::At;
use crate::ids::ContactId;
use rustc_hash::FxHashMap;
use slab::Slab;
use std::net::SocketAddr;
use std::sync::Arc;

/// A frame's length, ms.
const FRAME_MS: i64 = 20;
/// Frames made up for after a late tick; a longer gap is skipped.
const LATE_FRAMES_MAX: i64 = 5;
/// How often silence is looked for, ms.
const WATCH_EVERY_MS: i64 = 1_000;
/// Scripts that may wait to be said on one leg.
const SAYINGS_MAX: usize = 8;
/// A packet of ours.
const PACKET_BYTES: usize = HEADER_BYTES + FRAME_SAMPLES;

/// Where packets go.
pub trait Sink {
    /// Sends `packet` from the socket of leg `key` to `to`.
    fn send(&mut self, key: usize, to: SocketAddr, packet: &[u8]);
}

/// What the machine has done since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub packets_in: u64,
    pub packets_out: u64,
    /// From an address that is not the leg's.
    pub strangers: u64,
    /// No RTP, or a payload nobody agreed to.
    pub unreadable: u64,
}

/// See the module.
pub struct Exchange {
    legs: Slab<LegState>,
    keys: FxHashMap<LegId, usize>,
    talks: FxHashMap<ContactId, Talk>,
    music: Arc<Clip>,
    music_frame: usize,
    /// When the next frame of our own is due; `None` while there is no leg.
    frame_at: Option<At>,
    watch_at: At,
    silent_after_ms: i64,
    events: Vec<(LegId, LegEvent)>,
    tally: Tally,
}

#[derive(Debug, Default)]
struct Talk {
    stage: TalkStage,
    supervision: Supervision,
    /// The legs of this talk.
    seats: Vec<usize>,
}

impl Exchange {
    /// A machine whose waiting hear `music`, and which tells a leg silent after so long.
    #[must_use]
    pub fn new(music: Arc<Clip>, silent_after_ms: i64) -> Self {
        Self {
            legs: Slab::new(),
            keys: FxHashMap::default(),
            talks: FxHashMap::default(),
            music,
            music_frame: 0,
            frame_at: None,
            watch_at: At(0),
            silent_after_ms,
            events: Vec::new(),
            tally: Tally::default(),
        }
    }

    // ── legs ────────────────────────────────────────────────────────

    /// A new leg; its packets are handed in under the key.
    pub fn open(&mut self, id: LegId, out: Outgoing, at: At) -> usize {
        let key = self.legs.insert(LegState::new(id, out));
        self.keys.insert(id, key);
        self.frame_at.get_or_insert(at + FRAME_MS);
        key
    }

    /// What the other end said of itself.
    pub fn aim(&mut self, id: LegId, aim: Aim, at: At) {
        let Some(leg) = self.leg_of(id) else { return };
        if let Some(remote) = aim.remote {
            leg.lock.name(Some(remote), at);
        }
        leg.aim = Aim { remote: aim.remote.or(leg.aim.remote), ..aim };
        leg.aimed_at.get_or_insert(at);
    }

    /// The leg is gone; its key may come again.
    pub fn close(&mut self, id: LegId) -> Option<usize> {
        self.unseat(id);
        let key = self.keys.remove(&id)?;
        self.legs.try_remove(key);
        if self.legs.is_empty() {
            self.frame_at = None;
        }
        Some(key)
    }

    // ── talks ───────────────────────────────────────────────────────

    /// The leg speaks for `side` of this contact from now on.
    pub fn seat(&mut self, id: LegId, contact: ContactId, side: Side) {
        self.unseat(id);
        let Some(key) = self.keys.get(&id).copied() else { return };
        if let Some(leg) = self.legs.get_mut(key) {
            leg.seat = Some((contact, side));
        }
        self.talks.entry(contact).or_default().seats.push(key);
        self.refeed(contact);
    }

    /// The leg speaks for nobody.
    pub fn unseat(&mut self, id: LegId) {
        let Some(key) = self.keys.get(&id).copied() else { return };
        let Some(leg) = self.legs.get_mut(key) else { return };
        let Some((contact, _)) = leg.seat.take() else { return };
        leg.listeners.clear();
        leg.pool = None;
        set_feed(leg, Feed::Nothing, &mut self.events);
        if let Some(talk) = self.talks.get_mut(&contact) {
            talk.seats.retain(|seat| *seat != key);
        }
        self.refeed(contact);
    }

    /// Where the talk stands.
    pub fn stage(&mut self, contact: ContactId, stage: TalkStage) {
        self.talks.entry(contact).or_default().stage = stage;
        self.refeed(contact);
    }

    /// What the supervisor does in it.
    pub fn supervise(&mut self, contact: ContactId, supervision: Supervision) {
        if let Some(talk) = self.talks.get_mut(&contact) {
            talk.supervision = supervision;
            self.refeed(contact);
        }
    }

    // ── what is said ────────────────────────────────────────────────

    /// Says a script over whatever the leg hears: after what must be said, instead of the rest.
    pub fn say(&mut self, id: LegId, script: Script) {
        let Some(key) = self.keys.get(&id).copied() else { return };
        let Some(leg) = self.legs.get_mut(key) else { return };
        let cut = leg.cut();
        let is_full = leg.sayings.len() >= SAYINGS_MAX;
        let token = script.token;
        if !is_full {
            leg.is_new = true;
            leg.sayings.push_back(Saying::new(script));
        }
        self.events
            .extend(cut.into_iter().map(|token| (id, LegEvent::Said { token, whole: false })));
        if is_full {
            self.events.push((id, LegEvent::Said { token, whole: false }));
        }
    }

    /// Stops what is being said, but for what must be.
    pub fn hush(&mut self, id: LegId) {
        let cut = self.leg_of(id).map(LegState::cut).unwrap_or_default();
        self.events
            .extend(cut.into_iter().map(|token| (id, LegEvent::Said { token, whole: false })));
    }

    // ── packets ─────────────────────────────────────────────────────

    /// A datagram came to the socket of leg `key`.
    pub fn packet(
        &mut self,
        key: usize,
        from: SocketAddr,
        datagram: &mut [u8],
        at: At,
        sink: &mut impl Sink,
    ) {
        self.tally.packets_in += 1;
        let Some((header, payload)) = rtp::read(datagram) else {
            self.tally.unreadable += 1;
            return;
        };
        let Some(leg) = self.legs.get_mut(key) else { return };
        let Some(sort) = leg.sort(header.payload_type) else {
            self.tally.unreadable += 1;
            return;
        };
        if !leg.lock.admit(from, at) {
            self.tally.strangers += 1;
            return;
        }
        let id = leg.id;
        self.events.extend(leg.hear().map(|event| (id, event)));
        let Some(bytes) = datagram.get(payload.clone()) else { return };
        match sort {
            Sort::Voice(law) => {
                if let Some(pool) = &mut leg.pool {
                    pool.push(law, bytes);
                }
            }
            Sort::Key => {
                let digit = leg.keypad.hear(&header, bytes);
                self.events.extend(digit.map(|digit| (id, LegEvent::Digit(digit))));
            }
            Sort::Quiet => return,
        }
        let listeners = std::mem::take(&mut leg.listeners);
        let start = payload.start - HEADER_BYTES;
        if let Some(packet) = datagram.get_mut(start..payload.end) {
            self.pass_on(key, &header, sort, packet, &listeners, at, sink);
        }
        if let Some(leg) = self.legs.get_mut(key) {
            leg.listeners = listeners;
        }
    }

    /// Writes a header for each listener over the old one and sends.
    fn pass_on(
        &mut self,
        key: usize,
        header: &Header,
        sort: Sort,
        packet: &mut [u8],
        listeners: &[usize],
        at: At,
        sink: &mut impl Sink,
    ) {
        let mut spoken = match sort {
            Sort::Voice(law) => Some(law),
            Sort::Key | Sort::Quiet => None,
        };
        for listener in listeners {
            let Some(other) = self.legs.get_mut(*listener) else { continue };
            // What is being said is heard alone.
            let Some(to) = other.target().filter(|_| other.sayings.is_empty()) else { continue };
            let payload_type = match spoken {
                Some(_) => Some(other.aim.law.payload_type()),
                None => other.aim.keys,
            };
            let Some(payload_type) = payload_type else { continue };
            let Some(ours) = other.out.pass_on(key, header, payload_type, at) else { continue };
            let Some((head, voice)) = packet.split_first_chunk_mut::<HEADER_BYTES>() else {
                continue;
            };
            *head = ours.write();
            if let Some(law) = &mut spoken {
                law.convert(other.aim.law, voice);
                *law = other.aim.law;
            }
            self.tally.packets_out += 1;
            sink.send(*listener, to, packet);
        }
    }

    // ── time ────────────────────────────────────────────────────────

    /// When [`Exchange::tick`] is to be called next; `None` while there is nothing to do.
    #[must_use]
    pub const fn next_tick(&self) -> Option<At> {
        self.frame_at
    }

    /// Makes the frames that are due.
    pub fn tick(&mut self, at: At, sink: &mut impl Sink) {
        let Some(mut due) = self.frame_at else { return };
        if at - due > LATE_FRAMES_MAX * FRAME_MS {
            due = at;
        }
        while due <= at {
            self.frame(at, sink);
            due = due + FRAME_MS;
        }
        self.frame_at = Some(due);
        if at >= self.watch_at {
            self.watch_at = at + WATCH_EVERY_MS;
            for (_, leg) in &mut self.legs {
                let id = leg.id;
                self.events.extend(leg.watch(self.silent_after_ms, at).map(|event| (id, event)));
            }
        }
    }

    /// One frame for every leg that hears something of ours.
    fn frame(&mut self, at: At, sink: &mut impl Sink) {
        self.music_frame = (self.music_frame + 1).checked_rem(self.music.frames()).unwrap_or(0);
        let mut music = [Law::A, Law::Mu].map(|law| packet_of(&self.music, law, self.music_frame));
        for (_, leg) in &mut self.legs {
            leg.pool.iter_mut().for_each(Pool::turn);
        }
        let keys: Vec<usize> =
            self.legs.iter().filter(|(_, leg)| is_sounding(leg)).map(|(key, _)| key).collect();
        for key in keys {
            let mix = self.mix_for(key);
            let Some(leg) = self.legs.get_mut(key) else { continue };
            let Some(to) = leg.target() else { continue };
            let payload_type = leg.aim.law.payload_type();
            let is_new = std::mem::take(&mut leg.is_new);
            if let Some(spoken) = next_spoken(leg, &mut self.events) {
                let header = leg.out.frame(payload_type, is_new, at);
                let mut packet = [0; PACKET_BYTES];
                fill(&mut packet, &header, &spoken);
                sink.send(key, to, &packet);
            } else if let Some(mixed) = mix {
                let header = leg.out.frame(payload_type, is_new, at);
                let mut packet = [0; PACKET_BYTES];
                fill(&mut packet, &header, &mixed);
                sink.send(key, to, &packet);
            } else if leg.feed == Feed::Music {
                let [a, mu] = &mut music;
                let packet = match leg.aim.law {
                    Law::A => a,
                    Law::Mu => mu,
                };
                let header = leg.out.frame(payload_type, is_new, at);
                if let Some(head) = packet.first_chunk_mut::<HEADER_BYTES>() {
                    *head = header.write();
                }
                sink.send(key, to, packet);
            } else {
                leg.is_new = is_new;
                continue;
            }
            self.tally.packets_out += 1;
        }
    }

    /// What a leg that hears several hears now.
    fn mix_for(&self, key: usize) -> Option<[u8; FRAME_SAMPLES]> {
        let leg = self.legs.get(key).filter(|leg| leg.sayings.is_empty())?;
        let Feed::Mix(sources) = &leg.feed else { return None };
        let voices = sources.iter().filter_map(|source| self.legs.get(*source)?.pool.as_ref());
        let mut mixed = [0; FRAME_SAMPLES];
        mixer::mix(voices.map(|pool| &pool.frame), leg.aim.law, &mut mixed);
        Some(mixed)
    }

    // ── news ────────────────────────────────────────────────────────

    /// What there is to tell, oldest first.
    pub fn drain_events(&mut self) -> impl Iterator<Item = (LegId, LegEvent)> + '_ {
        self.events.drain(..)
    }

    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Legs and talks there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.legs.len(), self.talks.len())
    }

    fn leg_of(&mut self, id: LegId) -> Option<&mut LegState> {
        self.keys.get(&id).and_then(|key| self.legs.get_mut(*key))
    }

    /// Asks the table anew for everybody in a talk.
    fn refeed(&mut self, contact: ContactId) {
        let Some(talk) = self.talks.get(&contact) else { return };
        if talk.stage == TalkStage::Over && talk.seats.is_empty() {
            self.talks.remove(&contact);
            return;
        }
        let (stage, supervision) = (talk.stage, talk.supervision);
        let seats: Vec<(usize, Side)> = talk
            .seats
            .iter()
            .filter_map(|key| Some((*key, self.legs.get(*key)?.seat?.1)))
            .collect();
        let feeds: Vec<(usize, Feed)> = seats
            .iter()
            .map(|(key, side)| (*key, feed_of(*key, *side, stage, supervision, &seats)))
            .collect();
        for (key, _) in &seats {
            let heard_alone = |feed: &Feed| *feed == Feed::Voice(*key);
            let listeners = feeds.iter().filter(|(_, feed)| heard_alone(feed)).map(|(at, _)| *at);
            let listeners: Vec<usize> = listeners.collect();
            let is_mixed = feeds
                .iter()
                .any(|(_, feed)| matches!(feed, Feed::Mix(sources) if sources.contains(key)));
            if let Some(leg) = self.legs.get_mut(*key) {
                leg.listeners = listeners;
                leg.pool = is_mixed.then(|| leg.pool.take().unwrap_or_default());
            }
        }
        for (key, feed) in feeds {
            if let Some(leg) = self.legs.get_mut(key) {
                set_feed(leg, feed, &mut self.events);
            }
        }
    }
}

/// What the table means for the legs that are there.
fn feed_of(
    key: usize,
    side: Side,
    stage: TalkStage,
    supervision: Supervision,
    seats: &[(usize, Side)],
) -> Feed {
    let sides = match hears(side, stage, supervision) {
        Hears::Nothing => return Feed::Nothing,
        Hears::Music => return Feed::Music,
        Hears::Sides(sides) => sides,
    };
    let voices = seats.iter().filter(|(other, side)| *other != key && sides.contains(side));
    let mut voices: Vec<usize> = voices.map(|(other, _)| *other).collect();
    match (voices.len(), voices.pop()) {
        // The counselor's browser is gone for a moment: a calm sound, not silence.
        (0, _) if side == Side::Seeker => Feed::Music,
        (1, Some(only)) => Feed::Voice(only),
        (_, Some(last)) => {
            voices.push(last);
            Feed::Mix(voices)
        }
        (_, None) => Feed::Nothing,
    }
}

/// What is heard changes: a voice cuts what was being said, but for what must be said.
fn set_feed(leg: &mut LegState, feed: Feed, events: &mut Vec<(LegId, LegEvent)>) {
    if leg.feed == feed {
        return;
    }
    if matches!(feed, Feed::Voice(_) | Feed::Mix(_)) {
        let cut = leg.cut();
        let id = leg.id;
        events.extend(cut.into_iter().map(|token| (id, LegEvent::Said { token, whole: false })));
    }
    leg.feed = feed;
    leg.is_new = true;
}

fn is_sounding(leg: &LegState) -> bool {
    !leg.sayings.is_empty() || matches!(leg.feed, Feed::Music | Feed::Mix(_))
}

/// The next 20 ms of what is being said.
fn next_spoken(
    leg: &mut LegState,
    events: &mut Vec<(LegId, LegEvent)>,
) -> Option<[u8; FRAME_SAMPLES]> {
    while let Some(saying) = leg.sayings.front_mut() {
        if let Some(frame) = saying.next(leg.aim.law) {
            return Some(*frame);
        }
        let token = saying.script.token;
        leg.sayings.pop_front();
        events.push((leg.id, LegEvent::Said { token, whole: true }));
    }
    None
}

fn packet_of(clip: &Clip, law: Law, frame: usize) -> [u8; PACKET_BYTES] {
    let mut packet = [law.silence(); PACKET_BYTES];
    if let (Some(voice), Some(into)) =
        (clip.frame(law, frame), packet.last_chunk_mut::<FRAME_SAMPLES>())
    {
        *into = *voice;
    }
    packet
}

fn fill(packet: &mut [u8; PACKET_BYTES], header: &Header, voice: &[u8; FRAME_SAMPLES]) {
    if let Some(head) = packet.first_chunk_mut::<HEADER_BYTES>() {
        *head = header.write();
    }
    if let Some(into) = packet.last_chunk_mut::<FRAME_SAMPLES>() {
        *into = *voice;
    }
}

#[cfg(test)]
mod tests;
