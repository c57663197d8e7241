//! A hundred talks going on: the sockets of a load run and what comes over them.
//!
//! One thread plays both sides of every talk. A message's id and text begin with the
//! moment it was due, its way and its number there, so that acks and deliveries are
//! timed without a table and a double is seen as one.

use super::stopwatch::now_us;
use crate::wire_client::WireError;
use crate::wire_client::frames::{DeskHears, DeskSays, SeekerHears, SeekerSays};
use crate::wire_client::socket::Socket;
use hdrhistogram::Histogram;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_local};

/// Characters of the stamp a message begins with: due moment 13, way 3, number 8 (hexadecimal).
const STAMP_CHARS: usize = 24;
/// Length of a message's text.
const TEXT_BYTES: usize = 160;
/// A heartbeat well below the contract's.
const PING_S: u64 = 15;

/// Which end of a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Seeker,
    Desk,
}

/// A socket before the load begins: its end, and the talks (by index) it carries.
#[derive(Debug)]
pub struct Opened {
    pub socket: Socket,
    pub end: End,
    /// Contact ids; a seeker has one.
    pub contacts: Vec<String>,
}

/// One direction of one talk.
#[derive(Debug)]
struct Way {
    seat: usize,
    contact: String,
    end: End,
    sent: Cell<u64>,
    in_flight: Cell<u32>,
}

#[derive(Debug, Default)]
struct Seat {
    outbox: RefCell<Vec<String>>,
    wake: Notify,
}

/// What one talk was told.
#[derive(Debug, Default)]
pub struct TalkTally {
    /// Numbers acked to the seeker's and the desk's end, with the stamp they were sent under.
    pub acked: BTreeMap<i64, String>,
    /// Messages that came to the other end: stamp → number.
    heard: BTreeMap<String, i64>,
}

/// What came over all sockets.
#[derive(Debug)]
pub struct Tally {
    pub ack_us: Histogram<u64>,
    pub delivery_us: Histogram<u64>,
    pub acked: u64,
    pub delivered: u64,
    pub doubles: u64,
    pub errors: BTreeMap<String, u64>,
    pub sockets_lost: u64,
    /// By contact id.
    pub talks: BTreeMap<String, TalkTally>,
}

/// Everything of a load run.
#[derive(Debug)]
pub struct Scene {
    ways: Vec<Way>,
    seats: Vec<Seat>,
    pub tally: RefCell<Tally>,
    tasks: RefCell<Vec<JoinHandle<()>>>,
}

impl Scene {
    /// Seats everybody; frames are read from now on.
    pub fn open(opened: Vec<Opened>) -> anyhow::Result<Rc<Self>> {
        let tally = Tally {
            ack_us: Histogram::new_with_bounds(1, 60_000_000, 3)?,
            delivery_us: Histogram::new_with_bounds(1, 60_000_000, 3)?,
            acked: 0,
            delivered: 0,
            doubles: 0,
            errors: BTreeMap::new(),
            sockets_lost: 0,
            talks: BTreeMap::new(),
        };
        let mut scene = Self {
            ways: Vec::new(),
            seats: Vec::new(),
            tally: RefCell::new(tally),
            tasks: RefCell::default(),
        };
        let mut sockets = Vec::new();
        for (seat, Opened { socket, end, contacts }) in opened.into_iter().enumerate() {
            for contact in contacts {
                scene.tally.get_mut().talks.entry(contact.clone()).or_default();
                let (sent, in_flight) = (Cell::new(0), Cell::new(0));
                scene.ways.push(Way { seat, contact, end, sent, in_flight });
            }
            scene.seats.push(Seat::default());
            sockets.push((seat, end, socket));
        }
        let scene = Rc::new(scene);
        for (seat, end, socket) in sockets {
            let task = spawn_local(sit(Rc::clone(&scene), seat, end, socket));
            scene.tasks.borrow_mut().push(task);
        }
        Ok(scene)
    }

    /// Both directions of every talk.
    pub fn way_count(&self) -> usize {
        self.ways.len()
    }

    /// Sends the next message of a way, due at `due_us`; false when `window` are unanswered.
    pub fn send(&self, way: usize, due_us: u64, window: u32) -> bool {
        let Some(sender) = self.ways.get(way) else { return false };
        let Some(seat) = self.seats.get(sender.seat) else { return false };
        if sender.in_flight.get() >= window {
            return false;
        }
        sender.in_flight.set(sender.in_flight.get() + 1);
        sender.sent.set(sender.sent.get() + 1);
        let stamp = format!("{due_us:013x}{way:03x}{:08x}", sender.sent.get());
        let fill = TEXT_BYTES - STAMP_CHARS;
        let frame = match sender.end {
            End::Seeker => format!(
                r#"{{"type":"message","client_id":"{stamp}","text":"{stamp}{:.<fill$}"}}"#,
                ""
            ),
            End::Desk => format!(
                r#"{{"type":"message","contact_id":"{}","client_id":"{stamp}","text":"{stamp}{:.<fill$}"}}"#,
                sender.contact, ""
            ),
        };
        seat.outbox.borrow_mut().push(frame);
        seat.wake.notify_one();
        true
    }

    pub fn sent(&self) -> u64 {
        self.ways.iter().map(|way| way.sent.get()).sum()
    }

    /// Messages without an ack (or refusal).
    pub fn in_flight(&self) -> u32 {
        self.ways.iter().map(|way| way.in_flight.get()).sum()
    }

    /// What was acked on both ends of a talk: number → stamp.
    pub fn acked_of(&self, contact: &str) -> BTreeMap<i64, String> {
        let tally = self.tally.borrow();
        tally.talks.get(contact).map(|talk| talk.acked.clone()).unwrap_or_default()
    }

    /// Closes every socket.
    pub fn close(&self) {
        for task in self.tasks.borrow_mut().drain(..) {
            task.abort();
        }
    }

    fn hear_seeker(&self, frame: &str) -> Result<(), WireError> {
        let heard: SeekerHears<'_> = serde_json::from_str(frame)?;
        match &*heard.kind {
            "ack" => self.acked(heard.client_id.as_deref(), heard.seq),
            "message" => self.delivered(heard.text.as_deref(), heard.seq),
            "error" => self.refused(heard.client_id.as_deref(), heard.code.as_deref()),
            "bye" => self.refused(None, heard.reason.as_deref()),
            _ => {}
        }
        Ok(())
    }

    fn hear_desk(&self, frame: &str) -> Result<(), WireError> {
        let heard: DeskHears<'_> = serde_json::from_str(frame)?;
        match &*heard.kind {
            "ack" => self.acked(heard.client_id.as_deref(), heard.seq),
            "message" => self.delivered(heard.text.as_deref(), heard.seq),
            "error" => self.refused(heard.client_id.as_deref(), heard.code.as_deref()),
            "bye" => self.refused(None, heard.reason.as_deref()),
            _ => {}
        }
        Ok(())
    }

    fn acked(&self, client_id: Option<&str>, seq: Option<i64>) {
        let Some((stamp, due_us, way)) = client_id.and_then(read_stamp) else { return };
        let Some(way) = self.ways.get(way) else { return };
        way.in_flight.set(way.in_flight.get().saturating_sub(1));
        let mut tally = self.tally.borrow_mut();
        tally.acked += 1;
        tally.ack_us.saturating_record(now_us().saturating_sub(due_us));
        if let (Some(talk), Some(seq)) = (tally.talks.get_mut(&way.contact), seq) {
            talk.acked.insert(seq, stamp.to_owned());
        }
    }

    fn delivered(&self, text: Option<&str>, seq: Option<i64>) {
        let Some((stamp, due_us, way)) = text.and_then(read_stamp) else { return };
        let Some(way) = self.ways.get(way) else { return };
        let mut tally = self.tally.borrow_mut();
        tally.delivered += 1;
        tally.delivery_us.saturating_record(now_us().saturating_sub(due_us));
        let Some(talk) = tally.talks.get_mut(&way.contact) else { return };
        if talk.heard.insert(stamp.to_owned(), seq.unwrap_or(0)).is_some() {
            tally.doubles += 1;
        }
    }

    fn refused(&self, client_id: Option<&str>, code: Option<&str>) {
        if let Some((_, _, way)) = client_id.and_then(read_stamp)
            && let Some(way) = self.ways.get(way)
        {
            way.in_flight.set(way.in_flight.get().saturating_sub(1));
        }
        let code = code.unwrap_or("unsaid").to_owned();
        *self.tally.borrow_mut().errors.entry(code).or_default() += 1;
    }
}

/// The stamp, the moment it was due and its way.
pub fn read_stamp(text: &str) -> Option<(&str, u64, usize)> {
    let stamp = text.get(..STAMP_CHARS)?;
    let due_us = u64::from_str_radix(stamp.get(..13)?, 16).ok()?;
    let way = usize::from_str_radix(stamp.get(13..16)?, 16).ok()?;
    Some((stamp, due_us, way))
}

/// One socket's life under load.
async fn sit(scene: Rc<Scene>, seat: usize, end: End, mut socket: Socket) {
    let mut beat = tokio::time::interval(Duration::from_secs(PING_S));
    let Some(own) = scene.seats.get(seat) else { return };
    loop {
        let result = tokio::select! {
            heard = socket.hear() => match (heard, end) {
                (Ok(frame), End::Seeker) => scene.hear_seeker(&frame),
                (Ok(frame), End::Desk) => scene.hear_desk(&frame),
                (Err(error), _) => Err(error),
            },
            () = own.wake.notified() => send_all(own, &mut socket).await,
            _ = beat.tick() => match end {
                End::Seeker => socket.say(&SeekerSays::Ping).await,
                End::Desk => socket.say(&DeskSays::Ping).await,
            },
        };
        if result.is_err() {
            scene.tally.borrow_mut().sockets_lost += 1;
            return;
        }
    }
}

async fn send_all(seat: &Seat, socket: &mut Socket) -> Result<(), WireError> {
    let frames = std::mem::take(&mut *seat.outbox.borrow_mut());
    for frame in frames {
        socket.queue_text(frame).await?;
    }
    socket.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_gives_back_its_moment_and_its_way() {
        let text = format!("{:013x}{:03x}{:08x}....", 123_456, 199, 7);
        let (stamp, due_us, way) = read_stamp(&text).expect("a stamp");
        assert_eq!((stamp.len(), due_us, way), (24, 123_456, 199));
        assert_eq!(read_stamp("您好"), None);
    }
}
