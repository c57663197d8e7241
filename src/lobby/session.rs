//! One seeker's socket from hello to goodbye.
//!
//! Order matters here: the seat is taken *before* the history is read, so that a message stored in
//! between is in the outbox, and whatever the history has shown is skipped there. Nothing is lost
//! and nothing is shown twice.

use super::Lobby;
use super::frame::{FromSeeker, SeekerState, ToSeeker, end_word, state_of};
use super::words::No;
use crate::dice;
use crate::door::socket::{Gone, Socket, close_code_of, to_text};
use crate::door::text::judge_text;
use crate::ids::{ContactId, MessageId};
use crate::live::card::{Locale, hash_token};
use crate::live::hub::{Seat, SeatId};
use crate::live::outbox::Farewell;
use crate::live::{Card, Frame, Outbox, Sender, Stage};
use crate::store::{Append, Message, MessageKind, Turn};
use crate::switchboard::{Input, Risk};
use crate::veil::{Pii, Purpose};
use axum::extract::ws::{Utf8Bytes, WebSocket, close_code};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// What a socket's task holds of its contact.
struct Visit<'a> {
    lobby: &'a Lobby,
    contact: ContactId,
    seat: SeatId,
    locale: Locale,
    outbox: Arc<Outbox>,
}

/// Serves one socket until it is gone.
pub async fn serve(lobby: Lobby, contact: ContactId, ws: WebSocket) {
    let mut socket = Socket::new(ws, lobby.socket, bye);
    // What happens once is boxed and freed: inlined, the futures of the store's look-ups would
    // make every waiting seeker's task several kilobytes larger for as long as it waits.
    let (card, last_seq) = match Box::pin(enter(&lobby, contact, &mut socket)).await {
        Ok(entered) => entered,
        Err(reason) => {
            Box::pin(socket.close(close_code::POLICY, reason)).await;
            return;
        }
    };
    let gone = stay(&lobby, &card, last_seq, &mut socket).await;
    tracing::debug!(contact.id = %contact, reason = gone.as_str(), "lobby.socket gone");
    Box::pin(socket.close(close_code_of(gone), gone.as_str())).await;
}

/// The frame that says goodbye.
fn bye(farewell: Farewell, reconnect_after_ms: Option<u64>) -> Utf8Bytes {
    to_text(&ToSeeker::Bye { reason: farewell.as_str().to_owned(), reconnect_after_ms })
}

/// Hears the hello and proves the token; else the reason to close with.
async fn enter(
    lobby: &Lobby,
    contact: ContactId,
    socket: &mut Socket,
) -> Result<(Card, i64), &'static str> {
    let Ok((token, last_seq)) = hear_hello(socket).await else { return Err("hello_expected") };
    let Some(card) = find_card(lobby, contact, &token).await else {
        let refusal = error(No::BadToken, Locale::default(), None);
        let _ = socket.write([refusal]).await;
        return Err("bad_token");
    };
    Ok((card, last_seq))
}

async fn hear_hello(socket: &mut Socket) -> Result<(String, i64), Gone> {
    let text = socket.first().await?;
    if let Ok(FromSeeker::Hello { token, last_seq }) = serde_json::from_str(&text) {
        return Ok((token, last_seq.max(0)));
    }
    socket.write([error(No::HelloExpected, Locale::default(), None)]).await?;
    Err(Gone::Closed)
}

/// The card of the contact, if the token is its own; of a closed one, from the store.
async fn find_card(lobby: &Lobby, contact: ContactId, token: &str) -> Option<Card> {
    let presented = hash_token(token);
    let card = match lobby.hub.card(contact) {
        Some(card) => card,
        None => lobby.closed_card(contact).await.ok()??,
    };
    bool::from(presented.ct_eq(&card.token_hash)).then_some(card)
}

/// Welcome, history, then whatever comes.
async fn stay(lobby: &Lobby, card: &Card, last_seq: i64, socket: &mut Socket) -> Gone {
    let contact = card.contact;
    let visit = Visit {
        lobby,
        contact,
        seat: lobby.hub.next_seat(),
        locale: card.locale,
        outbox: socket.outbox(),
    };
    let open = card.is_open();
    if open {
        let seat = Seat { seat: visit.seat, outbox: socket.outbox() };
        lobby.hub.seat_seeker(contact, seat);
        lobby.admission.note_settled(contact);
    }
    let gone = match Box::pin(visit.welcome(last_seq, socket)).await {
        Err(gone) => gone,
        Ok(()) if !open => Gone::Dismissed(Farewell::Ended),
        Ok(()) => {
            lobby.switch.tell(Input::SeekerConnected { contact }).await;
            visit.tell_counselor(&ToDeskSide::State("seeker_back"));
            visit.listen(socket).await
        }
    };
    if open && lobby.hub.unseat_seeker(contact, visit.seat) {
        // A seeker whose talk is over was sent away, not lost.
        if lobby.hub.card(contact).is_some_and(|card| card.is_open()) {
            visit.tell_counselor(&ToDeskSide::State("seeker_lost"));
        }
        lobby.switch.tell(Input::SeekerLost { contact }).await;
        // A newer socket may have come between the two: its word is the last.
        if lobby.hub.is_seeker_seated(contact) {
            lobby.switch.tell(Input::SeekerConnected { contact }).await;
        }
    }
    gone
}

impl Visit<'_> {
    async fn welcome(&self, last_seq: i64, socket: &mut Socket) -> Result<(), Gone> {
        if !self.lobby.hub.with_card(self.contact, |card| card.is_open()).unwrap_or(false) {
            // Turned away at the door: what the house said goes to the disk before this empty turn.
            let _ = self.lobby.store.writer().turn(Turn::default()).await;
        }
        let history = self.read_history(last_seq).await?;
        // The card is read after the seat was taken: a change from now on comes by the outbox.
        let card = match self.lobby.hub.card(self.contact) {
            Some(card) => card,
            None => match self.lobby.closed_card(self.contact).await {
                Ok(Some(card)) => card,
                _ => return Err(Gone::Closed),
            },
        };
        let seq = history.last().map_or(last_seq, |message| message.seq).max(card.last_seq);
        let mut frames = vec![to_text(&self.welcome_frame(&card, seq))];
        frames.extend(history.iter().map(|message| to_text(&show(message))));
        socket.skip_to(history.last().map_or(last_seq, |message| message.seq));
        frames.extend(card.place.map(|place| to_text(&ToSeeker::from(place))));
        if let Stage::Ended { ended } | Stage::WrapUp { ended, .. } = card.stage {
            frames.push(to_text(&ToSeeker::State {
                state: SeekerState::Ended,
                reason: end_word(ended).to_owned(),
            }));
            frames.push(bye(Farewell::Ended, None));
        }
        socket.write(frames).await
    }

    fn welcome_frame(&self, card: &Card, seq: i64) -> ToSeeker {
        let book = self.lobby.directory.book();
        let counselor = match card.stage {
            Stage::Talking { counselor, .. } => Some(book.alias(counselor)),
            _ => None,
        };
        ToSeeker::Welcome {
            contact_id: self.contact.to_string(),
            state: state_of(card.stage),
            seq,
            heartbeat_s: self.lobby.socket.heartbeat_s,
            counselor,
            danger_noted: card.risk == Risk::Imminent,
            read_seq: card.read_seq,
        }
    }

    /// Every message after `last_seq`, page by page.
    async fn read_history(&self, last_seq: i64) -> Result<Vec<Message>, Gone> {
        let page = self.lobby.talk.history_page;
        let mut history: Vec<Message> = Vec::new();
        loop {
            let after = history.last().map_or(last_seq, |message| message.seq);
            let read = self.lobby.store.reader().history(self.contact, after, page).await;
            let Ok(messages) = read else { return Err(Gone::Closed) };
            let full = u32::try_from(messages.len()).is_ok_and(|count| count >= page);
            history.extend(messages);
            if !full {
                return Ok(history);
            }
        }
    }

    async fn listen(&self, socket: &mut Socket) -> Gone {
        loop {
            match socket.next().await {
                Err(gone) => return gone,
                Ok(text) => match serde_json::from_str(&text) {
                    Ok(frame) => self.take(frame, socket).await,
                    Err(_) => self.refuse(No::BadFrame, None),
                },
            }
        }
    }

    async fn take(&self, frame: FromSeeker, socket: &mut Socket) {
        let contact = self.contact;
        match frame {
            FromSeeker::Hello { .. } => self.refuse(No::BadFrame, None),
            FromSeeker::Message { client_id, text } => self.message(client_id, text, socket),
            FromSeeker::Typing => self.tell_counselor(&ToDeskSide::Typing),
            FromSeeker::Read { seq } => self.tell_counselor(&ToDeskSide::Read(seq)),
            FromSeeker::Danger => self.lobby.switch.tell(Input::Danger { contact }).await,
            FromSeeker::Leave => self.lobby.switch.tell(Input::Leave { contact }).await,
            FromSeeker::Ping => self.push(&ToSeeker::Pong),
            FromSeeker::Signal { .. } => self.refuse(No::SignalUnsupported, None),
        }
    }

    fn message(&self, client_id: String, text: String, socket: &mut Socket) {
        if let Err(fault) = judge_text(&client_id, &text, self.lobby.talk.text_chars_max) {
            return self.refuse(fault.into(), Some(client_id));
        }
        let messages_max = self.lobby.talk.messages_max;
        match self.lobby.hub.with_card(self.contact, |card| (card.is_open(), card.last_seq)) {
            Some((true, last_seq)) if last_seq < messages_max => {}
            Some((true, _)) => return self.refuse(No::TooManyMessages, Some(client_id)),
            _ => return self.refuse(No::Ended, Some(client_id)),
        }
        let at = self.lobby.clock.now();
        let append = Append {
            tag: self.seat.0,
            contact: self.contact,
            message: MessageId(dice::uuid(at)),
            from: crate::store::Sender::Seeker,
            author: None,
            kind: MessageKind::Message,
            client_id: Some(client_id.clone()),
            text: Pii::new(text),
            at,
        };
        match self.lobby.store.writer().append(append) {
            Ok(()) => socket.note_in_flight(),
            Err(_) => self.refuse(No::Busy, Some(client_id)),
        }
    }

    fn tell_counselor(&self, frame: &ToDeskSide) {
        self.lobby.hub.fan_out(
            [self.contact],
            |contact| (*contact, None),
            |contact, mut fan| fan.tell_desks(&plain(frame.text(contact))),
        );
    }

    fn push(&self, frame: &ToSeeker) {
        self.outbox.push(plain(to_text(frame)));
    }

    /// Says no; a message that was refused frees no slot, for it never took one.
    fn refuse(&self, no: No, client_id: Option<String>) {
        self.outbox.push(plain(error(no, self.locale, client_id)));
    }
}

/// What a counselor hears of a seeker past the store.
enum ToDeskSide {
    Typing,
    Read(i64),
    /// Whether the seeker's socket is there.
    State(&'static str),
}

impl ToDeskSide {
    /// The desk's frame, written here by its fixed shapes: doors do not name each other.
    fn text(&self, contact: ContactId) -> Utf8Bytes {
        match self {
            Self::Typing => to_text(&serde_json::json!({
                "type": "typing", "contact_id": contact, "from": Sender::Seeker,
            })),
            Self::State(state) => to_text(&serde_json::json!({
                "type": "contact_state", "contact_id": contact, "state": state, "reason": "socket",
            })),
            Self::Read(seq) => to_text(&serde_json::json!({
                "type": "read", "contact_id": contact, "seq": seq,
            })),
        }
    }
}

const fn plain(text: Utf8Bytes) -> Frame {
    Frame { seq: 0, answers: false, text }
}

fn error(no: No, locale: Locale, client_id: Option<String>) -> Utf8Bytes {
    to_text(&ToSeeker::Error {
        code: no.code().to_owned(),
        message: no.text(locale).to_owned(),
        client_id,
    })
}

/// A stored message as the seeker sees it.
fn show(message: &Message) -> ToSeeker {
    let from = Sender::from(message.from);
    ToSeeker::Message {
        seq: message.seq,
        message_id: message.message.to_string(),
        from,
        text: message.text.reveal(Purpose::Deliver).clone(),
        at: message.at.rfc3339(),
        client_id: message.client_id.clone().filter(|_| from == Sender::Seeker),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand waiting seekers once cost 26 KiB each: the futures of the store's look-ups had
    /// become part of every socket's task.
    #[test]
    fn the_task_of_a_waiting_seeker_stays_small() {
        fn size_of_future<A, B, C, F: Future>(_: fn(A, B, C) -> F) -> usize {
            size_of::<F>()
        }
        assert!(size_of_future(serve) <= 3_072, "{} bytes", size_of_future(serve));
    }
}
