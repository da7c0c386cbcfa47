//! What a person at a terminal, and a script without one, are told.

use std::fs::OpenOptions;
use std::process::Stdio;

use crate::harness::{Command, People, Workspace};

#[test]
fn a_new_workspace_can_be_used_at_once_and_is_never_overwritten() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disparo = |arguments: &[&str]| Command::new(arguments).in_folder(folder.path());
    let nowhere = disparo(&["status"]).finish().expect(2);
    assert!(nowhere.stderr.contains("disparo init"), "{nowhere}");
    let made = disparo(&["init"]).finish().expect(0);
    assert!(made.stderr.contains("disparo run"), "{made}");
    disparo(&["check"]).finish().expect(0);
    disparo(&["--workspace", "campaigns", "status"]).finish().expect(0);
    let again = disparo(&["init"]).finish().expect(2);
    assert!(again.stderr.contains("already exists"), "{again}");
    disparo(&["init", "elsewhere"]).finish().expect(0);
    disparo(&["check", "elsewhere/welcome.toml"]).finish().expect(0);
}

#[test]
fn people_are_not_messaged_before_somebody_said_yes() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(1, 3), "");
    let refused = workspace.disparo(["run", "sale"]).finish().expect(2);
    assert!(refused.stderr.contains("3 recipients") && refused.stderr.contains("--yes"), "{refused}");
    let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0);
    assert_eq!(status.json(), serde_json::json!([]), "{status}");
}

#[test]
fn without_a_terminal_there_are_plain_lines_only() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(1, 3), "");
    let run = workspace.disparo(["run", "sale", "--yes"]).finish().expect(0);
    assert!(run.stderr.contains("sale-1: sending to 3 recipients through devino"), "{run}");
    let is_plain = |text: &str| !text.chars().any(|sign| sign.is_control() && sign != '\n');
    assert!(is_plain(&run.stdout) && is_plain(&run.stderr), "{run}");
    let quiet = workspace.disparo(["run", "sale", "--yes", "--again", "--quiet"]);
    workspace.repeats_on_purpose();
    assert_eq!(quiet.finish().expect(0).stderr, "");
}

#[test]
fn usage_is_explained() {
    for (arguments, code) in [
        (vec!["--help"], 0),
        (vec!["run", "--help"], 0),
        (vec!["--version"], 0),
        (vec![], 2),
        (vec!["rnu"], 2),
        (vec!["run"], 2),
        (vec!["status", "--quiet", "--verbose"], 2),
        (vec!["resume", "--rate", "fast"], 2),
    ] {
        let told = Command::new(arguments).finish().expect(code);
        assert_eq!(told.stdout.is_empty(), code != 0, "{told}");
        assert_eq!(told.stderr.is_empty(), code == 0, "{told}");
    }
}

#[test]
fn a_reader_that_stops_is_no_failure_but_a_full_disk_is() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(1, 3_000), "");
    workspace.run("sale").expect(0);
    let report = || workspace.disparo(["report", "sale-1", "--format", "csv"]).into_process();

    let mut head = report().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(head.stdout.take());
    let head = head.wait_with_output().expect("ends");
    assert_eq!((head.status.code(), String::from_utf8_lossy(&head.stderr).as_ref()), (Some(0), ""));

    let full = OpenOptions::new().write(true).open("/dev/full").expect("a disk that is always full");
    let full = report().stdout(full).stderr(Stdio::piped()).output().expect("ends");
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(1), "{said}");
    assert!(said.contains("could not be written"), "{said}");
}
