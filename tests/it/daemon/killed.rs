//! SIGKILL of `serve` around the times of a schedule: each of them is sent once.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::firings::{fired, runs, scheduled};
use crate::harness::{Deadline, Serve, Workspace, seed, until};

/// A kill comes so many milliseconds after the time has come, at most: about as long as a launch takes.
const HESITATION: u64 = 250;

#[test]
fn no_time_is_lost_or_doubled_by_kills() {
    let mut random = StdRng::seed_from_u64(seed("kills around firings"));
    let workspace = Workspace::at("2027-05-03T07:59:00Z");
    scheduled(&workspace, "often", 20, "cron = \"*/10 * * * *\"\ntimezone = \"UTC\"\nlate = \"send\"");
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedule", |serve| serve.stderr().contains("1 schedule;").then_some(()));
    let moments =
        (0..10).map(|number| format!("2027-05-03T{:02}:{:02}:00Z", 8 + number / 6, number % 6 * 10));
    let moments: Vec<String> = moments.collect();
    for moment in &moments {
        workspace.clock().jump_to(moment);
        let kill = Deadline::after(Duration::from_millis(random.random_range(0..HESITATION)));
        serve.process().lives_until(|| kill.left().is_none());
        serve.kill();
        serve = Serve::start(&workspace);
        until(&format!("the run for {moment} to have ended"), || {
            // Whoever was in a call that the kill broke off is in doubt.
            let is_over = |run: &Value| run["state"] == "completed" || run["state"] == "settling";
            runs(&workspace, "often").into_iter().find(|run| run["launch"]["at"] == **moment && is_over(run))
        });
    }
    assert_eq!(fired(&workspace, "often"), moments);
    serve.terminate().expect(0);
}
