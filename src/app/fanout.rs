//! What is on disk is told: the ack to the sender, the message to the other side.
//!
//! Called by the store's writer with a whole batch, in order, after its commit. It never waits:
//! a socket that cannot take a frame resumes from the store.

use crate::clock::At;
use crate::desk::frame::ToDesk;
use crate::desk::show;
use crate::door::socket::to_text;
use crate::ids::{ContactId, CounselorId, MessageId};
use crate::live::hub::{Fan, Hub, Piece, Seat};
use crate::live::{Frame, Sender};
use crate::lobby::frame::ToSeeker;
use crate::meter::figure;
use crate::store::{Append, Outcome};
use crate::veil::Purpose;
use axum::extract::ws::Utf8Bytes;

/// Tells everybody concerned what became of a batch.
pub fn tell(hub: &Hub, outcomes: Vec<Outcome>) {
    let stored_count = outcomes.iter().filter(|one| matches!(one, Outcome::Stored { .. })).count();
    figure::batch_stored(u64::try_from(stored_count).unwrap_or(u64::MAX));
    hub.fan_out(outcomes, about, |outcome, fan| match outcome {
        Outcome::Stored { append, seq } => stored(&append, seq, fan),
        Outcome::Duplicate { append, seq, message, at } => {
            let ack = Ack { append: &append, seq, message, at };
            answer(&append, &fan, &ack.to_seeker(), &ack.to_desk());
        }
        Outcome::Failed { append } => failed(&append, &fan),
    });
}

const fn about(outcome: &Outcome) -> (ContactId, Option<CounselorId>) {
    match outcome {
        Outcome::Stored { append, .. }
        | Outcome::Duplicate { append, .. }
        | Outcome::Failed { append } => (append.contact, append.author),
    }
}

/// A first copy is on disk: ack its sender, show it to everybody else.
fn stored(append: &Append, seq: i64, fan: Fan<'_>) {
    if let Some(card) = fan.card {
        card.last_seq = card.last_seq.max(seq);
    }
    let ack = Ack { append, seq, message: append.message, at: append.at };
    if let Some(seat) = fan.seeker {
        if is_sender(append, seat) {
            seat.outbox.push(Frame { seq, answers: true, text: ack.to_seeker() });
        } else {
            seat.outbox.push(Frame { seq, answers: false, text: message_to_seeker(append, seq) });
        }
    }
    for desk in fan.author_desks.iter().filter(|desk| is_sender(append, &desk.seat)) {
        desk.seat.outbox.push(Frame { seq: 0, answers: true, text: ack.to_desk() });
    }
    let mut shown: Option<Utf8Bytes> = None;
    for desk in fan.desks {
        if !is_sender(append, &desk.seat) {
            let text = shown.get_or_insert_with(|| message_to_desk(append, seq)).clone();
            desk.seat.outbox.push(Frame { seq: 0, answers: false, text });
        }
    }
    for looker in fan.lookers {
        let text = shown.get_or_insert_with(|| message_to_desk(append, seq)).clone();
        looker.tell(Piece::Message(seq), Frame { seq: 0, answers: false, text });
    }
}

fn failed(append: &Append, fan: &Fan<'_>) {
    tracing::warn!(contact.id = %append.contact, "store.append failed; the sender was told");
    let code = "not_stored".to_owned();
    let message = "消息没有保存成功，请再发一次".to_owned();
    let message_en = "the message was not stored; please send it again".to_owned();
    let client_id = append.client_id.clone();
    let to_seeker = to_text(&ToSeeker::Error {
        code: code.clone(),
        message: message.clone(),
        client_id: client_id.clone(),
    });
    let contact_id = Some(append.contact.to_string());
    let to_desk = to_text(&ToDesk::Error { code, message, message_en, client_id, contact_id });
    answer(append, fan, &to_seeker, &to_desk);
}

/// Gives an answer to the socket that sent it, if it is still there.
fn answer(append: &Append, fan: &Fan<'_>, to_seeker: &Utf8Bytes, to_desk: &Utf8Bytes) {
    let frame = |text: &Utf8Bytes| Frame { seq: 0, answers: true, text: text.clone() };
    if let Some(seat) = fan.seeker.filter(|seat| is_sender(append, seat)) {
        seat.outbox.push(frame(to_seeker));
    }
    for desk in fan.author_desks.iter().filter(|desk| is_sender(append, &desk.seat)) {
        desk.seat.outbox.push(frame(to_desk));
    }
}

const fn is_sender(append: &Append, seat: &Seat) -> bool {
    append.tag == seat.seat.0
}

/// The ack of a message, which is the first copy's also for a repeated one.
struct Ack<'a> {
    append: &'a Append,
    seq: i64,
    message: MessageId,
    at: At,
}

impl Ack<'_> {
    fn to_seeker(&self) -> Utf8Bytes {
        to_text(&ToSeeker::Ack {
            client_id: self.append.client_id.clone().unwrap_or_default(),
            seq: self.seq,
            message_id: self.message.to_string(),
            at: self.at.rfc3339(),
        })
    }

    fn to_desk(&self) -> Utf8Bytes {
        to_text(&ToDesk::Ack {
            contact_id: self.append.contact.to_string(),
            client_id: self.append.client_id.clone().unwrap_or_default(),
            seq: self.seq,
            message_id: self.message.to_string(),
            at: self.at.rfc3339(),
        })
    }
}

fn message_to_seeker(append: &Append, seq: i64) -> Utf8Bytes {
    let from = Sender::from(append.from);
    to_text(&ToSeeker::Message {
        seq,
        message_id: append.message.to_string(),
        from,
        text: append.text.reveal(Purpose::Deliver).clone(),
        at: append.at.rfc3339(),
        client_id: append.client_id.clone().filter(|_| from == Sender::Seeker),
    })
}

fn message_to_desk(append: &Append, seq: i64) -> Utf8Bytes {
    let from = Sender::from(append.from);
    to_text(&ToDesk::Message {
        contact_id: append.contact.to_string(),
        seq,
        message_id: append.message.to_string(),
        from,
        kind: show::kind(append.kind),
        text: append.text.reveal(Purpose::Deliver).clone(),
        at: append.at.rfc3339(),
        client_id: append.client_id.clone().filter(|_| from == Sender::Counselor),
    })
}
