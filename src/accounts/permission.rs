//! The words that roles are made of. A role is data; what a word opens is code.

/// One thing an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    TakeContacts,
    WriteNotes,
    ReadNotes,
    CloseContacts,
    ReadContactHistory,
    SetRisk,
    WatchQueue,
    ReadPicks,
    LogOutCounselors,
    SwitchLines,
    EditAccounts,
    EditCounselors,
    EditLines,
    EditSkills,
    EditReplies,
    ReadRoles,
    ReadJournal,
    LookIn,
}

impl Permission {
    const WORDS: [(Self, &'static str); 18] = [
        (Self::TakeContacts, "contacts.take"),
        (Self::WriteNotes, "notes.write"),
        (Self::ReadNotes, "notes.read"),
        (Self::CloseContacts, "contacts.close"),
        (Self::ReadContactHistory, "contacts.history"),
        (Self::SetRisk, "risk.set"),
        (Self::WatchQueue, "board.watch"),
        (Self::ReadPicks, "picks.read"),
        (Self::LogOutCounselors, "counselors.log_out"),
        (Self::SwitchLines, "lines.switch"),
        (Self::EditAccounts, "accounts.edit"),
        (Self::EditCounselors, "counselors.edit"),
        (Self::EditLines, "lines.edit"),
        (Self::EditSkills, "skills.edit"),
        (Self::EditReplies, "replies.edit"),
        (Self::ReadRoles, "roles.read"),
        (Self::ReadJournal, "journal.read"),
        (Self::LookIn, "contacts.look"),
    ];

    /// The word as roles store it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let known = Self::WORDS.iter().find(|(permission, _)| *permission == self);
        known.map_or("", |(_, word)| word)
    }

    /// The permission of a word; unknown words open nothing.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().find(|(_, known)| *known == word);
        known.map(|(permission, _)| *permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_a_word_of_its_own() {
        for (permission, word) in Permission::WORDS {
            assert_eq!(Permission::parse(word), Some(permission));
            assert_eq!(permission.as_str(), word);
        }
        assert_eq!(Permission::parse("everything"), None);
    }
}
