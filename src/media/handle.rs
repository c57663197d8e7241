//! The hand that other rooms have on the media thread: orders go in, a leg's events come out.

use super::clip::Script;
use super::exchange::Tally;
use super::hearing::{Side, Supervision, TalkStage};
use super::leg::{Aim, LegEvent, LegId};
use super::ports::{Pair, Ports};
use super::{MediaError, MediaSettings};
use crate::clock::Clock;
use crate::ids::ContactId;
use mio::{Poll, Waker};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Events of one leg that may wait to be read.
const EVENTS_MAX: usize = 64;

/// An order for the thread.
#[derive(Debug)]
pub(super) enum Order {
    Open { leg: LegId, pair: Pair, events: mpsc::Sender<LegEvent> },
    Aim { leg: LegId, aim: Aim },
    Seat { leg: LegId, contact: ContactId, side: Side },
    Unseat { leg: LegId },
    Stage { contact: ContactId, stage: TalkStage },
    Supervise { contact: ContactId, supervision: Supervision },
    Say { leg: LegId, script: Script },
    Hush { leg: LegId },
    Close { leg: LegId },
}

/// A leg that was opened; closed by [`Media::close`].
#[derive(Debug)]
pub struct Leg {
    pub id: LegId,
    /// Where it wants to be sent to.
    pub port: u16,
    pub events: mpsc::Receiver<LegEvent>,
}

/// How much there is, read without asking the thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaCounts {
    pub legs: usize,
    pub talks: usize,
    pub ports_free: usize,
    pub tally: Tally,
    /// Events nobody read in time.
    pub events_lost: u64,
}

/// What the thread publishes.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub legs: AtomicUsize,
    pub talks: AtomicUsize,
    pub events_lost: AtomicU64,
    pub tally: Mutex<Tally>,
}

#[derive(Debug)]
struct Shared {
    orders: Mutex<Sender<Order>>,
    waker: Waker,
    ports: Arc<Ports>,
    next_leg: AtomicU64,
    board: Arc<Board>,
}

/// A hand on the media thread; cheap to clone. The thread ends when the last is dropped.
#[derive(Clone, Debug)]
pub struct Media(Arc<Shared>);

/// What the thread is started with.
pub(super) struct Desk {
    pub poll: Poll,
    pub orders: Receiver<Order>,
    pub ports: Arc<Ports>,
    pub board: Arc<Board>,
    pub clock: Clock,
    pub settings: MediaSettings,
}

impl Media {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system gives no poll or no thread.
    pub fn start(settings: MediaSettings, clock: Clock) -> Result<Self, MediaError> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), super::thread::WAKE)?;
        let (sender, orders) = channel();
        let ports = Arc::new(Ports::new(settings.address, settings.ports.clone()));
        let board = Arc::new(Board::default());
        let desk = Desk {
            poll,
            orders,
            ports: Arc::clone(&ports),
            board: Arc::clone(&board),
            clock,
            settings,
        };
        std::thread::Builder::new()
            .name("media".to_owned())
            .spawn(move || super::thread::run(desk))?;
        let shared =
            Shared { orders: Mutex::new(sender), waker, ports, next_leg: AtomicU64::new(1), board };
        Ok(Self(Arc::new(shared)))
    }

    /// A new leg on a port of its own. It is silent until it is aimed.
    ///
    /// # Errors
    /// [`MediaError::NoPort`].
    pub fn open(&self) -> Result<Leg, MediaError> {
        let pair = self.0.ports.take()?;
        let id = LegId(self.0.next_leg.fetch_add(1, Ordering::Relaxed));
        let (sender, events) = mpsc::channel(EVENTS_MAX);
        let port = pair.port;
        self.order(Order::Open { leg: id, pair, events: sender });
        Ok(Leg { id, port, events })
    }

    /// What the other end has said of itself.
    pub fn aim(&self, leg: LegId, aim: Aim) {
        self.order(Order::Aim { leg, aim });
    }

    /// The leg speaks for this side of the contact.
    pub fn seat(&self, leg: LegId, contact: ContactId, side: Side) {
        self.order(Order::Seat { leg, contact, side });
    }

    pub fn unseat(&self, leg: LegId) {
        self.order(Order::Unseat { leg });
    }

    /// Where the talk of the contact stands; `Over` lets go of it.
    pub fn stage(&self, contact: ContactId, stage: TalkStage) {
        self.order(Order::Stage { contact, stage });
    }

    pub fn supervise(&self, contact: ContactId, supervision: Supervision) {
        self.order(Order::Supervise { contact, supervision });
    }

    /// Says a script over whatever the leg hears.
    pub fn say(&self, leg: LegId, script: Script) {
        self.order(Order::Say { leg, script });
    }

    /// Stops what is being said, but for what must be.
    pub fn hush(&self, leg: LegId) {
        self.order(Order::Hush { leg });
    }

    /// The leg is gone, and its port is free again soon.
    pub fn close(&self, leg: LegId) {
        self.order(Order::Close { leg });
    }

    #[must_use]
    pub fn counts(&self) -> MediaCounts {
        let board = &self.0.board;
        MediaCounts {
            legs: board.legs.load(Ordering::Relaxed),
            talks: board.talks.load(Ordering::Relaxed),
            ports_free: self.0.ports.free(),
            tally: *board.tally.lock().unwrap_or_else(PoisonError::into_inner),
            events_lost: board.events_lost.load(Ordering::Relaxed),
        }
    }

    fn order(&self, order: Order) {
        let sent = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner).send(order);
        let woken = sent.is_ok() && self.0.waker.wake().is_ok();
        if !woken {
            tracing::error!("media: the thread has stopped; an order was lost");
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The thread sees that nobody orders any more.
        let (nobody, _) = channel();
        *self.orders.lock().unwrap_or_else(PoisonError::into_inner) = nobody;
        let _ = self.waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Clip;
    use crate::media::g711::Law;
    use crate::media::rtp::{self, Header};
    use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
    use std::time::Duration;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const CONTACT: ContactId = ContactId::from_number(7);

    fn media(first: u16, tick_above_legs: usize) -> Media {
        let settings = MediaSettings {
            address: HERE,
            ports: first..=first + 9,
            music: Arc::new(Clip::of_samples(&[1_000; 1_600])),
            silent_after_ms: 3_000,
            tick_above_legs,
            tick_ms: 3,
        };
        Media::start(settings, Clock::system()).unwrap()
    }

    /// A telephone on a socket of its own.
    struct Phone {
        socket: UdpSocket,
        leg: Leg,
        seq: u16,
    }

    impl Phone {
        fn call(media: &Media, side: Side) -> Self {
            let socket = UdpSocket::bind((HERE, 0)).unwrap();
            socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            let leg = media.open().unwrap();
            let remote = Some(socket.local_addr().unwrap());
            media.aim(leg.id, Aim { remote, ..Aim::default() });
            media.seat(leg.id, CONTACT, side);
            Self { socket, leg, seq: 0 }
        }

        fn speak(&mut self, level: i16) {
            self.seq += 1;
            let header = Header {
                marker: false,
                payload_type: 8,
                seq: self.seq,
                timestamp: u32::from(self.seq) * 160,
                ssrc: 1,
            };
            let mut packet = header.write().to_vec();
            packet.extend([Law::A.encode(level); 160]);
            self.socket.send_to(&packet, SocketAddr::new(HERE, self.leg.port)).unwrap();
        }

        /// The level of the next packet, if one comes within 20 ms.
        fn hear(&self) -> Option<i16> {
            let mut buffer = [0; 500];
            let (length, from) = self.socket.recv_from(&mut buffer).ok()?;
            assert_eq!(from.port(), self.leg.port);
            let (_, payload) = rtp::read(&buffer[..length]).unwrap();
            Some(Law::A.decode(buffer[payload.start]))
        }

        /// Listens until a level near `wanted` is heard.
        fn hears(&self, wanted: i16) -> bool {
            self.hear().is_some_and(|level| (level - wanted).abs() < 500)
        }
    }

    fn both_hear_each_other(media: &Media) {
        let mut seeker = Phone::call(media, Side::Seeker);
        while !seeker.hears(1_000) {}
        let mut counselor = Phone::call(media, Side::Counselor);
        media.stage(CONTACT, TalkStage::Talking);
        while !seeker.hears(-5_000) {
            counselor.speak(-5_000);
        }
        while !counselor.hears(8_000) {
            seeker.speak(8_000);
        }
        media.stage(CONTACT, TalkStage::Over);
        media.close(seeker.leg.id);
        media.close(counselor.leg.id);
        // The channel closes when the thread has let go of the leg.
        while seeker.leg.events.blocking_recv().is_some() {}
        while counselor.leg.events.blocking_recv().is_some() {}
    }

    #[test]
    fn two_telephones_hear_each_other_through_real_sockets() {
        both_hear_each_other(&media(43_000, 100));
    }

    #[test]
    fn they_do_so_when_packets_are_gathered_too() {
        both_hear_each_other(&media(43_020, 0));
    }

    #[test]
    fn nothing_is_left_of_calls_that_are_over() {
        let media = media(43_040, 100);
        for _ in 0..20 {
            both_hear_each_other(&media);
        }
        // Opened after the last close: the thread has read it.
        let mut probe = media.open().unwrap();
        media.close(probe.id);
        while probe.events.blocking_recv().is_some() {}
        let counts = media.counts();
        assert_eq!((counts.ports_free, counts.events_lost), (5, 0));
    }

    #[test]
    fn a_leg_too_many_is_refused_and_harms_nobody() {
        let media = media(43_060, 100);
        let legs: Vec<Leg> = (0..5).map(|_| media.open().unwrap()).collect();
        assert!(matches!(media.open(), Err(MediaError::NoPort)));
        let first = legs.into_iter().next().unwrap();
        media.close(first.id);
        let mut events = first.events;
        while events.blocking_recv().is_some() {}
        assert!(media.open().is_ok());
    }
}
