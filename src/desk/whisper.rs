//! A word between the counselors of a talk, which its seeker never sees.
//!
//! A whisper is a note and no message: it has no number in the talk, and it goes only to consoles.
//! It is told when it is on disk, which is its ack; the same one sent again is stored once.

use super::command::read_contact;
use super::session::{Visit, plain};
use super::show;
use super::words::No;
use crate::dice;
use crate::door::socket::to_text;
use crate::door::text::judge_text;
use crate::ids::{AccountId, ContactId, NoteId};
use crate::live::Stage;
use crate::live::hub::Piece;
use crate::store::notes::{Note, NoteKind};
use crate::veil::Pii;

/// Whispers of one contact: a long night's, and no diary.
const WHISPERS_MAX: i64 = 1_000;

impl Visit {
    pub(super) async fn whisper(&self, contact_id: String, client_id: String, text: String) {
        let no = match self.whisperable(&contact_id, &client_id, &text) {
            Ok(contact) => match self.store_whisper(contact, client_id.clone(), text).await {
                Ok(note) => return self.tell_whisper(&note),
                Err(no) => no,
            },
            Err(no) => no,
        };
        self.refuse(no, Some(contact_id), Some(client_id));
    }

    /// A talk that this counselor holds or this console looks into.
    fn whisperable(&self, contact_id: &str, client_id: &str, text: &str) -> Result<ContactId, No> {
        judge_text(client_id, text, self.desk.text_chars_max)?;
        let contact = read_contact(contact_id)?;
        let stage = self.desk.hub.with_card(contact, |card| card.stage);
        match stage.ok_or(No::UnknownContact)? {
            Stage::Talking { counselor, .. } if counselor == self.counselor => Ok(contact),
            Stage::Talking { .. } if self.desk.hub.is_looking(contact, self.seat) => Ok(contact),
            Stage::WrapUp { counselor, .. } if counselor == self.counselor => Err(No::Ended),
            _ => Err(No::NotYours),
        }
    }

    /// The whisper as it is on disk: the first one of this `client_id`.
    async fn store_whisper(
        &self,
        contact: ContactId,
        client_id: String,
        text: String,
    ) -> Result<Note, No> {
        let at = self.desk.clock.now();
        let note = Note {
            note: NoteId(dice::uuid(at)),
            contact,
            author: self.counselor,
            kind: NoteKind::Whisper,
            text: Pii::new(text),
            client_id: Some(client_id),
            outcome: None,
            risk: None,
            at,
        };
        let stored = self.desk.store.notes().add_whisper(&note, WHISPERS_MAX).await;
        let stored = stored.map_err(|error| {
            tracing::error!(contact.id = %contact, %error, "desk.whisper not stored");
            No::NotStored
        })?;
        stored.ok_or(No::TooManyWhispers)
    }

    /// Told to who holds the contact and who looks in; to its writer with the `client_id`. A
    /// repeated one is told again: it is known by its id.
    fn tell_whisper(&self, note: &Note) {
        let book = self.desk.directory.book();
        let frame = |mine: bool| plain(to_text(&show::whisper(note, &book, mine)));
        let (mine, others) = (frame(true), frame(false));
        let author = AccountId(note.author.0);
        self.desk.hub.fan_out(
            [note],
            |note| (note.contact, None),
            |note, fan| {
                let holder = fan.card.and_then(|card| card.counselor());
                let held = if holder == Some(note.author) { &mine } else { &others };
                let mut is_told = fan.desks.iter().any(|desk| desk.seat.seat == self.seat);
                fan.desks.iter().for_each(|desk| desk.seat.outbox.push(held.clone()));
                for looker in fan.lookers {
                    let frame = if looker.look.account == author { &mine } else { &others };
                    looker.tell(Piece::Whisper(note.note), frame.clone());
                    is_told |= looker.seat == self.seat;
                }
                // The talk left while it was being stored: its writer still has an answer.
                if !is_told {
                    self.outbox.push(mine.clone());
                }
            },
        );
    }
}
