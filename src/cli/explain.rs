//! `disparo explain`: one person's history over all campaigns, and why they were skipped.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use tokio::task;

use crate::audience::{self, Mention};
use crate::domain::{Country, Phone};
use crate::engine::occurrence;
use crate::journal::{KeptInbound, RunView, Suppression};
use crate::report::{Told, results_folder, tell};
use crate::roster::Roster;
use crate::ui::printer::Format;
use crate::ui::{Counter, Exit, words};

use super::execute::Execution;
use super::explain_text::text;
use super::failure::Failure;
use super::{content_words, runs};

/// A search that takes longer than this is shown.
const SILENCE: Duration = Duration::from_secs(1);

/// Whose history.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The number, as people write it; Brazilian unless it begins with +
    phone: String,
}

/// Everything that is known of a person.
pub struct Person {
    /// The number that was asked for.
    pub phone: Phone,
    /// Why and since when they must not be messaged.
    pub suppression: Option<Suppression>,
    /// Runs that have them as a recipient, the newest first.
    pub messages: Vec<Message>,
    /// What they wrote, the oldest first.
    pub written: Vec<KeptInbound>,
    /// Rows that could not be sent.
    pub rejected: Vec<RejectedRow>,
    /// Runs of which nobody can say whether they have the person, by name, with the reason.
    pub unknown: Vec<(String, String)>,
}

/// One recipient of one run.
pub struct Message {
    /// The run.
    pub view: RunView,
    /// The run whose recipients it takes up, by name.
    pub origin: Option<String>,
    /// What was to be sent and what became of it.
    pub told: Told,
}

/// A row of a `rejects.csv`.
pub struct RejectedRow {
    /// The run, by name.
    pub run: String,
    /// The file.
    pub file: PathBuf,
    /// The row.
    pub mention: Mention,
}

/// Carries the command out.
///
/// # Errors
/// When the number cannot be read, or the store not at all.
pub async fn explain(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let phone = audience::phone::read(&arguments.phone, Country::BRAZIL).map_err(|error| {
        Failure::usage(format!("{}: {error}", arguments.phone))
            .with_hint("write the number with its area code, or with + and the country's calling code")
    })?;
    let searching = execution.clone();
    // Rosters of millions are read from end to end; whoever sends meanwhile must not wait for that.
    let searched = task::spawn_blocking(move || search(&searching, phone)).await;
    let person = searched.map_err(|error| {
        Failure::new(Exit::Unexpected, format!("the search ended unexpectedly: {error}"))
    })??;
    match execution.printer.format() {
        Format::Json => execution.printer.json(&person.json()),
        Format::Text => execution.printer.data(&text(&person)),
    }
    Ok(Exit::Settled)
}

fn search(execution: &Execution, phone: Phone) -> Result<Person, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let key = phone.person();
    let is_theirs = |(person, _): &(_, Suppression)| *person == key;
    let mut person = Person {
        phone,
        suppression: journal.suppressions().into_iter().find(is_theirs).map(|(_, suppression)| suppression),
        messages: Vec::new(),
        written: journal.inbound_of(key)?,
        rejected: Vec::new(),
        unknown: Vec::new(),
    };
    let views = runs::all(owner)?;
    let total = views.iter().map(|view| view.facts.plan.rows.recipients).sum();
    let clock = &*owner.engine.clock;
    let began = clock.tick();
    let mut counter = Counter::new(&execution.printer, clock, "recipients looked at");
    let mut before = 0_u64;
    for view in views.iter().rev() {
        let mut reached = |count: u32| {
            if clock.tick().since(began) >= SILENCE {
                let count = before + u64::from(count);
                counter.reached(usize::try_from(count).unwrap_or(usize::MAX), Some(total));
            }
        };
        if let Err(failure) = person.look_into(execution, &views, view, &mut reached) {
            person.unknown.push((view.facts.plan.run_name.to_string(), failure.sentence()));
        }
        before += view.facts.plan.rows.recipients;
    }
    counter.finish();
    Ok(person)
}

impl Person {
    /// Looks for the person in one run.
    fn look_into(
        &mut self,
        execution: &Execution,
        views: &[RunView],
        view: &RunView,
        reached: &mut dyn FnMut(u32),
    ) -> Result<(), Failure> {
        let owner = execution.owner.as_ref();
        let plan = &view.facts.plan;
        let name = plan.run_name.to_string();
        let file = results_folder(&owner.workspace.results_dir(), plan).join("rejects.csv");
        if file.exists() {
            let mentions = audience::mentions(&file, self.phone.person(), Country::BRAZIL);
            let mentions = mentions.map_err(|error| Failure::new(Exit::Unexpected, error))?;
            let row = |mention| RejectedRow { run: name.clone(), file: file.clone(), mention };
            self.rejected.extend(mentions.into_iter().map(row));
        }
        let journal = &owner.engine.journal;
        let unexpected = |error| Failure::new(Exit::Unexpected, error);
        let found = Roster::open(journal.path(), plan.run)
            .and_then(|roster| roster.find(self.phone.person(), reached))
            .map_err(unexpected)?;
        if found.forgotten > 0 {
            let people = words::counted(found.forgotten, "recipient was", "recipients were");
            self.unknown.push((name, format!("{people} forgotten; the person may be among them")));
        }
        if found.recipients.is_empty() {
            return Ok(());
        }
        let roster = occurrence::attach(journal, plan.run)?;
        let words = owner.words(roster.plan());
        let origin = plan.purpose.origin().and_then(|origin| {
            let of = |other: &&RunView| other.facts.plan.run == origin;
            views.iter().find(of).map(|other| other.facts.plan.run_name.to_string())
        });
        for number in found.recipients {
            if let Some(told) = tell(journal, &roster, &words, number)? {
                self.messages.push(Message { view: journal.view(plan.run)?, origin: origin.clone(), told });
            }
        }
        Ok(())
    }

    /// The documented JSON.
    fn json(&self) -> Value {
        let suppressed = self
            .suppression
            .as_ref()
            .map(|suppression| json!({ "since": suppression.since, "source": suppression.source }));
        let row = |row: &RejectedRow| {
            let Mention { row: number, column, reason } = &row.mention;
            json!({ "run": row.run, "file": row.file, "row": number, "column": column, "reason": reason })
        };
        json!({
            "phone": self.phone.digits(),
            "suppressed": suppressed,
            "messages": self.messages.iter().map(Message::json).collect::<Vec<_>>(),
            "written": self.written.iter().map(|kept| self.written_json(kept)).collect::<Vec<_>>(),
            "rejected_rows": self.rejected.iter().map(row).collect::<Vec<_>>(),
            "unknown": self.unknown.iter().map(|(run, why)| json!({ "run": run, "why": why })).collect::<Vec<_>>(),
        })
    }

    fn written_json(&self, kept: &KeptInbound) -> Value {
        let inbound = &kept.inbound;
        json!({
            "at": written_at(kept),
            "channel": kept.channel,
            "kind": inbound.kind,
            "text": inbound.text,
            "payload": inbound.payload,
            "group": inbound.group,
            "answers": self.answered_by(kept),
        })
    }

    /// The run whose message somebody answered, by name.
    pub fn answered_by(&self, kept: &KeptInbound) -> Option<&str> {
        let (run, _) = kept.answers?;
        let plans = self.messages.iter().map(|message| &message.view.facts.plan);
        plans.into_iter().find(|plan| plan.run == run).map(|plan| plan.run_name.as_str())
    }
}

/// When something was written; by our clock where the provider does not say.
pub fn written_at(kept: &KeptInbound) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(kept.inbound.at.unwrap_or(kept.received)).ok()
}

impl Message {
    fn json(&self) -> Value {
        let Told { recipient, line, doubt, failure, asked } = &self.told;
        let plan = &self.view.facts.plan;
        let content = content_words::json(&recipient.address, &recipient.content);
        let mut message = json!({
            "run": plan.run_name,
            "campaign": plan.campaign,
            "purpose": plan.purpose.word(),
            "state": self.view.summary.state.word(),
            "planned": plan.created,
            "takes_up": self.origin,
            "kind": recipient.content.word(),
            content_words::table(&recipient.content): content,
            "doubt": doubt,
            "failure": failure,
            "asked": asked,
        });
        if let (Value::Object(message), Value::Object(facts)) = (&mut message, json!(line)) {
            // What is not known is empty in a table, and null here.
            let known = facts.into_iter().map(|(key, fact)| {
                let is_empty = fact.as_str().is_some_and(str::is_empty);
                (key, if is_empty { Value::Null } else { fact })
            });
            message.extend(known);
        }
        message
    }
}
