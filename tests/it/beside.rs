//! Commands beside a process that sends: it owns the store and answers them, and a person cannot tell.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::harness::{Finished, People, Running, Workspace, until};

/// A run of `people` people whose first calls the far side holds back.
fn held(workspace: &Workspace, name: &str, people: usize) -> Running {
    workspace.text_campaign(name, &People::seeded(1, people), "[safety]\nmax_in_doubt = 10\n");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", name, "--yes", "--format", "json"]).start();
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    run
}

fn state_of(workspace: &Workspace, run: &str) -> String {
    let status = workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json();
    status["state"].as_str().unwrap_or_else(|| panic!("no state in {status}")).to_owned()
}

#[test]
fn a_run_is_seen_paused_and_resumed_from_elsewhere() {
    let workspace = Workspace::new();
    let run = held(&workspace, "sale", 50);
    assert_eq!(state_of(&workspace, "sale-1"), "sending");
    let socket = workspace.folder().join(".disparo/control.sock");
    assert_eq!(socket.metadata().expect("a socket").permissions().mode() & 0o777, 0o600);

    let paused = workspace.disparo(["pause", "sale-1"]).finish().expect(0);
    assert!(paused.stdout.starts_with("sale-1 is paused"), "{paused}");
    let held = workspace.sandbox().state()["held"].as_u64();
    workspace.sandbox().release();
    assert_eq!(run.wait().expect(5).json()["state"], "paused");
    let calls = workspace.sandbox().state()["calls"].as_u64();
    assert_eq!(calls, held, "no call begins after the pause was confirmed");
    assert!(!socket.exists(), "nobody answers any more");

    let resumed = workspace.disparo(["resume", "sale-1", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 50);
}

#[test]
fn a_run_is_cancelled_from_elsewhere_and_calls_in_flight_are_waited_for() {
    let workspace = Workspace::new();
    let run = held(&workspace, "sale", 50);
    let mut cancel = workspace.disparo(["cancel", "sale-1", "--format", "json"]).start();
    until("the run to be cancelled", || (state_of(&workspace, "sale-1") == "cancelled").then_some(()));
    assert!(!cancel.has_ended(), "a call is still in flight");
    workspace.sandbox().release();
    let cancelled = cancel.wait().expect(0);
    assert_eq!((cancelled.tally().pending, cancelled.tally().in_doubt), (0, 0), "{cancelled}");
    assert!(cancelled.tally().cancelled > 0, "{cancelled}");
    assert_eq!(run.wait().expect(0).json()["state"], "cancelled");
}

#[test]
fn the_words_are_the_same_with_and_without_an_owner() {
    let workspace = Workspace::new();
    workspace.text_campaign("first", &People::seeded(2, 30), "");
    workspace.run("first").expect(0);
    workspace.write("bad.toml", "name = 1\n");
    let commands: [&[&str]; 9] = [
        &["status", "first-1"],
        &["status", "first-1", "--format", "json"],
        &["report", "first-1", "--format", "csv"],
        &["audit", "1"],
        &["doubt", "list"],
        &["suppress", "list", "--quiet"],
        &["check", "bad.toml"],
        &["doubt", "confirm", "--sent", "first-1", "+5511987654321"],
        &["resume", "first-1", "--verbose"],
    ];
    let say = |finished: Finished| (finished.code(), finished.stdout, finished.stderr);
    let all = || commands.map(|command| say(workspace.disparo([]).arguments(command).finish()));
    let alone = all();
    let run = held(&workspace, "second", 20);
    let beside = all();
    workspace.sandbox().release();
    run.wait().expect(0);
    for ((command, alone), beside) in commands.into_iter().zip(alone).zip(beside) {
        assert_eq!(alone, beside, "{command:?}");
    }
}

#[test]
fn a_second_run_is_sent_at_once_and_hears_its_own_ctrl_c() {
    let workspace = Workspace::new();
    let first = held(&workspace, "first", 200);
    let calls = workspace.sandbox().state()["held"].as_u64().expect("a count");
    workspace.text_campaign("second", &People::seeded(3, 200), "[safety]\nmax_in_doubt = 10\n");
    let mut second = workspace.disparo(["run", "second", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_held(calls + 1);
    assert_eq!(state_of(&workspace, "first-1"), "sending");
    assert_eq!(state_of(&workspace, "second-2"), "sending");
    second.interrupt();
    second.until("its Ctrl-C to be heard", |second| {
        second.stderr().contains("stopping: calls under way").then_some(())
    });
    workspace.sandbox().release();
    let interrupted = second.wait().expect(5);
    assert_eq!(interrupted.json()["state"], "interrupted");
    assert!(interrupted.stderr.contains("stopping: calls under way are waited for"), "{interrupted}");
    let again = workspace.disparo(["resume", "second-2", "--format", "json"]).finish().expect(0);
    assert_eq!(again.tally().accepted, 200);
    assert_eq!(first.wait().expect(0).tally().accepted, 200, "only the second was interrupted");
}

#[test]
fn a_paused_run_goes_on_only_once_its_calls_have_ended() {
    let workspace = Workspace::new();
    let run = held(&workspace, "sale", 50);
    workspace.disparo(["pause", "sale-1"]).finish().expect(0);
    let mut again = workspace.disparo(["resume", "sale-1", "--format", "json"]).start();
    again.until("its turn", |again| again.stderr().contains("calls under way are waited for").then_some(()));
    assert_eq!(state_of(&workspace, "sale-1"), "paused");
    workspace.sandbox().release();
    assert_eq!(again.wait().expect(0).tally().accepted, 50);
    run.wait();
}

#[test]
fn of_two_launches_at_once_one_is_refused() {
    let workspace = Workspace::new();
    let first = held(&workspace, "first", 20);
    workspace.text_campaign("second", &People::seeded(3, 2_000), "");
    let launch = || workspace.disparo(["run", "second", "--yes", "--format", "json"]).start();
    let launches = [launch(), launch(), launch()];
    until("a run of the second campaign", || {
        let status = workspace.disparo(["status"]).finish().expect(0);
        status.stdout.contains("second-").then_some(())
    });
    workspace.sandbox().release();
    first.wait().expect(0);
    let mut codes = launches.map(|launch| launch.wait().code());
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2), Some(2)]);
}

#[test]
fn whoever_watches_sees_the_end() {
    let workspace = Workspace::new();
    let run = held(&workspace, "sale", 20);
    let mut watch = workspace.disparo(["status", "sale-1", "--watch", "--format", "json"]).start();
    watch.until("a first look", |watch| watch.stdout().contains("sending").then_some(()));
    workspace.sandbox().release();
    run.wait().expect(0);
    let watched = watch.wait().expect(0);
    let last: Value = serde_json::from_str(watched.stdout.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["state"], "completed", "{watched}");
}
