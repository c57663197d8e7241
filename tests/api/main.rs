//! The wire contract, sentence by sentence, against the server as it is started by a shell.
//!
//! Each test starts a house of its own unless it only looks: the queue is one for all lines, and two
//! tests would take each other's seekers. Nothing sleeps: tests wait for frames.

#![cfg(test)]

#[path = "../support/house.rs"]
mod house;
#[path = "../support/people.rs"]
mod people;
#[expect(dead_code, reason = "each suite uses its own part")]
#[path = "../support/wire.rs"]
mod wire;

mod board;
mod contact;
mod doors;
mod frames;
mod limits;
mod line_doors;
mod look;
mod note;
mod offers;
mod office_accounts;
mod office_counselors;
mod office_lines;
mod office_replies;
mod office_saves;
mod phrase;
mod rating;
mod resume;
mod roles;
mod sign_in;
mod stop;
mod transfer;
mod whisper;

use house::{House, Plan};
use std::sync::OnceLock;

/// One house for the tests that change nothing another test looks at.
fn shared() -> &'static str {
    static HOUSE: OnceLock<House> = OnceLock::new();
    // A static is never dropped: this line of shell ends the server when our end of its pipe closes.
    let line = r#""$@" & cat > /dev/null; kill -9 $!"#;
    &HOUSE.get_or_init(|| Plan::default().by(line).start()).address
}
