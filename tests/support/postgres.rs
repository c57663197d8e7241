//! A PostgreSQL of the test's own: Debian's binaries, a data directory and a
//! socket that nobody else knows, stopped and removed at the end.
//!
//! Include it with `#[path = "../support/postgres.rs"] mod postgres;`.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server that dies with this value.
pub struct Postgres {
    directory: tempfile::TempDir,
    binaries: PathBuf,
    server: Option<Child>,
}

impl Postgres {
    /// Makes a fresh cluster and starts it.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub fn start() -> Self {
        let directory = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let mut postgres = Self { directory, binaries: binaries(), server: None };
        if let Some((user, group)) = other_account() {
            chown(postgres.directory.path(), Some(user), Some(group)).unwrap();
            let readable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(postgres.directory.path(), readable).unwrap();
        }
        let made = postgres
            .command("initdb")
            .args(["--auth=trust", "--username=xinqiao", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--no-sync", "--pgdata"])
            .arg(postgres.data())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        postgres.resume();
        postgres
    }

    /// The address of a new, empty database.
    pub fn database(&self, name: &str) -> String {
        self.query("postgres", &format!("CREATE DATABASE {name}"));
        self.url(name)
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        let socket = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://xinqiao@{socket}/{name}")
    }

    /// Runs SQL through psql and returns what it prints, unaligned.
    pub fn query(&self, database: &str, sql: &str) -> String {
        let done = self.psql(database, sql).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// The psql that would run this SQL.
    pub fn psql(&self, database: &str, sql: &str) -> Command {
        let mut command = self.command("psql");
        command.arg("--host").arg(self.directory.path());
        command.args(["--username=xinqiao", "--no-psqlrc", "--tuples-only", "--no-align"]);
        command.args(["--quiet", "--set=ON_ERROR_STOP=1", "--dbname", database, "--command", sql]);
        command
    }

    /// What a power cut is to the server: `pg_ctl stop -m immediate`.
    pub fn kill(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--wait", "--silent", "--pgdata"]).arg(self.data());
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if let Some(mut server) = self.server.take() {
            let _ = server.wait();
        }
    }

    /// Starts the server on its directory, after a kill.
    ///
    /// # Panics
    /// If it does not start.
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing tells when a server is ready: it is asked until it says so"
    )]
    pub fn resume(&mut self) {
        let log = std::fs::File::create(self.directory.path().join("log")).unwrap();
        let mut start = self.command("postgres");
        start.arg("-D").arg(self.data()).arg("-k").arg(self.directory.path());
        start.args(["-c", "listen_addresses=", "-c", "max_connections=40"]);
        let server = start.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        self.server = Some(server);
        for _ in 0..2_000 {
            let mut ask = self.command("pg_isready");
            ask.args(["--quiet", "--timeout=1", "--host"]).arg(self.directory.path());
            if ask.status().unwrap().success() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let log = std::fs::read_to_string(self.directory.path().join("log")).unwrap();
        panic!("PostgreSQL did not start:\n{log}");
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// PostgreSQL refuses to run as root: then it runs as `postgres`.
    fn command(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = if other_account().is_some() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The newest version that is installed.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let versions = versions.expect("PostgreSQL is not installed: apt-get install postgresql");
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL is not installed: apt-get install postgresql").1
}

/// User and group of `postgres`, when this process is root.
fn other_account() -> Option<(u32, u32)> {
    if !rustix::process::getuid().is_root() {
        return None;
    }
    let accounts = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let line = accounts.lines().find(|line| line.starts_with("postgres:")).unwrap();
    let fields: Vec<&str> = line.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}
