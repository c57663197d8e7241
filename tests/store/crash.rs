//! Killed at any moment: what was acked is there, once.
//!
//! A second copy of this test program writes through the real writer under
//! load and prints what is acked; it is killed (SIGKILL) at a random moment,
//! again and again on the same database. Then everything is counted.

use crate::ground::{Ear, Ground, says, seq_of};
use crate::postgres::Postgres;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::sync::watch;
use xinqiao::clock::At;
use xinqiao::dice;
use xinqiao::ids::ContactId;
use xinqiao::store::{Append, Head, Outcome, Settings, StateRow, Store, Trouble, Turn, Verdict};

/// How often the worker is killed on each engine.
const KILLS: u64 = 50;
/// Conversations of the worker.
const CONVERSATIONS: u128 = 20;
/// Messages on their way at once.
const IN_FLIGHT: usize = 400;

on_both_engines!(killed_at_any_moment_nothing_acked_is_lost_or_doubled);

/// What the workers were told is on disk.
#[derive(Default)]
struct Acked {
    /// Number by conversation and client id.
    messages: BTreeMap<(u128, String), i64>,
    head: Option<Head>,
    /// The highest number a worker has begun to send.
    sent: u64,
}

async fn killed_at_any_moment_nothing_acked_is_lost_or_doubled(ground: Ground) {
    let mut acked = Acked::default();
    let mut kills = 0;
    while kills < KILLS {
        let before = acked.messages.len();
        run_and_kill(&ground, &mut acked);
        kills += u64::from(acked.messages.len() > before);
    }
    let (store, _) = ground.open().await;
    let found = store.integrity().await.unwrap();
    assert!(found.is_whole(), "{found:?}");
    assert!(found.messages >= i64::try_from(acked.messages.len()).unwrap());
    let mut stored = BTreeMap::new();
    for contact in 0..CONVERSATIONS {
        let id = ContactId::from_number(contact);
        for message in store.reader().history(id, 0, 10_000_000).await.unwrap() {
            let key = (contact, message.client_id.unwrap());
            let twice = stored.insert(key.clone(), message.seq);
            assert_eq!(twice, None, "{key:?} was stored twice");
        }
    }
    for (key, seq) in &acked.messages {
        assert_eq!(stored.get(key), Some(seq), "acked {key:?} as {seq}");
    }
    let verdict = store.verify_journal(acked.head).await.unwrap();
    let Verdict::Whole { count, .. } = verdict else { panic!("{verdict:?}") };
    println!(
        "{:?}: {kills} kills, {} acked messages of {} stored, journal of {count} whole",
        store.engine(),
        acked.messages.len(),
        stored.len(),
    );
}

/// Starts the worker, lets it ack a random number of messages, and kills it.
fn run_and_kill(ground: &Ground, acked: &mut Acked) {
    let mut worker = Command::new(std::env::current_exe().unwrap())
        .args([
            "crash::a_worker_writes_until_it_is_killed",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("XINQIAO_STORE_WORKER", &ground.settings.url)
        .env("XINQIAO_STORE_FROM", acked.sent.saturating_sub(100).to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(worker.stdout.take().unwrap());
    let until = 20 + dice::below(1_500);
    let mut heard = 0;
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        heard += u64::from(note(&line, acked));
        line.clear();
        if heard == until {
            worker.kill().unwrap();
        }
    }
    worker.wait().unwrap();
}

/// Notes a whole line of the worker; true for an acked message.
fn note(line: &str, acked: &mut Acked) -> bool {
    let Some(line) = line.strip_suffix('\n') else { return false };
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["acked", contact, client_id, seq] => {
            let key = (contact.parse().unwrap(), (*client_id).to_owned());
            let seq = seq.parse().unwrap();
            let before = acked.messages.insert(key, seq);
            assert!(before.is_none_or(|before| before == seq), "acked anew as another: {line}");
            acked.sent = acked.sent.max(client_id.strip_prefix('c').unwrap().parse().unwrap());
            true
        }
        ["head", head] => {
            acked.head = Some(head.parse().unwrap());
            false
        }
        _ => false,
    }
}

/// The other self: writes for as long as it lives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how a test tells its other self what to do")]
async fn a_worker_writes_until_it_is_killed() {
    let Ok(url) = std::env::var("XINQIAO_STORE_WORKER") else { return };
    let from: u64 = std::env::var("XINQIAO_STORE_FROM").unwrap().parse().unwrap();
    let done = Arc::new(watch::Sender::new(0_usize));
    let told = Arc::clone(&done);
    let committed = move |outcomes: Vec<Outcome>| {
        let count = outcomes.len();
        print_acks(&outcomes);
        told.send_modify(|done| *done += count);
    };
    let settings = Settings { url, ..Settings::default() };
    let store = Store::open(&settings, Arc::new(committed)).await.unwrap();
    tokio::spawn(turn_for_ever(store.writer()));
    let mut seen = done.subscribe();
    for (count, number) in (from..).enumerate() {
        let contact = u128::from(number) % CONVERSATIONS;
        let append: Append = says(contact, &format!("c{number}"));
        store.writer().append(append).unwrap();
        seen.wait_for(|done| *done + IN_FLIGHT > count).await.unwrap();
    }
}

async fn turn_for_ever(writer: xinqiao::store::WriterHandle) {
    for number in 0_i64.. {
        let rows = vec![StateRow {
            kind: "k".to_owned(),
            id: (number % 9).to_string(),
            body: Some(number.to_string()),
        }];
        let entries = vec![format!("{{\"n\":{number}}}")];
        let turn = Turn { at: At(number), entries, rows, ..Turn::default() };
        let head = writer.turn(turn).await.unwrap();
        say(&format!("head {head}\n"));
    }
}

fn print_acks(outcomes: &[Outcome]) {
    let mut text = String::new();
    for outcome in outcomes {
        let (Outcome::Stored { append, .. } | Outcome::Duplicate { append, .. }) = outcome else {
            continue;
        };
        let client_id = append.client_id.as_deref().unwrap();
        writeln!(text, "acked {} {client_id} {}", append.contact.0.as_u128(), seq_of(outcome).0)
            .unwrap();
    }
    say(&text);
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The server loses its power in the middle of a rush, three times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_server_killed_in_the_middle_acked_is_stored_to_the_row() {
    let mut server = Postgres::start();
    let settings = Settings { url: server.database("rush"), ..Settings::default() };
    let ear = Ear::default();
    let store = Store::open(&settings, ear.committed()).await.unwrap();
    let mut sent = 0;
    for _ in 0..3 {
        let feeder = tokio::spawn(feed(store.writer(), ear.clone(), sent, 5_000));
        ear.outcomes(sent + 1_000 + usize::try_from(dice::below(1_000)).unwrap()).await;
        tokio::task::block_in_place(|| server.kill());
        let turn = Turn { at: At(1), entries: vec!["{}".to_owned()], ..Turn::default() };
        let turn = store.writer().send_turn(turn).await.unwrap();
        let mut health = store.health();
        health.wait_for(|health| !health.is_ok()).await.unwrap();
        tokio::task::block_in_place(|| server.resume());
        feeder.await.unwrap();
        sent += 5_000;
        ear.outcomes(sent).await;
        turn.durable().await.unwrap();
    }
    let outcomes = ear.outcomes(sent).await;
    let acked = outcomes.iter().filter(|o| matches!(o, Outcome::Stored { .. })).count();
    let failed = outcomes.iter().filter(|o| matches!(o, Outcome::Failed { .. })).count();
    let rows = server.query("rush", "SELECT count(*) FROM messages");
    assert_eq!((outcomes.len(), failed), (sent, 0));
    assert_eq!(rows, acked.to_string());
    let found = store.integrity().await.unwrap();
    assert!(found.is_whole(), "{found:?}");
    println!("3 kills of the server: {acked} acked, {rows} rows, {failed} failed of {sent}");
}

/// The connection is cut at random moments, also between a commit and its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_connection_cut_again_and_again_each_message_is_stored_once() {
    let ground = Ground::postgres();
    let (store, ear) = ground.open().await;
    let feeder = tokio::spawn(feed(store.writer(), ear.clone(), 0, 20_000));
    let mut cuts = 0;
    while !feeder.is_finished() {
        ground
            .outside(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
        cuts += 1;
        let more = ear.count() + usize::try_from(dice::below(600)).unwrap();
        ear.outcomes(more.min(20_000)).await;
    }
    feeder.await.unwrap();
    let outcomes = ear.outcomes(20_000).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Stored { .. })));
    assert_eq!(ground.outside("SELECT count(*) FROM messages").await, "20000");
    println!("{cuts} cuts of the connection: 20000 acked, 20000 rows");
}

async fn feed(writer: xinqiao::store::WriterHandle, ear: Ear, from: usize, count: usize) {
    for number in from..from + count {
        let contact = u128::try_from(number).unwrap() % CONVERSATIONS;
        writer.append(says(contact, &format!("c{number}"))).unwrap();
        ear.outcomes_at_least((number + 1).saturating_sub(IN_FLIGHT)).await;
    }
}

/// A database that stays away: refusals at once, and all is well when it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_late_is_found_again() {
    let mut server = Postgres::start();
    let url = server.database("late");
    let settings = Settings { url, write_deadline_ms: 500, ..Settings::default() };
    let ear = Ear::default();
    let store = Store::open(&settings, ear.committed()).await.unwrap();
    store.writer().append(says(1, "before")).unwrap();
    ear.outcomes(1).await;
    tokio::task::block_in_place(|| server.kill());
    let turn = Turn { at: At(1), entries: vec!["{}".to_owned()], ..Turn::default() };
    let turn = store.writer().send_turn(turn).await.unwrap();
    store.writer().append(says(1, "during")).unwrap();
    assert!(matches!(ear.outcomes(2).await[1], Outcome::Failed { .. }));
    crate::ground::wait_for_trouble(&store, Trouble::Gone).await;
    assert!(store.reader().history(ContactId::from_number(1), 0, 10).await.is_err());
    tokio::task::block_in_place(|| server.resume());
    assert_eq!(turn.durable().await.unwrap().seq, 1);
    crate::ground::wait_until_well(&store).await;
    store.writer().append(says(1, "during")).unwrap();
    assert_eq!(seq_of(&ear.outcomes(3).await[2]), (2, true));
    assert_eq!(crate::ground::talk(&store, 1).await.len(), 2);
}
