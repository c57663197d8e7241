//! A PostgreSQL of the bench's (and the tests') own: Debian's binaries, a fresh
//! data directory, a socket that nobody else knows; stopped with this value.

use anyhow::{Context, bail, ensure};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian puts the servers, one directory a version.
const INSTALLED: &str = "/usr/lib/postgresql";
/// Settings of the test cluster: durable as by default, only its own socket.
const SETTINGS: &str = "listen_addresses = ''\nmax_connections = 40\n";

/// A server that stops with this value.
#[derive(Debug)]
pub struct Server {
    directory: PathBuf,
    binaries: PathBuf,
    account: Option<(u32, u32)>,
}

impl Server {
    /// Makes a fresh cluster in `directory`, which must be empty, and starts it.
    pub fn start(directory: &Path) -> anyhow::Result<Self> {
        let account = other_account()?;
        let server = Self { directory: directory.to_path_buf(), binaries: binaries()?, account };
        if let Some((user, group)) = account {
            chown(directory, Some(user), Some(group)).context("handing the directory over")?;
            std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755))?;
        }
        let mut make = server.command("initdb");
        make.args(["--auth=trust", "--username=xinqiao", "--encoding=UTF8", "--locale=C.UTF-8"]);
        make.args(["--no-sync", "--pgdata"]).arg(server.data());
        quietly(&mut make)?;
        let file = server.data().join("postgresql.auto.conf");
        let socket = format!("unix_socket_directories = '{}'\n", directory.display());
        std::fs::write(file, format!("{SETTINGS}{socket}")).context("writing its settings")?;
        server.resume()?;
        Ok(server)
    }

    /// Starts the server on its directory and waits until it answers.
    pub fn resume(&self) -> anyhow::Result<()> {
        let mut start = self.command("pg_ctl");
        start.args(["start", "--wait", "--silent", "--timeout=60", "--pgdata"]).arg(self.data());
        start.arg("--log").arg(self.directory.join("log"));
        quietly(&mut start)
    }

    /// What a power cut is to the server: an immediate stop.
    pub fn kill(&self) -> anyhow::Result<()> {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--wait", "--silent", "--pgdata"]).arg(self.data());
        quietly(&mut stop)
    }

    /// Makes a database and gives its address.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        self.query("postgres", &format!("CREATE DATABASE {name}"))?;
        let socket = self.directory.display().to_string().replace('/', "%2F");
        Ok(format!("postgres://xinqiao@{socket}/{name}"))
    }

    /// Runs SQL through psql and gives what it prints, unaligned.
    pub fn query(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let mut psql = self.command("psql");
        psql.arg("--host").arg(&self.directory);
        psql.args(["--username=xinqiao", "--no-psqlrc", "--tuples-only", "--no-align"]);
        psql.args(["--quiet", "--set=ON_ERROR_STOP=1", "--dbname", database, "--command", sql]);
        let done = psql.output().context("running psql")?;
        ensure!(done.status.success(), "psql: {}", String::from_utf8_lossy(&done.stderr).trim());
        Ok(String::from_utf8(done.stdout)?.trim().to_owned())
    }

    /// The postmaster's process id.
    pub fn process(&self) -> anyhow::Result<u32> {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid"))?;
        file.lines().next().and_then(|line| line.trim().parse().ok()).context("no postmaster.pid")
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// PostgreSQL refuses to run as root: then it runs as `postgres`.
    fn command(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = match self.account {
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
                command.args(["--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Runs a command whose output nobody needs unless it fails. It goes to a file's
/// descriptor of the server's own, because a server that was started keeps it open.
fn quietly(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().display().to_string();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.with_context(|| format!("running {program}"))?;
    ensure!(status.success(), "{program} of PostgreSQL failed with {status}");
    Ok(())
}

/// The newest version that is installed.
fn binaries() -> anyhow::Result<PathBuf> {
    let missing = "PostgreSQL is not installed: apt-get install postgresql";
    let mut newest: Option<(u32, PathBuf)> = None;
    for entry in std::fs::read_dir(INSTALLED).context(missing)? {
        let entry = entry?;
        let Some(version) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let binaries = entry.path().join("bin");
        if binaries.join("initdb").exists()
            && newest.as_ref().is_none_or(|(best, _)| *best < version)
        {
            newest = Some((version, binaries));
        }
    }
    newest.map(|(_, binaries)| binaries).context(missing)
}

/// User and group of `postgres`, when this process is root.
fn other_account() -> anyhow::Result<Option<(u32, u32)>> {
    if !rustix::process::getuid().is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let Some(line) = accounts.lines().find(|line| line.starts_with("postgres:")) else {
        bail!("there is no account `postgres` to run PostgreSQL as");
    };
    let mut numbers = line.split(':').skip(2).map_while(|field| field.parse().ok());
    Ok(numbers.next().zip(numbers.next()))
}
