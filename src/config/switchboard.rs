//! `[switchboard]`: the rules of the house, [`Rules`], as the machine itself defines them.

use super::fault::{Fault, Section, fault, within};
use crate::switchboard::Rules;

/// A day: no deadline of a contact is longer.
const DAY_MS: i64 = 86_400_000;

impl Section for Rules {
    const NAME: &'static str = "switchboard";

    fn validate(&self) -> Result<(), Fault> {
        within("ring_ms", self.ring_ms, 1_000..=300_000)?;
        within("bar_ms", self.bar_ms, 0..=DAY_MS)?;
        within("seeker_grace_ms", self.seeker_grace_ms, 1_000..=DAY_MS)?;
        within("counselor_grace_ms", self.counselor_grace_ms, 1_000..=DAY_MS)?;
        within("return_window_ms", self.return_window_ms, 0..=DAY_MS)?;
        within("wrap_up_ms", self.wrap_up_ms, 1_000..=DAY_MS)?;
        within("named_transfer_ms", self.named_transfer_ms, 1_000..=DAY_MS)?;
        within("roster_empty_ms", self.roster_empty_ms, 0..=DAY_MS)?;
        for overdue in self.overdue_ms {
            within("overdue_ms", overdue, 0..=DAY_MS)?;
        }
        if !self.overdue_ms.is_sorted_by(|lower, higher| lower >= higher) {
            return Err(fault(
                "overdue_ms",
                "expected five times from risk none to imminent, none longer than the one before",
            ));
        }
        within("passes_max", self.passes_max, 1..=1_000)?;
        within("chats_hard_max", self.chats_hard_max, 1..=20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_risk_is_never_overdue_later_than_a_lower_one() {
        let rules = Rules { overdue_ms: [1_000, 1_000, 900, 950, 100], ..Rules::default() };
        assert_eq!(rules.validate().unwrap_err().key, "overdue_ms");
        assert_eq!(Rules::default().validate(), Ok(()));
    }
}
