//! The UDP socket the stack reads: what it gets has been judged.
//!
//! The stack's own socket answers anybody and reads anything. This one drops a stranger's datagram
//! before anything is made of it, answers what is malformed or too much by itself, and hands on the rest.

use super::books::{Books, count};
use super::guard::Guard;
use super::shim::{self, Kind, Verdict};
use super::trunk::Trunks;
use crate::clock::Clock;
use crate::config::Sip;
use crate::meter::figure;
use rsipstack::platform::net::UdpSocket as StackSocket;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::UdpSocket;

/// The judged socket.
#[derive(Debug)]
pub struct JudgedSocket {
    socket: UdpSocket,
    trunks: Trunks,
    guard: Mutex<Guard>,
    books: Arc<Books>,
    clock: Clock,
    calls_max: usize,
    pending_max: usize,
    retry_after_s: u32,
}

impl JudgedSocket {
    #[must_use]
    pub fn new(
        socket: UdpSocket,
        settings: &Sip,
        trunks: Trunks,
        books: Arc<Books>,
        clock: Clock,
    ) -> Self {
        Self {
            socket,
            trunks,
            guard: Mutex::new(Guard::new(settings, clock.now())),
            books,
            clock,
            calls_max: settings.calls_max,
            pending_max: settings.invites_pending_max,
            retry_after_s: settings.retry_after_s,
        }
    }

    /// Sources that were no trunk, each once.
    #[must_use]
    pub fn strangers_count(&self) -> usize {
        self.guard().strangers_count()
    }

    /// Whether the source is a trunk within its rate.
    fn is_heard(&self, source: SocketAddr) -> bool {
        let address = source.ip().to_canonical();
        if !self.trunks.is_heard(address) {
            count(&self.books.strangers);
            if self.guard().note_stranger(address) {
                figure::count_stranger();
            }
            return false;
        }
        let is_admitted = self.guard().admit_datagram(address, self.clock.now());
        if !is_admitted {
            count(&self.books.throttled);
        }
        is_admitted
    }

    /// Whether a call may begin now; retransmissions of one that did may too.
    fn may_begin(&self, key: u64) -> bool {
        let counts = self.books.counts();
        let mut guard = self.guard();
        guard.was_admitted(key)
            || (counts.calls < self.calls_max
                && counts.pending < self.pending_max
                && guard.admit_invite(key, self.clock.now()))
    }

    /// What to do with `datagram` of a trunk: an answer to send, or how many bytes the stack gets.
    fn read(&self, datagram: &[u8]) -> Read {
        match shim::judge(datagram) {
            Verdict::Ping => Read::Answer(b"\r\n".to_vec()),
            Verdict::Drop => {
                count(&self.books.malformed);
                Read::Nothing
            }
            Verdict::Refuse { answer, status } => {
                count(&self.books.malformed);
                tracing::debug!(status, "sip.shim refused a request");
                Read::Answer(answer)
            }
            Verdict::Pass { message, kind: Kind::Invite { key } } if !self.may_begin(key) => {
                count(&self.books.overloaded);
                figure::count_call_refused("overload");
                shim::refuse_overload(&message, self.retry_after_s)
                    .map_or(Read::Nothing, Read::Answer)
            }
            Verdict::Pass { message: std::borrow::Cow::Borrowed(_), .. } => Read::AsIs,
            Verdict::Pass { message: std::borrow::Cow::Owned(message), .. } => {
                Read::Mended(message)
            }
        }
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Read {
    AsIs,
    Mended(Vec<u8>),
    Answer(Vec<u8>),
    Nothing,
}

#[async_trait::async_trait]
impl StackSocket for JudgedSocket {
    async fn recv_from(&self, buf: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            let (length, source) = self.socket.recv_from(buf).await?;
            if !self.is_heard(source) {
                continue;
            }
            let Some(datagram) = buf.get(..length) else { continue };
            match self.read(datagram) {
                Read::AsIs => return Ok((length, source)),
                Read::Mended(message) => {
                    let Some(room) = buf.get_mut(..message.len()) else { continue };
                    room.copy_from_slice(&message);
                    return Ok((message.len(), source));
                }
                Read::Answer(answer) => {
                    let port = shim::reply_port(datagram, source.port());
                    // Not worth waiting for: a full socket loses it, and the trunk asks again.
                    let _ = self.socket.try_send_to(&answer, SocketAddr::new(source.ip(), port));
                }
                Read::Nothing => {}
            }
        }
    }

    async fn send_to(&self, buf: &[u8], address: SocketAddr) -> rsipstack::Result<usize> {
        Ok(self.socket.send_to(buf, address).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}
