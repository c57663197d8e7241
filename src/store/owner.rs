//! Who owns the database, and which batch was stored last.
//!
//! Table `owner` has one row `(epoch, batch)`. A process that opens the
//! database adds one to the epoch; every transaction of a writer moves `batch`
//! from the number it knows to its own, on condition that both are still what
//! it thinks (compare and set). Two things follow:
//!
//! * A process that was deposed finds another epoch and can write nothing.
//! * When the answer to a commit is lost, the row tells whether it took place:
//!   the batch's own number stands there, or still the one before. A
//!   transaction that an old connection still holds and commits later loses
//!   the comparison, or makes the retry lose it. Either way: exactly once.

use super::error::{StoreError, Trouble};
use super::sql::{Connection, Door, Row, Statement, Value};

/// This process's place in the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) epoch: i64,
    /// The last batch known to be stored.
    pub(crate) batch: i64,
}

impl Owner {
    /// Makes this process the owner; any other is deposed by that.
    pub(crate) async fn take(connection: &mut Connection) -> Result<Self, StoreError> {
        let statement = Statement::new(
            "UPDATE owner SET epoch = epoch + 1 WHERE single = 1 RETURNING epoch, batch",
            [],
        );
        let done = connection.run(&statement).await;
        let done = done.map_err(|trouble| trouble.in_operation("owner.take"))?;
        let missing = StoreError::Inconsistent { table: "owner", column: "single", id: "1".into() };
        done.rows.first().map_or(Err(missing), read)
    }

    /// What stands in the row now.
    pub(crate) async fn look(connection: &mut Connection) -> Result<Self, Trouble> {
        let statement = Statement::new("SELECT epoch, batch FROM owner WHERE single = 1", []);
        let done = connection.run(&statement).await?;
        done.rows.first().and_then(|row| read(row).ok()).ok_or(Trouble::Deposed)
    }

    /// Moves the row from this batch to `batch`; changes no row if that is not ours to do.
    pub(crate) fn step_to(self, batch: i64) -> Statement {
        Statement::new(
            "UPDATE owner SET batch = $3 WHERE single = 1 AND epoch = $1 AND batch = $2",
            [Value::from(self.epoch), Value::from(self.batch), Value::from(batch)],
        )
    }
}

fn read(row: &Row) -> Result<Owner, StoreError> {
    let door = Door { row, table: "owner", key: "single" };
    Ok(Owner { epoch: door.int("epoch")?, batch: door.int("batch")? })
}
