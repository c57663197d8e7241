//! "You are number three": the places of those who wait, told when they change.

use crate::clock::At;
use crate::door::socket::to_text;
use crate::live::card::Place;
use crate::live::switch::AndThen;
use crate::live::voice::ToCaller;
use crate::live::{Frame, Hub, Stage};
use crate::lobby::frame::ToSeeker;
use crate::switchboard::Switchboard;
use crate::switchboard::view::PlaceView;
use std::sync::Arc;

/// Reads all places now, and tells those whose place is another than they were last told.
#[must_use]
pub fn show(machine: &Switchboard, at: At, hub: &Arc<Hub>) -> AndThen {
    let mut places: Vec<PlaceView> = Vec::new();
    machine.each_place(at, &mut |place| places.push(place));
    let hub = Arc::clone(hub);
    Box::new(move || {
        let told = &hub;
        hub.fan_out(
            places,
            |place| (place.contact, None),
            |place, fan| {
                let Some(card) = fan.card else { return };
                if !matches!(card.stage, Stage::Waiting | Stage::Transferring) {
                    return;
                }
                let now = Place {
                    position: place.position,
                    waiting: place.waiting,
                    estimate_s: place.estimate_s.map(|(low, high)| [low, high]),
                };
                if card.place == Some(now) {
                    return;
                }
                // Also without a socket: whoever comes back is told the place of now.
                card.place = Some(now);
                told.telephones.tell_caller(place.contact, ToCaller::Place(now));
                if let Some(seat) = fan.seeker {
                    let text = to_text(&ToSeeker::from(now));
                    seat.outbox.push(Frame { seq: 0, answers: false, text });
                }
            },
        );
    })
}
