//! A talk is handed on: to a line, a skill or a person, with a note for whoever takes it.

use super::frame::TransferTo;
use super::session::Visit;
use super::words::No;
use crate::dice;
use crate::door::text::judge_text;
use crate::ids::{ContactId, CounselorId, NoteId};
use crate::store::notes::{Note, NoteKind};
use crate::switchboard::{Input, Target};
use crate::veil::Pii;

impl Visit {
    /// The note of a transfer is on disk before the transfer itself. It is a note and no message:
    /// it has no number in the talk, so the seeker sees neither it nor a gap.
    pub(super) async fn transfer(
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
            client_id: None,
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
}
