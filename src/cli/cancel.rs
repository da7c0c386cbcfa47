//! `disparo cancel`: give a run up. Calls in flight are waited for.

use clap::Args;

use crate::domain::RunEvent;
use crate::engine::occurrence;
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
    let roster = occurrence::attach(journal, run)?;
    journal.happen(run, RunEvent::Cancelled).await?;
    // Whoever sends the run has the lock until its calls have ended.
    while journal.view(run)?.in_flight > 0 {
        drop(owner.sending.lock().await);
    }
    let view = journal.view(run)?;
    match execution.printer.format() {
        Format::Json => execution.printer.json(&run_json(&view)),
        Format::Text => {
            execution.printer.data(&format!("{} is cancelled\n", view.facts.plan.run_name));
            execution.printer.data(&tally_text(&view.summary.tally, view.summary.assumed));
        }
    }
    owner.write_results(&roster)?;
    Ok(Exit::Settled)
}
