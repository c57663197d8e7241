//! The measured server: this program, started as a child with a scratch directory and limits
//! lifted that would keep out one machine's load generator (it is one source to the server).

use super::process::{Kept, spawn_on_server_core};
use super::stopwatch::{now_us, seconds};
use crate::wire_client::door::Door;
use anyhow::{Context, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the load asks for that no school does: one address with thousands of seekers.
const LIFTED: [(&str, &str); 8] = [
    ("XINQIAO_LIMITS__CONTACTS_PER_SOURCE_PER_MIN", "10000000"),
    ("XINQIAO_LIMITS__CONTACTS_PER_SOURCE_BURST", "10000000"),
    ("XINQIAO_LIMITS__CONTACTS_PER_LINE_PER_MIN", "10000000"),
    ("XINQIAO_LIMITS__CONTACTS_PER_LINE_BURST", "10000000"),
    ("XINQIAO_LIMITS__UNCONNECTED_PER_SOURCE_MAX", "10000000"),
    ("XINQIAO_LIMITS__SIGN_INS_PER_SOURCE_PER_MIN", "10000000"),
    ("XINQIAO_LIMITS__SIGN_INS_PER_SOURCE_BURST", "10000000"),
    ("XINQIAO_CHAT__MESSAGES_PER_CONTACT_MAX", "1000000"),
];

/// A server that is ready.
#[derive(Debug)]
pub struct House {
    pub process: Kept,
    pub door: Door,
    /// Where it takes telephone calls, if it does.
    pub sip: Option<SocketAddr>,
    /// From the start of the process to its `ready` line.
    pub ready_ms: f64,
}

impl House {
    /// The product on `data`; on SQLite there, or on `database_url`.
    pub fn serve(data: &Path, database_url: Option<&str>) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        command.envs(LIFTED);
        if let Some(url) = database_url {
            command.env("XINQIAO_DATABASE__URL", url);
        }
        Self::start(&mut command, data)
    }

    /// The product with a telephone, and `count` counselors whose telephones are at `phones`.
    pub fn with_phones(data: &Path, phones: SocketAddr, count: u16) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
        command.arg("--demo-phones").arg(format!("sip:agent{{n}}@{phones}"));
        command.arg("--demo-counselors").arg(count.to_string());
        command.arg("--data").arg(data).envs(LIFTED);
        Self::start(&mut command, data)
    }

    /// The smallest server on a database.
    pub fn shape(data: &Path, database_url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench-shape", "--url", database_url]);
        Self::start(&mut command, data)
    }

    fn start(command: &mut Command, data: &Path) -> anyhow::Result<Self> {
        raise_descriptor_limit();
        let log = data.join("server.log");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        let begun = now_us();
        let mut process = Kept(spawn_on_server_core(command)?);
        let stdout = process.0.stdout.take().context("the server's output")?;
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            if let Some(address) = ready_address(&line) {
                let ready_ms = seconds(begun, now_us()) * 1000.0;
                let door = Door::new(&format!("http://{address}"))?;
                let sip = line.split_once("sip=").and_then(|(_, sip)| sip.trim().parse().ok());
                return Ok(Self { process, door, sip, ready_ms });
            }
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(3).collect();
        bail!("the server ended before it was ready: {}", last.join(" | "))
    }
}

fn ready_address(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("ready http=")?;
    rest.split_whitespace().next()
}

/// The soft limit of descriptors goes to the hard one; children inherit it.
pub fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}
