//! Under which alias the board shows a contact: kept beside the machine, which knows contacts only.

use crate::ids::ContactId;
use crate::live::card::alias_of;
use std::collections::BTreeMap;

/// The first contacts of those who came back with their return phrase, by their open contact.
#[derive(Clone, Debug, Default)]
pub struct Aliases(BTreeMap<ContactId, ContactId>);

impl Aliases {
    /// Remembers whose contact this is; somebody new needs no entry.
    pub fn note(&mut self, contact: ContactId, alias_root: ContactId) {
        if contact != alias_root {
            self.0.insert(contact, alias_root);
        }
    }

    /// The contact has left the switchboard.
    pub fn forget(&mut self, contact: ContactId) {
        self.0.remove(&contact);
    }

    #[must_use]
    pub fn alias(&self, contact: ContactId) -> String {
        alias_of(self.root(contact))
    }

    /// The person's first contact.
    #[must_use]
    pub fn root(&self, contact: ContactId) -> ContactId {
        self.0.get(&contact).copied().unwrap_or(contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_back_has_the_alias_of_their_first_contact_until_they_are_gone() {
        let (first, second) = (ContactId::from_number(1), ContactId::from_number(2));
        let mut aliases = Aliases::default();
        aliases.note(first, first);
        aliases.note(second, first);
        assert_eq!(aliases.alias(second), alias_of(first));
        assert_eq!(aliases.alias(first), alias_of(first));
        aliases.forget(second);
        assert_eq!(aliases.root(second), second);
    }
}
