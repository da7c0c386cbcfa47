//! Definitions that change, and others that stand in their way.

use std::fs;
use std::process::Command as Process;

use super::firings::{fired, runs, scheduled, until_run};
use crate::harness::{Finished, Serve, Workspace};

fn pass(workspace: &Workspace) -> Finished {
    workspace.disparo(["run", "--scheduled"]).finish()
}

#[test]
fn a_pattern_that_is_written_anew_asks_for_no_time_before_that() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    let daily = |time: &str| {
        scheduled(&workspace, "daily", 3, &format!("cron = \"{time} * * *\"\ntimezone = \"UTC\""));
    };
    daily("0 8");
    pass(&workspace).expect(0);
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    pass(&workspace).expect(0);
    workspace.clock().jump_to("2027-05-03T08:40:00Z");
    // From tomorrow on: today everybody was sent to already.
    daily("30 8");
    pass(&workspace).expect(0);
    assert_eq!(fired(&workspace, "daily"), ["2027-05-03T08:00:00Z"]);
    workspace.clock().jump_to("2027-05-04T08:30:00Z");
    pass(&workspace).expect(0);
    assert_eq!(fired(&workspace, "daily"), ["2027-05-03T08:00:00Z", "2027-05-04T08:30:00Z"]);
}

#[test]
fn a_calendar_that_changes_keeps_no_campaign_back() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    let calendar = |day: &str| {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n\
             DTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        workspace.write("holidays.ics", text);
    };
    calendar("20270601");
    let schedule = "cron = \"0 8 * * *\"\ntimezone = \"UTC\"\n[schedule.window]\nholidays = \"holidays.ics\"";
    scheduled(&workspace, "daily", 3, schedule);
    fs::rename(workspace.folder().join("holidays.ics"), workspace.folder().join("away.ics"))
        .expect("renamed");
    let mut serve = Serve::start(&workspace);
    serve.process().until("what is wrong", |serve| serve.stderr().contains("holidays.ics").then_some(()));
    calendar("20270601");
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule;").then_some(()));
    calendar("20270602");
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    until_run(&workspace, "daily", "2027-05-03T08:00:00Z", "completed");
    serve.terminate().expect(0);
}

#[test]
fn of_two_schedules_of_one_name_none_is_taken_for_the_other() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    scheduled(&workspace, "daily", 3, "cron = \"0 8 * * *\"\ntimezone = \"UTC\"");
    let definition = workspace.folder().join("daily.toml");
    let other = fs::read_to_string(&definition).expect("a definition");
    workspace.write("other.toml", other);
    let refused = pass(&workspace).expect(3);
    assert!(refused.stderr.contains("daily.toml and other.toml have the same name"), "{refused}");
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    pass(&workspace).expect(3);
    assert!(runs(&workspace, "daily").is_empty());
    fs::remove_file(definition).expect("removed");
    pass(&workspace).expect(0);
    assert!(runs(&workspace, "daily").is_empty(), "it was not known before");
}

#[test]
fn what_could_not_be_gone_on_with_is_tried_again() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    let more = "cron = \"0 8 * * *\"\ntimezone = \"UTC\"\n[safety]\napproval = true";
    scheduled(&workspace, "asked", 3, more);
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule").then_some(()));
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    let waiting = until_run(&workspace, "asked", "2027-05-03T08:00:00Z", "waiting");
    let run = waiting["run"].as_str().expect("a name").to_owned();
    let channels = workspace.folder().join("channels.toml");
    let whole = fs::read_to_string(&channels).expect("channels");
    workspace.write("channels.toml", whole.replace("TEST_DEVINO_KEY", "TEST_NO_SUCH_KEY"));
    workspace.disparo(["approve", &run, "--recipients", "3"]).finish().expect(0);
    serve.process().until("what is wrong", |serve| serve.stderr().contains("TEST_NO_SUCH_KEY").then_some(()));
    workspace.write("channels.toml", whole);
    workspace.clock().jump_to("2027-05-03T08:03:00Z");
    until_run(&workspace, "asked", "2027-05-03T08:00:00Z", "completed");
    serve.terminate().expect(0);
}

#[test]
fn a_store_that_is_taken_over_sends_nothing_that_was_due_before() {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    scheduled(&workspace, "daily", 3, "cron = \"0 8 * * *\"\ntimezone = \"UTC\"");
    pass(&workspace).expect(0);
    let store = workspace.folder().join(".disparo");
    let backup = workspace.folder().join("backup");
    let copied = Process::new("cp").arg("-a").args([&store, &backup]).status().expect("cp runs");
    assert!(copied.success());
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    pass(&workspace).expect(0);
    assert_eq!(workspace.sandbox().accepted().len(), 3);
    workspace.clock().jump_to("2027-05-03T08:10:00Z");
    fs::remove_dir_all(&store).expect("removed");
    fs::rename(backup, &store).expect("renamed");
    pass(&workspace).expect(6);
    workspace.disparo(["doctor", "--adopt", "--yes"]).finish().expect(0);
    pass(&workspace).expect(0);
    assert!(runs(&workspace, "daily").is_empty());
    workspace.is_not_judged("its journal is older than what was sent");
}
