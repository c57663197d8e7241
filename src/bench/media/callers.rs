//! The other ends of all legs, on one socket: a leg is known by the port that it sends from.
//!
//! A packet's payload carries when it was sent, so that what comes back tells how long it was under
//! way. Packets are spread over the 20 ms as those of independent callers are.

use super::super::stopwatch::now_us;
use anyhow::Context;
use hdrhistogram::Histogram;
use rustc_hash::FxHashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Packets of one leg, µs apart.
const PACKET_US: u64 = 20_000;
/// The 20 ms are cut into so many slots.
const SLOTS: u64 = 20;
/// What is still under way after the last packet is waited for so long, µs.
const TAIL_US: u64 = 200_000;
const HEADER_BYTES: usize = 12;
const PAYLOAD_BYTES: usize = 160;

/// What came back.
pub struct Heard {
    pub packets: u64,
    pub expected: u64,
    /// Legs whose sequence numbers had a hole.
    pub legs_with_a_gap: u64,
    delays_us: Histogram<u64>,
}

impl Heard {
    pub fn delay_us(&self, quantile: f64) -> u64 {
        self.delays_us.value_at_quantile(quantile)
    }
}

pub struct Callers {
    socket: UdpSocket,
    seq: u16,
    /// The last sequence number heard of each leg, by its port.
    heard: FxHashMap<u16, u16>,
}

impl Callers {
    pub fn ready() -> anyhow::Result<Self> {
        let socket = UdpSocket::bind(SocketAddr::new(HERE, 0)).context("bind the callers")?;
        socket.set_nonblocking(true)?;
        let wide = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 8 << 20);
        wide.context("widen the callers' buffer")?;
        Ok(Self { socket, seq: 0, heard: FxHashMap::default() })
    }

    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap_or(SocketAddr::new(HERE, 0))
    }

    /// `packets` from every leg's caller, 20 ms apart, and all that comes back meanwhile.
    pub fn speak(&mut self, ports: &[u16], packets: u64) -> anyhow::Result<Heard> {
        let mut heard = Heard {
            packets: 0,
            expected: packets * u64::try_from(ports.len())?,
            legs_with_a_gap: 0,
            delays_us: Histogram::new(3)?,
        };
        let begun = now_us();
        let slot_us = PACKET_US / SLOTS;
        for packet in 0..packets {
            self.seq = self.seq.wrapping_add(1);
            for slot in 0..SLOTS {
                let due = begun + packet * PACKET_US + slot * slot_us;
                self.listen_until(due, &mut heard)?;
                let mine = ports.iter().zip(0..).filter(|(_, number)| number % SLOTS == slot);
                for (port, _) in mine {
                    self.send(*port)?;
                }
            }
        }
        self.listen_until(now_us() + TAIL_US, &mut heard)?;
        Ok(heard)
    }

    fn send(&self, port: u16) -> anyhow::Result<()> {
        let mut packet = [0xd5; HEADER_BYTES + PAYLOAD_BYTES];
        let [seq_high, seq_low] = self.seq.to_be_bytes();
        let [t0, t1, t2, t3] = (u32::from(self.seq) * 160).to_be_bytes();
        let head = [0x80, 8, seq_high, seq_low, t0, t1, t2, t3, 0, 0, 0, 9];
        let stamp = now_us().to_be_bytes();
        for (byte, value) in packet.iter_mut().zip(head.into_iter().chain(stamp)) {
            *byte = value;
        }
        match self.socket.send_to(&packet, SocketAddr::new(HERE, port)) {
            Ok(_) => Ok(()),
            // Lost here, and counted as lost.
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error).context("speak"),
        }
    }

    fn listen_until(&mut self, due_us: u64, heard: &mut Heard) -> anyhow::Result<()> {
        let mut buffer = [0; 1_500];
        loop {
            match self.socket.recv_from(&mut buffer) {
                Ok((_, from)) => self.note(&buffer, from.port(), heard),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let left_us = due_us.saturating_sub(now_us());
                    if left_us == 0 {
                        return Ok(());
                    }
                    pause(left_us.min(200));
                }
                Err(error) => return Err(error).context("listen"),
            }
            if now_us() >= due_us {
                return Ok(());
            }
        }
    }

    fn note(&mut self, packet: &[u8], port: u16, heard: &mut Heard) {
        heard.packets += 1;
        let Some((head, rest)) = packet.split_first_chunk::<HEADER_BYTES>() else { return };
        let [_, _, high, low, ..] = *head;
        let seq = u16::from_be_bytes([high, low]);
        if let Some(last) = self.heard.insert(port, seq)
            && seq != last.wrapping_add(1)
        {
            heard.legs_with_a_gap += 1;
        }
        let Some(stamp) = rest.first_chunk::<8>() else { return };
        let delay = now_us().saturating_sub(u64::from_be_bytes(*stamp));
        // Music carries no stamp of ours.
        if delay < 10_000_000 {
            let _ = heard.delays_us.record(delay);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the callers' own rhythm")]
fn pause(us: u64) {
    std::thread::sleep(Duration::from_micros(us));
}
