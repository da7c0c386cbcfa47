//! Who starts twice at the same moment launches once.

use super::firings::{fired, runs, scheduled, until_run};
use crate::harness::{People, Serve, Workspace, until};

const DAILY: &str = "cron = \"0 8 * * *\"\ntimezone = \"UTC\"";

#[test]
fn passes_at_the_same_moment_send_once() {
    let workspace = Workspace::at("2027-05-03T07:00:00Z");
    scheduled(&workspace, "daily", 200, DAILY);
    let pass = || workspace.disparo(["run", "--scheduled"]);
    pass().finish().expect(0);
    for day in 3..6 {
        workspace.clock().jump_to(&format!("2027-05-0{day}T08:00:00Z"));
        let passes = [(); 4].map(|()| pass().start());
        for passed in passes {
            let passed = passed.wait().expect(0);
            assert_eq!((passed.stdout.as_str(), passed.stderr.as_str()), ("", ""));
        }
    }
    let days = ["2027-05-03T08:00:00Z", "2027-05-04T08:00:00Z", "2027-05-05T08:00:00Z"];
    assert_eq!(fired(&workspace, "daily"), days);
    assert_eq!(workspace.sandbox().accepted().len(), 600);
}

#[test]
fn a_pass_beside_serve_sends_once() {
    let workspace = Workspace::at("2027-05-03T07:00:00Z");
    scheduled(&workspace, "daily", 200, DAILY);
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule;").then_some(()));
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    let passes = [(); 2].map(|()| workspace.disparo(["run", "--scheduled"]).start());
    for passed in passes {
        passed.wait().expect(0);
    }
    until_run(&workspace, "daily", "2027-05-03T08:00:00Z", "completed");
    assert_eq!(fired(&workspace, "daily").len(), 1);
    assert_eq!(workspace.sandbox().accepted().len(), 200);
    serve.terminate().expect(0);
}

#[test]
fn two_runs_of_a_campaign_at_the_same_moment_send_once() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(7, 500), "");
    let launch = || workspace.disparo(["run", "sale", "--yes", "--format", "json"]).start();
    let launches = [launch(), launch()];
    let ended = launches.map(|launch| launch.wait());
    // One that comes while the other is unfinished is refused; one that comes after it has nobody left to reach.
    assert!(ended.iter().all(|ended| matches!(ended.code(), Some(0 | 2))), "{} {}", ended[0], ended[1]);
    assert!(ended.iter().any(|ended| ended.code() == Some(0) && ended.tally().accepted == 500));
    assert_eq!(workspace.sandbox().accepted().len(), 500);
}

#[test]
fn a_pass_names_no_campaign_and_says_one_object_for_each_run() {
    let workspace = Workspace::at("2027-05-03T07:00:00Z");
    scheduled(&workspace, "daily", 3, DAILY);
    workspace.disparo(["run", "daily", "--scheduled"]).finish().expect(2);
    let pass = || workspace.disparo(["run", "--scheduled", "--format", "json"]).finish().expect(0);
    assert_eq!(pass().stdout, "");
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    let passed = pass();
    assert_eq!((passed.json()["state"].as_str(), passed.tally().accepted), (Some("completed"), 3));
    assert_eq!(runs(&workspace, "daily").len(), 1);
}

#[test]
fn a_pass_beside_serve_leaves_the_inbox_to_it() {
    let workspace = Workspace::at("2027-05-03T07:00:00Z");
    scheduled(&workspace, "daily", 3, DAILY);
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule;").then_some(()));
    // What `serve` is just copying, which it swept when it began.
    let desk = workspace.folder().join(".disparo/dropped/1");
    until("a swept store", || {
        std::fs::create_dir_all(&desk).ok()?;
        workspace.disparo(["run", "--scheduled"]).finish().expect(0);
        desk.exists().then_some(())
    });
    workspace.disparo(["run", "--scheduled"]).finish().expect(0);
    assert!(desk.exists(), "a pass took away what somebody else copied");
    serve.terminate().expect(0);
}
