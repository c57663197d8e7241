//! What a console asks for, and who may ask it.

use super::frame::{FromDesk, ToDesk};
use super::session::{Visit, error, plain};
use super::words::No;
use crate::accounts::Permission;
use crate::door::socket::{Gone, Socket, to_text};
use crate::ids::{ContactId, LineId};
use crate::switchboard::{Effect, Input};

impl Visit {
    /// Carries one frame out.
    ///
    /// # Errors
    /// [`Gone`] if the console could not be written to.
    pub(super) async fn take(&self, frame: FromDesk, socket: &mut Socket) -> Result<(), Gone> {
        match frame {
            FromDesk::Ping => self.push(&ToDesk::Pong),
            FromDesk::Message { contact_id, client_id, text } => {
                self.message(&contact_id, client_id, text, socket);
            }
            FromDesk::History { contact_id, after_seq } => {
                return self.history(&contact_id, after_seq, socket).await;
            }
            FromDesk::Typing { contact_id } => self.typing(&contact_id),
            FromDesk::Read { contact_id, seq } => self.read(&contact_id, seq),
            FromDesk::Signal { contact_id } => {
                self.refuse(No::SignalUnsupported, Some(contact_id), None);
            }
            FromDesk::Sos { contact_id } => self.sos(contact_id).await,
            FromDesk::Transfer { contact_id, to, note } => {
                match self.transfer(&contact_id, &to, note).await {
                    Ok(input) => self.put(input, Some(contact_id)),
                    Err(no) => self.refuse(no, Some(contact_id), None),
                }
            }
            FromDesk::Look { contact_id, reason, words } => {
                return self.look(contact_id, reason, words, socket).await;
            }
            FromDesk::Heed { contact_id } => self.heed(contact_id).await,
            FromDesk::LookAway { contact_id } => self.look_away(&contact_id),
            FromDesk::Whisper { contact_id, client_id, text } => {
                self.whisper(contact_id, client_id, text).await;
            }
            FromDesk::Subscribe { topic } => self.subscribe(&topic, true),
            FromDesk::Unsubscribe { topic } => self.subscribe(&topic, false),
            command => self.command(command),
        }
        Ok(())
    }

    /// A frame that becomes one input of the switchboard.
    fn command(&self, frame: FromDesk) {
        let contact_id = match &frame {
            FromDesk::End { contact_id }
            | FromDesk::WrappedUp { contact_id }
            | FromDesk::Risk { contact_id, .. }
            | FromDesk::Close { contact_id } => Some(contact_id.clone()),
            _ => None,
        };
        match self.input_of(frame) {
            Ok(input) => self.put(input, contact_id),
            Err(no) => self.refuse(no, contact_id, None),
        }
    }

    fn input_of(&self, frame: FromDesk) -> Result<Input, No> {
        let counselor = self.counselor;
        let by = self.who.account;
        match frame {
            FromDesk::Presence { presence, .. } => {
                self.need(Permission::TakeContacts)?;
                Ok(Input::Wish { counselor, wish: presence.into() })
            }
            FromDesk::Accept { offer_id } => {
                let offer = offer_id.parse().map_err(|_| No::OfferGone)?;
                Ok(Input::Accept { counselor, offer })
            }
            FromDesk::Decline { offer_id, .. } => {
                let offer = offer_id.parse().map_err(|_| No::OfferGone)?;
                Ok(Input::Decline { counselor, offer })
            }
            FromDesk::PullOne => Ok(Input::PullOne { counselor }),
            FromDesk::End { contact_id } => {
                Ok(Input::End { counselor, contact: read_contact(&contact_id)? })
            }
            FromDesk::WrappedUp { contact_id } => {
                Ok(Input::WrappedUp { counselor, contact: read_contact(&contact_id)? })
            }
            FromDesk::Risk { contact_id, risk } => {
                let contact = self.held(&contact_id)?;
                Ok(Input::RiskSet { contact, risk: risk.into(), by })
            }
            FromDesk::SwitchboardMode { line, on } => {
                self.need(Permission::SwitchLines)?;
                Ok(Input::SwitchboardMode { line: self.line(&line)?, on, by })
            }
            FromDesk::Outage { line, on } => {
                self.need(Permission::SwitchLines)?;
                Ok(Input::Outage { line: self.line(&line)?, on, by })
            }
            FromDesk::LogOut { counselor_id } => {
                self.need(Permission::LogOutCounselors)?;
                let counselor = counselor_id.parse().map_err(|_| No::UnknownCounselor)?;
                Ok(Input::LogOut { counselor, by })
            }
            FromDesk::Close { contact_id } => {
                self.need(Permission::CloseContacts)?;
                Ok(Input::Close { contact: read_contact(&contact_id)?, by })
            }
            _ => Err(No::BadFrame),
        }
    }

    /// Puts an input in; a refusal comes back as an error frame. Commands of one console keep their order.
    fn put(&self, input: Input, contact_id: Option<String>) {
        let outbox = std::sync::Arc::clone(&self.outbox);
        let Ok(effects) = self.desk.switch.ask_in_order(input) else {
            return self.refuse(No::Busy, contact_id, None);
        };
        tokio::spawn(async move {
            let Ok(effects) = effects.await else { return };
            for effect in effects {
                if let Effect::Refuse { refusal } = effect {
                    let frame = error(No::from(&refusal), contact_id.clone(), None);
                    outbox.push(plain(to_text(&frame)));
                }
            }
        });
    }

    pub(super) fn need(&self, permission: Permission) -> Result<(), No> {
        if self.who.may(permission) { Ok(()) } else { Err(No::Forbidden) }
    }

    /// A contact that this counselor holds.
    pub(super) fn held(&self, contact_id: &str) -> Result<ContactId, No> {
        let contact = read_contact(contact_id)?;
        let holder = self.desk.hub.with_card(contact, |card| card.counselor());
        match holder {
            Some(Some(counselor)) if counselor == self.counselor => Ok(contact),
            Some(_) => Err(No::NotYours),
            None => Err(No::UnknownContact),
        }
    }

    pub(super) fn line(&self, code: &str) -> Result<LineId, No> {
        let book = self.desk.directory.book();
        Ok(book.line_by_code(code).ok_or(No::UnknownLine)?.line)
    }
}

pub(super) fn read_contact(contact_id: &str) -> Result<ContactId, No> {
    contact_id.parse().map_err(|_| No::UnknownContact)
}
