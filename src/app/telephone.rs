//! Opening the telephone: the packet path, the trunks, and the seal of those who call.

use super::legs::VoiceLegs;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::live::{Directory, Hub, Switch};
use crate::media::{Media, MediaSettings, PromptBook};
use crate::meter::Readiness;
use crate::seal::Seal;
use crate::sip::people::People;
use crate::sip::phone::FixedPhone;
use crate::sip::{self, Telephone};
use crate::store::Store;
use anyhow::{Context, Result};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// What the telephone needs of the house.
#[derive(Clone)]
pub struct Wires {
    pub hub: Arc<Hub>,
    pub switch: Switch,
    pub directory: Arc<Directory>,
    pub readiness: Readiness,
    pub store: Arc<Store>,
    pub clock: Clock,
}

/// The packet path, and what is said on it.
#[derive(Clone, Debug)]
pub struct Started {
    pub media: Media,
    pub prompts: Arc<PromptBook>,
}

/// Reads the recordings and starts the packet path, if calls are taken at all.
///
/// # Errors
/// No poll, no thread.
pub fn start_media(config: &Config, clock: &Clock) -> Result<Option<Started>> {
    if config.sip.address().is_none() {
        return Ok(None);
    }
    let prompts = Arc::new(read_prompts(config));
    let media = &config.media;
    let settings = MediaSettings {
        address: media.listen,
        ports: media.port_first..=media.port_last,
        music: prompts.music(),
        silent_after_ms: media.silent_after_ms,
        tick_above_legs: media.tick_above_legs,
        tick_ms: media.tick_ms,
    };
    Ok(Some(Started { media: Media::start(settings, clock.clone())?, prompts }))
}

/// Recordings that cannot be heard are said in the log; calls are taken all the same.
fn read_prompts(config: &Config) -> PromptBook {
    let (prompts, report) = PromptBook::load(Some(config.database.data_dir.join("prompts")));
    for fault in &report.faults {
        tracing::warn!(%fault, "app.prompts");
    }
    if !report.missing.is_empty() {
        let missing_count = report.missing.len();
        tracing::warn!(missing_count, missing = %report.named(), "app.prompts: heard as a chime");
    }
    prompts
}

/// Opens the telephone, if there is to be one.
///
/// # Errors
/// The address cannot be had, or the seal's key cannot be read.
pub async fn open(
    config: &Config,
    started: Option<Started>,
    phones: &[FixedPhone],
    wires: Wires,
) -> Result<Option<Telephone>> {
    let (Some(address), Some(Started { media, prompts })) = (config.sip.address(), started) else {
        return Ok(None);
    };
    let seal = Seal::open(&config.database.data_dir).context("open the seal of callers")?;
    let legs = VoiceLegs::new(
        media,
        voice_address(&config.media, address),
        prompts,
        Arc::clone(&wires.directory),
    );
    let settings =
        if config.demo.enabled { config.sip.clone().with_loopback() } else { config.sip.clone() };
    let house = sip::House {
        hub: wires.hub,
        switch: wires.switch,
        directory: wires.directory,
        readiness: wires.readiness,
        clock: wires.clock,
        legs: Arc::new(legs),
        people: Some(People { seal, store: wires.store }),
    };
    let telephone = sip::open(address, &settings, house).await.context("open the telephone")?;
    for phone in phones {
        telephone.seat_phone(phone)?;
    }
    Ok(Some(telephone))
}

/// Where others are told to send voice.
fn voice_address(media: &config::Media, sip: SocketAddr) -> IpAddr {
    let public = media.public_address.parse().ok();
    public.unwrap_or(if media.listen.is_unspecified() { sip.ip() } else { media.listen })
}
