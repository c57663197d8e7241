//! A call knocks: the contact goes to disk, and then the call is answered.

use super::{Call, ControlFlow, Stage};
use crate::clock::At;
use crate::dice;
use crate::live::card::{Locale, hash_token};
use crate::live::switch::{Knock, SwitchError};
use crate::live::{Card, Stage as CardStage};
use crate::media::Side;
use crate::meter::figure;
use crate::sip::caller::Caller;
use crate::sip::invite::{ALLOW, Refused};
use crate::sip::timer::Refresher;
use crate::switchboard::{Arrival, Channel, Effect, Input, Refusal, Risk};
use futures_util::future::BoxFuture;
use rsipstack::sip::Header;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Call {
    /// The arrival on its way to the disk, with who calls if the house may know.
    pub(super) fn knock_with(
        &self,
        caller: Caller,
        at: At,
    ) -> BoxFuture<'static, Result<Vec<Effect>, SwitchError>> {
        let room = Arc::clone(&self.room);
        let (contact, line, trunk) = (self.contact, self.line, self.trunk.clone());
        figure::count_caller(caller.standing.as_str());
        Box::pin(async move {
            let person = match &room.house.people {
                Some(people) => Some(people.recognise(contact, &caller, &trunk, at).await),
                None => None,
            };
            let arrival = Arrival {
                contact,
                line,
                channel: Channel::Phone,
                risk: Risk::None,
                asks: None,
                returning: None,
                previous: None,
                simulated: false,
            };
            let card = Card {
                contact,
                line,
                channel: Channel::Phone,
                locale: Locale::ZhCn,
                token_hash: hash_token(&dice::token()),
                arrived_at: at,
                risk: Risk::None,
                stage: CardStage::Waiting,
                simulated: false,
                previous: None,
                alias_root: person.as_ref().map_or(contact, |known| known.alias_root),
                earlier_contacts: person.as_ref().map_or(0, |known| known.earlier_contacts),
                last_seq: 0,
                read_seq: None,
                place: None,
            };
            let knock =
                Knock { card, campaign: None, called_from: person.map(|known| known.record) };
            room.house.switch.knock(Input::Arrive(arrival), knock).await
        })
    }

    /// On disk: answer. Or not let in: say when to come again.
    pub(super) async fn on_knocked(
        &mut self,
        effects: Result<Vec<Effect>, SwitchError>,
    ) -> ControlFlow<()> {
        let refused = match effects {
            Err(_) => Some(Refused::later(self.room.settings.retry_after_s)),
            Ok(effects) => refusal_in(&effects, self.room.settings.retry_after_s),
        };
        if let Some(refused) = refused {
            self.is_in_queue = false;
            self.reject(&refused);
            return Break(());
        }
        if !self.answer_call() {
            return self.give_up("the call could not be answered");
        }
        self.stage = Stage::Waiting;
        self.room.house.legs.seat(self.leg.id, self.contact, Side::Seeker);
        if let Some(agreed) = self.agreed {
            self.aim(agreed);
        }
        self.wind();
        self.room.house.switch.tell(Input::SeekerConnected { contact: self.contact }).await;
        Continue(())
    }

    fn answer_call(&mut self) -> bool {
        let body = self.answer.take().unwrap_or_else(|| {
            self.awaits_answer = true;
            self.offer()
        });
        self.open.answered();
        self.dialog.accept(Some(self.session_headers(Refresher::Them)), Some(body)).is_ok()
    }

    /// What goes with every description, in a request of theirs or of ours.
    pub(super) fn session_headers(&self, asks: Refresher) -> Vec<Header> {
        let mut headers = vec![
            Header::ContentType("application/sdp".into()),
            Header::Allow(ALLOW.into()),
            Header::Supported("timer".into()),
        ];
        if let Some(timer) = self.timer {
            headers.push(Header::SessionExpires(timer.header(asks).into()));
            if asks == Refresher::Them && timer.refresher == Refresher::Them {
                headers.push(Header::Require("timer".into()));
            }
        }
        headers
    }
}

fn refusal_in(effects: &[Effect], retry_after_s: u32) -> Option<Refused> {
    effects.iter().find_map(|effect| match effect {
        Effect::Refuse { refusal: Refusal::UnknownLine } => Some(Refused::with(404)),
        Effect::Refuse { .. } => Some(Refused::later(retry_after_s)),
        _ => None,
    })
}
