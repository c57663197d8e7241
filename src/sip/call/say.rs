//! What a caller is told, and when.

use super::{Call, ControlFlow, Stage};
use crate::live::voice::ToCaller;
use crate::sip::legs::{Saying, Words};
use crate::switchboard::End;
use crate::switchboard::effect::Queued;
use crate::switchboard::line::LastRung;
use std::ops::ControlFlow::{Break, Continue};

/// Nothing hangs on its end.
const PASSING: u32 = 0;
/// The call ends with it.
pub(super) const FAREWELL: u32 = 1;
/// The last words are cut after this, s: a leg that never reports holds no line.
const FAREWELL_S_MAX: u64 = 60;

impl Call {
    pub(super) fn greet(&mut self) {
        if self.stage != Stage::Closing {
            self.say(vec![Words::Greeting, Words::RecordingNotice], PASSING, true);
        }
    }

    pub(super) fn announce_place(&mut self) {
        match (self.stage, self.place) {
            (Stage::Waiting, Some(place)) => {
                let (position, estimate_s) = (place.position, place.estimate_s);
                self.say(vec![Words::Place { position, estimate_s }], PASSING, false);
            }
            // Its rhythm is now the patience with the last words.
            (Stage::Closing, _) => self.news.close(),
            _ => {}
        }
    }

    pub(super) fn on_news(&mut self, news: &ToCaller) -> ControlFlow<()> {
        match news {
            ToCaller::Place(place) => self.place = Some(*place),
            ToCaller::Connected { .. } => {
                self.place = None;
                self.stage = Stage::Talking;
            }
            ToCaller::Waits { reason } => {
                if self.stage == Stage::Talking && *reason != Queued::Arrived {
                    self.stage = Stage::Waiting;
                    self.say(vec![Words::WaitsAgain], PASSING, false);
                }
            }
            ToCaller::DangerNoted => self.say(vec![Words::DangerNoted], PASSING, false),
            ToCaller::LastRung { rung: LastRung::Forward { .. }, .. } => {
                self.say(vec![Words::Forwarded], PASSING, false);
            }
            // `Ended` follows and says it.
            ToCaller::LastRung { .. } => {}
            ToCaller::Ended { ended } => return self.on_ended(*ended),
        }
        Continue(())
    }

    /// The machine has ended it: the last words if nobody was reached, then goodbye.
    fn on_ended(&mut self, ended: End) -> ControlFlow<()> {
        self.is_in_queue = false;
        let Some(words) = last_words(ended) else { return Break(()) };
        self.stage = Stage::Closing;
        self.announce = super::every(FAREWELL_S_MAX);
        // Words begin with the ACK if it has not come yet: the leg keeps them.
        self.say(vec![words], FAREWELL, true);
        Continue(())
    }

    fn say(&self, words: Vec<Words>, token: u32, must: bool) {
        let saying = Saying { line: self.line, words, token, must };
        self.room.house.legs.say(self.leg.id, &saying);
    }
}

/// What is said to somebody whom nobody answered; a talk ends without.
const fn last_words(ended: End) -> Option<Words> {
    match ended {
        End::ServiceFull => Some(Words::ServiceFull),
        End::CallBackPromised => Some(Words::CallBackPromised),
        End::LineClosed => Some(Words::LineClosed),
        End::LineOutage => Some(Words::LineOutage),
        End::LeftWaiting
        | End::LostWaiting
        | End::SeekerEnded
        | End::SeekerLost
        | End::CounselorEnded
        | End::SupervisorEnded => None,
    }
}
