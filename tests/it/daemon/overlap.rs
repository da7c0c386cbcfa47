//! A campaign that is due while its last run is being sent.

use super::firings::{fired, scheduled, until_run};
use crate::harness::{Serve, Workspace, until};

/// Every ten minutes, from 08:00 on; the run of 08:00 is held back by its provider until after 08:20.
fn after_three_times(overlap: &str) -> (Workspace, Serve) {
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    let schedule =
        format!("cron = \"*/10 * * * *\"\ntimezone = \"UTC\"\nlate = \"skip\"\noverlap = \"{overlap}\"");
    scheduled(&workspace, "often", 3, &schedule);
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule;").then_some(()));
    workspace.sandbox().hold();
    workspace.clock().jump_to("2027-05-03T08:00:00Z");
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    (workspace, serve)
}

#[test]
fn a_time_that_comes_while_the_last_run_is_sent_is_left_out() {
    let (workspace, mut serve) = after_three_times("skip");
    workspace.clock().jump_to("2027-05-03T08:10:00Z");
    serve.process().until("a word", |serve| {
        let said = serve.stderr();
        (said.contains("is left out") && said.contains("its run often-1 is still sending")).then_some(())
    });
    workspace.sandbox().release();
    until_run(&workspace, "often", "2027-05-03T08:00:00Z", "completed");
    workspace.clock().jump_to("2027-05-03T08:20:00Z");
    until_run(&workspace, "often", "2027-05-03T08:20:00Z", "completed");
    assert_eq!(fired(&workspace, "often"), ["2027-05-03T08:00:00Z", "2027-05-03T08:20:00Z"]);
    serve.terminate().expect(0);
}

#[test]
fn of_the_times_that_queue_the_newest_is_sent_when_the_run_has_ended() {
    let (workspace, serve) = after_three_times("queue");
    workspace.clock().jump_to("2027-05-03T08:10:00Z");
    workspace.clock().jump_to("2027-05-03T08:25:00Z");
    // By a clock that has not jumped yet the run would end before the next time.
    until("serve to see the time", || {
        let next = workspace.disparo(["schedule"]).finish().expect(0).stdout;
        (next.contains("08:30") && !next.contains("08:20")).then_some(())
    });
    workspace.sandbox().release();
    // Five minutes late by the clock, and not late: it waited for the run before it.
    until_run(&workspace, "often", "2027-05-03T08:20:00Z", "completed");
    assert_eq!(fired(&workspace, "often"), ["2027-05-03T08:00:00Z", "2027-05-03T08:20:00Z"]);
    serve.terminate().expect(0);
}
