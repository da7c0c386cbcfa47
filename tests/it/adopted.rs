//! A store that was copied, put back or moved: a copy sends nothing before a person has taken it over.

use std::fs;
use std::path::Path;
use std::process::Command as Process;

use serde_json::{Value, json};

use crate::harness::{Command, People, Serve, Workspace, until};

/// A run of 50 people of whom some are pending still, and none in doubt.
fn unfinished(workspace: &Workspace, name: &str) {
    workspace.text_campaign(name, &People::seeded(1, 50), "[safety]\nmax_in_doubt = 10\n");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", name, "--yes", "--format", "json"]).start();
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    run.interrupt();
    until("the end to begin", || run.stderr().contains("stopping").then_some(()));
    workspace.sandbox().release();
    let run = run.wait().expect(5);
    assert!(run.tally().pending > 0, "{run}");
}

/// As a person would copy it.
fn copy(from: &Path, to: &Path) {
    let copied = Process::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs");
    assert!(copied.success());
}

/// `disparo` in a folder beside the workspace's own.
fn at<const N: usize>(workspace: &Workspace, folder: &Path, arguments: [&str; N]) -> Command {
    let command = workspace.disparo(arguments).in_folder(folder);
    command.environment("DISPARO_WORKSPACE", &folder.to_string_lossy())
}

fn finding(doctor: &str, about: &str) -> Value {
    let found = doctor.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    found.into_iter().find(|found| found["about"] == about).expect("a finding")
}

#[test]
fn a_copy_reads_and_does_nothing_else_and_the_original_goes_on() {
    let workspace = Workspace::new();
    unfinished(&workspace, "sale");
    let beside = tempfile::tempdir().expect("a folder");
    let folder = beside.path().join("copy");
    copy(workspace.folder(), &folder);
    fs::write(
        folder.join("other.toml"),
        fs::read_to_string(folder.join("sale.toml"))
            .expect("read")
            .replace("name = \"sale\"", "name = \"other\""),
    )
    .expect("written");
    let in_copy: [&[&str]; 7] = [
        &["resume", "sale-1"],
        &["run", "other", "--yes"],
        &["retry", "sale-1", "--yes"],
        &["pause", "sale-1"],
        &["cancel", "sale-1"],
        &["doubt", "assume-sent", "sale-1"],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    for command in in_copy {
        let refused = at(&workspace, &folder, []).arguments(command).finish().expect(6);
        assert!(
            refused.stderr.contains("a copy") && refused.stderr.contains("disparo doctor --adopt"),
            "{refused}"
        );
        assert_eq!(refused.stdout, "", "{refused}");
    }
    for command in [["status", "sale-1"], ["report", "sale-1"], ["audit", "sale-1"], ["check", "sale"]] {
        at(&workspace, &folder, command).finish().expect(0);
    }
    let doctor = at(&workspace, &folder, ["doctor", "--format", "json"]).finish().expect(3);
    assert_eq!(finding(&doctor.stdout, "store")["ok"], false, "{doctor}");

    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 50);
    let doctor = workspace.disparo(["doctor", "--format", "json"]).finish().expect(0);
    assert_eq!(finding(&doctor.stdout, "store")["ok"], true, "{doctor}");
}

#[test]
fn an_older_store_that_is_put_back_sends_nobody_again() {
    let workspace = Workspace::new();
    unfinished(&workspace, "sale");
    let store = workspace.folder().join(".disparo");
    let backup = tempfile::tempdir().expect("a folder");
    let backup = backup.path().join("backup");
    copy(&store, &backup);
    workspace.disparo(["resume"]).finish().expect(0);
    let accepted = workspace.sandbox().accepted().len();
    let newest = workspace.folder().join("newest");
    fs::rename(&store, &newest).expect("renamed");

    copy(&backup, &store);
    let refused = workspace.disparo(["resume"]).finish().expect(6);
    assert!(refused.stderr.contains("came from a backup"), "{refused}");
    // Over the files that are there.
    fs::remove_dir_all(&store).expect("removed");
    fs::rename(&newest, &store).expect("renamed");
    workspace.disparo(["status"]).finish().expect(0);
    fs::remove_dir_all(store.join("journal")).expect("removed");
    copy(&backup.join("."), &store);
    let refused = workspace.disparo(["resume"]).finish().expect(6);
    assert!(refused.stderr.contains("came from a backup"), "{refused}");
    assert_eq!(workspace.sandbox().accepted().len(), accepted, "nobody was sent to");
    workspace.is_not_judged("its journal is older than what was sent");
}

#[test]
fn a_store_that_is_moved_on_its_disk_goes_on() {
    let workspace = Workspace::new();
    unfinished(&workspace, "sale");
    let moved = tempfile::tempdir_in(workspace.folder().parent().expect("a folder")).expect("a folder");
    for name in [".disparo", "channels.toml", "sale.toml", "audiences"] {
        fs::rename(workspace.folder().join(name), moved.path().join(name)).expect("renamed");
    }
    let resumed = at(&workspace, moved.path(), ["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 50);
    fs::rename(moved.path().join(".disparo"), workspace.folder().join(".disparo")).expect("renamed");
}

#[test]
fn a_copy_that_is_taken_over_sends_to_each_who_is_pending_once() {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    workspace.only_devino(&format!("callback_url = \"{}\"", serve.base_url()));
    let base_url = serve.base_url().to_owned();
    serve.terminate().expect(0);
    unfinished(&workspace, "sale");
    let before = workspace.sandbox().accepted();
    let store = workspace.folder().join(".disparo");
    let other = workspace.folder().join("other-store");
    copy(&store, &other);
    fs::remove_dir_all(&store).expect("removed");
    fs::rename(&other, &store).expect("renamed");

    let unasked = workspace.disparo(["doctor", "--adopt"]).finish().expect(2);
    assert!(unasked.stderr.contains("--yes"), "{unasked}");
    workspace.disparo(["resume"]).finish().expect(6);
    let adopted = workspace.disparo(["doctor", "--adopt", "--yes", "--format", "json"]).finish().expect(0);
    assert_eq!(adopted.json()["held"], json!(["sale-1"]), "{adopted}");
    assert!(adopted.stderr.contains("must never send again"), "{adopted}");
    assert!(adopted.stderr.contains("sale-1 is interrupted: "), "{adopted}");
    let status = workspace.disparo(["status", "sale-1", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&status["state"], &status["held"]["kind"]), (&json!("held"), &json!("adopted")), "{status}");

    // Receipts of before carry the name that the store had then.
    let serve = Serve::start_again_at(&workspace, &base_url);
    let told = |options: &str, id: u64| {
        json!([{ "messageId": id, "ts": 1_795_000_000_000_u64, "status": "DELIVERED", "errorCode": 0, "options": options }])
            .to_string()
    };
    let url = serve.url(&workspace, "devino");
    assert_eq!(serve.post(&url, told(&before[0].callback_data, 9_007_199_254_740_993)), 200);
    // Of a run that the other store made since.
    let foreign = before[0].callback_data.replacen(".1.", ".2.", 1);
    assert_eq!(serve.post(&url, told(&foreign, 9_007_199_254_740_995)), 200);
    until("the receipt to be applied", || {
        let status = workspace.disparo(["status", "sale-1", "--format", "json"]).finish().expect(0).json();
        (status["deliveries"]["delivered"] == 1).then_some(())
    });
    serve.terminate().expect(0);

    let resumed = workspace.disparo(["resume", "sale-1", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 50, "{resumed}");
    let after = workspace.sandbox().accepted();
    let store_of = |data: &str| data.split('.').next().map(str::to_owned);
    let last = after.last().expect("somebody");
    assert_ne!(store_of(&last.callback_data), store_of(&before[0].callback_data), "it has another name now");
    workspace.text_campaign("next", &People::seeded(5, 2), "");
    assert_eq!(workspace.run("next").expect(0).json()["run"], "next-2001");
    let again = workspace.disparo(["doctor", "--adopt", "--yes"]).finish().expect(0);
    assert!(again.stderr.contains("nothing to take over"), "{again}");
}
