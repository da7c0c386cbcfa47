//! How much is told of a run that ends: to somebody who asked for it, by a daemon, or by the system's cron, which
//! mails every word to a person.

use crate::domain::{HoldReason, RunState, Waiting};
use crate::engine::occurrence;
use crate::journal::RunView;
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::{approve, launch};

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Telling {
    /// The whole report, and how far it is meanwhile.
    #[default]
    Report,
    /// A line when it begins and when it ends.
    Line,
    /// A line where something is wrong.
    Trouble,
}

/// Writes a run's results and tells how it stands, the results written or not.
///
/// # Errors
/// When the results cannot be written.
pub fn tell(execution: &Execution, view: &RunView) -> Result<Exit, Failure> {
    let (owner, printer) = (&execution.owner, &execution.printer);
    let is_report = execution.telling == Telling::Report || view.facts.plan.purpose.is_single();
    if is_report || printer.format() == Format::Json {
        return launch::tell_end(owner, printer, view);
    }
    let exit = Exit::of_run(&view.summary.state, &view.summary.tally);
    match (execution.telling, exit) {
        (Telling::Trouble, Exit::Settled) => {}
        // Its window opens without anybody's doing.
        (Telling::Trouble, _) if is_waiting_for_window(view) => {}
        (_, Exit::Settled | Exit::Interrupted) => printer.note(&line(view)),
        _ => printer.warning(&line(view)),
    }
    let roster = occurrence::attach(&owner.engine.journal, view.facts.plan.run)?;
    owner.write_results(&roster)?;
    Ok(exit)
}

fn is_waiting_for_window(view: &RunView) -> bool {
    matches!(view.summary.state, RunState::Waiting(Waiting::Window { .. }))
}

/// How a run stands, in a line.
#[must_use]
pub fn line(view: &RunView) -> String {
    let tally = &view.summary.tally;
    let mut counts = vec![format!(
        "{} of {} accepted",
        words::count(tally.accepted),
        words::counted(tally.recipients, "recipient", "recipients")
    )];
    for (count, word) in [
        (tally.already, "already reached"),
        (tally.rejected, "rejected"),
        (tally.in_doubt, "in doubt"),
        (tally.expired, "expired"),
        (tally.cancelled, "cancelled"),
        (tally.pending, "pending"),
    ] {
        if count > 0 {
            counts.push(format!("{} {word}", words::count(count)));
        }
    }
    let (name, state) = (&view.facts.plan.run_name, view.summary.state.word());
    let told = format!("{name} is {state}: {}", counts.join(", "));
    match &view.summary.state {
        RunState::Held(HoldReason { sentence, .. }) => {
            format!(
                "{told}; {sentence}; `disparo resume {name}` goes on, `disparo cancel {name}` gives it up"
            )
        }
        _ => match approve::command(view) {
            Some(command) => format!("{told}; `{command}` sends it, `disparo cancel {name}` gives it up"),
            None => told,
        },
    }
}
