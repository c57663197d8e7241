//! One console's socket: the snapshot, then deltas and commands.
//!
//! The seat is taken and the snapshot written in the same breath, in order with the effects of the
//! switchboard: everything before is in the snapshot, everything after comes as a delta.

use super::Desk;
use super::frame::{DeskCounselor, FromDesk, Named, ToDesk};
use super::look;
use super::show::{self, Ringing};
use super::words::No;
use crate::accounts::{Permission, Who};
use crate::clock::At;
use crate::door::socket::{Gone, Socket, close_code_of, to_text};
use crate::ids::CounselorId;
use crate::live::directory::Book;
use crate::live::hub::{DeskSeat, Seat, SeatId};
use crate::live::outbox::Farewell;
use crate::live::{Frame, Outbox};
use crate::switchboard::{Input, Presence, Switchboard, Wish};
use axum::extract::ws::{Utf8Bytes, WebSocket};
use std::sync::Arc;

/// What a socket's task holds of its counselor.
pub(super) struct Visit {
    pub(super) desk: Desk,
    pub(super) who: Who,
    pub(super) counselor: CounselorId,
    pub(super) seat: SeatId,
    pub(super) outbox: Arc<Outbox>,
}

/// What the switchboard knows of a counselor at one moment.
struct Snapshot {
    at: At,
    presence: Presence,
    wish: Wish,
    contacts: Vec<crate::ids::ContactId>,
    ringing: Option<Ringing>,
    on_shift: Vec<CounselorId>,
}

/// Serves one socket until it is gone.
pub async fn serve(desk: Desk, who: Who, ws: WebSocket) {
    let mut socket = Socket::new(ws, desk.socket, bye);
    let counselor = CounselorId::from(who.account);
    let seat = desk.hub.next_seat();
    let visit = Visit { counselor, seat, outbox: socket.outbox(), desk, who };
    let gone = match visit.sit_down().await {
        Ok(()) => {
            visit.ask_again().await;
            visit.listen(&mut socket).await
        }
        Err(()) => Gone::Closed,
    };
    look::end_looks_of(&visit.desk, seat);
    if visit.desk.hub.unseat_desk(visit.who.account, seat) && visit.takes_contacts() {
        visit.desk.switch.tell(Input::CounselorLost { counselor }).await;
        // A newer console may have come between the two: its word is the last.
        if visit.desk.hub.is_counselor_seated(counselor) {
            visit.desk.switch.tell(Input::CounselorConnected { counselor }).await;
        }
    }
    tracing::debug!(counselor.id = %counselor, reason = gone.as_str(), "desk.socket gone");
    socket.close(close_code_of(gone), gone.as_str()).await;
}

fn bye(farewell: Farewell, reconnect_after_ms: Option<u64>) -> Utf8Bytes {
    to_text(&ToDesk::Bye { reason: farewell.as_str().to_owned(), reconnect_after_ms })
}

impl Visit {
    pub(super) fn takes_contacts(&self) -> bool {
        self.who.may(Permission::TakeContacts)
    }

    /// Makes the counselor known as connected, takes the seat and writes the snapshot.
    async fn sit_down(&self) -> Result<(), ()> {
        let counselor = self.counselor;
        if self.takes_contacts() {
            self.desk.switch.tell(Input::CounselorConnected { counselor }).await;
        }
        let (desk, who) = (self.desk.clone(), self.who.clone());
        let seat = DeskSeat {
            seat: Seat { seat: self.seat, outbox: Arc::clone(&self.outbox) },
            session: self.who.session_hash,
            watches_queue: false,
            supervises: self.who.may(Permission::WatchQueue),
        };
        let looked = self.desk.switch.look(
            move |machine, at| snapshot(machine, at, counselor),
            move |snapshot: &Snapshot| {
                let looked_at =
                    snapshot.contacts.iter().map(|contact| desk.hub.lookers_of(*contact));
                let told: Vec<_> = looked_at.collect();
                seat.seat.outbox.push(plain(to_text(&welcome(&desk, &who, snapshot))));
                desk.hub.seat_desk(who.account, seat, desk.consoles_max);
                // A look may have begun or ended between the two.
                for (contact, told) in snapshot.contacts.iter().zip(told) {
                    if desk.hub.lookers_of(*contact) != told {
                        look::tell_looked_at(&desk.hub, *contact);
                    }
                }
            },
        );
        looked.await.map_err(|_| ())?;
        // The console before this one may have gone since the first word, as on a reload.
        if self.takes_contacts() {
            self.desk.switch.tell(Input::CounselorConnected { counselor }).await;
        }
        Ok(())
    }

    /// The sign-in may have ended between its cookie and this seat, when there was no seat yet to
    /// be told. Whoever ends one stores that first: so either the seat is told, or this sees it.
    async fn ask_again(&self) {
        match self.desk.accounts.still(&self.who.session_hash).await {
            Ok(Some(who)) if who == self.who => {}
            Ok(Some(_)) => self.outbox.close(Farewell::Restarting),
            Ok(None) => self.outbox.close(Farewell::SignedOut),
            // A store in trouble ends nothing, least of all a talk.
            Err(error) => tracing::warn!(%error, "desk.socket could not ask again who it is"),
        }
    }

    async fn listen(&self, socket: &mut Socket) -> Gone {
        loop {
            match socket.next().await {
                Err(gone) => return gone,
                Ok(text) => match serde_json::from_str::<FromDesk>(&text) {
                    Ok(frame) => {
                        if let Err(gone) = self.take(frame, socket).await {
                            return gone;
                        }
                    }
                    Err(_) => self.refuse(No::BadFrame, None, None),
                },
            }
        }
    }

    pub(super) fn push(&self, frame: &ToDesk) {
        self.outbox.push(plain(to_text(frame)));
    }

    pub(super) fn refuse(&self, no: No, contact_id: Option<String>, client_id: Option<String>) {
        self.push(&error(no, contact_id, client_id));
    }
}

/// An error frame.
#[must_use]
pub(super) fn error(no: No, contact_id: Option<String>, client_id: Option<String>) -> ToDesk {
    ToDesk::Error {
        code: no.code().to_owned(),
        message: no.zh().to_owned(),
        message_en: no.en().to_owned(),
        client_id,
        contact_id,
    }
}

/// A frame that is no stored message.
#[must_use]
pub(super) const fn plain(text: Utf8Bytes) -> Frame {
    Frame { seq: 0, answers: false, text }
}

fn snapshot(machine: &Switchboard, at: At, counselor: CounselorId) -> Snapshot {
    let view = machine.counselor(counselor);
    let ringing = machine.offer_of(counselor).map(|offer| Ringing {
        offer: offer.offer,
        contact: offer.contact,
        counselor,
        expires_at: offer.expires_at,
        pick: offer.pick,
        need: machine.need_of(offer.contact),
    });
    Snapshot {
        at,
        presence: view.as_ref().map_or(Presence::Offline, |view| view.presence),
        wish: view.as_ref().map_or(Wish::Offline, |view| view.wish),
        contacts: machine.contacts_of(counselor),
        ringing,
        on_shift: machine.counselors().into_iter().filter(on_shift(machine)).collect(),
    }
}

fn welcome(desk: &Desk, who: &Who, snapshot: &Snapshot) -> ToDesk {
    let book = desk.directory.book();
    let chats_max = book.counselor(CounselorId::from(who.account)).map_or(0, |face| face.chats_max);
    let in_hand = snapshot.contacts.iter().filter_map(|contact| {
        let online = desk.hub.is_seeker_seated(*contact);
        show::contact(&desk.hub.card(*contact)?, &book, online, desk.hub.lookers_of(*contact))
    });
    let offer = snapshot.ringing.as_ref().and_then(|ringing| {
        let card = desk.hub.card(ringing.contact)?;
        Some(show::offer(ringing, &card, &book, desk.ring_ms))
    });
    ToDesk::Welcome {
        counselor: DeskCounselor {
            counselor_id: who.account.to_string(),
            username: who.username.clone(),
            alias: who.alias.clone(),
            role: who.role.clone(),
            permissions: who.permission_words(),
            chats_max: u32::from(chats_max),
        },
        presence: snapshot.presence.into(),
        wish: snapshot.wish.into(),
        contacts: in_hand.collect(),
        offer,
        heartbeat_s: desk.socket.heartbeat_s,
        lines: book.lines().map(|face| named(face.code.clone(), &face.name)).collect(),
        counselors: colleagues(snapshot, &book),
        skills: book.skills().map(|face| named(face.code.clone(), &face.name)).collect(),
        server_time: snapshot.at.rfc3339(),
    }
}

/// Whether a counselor is on shift.
fn on_shift(machine: &Switchboard) -> impl Fn(&CounselorId) -> bool + '_ {
    |counselor| machine.counselor(*counselor).is_some_and(|view| view.is_on_shift)
}

/// Those on shift, by the alias that colleagues know.
fn colleagues(snapshot: &Snapshot, book: &Book) -> Vec<Named> {
    let name = |counselor: &CounselorId| {
        let alias = book.alias(*counselor);
        Named { id: counselor.to_string(), name: alias.clone(), name_en: alias }
    };
    snapshot.on_shift.iter().map(name).collect()
}

fn named(id: String, name: &crate::live::directory::Bilingual) -> Named {
    Named { id, name: name.zh.clone(), name_en: name.en.clone() }
}
