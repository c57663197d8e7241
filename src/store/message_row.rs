//! Rows of messages parsed at the door, alike on both engines.

use super::error::StoreError;
use super::job::{MessageKind, Sender};
use super::reader::{Message, Want};
use crate::clock::At;
use crate::ids::{ContactId, CounselorId, MessageId};
use crate::veil::Pii;
use sqlx::{ColumnIndex, Decode, Row, Type};

/// A row that a message can be read from: numbers and text by the number of their column.
pub(crate) trait MessageRow: Row {
    /// # Errors
    /// A column of another type.
    fn int(&self, column: usize) -> Result<i64, sqlx::Error>;
    /// # Errors
    /// A column of another type, or null.
    fn text(&self, column: usize) -> Result<&str, sqlx::Error>;
    /// # Errors
    /// A column of another type.
    fn text_or_null(&self, column: usize) -> Result<Option<&str>, sqlx::Error>;
}

impl<R: Row> MessageRow for R
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> &'r str: Decode<'r, R::Database> + Type<R::Database>,
{
    fn int(&self, column: usize) -> Result<i64, sqlx::Error> {
        self.try_get(column)
    }

    fn text(&self, column: usize) -> Result<&str, sqlx::Error> {
        self.try_get(column)
    }

    fn text_or_null(&self, column: usize) -> Result<Option<&str>, sqlx::Error> {
        self.try_get(column)
    }
}

/// Deals the rows out to those who want them, each list in the order of the talk. Column 0 says
/// whose a row is, counted from `first`.
///
/// # Errors
/// A row that fits no state.
pub(crate) fn deal<R: MessageRow>(
    rows: &[R],
    wants: &[Want],
    first: i64,
) -> Result<Vec<Vec<Message>>, sqlx::Error> {
    let mut lists: Vec<Vec<Message>> = wants.iter().map(|_| Vec::new()).collect();
    for row in rows {
        let number = usize::try_from(row.int(0)?.saturating_sub(first)).unwrap_or(usize::MAX);
        if let (Some(want), Some(list)) = (wants.get(number), lists.get_mut(number)) {
            list.push(read(want.contact, row)?);
        }
    }
    for list in &mut lists {
        list.sort_by_key(|message| message.seq);
    }
    Ok(lists)
}

fn read<R: MessageRow>(contact: ContactId, row: &R) -> Result<Message, sqlx::Error> {
    let author = row.text_or_null(4)?.map(|text| text.parse::<CounselorId>().ok());
    Ok(Message {
        contact,
        seq: row.int(1)?,
        message: fitting(contact, "message_id", row.text(2)?.parse::<MessageId>().ok())?,
        from: fitting(contact, "sender", Sender::from_word(row.text(3)?))?,
        author: author.map(|id| fitting(contact, "author_id", id)).transpose()?,
        client_id: row.text_or_null(5)?.map(str::to_owned),
        kind: fitting(contact, "kind", MessageKind::from_word(row.text(6)?))?,
        text: Pii::new(row.text(7)?.to_owned()),
        at: At(row.int(8)?),
    })
}

/// A message's value that fits no state.
pub(crate) fn fitting<T>(
    contact: ContactId,
    column: &'static str,
    value: Option<T>,
) -> Result<T, sqlx::Error> {
    value.ok_or_else(|| {
        let id = contact.to_string();
        sqlx::Error::Decode(Box::new(StoreError::Inconsistent { table: "messages", column, id }))
    })
}
