//! Knowing a caller again without knowing who they are: the number goes sealed into the store with the
//! arrival, and nowhere else.

use super::caller::{Caller, Hop, Standing};
use crate::clock::At;
use crate::ids::ContactId;
use crate::seal::Seal;
use crate::store::Store;
use crate::store::callers::{self, CallerRecord};
use std::sync::Arc;

/// The house's memory of callers.
#[derive(Clone)]
pub struct People {
    pub seal: Seal,
    pub store: Arc<Store>,
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("People")
    }
}

/// Who a caller is to the house.
#[derive(Clone, Debug)]
pub struct Person {
    pub alias_root: ContactId,
    pub earlier_contacts: u32,
    pub record: CallerRecord,
}

impl People {
    /// Seals the number and looks for its earlier contacts. Trouble of the store makes them somebody
    /// new: the call goes on.
    pub async fn recognise(
        &self,
        contact: ContactId,
        caller: &Caller,
        trunk: &str,
        at: At,
    ) -> Person {
        let mut record = record(contact, caller, trunk);
        let mut person =
            Person { alias_root: contact, earlier_contacts: 0, record: record.clone() };
        let Some(number) = &caller.number else { return person };
        let fingerprint = self.seal.fingerprint(number);
        record.fingerprint = Some(fingerprint);
        match self.seal.seal(number, &contact.to_string()) {
            Ok(sealed) => record.sealed = Some(sealed),
            Err(error) => tracing::error!(contact.id = %contact, %error, "sip.seal failed"),
        }
        match self.known(&fingerprint, at).await {
            Ok(Some((root, earlier))) => {
                (person.alias_root, person.earlier_contacts) = (root, earlier);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(contact.id = %contact, %error, "sip.recognise failed"),
        }
        Person { record, ..person }
    }

    async fn known(
        &self,
        fingerprint: &[u8; 32],
        at: At,
    ) -> Result<Option<(ContactId, u32)>, crate::store::StoreError> {
        let Some(root) = self.store.callers().alias_root(fingerprint).await? else {
            return Ok(None);
        };
        Ok(Some((root, self.store.contacts().count_earlier(root, at).await?)))
    }
}

fn record(contact: ContactId, caller: &Caller, trunk: &str) -> CallerRecord {
    CallerRecord {
        contact,
        standing: match caller.standing {
            Standing::Real => callers::Standing::Real,
            Standing::Forwarded => callers::Standing::Forwarded,
            Standing::Withheld => callers::Standing::Withheld,
        },
        lost_by: caller.lost_by.map(|hop| match hop {
            Hop::Caller => "caller".to_owned(),
            Hop::Forwarding => "forwarding".to_owned(),
            Hop::Trunk => trunk.to_owned(),
        }),
        fingerprint: None,
        sealed: None,
    }
}
