//! The thread around the exchange: sockets in, sockets out, orders in between.
//!
//! While few legs stand it wakes for each packet, so that a talk has no delay of ours; past
//! [`MediaSettings::tick_above_legs`] it wakes every [`MediaSettings::tick_ms`] and takes what has come, which
//! costs half as much. Nothing here waits for anything but the poll.

use super::MediaSettings;
use super::exchange::{Exchange, Sink};
use super::handle::{Board, Desk, Order};
use super::leg::{LegEvent, LegId};
use super::outgoing::Outgoing;
use super::ports::{Pair, Ports};
use super::rtp::PACKET_BYTES_MAX;
use crate::clock::{At, Clock};
use crate::dice;
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use rustc_hash::FxHashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// The waker's token; sockets have twice their key, and one more for reports.
pub(super) const WAKE: Token = Token(usize::MAX);
/// Readiness taken in one look.
const EVENTS_MAX: usize = 1_024;
/// Datagrams taken from one socket before the others have their turn.
const BURST_MAX: usize = 32;

/// The sockets of one leg, under its key in the exchange.
struct Line {
    leg: LegId,
    port: u16,
    voice: UdpSocket,
    reports: UdpSocket,
    events: mpsc::Sender<LegEvent>,
}

/// All sockets; where the exchange sends.
#[derive(Default)]
struct Lines(FxHashMap<usize, Line>);

impl Sink for Lines {
    fn send(&mut self, key: usize, to: SocketAddr, packet: &[u8]) {
        if let Some(line) = self.0.get(&key) {
            // A full socket or an unreachable peer loses this packet, as a network would.
            let _ = line.voice.send_to(packet, to);
        }
    }
}

struct Hall {
    poll: Poll,
    orders: Receiver<Order>,
    ports: Arc<Ports>,
    board: Arc<Board>,
    clock: Clock,
    settings: MediaSettings,
    exchange: Exchange,
    lines: Lines,
    /// Keys by leg, for events.
    keys: FxHashMap<LegId, usize>,
    /// Sockets that had more than a burst.
    unfinished: Vec<usize>,
}

/// Runs until nobody has a hand on it.
pub(super) fn run(desk: Desk) {
    let Desk { poll, orders, ports, board, clock, settings } = desk;
    let exchange = Exchange::new(Arc::clone(&settings.music), settings.silent_after_ms);
    let mut hall = Hall {
        poll,
        orders,
        ports,
        board,
        clock,
        settings,
        exchange,
        lines: Lines::default(),
        keys: FxHashMap::default(),
        unfinished: Vec::new(),
    };
    let mut events = Events::with_capacity(EVENTS_MAX);
    while hall.turn(&mut events) {}
}

impl Hall {
    /// One look at the world; `false` when nobody has a hand on the thread.
    fn turn(&mut self, events: &mut Events) -> bool {
        let nap = self.nap();
        if let Err(error) = self.poll.poll(events, nap)
            && error.kind() != ErrorKind::Interrupted
        {
            tracing::error!(%error, "media: the poll failed");
            return false;
        }
        // Orders first: who was just joined hears the word that came with it.
        let goes_on = self.take_orders();
        let ready: Vec<usize> = events
            .iter()
            .filter(|event| event.token() != WAKE)
            .map(|event| event.token().0)
            .collect();
        for token in std::mem::take(&mut self.unfinished).into_iter().chain(ready) {
            self.read(token);
        }
        let at = self.clock.now();
        if self.exchange.next_tick().is_some_and(|due| due <= at) {
            self.exchange.tick(at, &mut self.lines);
        }
        self.publish();
        goes_on
    }

    /// How long to sleep: until a packet if legs are few, until the next tick if they are many.
    fn nap(&self) -> Option<Duration> {
        if !self.unfinished.is_empty() {
            return Some(Duration::ZERO);
        }
        let due = self.exchange.next_tick()?;
        let until_ms = (due - self.clock.now()).max(0);
        let until = Duration::from_millis(u64::try_from(until_ms).unwrap_or(0));
        if self.lines.0.len() <= self.settings.tick_above_legs {
            return Some(until);
        }
        // The sleep is what gathers packets: the poll after it takes them all at once.
        self.settings.pause(until);
        Some(Duration::ZERO)
    }

    fn read(&mut self, token: usize) {
        let (key, is_report) = (token / 2, token % 2 == 1);
        let mut buffer = [0; PACKET_BYTES_MAX];
        for _ in 0..BURST_MAX {
            let Some(line) = self.lines.0.get(&key) else { return };
            let socket = if is_report { &line.reports } else { &line.voice };
            let (length, from) = match socket.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                // An ICMP answer to what we sent; the next datagram may still come.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => continue,
                Err(_) => return,
            };
            if is_report {
                continue;
            }
            let at = self.clock.now();
            if let Some(datagram) = buffer.get_mut(..length) {
                self.exchange.packet(key, from, datagram, at, &mut self.lines);
            }
        }
        self.unfinished.push(token);
    }

    fn take_orders(&mut self) -> bool {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.obey(order),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn obey(&mut self, order: Order) {
        let at = self.clock.now();
        match order {
            Order::Open { leg, pair, events } => self.open(leg, pair, events, at),
            Order::Aim { leg, aim } => self.exchange.aim(leg, aim, at),
            Order::Seat { leg, contact, side } => self.exchange.seat(leg, contact, side),
            Order::Unseat { leg } => self.exchange.unseat(leg),
            Order::Stage { contact, stage } => self.exchange.stage(contact, stage),
            Order::Supervise { contact, supervision } => {
                self.exchange.supervise(contact, supervision);
            }
            Order::Say { leg, script } => self.exchange.say(leg, script),
            Order::Hush { leg } => self.exchange.hush(leg),
            Order::Close { leg } => self.close(leg),
        }
    }

    fn open(&mut self, leg: LegId, pair: Pair, events: mpsc::Sender<LegEvent>, at: At) {
        let [s0, s1, s2, s3, q0, q1, t0, t1, t2, t3] = dice::bytes::<10>();
        let out = Outgoing::new(
            u32::from_be_bytes([s0, s1, s2, s3]),
            u16::from_be_bytes([q0, q1]),
            u32::from_be_bytes([t0, t1, t2, t3]),
        );
        let key = self.exchange.open(leg, out, at);
        let mut line = Line {
            leg,
            port: pair.port,
            voice: UdpSocket::from_std(pair.voice),
            reports: UdpSocket::from_std(pair.reports),
            events,
        };
        let registry = self.poll.registry();
        let voice = registry.register(&mut line.voice, Token(key * 2), Interest::READABLE);
        let reports = registry.register(&mut line.reports, Token(key * 2 + 1), Interest::READABLE);
        if let Err(error) = voice.and(reports) {
            tracing::error!(%error, "media: a socket cannot be polled");
        }
        self.keys.insert(leg, key);
        self.lines.0.insert(key, line);
    }

    fn close(&mut self, leg: LegId) {
        self.exchange.close(leg);
        let Some(mut line) = self.keys.remove(&leg).and_then(|key| self.lines.0.remove(&key))
        else {
            return;
        };
        let registry = self.poll.registry();
        let _ = registry.deregister(&mut line.voice);
        let _ = registry.deregister(&mut line.reports);
        let Line { port, voice, reports, events, .. } = line;
        drop((voice, reports));
        self.ports.give_back(port);
        // Last: whoever sees the channel close may count on the port.
        drop(events);
    }

    /// Events to their readers, and the counts for whoever looks.
    fn publish(&mut self) {
        for (leg, event) in self.exchange.drain_events() {
            let line = self.keys.get(&leg).and_then(|key| self.lines.0.get(key));
            let Some(line) = line else { continue };
            if line.events.try_send(event).is_err() {
                tracing::debug!(leg = line.leg.0, ?event, "media.event unread");
                self.board.events_lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (legs, talks) = self.exchange.counts();
        self.board.legs.store(legs, Ordering::Relaxed);
        self.board.talks.store(talks, Ordering::Relaxed);
        *self.board.tally.lock().unwrap_or_else(PoisonError::into_inner) = self.exchange.tally();
    }
}
