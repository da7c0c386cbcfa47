//! `safety.canary` through the real binary: the first go alone, and the others once they arrived, or once a
//! person says so.

use std::sync::Arc;

use disparo::clock::{Clock, SystemClock};
use disparo::domain::{Mark, Milestone, RecipientNumber, RunId};
use disparo::journal::{Applied, Journal, Marked};
use serde_json::Value;

use crate::harness::{People, Running, Serve, Workspace};

/// A campaign whose first ten go alone.
fn workspace(wait: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 5");
    let safety = format!("[safety]\ncanary = {{ size = 10, wait = \"{wait}\" }}");
    workspace.text_campaign("vip", &People::seeded(401, 60), &safety);
    workspace
}

/// A run that waits for what becomes of its canary.
fn waiting(workspace: &Workspace) -> Running {
    let mut process = workspace.disparo(["run", "vip", "--yes"]).start();
    process.until("the canary", |process| {
        process.stderr().contains("vip-1: canary: 10 sent, judged at ").then_some(())
    });
    process
}

fn status(workspace: &Workspace) -> Value {
    workspace.disparo(["status", "1", "--format", "json"]).finish().expect(0).json()
}

/// Everybody's message of the canary is delivered, as receipts would have it.
fn deliver(workspace: &Workspace) {
    let clock = Arc::new(SystemClock::new());
    let at = clock.now().as_millisecond();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let journal = Journal::open(&workspace.folder().join(".disparo"), clock).expect("nobody has the store");
    let (run, mark) = (RunId(1), Mark::Reached(Milestone::Delivered));
    journal.attach_deliveries(run).expect("readable");
    let marked = |recipient| Marked { run, recipient: RecipientNumber(recipient), mark, at, failure: None };
    let marks = (0..10).map(marked).collect();
    runtime.block_on(journal.apply(Applied { marks, ..Applied::default() })).expect("applied");
}

#[test]
fn killed_while_it_waits_the_next_process_goes_on_once_the_first_arrived() {
    let workspace = workspace("5s");
    assert!(waiting(&workspace).kill().code().is_none());
    assert_eq!(workspace.sandbox().count("accepted"), 10);
    deliver(&workspace);
    let check = workspace.disparo(["check", "vip"]).finish().expect(0).stdout;
    assert!(
        check.contains("canary        the first 10; after 5s the others, unless more than 5% failed"),
        "{check}"
    );
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 60, "{resumed}");
}

#[test]
fn what_it_waits_for_is_seen_and_a_pause_is_followed_at_once() {
    let workspace = workspace("2h");
    let process = waiting(&workspace);
    let seen = status(&workspace);
    assert_eq!((&seen["state"], &seen["canary"]["sent"]), (&"sending".into(), &10.into()), "{seen}");
    assert!(seen["canary"]["judged_at"].is_string(), "{seen}");
    let told = workspace.disparo(["status", "1"]).finish().expect(0).stdout;
    assert!(told.contains("canary      10 sent, 0 delivered, 0 failed; judged at "), "{told}");
    workspace.disparo(["pause", "1"]).finish().expect(0);
    process.wait().expect(5);
    assert_eq!(status(&workspace)["tally"]["pending"], 50);
}

#[test]
fn silence_holds_the_run_and_a_person_goes_on() {
    let workspace = workspace("1s");
    let held = workspace.run("vip").expect(6).json();
    let sentence = held["held"]["sentence"].as_str().expect("a sentence");
    assert_eq!(held["held"]["kind"], "canary");
    assert!(sentence.contains("nothing was heard of the first 10 messages"), "{sentence}");
    assert!(sentence.contains("callback_url"), "{sentence}");
    assert_eq!(held["tally"]["pending"], 50);
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 60, "{resumed}");
}

#[test]
fn a_webhook_that_tells_of_a_failure_holds_the_run_long_before_the_wait_is_over() {
    let workspace = Workspace::with_scenario("[statuses]\nafter = \"0s\"\n");
    let serve = Serve::start(&workspace);
    workspace.only_devino(&format!("callback_url = \"{}\"", serve.base_url()));
    let people = People::seeded(402, 30);
    workspace.text_campaign("vip", &people, "[safety]\ncanary = { size = 10, wait = \"2h\" }");
    // A number whose messages always fail.
    workspace
        .write("audiences/vip.csv", people.csv().replacen(people.phones()[3].as_str(), "5599900002305", 1));
    let held = workspace.run("vip").expect(6).json();
    let sentence = held["held"]["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.starts_with("1 of the first 10 messages reached nobody (0 rejected at once, 1 not"),
        "{sentence}"
    );
    assert!(sentence.contains("(2305)"), "{sentence}");
    assert_eq!(held["tally"]["pending"], 20);
    serve.terminate().expect(0);
}
