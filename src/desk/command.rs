//! What a console asks for, and who may ask it.

use super::frame::{FromDesk, ToDesk, TransferTo};
use super::session::{Visit, error, plain};
use super::show;
use super::words::No;
use crate::accounts::Permission;
use crate::dice;
use crate::door::socket::{Gone, Socket, to_text};
use crate::door::text::{TextFault, judge_text};
use crate::ids::{ContactId, CounselorId, LineId, MessageId, NoteId};
use crate::live::{Sender, Stage};
use crate::store::notes::{Note, NoteKind};
use crate::store::{Act, Append, MessageKind};
use crate::switchboard::{Effect, Input, Target};
use crate::veil::Pii;

impl From<TextFault> for No {
    fn from(fault: TextFault) -> Self {
        match fault {
            TextFault::TooLong => Self::TextTooLong,
            TextFault::Empty => Self::TextEmpty,
            TextFault::Unstorable => Self::TextUnstorable,
            TextFault::BadClientId => Self::BadClientId,
        }
    }
}

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
            FromDesk::Typing { contact_id } => self.tell_seeker(
                &contact_id,
                |_| serde_json::json!({"type": "typing", "from": Sender::Counselor}),
            ),
            FromDesk::Read { contact_id, seq } => self
                .tell_seeker(&contact_id, move |_| serde_json::json!({"type": "read", "seq": seq})),
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
            FromDesk::Look { contact_id, .. }
            | FromDesk::LookAway { contact_id }
            | FromDesk::Whisper { contact_id, .. } => {
                self.refuse(No::BadFrame, Some(contact_id), None);
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

    fn message(&self, contact_id: &str, client_id: String, text: String, socket: &mut Socket) {
        let no = match self.sayable(contact_id, &client_id, &text) {
            Ok(contact) => match self.append(contact, client_id.clone(), text) {
                Ok(()) => return socket.note_in_flight(),
                Err(no) => no,
            },
            Err(no) => no,
        };
        self.refuse(no, Some(contact_id.to_owned()), Some(client_id));
    }

    fn sayable(&self, contact_id: &str, client_id: &str, text: &str) -> Result<ContactId, No> {
        judge_text(client_id, text, self.desk.text_chars_max)?;
        let contact = read_contact(contact_id)?;
        let card = self.desk.hub.card(contact).ok_or(No::UnknownContact)?;
        match card.stage {
            Stage::Talking { counselor, .. } if counselor == self.counselor => {}
            Stage::WrapUp { counselor, .. } if counselor == self.counselor => {
                return Err(No::Ended);
            }
            _ => return Err(No::NotYours),
        }
        if card.last_seq >= self.desk.messages_max {
            return Err(No::TooManyMessages);
        }
        Ok(contact)
    }

    fn append(&self, contact: ContactId, client_id: String, text: String) -> Result<(), No> {
        let at = self.desk.clock.now();
        let append = Append {
            tag: self.seat.0,
            contact,
            message: MessageId(dice::uuid(at)),
            from: crate::store::Sender::Counselor,
            author: Some(self.counselor),
            client_id: Some(client_id),
            kind: MessageKind::Message,
            text: Pii::new(text),
            at,
        };
        self.desk.store.writer().append(append).map_err(|_| No::Busy)
    }

    /// The note of a transfer is on disk before the transfer itself. It is a note and no message:
    /// it has no number in the talk, so the seeker sees neither it nor a gap.
    async fn transfer(
        &self,
        contact_id: &str,
        to: &TransferTo,
        note: Option<String>,
    ) -> Result<Input, No> {
        let contact = self.held(contact_id)?;
        let to = match to {
            TransferTo::Line(code) => Target::Line(self.line(code)?),
            TransferTo::Skill(code) => {
                let book = self.desk.directory.book();
                Target::Skill(book.skill_by_code(code).ok_or(No::NoSuchTarget)?.skill)
            }
            TransferTo::Counselor(id) => Target::Counselor(self.find_counselor(id)?),
        };
        let note = match note.filter(|note| !note.trim().is_empty()) {
            None => None,
            Some(text) => Some(self.leave_note(contact, text).await?),
        };
        Ok(Input::Transfer { counselor: self.counselor, contact, to, note })
    }

    async fn leave_note(&self, contact: ContactId, text: String) -> Result<NoteId, No> {
        judge_text("note", &text, self.desk.text_chars_max)?;
        let at = self.desk.clock.now();
        let note = Note {
            note: NoteId(dice::uuid(at)),
            contact,
            author: self.counselor,
            kind: NoteKind::Transfer,
            text: Pii::new(text),
            outcome: None,
            risk: self.desk.hub.card(contact).map(|card| card.risk),
            at,
        };
        let id = note.note;
        self.desk.store.notes().add(&note).await.map_err(|error| {
            tracing::error!(contact.id = %contact, %error, "desk.transfer note not stored");
            No::NotStored
        })?;
        Ok(id)
    }

    /// By id, or by the alias that colleagues know.
    fn find_counselor(&self, named: &str) -> Result<CounselorId, No> {
        let book = self.desk.directory.book();
        let by_id = named.parse().ok().filter(|id| book.counselor(*id).is_some());
        by_id.or_else(|| book.counselor_by_alias(named.trim())).ok_or(No::NoSuchTarget)
    }

    /// The transfer notes and the messages of a contact in hand, written at once, in order.
    async fn history(
        &self,
        contact_id: &str,
        after_seq: i64,
        socket: &mut Socket,
    ) -> Result<(), Gone> {
        let contact = match self.held(contact_id) {
            Ok(contact) => contact,
            Err(no) => {
                self.refuse(no, Some(contact_id.to_owned()), None);
                return Ok(());
            }
        };
        let Ok(notes) = self.desk.store.notes().list(contact).await else {
            self.refuse(No::Busy, Some(contact_id.to_owned()), None);
            return Ok(());
        };
        let notes = notes.iter().filter(|note| note.kind == NoteKind::Transfer);
        let frames = notes.map(|note| to_text(&show::transfer_note(note)));
        socket.write(frames.collect::<Vec<_>>()).await?;
        let mut after = after_seq.max(0);
        loop {
            let page = self.desk.history_page;
            let Ok(messages) = self.desk.store.reader().history(contact, after, page).await else {
                self.refuse(No::Busy, Some(contact_id.to_owned()), None);
                return Ok(());
            };
            let full = u32::try_from(messages.len()).is_ok_and(|count| count >= page);
            after = messages.last().map_or(after, |message| message.seq);
            let frames = messages.iter().map(|message| to_text(&show::message(contact, message)));
            socket.write(frames.collect::<Vec<_>>()).await?;
            if !full {
                return Ok(());
            }
        }
    }

    fn tell_seeker(&self, contact_id: &str, frame: impl FnOnce(ContactId) -> serde_json::Value) {
        if let Ok(contact) = self.held(contact_id) {
            self.desk.hub.tell_seeker(contact, plain(to_text(&frame(contact))));
        }
    }

    async fn sos(&self, contact_id: String) {
        let contact = match self.held(&contact_id) {
            Ok(contact) => contact,
            Err(no) => return self.refuse(no, Some(contact_id), None),
        };
        let at = self.desk.clock.now();
        let frame = ToDesk::Sos {
            contact_id: contact_id.clone(),
            counselor_id: self.counselor.to_string(),
            counselor: self.who.alias.clone(),
            at: at.rfc3339(),
        };
        if self.desk.hub.tell_supervisors(&plain(to_text(&frame))) == 0 {
            self.refuse(No::NoSupervisor, Some(contact_id), None);
        }
        let body = serde_json::json!({"act": "sos", "contact": contact, "by": self.counselor});
        let act = Act { at, body: body.to_string() };
        if let Err(error) = self.desk.store.writer().journal(act).await {
            tracing::error!(contact.id = %contact, %error, "desk.sos was not journaled");
        }
    }

    fn subscribe(&self, topic: &str, watches: bool) {
        if topic != "queue_health" {
            return self.refuse(No::UnknownTopic, None, None);
        }
        match self.need(Permission::WatchQueue) {
            Ok(()) => self.desk.hub.watch_queue(self.who.account, self.seat, watches),
            Err(no) => self.refuse(no, None, None),
        }
    }

    fn need(&self, permission: Permission) -> Result<(), No> {
        if self.who.may(permission) { Ok(()) } else { Err(No::Forbidden) }
    }

    /// A contact that this counselor holds.
    fn held(&self, contact_id: &str) -> Result<ContactId, No> {
        let contact = read_contact(contact_id)?;
        let holder = self.desk.hub.with_card(contact, |card| card.counselor());
        match holder {
            Some(Some(counselor)) if counselor == self.counselor => Ok(contact),
            Some(_) => Err(No::NotYours),
            None => Err(No::UnknownContact),
        }
    }

    fn line(&self, code: &str) -> Result<LineId, No> {
        let book = self.desk.directory.book();
        Ok(book.line_by_code(code).ok_or(No::UnknownLine)?.line)
    }
}

fn read_contact(contact_id: &str) -> Result<ContactId, No> {
    contact_id.parse().map_err(|_| No::UnknownContact)
}
