//! `<name>.status.json` and `<name>.status.txt` beside a definition: what is happening with it.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cli::approve;
use crate::clock::Tick;
use crate::domain::{RunState, Waiting, Zone};
use crate::folder;
use crate::journal::RunView;
use crate::report::{goes_on, results_folder, run_json};
use crate::ui::words;

/// Progress is told at most so often; a change of state at once.
const BETWEEN: Duration = Duration::from_secs(1);

/// What is told of a definition.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    /// Nothing was made of it yet.
    Waits {
        /// The campaign's name, where it is known.
        campaign: Option<&'a str>,
        /// What for, in words that complete "waits for".
        what: &'a str,
        /// When it fires, where that is known.
        next: Option<Timestamp>,
    },
    /// It cannot be taken as it is.
    Refused {
        /// The name of the note beside it that says why.
        note: &'a str,
    },
    /// It made this run.
    Runs {
        /// As it is now.
        view: &'a RunView,
        /// When it fires next, where it does.
        next: Option<Timestamp>,
    },
}

/// Writes the status files of definitions, each only when it says something new.
#[derive(Debug)]
pub struct StatusFiles {
    root: PathBuf,
    results: PathBuf,
    zone: Zone,
    told: HashMap<PathBuf, Told>,
}

/// What was told last; of thousands of definitions, so that the text itself is not kept.
#[derive(Debug)]
struct Told {
    state: String,
    hash: blake3::Hash,
    at: Tick,
}

impl StatusFiles {
    /// Of a workspace with this root and this folder of results; times in words are those of `zone`.
    #[must_use]
    pub fn new(root: PathBuf, results: PathBuf, zone: Zone) -> Self {
        Self { root, results, zone, told: HashMap::new() }
    }

    /// Writes how it stands with a definition, unless that is written already, or the same state was told less
    /// than a second ago. Gives whether everything is told.
    ///
    /// # Errors
    /// When its folder cannot be written.
    pub fn tell(&mut self, definition: &Path, standing: &Standing<'_>, now: Tick) -> io::Result<bool> {
        let state = state_of(standing);
        let json = format!("{:#}\n", self.json(definition, &state, standing));
        let hash = blake3::hash(json.as_bytes());
        if let Some(told) = self.told.get(definition) {
            if told.hash == hash {
                return Ok(true);
            }
            if told.state == state && now.since(told.at) < BETWEEN {
                return Ok(false);
            }
        }
        let [machine, person] = files_of(definition);
        // Programs that saw the one may read the other.
        folder::put(&person, &self.text(definition, &state, standing))?;
        folder::put(&machine, &json)?;
        self.told.insert(definition.to_owned(), Told { state, hash, at: now });
        Ok(true)
    }

    /// Removes the files of a definition that is gone.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn remove(&mut self, definition: &Path) -> io::Result<()> {
        self.told.remove(definition);
        files_of(definition).iter().try_for_each(|file| folder::remove(file))
    }

    fn results_of(&self, view: &RunView) -> String {
        let folder = results_folder(&self.results, &view.facts.plan);
        folder.strip_prefix(&self.root).unwrap_or(&folder).display().to_string()
    }

    fn json(&self, definition: &Path, state: &str, standing: &Standing<'_>) -> Value {
        let mut fields = Map::new();
        let mut add = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        add("definition", json!(name_of(definition)));
        add("state", json!(state));
        let (campaign, waits_for, next, problem) = match *standing {
            Standing::Waits { campaign, what, next } => (campaign, Some(what.to_owned()), next, None),
            Standing::Refused { note } => (None, None, None, Some(note)),
            Standing::Runs { view, next } => {
                (Some(view.facts.plan.campaign.as_str()), waits_for(view), next, None)
            }
        };
        add("campaign", json!(campaign));
        add("waits_for", json!(waits_for));
        add("next", json!(next));
        add("problem", json!(problem));
        add("run", Value::Null);
        add("results", Value::Null);
        if let Standing::Runs { view, .. } = standing {
            add("results", json!(self.results_of(view)));
            if let Value::Object(of_run) = run_json(view) {
                fields.extend(of_run);
            }
        }
        Value::Object(fields)
    }

    fn text(&self, definition: &Path, state: &str, standing: &Standing<'_>) -> String {
        let mut lines = vec![name_of(definition)];
        let at = |moment: Timestamp| self.zone.at(moment).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
        match *standing {
            Standing::Waits { campaign, what, next } => {
                lines.extend(campaign.map(|campaign| format!("campaign: {campaign}")));
                lines.push(format!("state: waits for {what}"));
                lines.extend(next.map(|next| format!("next: {}", at(next))));
            }
            Standing::Refused { note } => lines.push(format!("state: not taken; {note} says why")),
            Standing::Runs { view, next } => {
                let plan = &view.facts.plan;
                let tally = &view.summary.tally;
                lines.push(format!("campaign: {}", plan.campaign));
                lines.push(format!("run: {}", plan.run_name));
                let run = &plan.run_name;
                match (&view.summary.state, goes_on(view), approve::command(view)) {
                    (_, Some(moment), _) => {
                        lines.push(format!("state: waits for its window, goes on {moment}"))
                    }
                    (_, _, Some(command)) => {
                        lines.push("state: waits for approval".to_owned());
                        lines.push(format!("what to do: `{command}`, or `disparo cancel {run}`"));
                    }
                    (RunState::Held(_) | RunState::Interrupted | RunState::Paused, ..) => {
                        lines.push(format!("state: {}", view.summary.state));
                        lines.push(format!("what to do: `disparo resume {run}`, or `disparo cancel {run}`"));
                    }
                    _ => lines.push(format!("state: {state}")),
                }
                let open = tally.pending + tally.cancelled + tally.expired;
                let done = tally.recipients.saturating_sub(open);
                let share = (done * 100).checked_div(tally.recipients).unwrap_or(100);
                let recipients = words::counted(tally.recipients, "recipient", "recipients");
                lines.push(format!("done: {} of {recipients} ({share}%)", words::count(done)));
                // A call that is under way is in doubt until it is answered, which is no news while it is sent.
                let in_doubt = match view.summary.state {
                    RunState::Sending => "under way or in doubt",
                    _ => "in doubt",
                };
                for (count, word) in [
                    (tally.accepted, "accepted"),
                    (tally.rejected, "rejected"),
                    (tally.in_doubt, in_doubt),
                    (tally.pending, "still to be sent"),
                    (tally.cancelled, "given up"),
                    (tally.expired, "too late to be sent"),
                    (tally.already, "reached before"),
                    (tally.suppressed, "suppressed"),
                    (tally.capped, "had enough messages lately"),
                    (view.deliveries.delivered, "delivered"),
                    (view.deliveries.read, "read"),
                    (view.deliveries.failed, "failed"),
                ] {
                    if count > 0 {
                        lines.push(format!("{word}: {}", words::count(count)));
                    }
                }
                let results = self.results_of(view);
                if tally.invalid > 0 {
                    let rows = words::counted(tally.invalid, "row", "rows");
                    lines.push(format!("not read: {rows}; {results}/rejects.csv says why"));
                }
                lines.push(format!("results: {results}"));
                lines.extend(next.map(|next| format!("next: {}", at(next))));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// What a run waits for, in words that complete "waits for".
fn waits_for(view: &RunView) -> Option<String> {
    match &view.summary.state {
        RunState::Waiting(Waiting::Approval) => Some("a person's approval".to_owned()),
        RunState::Waiting(Waiting::Window { .. }) => {
            goes_on(view).map(|until| format!("its window, which opens {until}"))
        }
        _ => None,
    }
}

fn state_of(standing: &Standing<'_>) -> String {
    match standing {
        Standing::Waits { .. } => "waiting".to_owned(),
        Standing::Refused { .. } => "refused".to_owned(),
        Standing::Runs { view, .. } => view.summary.state.word().to_owned(),
    }
}

fn name_of(definition: &Path) -> String {
    definition.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn files_of(definition: &Path) -> [PathBuf; 2] {
    ["status.json", "status.txt"].map(|end| definition.with_extension(end))
}
