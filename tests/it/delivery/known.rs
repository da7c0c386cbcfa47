//! What Disparo says that became of messages, wherever it says it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::harness::{Workspace, report};

/// How far each person's message got, by the report.
pub fn known(workspace: &Workspace, run: &str) -> BTreeMap<String, String> {
    report(workspace, run).into_iter().map(|(phone, line)| (phone, line.delivery)).collect()
}

/// Applies everything that was heard so far, and asks about all messages where the provider can be asked.
pub fn reconcile(workspace: &Workspace, run: &str) -> Value {
    workspace.disparo(["reconcile", run, "--all", "--format", "json"]).finish().expect(0).json()
}

/// The funnel, the balance, and the results beside the campaign say what the report says of each.
pub fn agrees_with(workspace: &Workspace, run: &str, lines: &BTreeMap<String, String>) {
    let told = workspace.disparo(["report", run, "--format", "json"]).finish().expect(0).json();
    let count = |words: &[&str]| lines.values().filter(|word| words.contains(&word.as_str())).count();
    let failed = count(&["failed"]);
    for (stage, recipients) in [
        ("planned", lines.len()),
        ("accepted", lines.len()),
        ("delivered", count(&["delivered", "read"])),
        ("read", count(&["read"])),
        ("replied", 0),
        ("failed", failed),
    ] {
        assert_eq!(told["funnel"]["stages"][stage]["recipients"], recipients, "{stage}: {}", told["funnel"]);
    }
    // Of one that failed, the word that it was sent may have been lost.
    let sent = told["funnel"]["stages"]["sent"]["recipients"].as_u64().expect("a count");
    let passed = count(&["sent", "delivered", "read"]) as u64;
    assert!((passed..=passed + failed as u64).contains(&sent), "{sent} sent: {}", told["funnel"]);
    let silent = told["funnel"]["stages"]["no_news"]["recipients"].as_u64().expect("a count");
    assert!(silent <= count(&["accepted"]) as u64, "{silent} silent: {}", told["funnel"]);
    let because: u64 = told["funnel"]["failed_because"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|reason| reason["recipients"].as_u64().expect("a count"))
        .sum();
    assert_eq!(because, failed as u64, "{}", told["funnel"]);

    let status = workspace.disparo(["status", run, "--format", "json"]).finish().expect(0);
    assert!(status.tally().adds_up() && status.tally().accepted == lines.len() as u64, "{status}");
    assert_eq!(status.json()["deliveries"]["read"], count(&["read"]), "{status}");
}

/// The results on disk are those of this moment.
pub fn results_are_those_of_the_report(workspace: &Workspace, run: &str) {
    let file = workspace.folder().join("results/vip").join(run).join("recipients.csv");
    let written = fs::read_to_string(file).expect("results");
    let told = workspace.disparo(["report", run, "--format", "csv"]).finish().expect(0).stdout;
    assert!(written == told, "recipients.csv is not the report");
}
