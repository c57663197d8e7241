//! `[chat]`: what one socket may send, hold and cost.

use super::fault::{Fault, Section, fault, within};
use serde::{Deserialize, Serialize};

/// Settings of the seekers' and the console's sockets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chat {
    /// Characters (code points) of one message; the wire contract's 4,000. More is refused with `error`.
    pub message_chars_max: usize,
    /// Bytes of one frame; the wire contract's 64 KiB. More closes the socket with 1009.
    pub frame_bytes_max: usize,
    /// The first frame must be `hello` within this, ms; the wire contract's 5 s.
    pub hello_timeout_ms: u64,
    /// A client that has nothing to say sends `ping` this often, s. Below the minute after
    /// which mobile networks and proxies forget a silent connection.
    pub heartbeat_s: u64,
    /// A socket that was silent for this long counts as gone, s. Two heartbeats and a slow network.
    pub silence_s: u64,
    /// Frames that wait for one slow reader; beyond it the socket is closed and resumes from the store.
    pub outbox_frames_max: usize,
    /// Bytes that wait for one slow reader; whichever of the two comes first.
    pub outbox_bytes_max: usize,
    /// A socket's read buffer, bytes. The library's own 128 KiB would cost 10,000 waiting
    /// seekers 1.3 GB; frames above it are still read, in pieces.
    pub read_buffer_bytes: usize,
    /// A socket's write buffer, bytes. Frames above it go out in pieces.
    pub write_buffer_bytes: usize,
    /// Messages of one contact. A long night's talk has some hundreds; this stops a runaway client.
    pub messages_per_contact_max: u32,
    /// Messages of one socket that may wait for the disk at once; above it the socket is not read
    /// until one is acked. A script feels back-pressure, nobody is refused for typing fast.
    pub in_flight_max: usize,
    /// A reader that does not take what is written within this is let go, ms.
    pub write_timeout_ms: u64,
    /// The position in the queue is told at most this often, ms; the wire contract's 1 s.
    pub queue_interval_ms: u64,
}

impl Default for Chat {
    fn default() -> Self {
        Self {
            message_chars_max: 4_000,
            frame_bytes_max: 65_536,
            hello_timeout_ms: 5_000,
            heartbeat_s: 25,
            silence_s: 60,
            outbox_frames_max: 256,
            outbox_bytes_max: 262_144,
            read_buffer_bytes: 4_096,
            write_buffer_bytes: 4_096,
            messages_per_contact_max: 20_000,
            in_flight_max: 64,
            write_timeout_ms: 10_000,
            queue_interval_ms: 1_000,
        }
    }
}

impl Section for Chat {
    const NAME: &'static str = "chat";

    fn validate(&self) -> Result<(), Fault> {
        within("message_chars_max", self.message_chars_max, 100..=4_000)?;
        within("frame_bytes_max", self.frame_bytes_max, 16_384..=65_536)?;
        within("hello_timeout_ms", self.hello_timeout_ms, 100..=60_000)?;
        within("heartbeat_s", self.heartbeat_s, 1..=55)?;
        within("silence_s", self.silence_s, 2..=600)?;
        if self.silence_s <= self.heartbeat_s {
            return Err(fault("silence_s", "expected more seconds than heartbeat_s"));
        }
        within("outbox_frames_max", self.outbox_frames_max, 16..=65_536)?;
        within("outbox_bytes_max", self.outbox_bytes_max, 65_536..=67_108_864)?;
        within("read_buffer_bytes", self.read_buffer_bytes, 1_024..=131_072)?;
        within("write_buffer_bytes", self.write_buffer_bytes, 0..=131_072)?;
        within("messages_per_contact_max", self.messages_per_contact_max, 100..=1_000_000)?;
        within("in_flight_max", self.in_flight_max, 1..=4_096)?;
        within("write_timeout_ms", self.write_timeout_ms, 100..=60_000)?;
        within("queue_interval_ms", self.queue_interval_ms, 100..=60_000)
    }
}
