//! The guarantees, held against what the journal says and what the far side recorded.

use std::collections::{BTreeMap, BTreeSet};

use disparo::domain::Tally;
use serde_json::Value;

use super::workspace::Workspace;

/// What both sides say about everything that happened in a workspace.
pub struct Oracle<'a> {
    workspace: &'a Workspace,
    runs: Vec<Run>,
}

/// A run, as `status --format json` tells it.
struct Run {
    name: String,
    tally: Tally,
    state: String,
}

impl<'a> Oracle<'a> {
    /// Asks the journal for its runs.
    pub fn of(workspace: &'a Workspace) -> Self {
        let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
        let runs = status["runs"].as_array().unwrap_or_else(|| panic!("no runs in {status}"));
        let runs = runs.iter().map(Run::read).collect();
        Self { workspace, runs }
    }

    /// Holds every guarantee that can be seen from outside.
    pub fn judge(&self, repeats: bool) {
        let mut believed = BTreeMap::<String, BTreeSet<String>>::new();
        for run in &self.runs {
            assert!(run.tally.adds_up(), "the tally of {} does not add up: {:?}", run.name, run.tally);
            self.workspace.disparo(["audit", &run.name]).finish().expect(0);
            let report = self.workspace.disparo(["report", &run.name, "--format", "csv"]).finish().expect(0);
            let mut reader = csv::Reader::from_reader(report.stdout.as_bytes());
            let mut counted = 0;
            for line in reader.deserialize::<BTreeMap<String, String>>() {
                let line = line.expect("a report is CSV");
                believed.entry(line["status"].clone()).or_default().insert(line["phone"].clone());
                counted += 1;
            }
            assert_eq!(counted, run.tally.recipients, "the report of {} misses somebody", run.name);
            let is_over = matches!(run.state.as_str(), "completed" | "settling" | "cancelled");
            assert!(!is_over || run.tally.pending == 0, "{} ended with pending recipients", run.name);
        }
        self.hold_against_the_record(&believed, repeats);
    }

    fn hold_against_the_record(&self, believed: &BTreeMap<String, BTreeSet<String>>, repeats: bool) {
        let mut taken = BTreeMap::<String, usize>::new();
        for accepted in self.workspace.sandbox().accepted() {
            *taken.entry(accepted.phone()).or_default() += 1;
        }
        let twice: Vec<_> = taken.iter().filter(|(_, times)| **times > 1).collect();
        assert!(repeats || twice.is_empty(), "accepted more than once: {twice:?}");
        let nobody = BTreeSet::new();
        let accepted = believed.get("accepted").unwrap_or(&nobody);
        let in_doubt = believed.get("in_doubt").unwrap_or(&nobody);
        let unknown: Vec<_> =
            taken.keys().filter(|phone| !accepted.contains(*phone) && !in_doubt.contains(*phone)).collect();
        assert!(unknown.is_empty(), "the far side accepted whom the journal forgot: {unknown:?}");
        let invented: Vec<_> = accepted.iter().filter(|phone| !taken.contains_key(*phone)).collect();
        assert!(invented.is_empty(), "the journal calls accepted whom nobody took: {invented:?}");
    }
}

impl Run {
    fn read(run: &Value) -> Self {
        let text = |key: &str| run[key].as_str().unwrap_or_else(|| panic!("no {key} in {run}")).to_owned();
        let tally =
            serde_json::from_value(run["tally"].clone()).unwrap_or_else(|error| panic!("{error}: {run}"));
        Self { name: text("run"), tally, state: text("state") }
    }
}
