//! `[server]`: where the house listens, behind whom, and how much of a request it reads.

use super::fault::{Fault, Section, origin, within};
use super::network::{Network, loopback};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::net::{Ipv4Addr, SocketAddr};

/// Settings of the HTTP listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port. Loopback by default: a proxy with TLS stands in front.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// How the world sees this server: `https://host[:port]`. With `https` the console's session
    /// cookie is `__Host-` and `Secure`. Empty: plain HTTP, for a demo on loopback.
    pub public_origin: String,
    /// Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Anybody else's are ignored,
    /// or a single sender could pretend to be a thousand.
    pub trusted_proxies: Vec<Network>,
    /// After SIGTERM: how long open sockets have to hear `bye` and reconnect elsewhere, ms.
    pub drain_ms: u64,
    /// Connections the kernel holds until they are accepted. 2,000 widgets reconnecting after
    /// a restart must not be turned away: the usual 128 or 1,024 would.
    pub backlog: u32,
    /// Open sockets and requests together; above it new connections wait in the backlog.
    pub connections_max: usize,
    /// Line and headers of a request, bytes. Read whole before anything else happens.
    pub head_bytes_max: usize,
    /// A request's head must be there after this, ms: a slow sender holds no connection.
    pub head_timeout_ms: u64,
    /// Body of a request, bytes. The largest is a note of a contact.
    pub body_bytes_max: usize,
    /// Sites whose pages may frame the widget, as origins. Empty: only our own.
    pub widget_frame_ancestors: Vec<String>,
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(|_| {
        D::Error::custom("expected ADDR:PORT such as \"127.0.0.1:8080\" or \"[::]:8080\"")
    })
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_origin: String::new(),
            trusted_proxies: loopback(),
            drain_ms: 10_000,
            backlog: 4_096,
            connections_max: 50_000,
            head_bytes_max: 16_384,
            head_timeout_ms: 10_000,
            body_bytes_max: 262_144,
            widget_frame_ancestors: Vec::new(),
        }
    }
}

impl Section for Server {
    const NAME: &'static str = "server";

    fn validate(&self) -> Result<(), Fault> {
        if !self.public_origin.is_empty() {
            origin("public_origin", &self.public_origin)?;
        }
        for site in &self.widget_frame_ancestors {
            origin("widget_frame_ancestors", site)?;
        }
        within("drain_ms", self.drain_ms, 0..=300_000)?;
        within("backlog", self.backlog, 16..=65_535)?;
        within("connections_max", self.connections_max, 16..=1_000_000)?;
        within("head_bytes_max", self.head_bytes_max, 8_192..=1_048_576)?;
        within("head_timeout_ms", self.head_timeout_ms, 100..=120_000)?;
        within("body_bytes_max", self.body_bytes_max, 65_536..=16_777_216)
    }
}
