//! What a call asks of voice, answered by the packet path: legs, and what is said on them.

use crate::ids::ContactId;
use crate::media::{Aim, Clip, LegId, Media, Script, Side};
use crate::sip::legs::{Legs, OpenLeg, Saying};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The packet path as calls see it.
#[derive(Debug)]
pub struct VoiceLegs {
    media: Media,
    /// The address voice reaches us at.
    address: IpAddr,
    chime: Arc<Clip>,
}

impl VoiceLegs {
    #[must_use]
    pub fn new(media: Media, address: IpAddr) -> Self {
        Self { media, address, chime: Arc::new(Clip::chime()) }
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
        let clips = saying.words.iter().map(|_| Arc::clone(&self.chime)).collect();
        self.media.say(leg, Script { clips, token: saying.token, must: saying.must });
    }

    fn hush(&self, leg: LegId) {
        self.media.hush(leg);
    }

    fn close(&self, leg: LegId) {
        self.media.close(leg);
    }
}
