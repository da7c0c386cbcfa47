//! Disks that are full, and folders that cannot be written.
//!
//! A limit on the size of files stands in for a full disk: it needs no rights and fails the same
//! writes. Where the system lets an ordinary user mount one, a small disk is filled too.

use std::fs;
use std::io::{self, Write};
use std::process::Command as System;

use super::refusal::Campaign;
use crate::harness::{Command, People, Workspace};

/// Runs a command whose files may not grow beyond so many KiB: writes fail, and no signal ends it.
fn limited(command: Command, kibibytes: u32) -> Command {
    let script = format!("trap '' XFSZ; ulimit -f {kibibytes}; exec \"$@\"");
    command.through("bash", ["-c", &script, "limited"])
}

#[test]
fn a_roster_that_finds_no_space_sends_nothing() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(1, 10_000), "");
    let run = || workspace.disparo(["run", "welcome", "--yes", "--format", "json"]);
    let refused = limited(run(), 200).finish().expect(1);
    assert!(refused.stderr.contains(".disparo/rosters/") && refused.stderr.contains("hint: "), "{refused}");
    assert_eq!(workspace.sandbox().accepted().len(), 0, "{refused}");
    let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0);
    assert_eq!(status.json(), serde_json::json!([]), "a plan that was not frozen is a run");
    assert_eq!(run().finish().expect(0).tally().accepted, 10_000);
}

#[test]
fn a_journal_that_finds_no_space_stops_and_loses_nobody() {
    let workspace = Workspace::new();
    let one_a_call =
        workspace.channels().replacen("rate = \"none\"", "rate = \"none\"\nchunk = 1\nin_flight = 1", 1);
    workspace.write("channels.toml", one_a_call);
    workspace.text_campaign("welcome", &People::seeded(1, 4_000), "");
    // The store begins with one segment of this size.
    let stopped = limited(workspace.disparo(["run", "welcome", "--yes"]), 512).finish().expect(1);
    assert!(stopped.stderr.contains("the journal cannot be written: file too large"), "{stopped}");
    assert!(stopped.stderr.contains("`disparo resume`"), "{stopped}");
    let reached = workspace.sandbox().accepted().len();
    assert!((1..4_000).contains(&reached), "stopped after {reached} people: {stopped}");

    let resumed = workspace.disparo(["resume", "--format", "json"]).finish();
    let tally = resumed.tally();
    assert_eq!(tally.accepted + tally.in_doubt, 4_000, "{resumed}");
    assert_eq!(resumed.code(), Some(if tally.in_doubt > 0 { 7 } else { 0 }), "{resumed}");
    // Who was in doubt may have been in a call that was prepared and never left.
    let reached = workspace.sandbox().accepted().len() as u64;
    assert!((tally.accepted..=4_000).contains(&reached), "{reached} were reached: {resumed}");
}

#[test]
fn results_that_cannot_be_written() {
    let campaign = Campaign::new();
    campaign.workspace.write("results", "not a folder");
    campaign.refuses("results_are_a_file", campaign.run(), 1);
    fs::remove_file(campaign.file("results")).expect("it is there");
    campaign.works_now();
}

#[test]
fn a_run_whose_results_find_no_space_is_told_all_the_same() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(1, 8_000), "");
    // Enough for the journal and the frozen roster, not for a line in words for everybody.
    let told = limited(workspace.disparo(["run", "welcome", "--yes", "--format", "json"]), 560).finish();
    let told = told.expect(1);
    assert_eq!(told.tally().accepted, 8_000, "{told}");
    assert!(told.json()["results"].is_null(), "{told}");
    assert!(told.stderr.contains("results/welcome/welcome-1/recipients.csv"), "{told}");
    assert!(told.stderr.contains("`disparo report welcome-1 --format csv -o FILE`"), "{told}");
    let report = workspace.disparo(["report", "welcome-1", "--format", "csv"]).finish().expect(0);
    assert_eq!(report.stdout.lines().count(), 8_001);
}

/// Mounts a disk of 8 MiB over the workspace's copy, for the command alone.
const SMALL_DISK: &str = "mkdir -p small && mount -t tmpfs -o size=8m small small && \
    cp -r channels.toml welcome.toml audiences small/ && exec \"$@\"";

#[test]
fn a_small_disk_begins_no_run() {
    let can_mount = System::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "try", "/mnt"]).output();
    if !can_mount.is_ok_and(|output| output.status.success()) {
        // Not `eprintln!`, which the test runner keeps to itself.
        let skipped = "SKIPPED a_small_disk_begins_no_run: this system lets nobody mount a disk of their own";
        writeln!(io::stderr(), "{skipped}").expect("a stderr");
        return;
    }
    let campaign = Campaign::new();
    let command = campaign
        .disparo(["--workspace", "small", "run", "welcome", "--yes"])
        .through("unshare", ["-rm", "bash", "-c", SMALL_DISK, "small"]);
    let refused = command.finish().expect(1);
    assert!(refused.stderr.contains("MiB are left on the disk of small/.disparo"), "{refused}");
    assert!(refused.stderr.contains("hint: nothing was sent; free some space"), "{refused}");
    assert_eq!(campaign.workspace.sandbox().accepted().len(), 0);
}
