//! Bringing the schema up to date: forward only, each migration once, at start.
//!
//! `migrations/common` serves both engines; a file stands in
//! `migrations/sqlite` and `migrations/postgres` only where the dialects force it.

use super::connect::Source;
use super::error::{StoreError, Trouble};
use super::sql::Connection;
use sqlx::migrate::{MigrateError, Migration, Migrator};

static COMMON: Migrator = sqlx::migrate!("migrations/common");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Runs what has not run; refuses a schema that is newer than this program.
pub(crate) async fn bring_up(
    connection: &mut Connection,
    source: &Source,
) -> Result<(), StoreError> {
    let (migrator, done) = match connection {
        Connection::Sqlite(connection) => {
            let migrator = both(&SQLITE);
            let done = migrator.run(connection).await;
            (migrator, done)
        }
        Connection::Postgres(connection) => {
            let migrator = both(&POSTGRES);
            let done = migrator.run(connection).await;
            (migrator, done)
        }
    };
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or(0);
    done.map_err(|error| refused(error, known, source))
}

fn both(engine: &Migrator) -> Migrator {
    let all: Vec<Migration> = COMMON.iter().chain(engine.iter()).cloned().collect();
    Migrator::with_migrations(all)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "sqlx may add errors; they are faults")]
fn refused(error: MigrateError, known: i64, source: &Source) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) if found > known => {
            StoreError::NewerSchema { found, known }
        }
        MigrateError::VersionMissing(version)
        | MigrateError::VersionMismatch(version)
        | MigrateError::Dirty(version) => StoreError::OtherSchema { version },
        MigrateError::ExecuteMigration(error, version) => {
            StoreError::Migration { version, trouble: Trouble::of(&error) }
        }
        MigrateError::Execute(error) => source.refused(Trouble::of(&error)),
        _ => StoreError::Migration {
            version: known,
            trouble: Trouble::Refused { code: "migrate".to_owned() },
        },
    }
}
