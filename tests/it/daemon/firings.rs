//! Scheduled campaigns, and what came of them by `disparo status`.

use serde_json::Value;

use crate::harness::{People, Workspace, until};

/// Writes a campaign of `people` people with these keys in `[schedule]`.
pub fn scheduled(workspace: &Workspace, name: &str, people: usize, schedule: &str) {
    let seed = name.bytes().map(u64::from).sum();
    workspace.text_campaign(name, &People::seeded(seed, people), &format!("[schedule]\n{schedule}\n"));
}

/// The runs of a campaign, oldest first.
pub fn runs(workspace: &Workspace, campaign: &str) -> Vec<Value> {
    let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    let runs = status.as_array().unwrap_or_else(|| panic!("no list of runs: {status}"));
    runs.iter().filter(|run| run["campaign"] == campaign).cloned().collect()
}

/// The moments for which a campaign's runs were fired, oldest run first. Each is an occurrence of its own.
pub fn fired(workspace: &Workspace, campaign: &str) -> Vec<String> {
    let runs = runs(workspace, campaign);
    for (occurrence, run) in (1..).zip(&runs) {
        assert_eq!(run["occurrence"], occurrence, "{run}");
        assert_eq!(run["launch"]["by"], "schedule", "{run}");
    }
    runs.iter().map(|run| run["launch"]["at"].as_str().expect("a moment").to_owned()).collect()
}

/// Waits until a campaign's run of this firing is in this state.
pub fn until_run(workspace: &Workspace, campaign: &str, at: &str, state: &str) -> Value {
    until(&format!("the run of {campaign} for {at} to be {state}"), || {
        let is_it = |run: &Value| run["launch"]["at"] == at && run["state"] == state;
        runs(workspace, campaign).into_iter().find(is_it)
    })
}
