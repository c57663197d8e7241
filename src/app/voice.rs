//! What the carrier tells telephones, and the packet path, beside the sockets.
//!
//! A chat never comes here: every word below is about a contact whose channel is a voice.

use crate::desk::show::Ringing;
use crate::ids::{ContactId, CounselorId, OfferId};
use crate::live::voice::{ToCaller, ToPhone};
use crate::live::{Card, Hub};
use crate::media::{Media, TalkStage};
use crate::switchboard::End;
use crate::switchboard::effect::{Queued, RungCause};
use crate::switchboard::line::LastRung;
use std::sync::Arc;

/// The carrier's voice.
#[derive(Clone, Debug)]
pub struct Voice {
    pub hub: Arc<Hub>,
    /// `None` in a house without telephones.
    pub media: Option<Media>,
}

impl Voice {
    pub fn ring(&self, ringing: &Ringing, card: &Card) {
        if !card.channel.is_voice() {
            return;
        }
        let Ringing { offer, contact, counselor, expires_at, .. } = *ringing;
        let ring = ToPhone::Ring { offer, contact, line: card.line, expires_at };
        self.hub.telephones.tell_phone(counselor, ring);
    }

    pub fn stop(&self, counselor: CounselorId, offer: OfferId) {
        self.hub.telephones.tell_phone(counselor, ToPhone::Stop { offer });
    }

    /// The two hear each other as soon as both their legs are there.
    pub fn connect(&self, card: &Card, counselor: CounselorId) {
        if !card.channel.is_voice() {
            return;
        }
        self.stage(card.contact, TalkStage::Talking);
        self.hub.telephones.tell_caller(card.contact, ToCaller::Connected { counselor });
        self.hub.telephones.tell_phone(counselor, ToPhone::Connected { contact: card.contact });
    }

    pub fn wait(&self, card: &Card, reason: Queued) {
        if card.channel.is_voice() {
            self.stage(card.contact, TalkStage::Waiting);
            self.hub.telephones.tell_caller(card.contact, ToCaller::Waits { reason });
        }
    }

    /// The talk is over for the counselor, who may still have a note to write.
    pub fn over(&self, contact: ContactId, counselor: CounselorId) {
        self.hub.telephones.tell_phone(counselor, ToPhone::Over { contact });
    }

    pub fn released(&self, contact: ContactId, counselor: CounselorId) {
        self.hub.telephones.tell_phone(counselor, ToPhone::Released { contact });
    }

    pub fn ended(&self, card: &Card, ended: End) {
        if card.channel.is_voice() {
            self.stage(card.contact, TalkStage::Over);
            self.hub.telephones.tell_caller(card.contact, ToCaller::Ended { ended });
        }
    }

    pub fn last_rung(&self, card: &Card, rung: &LastRung, cause: RungCause) {
        if card.channel.is_voice() {
            let news = ToCaller::LastRung { rung: rung.clone(), cause };
            self.hub.telephones.tell_caller(card.contact, news);
        }
    }

    pub fn danger_noted(&self, card: &Card) {
        if card.channel.is_voice() {
            self.hub.telephones.tell_caller(card.contact, ToCaller::DangerNoted);
        }
    }

    fn stage(&self, contact: ContactId, stage: TalkStage) {
        if let Some(media) = &self.media {
            media.stage(contact, stage);
        }
    }
}
