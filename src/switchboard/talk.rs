//! Talks, wrap-ups and transfers.

use super::Switchboard;
use super::contact::{Phase, Place, Seeker};
use super::counselor::Counselor;
use super::effect::{Effect, End, Presence, Queued, Reason, Refusal, Released, Withdrawn};
use super::input::Target;
use super::timer::Owner;
use crate::ids::{ContactId, CounselorId, NoteId};

impl Switchboard {
    pub(super) fn end(&mut self, counselor: CounselorId, contact: ContactId) {
        if let Some((_, contact)) = self.held(counselor, contact, true) {
            self.end_talk(contact, End::CounselorEnded);
        }
    }

    pub(super) fn wrapped_up(&mut self, counselor: CounselorId, contact: ContactId) {
        if let Some((_, contact)) = self.held(counselor, contact, false) {
            self.close_wrap_up(contact);
        }
    }

    /// A supervisor ends a contact wherever it is.
    pub(super) fn close(&mut self, contact: ContactId) {
        let Some(number) = self.contacts.lookup(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let Some(found) = self.contacts.get(number) else { return };
        match &found.place {
            Place::Waiting { .. } | Place::Offered { .. } => {
                self.stop_ringing(number, Withdrawn::SeekerGone);
                self.end_waiting(number, End::SupervisorEnded);
            }
            Place::Talking { .. } => self.end_talk(number, End::SupervisorEnded),
            Place::WrapUp { .. } => self.close_wrap_up(number),
        }
    }

    /// The counselor and their contact in a talk (or in wrap-up); else refuses.
    fn held(
        &mut self,
        counselor: CounselorId,
        contact: ContactId,
        is_talking: bool,
    ) -> Option<(u32, u32)> {
        let Some(holder) = self.counselors.lookup(counselor) else {
            self.refuse(Refusal::UnknownCounselor);
            return None;
        };
        let Some(number) = self.contacts.lookup(contact) else {
            self.refuse(Refusal::UnknownContact);
            return None;
        };
        let is_theirs = self.contacts.get(number).is_some_and(|found| {
            found.holder() == Some(counselor) && found.is_talking() == is_talking
        });
        if !is_theirs {
            self.refuse(Refusal::NotYours);
        }
        is_theirs.then_some((holder, number))
    }

    /// The talk is over for the seeker; the note remains.
    pub(super) fn end_talk(&mut self, contact: u32, ended: End) {
        let Some(found) = self.contacts.get(contact) else { return };
        let Place::Talking { counselor, since, seeker } = found.place else { return };
        let id = found.contact;
        let Some(number) = self.counselors.lookup(counselor) else { return };
        let now = self.house.at;
        let shown = self.shown(number);
        self.disarm_grace(seeker);
        self.bump(contact, |counters| &mut counters.talk_ms, now.ms_since(since));
        let due = now + self.rules.wrap_up_ms;
        let until = self.timers.arm(Reason::WrapUpEnds, due, Owner::Contact(contact));
        if let Some(found) = self.mark(contact) {
            found.place = Place::WrapUp { counselor, since: now, until, ended };
        }
        if let Some(found) = self.touch_counselor(number)
            && let Some(held) = found.held.iter_mut().find(|held| held.contact == id)
        {
            held.is_talking = false;
        }
        self.tell(Effect::Ended { contact: id, ended });
        self.tell(Effect::WrapUp { contact: id, counselor, ended, until: due });
        self.show_work(number, shown);
    }

    /// The note is written, or its time is over.
    pub(super) fn close_wrap_up(&mut self, contact: u32) {
        let Some(found) = self.contacts.get(contact) else { return };
        let Place::WrapUp { counselor, since, ended, .. } = found.place else { return };
        let id = found.contact;
        let Some(number) = self.counselors.lookup(counselor) else { return };
        let shown = self.shown(number);
        self.bump(contact, |counters| &mut counters.wrap_up_ms, self.house.at.ms_since(since));
        self.release(number, id, Released::Closed, Some(shown));
        self.forget(contact);
        self.tell(Effect::Closed { contact: id, ended });
    }

    /// A counselor no longer holds a contact; `shown` is given if their presence follows it.
    fn release(
        &mut self,
        counselor: u32,
        contact: ContactId,
        reason: Released,
        shown: Option<Presence>,
    ) {
        let now = self.house.at;
        let Some(found) = self.touch_counselor(counselor) else { return };
        found.held.retain(|held| held.contact != contact);
        found.idle_since = now;
        let id = found.id();
        self.tell(Effect::Released { contact, counselor: id, reason });
        if let Some(shown) = shown {
            self.show_work(counselor, shown);
        }
    }

    /// Takes a talk from its counselor and says whether the seeker is there.
    fn release_talk(
        &mut self,
        contact: u32,
        reason: Released,
        is_shown: bool,
    ) -> Option<(u32, Seeker)> {
        let found = self.contacts.get(contact)?;
        let Place::Talking { counselor, since, seeker } = found.place else { return None };
        let id = found.contact;
        let number = self.counselors.lookup(counselor)?;
        let shown = is_shown.then(|| self.shown(number));
        self.bump(contact, |counters| &mut counters.talk_ms, self.house.at.ms_since(since));
        self.release(number, id, reason, shown);
        Some((number, seeker))
    }

    /// Back to the head of the queue, the plan from here, preferring nobody.
    fn queue_again(&mut self, contact: u32, phase: Phase, seeker: Seeker) {
        let Some(found) = self.touch(contact) else { return };
        found.head = true;
        found.preferred = None;
        let line = found.line;
        self.count_waiting(line, true);
        self.begin_waiting(contact, phase, seeker);
    }

    pub(super) fn transfer(
        &mut self,
        counselor: CounselorId,
        contact: ContactId,
        to: Target,
        note: Option<NoteId>,
    ) {
        let Some((_, number)) = self.held(counselor, contact, true) else { return };
        if !self.is_target(counselor, to) {
            return self.refuse(Refusal::NoSuchTarget);
        }
        let Some((_, seeker)) = self.release_talk(number, Released::Transferred, true) else {
            return;
        };
        self.bar(number, counselor);
        let phase = match to {
            Target::Line(line) => {
                if let Some(found) = self.touch(number) {
                    found.line = line;
                }
                Phase::Step(0)
            }
            Target::Skill(skill) => Phase::Skill(skill),
            Target::Counselor(counselor) => Phase::Named(counselor),
        };
        self.queue_again(number, phase, seeker);
        self.tell(Effect::Queued { contact, reason: Queued::Transferred, note });
    }

    fn is_target(&self, giver: CounselorId, to: Target) -> bool {
        match to {
            Target::Line(line) => self.is_open(line, self.house.at),
            Target::Skill(skill) => {
                self.counselors.iter().any(|(_, found)| found.profile.proficiency(skill).is_some())
            }
            Target::Counselor(counselor) => {
                counselor != giver
                    && self.counselors.by_id(counselor).is_some_and(Counselor::is_on_shift)
            }
        }
    }

    /// Everything a counselor holds goes back or closes, in the order it was connected.
    pub(super) fn release_all(&mut self, counselor: u32, reason: Released, queued: Queued) {
        let Some(found) = self.counselors.get(counselor) else { return };
        let held: Vec<ContactId> = found.held.iter().map(|held| held.contact).collect();
        for id in held {
            let Some(contact) = self.contacts.lookup(id) else { continue };
            if let Some((_, seeker)) = self.release_talk(contact, reason, false) {
                self.queue_again(contact, Phase::Step(0), seeker);
                self.tell(Effect::Queued { contact: id, reason: queued, note: None });
            } else {
                self.close_note(counselor, contact, id);
            }
        }
    }

    /// Closes a note whose counselor is gone; their presence has been told.
    fn close_note(&mut self, counselor: u32, contact: u32, id: ContactId) {
        let Some(found) = self.contacts.get(contact) else { return };
        let Place::WrapUp { since, ended, .. } = found.place else { return };
        self.bump(contact, |counters| &mut counters.wrap_up_ms, self.house.at.ms_since(since));
        self.release(counselor, id, Released::Closed, None);
        self.forget(contact);
        self.tell(Effect::Closed { contact: id, ended });
    }
}
