//! The binary as a shell sees it: what it prints, where, and its exit status.

#![cfg(test)]

use std::fs;
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
