//! What is said in a talk in hand, and its history.

use super::command::read_contact;
use super::frame::ToDesk;
use super::session::{Visit, plain};
use super::show;
use super::words::No;
use crate::dice;
use crate::door::socket::{Gone, Socket, to_text};
use crate::door::text::judge_text;
use crate::ids::{ContactId, MessageId, NoteId};
use crate::live::{Sender, Stage};
use crate::store::notes::{Note, NoteKind};
use crate::store::{Append, MessageKind};
use crate::veil::Pii;
use axum::extract::ws::Utf8Bytes;
use std::collections::{BTreeSet, VecDeque};

/// How far a history has been shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) seq: i64,
    pub(super) whispers: BTreeSet<NoteId>,
}

impl Visit {
    pub(super) fn message(
        &self,
        contact_id: &str,
        client_id: String,
        text: String,
        socket: &mut Socket,
    ) {
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

    /// The seeker and those who look in see that the counselor writes.
    pub(super) fn typing(&self, contact_id: &str) {
        let Ok(contact) = self.held(contact_id) else { return };
        let from = Sender::Counselor;
        let to_seeker = to_text(&serde_json::json!({"type": "typing", "from": from}));
        self.desk.hub.tell_seeker(contact, plain(to_seeker));
        let to_lookers = to_text(&ToDesk::Typing { contact_id: contact.to_string(), from });
        self.desk.hub.tell_lookers(contact, &plain(to_lookers));
    }

    pub(super) fn read(&self, contact_id: &str, seq: i64) {
        let Ok(contact) = self.held(contact_id) else { return };
        // Kept on the card: a seeker whose page was loaded again asks what has been read.
        self.desk.hub.with_card(contact, |card| {
            card.read_seq = card.read_seq.max(Some(seq.min(card.last_seq)));
        });
        let frame = to_text(&serde_json::json!({"type": "read", "seq": seq}));
        self.desk.hub.tell_seeker(contact, plain(frame));
    }

    /// The history of a contact in hand, written at once.
    pub(super) async fn history(
        &self,
        contact_id: &str,
        after_seq: i64,
        socket: &mut Socket,
    ) -> Result<(), Gone> {
        let no = match self.held(contact_id) {
            Ok(contact) => match self.show_history(contact, after_seq, socket).await? {
                Some(_) => return Ok(()),
                None => No::Busy,
            },
            Err(no) => no,
        };
        self.refuse(no, Some(contact_id.to_owned()), None);
        Ok(())
    }

    /// The transfer notes, then messages after `after_seq` and all whispers in order of time;
    /// `None` if the store could not be asked.
    pub(super) async fn show_history(
        &self,
        contact: ContactId,
        after_seq: i64,
        socket: &mut Socket,
    ) -> Result<Option<Shown>, Gone> {
        let Ok(notes) = self.desk.store.notes().list(contact).await else { return Ok(None) };
        let handed = notes.iter().filter(|note| note.kind == NoteKind::Transfer);
        let handed: Vec<_> = handed.map(|note| to_text(&show::transfer_note(note))).collect();
        socket.write(handed).await?;
        let whispers = notes.into_iter().filter(|note| note.kind == NoteKind::Whisper);
        let mut whispers: VecDeque<Note> = whispers.collect();
        let mut shown = Shown { seq: after_seq.max(0), whispers: BTreeSet::new() };
        loop {
            let page = self.desk.history_page;
            let read = self.desk.store.reader().history(contact, shown.seq, page).await;
            let Ok(messages) = read else { return Ok(None) };
            let is_full = u32::try_from(messages.len()).is_ok_and(|count| count >= page);
            let mut frames = Vec::with_capacity(messages.len());
            for message in &messages {
                while let Some(whisper) = whispers.pop_front_if(|note| note.at < message.at) {
                    frames.push(self.whisper_frame(&whisper, &mut shown));
                }
                frames.push(to_text(&show::message(contact, message)));
                shown.seq = message.seq;
            }
            if !is_full {
                frames.extend(whispers.drain(..).map(|note| self.whisper_frame(&note, &mut shown)));
            }
            socket.write(frames).await?;
            if !is_full {
                return Ok(Some(shown));
            }
        }
    }

    fn whisper_frame(&self, whisper: &Note, shown: &mut Shown) -> Utf8Bytes {
        shown.whispers.insert(whisper.note);
        let book = self.desk.directory.book();
        to_text(&show::whisper(whisper, &book, whisper.author == self.counselor))
    }
}
