//! A counselor's telephone: one task, which rings when an offer comes and sleeps otherwise.
//!
//! It is a desk telephone or softphone at a fixed address. Lifting it accepts the offer; the two hear
//! each other when the machine has said so, and not before. Hanging up ends the talk; the note, for
//! whoever writes one, waits in the console. The caller's number never goes to it: what it shows is
//! the line.

use super::books::HeldLeg;
use super::endpoint::Room;
use super::invite;
use super::legs::OpenLeg;
use super::sdp::{self, Agreed, Ours};
use crate::ids::{ContactId, CounselorId, LineId, OfferId};
use crate::live::switch::SwitchError;
use crate::live::voice::{INBOX_MAX, ToPhone};
use crate::media::g711::Law;
use crate::media::{Direction, Side};
use crate::switchboard::{Effect, Input, Wish};
use futures_util::future::BoxFuture;
use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TransactionHandle};
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, Host, Request, Response, Uri};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Where a counselor is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedPhone {
    pub counselor: CounselorId,
    /// `sip:agent7@192.0.2.9:5080`
    pub address: String,
    /// Always available, and without a note: a demonstration's.
    pub is_tireless: bool,
}

/// Why a telephone cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no SIP address: {0}")]
pub struct NoAddress(pub String);

/// Seats a telephone and stays with it until the house closes.
///
/// # Errors
/// [`NoAddress`].
pub(super) fn seat(room: &Arc<Room>, telephone: &FixedPhone) -> Result<(), NoAddress> {
    let address = Uri::try_from(telephone.address.as_str())
        .map_err(|_| NoAddress(telephone.address.clone()))?;
    if let Host::IpAddr(address) = &address.host_with_port.host {
        // It is no trunk, but its answers and goodbyes are to be heard.
        room.trunks.welcome(*address);
    }
    let (sender, inbox) = mpsc::channel(INBOX_MAX);
    room.house.hub.telephones.seat_phone(telephone.counselor, sender);
    let phone = Phone {
        room: Arc::clone(room),
        counselor: telephone.counselor,
        is_tireless: telephone.is_tireless,
        address,
        inbox,
        call: None,
    };
    tokio::spawn(phone.run());
    Ok(())
}

struct Phone {
    room: Arc<Room>,
    counselor: CounselorId,
    is_tireless: bool,
    address: Uri,
    inbox: mpsc::Receiver<ToPhone>,
    call: Option<PhoneCall>,
}

/// An offer on its way to a talk.
struct PhoneCall {
    offer: OfferId,
    contact: ContactId,
    stage: Stage,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    leg: OpenLeg,
    ours: Ours,
    _held: HeldLeg,
    answer: Option<BoxFuture<'static, Option<Response>>>,
    accept: Option<BoxFuture<'static, Result<Vec<Effect>, SwitchError>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Ringing,
    /// Lifted; the machine has not said yes yet.
    Lifted,
    Talking,
}

enum Event {
    News(ToPhone),
    /// The telephone's final answer to the INVITE; `None` if there was none.
    Answered(Option<Response>),
    Accepted(Result<Vec<Effect>, SwitchError>),
    State(Box<DialogState>),
    Heard,
    Closing,
}

impl Phone {
    async fn run(mut self) {
        let switch = self.room.house.switch.clone();
        if self.is_tireless {
            switch.tell(Input::CounselorConnected { counselor: self.counselor }).await;
            switch.tell(Input::Wish { counselor: self.counselor, wish: Wish::Available }).await;
        }
        loop {
            match self.next().await {
                Event::Closing => break,
                Event::News(news) => self.on_news(news).await,
                Event::Answered(answer) => self.on_answered(answer).await,
                Event::Accepted(effects) => self.on_accepted(effects),
                Event::State(state) => self.on_state(*state).await,
                Event::Heard => {}
            }
        }
        self.hang_up();
        self.room.house.hub.telephones.unseat_phone(self.counselor);
    }

    async fn next(&mut self) -> Event {
        let Self { room, inbox, call, .. } = self;
        let Some(call) = call else {
            return tokio::select! {
                biased;
                () = room.closing.cancelled() => Event::Closing,
                news = inbox.recv() => news.map_or(Event::Closing, Event::News),
            };
        };
        tokio::select! {
            biased;
            () = room.closing.cancelled() => Event::Closing,
            news = inbox.recv() => news.map_or(Event::Closing, Event::News),
            answer = of(&mut call.answer) => Event::Answered(answer),
            effects = of(&mut call.accept) => Event::Accepted(effects),
            Some(state) = call.states.recv() => Event::State(Box::new(state)),
            // What a counselor presses is passed on as it is; it means nothing to the house.
            Some(_) = call.leg.events.recv() => Event::Heard,
        }
    }

    async fn on_news(&mut self, news: ToPhone) {
        let held = self.call.as_ref().map(|call| (call.offer, call.contact, call.stage));
        match (news, held) {
            (ToPhone::Ring { offer, contact, line, .. }, _) => {
                self.ring(offer, contact, line).await;
            }
            (ToPhone::Stop { offer }, Some((ringing, _, Stage::Ringing))) if offer == ringing => {
                self.hang_up();
            }
            (ToPhone::Connected { contact }, Some((_, held, _))) if contact == held => {
                if let Some(call) = &mut self.call {
                    call.stage = Stage::Talking;
                    self.room.house.legs.seat(call.leg.id, contact, Side::Counselor);
                }
            }
            (ToPhone::Over { contact }, held) => {
                if held.is_some_and(|(_, held, _)| held == contact) {
                    self.hang_up();
                }
                if self.is_tireless {
                    let counselor = self.counselor;
                    self.room.house.switch.tell(Input::WrappedUp { counselor, contact }).await;
                }
            }
            (ToPhone::Released { contact }, Some((_, held, _))) if contact == held => {
                self.hang_up();
            }
            (ToPhone::Stop { .. } | ToPhone::Connected { .. } | ToPhone::Released { .. }, _) => {}
        }
    }

    async fn ring(&mut self, offer: OfferId, contact: ContactId, line: LineId) {
        // Whatever was there has been told over: the machine never offers two voices at once.
        self.hang_up();
        match self.invite(offer, contact, line) {
            Some(call) => self.call = Some(call),
            None => self.decline(offer).await,
        }
    }

    /// Sends the INVITE; `None` if that cannot be.
    fn invite(&self, offer: OfferId, contact: ContactId, line: LineId) -> Option<PhoneCall> {
        let room = &self.room;
        let leg = room.house.legs.open()?;
        let held = room.books.hold_leg();
        let session = u64::try_from(room.house.clock.now().0).unwrap_or_default();
        let ours = Ours { address: leg.address, session, version: 1 };
        let code = room.house.directory.book().code(line);
        let contact_address = room.contact_address(&code);
        let option = InviteOption {
            caller: contact_address.clone(),
            contact: contact_address,
            callee: self.address.clone(),
            content_type: Some("application/sdp".to_owned()),
            offer: Some(sdp::write::offer(&ours, Law::A, Direction::Both)),
            headers: Some(vec![Header::Allow(invite::ALLOW.into())]),
            ..InviteOption::default()
        };
        let (sender, states) = room.dialogs.new_dialog_state_channel();
        let layer = Arc::new(DialogLayer {
            endpoint: Arc::clone(&room.dialogs.endpoint),
            inner: Arc::clone(&room.dialogs.inner),
        });
        let Ok((dialog, handle)) = layer.do_invite_async(option, sender) else {
            room.house.legs.close(leg.id);
            return None;
        };
        let answer = async move { handle.await.ok()?.ok()?.1 };
        Some(PhoneCall {
            offer,
            contact,
            stage: Stage::Ringing,
            dialog,
            states,
            leg,
            ours,
            _held: held,
            answer: Some(Box::pin(answer)),
            accept: None,
        })
    }

    async fn on_answered(&mut self, answer: Option<Response>) {
        let Some(call) = &mut self.call else { return };
        let offer = call.offer;
        let agreed =
            answer.as_ref().filter(|answer| answer.status_code.code() / 100 == 2).and_then(agreed);
        let Some(agreed) = agreed else {
            self.hang_up();
            self.decline(offer).await;
            return;
        };
        self.room.house.legs.aim(call.leg.id, agreed.aim());
        call.stage = Stage::Lifted;
        let (switch, counselor) = (self.room.house.switch.clone(), self.counselor);
        let accept = async move { switch.ask(Input::Accept { counselor, offer }).await };
        call.accept = Some(Box::pin(accept));
    }

    /// Too late: somebody else has it, or the caller has left.
    fn on_accepted(&mut self, effects: Result<Vec<Effect>, SwitchError>) {
        let is_ours = effects.is_ok_and(|effects| {
            !effects.iter().any(|effect| matches!(effect, Effect::Refuse { .. }))
        });
        if !is_ours {
            self.hang_up();
        }
    }

    async fn on_state(&mut self, state: DialogState) {
        let Some(call) = &mut self.call else { return };
        match state {
            DialogState::Updated(_, request, handle) => {
                let room = Arc::clone(&self.room);
                change(&room, call, &request, &handle).await;
            }
            DialogState::Info(_, _, handle) | DialogState::Options(_, _, handle) => {
                let _ = handle.reply(200.into()).await;
            }
            DialogState::Refer(_, _, handle)
            | DialogState::Message(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Publish(_, _, handle) => {
                let _ = handle.reply(405.into()).await;
            }
            // The answer to the INVITE tells of an end before the talk.
            DialogState::Terminated(..) if call.stage != Stage::Ringing => {
                let (contact, counselor) = (call.contact, self.counselor);
                self.hang_up();
                self.room.house.switch.tell(Input::End { counselor, contact }).await;
            }
            _ => {}
        }
    }

    async fn decline(&mut self, offer: OfferId) {
        let counselor = self.counselor;
        self.room.house.switch.tell(Input::Decline { counselor, offer }).await;
    }

    /// Lets go of the call: CANCEL or BYE as it needs, apart from what comes next.
    fn hang_up(&mut self) {
        let Some(call) = self.call.take() else { return };
        self.room.house.legs.close(call.leg.id);
        let PhoneCall { dialog, answer, .. } = call;
        let room = Arc::clone(&self.room);
        tokio::spawn(async move {
            if dialog.state().can_cancel() {
                let _ = dialog.cancel().await;
            }
            if let Some(answer) = answer {
                // The final answer ends the ringing, also one that crossed the CANCEL.
                answer.await;
            }
            if !dialog.state().is_terminated() {
                let _ = dialog.bye().await;
            }
            room.dialogs.remove_dialog(&dialog.id());
        });
    }
}

/// What the telephone's answer agrees to.
fn agreed(answer: &Response) -> Option<Agreed> {
    let offer = sdp::read(&answer.body).ok()?;
    Agreed::on(&offer).ok()
}

/// A re-INVITE or UPDATE of the telephone: hold, another address.
async fn change(room: &Room, call: &mut PhoneCall, request: &Request, handle: &TransactionHandle) {
    let offered = invite::read_body(request);
    let Ok(Some(offer)) = offered else {
        let body = (request.method == rsipstack::sip::Method::Invite)
            .then(|| sdp::write::offer(&call.ours, Law::A, Direction::Both));
        let headers = vec![Header::ContentType("application/sdp".into())];
        let _ = handle.respond(200.into(), body.is_some().then_some(headers), body).await;
        return;
    };
    let Ok(agreed) = Agreed::on(&offer) else {
        let _ = handle.reply(488.into()).await;
        return;
    };
    call.ours.version += 1;
    room.house.legs.aim(call.leg.id, agreed.aim());
    let body = sdp::write::answer(&call.ours, &offer, &agreed);
    let headers = vec![Header::ContentType("application/sdp".into())];
    let _ = handle.respond(200.into(), Some(headers), Some(body)).await;
}

/// The result of a pending future, which is then done; never, if there is none.
async fn of<T>(pending: &mut Option<BoxFuture<'static, T>>) -> T {
    match pending {
        Some(future) => {
            let result = future.await;
            *pending = None;
            result
        }
        None => std::future::pending().await,
    }
}
