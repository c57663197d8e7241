//! The witness knows no rule of the switchboard. It only hears what the world is told, turn by
//! turn, and says when the story makes no sense: somebody lost, somebody in two places, two offers
//! for one contact, more contacts than a counselor can hold, an end without a reason.

use std::collections::BTreeMap;
use xinqiao::ids::{ContactId, CounselorId, OfferId};
use xinqiao::switchboard::effect::{Queued, Withdrawn};
use xinqiao::switchboard::{Channel, Effect, End, Input, Profile, Rule, Rules};

/// Where the world believes a contact to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Waiting,
    Offered(OfferId, CounselorId),
    /// The offer was accepted, `Connect` must follow at once.
    Accepted(CounselorId),
    Talking(CounselorId),
    /// `Ended` was said; `WrapUp` must follow at once.
    Ending(CounselorId, End),
    WrapUp(CounselorId, End),
    /// No longer held; `Queued` or `Closed` must follow at once.
    Released(Option<End>),
    /// `Ended` was said to one who waited; `Closed` must follow at once.
    TurnedAway(End),
    Closed(End),
}

#[derive(Clone, Debug)]
pub(crate) struct Witness {
    /// Before and after this turn: timers that were due fire before the input is taken.
    hard_max: [u8; 2],
    contacts: BTreeMap<ContactId, (Channel, Told)>,
    profiles: BTreeMap<CounselorId, [Profile; 2]>,
    last_offer: Option<OfferId>,
    /// The lowest `passes_max` of this night.
    passes_max: u32,
    /// How many picks each counselor made since the last one that was owed.
    picks_since_owed: BTreeMap<CounselorId, u32>,
}

impl Witness {
    pub(crate) const fn new(rules: &Rules) -> Self {
        let hard_max = [rules.chats_hard_max; 2];
        Self {
            hard_max,
            contacts: BTreeMap::new(),
            profiles: BTreeMap::new(),
            last_offer: None,
            passes_max: rules.passes_max,
            picks_since_owed: BTreeMap::new(),
        }
    }

    pub(crate) const fn contacts(&self) -> &BTreeMap<ContactId, (Channel, Told)> {
        &self.contacts
    }

    /// Hears one turn.
    pub(crate) fn hear(&mut self, input: Option<&Input>, effects: &[Effect]) -> Result<(), String> {
        let refused = effects.iter().any(|effect| matches!(effect, Effect::Refuse { .. }));
        let mut arriving = None;
        match input {
            Some(Input::RulesSaved { rules }) => {
                self.hard_max[1] = rules.chats_hard_max;
                self.passes_max = self.passes_max.min(rules.passes_max);
            }
            Some(Input::CounselorSaved { profile }) => {
                let known = self.profiles.entry(profile.counselor);
                known.or_insert_with(|| [profile.clone(), profile.clone()])[1] = profile.clone();
            }
            Some(Input::Arrive(arrival)) if !refused => {
                arriving = Some((arrival.contact, arrival.channel));
            }
            _ => {}
        }
        for effect in effects {
            if let Some(contact) = subject(effect) {
                let told = self.contacts.get(&contact).copied();
                let (channel, told) = match (told, arriving) {
                    (Some((channel, told)), _) if !matches!(told, Told::Closed(_)) => {
                        (channel, Some(told))
                    }
                    (_, Some((id, channel))) if id == contact => (channel, None),
                    _ => return Err(format!("{contact} is unknown, but {effect:?}")),
                };
                let next = self.next(channel, told, effect)?;
                self.contacts.insert(contact, (channel, next));
            }
        }
        if let Some((contact, _)) = arriving
            && !self.contacts.contains_key(&contact)
        {
            return Err(format!("{contact} arrived, and nothing came of it"));
        }
        self.hard_max[0] = self.hard_max[1];
        for [before, after] in self.profiles.values_mut() {
            before.clone_from(after);
        }
        self.is_between_turns()
    }

    fn next(
        &mut self,
        channel: Channel,
        told: Option<Told>,
        effect: &Effect,
    ) -> Result<Told, String> {
        let wrong = || Err(format!("{told:?} cannot hear {effect:?}"));
        Ok(match (told, effect) {
            (None, Effect::Queued { reason: Queued::Arrived | Queued::Forwarded, .. })
            | (Some(Told::Waiting | Told::Released(None)), Effect::Queued { .. })
            | (None | Some(Told::Waiting), Effect::LastRung { .. }) => Told::Waiting,
            (None | Some(Told::Waiting), Effect::Ended { ended, .. }) => Told::TurnedAway(*ended),
            (Some(Told::TurnedAway(end)), Effect::Closed { ended, .. }) if end == *ended => {
                Told::Closed(end)
            }
            (Some(Told::Waiting), Effect::Offer { offer, counselor, pick, .. }) => {
                self.judge_offer(channel, *offer, *counselor, pick.rule)?;
                self.judge_order(*counselor, pick.rule)?;
                Told::Offered(*offer, *counselor)
            }
            (
                Some(Told::Offered(ringing, at)),
                Effect::Withdraw { offer, counselor, reason, .. },
            ) if ringing == *offer && at == *counselor => {
                if *reason == Withdrawn::Accepted {
                    Told::Accepted(at)
                } else {
                    Told::Waiting
                }
            }
            (Some(Told::Accepted(at)), Effect::Connect { counselor, .. }) if at == *counselor => {
                Told::Talking(at)
            }
            (Some(Told::Talking(at)), Effect::Ended { ended, .. }) => Told::Ending(at, *ended),
            (Some(Told::Ending(at, end)), Effect::WrapUp { counselor, ended, .. })
                if at == *counselor && end == *ended =>
            {
                Told::WrapUp(at, end)
            }
            (Some(Told::Talking(at)), Effect::Released { counselor, .. }) if at == *counselor => {
                Told::Released(None)
            }
            (Some(Told::WrapUp(at, end)), Effect::Released { counselor, .. })
                if at == *counselor =>
            {
                Told::Released(Some(end))
            }
            (Some(Told::Released(Some(end))), Effect::Closed { ended, .. }) if end == *ended => {
                Told::Closed(end)
            }
            (Some(same), Effect::RiskChanged { .. }) => same,
            _ => return wrong(),
        })
    }

    /// One offer at a time for both, in rising numbers, and within what the counselor can hold.
    fn judge_offer(
        &mut self,
        channel: Channel,
        offer: OfferId,
        counselor: CounselorId,
        rule: Rule,
    ) -> Result<(), String> {
        if self.last_offer.is_some_and(|last| last >= offer) {
            return Err(format!("offer {offer} after {:?}", self.last_offer));
        }
        self.last_offer = Some(offer);
        let mut held = (0_usize, 0_usize);
        for (id, (channel, told)) in &self.contacts {
            match told {
                Told::Offered(other, at) if *at == counselor => {
                    return Err(format!("{counselor} has offer {other} of {id} and {offer}"));
                }
                Told::Talking(at) | Told::WrapUp(at, _) if *at == counselor => {
                    let count = if channel.is_voice() { &mut held.0 } else { &mut held.1 };
                    *count += 1;
                }
                _ => {}
            }
        }
        let (voices, chats) = held;
        let [before, after] = self.profiles.get(&counselor).ok_or("offered to a stranger")?;
        let room = match channel {
            Channel::Chat if rule == Rule::Pulled => self.hard_max[0].max(self.hard_max[1]),
            Channel::Chat => before.chats_max.max(after.chats_max),
            Channel::Phone | Channel::WebCall => u8::from(before.takes_voice || after.takes_voice),
        };
        let used = if channel.is_voice() { voices } else { chats };
        if used >= usize::from(room) {
            return Err(format!("{counselor} holds {held:?} and is offered one more {channel:?}"));
        }
        Ok(())
    }

    /// Of `passes_max` + 1 picks of one counselor at most one goes against the order of risk.
    fn judge_order(&mut self, counselor: CounselorId, rule: Rule) -> Result<(), String> {
        let picks = self.picks_since_owed.entry(counselor).or_default();
        if rule != Rule::Overdue {
            *picks += 1;
            return Ok(());
        }
        if *picks < self.passes_max {
            return Err(format!("{counselor} was owed a pick after {picks} others"));
        }
        *picks = 0;
        Ok(())
    }

    /// Between two turns nobody is in the middle of anything.
    fn is_between_turns(&self) -> Result<(), String> {
        for (contact, (_, told)) in &self.contacts {
            if let Told::Accepted(_) | Told::Ending(..) | Told::Released(_) | Told::TurnedAway(_) =
                told
            {
                return Err(format!("{contact} was left {told:?}"));
            }
        }
        Ok(())
    }
}

/// Whom an effect is about.
const fn subject(effect: &Effect) -> Option<ContactId> {
    match effect {
        Effect::Offer { contact, .. }
        | Effect::Withdraw { contact, .. }
        | Effect::Connect { contact, .. }
        | Effect::Queued { contact, .. }
        | Effect::WrapUp { contact, .. }
        | Effect::Released { contact, .. }
        | Effect::Ended { contact, .. }
        | Effect::Closed { contact, .. }
        | Effect::LastRung { contact, .. }
        | Effect::RiskChanged { contact, .. } => Some(*contact),
        Effect::Refuse { .. } | Effect::Presence { .. } | Effect::Switched { .. } => None,
    }
}
