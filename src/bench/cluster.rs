//! A PostgreSQL of this bench alone: Debian's binaries, a scratch directory, a free port,
//! its stock settings (fsync on). Where PostgreSQL is not installed the figures that need
//! it say so.

use super::process::{Kept, Scratch, send, spawn_on_server_core};
use crate::store::probe::Probe;
use crate::wire_client::pause;
use anyhow::{Context, bail};
use rustix::process::Signal;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where Debian puts PostgreSQL's programs, one directory a version.
const PROGRAMS: &str = "/usr/lib/postgresql";

/// Tries of 100 ms until the server takes connections.
const START_TRIES: u32 = 300;

/// A running server with its files.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    scratch: Scratch,
    port: u16,
    postmaster: Kept,
}

impl Cluster {
    /// Makes the files and starts the server.
    pub async fn start() -> anyhow::Result<Self> {
        let programs = programs()?;
        let scratch = Scratch::new()?;
        let data = scratch.path().join("pg");
        fs::create_dir(&data)?;
        if let Some((uid, gid)) = owner() {
            chown(scratch.path(), Some(uid), Some(gid))?;
            chown(&data, Some(uid), Some(gid))?;
        }
        let mut initdb = as_owner(&programs.join("initdb"));
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D"]).arg(&data);
        let made = initdb.output().context("run initdb")?;
        if !made.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        let port = free_port()?;
        let postmaster = postmaster(&programs, &data, port)?;
        let cluster = Self { programs, scratch, port, postmaster };
        cluster.wait_until_ready().await?;
        Ok(cluster)
    }

    /// What `database.url` is set to.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The postmaster, whose children are the server's processes.
    pub fn pid(&self) -> u32 {
        self.postmaster.id()
    }

    /// Immediate shutdown, as a crash is: no checkpoint, every connection cut.
    pub fn kill(&mut self) {
        send(self.pid(), Signal::QUIT);
        let _ = self.postmaster.0.wait();
    }

    /// Starts again on the same files.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        self.postmaster = postmaster(&self.programs, &self.scratch.path().join("pg"), self.port)?;
        self.wait_until_ready().await
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let mut last = None;
        for _ in 0..START_TRIES {
            match Probe::open(&self.url()).await {
                Ok(_) => return Ok(()),
                Err(error) => last = Some(error),
            }
            pause(Duration::from_millis(100)).await;
        }
        Err(last.map_or_else(|| anyhow::anyhow!("never tried"), Into::into))
            .context("start PostgreSQL")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The newest installed version's programs.
fn programs() -> anyhow::Result<PathBuf> {
    let versions = fs::read_dir(PROGRAMS).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| Path::new(PROGRAMS).join(format!("{version}/bin/initdb")).exists())
        .max();
    let newest = newest.context("PostgreSQL is not installed (apt-get install postgresql)")?;
    Ok(Path::new(PROGRAMS).join(format!("{newest}/bin")))
}

fn postmaster(programs: &Path, data: &Path, port: u16) -> anyhow::Result<Kept> {
    let mut command = as_owner(&programs.join("postgres"));
    command.arg("-D").arg(data).args(["-p", &port.to_string()]);
    command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Kept(spawn_on_server_core(&mut command)?))
}

/// PostgreSQL refuses to run as root: then it runs as its package's own account.
fn as_owner(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).current_dir("/");
    if let Some((uid, gid)) = owner() {
        command.uid(uid).gid(gid);
    }
    command
}

fn owner() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let line = accounts.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
