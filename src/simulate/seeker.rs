//! One synthetic seeker: reaches out, waits, talks, leaves, over the real wire.
//!
//! A socket that drops is opened again with the last number known; texts without an ack
//! are sent again under their id. The task ends when the contact's end was told.

use super::ledger::Ledger;
use super::outbox::Outbox;
use super::people::{self, Danger, Plan};
use super::stage::{Backoff, Diary, Stage};
use super::words::{self, Side};
use crate::clock::At;
use crate::simulate::chance::Chance;
use crate::wire_client::WireError;
use crate::wire_client::frames::{SeekerHears, SeekerSays};
use crate::wire_client::seeker::{Knock, Screening, Ticket, attach, knock};
use crate::wire_client::socket::Socket;
use std::rc::Rc;
use std::time::Duration;

/// How long a seeker keeps trying a server that is not there.
const PATIENCE_WITH_THE_SERVER_MS: i64 = 300_000;

/// What a seeker does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    GiveUp,
    Danger,
    Say,
    SendAgain,
    Leave,
    Ping,
}

struct Seeker {
    stage: Rc<Stage>,
    plan: Plan,
    chance: Chance,
    ticket: Ticket,
    arrived: At,
    outbox: Outbox,
    diary: Diary<Deed>,
    talking: bool,
    /// The reason that was told.
    ended: bool,
}

/// Why a socket was left.
enum Left {
    Ended,
    Dropped { again_after: Option<Duration> },
}

/// Lives one plan from arrival to the end.
pub async fn live(stage: Rc<Stage>, plan: Plan, chance: Chance, opening: At) {
    stage.until(opening + stage.real_ms(plan.arrives_after)).await;
    let Some(ticket) = reach_out(&stage, &plan).await else {
        stage.ledger.borrow_mut().counts.turned_away += 1;
        return;
    };
    stage.ledger.borrow_mut().arrive(&ticket, plan.clone());
    let arrived = stage.clock.now();
    let mut seeker = Seeker {
        plan,
        chance,
        ticket,
        arrived,
        outbox: Outbox::new(Side::Seeker),
        diary: Diary::empty(),
        talking: false,
        ended: false,
        stage,
    };
    seeker.write_diary();
    seeker.keep_coming_back().await;
    if seeker.ended {
        read_back(&seeker.stage, &seeker.ticket).await;
    }
}

/// Knocks until the door opens; `None` when the server says no for good or is gone.
async fn reach_out(stage: &Stage, plan: &Plan) -> Option<Ticket> {
    let begun = stage.clock.now();
    let mut caller = stage.door.caller();
    let mut backoff = Backoff::fresh();
    let danger_now = plan.danger == Danger::AtTheDoor;
    let screening = danger_now.then_some(Screening { danger_now });
    let wish = Knock { line: plan.line, channel: "chat", screening, simulated: true };
    while stage.clock.now().ms_since(begun) < PATIENCE_WITH_THE_SERVER_MS {
        let error = match knock(&mut caller, &wish).await {
            Ok(ticket) => return Some(ticket),
            Err(error) => error,
        };
        stage.note_trouble(&error);
        let mut retry_after = None;
        if let WireError::Refused { status, retry_after_s, .. } = error {
            if !matches!(status, 429 | 503) {
                return None;
            }
            retry_after = retry_after_s;
        }
        backoff.rest(retry_after.map(Duration::from_secs)).await;
    }
    None
}

impl Seeker {
    fn ledger(&self) -> std::cell::RefMut<'_, Ledger> {
        self.stage.ledger.borrow_mut()
    }

    fn after(&self, hotline: Duration) -> At {
        self.stage.clock.now() + self.stage.real_ms(hotline)
    }

    fn write_diary(&mut self) {
        self.diary.add(self.after(self.plan.patience), Deed::GiveUp);
        if self.plan.danger == Danger::WhileWaiting {
            self.diary.add(self.after(self.plan.patience.mul_f64(0.3)), Deed::Danger);
        }
        // A third writes a first line while waiting: own assumption.
        if self.chance.yes(1.0 / 3.0) {
            self.diary.add(self.after(self.plan.patience.mul_f64(0.2)), Deed::Say);
        }
    }

    async fn keep_coming_back(&mut self) {
        let mut backoff = Backoff::fresh();
        let mut gone_since = self.stage.clock.now();
        while self.stage.clock.now().ms_since(gone_since) < PATIENCE_WITH_THE_SERVER_MS {
            let again_after =
                match attach(&self.stage.door, &self.ticket, self.outbox.last_seq()).await {
                    Ok(socket) => {
                        backoff = Backoff::fresh();
                        match self.sit(socket).await {
                            Left::Ended => return,
                            Left::Dropped { again_after } => {
                                gone_since = self.stage.clock.now();
                                self.ledger().counts.reconnects += 1;
                                again_after
                            }
                        }
                    }
                    Err(error) => {
                        self.stage.note_trouble(&error);
                        // The contact is over and the server says so at the door.
                        if matches!(error.status(), Some(404 | 410)) {
                            self.end(&format!("told_{}", error.status().unwrap_or(0)));
                            return;
                        }
                        None
                    }
                };
            backoff.rest(again_after).await;
        }
    }

    /// One socket's life.
    async fn sit(&mut self, mut socket: Socket) -> Left {
        let mut again_after = None;
        // Numbers of the messages that came over this socket.
        let mut here = Outbox::new(Side::Seeker);
        loop {
            let due = self.diary.next_at().unwrap_or(At(i64::MAX));
            let stage = Rc::clone(&self.stage);
            let result = tokio::select! {
                heard = socket.hear() => match heard {
                    Ok(frame) => self.hear(&frame, &mut socket, &mut here, &mut again_after).await,
                    Err(error) => Err(error),
                },
                () = stage.until(due) => self.act(&mut socket).await,
            };
            if self.ended {
                return Left::Ended;
            }
            if result.is_err() {
                return Left::Dropped { again_after };
            }
        }
    }

    async fn hear(
        &mut self,
        frame: &str,
        socket: &mut Socket,
        here: &mut Outbox,
        again_after: &mut Option<Duration>,
    ) -> Result<(), WireError> {
        let heard: SeekerHears<'_> = serde_json::from_str(frame)?;
        match &*heard.kind {
            "welcome" => self.welcome(&heard, socket).await?,
            "connected" => self.connect(),
            "state" => self.told(heard.state.as_deref(), heard.reason.as_deref()),
            "ack" => self.acked(&heard),
            "message" => self.message(&heard, here),
            "error" => self.refused(&heard),
            "bye" => {
                *again_after = heard.reconnect_after_ms.map(Duration::from_millis);
            }
            _ => {}
        }
        Ok(())
    }

    async fn welcome(
        &mut self,
        heard: &SeekerHears<'_>,
        socket: &mut Socket,
    ) -> Result<(), WireError> {
        let beat = heard.heartbeat_s.unwrap_or(20).max(1);
        self.diary.keep(|deed| *deed != Deed::Ping);
        let beat_ms = i64::try_from(beat.saturating_mul(1000)).unwrap_or(20_000);
        self.diary.add(self.stage.clock.now() + beat_ms, Deed::Ping);
        self.told(heard.state.as_deref(), Some("told_at_welcome"));
        self.send_waiting(socket).await
    }

    /// Takes in a state that was told.
    fn told(&mut self, state: Option<&str>, reason: Option<&str>) {
        match state {
            Some("ended") => self.end(reason.unwrap_or("unsaid")),
            Some("connected") => self.connect(),
            Some("waiting" | "transferring") if self.talking => {
                self.talking = false;
                self.diary.keep(|deed| *deed != Deed::Leave);
                self.diary.add(self.after(self.plan.patience), Deed::GiveUp);
            }
            _ => {}
        }
    }

    fn end(&mut self, reason: &str) {
        self.ended = true;
        self.ledger().end(&self.ticket.contact_id, reason);
    }

    fn connect(&mut self) {
        if self.talking {
            return;
        }
        self.talking = true;
        let wait = self.stage.hotline_since(self.arrived);
        self.ledger().answer(&self.ticket.contact_id, wait);
        self.diary.keep(|deed| !matches!(deed, Deed::GiveUp | Deed::Say));
        // The counselor ends it in time or, when none does, the seeker a little later.
        let stay = if self.plan.counselor_ends { 1.3 } else { 1.0 };
        self.diary.add(self.after(self.plan.talk.mul_f64(stay)), Deed::Leave);
        let gap = people::message_gap(&mut self.chance);
        self.diary.add(self.after(gap), Deed::Say);
    }

    fn acked(&mut self, heard: &SeekerHears<'_>) {
        let Some(tag) = heard.client_id.as_deref().and_then(|id| self.outbox.acked(id)) else {
            return;
        };
        if let Some(seq) = heard.seq {
            self.outbox.know(seq);
            self.ledger().ack(&self.ticket.contact_id, tag, seq);
        }
    }

    fn message(&mut self, heard: &SeekerHears<'_>, here: &mut Outbox) {
        let Some(seq) = heard.seq else { return };
        if !here.know(seq) {
            self.ledger().counts.replayed_twice += 1;
        }
        self.outbox.know(seq);
        let tag = heard.text.as_deref().and_then(words::tag);
        if let Some((Side::Seeker, _)) = tag
            && let Some(client_id) = heard.client_id.as_deref()
        {
            self.outbox.acked(client_id);
        }
        self.ledger().hear(&self.ticket.contact_id, Side::Seeker, seq, tag);
    }

    fn refused(&mut self, heard: &SeekerHears<'_>) {
        let code = heard.code.as_deref().unwrap_or("unsaid").to_owned();
        let mut ledger = self.ledger();
        ledger.counts.refused += 1;
        ledger.trouble(&code);
        drop(ledger);
        if heard.client_id.is_some() {
            self.diary.add(self.stage.clock.now() + 1000, Deed::SendAgain);
        }
    }

    /// Does everything that is due.
    async fn act(&mut self, socket: &mut Socket) -> Result<(), WireError> {
        while let Some(deed) = self.diary.take_due(self.stage.clock.now()) {
            match deed {
                Deed::GiveUp | Deed::Leave => {
                    // Asked again in case the word is lost with the socket.
                    self.diary.add(self.stage.clock.now() + 5000, deed);
                    socket.say(&SeekerSays::Leave).await?;
                }
                Deed::Danger => socket.say(&SeekerSays::Danger).await?,
                Deed::Say => self.write(socket).await?,
                Deed::SendAgain => {
                    self.diary.keep(|deed| *deed != Deed::SendAgain);
                    self.send_waiting(socket).await?;
                }
                Deed::Ping => {
                    self.diary.add(self.stage.clock.now() + 15_000, Deed::Ping);
                    socket.say(&SeekerSays::Ping).await?;
                }
            }
        }
        Ok(())
    }

    async fn write(&mut self, socket: &mut Socket) -> Result<(), WireError> {
        if self.talking {
            let gap = people::message_gap(&mut self.chance);
            self.diary.add(self.after(gap), Deed::Say);
        }
        if self.chance.yes(0.5) {
            socket.queue(&SeekerSays::Typing).await?;
        }
        let tag = self.outbox.next_tag();
        let chars = people::seeker_chars(&mut self.chance);
        let text = words::text(&mut self.chance, chars, tag);
        let client_id = super::outbox::client_id(tag.1);
        self.outbox.put(tag, text.clone());
        self.ledger().counts.sent += 1;
        socket.say(&SeekerSays::Message { client_id: &client_id, text: &text }).await
    }

    async fn send_waiting(&self, socket: &mut Socket) -> Result<(), WireError> {
        for (client_id, text) in self.outbox.waiting() {
            socket.queue(&SeekerSays::Message { client_id: &client_id, text }).await?;
        }
        socket.flush().await
    }
}

/// Reads the whole talk back after its end, where the server still shows it.
pub async fn read_back(stage: &Stage, ticket: &Ticket) {
    let Ok(mut socket) = attach(&stage.door, ticket, 0).await else { return };
    let limit = Duration::from_secs(5);
    let mut last = i64::MAX;
    while let Ok(Ok(frame)) = tokio::time::timeout(limit, socket.hear()).await {
        let Ok(heard) = serde_json::from_str::<SeekerHears<'_>>(&frame) else { return };
        let seq = heard.seq.unwrap_or(0);
        match &*heard.kind {
            "welcome" if seq > 0 => {
                last = seq;
                continue;
            }
            "message" => {
                let tag = heard.text.as_deref().and_then(words::tag);
                stage.ledger.borrow_mut().hear(&ticket.contact_id, Side::Seeker, seq, tag);
            }
            "welcome" | "bye" => return,
            _ => continue,
        }
        if seq >= last {
            return;
        }
    }
}
