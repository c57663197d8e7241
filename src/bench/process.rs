//! Child processes of a bench: where they run, what CPU and memory they take.
//!
//! The server and its database are pinned to core 0, the load generator to core 1 (where
//! there are two). CPU seconds are those of the whole process tree, from `/proc`
//! (proc_pid_stat(5)); memory is the proportional set size (PSS), which counts shared
//! pages once.

use super::stopwatch::count;
use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// Core of the measured server and its database.
const SERVER_CORE: usize = 0;
/// Core of the load generator.
const LOAD_CORE: usize = 1;

/// Starts `command` on the server's core. This thread goes back to the load's core.
pub fn spawn_on_server_core(command: &mut Command) -> anyhow::Result<Child> {
    stay_on(SERVER_CORE);
    let child = command.spawn();
    stay_on(LOAD_CORE);
    child.with_context(|| format!("start {}", command.get_program().display()))
}

/// Pins this thread and the threads and children it makes from now on; says nothing where
/// the machine has no such core or forbids it.
fn stay_on(core: usize) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // After the first pin this thread sees one core, so the machine is asked.
    let machine = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let machine = machine.matches("processor\t").count().max(cores);
    if core < machine {
        let mut set = CpuSet::new();
        set.set(core);
        let _ = sched_setaffinity(None, &set);
    }
}

/// Pins the load generator (this thread) to its core.
pub fn stay_on_load_core() {
    stay_on(LOAD_CORE);
}

/// The cores this thread may use, for the record.
pub fn cores() -> u32 {
    sched_getaffinity(None).map_or(0, |set| set.count())
}

/// A child that ends with the bench.
#[derive(Debug)]
pub struct Kept(pub Child);

impl Kept {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// SIGTERM, then waits for the end.
    pub fn end(&mut self) {
        send(self.id(), Signal::TERM);
        let _ = self.0.wait();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal to a process this bench started.
pub fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// CPU seconds used so far by the process `root` and everything below it, ended children included.
pub fn cpu_s(root: u32) -> f64 {
    let processes = processes();
    let mut sum = 0;
    for (pid, process) in &processes {
        let mut at = *pid;
        // A tree is a few levels deep; the bound guards against a pid reused meanwhile.
        for _ in 0..16 {
            if at == root {
                sum += process.ticks;
                break;
            }
            let Some(parent) = processes.get(&at).map(|process| process.parent) else { break };
            at = parent;
        }
    }
    count(sum) / count(rustix::param::clock_ticks_per_second())
}

struct Process {
    parent: u32,
    ticks: u64,
}

fn processes() -> BTreeMap<u32, Process> {
    let directories = fs::read_dir("/proc").into_iter().flatten().flatten();
    directories
        .filter_map(|directory| {
            let pid: u32 = directory.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(directory.path().join("stat")).ok()?;
            Some((pid, process(&stat)?))
        })
        .collect()
}

/// Reads a line of `/proc/PID/stat`. The name may hold anything, so fields count from its last `)`.
fn process(stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // Field 3 (state) is the first here: parent 4, utime 14, stime 15, cutime 16, cstime 17.
    let ticks = [11, 12, 13, 14].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum();
    Some(Process { parent: fields.get(1)?.parse().ok()?, ticks })
}

/// CPU seconds of this process.
pub fn own_cpu_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = process(&stat).map_or(0, |process| process.ticks);
    count(ticks) / count(rustix::param::clock_ticks_per_second())
}

/// Proportional and resident set size of one process, KiB.
pub fn memory_kib(pid: u32) -> anyhow::Result<(u64, u64)> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let rollup = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let line = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    match (line("Pss:"), line("Rss:")) {
        (Some(pss), Some(rss)) => Ok((pss, rss)),
        _ => bail!("{path} says no Pss"),
    }
}

/// What else the machine does: a busy neighbour makes times worthless and leaves ratios.
pub fn machine() -> serde_json::Value {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let one_minute = load.split_whitespace().next().and_then(|one| one.parse::<f64>().ok());
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let all: Vec<u64> = stat
        .lines()
        .next()
        .map(|line| line.split_whitespace().filter_map(|field| field.parse().ok()).collect())
        .unwrap_or_default();
    let steal = all.get(7).copied().unwrap_or(0);
    let whole: u64 = all.iter().sum();
    let steal_pct = 100.0 * count(steal) / count(whole.max(1));
    let busy = one_minute.is_some_and(|load| load > 1.5) || steal_pct > 2.0;
    serde_json::json!({
        "load_1min": one_minute, "steal_pct_since_boot": super::stopwatch::rounded(steal_pct, 2),
        "warning": busy.then_some("the machine is busy: trust CPU seconds and ratios, not times"),
    })
}

/// A directory of one run, removed with it. In `TMPDIR` if that is set, else in `/var/tmp`, which
/// is a disk where `/tmp` may be memory: what is measured must be durable.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> anyhow::Result<Self> {
        let name = format!("xinqiao-bench-{}", crate::dice::token());
        let named = std::env::temp_dir();
        let directory = if named == Path::new("/tmp") { Path::new("/var/tmp") } else { &*named };
        let path = directory.join(name);
        fs::create_dir(&path).with_context(|| format!("make {}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_bracket_does_not_shift_the_fields() {
        let stat = "7 (a) b) S 3 7 7 0 -1 0 0 0 0 0 10 20 30 40 20 0";
        let process = process(stat).expect("a line");
        assert_eq!((process.parent, process.ticks), (3, 100));
    }

    #[test]
    fn this_process_has_used_some_memory() {
        let (pss, rss) = memory_kib(std::process::id()).expect("smaps_rollup");
        assert!(pss > 0 && rss >= pss);
    }
}
