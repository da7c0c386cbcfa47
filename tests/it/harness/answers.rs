//! What a run's report and its list of doubt say of each person.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::workspace::Workspace;

/// A line of `disparo report --format csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReportLine {
    /// Digits.
    pub phone: String,
    /// `accepted`, `rejected`, `in_doubt`, `pending` …
    pub status: String,
    /// A sentence.
    pub reason: String,
    /// The reason's code.
    pub code: String,
    /// How far the message got.
    pub delivery: String,
    /// When WhatsApp had it, as are the others in RFC 3339; empty where nobody said so.
    pub sent: String,
    /// When the telephone had it.
    pub delivered: String,
    /// When it was seen.
    pub read: String,
    /// When it was answered.
    pub replied: String,
    /// When it failed.
    pub failed: String,
    /// When a link in it was followed.
    pub clicked: String,
    /// The provider's identifier of the message.
    pub message_id: String,
    /// Calls made for the person.
    pub calls: u32,
}

/// A run's report by the number's digits.
pub fn report(workspace: &Workspace, run: &str) -> BTreeMap<String, ReportLine> {
    let csv = workspace.disparo(["report", run, "--format", "csv"]).finish().expect(0).stdout;
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let lines = reader.deserialize().map(|line| {
        let line: ReportLine = line.unwrap_or_else(|error| panic!("{error}: {csv}"));
        (line.phone.clone(), line)
    });
    lines.collect()
}

/// Who of a run is in doubt, and why, by the number's digits.
pub fn doubts(workspace: &Workspace, run: &str) -> BTreeMap<String, String> {
    let listed = workspace.disparo(["doubt", "list", run, "--format", "json"]).finish().expect(0);
    let read = |line: &str| {
        let line: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let text = |key: &str| {
            line["doubt"][key].as_str().unwrap_or_else(|| panic!("no {key} in {line}")).to_owned()
        };
        (text("phone"), text("cause"))
    };
    listed.stdout.lines().map(read).collect()
}
