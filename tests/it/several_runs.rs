//! Runs of one workspace at the same time: a channel's limits hold over all of them, and each gets its share.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::{People, Running, Workspace, until};

/// A workspace whose channel `devino` has these keys more.
fn limited(more: &str) -> Workspace {
    let workspace = Workspace::alone_with_scenario("");
    let channel = workspace.devino(workspace.sandbox().base_url(), more);
    workspace.write("channels.toml", channel.replacen("rate = \"none\"\n", "", 1));
    workspace
}

fn states(workspace: &Workspace) -> BTreeMap<String, String> {
    let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    let text = |run: &Value, key: &str| run[key].as_str().unwrap_or_else(|| panic!("no {key}")).to_owned();
    let runs = status.as_array().expect("a list");
    runs.iter().map(|run| (text(run, "run"), text(run, "state"))).collect()
}

fn both_send(workspace: &Workspace) {
    until("both to be sent at once", || {
        let states = states(workspace);
        (states.len() == 2 && states.values().all(|state| state == "sending")).then_some(())
    });
}

/// Most recipients in any second that begins with a call.
fn densest_second(workspace: &Workspace) -> usize {
    let accepted = workspace.sandbox().accepted();
    let arrivals: Vec<_> = accepted.iter().map(|one| one.arrival_us).collect();
    let from = |start: u64| arrivals.iter().filter(|at| (start..start + 1_000_000).contains(*at)).count();
    arrivals.iter().map(|at| from(*at)).max().unwrap_or_default()
}

#[test]
fn a_small_run_beside_a_large_one_ends_long_before_it_and_both_keep_the_limit() {
    let workspace = limited("rate = \"100/s\"\nchunk = 10\n");
    workspace.text_campaign("large", &People::seeded(1, 800), "");
    workspace.text_campaign("small", &People::seeded(2, 100), "");
    let mut large = workspace.disparo(["run", "large", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_accepted(50);
    let small = workspace.disparo(["run", "small", "--yes"]).start();
    both_send(&workspace);
    let small = small.wait().expect(0);
    assert!(!large.has_ended(), "the large one has most of its way to go");
    assert!(!small.stderr.contains("large-1"), "progress is of one's own run: {small}");
    assert_eq!(large.wait().expect(0).tally().accepted, 800);
    // By the far side's clock, on a machine that others use as well, a call may arrive late and the next on time; that
    // no window is ever passed is proven on a manual clock.
    let most = densest_second(&workspace);
    assert!(most <= 110, "{most} in a second");
}

#[test]
fn two_runs_that_are_killed_together_go_on_together_and_reach_nobody_twice() {
    let workspace = limited("rate = \"200/s\"\nchunk = 10\n");
    workspace.text_campaign("first", &People::seeded(1, 400), "");
    workspace.text_campaign("second", &People::seeded(2, 400), "");
    let owner = workspace.disparo(["run", "first", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_accepted(20);
    let beside = workspace.disparo(["run", "second", "--yes", "--format", "json"]).start();
    both_send(&workspace);
    owner.kill();
    beside.wait();
    let resume = |run: &str| workspace.disparo(["resume", run, "--format", "json"]).start();
    let resumed = [resume("first-1"), resume("second-2")].map(Running::wait);
    for run in resumed {
        let tally = run.tally();
        assert_eq!((tally.pending, tally.accepted + tally.in_doubt), (0, 400), "{run}");
    }
}
