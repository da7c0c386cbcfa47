//! What a process left while it was sending goes on when another one starts, unless it lay for too long.

use jiff::SignedDuration;
use serde_json::Value;

use super::firings::runs;
use crate::harness::{People, Serve, Workspace, until};

/// A run whose process was killed while calls were under way, and as much later as `lay`.
fn killed(more: &str, lay: SignedDuration) -> Workspace {
    let workspace = Workspace::at("2027-05-03T08:00:00Z");
    let more = format!("[safety]\nmax_in_doubt = 10\non_doubt = \"assume_sent\"\ndoubt_ttl = \"1s\"\n{more}");
    workspace.text_campaign("sale", &People::seeded(3, 40), &more);
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "sale", "--yes"]).start();
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    run.kill();
    workspace.sandbox().release();
    workspace.clock().advance(lay);
    workspace
}

fn state(workspace: &Workspace) -> Value {
    runs(workspace, "sale").remove(0)["state"].clone()
}

#[test]
fn serve_goes_on_with_what_was_being_sent() {
    let workspace = killed("", SignedDuration::from_mins(30));
    // Somebody who looks in between says nothing of how long it lay.
    assert_eq!(state(&workspace), "interrupted");
    let mut serve = Serve::start(&workspace);
    serve.process().until("a word", |serve| serve.stderr().contains("going on with 1 run").then_some(()));
    until("the end", || (state(&workspace) == "completed").then_some(()));
    assert_eq!(runs(&workspace, "sale")[0]["tally"]["accepted"], 40);
    serve.terminate().expect(0);
}

#[test]
fn cron_goes_on_with_what_was_being_sent() {
    let workspace = killed("", SignedDuration::from_mins(30));
    workspace.disparo(["run", "--scheduled"]).finish().expect(0);
    assert_eq!(state(&workspace), "completed");
}

#[test]
fn what_lay_for_too_long_is_held_with_the_moment_since_when() {
    let workspace = killed("", SignedDuration::from_hours(3));
    assert_eq!(state(&workspace), "interrupted");
    workspace.clock().advance(SignedDuration::from_mins(1));
    let mut serve = Serve::start(&workspace);
    serve.process().until("a word", |serve| serve.stderr().contains("run sale-1: nothing").then_some(()));
    let run = runs(&workspace, "sale").remove(0);
    assert_eq!((&run["state"], &run["held"]["kind"]), (&"held".into(), &"late".into()), "{run}");
    let sentence = run["held"]["sentence"].as_str().unwrap_or_default();
    assert!(sentence.contains("since 2027-05-03T08:0") && sentence.contains("for 3h"), "{sentence}");
    serve.terminate().expect(0);
    workspace.disparo(["resume", "sale-1"]).finish().expect(0);
    assert_eq!(runs(&workspace, "sale")[0]["tally"]["accepted"], 40);
}

#[test]
fn what_is_not_to_be_sent_late_is_given_up() {
    let workspace = killed("[schedule]\nlate = \"skip\"", SignedDuration::from_mins(2));
    let passed = workspace.disparo(["run", "--scheduled"]).finish();
    assert!(passed.stderr.contains("`late` says skip: the rest of it is given up"), "{passed}");
    assert_eq!(state(&workspace), "cancelled");
}

#[test]
fn what_a_person_paused_stays_paused() {
    let workspace = killed("", SignedDuration::from_mins(1));
    workspace.disparo(["pause", "sale-1"]).finish().expect(0);
    workspace.disparo(["run", "--scheduled"]).finish().expect(0);
    assert_eq!(state(&workspace), "paused");
}
