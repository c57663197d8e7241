//! What a call asks of voice, answered by the packet path: legs, and what is said on them.

use crate::ids::ContactId;
use crate::live::Directory;
use crate::live::card::Locale;
use crate::media::prompts::speech;
use crate::media::{Aim, LegId, Media, PromptBook, PromptKey, Script, Side};
use crate::sip::legs::{Legs, OpenLeg, Saying, Words};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The packet path as calls see it.
#[derive(Debug)]
pub struct VoiceLegs {
    media: Media,
    /// The address voice reaches us at.
    address: IpAddr,
    prompts: Arc<PromptBook>,
    directory: Arc<Directory>,
}

impl VoiceLegs {
    #[must_use]
    pub const fn new(
        media: Media,
        address: IpAddr,
        prompts: Arc<PromptBook>,
        directory: Arc<Directory>,
    ) -> Self {
        Self { media, address, prompts, directory }
    }
}

impl Legs for VoiceLegs {
    fn open(&self) -> Option<OpenLeg> {
        let leg = self.media.open();
        let leg = leg.inspect_err(|error| tracing::error!(%error, "app.legs")).ok()?;
        let address = SocketAddr::new(self.address, leg.port);
        Some(OpenLeg { id: leg.id, address, events: leg.events })
    }

    fn aim(&self, leg: LegId, aim: Aim) {
        self.media.aim(leg, aim);
    }

    fn seat(&self, leg: LegId, contact: ContactId, side: Side) {
        self.media.seat(leg, contact, side);
    }

    fn say(&self, leg: LegId, saying: &Saying) {
        // Callers are spoken to in Chinese; nothing on a telephone says otherwise.
        let locale = Locale::ZhCn;
        let book = self.directory.book();
        let line = book.line(saying.line).map_or("", |face| face.code.as_str());
        let said = saying.words.iter().map(|words| keys_of(*words, locale));
        let clips = said.flat_map(|keys| self.prompts.clips(line, locale, &keys)).collect();
        self.media.say(leg, Script { clips, token: saying.token, must: saying.must });
    }

    fn hush(&self, leg: LegId) {
        self.media.hush(leg);
    }

    fn close(&self, leg: LegId) {
        self.media.close(leg);
    }
}

/// The recordings that say it.
fn keys_of(words: Words, locale: Locale) -> Vec<PromptKey> {
    match words {
        Words::Greeting => vec![PromptKey::Greeting, PromptKey::Press1Danger],
        // No line records yet, and what is not so is not said.
        Words::RecordingNotice => Vec::new(),
        Words::Place { position, estimate_s } => {
            let mut said = speech::position(position, locale);
            match estimate_s {
                Some([low_s, high_s]) => said.extend(speech::wait(low_s, high_s, locale)),
                None => said.push(PromptKey::PleaseStay),
            }
            said
        }
        Words::DangerNoted => vec![PromptKey::DangerNoted],
        Words::WaitsAgain => vec![PromptKey::WaitsAgain],
        Words::Forwarded => vec![PromptKey::Forwarded],
        Words::CallBackPromised => vec![PromptKey::CallBackPromised],
        Words::ServiceFull => vec![PromptKey::AllFull, PromptKey::CrisisNumbers],
        Words::LineClosed => vec![PromptKey::LineClosed, PromptKey::CrisisNumbers],
        Words::LineOutage => vec![PromptKey::Outage, PromptKey::CrisisNumbers],
    }
}
