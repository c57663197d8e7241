//! Reading talks back through the product: is everything that was acked stored, once?

use super::scene::{Scene, read_stamp};
use crate::wire_client::WireError;
use crate::wire_client::door::Door;
use crate::wire_client::frames::SeekerHears;
use crate::wire_client::seeker::{Ticket, attach};
use crate::wire_client::socket::Socket;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A history of some thousands of messages on a busy machine.
const READ_LIMIT_S: u64 = 60;

/// Every message of one contact that came over one socket.
#[derive(Debug, Default)]
pub struct History {
    /// Number → text.
    pub texts: BTreeMap<i64, String>,
    /// Numbers that came more than once.
    pub twice: u64,
}

impl History {
    /// Numbers missing up to the last.
    pub fn gaps(&self) -> u64 {
        let last = self.texts.keys().next_back().copied().unwrap_or(0);
        size((1..=last).filter(|seq| !self.texts.contains_key(seq)).count())
    }
}

/// What a whole reading came to.
#[derive(Debug, Default)]
pub struct Proof {
    pub stored: u64,
    pub acked: u64,
    /// Acked, and not under its number in the history.
    pub lost: u64,
    /// Stored under two numbers.
    pub doubles: u64,
    pub gaps: u64,
}

impl Proof {
    pub fn as_json(&self) -> Value {
        let Self { stored, acked, lost, doubles, gaps } = self;
        json!({ "stored": stored, "acked": acked, "lost": lost, "doubles": doubles, "gaps": gaps })
    }
}

/// Reads every talk back and compares it with what was acked.
pub async fn prove(door: &Door, tickets: &[Ticket], scene: &Scene) -> Result<Proof, WireError> {
    let mut proof = Proof::default();
    for ticket in tickets {
        let acked = scene.acked_of(&ticket.contact_id);
        let mut socket = attach(door, ticket, 0).await?;
        let history = read(&mut socket).await?;
        let texts = &history.texts;
        let stamps: Vec<&str> =
            texts.values().filter_map(|text| read_stamp(text)).map(|(stamp, ..)| stamp).collect();
        let different: BTreeSet<&str> = stamps.iter().copied().collect();
        let kept = |(seq, stamp): &(&i64, &String)| {
            texts.get(*seq).is_some_and(|text| text.starts_with(stamp.as_str()))
        };
        proof.stored += size(stamps.len());
        proof.acked += size(acked.len());
        proof.lost += size(acked.iter().filter(|acked| !kept(acked)).count());
        proof.doubles += size(stamps.len() - different.len()) + history.twice;
        proof.gaps += history.gaps();
    }
    Ok(proof)
}

/// Hears a welcome and every message after it.
pub async fn read(socket: &mut Socket) -> Result<History, WireError> {
    let reading = async {
        let mut history = History::default();
        let mut last = i64::MAX;
        loop {
            let frame = socket.hear().await?;
            let heard: SeekerHears<'_> = serde_json::from_str(&frame)?;
            let seq = heard.seq.unwrap_or(0);
            match &*heard.kind {
                "welcome" if seq > 0 => {
                    last = seq;
                    continue;
                }
                "welcome" => return Ok(history),
                "message" => {
                    let text = heard.text.unwrap_or_default().to_string();
                    history.twice += u64::from(history.texts.insert(seq, text).is_some());
                }
                "bye" => return Err(WireError::Closed),
                _ => continue,
            }
            if seq >= last {
                return Ok(history);
            }
        }
    };
    let limit = Duration::from_secs(READ_LIMIT_S);
    tokio::time::timeout(limit, reading).await.unwrap_or(Err(WireError::TimedOut))
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
