//! The record file, over the ends of several sandboxes.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::bench::{Bench, LOOPBACK, message, messages};
use crate::clock::SystemClock;
use crate::sandbox::{Recording, Sandbox, SandboxError, Scenario};

fn recording(file: &Path) -> Bench {
    Bench::with("", Arc::new(SystemClock::new()), &Recording::File(file.to_owned()))
}

#[tokio::test]
async fn everything_is_in_the_file_before_the_answer_and_goes_on_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("record.jsonl");

    let first = recording(&file);
    first.devino(&messages(3)).await;
    assert_eq!(fs::read_to_string(&file).expect("a record").lines().count(), 3);
    drop(first);

    // Killed in the middle of a line.
    let mut torn = OpenOptions::new().append(true).open(&file).expect("a file");
    torn.write_all(br#"{"provider":"devino","sender":"My"#).expect("written");

    let second = recording(&file);
    let record = second.sandbox.record();
    assert_eq!(record.accepted().len(), 3);
    let entries =
        second.result(&serde_json::json!([message("5511900000000"), message("5511955555555")])).await;
    assert_eq!(entries[0]["messageId"], "3482512350952730371");
    assert_eq!(record.accepted().last().map(|entry| entry.call), Some(2));
    // Text of `messages` and `message` for one number is the same.
    assert_eq!((record.state().accepted, record.state().duplicates), (5, Some(1)));
    let text = fs::read_to_string(&file).expect("a record");
    assert_eq!(text.lines().count(), 5);
    assert!(text.lines().all(|line| line.ends_with('}')), "{text}");
}

#[tokio::test]
async fn a_file_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("audience.csv");
    fs::write(&file, "telefone,nome\n11987654321,Ana\n").expect("written");
    let start = |recording| {
        Sandbox::start_recording(LOOPBACK, Scenario::default(), Arc::new(SystemClock::new()), &recording)
    };
    let error = start(Recording::File(file.clone())).expect_err("no record");
    assert!(matches!(error, SandboxError::Record(_)), "{error:?}");
    assert!(error.to_string().contains("audience.csv is not a record of the sandbox: line 1"), "{error}");
    assert_eq!(fs::read_to_string(&file).expect("a file"), "telefone,nome\n11987654321,Ana\n");
    let error = start(Recording::File(folder.path().join("no/such/folder"))).expect_err("no folder");
    assert!(error.to_string().contains("cannot keep its record"), "{error}");
}

#[tokio::test]
async fn counts_alone_keep_nobody() {
    let bench = Bench::with("", Arc::new(SystemClock::new()), &Recording::Counts);
    bench.devino(&messages(3)).await;
    let record = bench.sandbox.record();
    assert_eq!((record.state().accepted, record.state().duplicates), (3, None));
    assert!(record.accepted().is_empty() && record.calls().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_cannot_be_recorded_is_not_accepted() {
    let bench = recording(Path::new("/dev/full"));
    let response = bench.devino(&messages(2)).await;
    assert_eq!(response.status(), 500);
    let text = response.text().await.expect("a body");
    assert!(text.contains("the sandbox cannot keep its record in /dev/full"), "{text}");
    assert_eq!(bench.sandbox.record().state().accepted, 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_change_that_cannot_be_recorded_is_undone() {
    let bench = recording(Path::new("/dev/full"));
    let given = serde_json::json!({ "name": "Ana" });
    let response = bench.ask_wati("POST", "/1/api/v1/addContact/5511987654321", &given).await;
    assert_eq!(response.status(), 500);
    let contacts = bench.wati_json("GET", "/1/api/v1/getContacts", &serde_json::Value::Null).await;
    assert_eq!(contacts["contact_list"], serde_json::json!([]));
    assert_eq!(bench.sandbox.record().state().accepted, 0);
}

#[tokio::test]
async fn an_address_in_use_is_said() {
    let bench = Bench::new("");
    let taken = bench.sandbox.address();
    let error = Sandbox::start(taken, Scenario::default(), Arc::new(SystemClock::new())).expect_err("taken");
    assert!(error.to_string().starts_with(&format!("the sandbox cannot listen on {taken}")), "{error}");
}
