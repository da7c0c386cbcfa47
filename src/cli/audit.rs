//! `disparo audit`: derive a run's tally anew from the journal and prove that it adds up.

use clap::Args;
use serde_json::json;

use crate::engine::occurrence;
use crate::report::{audit as examine, tally_text};
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::execute::Execution;
use super::failure::Failure;
use super::runs;

/// What to audit.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number
    run: String,
}

/// Carries the command out. What does not agree is told, and ends with exit code 1.
///
/// # Errors
/// When there is no such run, or it cannot be read at all.
pub fn audit(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let view = runs::find(owner, &arguments.run)?;
    let name = &view.facts.plan.run_name;
    let roster = occurrence::attach(journal, view.facts.plan.run)?;
    let audit = examine(journal, &roster)?;
    match execution.printer.format() {
        Format::Json => execution.printer.json(&json!({
            "run": name,
            "agrees": audit.agrees(),
            "tally": audit.tally,
            "findings": audit.findings,
        })),
        Format::Text => {
            execution.printer.data(&format!("{name}, derived anew from roster and journal:\n"));
            execution.printer.data(&tally_text(&audit.tally, 0));
            if audit.agrees() {
                execution.printer.data("\neverything adds up");
            }
        }
    }
    if audit.agrees() {
        return Ok(Exit::Settled);
    }
    Err(Failure::new(Exit::Unexpected, format!("run {name} does not add up: {}", audit.findings.join("; "))))
}
