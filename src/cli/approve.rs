//! `disparo approve`: a person says that a run's plan may be sent, and to how many people.

use clap::Args;

use crate::domain::{RunEvent, RunId, RunState, Waiting};
use crate::engine::occurrence;
use crate::journal::RunView;
use crate::report::run_json;
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::{runs, telling};

/// Hexadecimal digits of a plan's hash that are enough to tell it from others; as many are shown.
const DIGITS: usize = 12;

/// What to approve.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number
    run: String,
    /// How many people it would be sent to
    #[arg(long, value_name = "N")]
    recipients: u64,
    /// The beginning of its plan's hash, at least 12 digits
    #[arg(long, value_name = "HASH")]
    plan: Option<String>,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, it does not wait for approval, or the number or the hash is not the plan's.
pub async fn approve(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let view = runs::find(owner, &arguments.run)?;
    let (run, name) = (view.facts.plan.run, &view.facts.plan.run_name);
    if view.summary.state != RunState::Waiting(Waiting::Approval) {
        let state = view.summary.state.word();
        return Err(Failure::usage(format!("run {name} is {state}: it does not wait for approval")));
    }
    let refuse = |why: String| {
        Err(Failure::usage(format!("nothing was approved: {why}"))
            .with_hint(format!("`disparo status {name}` shows what waits")))
    };
    let pending = view.summary.tally.pending;
    if arguments.recipients != pending {
        let people = words::counted(pending, "recipient", "recipients");
        let given = words::count(arguments.recipients);
        return refuse(format!("run {name} would be sent to {people}, not to {given}"));
    }
    if let Some(given) = &arguments.plan {
        let hash = view.facts.plan_hash.to_string();
        if given.len() < DIGITS || !hash.starts_with(&given.to_lowercase()) {
            let digits = &hash[..DIGITS];
            return refuse(format!(
                "the plan of run {name} has the hash {digits}…, which does not begin with {given}"
            ));
        }
    }
    occurrence::attach(journal, run)?;
    journal.happen(run, RunEvent::Approved).await?;
    let view = journal.view(run)?;
    match execution.printer.format() {
        Format::Json => execution.printer.json(&run_json(&view)),
        Format::Text => {
            let people = words::counted(pending, "recipient", "recipients");
            execution.printer.data(&format!(
                "{name} is approved for {people}: `disparo serve` sends it where it runs, `disparo resume {name}` does otherwise"
            ));
        }
    }
    Ok(Exit::Settled)
}

/// The command that approves a run as it stands, where it waits for that.
#[must_use]
pub fn command(view: &RunView) -> Option<String> {
    let (plan, hash) = (&view.facts.plan, view.facts.plan_hash.to_string());
    (view.summary.state == RunState::Waiting(Waiting::Approval)).then(|| {
        let (run, pending, digits) = (&plan.run_name, view.summary.tally.pending, &hash[..DIGITS]);
        format!("disparo approve {run} --recipients {pending} --plan {digits}")
    })
}

/// Tells of a run that was made and waits for approval; `None` where it does not.
///
/// # Errors
/// When the journal cannot be read, or the results cannot be written.
pub fn tell_waiting(execution: &Execution, run: RunId) -> Result<Option<Exit>, Failure> {
    let view = execution.owner.engine.journal.view(run)?;
    match command(&view) {
        Some(_) => telling::tell(execution, &view).map(Some),
        None => Ok(None),
    }
}
