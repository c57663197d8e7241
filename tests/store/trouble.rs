//! The database locked, full, read-only, damaged, taken over, or of another age.

use crate::ground::{
    Ground, Outsider, is_failed, says, seq_of, talk, wait_for_trouble, wait_until_well,
};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tokio::time::timeout;
use xinqiao::clock::At;
use xinqiao::store::{Act, Settings, StateRow, StoreError, Trouble, Turn, Verdict};

on_both_engines!(
    a_deposed_owner_writes_nothing_more,
    a_second_process_is_refused,
    a_newer_schema_is_refused_with_both_versions,
    a_refused_write_spoils_nothing_else_in_its_batch,
);

async fn a_deposed_owner_writes_nothing_more(ground: Ground) {
    let (store, ear) = ground.open().await;
    store.writer().append(says(1, "before")).unwrap();
    ear.outcomes(1).await;
    ground.outside("UPDATE owner SET epoch = epoch + 1").await;
    store.writer().append(says(1, "after")).unwrap();
    let act = Act { at: At(1), body: "{}".to_owned() };
    assert!(store.writer().journal(act).await.is_err());
    assert!(is_failed(&ear.outcomes(2).await[1]));
    wait_for_trouble(&store, Trouble::Deposed).await;
    assert_eq!(talk(&store, 1).await.len(), 1);
    assert_eq!(store.journal().head().await.unwrap().seq, 0);
}

async fn a_second_process_is_refused(ground: Ground) {
    let (store, _) = ground.open().await;
    let second = ground.try_open().await.map(|_| ()).unwrap_err();
    assert!(matches!(second, StoreError::InUse { .. }), "{second}");
    assert!(second.to_string().starts_with("another xinqiao process holds "));
    store.close().await;
    ground.open().await;
}

async fn a_newer_schema_is_refused_with_both_versions(ground: Ground) {
    let (store, _) = ground.open().await;
    let known = store.integrity().await.unwrap().schema;
    store.close().await;
    let copy = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                execution_time) SELECT 29990101000000, 'later', success, checksum, 0 \
                FROM _sqlx_migrations WHERE version = ";
    ground.outside(&format!("{copy}{known}")).await;
    let refused = ground.try_open().await.map(|_| ()).unwrap_err();
    assert_eq!(refused, StoreError::NewerSchema { found: 29_990_101_000_000, known });
    let said = refused.to_string();
    assert!(said.contains("29990101000000") && said.contains(&known.to_string()), "{said}");
}

async fn a_refused_write_spoils_nothing_else_in_its_batch(ground: Ground) {
    let (store, ear) = ground.open().await;
    let writer = store.writer();
    let skills = store.skills();
    let act = || Act { at: At(1), body: "{}".to_owned() };
    let adding = async {
        tokio::join!(
            skills.add("a", "甲", "A", act()),
            skills.add("a", "甲", "A", act()),
            writer.turn(Turn { entries: vec!["{}".to_owned()], ..Turn::default() }),
            async { writer.append(says(1, "c")).unwrap() },
        )
    };
    let (first, second, turn, ()) = adding.await;
    assert!(first.is_ok() && turn.is_ok());
    assert!(matches!(second, Err(StoreError::Conflict { .. })));
    assert_eq!(seq_of(&ear.outcomes(1).await[0]), (1, true));
    assert!(matches!(store.verify_journal(None).await.unwrap(), Verdict::Whole { count: 2, .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_file_locked_for_3_s_acks_wait_and_then_come() {
    let ground = Ground::sqlite();
    let (store, ear) = ground.open().await;
    let mut outsider = Outsider::of(&ground.settings).await;
    outsider.ask("BEGIN IMMEDIATE").await;
    for number in 0..100 {
        store.writer().append(says(number % 5, &format!("c{number}"))).unwrap();
    }
    let turn = Turn { entries: vec!["{}".to_owned()], ..Turn::default() };
    let turn = store.writer().send_turn(turn).await.unwrap();
    wait_for_trouble(&store, Trouble::Locked).await;
    let early = timeout(Duration::from_secs(3), ear.outcomes(1)).await;
    assert!(early.is_err(), "acked while the file was locked");
    outsider.ask("ROLLBACK").await;
    let outcomes = ear.outcomes(100).await;
    assert!(outcomes.iter().all(|outcome| seq_of(outcome).1));
    assert_eq!(turn.durable().await.unwrap().seq, 1);
    wait_until_well(&store).await;
    assert_eq!(store.integrity().await.unwrap().messages, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn past_the_deadline_messages_fail_and_turns_are_kept() {
    let mut ground = Ground::sqlite();
    ground.settings = Settings { write_deadline_ms: 200, ..ground.settings };
    let (store, ear) = ground.open().await;
    let mut outsider = Outsider::of(&ground.settings).await;
    outsider.ask("BEGIN IMMEDIATE").await;
    let turn = |number: i64| Turn {
        at: At(number),
        entries: vec![number.to_string()],
        rows: vec![StateRow {
            kind: "k".to_owned(),
            id: "i".to_owned(),
            body: Some(number.to_string()),
        }],
        ..Turn::default()
    };
    let first = store.writer().send_turn(turn(1)).await.unwrap();
    store.writer().append(says(1, "first")).unwrap();
    assert!(is_failed(&ear.outcomes(1).await[0]));
    store.writer().append(says(1, "meanwhile")).unwrap();
    assert!(is_failed(&ear.outcomes(2).await[1]));
    let write = store.writer().journal(Act { at: At(1), body: "{}".to_owned() }).await;
    assert!(matches!(write, Err(StoreError::Trouble { trouble: Trouble::Locked, .. })));
    let second = store.writer().send_turn(turn(2)).await.unwrap();
    outsider.ask("ROLLBACK").await;
    assert_eq!(first.durable().await.unwrap().seq, 1);
    assert_eq!(second.durable().await.unwrap().seq, 2);
    wait_until_well(&store).await;
    store.writer().append(says(1, "first")).unwrap();
    assert_eq!(seq_of(&ear.outcomes(3).await[2]), (1, true));
    assert_eq!(store.state_rows().await.unwrap()[0].body.as_deref(), Some("2"));
    assert!(store.integrity().await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_what_was_acked_stays() {
    let mut ground = Ground::sqlite();
    let settings = Settings { write_deadline_ms: 300, pages_max: 90, ..ground.settings };
    ground.settings = settings;
    let (store, ear) = ground.open().await;
    let mut sent = 0;
    let mut health = store.health();
    while health.borrow_and_update().is_ok() {
        store.writer().append(says(1, &format!("c{sent}"))).unwrap();
        sent += 1;
        ear.outcomes(sent.min(ear.count() + 1)).await;
    }
    wait_for_trouble(&store, Trouble::DiskFull).await;
    let outcomes = ear.outcomes(sent).await;
    let stored = outcomes.iter().filter(|outcome| !is_failed(outcome)).count();
    assert!(stored < sent && stored > 0, "{stored} of {sent}");
    assert_eq!(talk(&store, 1).await.len(), stored);
    store.close().await;
    ground.settings.pages_max = 0;
    let (store, ear) = ground.open().await;
    store.writer().append(says(1, "again")).unwrap();
    assert_eq!(seq_of(&ear.outcomes(1).await[0]), (i64::try_from(stored).unwrap() + 1, true));
    assert!(store.integrity().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let ground = Ground::sqlite();
    let (store, ear) = ground.open().await;
    for number in 0..2_000 {
        store.writer().append(says(number % 40, &format!("c{number}"))).unwrap();
    }
    ear.outcomes(2_000).await;
    store.close().await;
    let path = ground.directory.path().join("store.db");
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(4_096 * 20)).unwrap();
    file.write_all(&vec![0x5a; 4_096 * 40]).unwrap();
    let refused = ground.try_open().await.map(|_| ()).unwrap_err();
    assert_eq!(refused, StoreError::Corrupted { path: path.clone() });
    std::fs::write(&path, "this is a letter, not a database").unwrap();
    let refused = ground.try_open().await.map(|_| ()).unwrap_err();
    assert_eq!(refused, StoreError::NotADatabase { path });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_running_is_whole_and_opens() {
    let mut ground = Ground::sqlite();
    let (store, ear) = ground.open().await;
    for number in 0..3_000 {
        store.writer().append(says(number % 40, &format!("c{number}"))).unwrap();
    }
    ear.outcomes(1_000).await;
    let copy = ground.directory.path().join("copy.db");
    store.look().backup_to(&copy).await.unwrap();
    ear.outcomes(3_000).await;
    store.close().await;
    ground.settings.url = format!("sqlite:{}", copy.display());
    let (store, _) = ground.open().await;
    let found = store.integrity().await.unwrap();
    assert!(found.is_whole() && found.messages >= 1_000, "{found:?}");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_refused() {
    let mut ground = Ground::sqlite();
    let place = ground.directory.path().join("a-file");
    std::fs::write(&place, "").unwrap();
    ground.settings.url = format!("sqlite:{}/store.db", place.display());
    let refused = ground.try_open().await.map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::NotWritable { .. }), "{refused}");
    ground.settings.url = "mysql:somewhere".to_owned();
    assert_eq!(ground.try_open().await.map(|_| ()).unwrap_err(), StoreError::Url);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let mut ground = Ground::sqlite();
    ground.settings.url = "postgres://xinqiao:geheim@127.0.0.1:1/hotline".to_owned();
    let refused = ground.try_open().await.map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        refused,
        "cannot reach the database at 127.0.0.1:1/hotline: the database server is gone"
    );
}

/// Root writes where others may not: the store is then opened by `nobody`, in a
/// copy of this program, through [`opened_as_another_account`].
#[tokio::test]
async fn a_read_only_file_is_refused() {
    let ground = Ground::sqlite();
    let (store, _) = ground.open().await;
    store.close().await;
    let directory = ground.directory.path();
    for name in ["store.db", "store.db.lock"] {
        let only_read = std::fs::Permissions::from_mode(0o444);
        std::fs::set_permissions(directory.join(name), only_read).unwrap();
    }
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = directory.join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut open = std::process::Command::new(&program);
    if rustix::process::getuid().is_root() {
        open = std::process::Command::new("setpriv");
        open.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&program);
    }
    open.args(["trouble::opened_as_another_account", "--exact", "--nocapture"]);
    let done = open.env("XINQIAO_STORE_OPEN", &ground.settings.url).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let path = directory.join("store.db");
    let expected = format!("cannot write {}: permission denied;", path.display());
    assert!(said.contains(&expected), "{said}");
}

#[tokio::test]
async fn opened_as_another_account() {
    #[expect(clippy::disallowed_methods, reason = "how a test tells its other self what to open")]
    let Ok(url) = std::env::var("XINQIAO_STORE_OPEN") else { return };
    let mut ground = Ground::sqlite();
    ground.settings.url = url;
    println!("{}", ground.try_open().await.map(|_| ()).unwrap_err());
}
