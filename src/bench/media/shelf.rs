//! The measured child: legs on ports of their own, joined two by two, or waiting; or a bare relay.

use crate::clock::Clock;
use crate::ids::ContactId;
use crate::media::g711::Law;
use crate::media::{Aim, Clip, Leg, Media, MediaSettings, Side, TalkStage};
use anyhow::Context;
use clap::{Args, ValueEnum};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Voice ports are taken from here.
const FIRST_PORT: u16 = 20_000;
/// How long packets are gathered above some legs, as the defaults of the configuration say, ms.
const TICK_MS: u64 = 3;
const TICK_ABOVE_LEGS: usize = 64;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Legs joined two by two.
    Bridge,
    /// Legs that wait.
    Music,
    /// Sockets joined two by two, and nothing known of what passes.
    Relay,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bridge => "bridge",
            Self::Music => "music",
            Self::Relay => "relay",
        }
    }
}

/// What the child is told.
#[derive(Debug, Args)]
pub struct Shelf {
    #[arg(long)]
    pub kind: Kind,
    #[arg(long)]
    pub legs: usize,
    /// Where the callers listen, all on one socket
    #[arg(long)]
    pub callers: SocketAddr,
}

/// Serves until its input ends or it is told to stop; its ports are its first line.
///
/// # Errors
/// No ports.
pub fn serve(shelf: &Shelf, out: &mut dyn Write) -> anyhow::Result<()> {
    match shelf.kind {
        Kind::Relay => relay(shelf, out),
        Kind::Bridge | Kind::Music => legs(shelf, out),
    }
}

fn legs(shelf: &Shelf, out: &mut dyn Write) -> anyhow::Result<()> {
    let settings = MediaSettings {
        address: HERE,
        ports: FIRST_PORT..=FIRST_PORT + 9_999,
        music: Arc::new(Clip::of_samples(&vec![2_000; 8_000])),
        silent_after_ms: 5_000,
        tick_above_legs: TICK_ABOVE_LEGS,
        tick_ms: TICK_MS,
    };
    let media = Media::start(settings, Clock::system())?;
    let legs = (0..shelf.legs).map(|_| media.open()).collect::<Result<Vec<Leg>, _>>()?;
    let (in_twos, sides) = match shelf.kind {
        Kind::Bridge => (2, [Side::Seeker, Side::Counselor]),
        Kind::Music | Kind::Relay => (1, [Side::Seeker, Side::Seeker]),
    };
    for (leg, number) in legs.iter().zip(0_u32..) {
        let contact = ContactId::from_number(u128::from(number / in_twos) + 1);
        let remote = Some(shelf.callers);
        media.aim(leg.id, Aim { remote, law: Law::A, ..Aim::default() });
        let is_first = number % in_twos == 0;
        media.seat(leg.id, contact, if is_first { sides[0] } else { sides[1] });
        if shelf.kind == Kind::Bridge {
            media.stage(contact, TalkStage::Talking);
        }
    }
    tell(out, &legs.iter().map(|leg| leg.port).collect::<Vec<u16>>())?;
    // Until the bench ends this process: it has nothing else to do.
    let _ = std::io::stdin().read(&mut [0]);
    loop {
        std::thread::park();
    }
}

fn tell(out: &mut dyn Write, ports: &[u16]) -> anyhow::Result<()> {
    writeln!(out, "{}", serde_json::to_string(ports)?)?;
    out.flush().context("tell the ports")
}

/// What any relay must do: receive, find the other socket, send.
fn relay(shelf: &Shelf, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut poll = Poll::new()?;
    let mut sockets = Vec::new();
    for number in 0..shelf.legs {
        let mut socket = UdpSocket::bind(SocketAddr::new(HERE, 0))?;
        poll.registry().register(&mut socket, Token(number), Interest::READABLE)?;
        sockets.push(socket);
    }
    let ports = sockets.iter().map(|socket| Ok(socket.local_addr()?.port()));
    tell(out, &ports.collect::<std::io::Result<Vec<u16>>>()?)?;
    let mut events = Events::with_capacity(4_096);
    let mut buffer = [0; 1_500];
    let is_gathering = shelf.legs > TICK_ABOVE_LEGS;
    loop {
        if is_gathering {
            pause();
        }
        poll.poll(&mut events, is_gathering.then_some(Duration::ZERO))?;
        for event in &events {
            let Token(number) = event.token();
            let (Some(from), Some(to)) = (sockets.get(number), sockets.get(number ^ 1)) else {
                continue;
            };
            while let Ok((length, _)) = from.recv_from(&mut buffer) {
                let _ = to.send_to(buffer.get(..length).unwrap_or_default(), shelf.callers);
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the relay's own rhythm, the same as the packet path's"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(TICK_MS));
}
