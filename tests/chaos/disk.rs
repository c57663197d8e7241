//! The database's file is locked, full, read-only or damaged.

use crate::house::{House, Plan};
use crate::people::{Seeker, talk};
use crate::wire::{knock, look};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use xinqiao::store::probe::hold_sqlite_lock;
use xinqiao::wire_client::pause;

#[tokio::test]
async fn a_file_locked_for_three_seconds_delays_acks_and_nothing_else() {
    let house = House::start();
    let (mut seeker, mut console) = talk(&house.address).await;
    let file = house.data().join("xinqiao.db");
    let (tell, told) = tokio::sync::oneshot::channel();
    let hold = async {
        tell.send(()).unwrap();
        pause(Duration::from_secs(3)).await;
    };
    let locked = tokio::spawn(async move { hold_sqlite_lock(&file, hold).await });
    told.await.unwrap();
    seeker.write("s1", "锁着的时候说的").await;
    let frames = seeker.wire.so_far().await;
    assert!(
        frames.iter().all(|frame| frame["type"] != "ack"),
        "nothing is acked that is not stored"
    );
    console.tell("typing", &seeker.contact).await;
    assert!(!locked.is_finished(), "a ping and a typing frame do not wait for the disk");
    let frames = seeker.wire.gather("ack").await;
    assert!(frames.iter().all(|frame| frame["type"] != "error"), "{frames:?}");
    locked.await.unwrap().unwrap();
    assert_eq!(console.wire.until("message").await["text"], "锁着的时候说的");
    assert_eq!(knock(&house.address, "12355").await.status, 201);
}

/// A small file system of its own under a directory, as long as this value lives.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None`, with the reason printed, where nothing may be mounted.
    fn mount(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(directory.path());
        match mount.output() {
            Ok(done) if done.status.success() => Some(Self(directory)),
            Ok(done) => {
                println!("not tried: mount says {}", String::from_utf8_lossy(&done.stderr).trim());
                None
            }
            Err(error) => {
                println!("not tried: mount: {error}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        let done = Command::new("mount").args(["-o", &options]).arg(self.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.path().join("ballast")).unwrap();
        for size in [65_536, 4_096, 512, 1] {
            while ballast.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn relieve(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).output();
    }
}

/// Asks until the house is as ready as that.
async fn until_ready_is(house: &House, status: u16) -> String {
    let asking = async {
        loop {
            let ready = look(&house.address, "/readyz").await;
            if ready.status == status {
                return ready.text;
            }
            pause(Duration::from_millis(50)).await;
        }
    };
    let limit = Duration::from_mins(1);
    tokio::time::timeout(limit, asking)
        .await
        .unwrap_or_else(|_| panic!("readyz was never {status}"))
}

/// Writes large messages, one after the other, until one is not acked in good order.
async fn write_until_refused(seeker: &mut Seeker) -> usize {
    let text = "满".repeat(4_000);
    let mut number = 0;
    loop {
        seeker.write(&format!("big{number}"), &text).await;
        let frame = answer(seeker).await;
        if frame["type"] == "error" {
            assert!(frame["code"] == "not_stored" || frame["code"] == "busy", "{frame}");
            assert_eq!(frame["client_id"], format!("big{number}"));
            return number;
        }
        number += 1;
    }
}

/// The next ack or error.
async fn answer(seeker: &mut Seeker) -> serde_json::Value {
    loop {
        let frame = seeker.wire.frame().await;
        if frame["type"] == "ack" || frame["type"] == "error" {
            return frame;
        }
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_acked_the_house_says_so_and_works_again_with_room() {
    let Some(disk) = SmallDisk::mount("24m") else { return };
    let data = disk.path().join("data");
    let mut house =
        Plan::default().on(&data).set("XINQIAO_DATABASE__WRITE_DEADLINE_MS", "1500").start();
    let (mut seeker, mut console) = talk(&house.address).await;
    seeker.write_and_wait("s1", "还有地方").await;
    disk.fill();
    let stored = write_until_refused(&mut seeker).await;
    let reason = until_ready_is(&house, 503).await;
    assert!(reason.contains("full"), "{reason}");
    assert!(house.log().contains("full"), "the log says it too");
    let refused = knock(&house.address, "12355").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "not_ready"));
    assert_ne!(refused.header("retry-after"), "");
    assert_eq!(look(&house.address, "/healthz").await.status, 200);
    seeker.wire.so_far().await;

    disk.relieve();
    until_ready_is(&house, 200).await;
    let again = seeker.write_and_wait(&format!("big{stored}"), "又有地方了").await;
    let expected = i64::try_from(stored).unwrap() + 2;
    assert_eq!(again["seq"], expected, "what was refused was not stored");
    assert_eq!(knock(&house.address, "12355").await.status, 201);
    console.write(&seeker.contact, "c1", "好的").await;
    console.wire.until("ack").await;
    house.kill();
    house.resume();
    seeker.resume(&house.address, 0).await;
    assert_eq!(seeker.wire.frame().await["seq"], expected + 1);
}

#[tokio::test]
async fn a_disk_that_turns_read_only_is_no_reason_to_fall() {
    let Some(disk) = SmallDisk::mount("24m") else { return };
    let data = disk.path().join("data");
    let mut house =
        Plan::default().on(&data).set("XINQIAO_DATABASE__WRITE_DEADLINE_MS", "1500").start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    seeker.write_and_wait("s1", "可以写").await;
    let file = data.join("xinqiao.db");
    house.terminate();
    assert_eq!(house.wait().code(), Some(0));
    disk.remount("ro");
    let (status, log) = Plan::default().on(&data).try_start().err().expect("it started");
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("cannot write") && log.contains("write access"), "{log}");
    assert!(log.contains(&*file.parent().unwrap().to_string_lossy()), "it names the place: {log}");
    disk.remount("rw");
    house.resume();
    seeker.resume(&house.address, 0).await;
    assert_eq!(seeker.wire.frame().await["seq"], 1);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_in_plain_words_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("xinqiao.db");
    let garbage = "这不是数据库。".repeat(1_000);
    std::fs::write(&file, &garbage).unwrap();
    let (status, log) = Plan::default().on(directory.path()).try_start().err().expect("it started");
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("is not an SQLite database"), "{log}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), garbage);
}

#[tokio::test]
async fn a_damaged_database_is_refused_at_the_start_with_what_to_do() {
    let mut house = House::start();
    let mut seeker = Seeker::reach_out(&house.address, "12355").await;
    for number in 0..50 {
        seeker.write_and_wait(&format!("s{number}"), &"字".repeat(1_000)).await;
    }
    house.terminate();
    assert_eq!(house.wait().code(), Some(0));
    let path = house.data().join("xinqiao.db");
    let size = std::fs::metadata(&path).unwrap().len();
    let mut file = std::fs::File::options().write(true).open(&path).unwrap();
    // Everything but the first page and the schema's: the contents are gone, the file still opens.
    file.seek(SeekFrom::Start(4_096)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(size - 4_096).unwrap()]).unwrap();
    drop(file);
    let data = house.data().to_owned();
    let (status, log) = Plan::default().on(&data).try_start().err().expect("it started");
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("damaged") && log.contains("backup"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
}
