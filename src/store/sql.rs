//! The portable dialect: statements with `$n` placeholders, and rows, for both engines.
//!
//! sqlx's own `Any` driver was not taken: the writer needs each engine's own
//! connection for its hot path (multi-row `INSERT`, `UNNEST`), and a SQLite
//! database has room for one writing connection only. So the two connections
//! stand side by side in one enum, and three types of value are enough:
//! numbers (BIGINT; booleans are 0 and 1), texts, bytes.

use super::error::{StoreError, Trouble};
use super::reader::{Message, Want};
use super::{postgres, sqlite};
use crate::clock::At;
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{
    Arguments, AssertSqlSafe, Column, Either, Executor as _, Row as _, SqlSafeStr, TypeInfo,
    ValueRef,
};
use std::borrow::Cow;
use std::str::FromStr;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A value to bind. Nulls have a type, PostgreSQL asks for it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Int(Some(i64::from(yes)))
    }
}

impl From<At> for Value {
    fn from(at: At) -> Self {
        Self::Int(Some(at.0))
    }
}

impl From<Option<At>> for Value {
    fn from(at: Option<At>) -> Self {
        Self::Int(at.map(|at| at.0))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_vec()))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        Self::Bytes(bytes)
    }
}

/// The text form of an id, as it is stored.
pub(crate) fn id(id: impl std::fmt::Display) -> Value {
    Value::Text(Some(id.to_string()))
}

/// One statement with its values.
#[derive(Clone)]
pub(crate) struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

impl Statement {
    pub(crate) fn new(
        sql: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self { sql: sql.into(), values: values.into_iter().collect() }
    }
}

/// What a statement did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Done {
    pub(crate) rows_affected: u64,
    pub(crate) rows: Vec<Row>,
}

/// A row, read whole. It knows its table only when it is asked for a column.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Row {
    columns: Vec<(String, Value)>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Row")
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{veiled}")
    }
}

impl Row {
    fn value(&self, column: &str) -> Option<&Value> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, value)| value)
    }

    pub(crate) fn int(&self, column: &str) -> Option<i64> {
        match self.value(column) {
            Some(Value::Int(number)) => *number,
            _ => None,
        }
    }

    pub(crate) fn text(&self, column: &str) -> Option<&str> {
        match self.value(column) {
            Some(Value::Text(text)) => text.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self, column: &str) -> Option<&[u8]> {
        match self.value(column) {
            Some(Value::Bytes(bytes)) => bytes.as_deref(),
            _ => None,
        }
    }
}

/// Reads typed values out of a row of `table`; `key` is the column that names the row in a fault.
pub(crate) struct Door<'r> {
    pub(crate) row: &'r Row,
    pub(crate) table: &'static str,
    pub(crate) key: &'static str,
}

impl Door<'_> {
    /// The fault of a column.
    pub(crate) fn fault(&self, column: &'static str) -> StoreError {
        let id = match self.row.value(self.key) {
            Some(Value::Text(Some(text))) => text.clone(),
            Some(Value::Int(Some(number))) => number.to_string(),
            _ => "?".to_owned(),
        };
        StoreError::Inconsistent { table: self.table, column, id }
    }

    pub(crate) fn int<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row
            .int(column)
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| self.fault(column))
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        match self.row.int(column) {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            _ => Err(self.fault(column)),
        }
    }

    pub(crate) fn at(&self, column: &'static str) -> Result<At, StoreError> {
        self.row.int(column).map(At).ok_or_else(|| self.fault(column))
    }

    pub(crate) fn at_or_none(&self, column: &str) -> Option<At> {
        self.row.int(column).map(At)
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.row.text(column).map(ToOwned::to_owned).ok_or_else(|| self.fault(column))
    }

    pub(crate) fn text_or_none(&self, column: &str) -> Option<String> {
        self.row.text(column).map(ToOwned::to_owned)
    }

    /// An id or another value with a text form.
    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row.text(column).and_then(|text| text.parse().ok()).ok_or_else(|| self.fault(column))
    }

    pub(crate) fn parsed_or_none<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        match self.row.text(column) {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| self.fault(column)),
        }
    }

    /// A JSON document.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row
            .text(column)
            .and_then(|text| serde_json::from_str(text).ok())
            .ok_or_else(|| self.fault(column))
    }

    /// A word of a serde enum (`snake_case`).
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row.text(column).and_then(from_word).ok_or_else(|| self.fault(column))
    }

    pub(crate) fn word_or_none<T: DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        match self.row.text(column) {
            None => Ok(None),
            Some(text) => from_word(text).map(Some).ok_or_else(|| self.fault(column)),
        }
    }
}

/// The serde word of a unit variant, as stored.
pub(crate) fn word(value: &impl serde::Serialize) -> Value {
    Value::Text(serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)))
}

fn from_word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// One connection to either engine.
pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Connection {
    /// Runs one statement and reads what it returns.
    pub(crate) async fn run(&mut self, statement: &Statement) -> Result<Done, Trouble> {
        let sql = sql_str(statement);
        let done = match self {
            Self::Sqlite(connection) => {
                run_sqlite(connection, sql, sqlite_arguments(&statement.values)?).await
            }
            Self::Postgres(connection) => {
                run_postgres(connection, sql, postgres_arguments(&statement.values)?).await
            }
        };
        done.map_err(|error| Trouble::of(&error))
    }

    /// Runs a statement without values that is not worth a place in the statement cache.
    pub(crate) async fn plain(&mut self, sql: &'static str) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(connection) => connection.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
            Self::Postgres(connection) => connection.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
        }
        .map_err(|error| Trouble::of(&error))
    }

    /// Says goodbye; SQLite's log goes into the database with the last connection.
    pub(crate) async fn close(self) {
        use sqlx::Connection as _;
        let _ = match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        };
    }
}

/// Connections for reading.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// Runs one reading statement.
    pub(crate) async fn read(
        &self,
        operation: &'static str,
        statement: Statement,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql_str(&statement);
        let refused = |trouble: Trouble| trouble.in_operation(operation);
        let done = match self {
            Self::Sqlite(pool) => {
                let arguments = sqlite_arguments(&statement.values).map_err(refused)?;
                match pool.acquire().await {
                    Ok(mut connection) => run_sqlite(&mut connection, sql, arguments).await,
                    Err(error) => Err(error),
                }
            }
            Self::Postgres(pool) => {
                let arguments = postgres_arguments(&statement.values).map_err(refused)?;
                match pool.acquire().await {
                    Ok(mut connection) => run_postgres(&mut connection, sql, arguments).await,
                    Err(error) => Err(error),
                }
            }
        };
        done.map(|done| done.rows).map_err(|error| refused(Trouble::of(&error)))
    }

    /// The messages of each want, in its place.
    pub(crate) async fn messages(&self, wants: &[Want]) -> Result<Vec<Vec<Message>>, StoreError> {
        let found = match self {
            Self::Sqlite(pool) => match pool.acquire().await {
                Ok(mut connection) => sqlite::messages(&mut connection, wants).await,
                Err(error) => Err(error),
            },
            Self::Postgres(pool) => match pool.acquire().await {
                Ok(mut connection) => postgres::messages(&mut connection, wants).await,
                Err(error) => Err(error),
            },
        };
        found.map_err(|error| match &error {
            sqlx::Error::Decode(inner) if inner.is::<StoreError>() => {
                inner.downcast_ref().cloned().unwrap_or(StoreError::Closed)
            }
            _ => Trouble::of(&error).in_operation("reader.history"),
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Every statement is written in this room; values are always bound.
fn sql_str(statement: &Statement) -> sqlx::SqlStr {
    AssertSqlSafe(statement.sql.clone()).into_sql_str()
}

async fn run_sqlite(
    connection: &mut SqliteConnection,
    sql: sqlx::SqlStr,
    arguments: SqliteArguments,
) -> Result<Done, sqlx::Error> {
    let mut done = Done::default();
    let mut results = connection.fetch_many(sqlx::query_with(sql, arguments));
    while let Some(result) = results.try_next().await? {
        match result {
            Either::Left(result) => done.rows_affected += result.rows_affected(),
            Either::Right(row) => done.rows.push(read_sqlite(&row)?),
        }
    }
    Ok(done)
}

async fn run_postgres(
    connection: &mut PgConnection,
    sql: sqlx::SqlStr,
    arguments: PgArguments,
) -> Result<Done, sqlx::Error> {
    let mut done = Done::default();
    let mut results = connection.fetch_many(sqlx::query_with(sql, arguments));
    while let Some(result) = results.try_next().await? {
        match result {
            Either::Left(result) => done.rows_affected += result.rows_affected(),
            Either::Right(row) => done.rows.push(read_postgres(&row)?),
        }
    }
    Ok(done)
}

fn unbindable() -> Trouble {
    Trouble::Refused { code: "bind".to_owned() }
}

fn sqlite_arguments(values: &[Value]) -> Result<SqliteArguments, Trouble> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Int(number) => arguments.add(*number),
            Value::Text(text) => arguments.add(text.as_deref()),
            Value::Bytes(bytes) => arguments.add(bytes.as_deref()),
        }
        .map_err(|_| unbindable())?;
    }
    Ok(arguments)
}

fn postgres_arguments(values: &[Value]) -> Result<PgArguments, Trouble> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Int(number) => arguments.add(*number),
            Value::Text(text) => arguments.add(text.as_deref()),
            Value::Bytes(bytes) => arguments.add(bytes.as_deref()),
        }
        .map_err(|_| unbindable())?;
    }
    Ok(arguments)
}

fn read_sqlite(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    let mut columns = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at)?;
        let value = if raw.is_null() {
            Value::Int(None)
        } else {
            match raw.type_info().name() {
                "INTEGER" => Value::Int(row.try_get_unchecked(at)?),
                "BLOB" => Value::Bytes(row.try_get_unchecked(at)?),
                _ => Value::Text(row.try_get_unchecked(at)?),
            }
        };
        columns.push((column.name().to_owned(), value));
    }
    Ok(Row { columns })
}

fn read_postgres(row: &PgRow) -> Result<Row, sqlx::Error> {
    let mut columns = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let value = match column.type_info().name() {
            "INT8" => Value::Int(row.try_get(at)?),
            "INT4" => Value::Int(row.try_get::<Option<i32>, _>(at)?.map(i64::from)),
            "BOOL" => Value::Int(row.try_get::<Option<bool>, _>(at)?.map(i64::from)),
            "BYTEA" => Value::Bytes(row.try_get(at)?),
            _ => Value::Text(row.try_get(at)?),
        };
        columns.push((column.name().to_owned(), value));
    }
    Ok(Row { columns })
}
