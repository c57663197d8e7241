//! What the doctor asks the machine: disk, descriptors, clock, port.

use super::finding::Finding;
use crate::clock::{At, Clock};
use crate::config::Config;
use rustix::fs::statvfs;
use rustix::process::{Resource, getrlimit};
use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;

/// Below this a night's talks may not fit any more; a busy line writes some 100 MB a month.
const FREE_FAILS_BYTES: u64 = 256 << 20;
/// Below this somebody should clear up before the weekend.
const FREE_DOUBT_BYTES: u64 = 2 << 30;
/// Commits wait for fsync: below this a single message's ack takes more than 20 ms.
const FSYNC_DOUBT_PER_S: i64 = 50;
/// How long the disk is measured.
const FSYNC_MEASURE_MS: i64 = 500;
/// Descriptors beside the connections: database, log, files of the console.
const DESCRIPTORS_BESIDE: u64 = 256;
/// 2026-01-01T00:00:00Z: a clock before the program was written is wrong.
const WRITTEN_AT: At = At(1_767_225_600_000);

/// Every check of the machine, in the order a person would ask.
pub fn look(config: &Config, clock: &Clock) -> Vec<Finding> {
    let data = &config.database.data_dir;
    let mut findings = vec![data_directory(data)];
    if findings.iter().all(|finding| !finding.is_failure()) {
        findings.extend([free_space(data), fsync_rate(data, clock)]);
    }
    findings.extend([descriptors(config.server.connections_max), wall_clock(clock)]);
    findings.push(port(config));
    findings
}

fn data_directory(data: &Path) -> Finding {
    const SUBJECT: &str = "数据目录 data directory";
    let probe = data.join(".doctor");
    let tried = fs::create_dir_all(data)
        .and_then(|()| fs::write(&probe, b"probe"))
        .and_then(|()| fs::remove_file(&probe));
    match tried {
        Ok(()) => Finding::ok(SUBJECT, format!("{} can be written", data.display())),
        Err(error) => Finding::failure(
            SUBJECT,
            format!(
                "{} cannot be written ({error}); give it to the server's account",
                data.display()
            ),
        ),
    }
}

fn free_space(data: &Path) -> Finding {
    const SUBJECT: &str = "剩余空间 free space";
    match statvfs(data) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let found = format!("{} MiB", free >> 20);
            match free {
                0..FREE_FAILS_BYTES => {
                    Finding::failure(SUBJECT, found + "; a full disk takes no contact")
                }
                FREE_FAILS_BYTES..FREE_DOUBT_BYTES => Finding::doubt(SUBJECT, found),
                _ => Finding::ok(SUBJECT, found),
            }
        }
        Err(error) => Finding::doubt(SUBJECT, format!("unknown ({error})")),
    }
}

fn fsync_rate(data: &Path, clock: &Clock) -> Finding {
    const SUBJECT: &str = "落盘速度 fsync rate";
    match measure_fsyncs(&data.join(".doctor"), clock) {
        Ok(per_s) => {
            let found = format!("{per_s} a second; a message is acked after one");
            if per_s < FSYNC_DOUBT_PER_S {
                Finding::doubt(SUBJECT, found + ": slow, acks will be felt")
            } else {
                Finding::ok(SUBJECT, found)
            }
        }
        Err(error) => Finding::failure(SUBJECT, format!("cannot write to disk ({error})")),
    }
}

/// fdatasyncs of an appended 4 KiB a second.
fn measure_fsyncs(probe: &Path, clock: &Clock) -> std::io::Result<i64> {
    let mut file = File::create(probe)?;
    let begun = clock.now();
    let mut count = 0_i64;
    while clock.now().ms_since(begun) < FSYNC_MEASURE_MS {
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        count = count.saturating_add(1);
    }
    let took_ms = clock.now().ms_since(begun).max(1);
    drop(file);
    fs::remove_file(probe)?;
    Ok(count.saturating_mul(1_000).checked_div(took_ms).unwrap_or(0))
}

fn descriptors(connections_max: usize) -> Finding {
    const SUBJECT: &str = "文件描述符 descriptors";
    let needed = u64::try_from(connections_max).unwrap_or(u64::MAX);
    let needed = needed.saturating_add(DESCRIPTORS_BESIDE);
    // The server raises its own soft limit to the hard one.
    match getrlimit(Resource::Nofile).maximum {
        Some(hard) if hard < needed => Finding::doubt(
            SUBJECT,
            format!(
                "limit {hard}, but server.connections_max needs {needed}: \
                 above it new connections wait; set LimitNOFILE= in the unit"
            ),
        ),
        Some(hard) => Finding::ok(SUBJECT, format!("limit {hard}, {needed} needed")),
        None => Finding::ok(SUBJECT, "no limit"),
    }
}

fn wall_clock(clock: &Clock) -> Finding {
    const SUBJECT: &str = "时钟 clock";
    let now = clock.now();
    let said = now.rfc3339();
    if now < WRITTEN_AT {
        return Finding::failure(SUBJECT, format!("{said} is before this program was written"));
    }
    // systemd-timesyncd and chrony leave these when they have found the time.
    let kept = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/ntpd.pid"];
    if kept.iter().any(|sign| Path::new(sign).exists()) {
        Finding::ok(SUBJECT, format!("{said}, kept by a time service"))
    } else {
        Finding::doubt(
            SUBJECT,
            format!("{said}; no time service seen: one-time passwords need it within 30 s"),
        )
    }
}

fn port(config: &Config) -> Finding {
    const SUBJECT: &str = "监听端口 port";
    let listen = config.server.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Finding::ok(SUBJECT, format!("{listen} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Finding::doubt(SUBJECT, format!("{listen} is taken (by a running xinqiao?)"))
        }
        Err(error) => Finding::failure(SUBJECT, format!("{listen} cannot be had ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_cannot_be_written_fails() {
        assert!(data_directory(Path::new("/proc/xinqiao")).is_failure());
        let data = tempfile::tempdir().unwrap();
        assert!(!data_directory(&data.path().join("new")).is_failure());
    }

    #[test]
    fn the_probe_of_the_disk_is_taken_away_again() {
        let data = tempfile::tempdir().unwrap();
        let per_s = measure_fsyncs(&data.path().join("probe"), &Clock::system()).unwrap();
        assert!(per_s > 0);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }

    #[test]
    fn more_connections_than_descriptors_are_a_doubt() {
        assert!(descriptors(usize::MAX).is_doubt());
    }

    #[test]
    fn a_port_that_is_taken_is_a_doubt() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut config = Config::default();
        config.server.listen = holder.local_addr().unwrap();
        assert!(port(&config).is_doubt());
    }
}
