//! A process with few descriptors: it accepts less, says so, and loses nobody it has.

use crate::house::Plan;
use crate::people::Seeker;
use crate::wire::look;
use std::time::Duration;
use tokio::net::TcpStream;
use xinqiao::wire_client::pause;

#[tokio::test]
async fn when_descriptors_run_out_those_who_are_there_go_on_and_the_log_says_so() {
    let house = Plan::default().by(r#"ulimit -n 64; exec "$@""#).start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(TcpStream::connect(&house.address).await.unwrap());
    }
    for number in 0..20 {
        seeker.write_and_wait(&format!("s{number}"), "人很多，但我还在说").await;
    }
    let said = async {
        while !house.log().contains("web.accept failed; connections that are there go on") {
            pause(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), said).await.expect("the log says nothing");
    let lines = house.log().lines().filter(|line| line.contains("web.accept failed")).count();
    assert!(lines < 200, "{lines} lines: it does not spin");
    drop(crowd);
    assert_eq!(look(&house.address, "/readyz").await.status, 200);
    Seeker::reach_out(&house.address, "12355").await;
    seeker.write_and_wait("last", "还在").await;
}
