//! The switchboard's state rows: opaque JSON by kind and id; the truth a restart reads.

use super::error::StoreError;
use super::job::StateRow;
use super::sql::{Door, Pool, Statement, Value};
use std::collections::BTreeMap;

/// Rows in one statement.
const CHUNK_COUNT: usize = 100;

/// All rows, by kind and id.
pub(crate) async fn list(pool: &Pool) -> Result<Vec<StateRow>, StoreError> {
    let statement =
        Statement::new("SELECT kind, id, body FROM switchboard_rows ORDER BY kind, id", []);
    let rows = pool.read("state.list", statement).await?;
    rows.iter()
        .map(|row| {
            let door = Door { row, table: "switchboard_rows", key: "id" };
            let (kind, id) = (door.text("kind")?, door.text("id")?);
            Ok(StateRow { kind, id, body: Some(door.text("body")?) })
        })
        .collect()
}

/// The statements that bring the table to what `rows` say; the last word on a row counts.
pub(crate) fn changes(rows: &[&StateRow]) -> Vec<Statement> {
    let mut last: BTreeMap<(&str, &str), Option<&str>> = BTreeMap::new();
    for row in rows {
        last.insert((&row.kind, &row.id), row.body.as_deref());
    }
    let mut kept: Vec<[&str; 3]> = Vec::new();
    let mut gone: Vec<[&str; 2]> = Vec::new();
    for ((kind, id), body) in last {
        match body {
            Some(body) => kept.push([kind, id, body]),
            None => gone.push([kind, id]),
        }
    }
    let mut statements: Vec<Statement> = kept.chunks(CHUNK_COUNT).map(upsert).collect();
    statements.extend(gone.chunks(CHUNK_COUNT).map(delete));
    statements
}

fn upsert(rows: &[[&str; 3]]) -> Statement {
    let sql = format!(
        "INSERT INTO switchboard_rows (kind, id, body) VALUES {} \
         ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
        placeholders(rows.len(), 3)
    );
    Statement::new(sql, rows.iter().flatten().map(|text| Value::from(*text)))
}

fn delete(rows: &[[&str; 2]]) -> Statement {
    let sql = format!(
        "DELETE FROM switchboard_rows WHERE (kind, id) IN (VALUES {})",
        placeholders(rows.len(), 2)
    );
    Statement::new(sql, rows.iter().flatten().map(|text| Value::from(*text)))
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows.saturating_mul(columns).saturating_mul(6));
    let mut number = 0_usize;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            number = number.saturating_add(1);
            if column > 0 {
                text.push_str(", ");
            }
            text.push('$');
            text.push_str(&number.to_string());
        }
        text.push(')');
    }
    text
}
