//! What became of contacts, as the pump learns it from the machine's effects.
//!
//! Facts fill the tables `contacts`, `talks` and `picks`, which history, case
//! records and reports read. The switchboard itself never reads them.

use super::callers::{self, CallerRecord};
use super::sql::{Statement, Value, id, word};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId, OfferId};
use crate::switchboard::effect::{End, Pick, Released, Withdrawn};
use crate::switchboard::{Channel, Risk};
use serde::{Deserialize, Serialize};

/// Where a contact is, as far as reports care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    Waiting,
    Talking,
    WrapUp,
    Closed,
}

/// What is known of a contact when it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivalFact {
    pub contact: ContactId,
    pub line: LineId,
    pub channel: Channel,
    pub locale: String,
    pub campaign: Option<String>,
    /// SHA-256 of the seeker's token; the token itself is never stored.
    pub token_hash: [u8; 32],
    pub risk: Risk,
    pub returning: Option<ContactId>,
    /// The person's first contact; this one, if no return phrase says otherwise.
    pub alias_root: ContactId,
    pub simulated: bool,
    pub at: At,
}

/// One thing that became of a contact. Idempotent and ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactFact {
    Arrived(ArrivalFact),
    /// It came by telephone.
    Called(CallerRecord),
    RiskChanged {
        contact: ContactId,
        risk: Risk,
    },
    /// Waits again: after a transfer, a lost counselor, or on another line.
    Queued {
        contact: ContactId,
        line: LineId,
    },
    Offered {
        offer: OfferId,
        contact: ContactId,
        counselor: CounselorId,
        pick: Pick,
        at: At,
    },
    Withdrawn {
        offer: OfferId,
        reason: Withdrawn,
        at: At,
    },
    Connected {
        contact: ContactId,
        counselor: CounselorId,
        at: At,
    },
    /// The talk is over, the note is to be written.
    WrapUp {
        contact: ContactId,
    },
    Released {
        contact: ContactId,
        counselor: CounselorId,
        reason: Released,
        at: At,
    },
    Ended {
        contact: ContactId,
        end: End,
        at: At,
    },
    /// The talk in which a counselor called for help is over, or has left their hands.
    CallEnded {
        contact: ContactId,
    },
    Closed {
        contact: ContactId,
        at: At,
    },
}

/// The statements of a fact.
pub(crate) fn statements(fact: &ContactFact) -> Vec<Statement> {
    match fact {
        ContactFact::Arrived(arrival) => vec![arrived(arrival)],
        ContactFact::Called(record) => vec![callers::statement(record)],
        ContactFact::RiskChanged { contact, risk } => vec![Statement::new(
            "UPDATE contacts SET risk = $2 WHERE contact_id = $1",
            [id(contact), word(risk)],
        )],
        ContactFact::Queued { contact, line } => vec![Statement::new(
            "UPDATE contacts SET state = 'waiting', line_id = $2 WHERE contact_id = $1",
            [id(contact), Value::from(i64::from(line.0))],
        )],
        ContactFact::Offered { offer, contact, counselor, pick, at } => {
            vec![offered(*offer, *contact, *counselor, pick, *at)]
        }
        ContactFact::Withdrawn { offer, reason, at } => vec![Statement::new(
            "UPDATE picks SET withdrawn = $2, withdrawn_at_ms = $3 \
             WHERE offer_id = $1 AND withdrawn IS NULL",
            [offer_value(*offer), word(reason), Value::from(*at)],
        )],
        ContactFact::Connected { contact, counselor, at } => connected(*contact, *counselor, *at),
        ContactFact::WrapUp { contact } => vec![Statement::new(
            "UPDATE contacts SET state = 'wrap_up' WHERE contact_id = $1",
            [id(contact)],
        )],
        ContactFact::Released { contact, counselor, reason, at } => vec![Statement::new(
            "UPDATE talks SET released_at_ms = $3, released = $4 \
             WHERE contact_id = $1 AND counselor_id = $2 AND released_at_ms IS NULL",
            [id(contact), id(counselor), Value::from(*at), word(reason)],
        )],
        ContactFact::Ended { contact, end, at } => vec![Statement::new(
            "UPDATE contacts SET ended_at_ms = $2, end_reason = $3 WHERE contact_id = $1",
            [id(contact), Value::from(*at), word(end)],
        )],
        ContactFact::CallEnded { contact } => vec![super::calls::end_statement(*contact)],
        ContactFact::Closed { contact, at } => vec![Statement::new(
            "UPDATE contacts SET state = 'closed', closed_at_ms = $2 WHERE contact_id = $1",
            [id(contact), Value::from(*at)],
        )],
    }
}

fn arrived(arrival: &ArrivalFact) -> Statement {
    Statement::new(
        "INSERT INTO contacts (contact_id, line_id, channel, locale, campaign, token_hash, \
         risk, state, returning_id, simulated, arrived_at_ms, arrived_line_id, alias_root) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $2, $11) \
         ON CONFLICT (contact_id) DO NOTHING",
        [
            id(arrival.contact),
            Value::from(i64::from(arrival.line.0)),
            word(&arrival.channel),
            Value::from(arrival.locale.as_str()),
            Value::from(arrival.campaign.clone()),
            Value::from(arrival.token_hash.as_slice()),
            word(&arrival.risk),
            Value::from(arrival.returning.map(|contact| contact.to_string())),
            Value::from(arrival.simulated),
            Value::from(arrival.at),
            id(arrival.alias_root),
        ],
    )
}

fn offered(
    offer: OfferId,
    contact: ContactId,
    counselor: CounselorId,
    pick: &Pick,
    at: At,
) -> Statement {
    let pick = serde_json::to_string(pick).unwrap_or_default();
    Statement::new(
        "INSERT INTO picks (offer_id, contact_id, counselor_id, pick, at_ms) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (offer_id) DO NOTHING",
        [offer_value(offer), id(contact), id(counselor), Value::from(pick), Value::from(at)],
    )
}

fn connected(contact: ContactId, counselor: CounselorId, at: At) -> Vec<Statement> {
    let talking = Statement::new(
        "UPDATE contacts SET state = 'talking', counselor_id = $2, \
         connected_at_ms = COALESCE(connected_at_ms, $3) WHERE contact_id = $1",
        [id(contact), id(counselor), Value::from(at)],
    );
    let talk = Statement::new(
        "INSERT INTO talks (contact_id, counselor_id, began_at_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (contact_id, began_at_ms, counselor_id) DO NOTHING",
        [id(contact), id(counselor), Value::from(at)],
    );
    vec![talking, talk]
}

fn offer_value(offer: OfferId) -> Value {
    Value::from(i64::try_from(offer.0).unwrap_or(i64::MAX))
}
