//! "Help me now": every supervisor who is connected hears of it at once, and the journal keeps it;
//! the board shows it until the talk is over, also after a restart.

use super::command::read_contact;
use super::frame::ToDesk;
use super::session::{Visit, plain};
use super::words::No;
use crate::accounts::Permission;
use crate::door::socket::to_text;
use crate::store::Act;

impl Visit {
    pub(super) async fn sos(&self, contact_id: String) {
        let contact = match self.held(&contact_id) {
            Ok(contact) => contact,
            Err(no) => return self.refuse(no, Some(contact_id), None),
        };
        let at = self.desk.clock.now();
        let call = self.desk.hub.note_call(contact, self.counselor, at);
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
        if let Err(error) = self.desk.store.calls().keep(&call, act).await {
            tracing::error!(contact.id = %contact, %error, "desk.sos was not stored");
        }
    }
    /// A supervisor goes there, and the others see it on the board.
    pub(super) async fn heed(&self, contact_id: String) {
        let contact =
            match self.need(Permission::WatchQueue).and_then(|()| read_contact(&contact_id)) {
                Ok(contact) if self.desk.hub.is_called(contact) => contact,
                Ok(_) => return self.refuse(No::UnknownContact, Some(contact_id), None),
                Err(no) => return self.refuse(no, Some(contact_id), None),
            };
        let at = self.desk.clock.now();
        let body = serde_json::json!({"act": "heed", "contact": contact, "by": self.who.account});
        let act = Act { at, body: body.to_string() };
        // Help does not wait for a disk in trouble.
        self.desk.hub.heed_call(contact, &self.who.alias);
        if let Err(error) = self.desk.store.calls().heed(contact, &self.who.alias, act).await {
            tracing::error!(contact.id = %contact, %error, "desk.heed was not stored");
        }
    }
}
