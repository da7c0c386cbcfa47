//! The guarantees, held against what the journal says and what the far side recorded.

use std::collections::{BTreeMap, BTreeSet};

use disparo::domain::{Phone, Tally};
use serde_json::Value;

use super::sandbox::Accepted;
use super::workspace::Workspace;

/// What both sides say about everything that happened in a workspace.
pub struct Oracle<'a> {
    workspace: &'a Workspace,
    runs: Vec<Run>,
}

/// A run, as `status --format json` tells it.
struct Run {
    name: String,
    campaign: String,
    occurrence: u64,
    state: String,
    tally: Tally,
    /// Who stands where by the report: status word → numbers, or what else identifies them. Whom somebody
    /// confirmed is apart.
    places: BTreeMap<String, BTreeSet<String>>,
}

/// A person and the campaign's occurrence: whom nobody may reach twice.
type Reached = (String, u64, String);

impl<'a> Oracle<'a> {
    /// Asks the journal for its runs, and for everyone in them.
    pub fn of(workspace: &'a Workspace) -> Self {
        let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
        let runs = status.as_array().unwrap_or_else(|| panic!("no list of runs: {status}"));
        let runs = runs.iter().map(|run| Run::read(workspace, run)).collect();
        Self { workspace, runs }
    }

    /// Holds every guarantee that can be seen from outside.
    pub fn judge(&self, repeats: bool) {
        for run in &self.runs {
            run.adds_up();
            self.workspace.disparo(["audit", &run.name]).finish().expect(0);
        }
        let accepted = self.workspace.sandbox().accepted();
        self.nobody_twice(&accepted, repeats);
        let campaigns: BTreeSet<_> = self.runs.iter().map(|run| run.campaign.as_str()).collect();
        for campaign in campaigns {
            self.agrees(campaign, &accepted);
        }
    }

    /// Whether a line of the record can come from a run. Where the provider carries nothing of ours, the
    /// workspace has one run only.
    fn is_of(&self, run: &Run, accepted: &Accepted) -> bool {
        match accepted.run() {
            Some(number) => run.name.rsplit('-').next() == Some(number.to_string().as_str()),
            None if accepted.callback_data.is_empty() => self.runs.len() == 1,
            None => run.campaign == accepted.callback_data,
        }
    }

    /// Whom the far side took is accepted or in doubt here, and whom the journal calls accepted was taken.
    fn agrees(&self, campaign: &str, accepted: &[Accepted]) {
        let runs: Vec<_> = self.runs.iter().filter(|run| run.campaign == campaign).collect();
        let of = |statuses: &[&str]| -> BTreeSet<String> {
            let places =
                runs.iter().flat_map(|run| statuses.iter().filter_map(|status| run.places.get(*status)));
            places.flatten().cloned().collect()
        };
        let sent = accepted.iter().filter(|one| runs.iter().any(|run| self.is_of(run, one)));
        let taken: BTreeSet<_> = sent.map(|one| one.to.clone()).collect();
        let known = of(&["accepted", "confirmed_sent", "assumed_sent", "in_doubt"]);
        let forgotten: Vec<_> = taken.difference(&known).collect();
        assert!(forgotten.is_empty(), "{campaign}: the far side took whom the journal forgot: {forgotten:?}");
        let claimed = of(&["accepted"]);
        let invented: Vec<_> = claimed.difference(&taken).collect();
        assert!(invented.is_empty(), "{campaign}: the journal calls accepted whom nobody took: {invented:?}");
    }

    fn nobody_twice(&self, accepted: &[Accepted], repeats: bool) {
        let mut reached = BTreeMap::<Reached, Vec<&Accepted>>::new();
        for one in accepted {
            let run = self.runs.iter().find(|run| self.is_of(run, one));
            let run = run.unwrap_or_else(|| panic!("no run of this workspace sent {one:?}"));
            let key = (run.campaign.clone(), run.occurrence, person(&one.to));
            reached.entry(key).or_default().push(one);
        }
        let twice: Vec<_> = reached.values().filter(|times| times.len() > 1).collect();
        assert!(repeats || twice.is_empty(), "accepted more than once: {twice:#?}");
    }
}

impl Run {
    fn read(workspace: &Workspace, run: &Value) -> Self {
        let text = |key: &str| run[key].as_str().unwrap_or_else(|| panic!("no {key} in {run}")).to_owned();
        let tally =
            serde_json::from_value(run["tally"].clone()).unwrap_or_else(|error| panic!("{error}: {run}"));
        let name = text("run");
        let report = workspace.disparo(["report", &name, "--format", "csv"]).finish().expect(0).stdout;
        let mut places = BTreeMap::<String, BTreeSet<String>>::new();
        for line in csv::Reader::from_reader(report.trim_start_matches('\u{feff}').as_bytes()).deserialize() {
            let line: BTreeMap<String, String> = line.unwrap_or_else(|error| panic!("{error}: {report}"));
            let is_confirmed = line["code"] == "confirmed_sent";
            let status = if is_confirmed { "confirmed_sent" } else { line["status"].as_str() };
            let is_new = places.entry(status.to_owned()).or_default().insert(line["phone"].clone());
            assert!(is_new, "the report of {name} names somebody twice: {line:?}");
        }
        let occurrence = run["occurrence"].as_u64().unwrap_or_else(|| panic!("no occurrence in {run}"));
        Self { name, campaign: text("campaign"), occurrence, state: text("state"), tally, places }
    }

    fn adds_up(&self) {
        let Self { name, tally, .. } = self;
        assert!(tally.adds_up(), "the tally of {name} does not add up: {tally:?}");
        let count = |status: &str| self.places.get(status).map_or(0, |people| people.len() as u64);
        for (status, expected) in [
            ("already", tally.already),
            ("suppressed", tally.suppressed),
            ("cancelled", tally.cancelled),
            ("pending", tally.pending),
            ("rejected", tally.rejected),
            ("in_doubt", tally.in_doubt),
        ] {
            assert_eq!(count(status), expected, "{status} in the report of {name}, whose tally is {tally:?}");
        }
        let accepted = count("accepted") + count("confirmed_sent") + count("assumed_sent");
        assert_eq!(accepted, tally.accepted, "accepted in the report of {name}, whose tally is {tally:?}");
        let all: usize = self.places.values().map(BTreeSet::len).sum();
        assert_eq!(all as u64, tally.recipients, "the report of {name} has others than its tally: {tally:?}");
        let is_over = matches!(self.state.as_str(), "completed" | "settling" | "cancelled");
        assert!(!is_over || tally.pending == 0, "{name} ended with pending recipients: {tally:?}");
    }
}

/// What is the same for two spellings of one person's number, or what else identifies a destination.
fn person(to: &str) -> String {
    Phone::from_digits(to).map_or_else(|| to.to_owned(), |phone| phone.person().as_u64().to_string())
}
