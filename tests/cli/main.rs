//! The binary as a shell sees it: what it prints, where, and its exit status.

#![cfg(test)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn xinqiao(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xinqiao"));
    command.args(arguments).env_remove("XINQIAO_CONFIG").output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_command_that_is_not_understood_leaves_with_2() {
    for wrong in [&["sing"][..], &["doctor", "--loud"], &[]] {
        assert_eq!(xinqiao(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_wrong_configuration_leaves_with_2_and_names_file_line_key_and_what_was_expected() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("xinqiao.toml");
    fs::write(&file, "[chat]\nheartbeat_s = 25\nframe_bytes_max = 12\n").unwrap();
    let output = xinqiao(&["doctor", "--config", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    let expected = "xinqiao.toml:3:19: chat.frame_bytes_max: expected 16384 to 65536, found 12";
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("第 3 行第 19 列 的 chat.frame_bytes_max"), "{said}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn the_doctor_looks_at_an_empty_directory_and_leaves_nothing_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let output = xinqiao(&["doctor", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    assert!(said.contains("fsync rate") && said.contains("0 failed"), "{said}");
    assert_eq!(fs::read_dir(data).unwrap().count(), 0);
}

#[test]
fn the_doctor_leaves_with_1_when_the_data_cannot_be_written() {
    let output = xinqiao(&["doctor", "--data", "/proc/xinqiao", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("FAIL  数据目录 data directory"));
}

#[test]
fn the_flags_of_the_shell_win_over_the_environment() {
    let output = Command::new(env!("CARGO_BIN_EXE_xinqiao"))
        .args(["doctor", "--data", "/proc/xinqiao", "--listen", "127.0.0.1:0"])
        .env("XINQIAO_SERVER__LISTEN", "127.0.0.1:1")
        .output()
        .unwrap();
    assert!(text(&output.stdout).contains("127.0.0.1:0 is free"));
}

/// Runs `arguments` on the data of `directory` and gives what it printed; it must succeed.
fn done(directory: &Path, arguments: &[&str]) -> String {
    let data = directory.join("data");
    let output = xinqiao(&[arguments, &["--data", data.to_str().unwrap()]].concat());
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    said
}

#[test]
fn a_line_and_accounts_saved_from_a_shell_survive_backup_and_restore() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    done(here, &["admin", "add-skill", "adolescents", "青少年", "Adolescents"]);
    let line = concat!(env!("CARGO_MANIFEST_DIR"), "/config/lines/12355.toml");
    assert!(done(here, &["admin", "save-line", line]).contains("line 12355 saved"));
    let boss = ["admin", "add-account", "boss", "--role", "administrator", "--alias", "管理员"];
    assert!(done(here, &boss).contains("otpauth://totp/"), "an administrator needs two factors");
    let anna = ["admin", "add-account", "anna", "--role", "counselor", "--alias", "小满"];
    let said = done(here, &[&anna[..], &["--skill", "adolescents=4"]].concat());
    let password = said.lines().find_map(|line| line.rsplit_once(": ")).unwrap().1.to_owned();

    let copy = here.join("copy.db");
    assert!(done(here, &["backup", copy.to_str().unwrap()]).contains("whole"));
    let mode = fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "a copy is for its owner alone");
    let again =
        xinqiao(&["backup", "--data", here.join("data").to_str().unwrap(), copy.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1), "a copy never overwrites");

    let restored = here.join("restored");
    fs::create_dir_all(restored.join("data")).unwrap();
    fs::copy(&copy, restored.join("data/xinqiao.db")).unwrap();
    let looked = done(&restored, &["doctor", "--verify-journal", "--listen", "127.0.0.1:0"]);
    assert!(looked.contains("each follows from the one before"), "{looked}");
    assert!(done(&restored, &["admin", "list"]).contains("anna\tcounselor\topen, password"));
    assert!(done(&restored, &["replay"]).contains("every turn as it was written"));
    let bytes = fs::read(&copy).unwrap();
    let found = bytes.windows(password.len()).any(|part| part == password.as_bytes());
    assert!(!found, "a password is nowhere in the database");
}

#[test]
fn a_line_that_would_leave_somebody_ringing_is_not_saved() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let line = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/lines/12355.toml"));
    let nowhere = line.unwrap().replace("last_rung = \"full\"", "last_rung = { forward = \"9\" }");
    let file = directory.path().join("line.toml");
    fs::write(&file, nowhere).unwrap();
    let output =
        xinqiao(&["admin", "save-line", "--data", data.to_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("last_rung.line: must be another line"));
}
