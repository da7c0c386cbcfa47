//! Ctrl-C and SIGTERM: the first drains, the second and the system's deadline stop at once, and after all of them a
//! run goes on where it was.

use crate::harness::{Finished, People, Running, Serve, Workspace, until};

fn held(workspace: &Workspace) -> Running {
    workspace.text_campaign("sale", &People::seeded(1, 50), "[safety]\nmax_in_doubt = 10\n");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "sale", "--yes", "--format", "json"]).start();
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    run
}

/// Whoever was in a call that was left is in doubt, and sent to by nobody who goes on.
fn doubt_is_kept(workspace: &Workspace, run: &Finished) {
    let in_doubt = run.tally().in_doubt;
    assert!((1..=10).contains(&in_doubt), "{run}");
    workspace.sandbox().release();
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(7);
    assert_eq!((resumed.tally().in_doubt, resumed.tally().accepted), (in_doubt, 50 - in_doubt), "{resumed}");
}

#[test]
fn the_first_waits_for_calls_under_way() {
    let workspace = Workspace::new();
    let mut run = held(&workspace);
    run.interrupt();
    run.until("an answer", |run| run.stderr().contains("stopping: calls under way").then_some(()));
    assert!(!run.has_ended(), "a call is still under way");
    workspace.sandbox().release();
    let run = run.wait().expect(5);
    assert_eq!(run.json()["state"], "interrupted");
    assert_eq!(run.tally().in_doubt, 0, "{run}");
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 50);
}

#[test]
fn the_second_leaves_calls_under_way_in_doubt() {
    let workspace = Workspace::new();
    let mut run = held(&workspace);
    run.terminate();
    run.until("an answer", |run| run.stderr().contains("stopping: calls under way").then_some(()));
    run.terminate();
    let run = run.wait().expect(5);
    doubt_is_kept(&workspace, &run);
}

#[test]
fn a_service_manager_gets_its_end_once_calls_under_way_are_answered() {
    let workspace = Workspace::new();
    let mut serve = Serve::start_with(&workspace, ["--drain", "5m"]);
    let mut run = held(&workspace);
    serve.process().terminate();
    serve.process().until("an answer", |serve| serve.stderr().contains("for at most 5m").then_some(()));
    run.until("the same where it was asked for", |run| run.stderr().contains("stopping").then_some(()));
    assert!(!serve.process().has_ended() && !run.has_ended(), "a call is still under way");
    workspace.sandbox().release();
    let run = run.wait().expect(5);
    assert_eq!((&run.json()["state"], run.tally().in_doubt), (&"interrupted".into(), 0), "{run}");
    serve.wait().expect(0);
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 50);
}

#[test]
fn what_is_not_answered_within_the_deadline_is_in_doubt_and_nobody_is_sent_to_twice() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let channels = std::fs::read_to_string(workspace.folder().join("channels.toml")).expect("channels");
    workspace.write("channels.toml", channels.replace("timeout = \"5s\"", "timeout = \"10m\""));
    let mut serve = Serve::start_with(&workspace, ["--drain", "300ms"]);
    let run = held(&workspace);
    serve.process().terminate();
    let ended = serve.wait().expect(0);
    assert!(ended.stderr.contains("have passed: whoever is in a call under way is in doubt"), "{ended}");
    let run = run.wait().expect(5);
    doubt_is_kept(&workspace, &run);
}

#[test]
fn a_terminal_that_closes_ends_a_run_in_order_however_often_it_says_so() {
    let workspace = Workspace::new();
    let mut run = held(&workspace);
    run.hang_up();
    run.until("an answer", |run| run.stderr().contains("for at most 30s").then_some(()));
    run.hang_up();
    workspace.sandbox().release();
    let run = run.wait().expect(5);
    assert_eq!((&run.json()["state"], run.tally().in_doubt), (&"interrupted".into(), 0), "{run}");
}

#[test]
fn what_was_begun_to_outlive_its_terminal_does() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(1, 50), "[safety]\nmax_in_doubt = 10\n");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "sale", "--yes", "--format", "json"]).through("nohup", []).start();
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    run.hang_up();
    workspace.sandbox().release();
    assert_eq!(run.wait().expect(0).tally().accepted, 50);
}

/// A run that was stopped at once where a daemon sends it; how many that left in doubt.
fn stopped_at_once(workspace: &Workspace) -> u64 {
    let mut run = held(workspace);
    run.interrupt();
    run.until("an answer", |run| run.stderr().contains("stopping: calls under way").then_some(()));
    run.interrupt();
    let run = run.wait().expect(5);
    let in_doubt = run.tally().in_doubt;
    assert!((1..=10).contains(&in_doubt), "{run}");
    let status = workspace.disparo(["status", "sale-1", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&status["state"], &status["in_flight"]), (&"interrupted".into(), &0.into()), "{status}");
    in_doubt
}

#[test]
fn what_was_stopped_at_once_goes_on_in_the_same_daemon_without_those_in_doubt() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let serve = Serve::start(&workspace);
    let in_doubt = stopped_at_once(&workspace);
    workspace.sandbox().release();
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(7);
    assert_eq!((resumed.tally().in_doubt, resumed.tally().accepted), (in_doubt, 50 - in_doubt), "{resumed}");
    let listed = workspace.disparo(["doubt", "list", "sale-1"]).finish().expect(0);
    assert!(listed.stdout.contains("Disparo was stopped before the provider's answer"), "{listed}");
    serve.terminate().expect(0);
}

#[test]
fn what_was_stopped_at_once_can_be_cancelled_in_the_same_daemon() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let serve = Serve::start(&workspace);
    let in_doubt = stopped_at_once(&workspace);
    let cancelled = workspace.disparo(["cancel", "--format", "json"]).finish().expect(0);
    assert_eq!((cancelled.tally().in_doubt, cancelled.tally().cancelled), (in_doubt, 50 - in_doubt));
    workspace.sandbox().release();
    serve.terminate().expect(0);
}
