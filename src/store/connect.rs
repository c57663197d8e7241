//! Where the database is, how it is taken for this process, and connecting to it.

use super::error::{StoreError, Trouble};
use super::sql::{Connection, Engine, Pool};
use super::{Settings, postgres, sqlite};

/// Where the database is and how to connect.
#[derive(Clone)]
pub(crate) enum Source {
    Sqlite(sqlite::File),
    Postgres(Box<postgres::Server>),
}

/// What keeps other processes out for as long as it is held; the server's
/// equivalent is held by the writer's connection.
pub(crate) struct Hold {
    _lock: Option<sqlite::LockFile>,
}

impl Source {
    /// Reads `database.url`.
    pub(crate) fn of(settings: &Settings) -> Result<Self, StoreError> {
        let url = settings.url.as_str();
        if let Some(path) = url.strip_prefix("sqlite:") {
            Ok(Self::Sqlite(sqlite::File::of(path, settings.pages_max)?))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let server = postgres::Server::of(url, settings.write_deadline_ms)?;
            Ok(Self::Postgres(Box::new(server)))
        } else {
            Err(StoreError::Url)
        }
    }

    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Whether there is something to look at; a server is asked only when it is read.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Self::Sqlite(file) => file.is_there(),
            Self::Postgres(_) => true,
        }
    }

    /// Keeps other processes off, where that is a matter of files.
    pub(crate) async fn hold(&self) -> Result<Hold, StoreError> {
        match self {
            Self::Sqlite(file) => Ok(Hold { _lock: Some(file.hold().await?) }),
            Self::Postgres(_) => Ok(Hold { _lock: None }),
        }
    }

    /// The writer's connection at start, with everything checked.
    pub(crate) async fn first_connection(&self) -> Result<Connection, StoreError> {
        match self {
            Self::Sqlite(file) => file.first_connection().await,
            Self::Postgres(server) => server.first_connection().await,
        }
    }

    /// The writer's connection anew, while running. Whatever is said no with
    /// (a changed password, a database renamed), it is the database that is away.
    pub(crate) async fn connect(&self) -> Result<Connection, Trouble> {
        let connected = match self {
            Self::Sqlite(file) => file.connect().await.map(Connection::Sqlite),
            Self::Postgres(server) => server.connect().await,
        };
        connected.map_err(
            |trouble| {
                if trouble.is_of_the_database() { trouble } else { Trouble::Gone }
            },
        )
    }

    /// Connections for reading, made when they are needed.
    pub(crate) fn pool(&self, readers: u32) -> Pool {
        match self {
            Self::Sqlite(file) => Pool::Sqlite(file.pool(readers)),
            Self::Postgres(server) => Pool::Postgres(server.pool(readers)),
        }
    }

    /// The error of a database that cannot be opened because of `trouble`.
    pub(crate) fn refused(&self, trouble: Trouble) -> StoreError {
        match self {
            Self::Sqlite(file) => file.refused(&trouble),
            Self::Postgres(server) => server.refused(trouble),
        }
    }
}
