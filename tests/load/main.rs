//! Synthetic evenings over the real wire, against the real binary: nothing may be lost,
//! also when the server is killed in the middle.

#![cfg(test)]

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use xinqiao::simulate::{Options, run};

/// A server that ends with the test.
struct Server(Child);

impl Server {
    /// Starts on `port` and waits until it is ready.
    fn start(data: &Path, port: u16) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xinqiao"));
        command.args(["serve", "--demo", "--listen", &format!("127.0.0.1:{port}"), "--data"]);
        command.arg(data).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("start the server");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = lines.map_while(Result::ok).any(|line| line.starts_with("ready http="));
        assert!(ready, "the server ended before it was ready");
        Self(child)
    }

    /// Kills it as a power cut does.
    fn kill(mut self) {
        let pid = Pid::from_child(&self.0);
        kill_process(pid, Signal::KILL).expect("kill the server");
        self.0.wait().expect("its end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Plays an evening of 30 seekers and 4 counselors; what it reported.
fn evening(port: u16, speed: f64) -> (bool, Value) {
    let options = Options {
        seekers: 30,
        hours: 1.0,
        speed,
        counselors: 4,
        url: format!("http://127.0.0.1:{port}"),
        from_hour: 20,
        seed: Some(7),
        json: true,
    };
    let mut out = Vec::new();
    let clean = run(&options, &mut out).expect("an evening");
    let text = String::from_utf8(out).expect("utf-8");
    (clean, serde_json::from_str(&text).expect("one JSON object"))
}

#[test]
fn an_evening_loses_nobody_and_nothing() {
    let data = tempfile::tempdir().expect("a directory");
    let port = free_port();
    let _server = Server::start(data.path(), port);
    let (clean, told) = evening(port, 900.0);
    assert!(clean, "{told}");
    assert_eq!(told["arrived"], 30, "{told}");
    assert_eq!(told["lost"], 0, "{told}");
    assert!(told["answered"].as_u64() > Some(0), "{told}");
    assert!(told["messages_acked"].as_u64() > Some(0), "{told}");
}

#[test]
fn a_server_killed_in_the_middle_of_an_evening_loses_nothing_it_acked() {
    let data = tempfile::tempdir().expect("a directory");
    let port = free_port();
    let server = Server::start(data.path(), port);
    let playing = std::thread::spawn(move || evening(port, 300.0));
    // The evening's arrivals take 12 s; by then talks are going on.
    #[expect(
        clippy::disallowed_methods,
        reason = "the moment of a power cut is no event to wait for"
    )]
    std::thread::sleep(std::time::Duration::from_secs(5));
    server.kill();
    let _again = Server::start(data.path(), port);
    let (clean, told) = playing.join().expect("the evening");
    assert!(clean, "{told}");
    assert!(told["reconnects"].as_u64() > Some(0), "{told}");
    assert_eq!(told["arrived"], 30, "{told}");
}
