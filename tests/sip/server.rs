//! The same against the server as a shell starts it: packet path, store and switchboard included.

use crate::line::Line;
use crate::process::{House, Plan};
use crate::sipp::{REFUSED_OR_NOT, sipp};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A demo with a telephone on a port that was free a moment ago.
fn demo(settings: &[(&str, &str)]) -> (House, SocketAddr) {
    let address = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let plan = Plan::default().set("XINQIAO_SIP__LISTEN", &address.to_string());
    let plan = settings.iter().fold(plan, |plan, (name, value)| plan.set(name, value));
    (plan.start(), address)
}

async fn figures(house: &House) -> String {
    let mut stream = TcpStream::connect(&house.address).await.unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

/// Nothing is left of any call, as the house itself counts.
async fn is_empty(house: &House) {
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    let seen = async {
        loop {
            beat.tick().await;
            let text = figures(house).await;
            let open: Vec<_> =
                text.lines().filter(|line| line.starts_with("xinqiao_telephone_open")).collect();
            if open.len() == 3 && open.iter().all(|line| line.ends_with(" 0")) {
                return;
            }
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), seen).await.is_ok(), "something is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_wait_in_the_demo_and_nothing_of_them_is_left() {
    let (house, address) = demo(&[]);
    sipp(address, &["-sn", "uac", "-m", "20", "-r", "20", "-d", "300"]).await;
    sipp(address, &["-sn", "uac", "-t", "t1", "-m", "5", "-r", "5", "-d", "100"]).await;
    is_empty(&house).await;
    assert!(figures(&house).await.contains("xinqiao_calls_total{number=\"withheld\"} 25"));

    let mut line = Line::new(address).await;
    line.send("INVITE", "12355", "", "v=0\r\nm=audio 40000 RTP/AVP 18\r\n").await;
    line.status(488).await;
    line.ack().await;

    // Hung up while it rings or just after: both are calls that were.
    let mut line = Line::new(address).await;
    line.invite().await;
    assert_eq!(line.next().await.status(), 180);
    line.send("CANCEL", "12355", "", "").await;
    let (one, other) = (line.next().await.status(), line.next().await.status());
    match (one, other) {
        (200, 487) | (487, 200) => line.ack_refusal().await,
        _ => {
            line.ack().await;
            line.hang_up_blindly().await;
        }
    }
    is_empty(&house).await;

    let log = house.log();
    assert!(!log.contains("13800000001"), "a number in the log");
    assert!(!log.contains("INVITE sip:"), "a message in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_with_too_many_callers_refuses_and_recovers() {
    let (house, address) = demo(&[("XINQIAO_SIP__INVITES_PER_S_MAX", "5")]);
    sipp(address, &["-sf", REFUSED_OR_NOT, "-m", "60", "-r", "60", "-d", "100"]).await;
    is_empty(&house).await;
    assert!(figures(&house).await.contains("xinqiao_calls_refused_total{status=\"overload\"}"));
    sipp(address, &["-sn", "uac", "-m", "2", "-r", "1", "-d", "50"]).await;
    is_empty(&house).await;
}
