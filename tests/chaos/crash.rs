//! The whole server is killed (SIGKILL) under load at random moments, again and again, on both
//! engines; and PostgreSQL is killed under a server that lives.

use crate::house::{House, Plan};
use crate::load::Load;
use crate::postgres::Postgres;
use std::process::Command;
use std::sync::Arc;
use xinqiao::dice;
use xinqiao::store::{Settings, Store, Verdict};

/// Kills on each engine when nobody asks for another number.
const KILLS: u64 = 50;

#[expect(clippy::disallowed_methods, reason = "how a longer run is asked for")]
fn kills() -> u64 {
    std::env::var("XINQIAO_KILLS").map_or(KILLS, |kills| kills.parse().unwrap())
}

/// Who waits shall wait until the end of a long run.
fn plan() -> Plan {
    Plan::default()
        .set("XINQIAO_SWITCHBOARD__SEEKER_GRACE_MS", "3600000")
        .set("XINQIAO_SWITCHBOARD__COUNSELOR_GRACE_MS", "3600000")
        .set("XINQIAO_LIMITS__UNCONNECTED_PER_SOURCE_MAX", "1000000")
        .set("XINQIAO_CHAT__SILENCE_S", "600")
        .set("XINQIAO_CHAT__MESSAGES_PER_CONTACT_MAX", "1000000")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_sqlite_nothing_acked_is_lost_or_doubled_and_order_is_kept() {
    let mut house = plan().start();
    let said = kill_again_and_again(&mut house).await;
    let url = format!("sqlite:{}", house.data().join("xinqiao.db").display());
    println!("SQLite: {said}; {}", journal_of(&mut house, &url).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_postgres_nothing_acked_is_lost_or_doubled_and_order_is_kept() {
    let postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let url = postgres.database("night");
    let mut house = plan().set("XINQIAO_DATABASE__URL", &url).start();
    let said = kill_again_and_again(&mut house).await;
    println!("PostgreSQL: {said}; {}", journal_of(&mut house, &url).await);
}

async fn kill_again_and_again(house: &mut House) -> String {
    let address = house.address.clone();
    let mut load = Load::start(house, &address).await;
    for _ in 0..kills() {
        load.acks(20 + dice::below(300)).await;
        tokio::task::block_in_place(|| {
            house.kill();
            house.resume();
        });
    }
    load.acks(100).await;
    let said = load.judge(house).await;
    format!("{} kills, {said}", kills())
}

/// Stops the house and has its journal verified, by the command if it can and by the store.
async fn journal_of(house: &mut House, url: &str) -> String {
    house.terminate();
    assert_eq!(tokio::task::block_in_place(|| house.wait()).code(), Some(0), "{}", house.log());
    let xinqiao = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xinqiao"));
        command.args(arguments).arg("--data").arg(house.data());
        command.env_remove("XINQIAO_CONFIG").env("XINQIAO_DATABASE__URL", url).output().unwrap()
    };
    let help = xinqiao(&["doctor", "--help"]);
    let by_command = if String::from_utf8_lossy(&help.stdout).contains("--verify-journal") {
        let doctor = xinqiao(&["doctor", "--verify-journal"]);
        // Other findings are of the machine (no console built, few descriptors): these two are of the data.
        let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
        for line in ["数据库 database", "日志链 journal"] {
            let found = said.lines().find(|found| found.contains(line));
            assert!(found.is_some_and(|found| found.starts_with("ok")), "{said}");
        }
        "doctor found database and journal whole"
    } else {
        "the doctor of this build verifies no journal"
    };
    let settings = Settings { url: url.to_owned(), ..Settings::default() };
    let store = Store::open(&settings, Arc::new(|_| ())).await.unwrap();
    let integrity = store.integrity().await.unwrap();
    assert!(integrity.is_whole(), "{integrity:?}");
    let verdict = store.verify_journal(None).await.unwrap();
    let Verdict::Whole { count, .. } = verdict else { panic!("{verdict:?}") };
    store.close().await;
    format!("{by_command}, {count} entries")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_postgres_is_killed_and_comes_back_what_was_acked_is_what_is_stored() {
    let mut postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let url = postgres.database("night");
    let house = plan().set("XINQIAO_DATABASE__URL", &url).start();
    let mut load = Load::start(&house, &house.address).await;
    for _ in 0..3 {
        load.acks(20 + dice::below(300)).await;
        tokio::task::block_in_place(|| {
            postgres.kill();
            postgres.resume();
        });
    }
    load.acks(200).await;
    println!("PostgreSQL killed 3 times: {}", load.judge(&house).await);
    assert!(!house.log().contains("panicked"), "{}", house.log());
}
