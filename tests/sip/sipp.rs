//! Polite callers, many at once, played by sipp: another's reading of the same RFCs.

use crate::house::House;
use std::net::SocketAddr;
use std::process::Stdio;
use tokio::process::Command;
use xinqiao::config::Sip;

/// A call that may be refused with 503.
pub const REFUSED_OR_NOT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sip/refused_or_not.xml");

/// Runs a scenario of sipp's own (`uac`) or one of ours; its exit status is the verdict.
pub async fn sipp(house: SocketAddr, arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let run = Command::new("sipp")
        .arg(house.to_string())
        .args(["-i", "127.0.0.1", "-s", "12355", "-nostdin", "-timeout", "60", "-timeout_error"])
        .args(arguments)
        .current_dir(directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    let output = run.await.expect("sipp is installed by `make packages`");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "sipp {arguments:?}: {}\n{text}", output.status);
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_callers_come_and_go() {
    let house = House::open().await;
    sipp(house.address(), &["-sn", "uac", "-m", "100", "-r", "50", "-d", "200"]).await;
    house.is_empty().await;
    assert_eq!(house.inputs.lock().unwrap().len(), 300, "each arrived, was connected and left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_over_tcp_come_and_go() {
    let house = House::open().await;
    drop(house.tcp().await);
    sipp(house.address(), &["-sn", "uac", "-t", "t1", "-m", "20", "-r", "20", "-d", "100"]).await;
    house.is_empty().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_of_too_many_are_told_to_come_again_and_nobody_hangs() {
    let settings = Sip { invites_per_s_max: 5, ..Sip::default() }.with_loopback();
    let house = House::with(settings).await;
    sipp(house.address(), &["-sf", REFUSED_OR_NOT, "-m", "80", "-r", "80", "-d", "100"]).await;
    house.is_empty().await;
    let arrived = house.inputs.lock().unwrap().len() / 3;
    assert!((5..80).contains(&arrived), "{arrived} of 80 were taken");
    // A moment later there is room again.
    sipp(house.address(), &["-sn", "uac", "-m", "5", "-r", "5", "-d", "50"]).await;
    house.is_empty().await;
}
