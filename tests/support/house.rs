//! The server as a process of its own: started on a directory and a free port, stopped, killed,
//! started again, and its log read.
//!
//! Include it with `#[path = "../support/house.rs"] mod house;`.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);
/// What every house of the tests has: passwords cheap to judge, nothing taken from the shell.
const ALWAYS: [(&str, &str); 3] = [
    ("XINQIAO_ACCOUNTS__ARGON2_MEMORY_KIB", "8192"),
    ("XINQIAO_ACCOUNTS__ARGON2_ITERATIONS", "1"),
    ("XINQIAO_LOG__FORMAT", "json"),
];

/// How a server is to be started.
#[derive(Clone, Default)]
pub struct Plan {
    settings: Vec<(String, String)>,
    data: Option<PathBuf>,
    shell: Option<&'static str>,
    is_bare: bool,
}

impl Plan {
    /// One `XINQIAO_…` setting more.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// On a data directory of somebody else's.
    pub fn on(mut self, data: &Path) -> Self {
        self.data = Some(data.to_owned());
        self
    }

    /// By a line of shell that runs `"$@"`.
    pub const fn by(mut self, shell: &'static str) -> Self {
        self.shell = Some(shell);
        self
    }

    /// Without `--demo`.
    pub const fn bare(mut self) -> Self {
        self.is_bare = true;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// If it does not get ready.
    pub fn start(self) -> House {
        match self.try_start() {
            Ok(house) => house,
            Err((_, log)) => panic!("the server did not get ready:\n{log}"),
        }
    }

    /// Starts it, or gives its exit status and what it said.
    pub fn try_start(self) -> Result<House, (ExitStatus, String)> {
        let directory = tempfile::Builder::new().prefix("house").tempdir().unwrap();
        let data = self.data.clone().unwrap_or_else(|| directory.path().join("data"));
        let mut child = self.command(&data, "127.0.0.1:0", directory.path()).spawn().unwrap();
        let Some(address) = ready(&mut child) else {
            let _ = child.kill();
            let status = child.wait().unwrap();
            return Err((status, std::fs::read_to_string(directory.path().join("log")).unwrap()));
        };
        Ok(House { child, address, data, plan: self, directory })
    }

    fn command(&self, data: &Path, listen: &str, directory: &Path) -> Command {
        let program = env!("CARGO_BIN_EXE_xinqiao");
        let mut command = match self.shell {
            None => Command::new(program),
            Some(line) => {
                let mut command = Command::new("sh");
                command.args(["-c", line, "sh", program]);
                command
            }
        };
        let log = directory.join("log");
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        command.args(["serve", "--listen", listen, "--data"]).arg(data);
        if !self.is_bare {
            command.arg("--demo");
        }
        command.env_remove("XINQIAO_CONFIG").envs(ALWAYS);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        // Some lines of shell end when nobody holds the other end of this pipe any more.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        command
    }
}

/// A server that dies with this value.
pub struct House {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
    data: PathBuf,
    plan: Plan,
    directory: tempfile::TempDir,
}

impl House {
    /// A demo of its own, with everything as it is by default.
    pub fn start() -> Self {
        Plan::default().start()
    }

    /// Starts again on the same directory and port, after it has ended.
    ///
    /// # Panics
    /// If it does not get ready.
    pub fn resume(&mut self) {
        let mut command = self.plan.command(&self.data, &self.address, self.directory.path());
        self.child = command.spawn().unwrap();
        let address = ready(&mut self.child);
        assert!(address.is_some(), "the server did not come back:\n{}", self.log());
    }

    /// What a power cut is to the process.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// The number of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has said on standard error, over all its starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// The directory it writes to.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            println!("--- the server's log\n{}", self.log());
        }
    }
}

/// Waits for the line `ready http=… sip=…`; `None` if the process ended or took too long.
fn ready(child: &mut Child) -> Option<String> {
    let out = child.stdout.take().unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(out).read_line(&mut line);
        let _ = tell.send(line);
    });
    let line = told.recv_timeout(START_LIMIT).unwrap_or_default();
    let rest = line.strip_prefix("ready http=")?;
    rest.split_whitespace().next().map(str::to_owned)
}
