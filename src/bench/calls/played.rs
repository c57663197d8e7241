//! Callers and telephones, each on one socket, speaking just enough SIP.
//!
//! A caller is its Call-ID, a telephone its number in the address it is rung at. Nothing is sent twice
//! from here: on one machine nothing is lost but by a server that is too slow, and that is a failure.

use super::super::stopwatch::now_us;
use anyhow::{Context, bail};
use hdrhistogram::Histogram;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// Datagrams taken before time is looked at again.
const BURST: usize = 64;
/// Calls knocked for at once while a crowd gathers.
const CROWD_PER_S: u64 = 100;

/// What became of the calls of one run.
pub struct Told {
    pub begun: u64,
    /// Rung, lifted, ended by the counselor, and the caller told.
    pub done: u64,
    /// 503 and the like.
    pub refused: u64,
    /// A telephone rung while it was in a call.
    pub lifted_twice: u64,
    answers_us: Histogram<u64>,
    idles_us: Histogram<u64>,
}

impl Told {
    fn new() -> anyhow::Result<Self> {
        let (answers_us, idles_us) = (Histogram::new(3)?, Histogram::new(3)?);
        Ok(Self { begun: 0, done: 0, refused: 0, lifted_twice: 0, answers_us, idles_us })
    }

    pub const fn failed(&self) -> u64 {
        self.begun.saturating_sub(self.done)
    }

    /// From INVITE to 200.
    pub fn answer_us(&self, quantile: f64) -> u64 {
        self.answers_us.value_at_quantile(quantile)
    }

    /// From a telephone's BYE to its next INVITE.
    pub fn idle_us(&self, quantile: f64) -> u64 {
        self.idles_us.value_at_quantile(quantile)
    }
}

struct Caller {
    begun_us: u64,
    is_answered: bool,
}

/// A telephone in a call.
struct Lifted {
    /// The INVITE's lines that every answer repeats.
    from: String,
    to: String,
    call_id: String,
    contact: String,
}

pub struct Played {
    callers: UdpSocket,
    phones: UdpSocket,
    /// Where all voice goes; only counted.
    voice: UdpSocket,
    server: SocketAddr,
    next: u64,
    open: FxHashMap<u64, Caller>,
    lifted: FxHashMap<u32, Lifted>,
    /// Telephones to hang up, the earliest first.
    due: VecDeque<(u64, u32)>,
    hung_up_us: FxHashMap<u32, u64>,
}

impl Played {
    pub fn new() -> anyhow::Result<Self> {
        let socket = || -> anyhow::Result<UdpSocket> {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            socket.set_nonblocking(true)?;
            rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 8 << 20)?;
            Ok(socket)
        };
        Ok(Self {
            callers: socket()?,
            phones: socket()?,
            voice: socket()?,
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            next: 0,
            open: FxHashMap::default(),
            lifted: FxHashMap::default(),
            due: VecDeque::new(),
            hung_up_us: FxHashMap::default(),
        })
    }

    pub fn phones_at(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.phones.local_addr()?)
    }

    pub const fn call(&mut self, server: SocketAddr) {
        self.server = server;
    }

    /// `rate` new calls a second for `step_s`, then waits until all are over, `tail_s` at most.
    pub fn run(
        &mut self,
        rate: u64,
        step_s: u64,
        tail_s: u64,
        talk_us: u64,
    ) -> anyhow::Result<Told> {
        let mut told = Told::new()?;
        self.open.clear();
        self.hung_up_us.clear();
        let begun_us = now_us();
        let wanted = rate * step_s;
        let end_us = begun_us + (step_s + tail_s) * 1_000_000;
        while now_us() < end_us && told.done + told.refused < wanted {
            let due = ((now_us() - begun_us) * rate / 1_000_000 + 1).min(wanted);
            while told.begun < due {
                self.invite()?;
                told.begun += 1;
            }
            let heard = self.hear(&mut told, talk_us)?;
            self.drain_voice();
            self.hang_up_due()?;
            if heard == 0 {
                pause();
            }
        }
        Ok(told)
    }

    /// `count` callers who wait; how many were answered.
    pub fn knock(&mut self, count: u64) -> anyhow::Result<u64> {
        let mut told = Told::new()?;
        let begun_us = now_us();
        let end_us = begun_us + (count / CROWD_PER_S + 10) * 1_000_000;
        while now_us() < end_us && told.answers_us.len() < count {
            let due = ((now_us() - begun_us) * CROWD_PER_S / 1_000_000 + 1).min(count);
            while told.begun < due {
                self.invite()?;
                told.begun += 1;
            }
            if self.hear(&mut told, 0)? == 0 {
                pause();
            }
            self.drain_voice();
        }
        if told.answers_us.len() < count {
            bail!("{} of {count} callers were answered", told.answers_us.len());
        }
        Ok(told.answers_us.len())
    }

    /// Packets of voice heard within `length_s`.
    pub fn listen(&mut self, length_s: u64) -> anyhow::Result<u64> {
        let mut told = Told::new()?;
        self.drain_voice();
        let end_us = now_us() + length_s * 1_000_000;
        let mut packets = 0;
        while now_us() < end_us {
            let is_idle = self.hear(&mut told, 0)? == 0;
            let heard = self.drain_voice();
            packets += heard;
            if is_idle && heard == 0 {
                pause();
            }
        }
        Ok(packets)
    }

    /// Takes the voice that has come; how many packets.
    fn drain_voice(&self) -> u64 {
        let mut packets = 0;
        while self.voice.recv(&mut [0; 1_500]).is_ok() {
            packets += 1;
        }
        packets
    }

    fn invite(&mut self) -> anyhow::Result<()> {
        self.next += 1;
        let number = self.next;
        let own = self.callers.local_addr()?;
        let body = describe(self.voice.local_addr()?);
        let text = format!(
            "INVITE sip:12355@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKi{number}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{number}@bench.invalid>;tag=c{number}\r\n\
             To: <sip:12355@{server}>\r\nCall-ID: {number}@bench\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:caller@{own}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            server = self.server,
            length = body.len(),
        );
        self.open.insert(number, Caller { begun_us: now_us(), is_answered: false });
        send(&self.callers, &text, self.server)
    }

    /// Takes what has come; how much it was.
    fn hear(&mut self, told: &mut Told, talk_us: u64) -> anyhow::Result<usize> {
        let mut heard = 0;
        let mut buffer = [0; 8_192];
        for _ in 0..BURST {
            let Some(text) = receive(&self.callers, &mut buffer)? else { break };
            self.on_caller(&text, told)?;
            heard += 1;
        }
        for _ in 0..BURST {
            let Some(text) = receive(&self.phones, &mut buffer)? else { break };
            self.on_phone(&text, told, talk_us)?;
            heard += 1;
        }
        Ok(heard)
    }

    fn on_caller(&mut self, text: &str, told: &mut Told) -> anyhow::Result<()> {
        let id = line(text, "Call-ID: ");
        let number = id.split('@').next().and_then(|id| id.parse::<u64>().ok());
        let Some(number) = number else { return Ok(()) };
        if let Some(status) = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)) {
            if !line(text, "CSeq: ").ends_with("INVITE") || status.starts_with('1') {
                return Ok(());
            }
            self.ack(number, text)?;
            let Some(caller) = self.open.get_mut(&number) else { return Ok(()) };
            if status == "200" && !caller.is_answered {
                caller.is_answered = true;
                told.answers_us.record(now_us() - caller.begun_us)?;
            } else if status != "200" {
                self.open.remove(&number);
                told.refused += 1;
            }
            return Ok(());
        }
        answer(&self.callers, text, "200 OK", "", self.server)?;
        if text.starts_with("BYE ") && self.open.remove(&number).is_some() {
            told.done += 1;
        }
        Ok(())
    }

    fn ack(&self, number: u64, answer: &str) -> anyhow::Result<()> {
        let own = self.callers.local_addr()?;
        let is_taken = answer.starts_with("SIP/2.0 200");
        let branch = if is_taken { "a" } else { "i" };
        let text = format!(
            "ACK sip:12355@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{branch}{number}\r\n\
             Max-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {number}@bench\r\n\
             CSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
            server = self.server,
            from = line(answer, "From: "),
            to = line(answer, "To: "),
        );
        send(&self.callers, &text, self.server)
    }

    fn on_phone(&mut self, text: &str, told: &mut Told, talk_us: u64) -> anyhow::Result<()> {
        if text.starts_with("SIP/2.0 ") {
            return Ok(());
        }
        let own = self.phones.local_addr()?;
        let Some(phone) = text.split_once("sip:agent").and_then(|(_, rest)| {
            rest.split('@').next().and_then(|number| number.parse::<u32>().ok())
        }) else {
            return answer(&self.phones, text, "200 OK", "", self.server);
        };
        if text.starts_with("INVITE ") {
            let body = describe(self.voice.local_addr()?);
            let more = format!(
                "Contact: <sip:agent{phone}@{own}>\r\nContent-Type: application/sdp\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let call_id = line(text, "Call-ID: ").to_owned();
            let known = self.lifted.get(&phone).map(|lifted| lifted.call_id.clone());
            if known.as_ref().is_some_and(|known| *known != call_id) {
                told.lifted_twice += 1;
            } else if known.is_none() {
                if let Some(hung_up_us) = self.hung_up_us.remove(&phone) {
                    told.idles_us.record(now_us() - hung_up_us)?;
                }
                let lifted = Lifted {
                    from: line(text, "From: ").to_owned(),
                    to: format!("{};tag=p", line(text, "To: ")),
                    call_id,
                    contact: line(text, "Contact: ").trim_matches(['<', '>']).to_owned(),
                };
                self.lifted.insert(phone, lifted);
                self.due.push_back((now_us() + talk_us, phone));
            }
            return answer(&self.phones, text, "200 OK", &more, self.server);
        }
        if text.starts_with("ACK ") {
            return Ok(());
        }
        if text.starts_with("BYE ") {
            self.lifted.remove(&phone);
        }
        answer(&self.phones, text, "200 OK", "", self.server)
    }

    fn hang_up_due(&mut self) -> anyhow::Result<()> {
        let now = now_us();
        while let Some((due, phone)) = self.due.front().copied() {
            if due > now {
                break;
            }
            self.due.pop_front();
            let Some(lifted) = self.lifted.remove(&phone) else { continue };
            let own = self.phones.local_addr()?;
            let text = format!(
                "BYE {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKb{now}x{phone}\r\n\
                 Max-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: 1 BYE\r\n\
                 Content-Length: 0\r\n\r\n",
                contact = lifted.contact,
                from = lifted.to,
                to = lifted.from,
                call_id = lifted.call_id,
            );
            send(&self.phones, &text, self.server)?;
            self.hung_up_us.insert(phone, now_us());
        }
        Ok(())
    }
}

fn describe(voice: SocketAddr) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
        ip = voice.ip(),
        port = voice.port(),
    )
}

/// The answer to a request: its own lines, and what `more` adds.
fn answer(
    socket: &UdpSocket,
    text: &str,
    status: &str,
    more: &str,
    to: SocketAddr,
) -> anyhow::Result<()> {
    let vias: Vec<&str> = text.lines().filter(|line| line.starts_with("Via: ")).collect();
    let tag = if line(text, "To: ").contains(";tag=") { "" } else { ";tag=p" };
    let end = if more.is_empty() { "Content-Length: 0\r\n\r\n" } else { more };
    let answer = format!(
        "SIP/2.0 {status}\r\n{}\r\nFrom: {}\r\nTo: {}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n{end}",
        vias.join("\r\n"),
        line(text, "From: "),
        line(text, "To: "),
        line(text, "Call-ID: "),
        line(text, "CSeq: "),
    );
    send(socket, &answer, to)
}

/// What stands behind `name` in the first line that begins with it.
fn line<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default()
}

fn send(socket: &UdpSocket, text: &str, to: SocketAddr) -> anyhow::Result<()> {
    match socket.send_to(text.as_bytes(), to) {
        Ok(_) => Ok(()),
        // Lost here, and so failed.
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
        Err(error) => Err(error).context("speak SIP"),
    }
}

fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> anyhow::Result<Option<String>> {
    match socket.recv(buffer) {
        Ok(length) => {
            let bytes = buffer.get(..length).unwrap_or_default();
            Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error).context("hear SIP"),
    }
}

#[expect(clippy::disallowed_methods, reason = "the load's own rhythm")]
fn pause() {
    std::thread::sleep(Duration::from_micros(200));
}
