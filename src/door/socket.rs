//! One websocket as both doors use it: a bounded outbox out, text frames in, silence noticed.
//!
//! Invariants: nothing is read while too many of the peer's messages wait for the disk (the
//! peer feels it as back-pressure, not as an error); a peer that is silent for longer than two
//! heartbeats, or takes longer than `write_timeout_ms` to read, is gone.

use crate::live::outbox::{Farewell, Frame, Outbox, OutboxLimits};
use axum::Error;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use futures_util::SinkExt;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The subprotocol of the wire contract.
pub const SUBPROTOCOL: &str = "xinqiao.v1";

/// Limits of a socket; from the configuration.
#[derive(Clone, Copy, Debug)]
pub struct SocketLimits {
    /// A frame over this closes the socket with 1009.
    pub frame_bytes_max: usize,
    /// tungstenite's read buffer: its default of 128 KiB would cost ten thousand waiting
    /// seekers 1.3 GB.
    pub read_buffer_bytes: usize,
    pub write_buffer_bytes: usize,
    pub outbox: OutboxLimits,
    pub hello_timeout_ms: u64,
    pub heartbeat_s: u32,
    /// A peer silent for this long is gone.
    pub silence_ms: u64,
    pub write_timeout_ms: u64,
    /// Messages of one socket that may wait for the disk at once.
    pub in_flight_max: usize,
}

impl SocketLimits {
    /// The upgrade with these limits and our subprotocol.
    pub fn apply<F>(&self, upgrade: WebSocketUpgrade<F>) -> WebSocketUpgrade<F> {
        upgrade
            .protocols([SUBPROTOCOL])
            .max_frame_size(self.frame_bytes_max)
            .max_message_size(self.frame_bytes_max)
            .read_buffer_size(self.read_buffer_bytes)
            .write_buffer_size(self.write_buffer_bytes)
            .max_write_buffer_size(
                self.write_buffer_bytes.saturating_add(self.outbox.bytes_max * 2),
            )
    }
}

/// Why there is nothing more to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The peer closed, or the network did.
    Closed,
    /// Nothing was heard for longer than two heartbeats.
    Silent,
    /// The peer did not read what was written.
    Stuck,
    /// A frame was larger than allowed.
    TooLarge,
    /// The server closed it.
    Dismissed(Farewell),
}

impl Gone {
    /// The word for a trace.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Silent => "silent",
            Self::Stuck => "stuck",
            Self::TooLarge => "too_large",
            Self::Dismissed(farewell) => farewell.as_str(),
        }
    }
}

/// A frame as text. Frames are made of strings and numbers, which always serialise.
#[must_use]
pub fn to_text<T: Serialize>(frame: &T) -> Utf8Bytes {
    serde_json::to_string(frame).unwrap_or_default().into()
}

/// One socket with its outbox.
pub struct Socket {
    ws: WebSocket,
    outbox: Arc<Outbox>,
    limits: SocketLimits,
    writing: VecDeque<Frame>,
    heard_at: Instant,
    in_flight: usize,
    shown_seq: i64,
    bye: fn(Farewell, Option<u64>) -> Utf8Bytes,
}

impl Socket {
    #[must_use]
    pub fn new(
        ws: WebSocket,
        limits: SocketLimits,
        bye: fn(Farewell, Option<u64>) -> Utf8Bytes,
    ) -> Self {
        Self {
            ws,
            outbox: Arc::new(Outbox::new(limits.outbox)),
            limits,
            writing: VecDeque::new(),
            heard_at: now(),
            in_flight: 0,
            shown_seq: 0,
            bye,
        }
    }

    /// The outbox that others push to.
    #[must_use]
    pub fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    /// Messages up to `seq` have been shown; queued copies of them are skipped.
    pub const fn skip_to(&mut self, seq: i64) {
        if seq > self.shown_seq {
            self.shown_seq = seq;
        }
    }

    /// A message of the peer goes to the disk; its answer comes through the outbox.
    pub const fn note_in_flight(&mut self) {
        self.in_flight = self.in_flight.saturating_add(1);
    }

    /// The first frame, while nothing is written yet.
    ///
    /// # Errors
    /// [`Gone`]; `Silent` after `hello_timeout_ms`.
    pub async fn first(&mut self) -> Result<Utf8Bytes, Gone> {
        let within = Duration::from_millis(self.limits.hello_timeout_ms);
        let heard = timeout(within, async {
            loop {
                if let Some(text) = self.hear().await? {
                    return Ok(text);
                }
            }
        });
        heard.await.unwrap_or(Err(Gone::Silent))
    }

    /// The next text frame; whatever is in the outbox is written meanwhile.
    ///
    /// # Errors
    /// [`Gone`], after which the socket is of no more use.
    pub async fn next(&mut self) -> Result<Utf8Bytes, Gone> {
        let outbox = Arc::clone(&self.outbox);
        loop {
            let silent_at = self.heard_at + Duration::from_millis(self.limits.silence_ms);
            tokio::select! {
                biased;
                () = outbox.ready() => self.write_outbox().await?,
                heard = self.hear(), if self.in_flight < self.limits.in_flight_max => {
                    if let Some(text) = heard? {
                        return Ok(text);
                    }
                }
                () = tokio::time::sleep_until(silent_at) => return Err(Gone::Silent),
            }
        }
    }

    /// Writes frames at once, past the outbox: welcome and history.
    ///
    /// # Errors
    /// [`Gone`] if the peer does not take them.
    pub async fn write(&mut self, frames: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), Gone> {
        let within = Duration::from_millis(self.limits.write_timeout_ms);
        let written = timeout(within, async {
            for text in frames {
                self.ws.feed(Message::Text(text)).await?;
            }
            self.ws.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Gone::Closed),
            Err(_) => Err(Gone::Stuck),
        }
    }

    /// Says why, then closes with `code`.
    pub async fn close(mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        let within = Duration::from_millis(self.limits.write_timeout_ms);
        let closing = async {
            if self.ws.send(Message::Close(Some(frame))).await.is_err() {
                // The peer closed first: the answer to its close waits to be written.
                let _ = self.ws.flush().await;
            }
        };
        // The peer may be gone already: nothing is lost by not hearing it.
        let _ = timeout(within, closing).await;
    }

    async fn write_outbox(&mut self) -> Result<(), Gone> {
        let farewell = self.outbox.take(&mut self.writing);
        let mut frames = std::mem::take(&mut self.writing);
        let mut answered = 0_usize;
        let shown_seq = self.shown_seq;
        let fresh = frames
            .drain(..)
            .inspect(|frame| answered += usize::from(frame.answers))
            .filter(|frame| frame.seq == 0 || frame.answers || frame.seq > shown_seq)
            .map(|frame| frame.text);
        let written = self.write(fresh).await;
        self.in_flight = self.in_flight.saturating_sub(answered);
        if frames.capacity() <= 64 {
            self.writing = frames;
        }
        written?;
        match farewell {
            None => Ok(()),
            Some(farewell) => {
                let again_ms = matches!(farewell, Farewell::Restarting | Farewell::SlowReader)
                    .then_some(1_000);
                self.write([(self.bye)(farewell, again_ms)]).await?;
                Err(Gone::Dismissed(farewell))
            }
        }
    }

    /// One frame from the peer; `None` for control frames.
    async fn hear(&mut self) -> Result<Option<Utf8Bytes>, Gone> {
        match self.ws.recv().await {
            None => Err(Gone::Closed),
            Some(Err(error)) => Err(judge(&error)),
            Some(Ok(message)) => {
                self.heard_at = now();
                match message {
                    Message::Text(text) => Ok(Some(text)),
                    // Not ours, but no reason to hang up on somebody: it is answered as an unknown frame.
                    Message::Binary(_) => Ok(Some(Utf8Bytes::from_static(""))),
                    Message::Ping(_) | Message::Pong(_) => Ok(None),
                    Message::Close(_) => Err(Gone::Closed),
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "deadlines of sockets live in tokio's own time")]
fn now() -> Instant {
    Instant::now()
}

/// Tells an oversized frame from a broken connection.
fn judge(error: &Error) -> Gone {
    use std::error::Error as _;
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(tokio_tungstenite::tungstenite::Error::Capacity(_)) = cause.downcast_ref() {
            return Gone::TooLarge;
        }
        source = cause.source();
    }
    Gone::Closed
}

/// The close code for a reason.
#[must_use]
pub const fn close_code_of(gone: Gone) -> u16 {
    match gone {
        Gone::TooLarge => close_code::SIZE,
        Gone::Dismissed(Farewell::Restarting) => close_code::RESTART,
        Gone::Dismissed(Farewell::Ended | Farewell::SignedOut | Farewell::Replaced)
        | Gone::Closed => close_code::NORMAL,
        Gone::Dismissed(Farewell::SlowReader) | Gone::Silent | Gone::Stuck => close_code::POLICY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oversized_frame_closes_with_1009() {
        use tokio_tungstenite::tungstenite::error::{CapacityError, Error as Tungstenite};
        let capacity = CapacityError::MessageTooLong { size: 70_000, max_size: 65_536 };
        let error = Error::new(Tungstenite::Capacity(capacity));
        assert_eq!(judge(&error), Gone::TooLarge);
        assert_eq!(close_code_of(Gone::TooLarge), 1009);
    }
}
