//! Who holds a contact's token, for calls beside the socket.
//!
//! The token comes in `Authorization: Bearer …` and nowhere else. A wrong token, an unknown contact
//! and none at all look the same.

use super::Lobby;
use crate::clock::At;
use crate::door::{Fault, Problem, origin};
use crate::ids::ContactId;
use crate::live::card::hash_token;
use crate::store::StoreError;
use crate::store::contacts::ContactRecord;
use axum::http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;

impl Lobby {
    /// The contact whose token the caller holds.
    ///
    /// # Errors
    /// A foreign origin, a wrong token, trouble of the store.
    pub(super) async fn bearer(
        &self,
        contact: &str,
        headers: &HeaderMap,
    ) -> Result<ContactRecord, Problem> {
        if !origin::is_welcome(headers, &self.sites) {
            return Err(Fault::ForeignOrigin.into());
        }
        let token = token_in(headers).ok_or(Fault::BadToken)?;
        let contact: ContactId = contact.parse().map_err(|_| Fault::BadToken)?;
        let record = self.store.contacts().lookup(contact).await;
        let record = record.map_err(|error| not_ready(&error))?.ok_or(Fault::BadToken)?;
        let is_theirs = bool::from(hash_token(token).ct_eq(&record.token_hash));
        if is_theirs { Ok(record) } else { Err(Fault::BadToken.into()) }
    }

    /// # Errors
    /// The contact ended longer ago than `after_end_ms`.
    pub(super) fn is_in_time(&self, record: &ContactRecord, at: At) -> Result<(), Problem> {
        match record.ended {
            Some((ended_at, _)) if at.ms_since(ended_at) > self.after_end_ms => {
                Err(Fault::TooLate.into())
            }
            _ => Ok(()),
        }
    }
}

fn token_in(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get(header::AUTHORIZATION).map(HeaderValue::to_str)?.ok()?;
    let (scheme, token) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The store is in trouble: logged here, once.
pub(super) fn not_ready(error: &StoreError) -> Problem {
    tracing::error!(%error, "lobby could not ask the store");
    Problem::retry_after(Fault::NotReady, 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_token_is_read_from_the_authorization_header_only() {
        assert_eq!(token_in(&sent("Bearer abc")), Some("abc"));
        assert_eq!(token_in(&sent("bearer abc")), Some("abc"));
        assert_eq!(token_in(&sent("Basic abc")), None);
        assert_eq!(token_in(&sent("abc")), None);
        assert_eq!(token_in(&HeaderMap::new()), None);
    }
}
