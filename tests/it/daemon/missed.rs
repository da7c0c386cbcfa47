//! Times that passed while nothing ran: handled once, as `late` says.

use super::firings::{fired, runs, scheduled, until_run};
use crate::harness::{Finished, Serve, Workspace, until};

const LATE: [(&str, &str); 4] =
    [("usual", ""), ("sent", "late = \"send\""), ("skipped", "late = \"skip\""), ("held", "late = \"hold\"")];

/// Four campaigns of every day at eight, seen on a Monday and left alone until Thursday at ten.
fn after_three_days() -> Workspace {
    let workspace = Workspace::at("2027-05-03T07:00:00Z");
    for (name, late) in LATE {
        scheduled(&workspace, name, 3, &format!("cron = \"0 8 * * *\"\ntimezone = \"UTC\"\n{late}"));
    }
    pass(&workspace).expect(0);
    workspace.clock().jump_to("2027-05-06T10:00:00Z");
    workspace
}

fn pass(workspace: &Workspace) -> Finished {
    workspace.disparo(["run", "--scheduled"]).finish()
}

/// The newest missed time was handled, and nothing else.
fn is_handled_once(workspace: &Workspace) {
    for name in ["usual", "sent", "held"] {
        assert_eq!(fired(workspace, name), ["2027-05-06T08:00:00Z"], "{name}");
    }
    assert_eq!(fired(workspace, "skipped"), [""; 0]);
    assert_eq!(runs(workspace, "sent")[0]["state"], "completed");
    for name in ["usual", "held"] {
        let run = &runs(workspace, name)[0];
        assert_eq!((&run["state"], &run["held"]["kind"]), (&"held".into(), &"late".into()), "{run}");
        let sentence = run["held"]["sentence"].as_str().unwrap_or_default();
        assert!(sentence.contains("2027-05-06 08:00:00 UTC and is 2h"), "{sentence}");
    }
    assert_eq!(workspace.sandbox().accepted().len(), 3, "nobody of what is held or skipped");
}

#[test]
fn cron_handles_what_was_missed_once() {
    let workspace = after_three_days();
    let first = pass(&workspace).expect(6);
    assert!(first.stderr.contains("skipped") && first.stderr.contains("left out"), "{first}");
    assert!(!first.stderr.contains("sent-"), "what went well is not told: {first}");
    is_handled_once(&workspace);
    let second = pass(&workspace).expect(0);
    assert_eq!((second.stdout.as_str(), second.stderr.as_str()), ("", ""));
    is_handled_once(&workspace);
    let usual = runs(&workspace, "usual")[0]["run"].as_str().expect("a name").to_owned();
    workspace.disparo(["resume", &usual]).finish().expect(0);
    workspace.clock().jump_to("2027-05-07T08:00:00Z");
    let friday = pass(&workspace).expect(0);
    assert!(friday.stderr.contains("its run held-") && friday.stderr.contains("is still held"), "{friday}");
    for name in ["usual", "sent", "skipped"] {
        assert_eq!(
            fired(&workspace, name).last().map(String::as_str),
            Some("2027-05-07T08:00:00Z"),
            "{name}"
        );
    }
}

#[test]
fn serve_handles_what_was_missed_once() {
    let workspace = after_three_days();
    for _ in 0..2 {
        let mut serve = Serve::start(&workspace);
        serve.process().until("the first look", |serve| serve.stderr().contains("4 schedules").then_some(()));
        until_run(&workspace, "sent", "2027-05-06T08:00:00Z", "completed");
        is_handled_once(&workspace);
        serve.terminate().expect(0);
    }
}

#[test]
fn a_moment_fires_once_and_whoever_it_reached_is_not_reached_again() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    scheduled(&workspace, "once", 3, "at = 2027-05-03T08:00:00\ntimezone = \"UTC\"");
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule").then_some(()));
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    until_run(&workspace, "once", "2027-05-03T08:00:00Z", "completed");
    workspace.clock().jump_to("2027-05-04T08:00:00Z");
    let by_hand = workspace.run("once").expect(0);
    assert_eq!((by_hand.tally().already, by_hand.tally().accepted), (3, 0), "{by_hand}");
    scheduled(&workspace, "once", 5, "at = 2027-05-04T09:00:00\ntimezone = \"UTC\"");
    workspace.clock().jump_to("2027-05-04T09:00:00Z");
    let later = until_run(&workspace, "once", "2027-05-04T09:00:00Z", "completed");
    assert_eq!((&later["tally"]["already"], &later["tally"]["accepted"]), (&3.into(), &2.into()), "{later}");
    serve.terminate().expect(0);
}

#[test]
fn what_cannot_be_launched_is_told_and_launched_once_it_is_mended() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    scheduled(&workspace, "broken", 3, "cron = \"0 8 * * *\"\ntimezone = \"UTC\"");
    scheduled(&workspace, "whole", 3, "cron = \"0 8 * * *\"\ntimezone = \"UTC\"");
    let audience = workspace.folder().join("audiences/broken.csv");
    let people = std::fs::read(&audience).expect("an audience");
    std::fs::remove_file(&audience).expect("removed");
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedules", |serve| serve.stderr().contains("2 schedules").then_some(()));
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    until_run(&workspace, "whole", "2027-05-03T08:00:00Z", "completed");
    serve.process().until("what is wrong", |serve| {
        let said = serve.stderr();
        (said.contains("audiences/broken.csv") && said.contains("it is tried again")).then_some(())
    });
    std::fs::write(&audience, people).expect("written");
    workspace.clock().jump_to("2027-05-03T08:10:00Z");
    until_run(&workspace, "broken", "2027-05-03T08:00:00Z", "completed");
    let finished = serve.terminate().expect(0);
    assert_eq!(finished.stderr.matches("it is tried again").count(), 1, "{finished}");
}

#[test]
fn a_definition_that_cannot_be_read_is_told_by_cron_and_keeps_no_other_back() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    scheduled(&workspace, "whole", 3, "cron = \"0 8 * * *\"\ntimezone = \"UTC\"");
    pass(&workspace).expect(0);
    scheduled(&workspace, "broken", 3, "cron = \"0 8 * * FRY\"\ntimezone = \"UTC\"");
    workspace.write("draft.toml", "version = 1\nname = \"draft\"\n");
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    let passed = pass(&workspace).expect(3);
    assert!(passed.stderr.contains("broken.toml") && !passed.stderr.contains("draft.toml"), "{passed}");
    assert_eq!(fired(&workspace, "whole"), ["2027-05-03T08:00:00Z"]);
}

#[test]
fn a_plan_that_wants_approval_waits_for_it_and_is_then_sent_by_serve() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    let more = "cron = \"0 8 * * *\"\ntimezone = \"UTC\"\n[safety]\napproval = true";
    scheduled(&workspace, "asked", 3, more);
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule").then_some(()));
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    let waiting = until_run(&workspace, "asked", "2027-05-03T08:00:00Z", "waiting");
    let run = waiting["run"].as_str().expect("a name").to_owned();
    serve.process().until("how to approve it", |serve| {
        serve.stderr().contains(&format!("disparo approve {run} --recipients 3")).then_some(())
    });
    workspace.disparo(["approve", &run, "--recipients", "3"]).finish().expect(0);
    until("the run to be sent", || (runs(&workspace, "asked")[0]["state"] == "completed").then_some(()));
    serve.terminate().expect(0);
}
