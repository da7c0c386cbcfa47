//! The main job against a far side of its own: everybody once, whatever becomes of the process.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{Accepted, People, Workspace};

/// Numbers to which the far side's record says something was sent.
fn reached(accepted: &[Accepted]) -> BTreeSet<String> {
    accepted.iter().map(|one| one.to.clone()).collect()
}

fn numbers(people: &People) -> BTreeSet<String> {
    people.phones().iter().cloned().collect()
}

#[test]
fn a_text_reaches_everybody_once() {
    let workspace = Workspace::new();
    let people = People::seeded(1, 1_050);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(0);
    assert_eq!(run.tally().accepted, 1_050);
    let accepted = workspace.sandbox().accepted();
    assert_eq!(reached(&accepted), numbers(&people));
    let calls = accepted.iter().map(|one| one.call).collect::<BTreeSet<_>>();
    assert_eq!(calls.len(), 11, "a hundred in a call");
}

#[test]
fn people_are_spread_over_two_numbers_and_stick_to_theirs() {
    let workspace = Workspace::new();
    workspace.repeats_on_purpose();
    workspace.write("audiences/vip.csv", People::seeded(2, 100).csv());
    let definition = r#"
        version = 1
        name    = "vip"
        channel = ["wati-a", "wati-b"]
        [audience]
        file = "audiences/vip.csv"
        [message.template]
        id     = "black_friday"
        params = { nome = "{{ nome }}" }
    "#;
    workspace.write("vip.toml", definition);
    let run = workspace.run("vip").expect(0);
    assert_eq!(run.tally().accepted, 100);
    let again = workspace.disparo(["run", "vip", "--again", "--yes", "--format", "json"]).finish().expect(0);
    assert_eq!(again.tally().accepted, 100);
    let mut senders = BTreeMap::<String, BTreeSet<String>>::new();
    for one in workspace.sandbox().accepted() {
        senders.entry(one.to).or_default().insert(one.sender);
    }
    assert!(senders.values().all(|senders| senders.len() == 1), "somebody heard from both: {senders:?}");
    let of_first = senders.values().filter(|senders| senders.contains("5511900000001")).count();
    assert!((30..=70).contains(&of_first), "{of_first} of 100 over the first number");
}

#[test]
fn a_killed_run_goes_on_and_names_whom_it_may_have_reached() {
    let workspace = Workspace::new();
    let people = People::seeded(3, 1_000);
    workspace.text_campaign("welcome", &people, "[safety]\nmax_in_doubt = 200");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "welcome", "--yes"]).start();
    // Calls that have arrived when the process dies are accepted, and it never hears of it.
    workspace.sandbox().until_held(2);
    run.kill();
    workspace.sandbox().release();
    workspace.sandbox().until_accepted(200);

    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(7);
    let (run, tally) = (resumed.run(), resumed.tally());
    assert_eq!((tally.accepted, tally.in_doubt, tally.pending), (800, 200, 0), "{tally:?}");
    assert_eq!(reached(&workspace.sandbox().accepted()), numbers(&people));

    let listed = workspace.disparo(["doubt", "list", &run]).finish().expect(0);
    assert_eq!(listed.stdout.lines().count(), 200, "{listed}");
    workspace.disparo(["doubt", "confirm", "--sent", &run]).finish().expect(0);
    let status = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0);
    assert_eq!((status.tally().accepted, status.tally().in_doubt), (1_000, 0));
    assert_eq!(status.json()["state"], "completed");
}

#[test]
fn ctrl_c_lets_calls_end_and_resume_goes_on() {
    let workspace = Workspace::new();
    let people = People::seeded(4, 300);
    workspace.text_campaign("welcome", &people, "[pace]\nrate = \"100/s\"");
    let run = workspace.disparo(["run", "welcome", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_accepted(1);
    run.interrupt();
    let interrupted = run.wait().expect(5);
    let tally = interrupted.tally();
    assert_eq!(tally.in_doubt, 0, "calls in flight were not waited for: {tally:?}");
    assert!(tally.accepted > 0 && tally.pending > 0, "{tally:?}");
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 300);
}

#[test]
fn a_held_run_goes_on_once_its_cause_is_mended() {
    let workspace =
        Workspace::with_scenario("[[faults]]\nthen = \"status\"\nstatus = 401\ncalls = \"3..\"\n");
    workspace.text_campaign("welcome", &People::seeded(6, 1_000), "");
    let held = workspace.run("welcome").expect(6);
    assert_eq!(held.json()["state"], "held");
    assert_eq!((held.tally().accepted, held.tally().pending), (200, 800), "{held}");
    workspace.sandbox().change_scenario("");
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 1_000);
    assert_eq!(workspace.sandbox().state()["duplicates"], 0);
}

#[test]
fn a_finished_run_is_one_json_object_with_the_terms_of_the_balance() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(5, 3), "");
    let run = workspace.run("welcome").expect(0);
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    let json = run.json();
    assert_eq!(json["run"], "welcome-1");
    assert_eq!(json["campaign"], "welcome");
    assert_eq!(json["state"], "completed");
    let terms: Vec<_> = json["tally"].as_object().expect("a table").keys().map(String::as_str).collect();
    let mut expected = [
        "rows",
        "filtered",
        "duplicate",
        "invalid",
        "recipients",
        "already",
        "suppressed",
        "capped",
        "expired",
        "cancelled",
        "pending",
        "accepted",
        "rejected",
        "in_doubt",
    ];
    expected.sort_unstable();
    assert_eq!(terms, expected);
}
