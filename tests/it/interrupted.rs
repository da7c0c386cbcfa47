//! Ctrl-C: the first drains, the second stops at once, and after both a run goes on where it was.

use crate::harness::{People, Running, Workspace, until};

fn held(workspace: &Workspace) -> Running {
    workspace.text_campaign("sale", &People::seeded(1, 50), "[safety]\nmax_in_doubt = 10\n");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "sale", "--yes", "--format", "json"]).start();
    until("a call that is held", || (workspace.sandbox().state()["held"].as_u64() > Some(0)).then_some(()));
    run
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
    let in_doubt = run.tally().in_doubt;
    assert!((1..=10).contains(&in_doubt), "{run}");
    workspace.sandbox().release();
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(7);
    assert_eq!((resumed.tally().in_doubt, resumed.tally().accepted), (in_doubt, 50 - in_doubt), "{resumed}");
}
