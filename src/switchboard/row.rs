//! State rows: what a restart reads.
//!
//! One row per contact, counselor, line, bucket of measures and remembered drop,
//! and one for the house. A row is the JSON of the machine's own state,
//! so nothing can be forgotten on the way; what is derived is rebuilt.

use super::Switchboard;
use super::contact::Contact;
use super::counselor::Counselor;
use super::line::{Channel, Line, Switches};
use super::measure::{Counters, MeasureKey};
use super::timer::Stamp;
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId};
use serde::{Deserialize, Serialize};

/// One state row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    Contact(Box<Contact>),
    Counselor(Box<Counselor>),
    Line(Box<LineRow>),
    Measures(MeasureRow),
    Drop(DropRow),
    House(Box<House>),
}

/// A line and its switches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRow {
    pub line: Line,
    pub switches: Switches,
}

/// One bucket of measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureRow {
    pub key: MeasureKey,
    pub counters: Counters,
}

/// A contact that dropped and may be returned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropRow {
    pub contact: ContactId,
    /// The counselor it was connected to last.
    pub counselor: Option<CounselorId>,
    pub forgotten: Stamp,
}

/// What belongs to nobody in particular.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct House {
    /// The time of the last turn.
    pub at: At,
    pub offers: u64,
    pub arrivals: u64,
    pub timers_armed: u64,
    pub queue_version: u64,
    /// Since when nobody has been on shift.
    pub roster_empty_since: Option<At>,
    /// The last connects, oldest first; at most [`House::CONNECTS_MAX`].
    pub connects: Vec<At>,
}

impl Default for House {
    /// Before the first turn: the roster is empty from the beginning of time.
    fn default() -> Self {
        Self {
            at: At(i64::MIN),
            offers: 0,
            arrivals: 0,
            timers_armed: 0,
            queue_version: 0,
            roster_empty_since: Some(At(i64::MIN)),
            connects: Vec::new(),
        }
    }
}

impl House {
    /// How many connects an estimate looks back on.
    pub const CONNECTS_MAX: usize = 16;
}

/// Which table a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    House,
    Line,
    Counselor,
    Contact,
    Drop,
    Measures,
}

impl RowKind {
    pub const ALL: [Self; 6] =
        [Self::House, Self::Line, Self::Counselor, Self::Contact, Self::Drop, Self::Measures];

    /// As it stands in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::House => "house",
            Self::Line => "line",
            Self::Counselor => "counselor",
            Self::Contact => "contact",
            Self::Drop => "drop",
            Self::Measures => "measures",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A row to write, or to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    pub kind: RowKind,
    pub id: String,
    /// `None`: delete it (it may never have been written).
    pub row: Option<Row>,
}

/// Why rows make no machine.
#[derive(Debug, thiserror::Error)]
pub enum RowFault {
    #[error("read a {kind} row: {source}", kind = kind.as_str())]
    Json { kind: RowKind, source: serde_json::Error },
    #[error("write a {kind} row: {source}", kind = kind.as_str())]
    Write { kind: RowKind, source: serde_json::Error },
    #[error("there is more than one {kind} row {id}", kind = kind.as_str())]
    Twice { kind: RowKind, id: String },
    #[error("{kind} {id} points to {missing}, which has no row", kind = kind.as_str())]
    Dangling { kind: RowKind, id: String, missing: &'static str },
    #[error("there are more rows than a machine can number")]
    TooMany,
}

impl Row {
    #[must_use]
    pub const fn kind(&self) -> RowKind {
        match self {
            Self::Contact(_) => RowKind::Contact,
            Self::Counselor(_) => RowKind::Counselor,
            Self::Line(_) => RowKind::Line,
            Self::Measures(_) => RowKind::Measures,
            Self::Drop(_) => RowKind::Drop,
            Self::House(_) => RowKind::House,
        }
    }

    /// Names the row within its kind.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Contact(contact) => contact.contact.to_string(),
            Self::Counselor(counselor) => counselor.profile.counselor.to_string(),
            Self::Line(line) => line.line.line.to_string(),
            Self::Measures(measures) => measures.key.row_id(),
            Self::Drop(drop) => drop.contact.to_string(),
            Self::House(_) => HOUSE_ID.to_owned(),
        }
    }

    /// Reads a row as it stands in the store.
    ///
    /// # Errors
    /// [`RowFault::Json`] if the body is not of this kind.
    pub fn from_json(kind: RowKind, body: &str) -> Result<Self, RowFault> {
        let row = match kind {
            RowKind::Contact => serde_json::from_str(body).map(Self::Contact),
            RowKind::Counselor => serde_json::from_str(body).map(Self::Counselor),
            RowKind::Line => serde_json::from_str(body).map(Self::Line),
            RowKind::Measures => serde_json::from_str(body).map(Self::Measures),
            RowKind::Drop => serde_json::from_str(body).map(Self::Drop),
            RowKind::House => serde_json::from_str(body).map(Self::House),
        };
        row.map_err(|source| RowFault::Json { kind, source })
    }

    /// The row as it stands in the store.
    ///
    /// # Errors
    /// [`RowFault::Write`]; no state of the machine is known to cause it.
    pub fn to_json(&self) -> Result<String, RowFault> {
        let body = match self {
            Self::Contact(contact) => serde_json::to_string(contact),
            Self::Counselor(counselor) => serde_json::to_string(counselor),
            Self::Line(line) => serde_json::to_string(line),
            Self::Measures(measures) => serde_json::to_string(measures),
            Self::Drop(drop) => serde_json::to_string(drop),
            Self::House(house) => serde_json::to_string(house),
        };
        body.map_err(|source| RowFault::Write { kind: self.kind(), source })
    }
}

pub(super) const HOUSE_ID: &str = "house";

impl MeasureKey {
    /// Names the bucket among the rows.
    #[must_use]
    pub fn row_id(&self) -> String {
        let channel = match self.channel {
            Channel::Phone => "phone",
            Channel::Chat => "chat",
            Channel::WebCall => "web_call",
        };
        format!("{} {} {channel}", self.hour.0, self.line)
    }
}

/// Where a change is noted until it is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    Contact(ContactId),
    Counselor(CounselorId),
    Line(LineId),
    Measures(MeasureKey),
    Drop(ContactId),
    House,
}

impl Switchboard {
    /// The state rows that changed since they were last polled, each once.
    pub fn poll_row(&mut self) -> Option<RowChange> {
        let (kind, id, row) = match self.changed.pop_front()? {
            Changed::Contact(id) => (RowKind::Contact, id.to_string(), self.contact_row(id)),
            Changed::Counselor(id) => (RowKind::Counselor, id.to_string(), self.counselor_row(id)),
            Changed::Line(id) => {
                let row = self.lines.get(&id).map(|line| Row::Line(Box::new(line.row.clone())));
                (RowKind::Line, id.to_string(), row)
            }
            Changed::Measures(key) => {
                self.measures_marked.remove(&key);
                let counters = self.measures.get(&key);
                let row = counters.map(|&counters| Row::Measures(MeasureRow { key, counters }));
                (RowKind::Measures, key.row_id(), row)
            }
            Changed::Drop(id) => {
                let row = self.drops.by_id(id).map(|drop| Row::Drop(*drop));
                (RowKind::Drop, id.to_string(), row)
            }
            Changed::House => {
                self.is_house_marked = false;
                let house = Box::new(self.house.clone());
                (RowKind::House, HOUSE_ID.to_owned(), Some(Row::House(house)))
            }
        };
        Some(RowChange { kind, id, row })
    }

    fn contact_row(&mut self, id: ContactId) -> Option<Row> {
        self.gone_marked.remove(&id);
        let number = self.contacts.lookup(id)?;
        let contact = self.contacts.at_mut(number)?;
        contact.is_marked = false;
        Some(Row::Contact(Box::new(contact.clone())))
    }

    fn counselor_row(&mut self, id: CounselorId) -> Option<Row> {
        let number = self.counselors.lookup(id)?;
        let counselor = self.counselors.at_mut(number)?;
        counselor.index.is_marked = false;
        Some(Row::Counselor(Box::new(counselor.as_row())))
    }
}
