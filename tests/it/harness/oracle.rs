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
    /// Who stands where by the report: status word → persons, or what else identifies a destination. Whom
    /// somebody confirmed is apart.
    places: BTreeMap<String, BTreeSet<String>>,
}

/// What the far side calls changes that are harmless when they are made again, which a run therefore does when
/// it is in doubt about them.
const REPEATABLE: [&str; 11] = [
    "set_group_subject",
    "set_group_icon",
    "add_admin",
    "remove_admin",
    "contact_update",
    "contact_delete_platform",
    "contact_add_tags",
    "contact_remove_tags",
    "tag_update",
    "set_attributes",
    "set_chat_status",
];

/// A campaign's occurrence: name and number. A command's change is one of its own, told by its run.
type Cause = (String, u64, Option<u32>);

impl<'a> Oracle<'a> {
    /// Asks the journal for its runs, and for everyone in them.
    pub fn of(workspace: &'a Workspace) -> Self {
        let status = workspace.disparo(["status", "--all", "--format", "json"]).finish().expect(0).json();
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
        for one in &accepted {
            assert!(self.knowing(one).next().is_some(), "the far side took whom the journal forgot: {one:?}");
        }
        self.invents_nobody(&accepted);
        let twice = self.repeated(&accepted);
        assert!(repeats || twice.is_empty(), "accepted more than once: {twice:#?}");
    }

    /// The run that a line of the record names, where the provider carries our correlation.
    fn named(&self, accepted: &Accepted) -> Option<&Run> {
        let number = accepted.run()?;
        let run = self.runs.iter().find(|run| run.number() == number);
        Some(run.unwrap_or_else(|| panic!("no run of this workspace sent {accepted:?}")))
    }

    /// The runs that know of a line of the record: those that may have reached the destination, of the campaign
    /// that is named if one is.
    fn knowing<'o>(&'o self, accepted: &'o Accepted) -> impl Iterator<Item = &'o Run> {
        let named = self.named(accepted).map(|run| run.campaign.as_str());
        let campaign = named.unwrap_or(&accepted.callback_data);
        let is_of = move |run: &&Run| campaign.is_empty() || run.campaign == campaign;
        self.runs.iter().filter(is_of).filter(|run| run.may_have_reached(&person(&accepted.to)))
    }

    /// Whom the journal calls accepted was taken.
    fn invents_nobody(&self, accepted: &[Accepted]) {
        for run in &self.runs {
            let is_its = |one: &&Accepted| match self.named(one) {
                Some(named) => named.name == run.name,
                None => one.callback_data.is_empty() || one.callback_data == run.campaign,
            };
            let taken: BTreeSet<_> = accepted.iter().filter(is_its).map(|one| person(&one.to)).collect();
            let claimed = run.places.get("accepted").into_iter().flatten();
            let invented: Vec<_> = claimed.filter(|one| !taken.contains(*one)).collect();
            let name = &run.name;
            assert!(invented.is_empty(), "{name}: the journal calls accepted whom nobody took: {invented:?}");
        }
    }

    /// What came to somebody more than once from one occurrence of a campaign; where the provider does not tell
    /// which, more often than there are occurrences that know of it.
    fn repeated<'o>(&'o self, accepted: &'o [Accepted]) -> Vec<Vec<&'o Accepted>> {
        let mut reached = BTreeMap::<(String, String, Option<Cause>), Vec<&Accepted>>::new();
        for one in accepted.iter().filter(|one| !REPEATABLE.contains(&one.kind.as_str())) {
            let cause = self.named(one).map(Run::cause);
            let of_anybody = cause.is_some().then_some(None);
            for cause in std::iter::once(cause).chain(of_anybody) {
                reached.entry((one.kind.clone(), person(&one.to), cause)).or_default().push(one);
            }
        }
        let is_too_often = |((.., cause), times): &((_, _, Option<Cause>), Vec<&Accepted>)| {
            let knowing = times.iter().flat_map(|one| self.knowing(one)).map(Run::cause);
            let most = if cause.is_some() { 1 } else { knowing.collect::<BTreeSet<_>>().len() };
            times.len() > most
        };
        reached.into_iter().filter(is_too_often).map(|(_, times)| times).collect()
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
            let is_new = places.entry(status.to_owned()).or_default().insert(person(&line["phone"]));
            assert!(is_new, "the report of {name} names somebody twice: {line:?}");
        }
        let occurrence = run["occurrence"].as_u64().unwrap_or_else(|| panic!("no occurrence in {run}"));
        Self { name, campaign: text("campaign"), occurrence, state: text("state"), tally, places }
    }

    /// Its number in the workspace, which its name ends with.
    fn number(&self) -> u32 {
        let number = self.name.rsplit('-').next().and_then(|number| number.parse().ok());
        number.unwrap_or_else(|| panic!("no number in {}", self.name))
    }

    fn cause(&self) -> Cause {
        let single = (self.occurrence == 0).then(|| self.number());
        (self.campaign.clone(), self.occurrence, single)
    }

    /// Whether the journal says that somebody was reached, or may have been.
    fn may_have_reached(&self, person: &str) -> bool {
        let places = ["accepted", "confirmed_sent", "assumed_sent", "in_doubt"];
        places.iter().filter_map(|place| self.places.get(*place)).any(|people| people.contains(person))
    }

    fn adds_up(&self) {
        let Self { name, tally, .. } = self;
        assert!(tally.adds_up(), "the tally of {name} does not add up: {tally:?}");
        let count = |status: &str| self.places.get(status).map_or(0, |people| people.len() as u64);
        for (status, expected) in [
            ("already", tally.already),
            ("suppressed", tally.suppressed),
            ("capped", tally.capped),
            ("expired", tally.expired),
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
        let is_over = matches!(self.state.as_str(), "completed" | "settling" | "cancelled" | "expired");
        assert!(!is_over || tally.pending == 0, "{name} ended with pending recipients: {tally:?}");
    }
}

/// What is the same for two spellings of one person's number, or what else identifies a destination.
fn person(to: &str) -> String {
    Phone::from_digits(to).map_or_else(|| to.to_owned(), |phone| phone.person().as_u64().to_string())
}
