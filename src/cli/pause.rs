//! `disparo pause`: stop a run, so that no intent follows once this is confirmed.

use clap::Args;

use crate::domain::{RunEvent, RunState};
use crate::report::run_json;
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::execute::Execution;
use super::failure::Failure;
use super::runs;

/// What to pause.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number; the one being sent when left out
    run: Option<String>,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, or it has ended.
pub async fn pause(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let view = runs::find_or_only(owner, arguments.run.as_deref(), "pause", |view| {
        view.summary.state == RunState::Sending
    })?;
    let run = view.facts.plan.run;
    crate::engine::occurrence::attach(&owner.engine.journal, run)?;
    owner.engine.journal.happen(run, RunEvent::Paused).await?;
    let view = owner.engine.journal.view(run)?;
    match execution.printer.format() {
        Format::Json => execution.printer.json(&run_json(&view)),
        Format::Text => {
            let name = &view.facts.plan.run_name;
            execution
                .printer
                .data(&format!("{name} is paused: no further call begins; `disparo resume {name}` goes on"));
        }
    }
    Ok(Exit::Settled)
}
