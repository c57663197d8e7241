//! However a call ends, everything it held is given back.

use super::Call;
use crate::sip::endpoint::Room;
use crate::sip::invite::Refused;
use crate::switchboard::Input;
use rsipstack::dialog::dialog::DialogState;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::StatusCode;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::uri::Tag;
use rsipstack::transaction::transaction::TransactionEvent;

impl Call {
    /// A final answer other than 200, with its headers, which the stack's own `reject` cannot carry.
    pub(super) fn reject(&mut self, refused: &Refused) {
        self.open.answered();
        let mut request = self.dialog.initial_request();
        let tag = Tag::new(self.dialog.id().local_tag);
        if let Ok(to) = request.to_header().cloned() {
            request.headers.unique_push(to.with_tag(tag).into());
        }
        let status = StatusCode::from(refused.status);
        let mut answer = self.room.dialogs.endpoint.make_response(&request, status.clone(), None);
        answer.headers.extend(refused.headers.clone());
        let _ = self.answers.send(TransactionEvent::Respond(answer));
        // Ours is sent; the stack's own comes too late and only moves its state.
        let _ = self.dialog.reject(Some(status), None);
    }

    /// Gives back the seat, the leg and the place in the queue.
    pub(super) async fn close(mut self) {
        let house = &self.room.house;
        house.hub.telephones.unseat_caller(self.contact, self.seat);
        house.legs.close(self.leg.id);
        if std::mem::take(&mut self.is_in_queue) {
            // Also while it is still knocking: the machine hears it in this order, or not at all.
            house.switch.tell(Input::Leave { contact: self.contact }).await;
        }
        if self.dialog.state().can_cancel() {
            let later = Refused::later(self.room.settings.retry_after_s);
            self.reject(&later);
        }
        tracing::info!(contact.id = %self.contact, "sip.call closed");
    }
}

/// The last messages of a call: the ACK that is still to come, then BYE. Nothing of the house waits
/// for it any more.
pub(super) async fn say_goodbye(
    room: &Room,
    dialog: &InviteDialog,
    rest: impl Future<Output = ()>,
) {
    if dialog.state().is_terminated() {
        // The peer has ended it; what it may repeat is answered by the stack.
        room.forget(dialog);
        rest.await;
        return;
    }
    // RFC 3261, 15: no BYE before the ACK, or before it can no longer come.
    rest.await;
    if dialog.state().is_confirmed() || matches!(dialog.state(), DialogState::Updated(..)) {
        let _ = dialog.bye().await;
    }
    room.forget(dialog);
}
