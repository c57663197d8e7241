//! A PostgreSQL of the test's own: Debian's binaries, a data directory and a
//! socket that nobody else knows, stopped and removed at the end.
//!
//! Include it with `#[path = "../support/postgres.rs"] mod postgres;`.

use xinqiao::bench::postgres::Server;

/// A server that stops with this value.
pub struct Postgres {
    server: Server,
    _directory: tempfile::TempDir,
}

impl Postgres {
    /// Makes a fresh cluster and starts it.
    pub fn start() -> Self {
        // A socket's path may be no longer than 107 bytes.
        let directory = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        Self { server: Server::start(directory.path()).unwrap(), _directory: directory }
    }

    /// The address of a new, empty database.
    pub fn database(&self, name: &str) -> String {
        self.server.database(name).unwrap()
    }

    /// Runs SQL through psql and returns what it prints, unaligned.
    pub fn query(&self, database: &str, sql: &str) -> String {
        self.server.query(database, sql).unwrap()
    }

    /// What a power cut is to the server: an immediate stop.
    pub fn kill(&self) {
        self.server.kill().unwrap();
    }

    /// Starts the server on its directory, after a kill.
    pub fn resume(&self) {
        self.server.resume().unwrap();
    }
}
