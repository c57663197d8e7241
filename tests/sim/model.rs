//! The reference model: the law of the switchboard as plainly as it can be written.
//!
//! Vectors and linear scans, nothing remembered that could be counted again. It is written from
//! the law in `src/switchboard.rs` alone and shares with the machine only the public types.
//! Where it and the machine differ, one of them has read the law wrongly.
//!
//! This file holds the state, the turn, the timers and the small verbs that the rooms below share.

mod counselors;
mod matching;
mod plan;
mod seekers;
mod talks;

use xinqiao::clock::At;
use xinqiao::ids::{ContactId, CounselorId, LineId, OfferId, SkillId};
use xinqiao::switchboard::line::Switches;
use xinqiao::switchboard::measure::Work;
use xinqiao::switchboard::{
    Channel, Effect, End, Input, Line, Need, Pick, Presence, Profile, Reason, Refusal, Risk, Rules,
    Wish,
};

/// The whole hotline.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) rules: Rules,
    pub(crate) now: At,
    pub(crate) lines: Vec<Door>,
    pub(crate) counselors: Vec<Counselor>,
    /// In order of arrival number.
    pub(crate) contacts: Vec<Contact>,
    pub(crate) drops: Vec<Drop>,
    pub(crate) timers: Vec<Timer>,
    pub(crate) roster_empty_since: Option<At>,
    /// The highest `passes_max` of this night.
    pub(crate) most_passes: u32,
    pub(crate) offers_made: u64,
    pub(crate) arrivals: u64,
    pub(crate) armings: u64,
    /// When the last offers were accepted, oldest first.
    pub(crate) connects: Vec<At>,
    pub(crate) effects: Vec<Effect>,
}

#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) line: Line,
    pub(crate) switches: Switches,
}

#[derive(Clone, Debug)]
pub(crate) struct Counselor {
    pub(crate) profile: Profile,
    pub(crate) wish: Wish,
    pub(crate) connected: bool,
    /// The socket is gone, and the grace runs.
    pub(crate) in_grace: bool,
    pub(crate) stop: bool,
    pub(crate) misses: u32,
    pub(crate) idle_since: At,
    /// How many of their picks in a row passed the oldest overdue contact they could have taken.
    pub(crate) passed: u32,
    /// Connected, available and not stopped at the end of the last event.
    pub(crate) was_ready: bool,
    pub(crate) work: Work,
    /// Their hands are being emptied; only the first word of it is said.
    pub(crate) goes_home: bool,
    /// What they were last shown as.
    pub(crate) shown: Presence,
}

impl Counselor {
    pub(crate) fn proficiency(&self, skill: SkillId) -> u8 {
        self.profile.skills.iter().find(|(known, _)| *known == skill).map_or(0, |(_, level)| *level)
    }

    /// Connected, available and not stopped: may be offered something.
    pub(crate) fn is_ready(&self) -> bool {
        self.connected && self.wish == Wish::Available && !self.stop
    }

    pub(crate) fn is_on_shift(&self) -> bool {
        (self.connected || self.in_grace) && self.wish != Wish::Offline
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) contact: ContactId,
    pub(crate) line: LineId,
    pub(crate) channel: Channel,
    pub(crate) risk: Risk,
    pub(crate) asks: Option<Need>,
    pub(crate) arrived_at: At,
    pub(crate) number: u64,
    pub(crate) head: bool,
    pub(crate) connected: bool,
    pub(crate) connected_once: bool,
    pub(crate) step: usize,
    /// The step's timer, put aside while an offer rings.
    pub(crate) step_aside: Option<Timer>,
    pub(crate) transfer: Option<Need>,
    pub(crate) forwarded: bool,
    pub(crate) preferred: Option<CounselorId>,
    pub(crate) talked_with: Option<CounselorId>,
    pub(crate) barred: Vec<CounselorId>,
    /// When it was last queued.
    pub(crate) began_at: At,
    /// What the running timer of the empty roster was armed for.
    pub(crate) roster_armed_for: Option<At>,
    pub(crate) simulated: bool,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Waiting,
    Offered { counselor: CounselorId, offer: OfferId, expires_at: At, pick: Pick },
    Talking { counselor: CounselorId, offer: OfferId, since: At },
    WrapUp { counselor: CounselorId, offer: OfferId, ended: End, until: At },
}

impl Place {
    /// Who holds it, in a talk or for the note.
    pub(crate) const fn holder(&self) -> Option<(CounselorId, OfferId)> {
        match self {
            Self::Talking { counselor, offer, .. } | Self::WrapUp { counselor, offer, .. } => {
                Some((*counselor, *offer))
            }
            Self::Waiting | Self::Offered { .. } => None,
        }
    }

    pub(crate) const fn is_before_talk(&self) -> bool {
        matches!(self, Self::Waiting | Self::Offered { .. })
    }
}

/// Somebody who dropped and may come back.
#[derive(Clone, Debug)]
pub(crate) struct Drop {
    pub(crate) contact: ContactId,
    pub(crate) counselor: Option<CounselorId>,
}

#[derive(Clone, Debug)]
pub(crate) struct Timer {
    pub(crate) due: At,
    pub(crate) reason: Reason,
    pub(crate) number: u64,
    pub(crate) of: Whom,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    Contact(ContactId),
    Counselor(CounselorId),
    Bar(ContactId, CounselorId),
}

impl Model {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            most_passes: within_bounds(rules.clone()).passes_max,
            rules: within_bounds(rules),
            now: At(i64::MIN),
            lines: Vec::new(),
            counselors: Vec::new(),
            contacts: Vec::new(),
            drops: Vec::new(),
            timers: Vec::new(),
            roster_empty_since: Some(At(i64::MIN)),
            offers_made: 0,
            arrivals: 0,
            armings: 0,
            connects: Vec::new(),
            effects: Vec::new(),
        }
    }

    // ── the turn ────────────────────────────────────────────────────

    /// One turn; `None` is a timeout. Gives what the world has to do.
    pub(crate) fn turn(&mut self, at: At, input: Option<&Input>) -> Vec<Effect> {
        let last = self.now;
        self.now = last.max(at);
        self.add_work(last);
        if input == Some(&Input::Restarted) {
            self.restarted(last);
            self.settle();
        }
        while let Some(timer) = self.next_timer().filter(|timer| timer.due <= self.now).cloned() {
            self.timers.retain(|other| other.number != timer.number);
            self.fire(timer.reason, timer.of);
            self.settle();
        }
        if let Some(input) = input.filter(|input| **input != Input::Restarted) {
            self.take(input);
            self.settle();
        }
        std::mem::take(&mut self.effects)
    }

    /// Counts the time since the last turn.
    fn add_work(&mut self, last: At) {
        let passed_ms = if last == At(i64::MIN) { 0 } else { self.now.ms_since(last) as u64 };
        for counselor in &self.counselors.clone() {
            let id = counselor.profile.counselor;
            if !counselor.connected || counselor.wish == Wish::Offline {
                continue;
            }
            let is_busy = self.ringing(id).is_some() || !self.held(id).is_empty();
            let work = &mut self.counselor_mut(id).unwrap().work;
            work.on_shift_ms += passed_ms;
            work.busy_ms += if is_busy { passed_ms } else { 0 };
        }
    }

    /// What follows every input and every timer.
    fn settle(&mut self) {
        for counselor in &mut self.counselors {
            if counselor.is_ready() && !counselor.was_ready {
                counselor.idle_since = self.now;
            }
            counselor.was_ready = counselor.is_ready();
        }
        self.look_at_roster();
        self.match_all();
    }

    fn take(&mut self, input: &Input) {
        match input.clone() {
            Input::RulesSaved { rules } => self.save_rules(rules),
            Input::LineSaved { line } => self.save_line(line),
            Input::CounselorSaved { profile } => self.save_counselor(profile),
            Input::CounselorRemoved { counselor } => self.remove_counselor(counselor),
            Input::Arrive(arrival) => self.arrive(arrival),
            Input::SeekerConnected { contact } => self.seeker_connected(contact),
            Input::SeekerLost { contact } => self.seeker_lost(contact),
            Input::Danger { contact } => self.danger(contact),
            Input::Leave { contact } => self.leave(contact),
            Input::CounselorConnected { counselor } => self.counselor_connected(counselor),
            Input::CounselorLost { counselor } => self.counselor_lost(counselor),
            Input::Wish { counselor, wish } => self.set_wish(counselor, wish),
            Input::LoadGuard { counselor, stop } => self.set_stop(counselor, stop),
            Input::Accept { counselor, offer } => self.accept(counselor, offer),
            Input::Decline { counselor, offer } => self.decline(counselor, offer),
            Input::PullOne { counselor } => self.pull_one(counselor),
            Input::End { counselor, contact } => self.end_by_counselor(counselor, contact),
            Input::WrappedUp { counselor, contact } => self.wrapped_up(counselor, contact),
            Input::Transfer { counselor, contact, to, note } => {
                self.transfer(counselor, contact, to, note);
            }
            Input::RiskSet { contact, risk, .. } => self.set_risk(contact, risk),
            Input::LogOut { counselor, .. } => self.log_out(counselor),
            Input::SwitchboardMode { line, on, by } => self.switch_mode(line, on, by),
            Input::Outage { line, on, by } => self.switch_outage(line, on, by),
            Input::Close { contact, .. } => self.close(contact),
            Input::Restarted => unreachable!("comes before the timers"),
        }
    }

    fn fire(&mut self, reason: Reason, of: Whom) {
        match (reason, of) {
            (Reason::OfferExpires, Whom::Contact(contact)) => self.offer_expires(contact),
            (Reason::PlanWidens, Whom::Contact(contact)) => self.widen(contact),
            (Reason::BarLifts, Whom::Bar(contact, counselor)) => {
                self.contact_mut(contact).barred.retain(|barred| *barred != counselor);
            }
            (Reason::SeekerGraceEnds, Whom::Contact(contact)) => self.seeker_grace_ends(contact),
            (Reason::CounselorGraceEnds, Whom::Counselor(counselor)) => {
                self.counselor_grace_ends(counselor);
            }
            (Reason::WrapUpEnds, Whom::Contact(contact)) => self.close_wrap_up(contact),
            (Reason::RosterEmpty, Whom::Contact(contact)) => self.roster_stayed_empty(contact),
            (Reason::ReturnEnds, Whom::Contact(contact)) => {
                self.drops.retain(|drop| drop.contact != contact);
            }
            (reason, of) => unreachable!("{reason:?} of {of:?}"),
        }
    }

    // ── timers ──────────────────────────────────────────────────────

    fn next_timer(&self) -> Option<&Timer> {
        self.timers.iter().min_by_key(|timer| {
            let number = match timer.of {
                Whom::Contact(contact) if timer.reason == Reason::RosterEmpty => {
                    self.contact(contact).unwrap().number
                }
                _ => timer.number,
            };
            (timer.due, timer.reason, number)
        })
    }

    pub(crate) fn poll_timeout(&self) -> Option<(At, Reason)> {
        self.next_timer().map(|timer| (timer.due, timer.reason))
    }

    pub(crate) fn arm(&mut self, reason: Reason, of: Whom, after_ms: i64) {
        self.arm_at(reason, of, self.now + after_ms);
    }

    pub(crate) fn arm_at(&mut self, reason: Reason, of: Whom, due: At) {
        self.disarm(reason, of);
        self.armings += 1;
        self.timers.push(Timer { due, reason, number: self.armings, of });
    }

    pub(crate) fn disarm(&mut self, reason: Reason, of: Whom) {
        self.timers.retain(|timer| (timer.reason, timer.of) != (reason, of));
    }

    fn save_rules(&mut self, rules: Rules) {
        self.rules = within_bounds(rules);
        self.most_passes = self.most_passes.max(self.rules.passes_max);
    }

    // ── looking things up ───────────────────────────────────────────

    pub(crate) fn door(&self, line: LineId) -> Option<&Door> {
        self.lines.iter().find(|door| door.line.line == line)
    }

    /// The line of a contact; a known line is never forgotten.
    pub(crate) fn line_of(&self, contact: &Contact) -> &Line {
        &self.door(contact.line).unwrap().line
    }

    pub(crate) fn counselor(&self, counselor: CounselorId) -> Option<&Counselor> {
        self.counselors.iter().find(|one| one.profile.counselor == counselor)
    }

    pub(crate) fn counselor_mut(&mut self, counselor: CounselorId) -> Option<&mut Counselor> {
        self.counselors.iter_mut().find(|one| one.profile.counselor == counselor)
    }

    pub(crate) fn contact(&self, contact: ContactId) -> Option<&Contact> {
        self.contacts.iter().find(|one| one.contact == contact)
    }

    /// A contact that is known to be there.
    pub(crate) fn contact_mut(&mut self, contact: ContactId) -> &mut Contact {
        self.contacts.iter_mut().find(|one| one.contact == contact).unwrap()
    }

    pub(crate) fn somebody_is_on_shift(&self) -> bool {
        self.counselors.iter().any(Counselor::is_on_shift)
    }

    /// What a counselor holds (talks, wrap-ups), oldest first.
    pub(crate) fn held(&self, counselor: CounselorId) -> Vec<&Contact> {
        let mut held: Vec<_> = self
            .contacts
            .iter()
            .filter(|contact| contact.place.holder().is_some_and(|(who, _)| who == counselor))
            .collect();
        held.sort_by_key(|contact| contact.place.holder().map(|(_, offer)| offer));
        held
    }

    /// The contact whose offer rings at this counselor.
    pub(crate) fn ringing(&self, counselor: CounselorId) -> Option<&Contact> {
        self.contacts.iter().find(|contact| {
            matches!(contact.place, Place::Offered { counselor: who, .. } if who == counselor)
        })
    }

    // ── telling ─────────────────────────────────────────────────────

    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.effects.push(Effect::Refuse { refusal });
    }
}

/// A time is never negative, an offer rings, and one overdue contact may be passed by.
fn within_bounds(mut rules: Rules) -> Rules {
    for ms in [
        &mut rules.bar_ms,
        &mut rules.seeker_grace_ms,
        &mut rules.counselor_grace_ms,
        &mut rules.return_window_ms,
        &mut rules.wrap_up_ms,
        &mut rules.named_transfer_ms,
        &mut rules.roster_empty_ms,
    ] {
        *ms = (*ms).max(0);
    }
    for ms in &mut rules.overdue_ms {
        *ms = (*ms).max(0);
    }
    rules.ring_ms = rules.ring_ms.max(1);
    rules.passes_max = rules.passes_max.max(1);
    rules
}
