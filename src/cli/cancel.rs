//! `disparo cancel`: give a run up. Calls in flight are waited for.

use clap::Args;

use crate::engine::{EngineError, occurrence};
use crate::report::{run_json, tally_text};
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::execute::Execution;
use super::failure::Failure;
use super::runs;

/// What to cancel.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number; the only unfinished one when left out
    run: Option<String>,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, or it has ended.
pub async fn cancel(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let view = runs::find_or_only(owner, arguments.run.as_deref(), "cancel", |view| {
        view.summary.state.is_unfinished()
    })?;
    let run = view.facts.plan.run;
    let journal = &owner.engine.journal;
    let roster = match occurrence::attach(journal, run) {
        Ok(roster) => Some(roster),
        // Without its roster a run can never go on, and would stand in the way of all others.
        Err(EngineError::Roster(_) | EngineError::ForeignRoster { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    journal.give_up(run).await?;
    // Whoever sends the run has it until its calls have ended.
    if journal.view(run)?.in_flight > 0 {
        owner.underway.given_back(run).await;
    }
    let view = journal.view(run)?;
    match execution.printer.format() {
        Format::Json => execution.printer.json(&run_json(&view)),
        Format::Text => {
            execution.printer.data(&format!("{} is cancelled\n", view.facts.plan.run_name));
            execution.printer.data(&tally_text(&view.summary.tally, view.summary.assumed));
        }
    }
    match roster {
        Some(roster) => drop(owner.write_results(&roster)?),
        None => {
            execution.printer.note("its roster is lost, so that nobody can say who was reached: no results")
        }
    }
    Ok(Exit::Settled)
}
