//! A supervisor looks into a talk that goes on.
//!
//! The journal has the look and its reason before anything is shown; the looker's own words are a
//! note, so that redaction and retention reach them. The counselor sees who looks in, the seeker
//! was told at the door that it may happen. A look ends with the talk, with the console, when the
//! looker turns away, and when the permission or the sign-in ends; the journal has its end too, with
//! the reason and how long it lasted, at the latest after the next start.

use super::Desk;
use super::command::read_contact;
use super::frame::{LookReason, ToDesk};
use super::session::{Visit, plain};
use super::show::{self, word};
use super::words::No;
use crate::accounts::Permission;
use crate::clock::At;
use crate::dice;
use crate::door::socket::{Gone, Socket, to_text};
use crate::ids::{ContactId, CounselorId, LookId, NoteId};
use crate::live::hub::{Begun, Hub, Looker, SeatId};
use crate::store::look_ins::LookIn;
use crate::store::notes::{Note, NoteKind};
use crate::store::{Act, Store};
use crate::veil::Pii;
use std::time::Duration;

/// Talks that one console looks into at once: as many as a screen shows side by side.
pub const LOOKS_MAX: usize = 4;
/// Characters of a reason in the looker's own words.
const WORDS_CHARS_MAX: usize = 200;
/// How often a look asks whether its permission and sign-in still hold.
const CHECK_EVERY: Duration = Duration::from_secs(5);

impl Visit {
    /// Shows a talk: its history, then what is said.
    ///
    /// # Errors
    /// [`Gone`] if the console could not be written to.
    pub(super) async fn look(
        &self,
        contact_id: String,
        reason: LookReason,
        words: Option<String>,
        socket: &mut Socket,
    ) -> Result<(), Gone> {
        match self.begin_look(&contact_id, reason, words).await {
            Ok((look, begun)) => self.show_talk(look, begun, socket).await,
            Err(no) => {
                self.refuse(no, Some(contact_id), None);
                Ok(())
            }
        }
    }

    /// Turning away twice is no fault.
    pub(super) fn look_away(&self, contact_id: &str) {
        let Ok(contact) = read_contact(contact_id) else { return };
        let seat = self.seat;
        self.desk.end_looks(contact, "look_away", |looker| looker.seat == seat);
    }

    async fn begin_look(
        &self,
        contact_id: &str,
        reason: LookReason,
        words: Option<String>,
    ) -> Result<(LookId, Begun), No> {
        self.need(Permission::LookIn)?;
        let words = words.filter(|words| !words.trim().is_empty());
        if words.as_ref().is_some_and(|words| words.chars().count() > WORDS_CHARS_MAX) {
            return Err(No::WordsTooLong);
        }
        if words.as_ref().is_some_and(|words| words.contains('\0')) {
            return Err(No::TextUnstorable);
        }
        let contact = read_contact(contact_id)?;
        let (seat, account) = (self.seat, self.who.account);
        let counselor = self.desk.hub.may_look(contact, seat, account, LOOKS_MAX)?;
        let began_at = self.desk.clock.now();
        let look = LookIn { look: LookId(dice::uuid(began_at)), contact, account, began_at };
        self.journal_look(&look, counselor, reason, words).await.map_err(|error| {
            tracing::error!(contact.id = %contact, %error, "desk.look was not journaled");
            No::NotStored
        })?;
        let outbox = std::sync::Arc::clone(&self.outbox);
        let looker = Looker::new(look, seat, self.who.alias.clone(), outbox);
        // The talk may have ended meanwhile.
        let begun = self.desk.hub.begin_look(looker, LOOKS_MAX).inspect_err(|_| {
            journal_ends(&self.desk.store, self.desk.clock.now(), "not_begun", [look]);
        })?;
        journal_ends(&self.desk.store, self.desk.clock.now(), "replaced", begun.replaced);
        tell_looked_at(&self.desk.hub, contact);
        tokio::spawn(watch_over(self.desk.clone(), self.who.session_hash, contact, look.look));
        Ok((look.look, begun))
    }

    async fn journal_look(
        &self,
        look: &LookIn,
        counselor: CounselorId,
        reason: LookReason,
        words: Option<String>,
    ) -> Result<(), crate::store::StoreError> {
        let LookIn { look: id, contact, began_at: at, .. } = *look;
        let note = words.map(|words| Note {
            note: NoteId(dice::uuid(at)),
            contact,
            author: self.counselor,
            kind: NoteKind::Look,
            text: Pii::new(words),
            client_id: None,
            outcome: None,
            risk: None,
            at,
        });
        let body = serde_json::json!({
            "act": "look", "look": id, "contact": contact, "counselor": counselor,
            "reason": word(reason), "by": self.who.account, "note": note.as_ref().map(|note| note.note),
        });
        let act = Act { at, body: body.to_string() };
        self.desk.store.look_ins().begin(look, note.as_ref(), act).await
    }

    async fn show_talk(&self, look: LookId, begun: Begun, socket: &mut Socket) -> Result<(), Gone> {
        let Begun { card, counselor, .. } = begun;
        let (hub, contact) = (&self.desk.hub, card.contact);
        let book = self.desk.directory.book();
        let online = hub.is_seeker_seated(contact);
        let shown = show::contact(&card, &book, online, hub.lookers_of(contact));
        let looking = shown
            .map(|contact| to_text(&ToDesk::Looking { contact, counselor: book.alias(counselor) }));
        socket.write(looking).await?;
        match self.show_history(contact, 0, socket).await? {
            Some(shown) => hub.open_look(contact, look, shown.seq, &shown.whispers),
            None => self.desk.end_looks(contact, "busy", |looker| looker.look.look == look),
        }
        Ok(())
    }
}

impl Desk {
    fn end_looks(&self, contact: ContactId, reason: &str, chosen: impl Fn(&Looker) -> bool) {
        end_looks(&self.hub, &self.store, self.clock.now(), contact, reason, chosen);
    }
}

/// Ends the looks of a contact that `chosen` names: the lookers are told, and its counselor.
pub fn end_looks(
    hub: &Hub,
    store: &Store,
    at: At,
    contact: ContactId,
    reason: &str,
    chosen: impl Fn(&Looker) -> bool,
) {
    let ended = hub.end_looks(contact, chosen);
    if ended.is_empty() {
        return;
    }
    let frame = ToDesk::LookEnded { contact_id: contact.to_string(), reason: reason.to_owned() };
    let frame = plain(to_text(&frame));
    for looker in &ended {
        looker.say(frame.clone());
    }
    tell_looked_at(hub, contact);
    journal_ends(store, at, reason, ended.iter().map(|looker| looker.look));
}

/// The console has gone, and with it what it looked into.
pub(super) fn end_looks_of(desk: &Desk, seat: SeatId) {
    let ended = desk.hub.end_looks_of(seat);
    for look in &ended {
        tell_looked_at(&desk.hub, look.contact);
    }
    journal_ends(&desk.store, desk.clock.now(), "console_gone", ended);
}

/// Nobody waits for it: what cannot be written now is written at the next start.
fn journal_ends(store: &Store, at: At, reason: &str, ended: impl IntoIterator<Item = LookIn>) {
    for look in ended {
        let (look_ins, reason) = (store.look_ins(), reason.to_owned());
        tokio::spawn(async move {
            if let Err(error) = look_ins.end(&look, &reason, at, at).await {
                tracing::error!(contact.id = %look.contact, %error, "desk.look_ended was not journaled");
            }
        });
    }
}

/// Tells the counselor who looks in now.
pub fn tell_looked_at(hub: &Hub, contact: ContactId) {
    hub.tell_looked_at(contact, |by| plain(to_text(&show::looked_at(contact, by))));
}

/// Ends the look when the permission or the sign-in has ended. A store that cannot be asked ends
/// nothing: the talk may be the one in which somebody is in danger.
async fn watch_over(desk: Desk, session: [u8; 32], contact: ContactId, look: LookId) {
    let mut pulse = tokio::time::interval(CHECK_EVERY);
    loop {
        pulse.tick().await;
        if !desk.hub.has_look(contact, look) {
            return;
        }
        if matches!(desk.accounts.still_may(&session, Permission::LookIn).await, Ok(false)) {
            desk.end_looks(contact, "forbidden", |looker| looker.look.look == look);
            return;
        }
    }
}
