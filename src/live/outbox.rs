//! What waits to be written to one socket. Bounded; empty it costs a few words.
//!
//! A queue of our own instead of a channel: an idle channel holds a block of 32
//! slots (over a kilobyte), and ten thousand seekers who only wait would pay for it.

use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A frame on its way to a socket.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The sequence number if it is a stored message, else 0: a resumed socket skips
    /// what its history has already shown.
    pub seq: i64,
    /// It answers a message of this socket (ack or refusal), whose slot becomes free.
    pub answers: bool,
    pub text: Utf8Bytes,
}

/// Why a socket is to be closed by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// A newer socket took the place.
    Replaced,
    /// The contact has ended; everything has been said.
    Ended,
    /// The reader did not keep up; it resumes from the store.
    SlowReader,
    /// The sign-in has ended.
    SignedOut,
    /// The process goes down, or something of the account has changed; come back.
    Restarting,
}

impl Farewell {
    /// The `reason` of the `bye` frame.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Ended => "ended",
            Self::SlowReader => "slow_reader",
            Self::SignedOut => "signed_out",
            Self::Restarting => "restarting",
        }
    }
}

/// Limits of an outbox.
#[derive(Clone, Copy, Debug)]
pub struct OutboxLimits {
    pub frames_max: usize,
    pub bytes_max: usize,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// What is worth only its newest edition; of one at a time, so past the limits.
    newest: Option<Utf8Bytes>,
    farewell: Option<Farewell>,
}

/// The outbox of one socket; shared between the socket's task and those who tell it things.
#[derive(Debug)]
pub struct Outbox {
    limits: OutboxLimits,
    queue: Mutex<Queue>,
    ready: Notify,
}

impl Outbox {
    #[must_use]
    pub fn new(limits: OutboxLimits) -> Self {
        Self { limits, queue: Mutex::default(), ready: Notify::new() }
    }

    /// Queues a frame; past the limit the socket is let go instead.
    pub fn push(&self, frame: Frame) {
        let mut queue = self.lock();
        if queue.farewell.is_some() {
            return;
        }
        let bytes = queue.bytes.saturating_add(frame.text.len());
        if queue.frames.len() >= self.limits.frames_max || bytes > self.limits.bytes_max {
            queue.frames = VecDeque::new();
            queue.farewell = Some(Farewell::SlowReader);
        } else {
            queue.bytes = bytes;
            queue.frames.push_back(frame);
        }
        drop(queue);
        self.ready.notify_one();
    }

    /// Queues the newest edition of what is shown again and again, in place of one that was not
    /// written yet: a slow reader sees fewer of them and is not let go for it.
    pub fn show_newest(&self, text: Utf8Bytes) {
        let mut queue = self.lock();
        if queue.farewell.is_none() {
            queue.newest = Some(text);
            drop(queue);
            self.ready.notify_one();
        }
    }

    /// Closes after what is queued; the first reason stays.
    pub fn close(&self, farewell: Farewell) {
        self.lock().farewell.get_or_insert(farewell);
        self.ready.notify_one();
    }

    /// Waits until there is something to write or a reason to close.
    pub async fn ready(&self) {
        self.ready.notified().await;
    }

    /// Takes everything queued, and the reason to close once it is written.
    pub fn take(&self, into: &mut VecDeque<Frame>) -> Option<Farewell> {
        let mut queue = self.lock();
        if into.is_empty() {
            std::mem::swap(&mut queue.frames, into);
        } else {
            into.append(&mut queue.frames);
        }
        queue.bytes = 0;
        into.extend(queue.newest.take().map(|text| Frame { seq: 0, answers: false, text }));
        queue.farewell
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Frame {
        Frame { seq: 0, answers: false, text: text.to_owned().into() }
    }

    #[test]
    fn a_slow_reader_is_let_go_and_its_backlog_freed() {
        let outbox = Outbox::new(OutboxLimits { frames_max: 2, bytes_max: 100 });
        for text in ["a", "b", "c", "d"] {
            outbox.push(frame(text));
        }
        let mut taken = VecDeque::new();
        assert_eq!(outbox.take(&mut taken), Some(Farewell::SlowReader));
        assert!(taken.is_empty());
    }

    #[test]
    fn what_was_queued_before_the_farewell_is_still_written() {
        let outbox = Outbox::new(OutboxLimits { frames_max: 9, bytes_max: 100 });
        outbox.push(frame("last words"));
        outbox.close(Farewell::Ended);
        outbox.close(Farewell::Restarting);
        outbox.push(frame("too late"));
        let mut taken = VecDeque::new();
        assert_eq!(outbox.take(&mut taken), Some(Farewell::Ended));
        assert_eq!(taken.len(), 1);
    }

    #[test]
    fn of_what_is_shown_again_and_again_only_the_newest_waits_and_nobody_is_let_go_for_it() {
        let outbox = Outbox::new(OutboxLimits { frames_max: 2, bytes_max: 9 });
        outbox.push(frame("a"));
        for edition in ["a board of many rows", "a newer board of many rows"] {
            outbox.show_newest(edition.to_owned().into());
        }
        outbox.push(frame("b"));
        let mut taken = VecDeque::new();
        assert_eq!(outbox.take(&mut taken), None);
        let texts: Vec<&str> = taken.iter().map(|frame| frame.text.as_str()).collect();
        assert_eq!(texts, ["a", "b", "a newer board of many rows"]);
        assert!(outbox.take(&mut VecDeque::new()).is_none());
    }

    #[test]
    fn bytes_are_bounded_too() {
        let outbox = Outbox::new(OutboxLimits { frames_max: 9, bytes_max: 3 });
        outbox.push(frame("four"));
        assert_eq!(outbox.take(&mut VecDeque::new()), Some(Farewell::SlowReader));
    }
}
