//! One call from its INVITE to nothing left of it: one task.
//!
//! The caller's leg is opened, the line knocked at, and only when the contact is on disk is the call
//! answered; from then on the caller waits like any other seeker. Whatever ends it, goodbye on either
//! side, an error, a vanished peer or a stopped media room, ends in [`Call::close`].

mod change;
mod ending;
mod knock;
mod say;

use super::books::{HeldLeg, OpenCall};
use super::endpoint::Room;
use super::invite::{self, Invite, Refused};
use super::legs::OpenLeg;
use super::sdp::{Agreed, Ours};
use super::timer::{Refresher, Timer};
use crate::config::TrunkSettings;
use crate::dice;
use crate::ids::{ContactId, LineId};
use crate::live::card::Place;
use crate::live::hub::SeatId;
use crate::live::switch::SwitchError;
use crate::live::voice::{INBOX_MAX, ToCaller};
use crate::media::g711::Law;
use crate::media::{Direction, LegEvent};
use crate::meter::figure;
use crate::switchboard::{Effect, Input};
use futures_util::future::BoxFuture;
use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::Request;
use rsipstack::transaction::transaction::{Transaction, TransactionEventSender};
use std::ops::ControlFlow::{self, Break, Continue};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Interval;

/// A counter of sessions and versions that is never the same in two calls of one process and one port.
const SESSION_VERSION: u64 = 1;

/// Takes a new call and stays with it.
pub(super) async fn run(room: Arc<Room>, mut tx: Transaction) {
    let books = Arc::clone(&room.books);
    let open = books.open_call();
    let (call, dialog) = match Call::begin(&room, &tx, open) {
        Ok(begun) => begun,
        Err(refused) => {
            tracing::info!(status = refused.status, "sip.call refused");
            figure::count_call_refused(&refused.status.to_string());
            // Nothing of it is kept; the stack repeats the answer to whoever asks again.
            let _ = tx.reply_with(refused.status.into(), refused.headers, None).await;
            return;
        }
    };
    let mut handler = dialog.clone();
    let mut driver = pin!(async move { handler.handle(&mut tx).await });
    let mut is_driven = true;
    let mut call = call;
    loop {
        let event = tokio::select! {
            biased;
            _ = &mut driver, if is_driven => {
                is_driven = false;
                // Answered and acknowledged, or over: the state says which.
                if dialog.state().is_confirmed() || dialog.state().is_terminated() { continue }
                break;
            }
            event = call.next() => event,
        };
        if call.on(event).await.is_break() {
            break;
        }
    }
    call.close().await;
    let tail = async {
        if is_driven {
            let _ = driver.await;
        }
    };
    ending::say_goodbye(&room, &dialog, tail).await;
}

/// A call.
pub(super) struct Call {
    room: Arc<Room>,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    open: OpenCall,
    /// To the INVITE's transaction.
    answers: TransactionEventSender,
    /// The trunk's name, which names no person.
    trunk: String,
    contact: ContactId,
    line: LineId,
    seat: SeatId,
    news: mpsc::Receiver<ToCaller>,
    leg: OpenLeg,
    _held: HeldLeg,
    ours: Ours,
    /// `None` until the caller has said what it speaks.
    agreed: Option<Agreed>,
    /// Our answer to its offer; `None` if we are the one who offers.
    answer: Option<Vec<u8>>,
    /// We have offered, and the answer comes with an ACK.
    awaits_answer: bool,
    timer: Option<Timer>,
    due: Option<Interval>,
    announce: Interval,
    knock: Option<BoxFuture<'static, Result<Vec<Effect>, SwitchError>>>,
    check: Option<BoxFuture<'static, Sign>>,
    place: Option<Place>,
    stage: Stage,
    /// The machine knows of it and has not ended it.
    is_in_queue: bool,
    has_greeted: bool,
    is_danger_noted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Not answered yet.
    Ringing,
    Waiting,
    Talking,
    /// The last words are being said.
    Closing,
}

/// What asking the other side has shown.
enum Sign {
    There,
    /// It is there, and says again what it speaks and where.
    Agrees(Agreed),
    Gone,
}

/// What wakes a call.
enum Event {
    State(Box<DialogState>),
    News(ToCaller),
    Leg(LegEvent),
    Knocked(Result<Vec<Effect>, SwitchError>),
    /// The other side was asked whether it is still there.
    Checked(Sign),
    /// The session timer is due.
    TimerDue,
    Announce,
    /// The house closes: the caller keeps the place, and is called back where that is known.
    Closing,
    /// Somebody this call depends on has stopped.
    Gone(&'static str),
}

impl Call {
    /// Everything up to the first 180.
    fn begin(
        room: &Arc<Room>,
        tx: &Transaction,
        open: OpenCall,
    ) -> Result<(Self, InviteDialog), Refused> {
        let trunk = room.trunk_of(tx).ok_or(Refused::with(403))?;
        room.may_take()?;
        let book = room.house.directory.book();
        let invite = invite::read(&tx.original, trunk, &book, &room.settings)?;
        let later = || Refused::later(room.settings.retry_after_s);
        let leg = room.house.legs.open().ok_or_else(later)?;
        let held = room.books.hold_leg();
        let (sender, states) = room.dialogs.new_dialog_state_channel();
        let contact_address = room.contact_address(&book.code(invite.line));
        let dialog =
            room.dialogs.get_or_create_server_invite(tx, sender, None, Some(contact_address));
        let Ok(dialog) = dialog else {
            room.house.legs.close(leg.id);
            return Err(Refused::with(400));
        };
        let call =
            Self::with(room, tx, (trunk, open, invite), (leg, held), (dialog.clone(), states));
        room.show_dialogs();
        // Before the stack is driven: 180 instead of 100, so that the caller stops repeating itself.
        let _ = dialog.ringing(None, None);
        Ok((call, dialog))
    }

    fn with(
        room: &Arc<Room>,
        tx: &Transaction,
        (trunk, open, invite): (&TrunkSettings, OpenCall, Invite),
        (leg, held): (OpenLeg, HeldLeg),
        (dialog, states): (InviteDialog, DialogStateReceiver),
    ) -> Self {
        let at = room.house.clock.now();
        let contact = ContactId(dice::uuid(at));
        let (inbox, news) = mpsc::channel(INBOX_MAX);
        let seat = room.house.hub.next_seat();
        // Seated before it is known: whatever the machine says first is heard.
        room.house.hub.telephones.seat_caller(contact, seat, inbox);
        let session = u64::try_from(at.0).unwrap_or_default();
        let ours = Ours { address: leg.address, session, version: SESSION_VERSION };
        let offered = invite.offered.as_ref();
        let answer = offered.map(|(offer, agreed)| super::sdp::write::answer(&ours, offer, agreed));
        let mut call = Self {
            knock: None,
            room: Arc::clone(room),
            dialog,
            states,
            open,
            answers: tx.tu_sender.clone(),
            trunk: trunk.name.clone(),
            contact,
            line: invite.line,
            seat,
            news,
            leg,
            _held: held,
            ours,
            agreed: offered.map(|(_, agreed)| *agreed),
            answer,
            awaits_answer: false,
            timer: invite.timer,
            due: None,
            announce: every(room.settings.announce_every_s),
            check: None,
            place: None,
            stage: Stage::Ringing,
            is_in_queue: false,
            has_greeted: false,
            is_danger_noted: false,
        };
        call.knock = Some(call.knock_with(invite.caller, at));
        call.is_in_queue = true;
        call
    }

    /// Waits for whatever comes first. Nothing is lost when it is dropped half-way.
    async fn next(&mut self) -> Event {
        tokio::select! {
            biased;
            () = self.room.closing.cancelled() => Event::Closing,
            state = self.states.recv() => state.map_or(Event::Gone("dialog"), |state| Event::State(Box::new(state))),
            effects = of(&mut self.knock) => Event::Knocked(effects),
            news = self.news.recv() => news.map_or(Event::Gone("seat"), Event::News),
            heard = self.leg.events.recv() => heard.map_or(Event::Gone("leg"), Event::Leg),
            is_there = of(&mut self.check) => Event::Checked(is_there),
            () = due(&mut self.due) => Event::TimerDue,
            _ = self.announce.tick() => Event::Announce,
        }
    }

    async fn on(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::State(state) => self.on_state(*state).await,
            Event::Knocked(effects) => self.on_knocked(effects).await,
            Event::News(news) => self.on_news(&news),
            Event::Leg(heard) => self.on_leg(heard).await,
            Event::Checked(Sign::There) => Continue(()),
            Event::Checked(Sign::Agrees(agreed)) => {
                self.aim(agreed);
                Continue(())
            }
            Event::Checked(Sign::Gone) => self.give_up("the other side is gone"),
            Event::TimerDue => self.on_timer_due(),
            Event::Announce => {
                self.announce_place();
                Continue(())
            }
            Event::Closing => {
                self.is_in_queue = false;
                Break(())
            }
            Event::Gone(what) => self.give_up(what),
        }
    }

    fn give_up(&self, reason: &'static str) -> ControlFlow<()> {
        tracing::warn!(contact.id = %self.contact, reason, "sip.call gives up");
        Break(())
    }

    async fn on_state(&mut self, state: DialogState) -> ControlFlow<()> {
        match state {
            DialogState::Confirmed(..) => self.on_confirmed(),
            DialogState::Updated(_, request, handle) => {
                self.on_change(&request, &handle).await;
                Continue(())
            }
            DialogState::Info(_, request, handle) => {
                let key = change::key_in(&request);
                let _ = handle.reply(200.into()).await;
                if let Some(key) = key {
                    self.on_key(key).await;
                }
                Continue(())
            }
            DialogState::Options(_, _, handle) => {
                let _ = handle.reply(200.into()).await;
                Continue(())
            }
            DialogState::Refer(_, _, handle)
            | DialogState::Message(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Publish(_, _, handle) => {
                let _ = handle.reply(405.into()).await;
                Continue(())
            }
            DialogState::Terminated(..) => Break(()),
            DialogState::Calling(_)
            | DialogState::Trying(_)
            | DialogState::Early(..)
            | DialogState::WaitAck(..) => Continue(()),
        }
    }

    /// The ACK has come: of the call, or of a change.
    fn on_confirmed(&mut self) -> ControlFlow<()> {
        if std::mem::take(&mut self.awaits_answer) {
            let answer = self.dialog.last_remote_ack();
            if !self.hear_answer(answer.as_ref()) && self.agreed.is_none() {
                return self.give_up("no answer to our offer");
            }
        }
        if !std::mem::replace(&mut self.has_greeted, true) {
            self.greet();
        }
        Continue(())
    }

    fn hear_answer(&mut self, ack: Option<&Request>) -> bool {
        let offer = ack.and_then(|ack| invite::read_body(ack).ok().flatten());
        let Some(agreed) = offer.and_then(|offer| Agreed::on(&offer).ok()) else { return false };
        self.aim(agreed);
        true
    }

    fn aim(&mut self, agreed: Agreed) {
        self.agreed = Some(agreed);
        self.room.house.legs.aim(self.leg.id, agreed.aim());
    }

    async fn on_leg(&mut self, heard: LegEvent) -> ControlFlow<()> {
        match heard {
            LegEvent::Digit(digit) => self.on_key(digit.as_char()).await,
            LegEvent::Said { token, .. } if token == say::FAREWELL => return Break(()),
            LegEvent::Silent | LegEvent::OneWay if self.stage != Stage::Ringing => self.check(),
            LegEvent::Silent
            | LegEvent::OneWay
            | LegEvent::Said { .. }
            | LegEvent::Heard
            | LegEvent::Back => {}
        }
        Continue(())
    }

    /// `1`: in danger now. Nothing else means anything while somebody waits.
    async fn on_key(&mut self, key: char) {
        if key == '1' && self.stage == Stage::Waiting && !self.is_danger_noted {
            self.is_danger_noted = true;
            self.room.house.switch.tell(Input::Danger { contact: self.contact }).await;
        }
    }

    /// A silent leg may be a muted telephone or one that is gone: asking tells.
    fn check(&mut self) {
        if self.check.is_some() || !self.dialog.state().is_confirmed() {
            return;
        }
        let dialog = self.dialog.clone();
        self.check = Some(Box::pin(async move {
            let asked = dialog.request(rsipstack::sip::Method::Options, None, None).await;
            match asked {
                Ok(Some(answer)) => Sign::of(&answer),
                Ok(None) => Sign::There,
                Err(_) => Sign::Gone,
            }
        }));
    }

    fn on_timer_due(&mut self) -> ControlFlow<()> {
        match self.timer {
            Some(Timer { refresher: Refresher::Us, .. }) => {
                self.refresh();
                Continue(())
            }
            Some(_) => self.give_up("the session timer ran out"),
            None => Continue(()),
        }
    }

    /// Starts the session timer anew.
    fn wind(&mut self) {
        self.due = self.timer.map(|timer| every(timer.due_s()));
    }

    /// Our half as an offer; the law of before first.
    fn offer(&self) -> Vec<u8> {
        let law = self.agreed.map_or(Law::A, |agreed| agreed.law);
        super::sdp::write::offer(&self.ours, law, Direction::Both)
    }
}

/// A rhythm whose first beat is one period away.
fn every(seconds: u64) -> Interval {
    let period = Duration::from_secs(seconds.max(1));
    let mut beat = tokio::time::interval(period);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    beat.reset();
    beat
}

async fn due(beat: &mut Option<Interval>) {
    match beat {
        Some(beat) => {
            beat.tick().await;
        }
        None => std::future::pending().await,
    }
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
