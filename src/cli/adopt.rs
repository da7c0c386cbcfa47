//! `disparo doctor --adopt`: take over a store that is a copy, or that came from a backup.

use std::fmt::Write as _;

use serde_json::json;

use crate::engine::occurrence;
use crate::journal::RunView;
use crate::ui::printer::Format;
use crate::ui::{Exit, confirm, words};

use super::execute::Execution;
use super::failure::Failure;
use super::runs;

/// Says what taking the store over means, asks unless `yes`, and takes it over.
///
/// # Errors
/// When nobody is there to be asked, the answer is no, or the store cannot be written.
pub async fn adopt(execution: &Execution, yes: bool) -> Result<Exit, Failure> {
    let journal = &execution.owner.engine.journal;
    let printer = &execution.printer;
    let Err(why) = journal.is_at_home() else {
        printer.note("the store is the one that was made here: there is nothing to take over");
        return Ok(Exit::Settled);
    };
    let meaning = format!("{why}\n\n{}", meaning(&unfinished(execution)?));
    if yes {
        printer.note(&meaning);
    } else {
        let question = format!("{meaning}\nTake it over? [y/N] ");
        match execution.person.ask(printer, question).await {
            Some(answer) if confirm::is_yes(&answer) => {}
            Some(_) => return Err(Failure::usage("nothing was taken over: the answer was no")),
            None => {
                printer.note(&meaning);
                let sentence = "nobody is at a terminal to say that the other one never sends again; pass --yes to take the store over without being asked";
                return Err(Failure::usage(sentence));
            }
        }
    }
    let adopted = journal.adopt().await?;
    match printer.format() {
        Format::Json => {
            printer.json(
                &json!({ "adopted": true, "held": adopted.held, "numbered_from": adopted.numbered_from }),
            );
        }
        Format::Text => {
            let numbers = adopted.numbered_from;
            printer.data(&format!("the store is taken over; its next run has a number above {numbers}"));
        }
    }
    let unfinished = unfinished(execution)?;
    if !unfinished.is_empty() {
        let runs = words::counted(unfinished.len() as u64, "unfinished run waits", "unfinished runs wait");
        printer.note(&format!("{runs} for a person: `disparo resume RUN` or `disparo cancel RUN`"));
    }
    Ok(Exit::Settled)
}

/// Runs that are unfinished or have people in doubt, with those known from their logs.
fn unfinished(execution: &Execution) -> Result<Vec<RunView>, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let mut unfinished = Vec::new();
    for view in runs::all(owner)? {
        let run = view.facts.plan.run;
        let is_open = view.summary.state.is_unfinished();
        // What a dead process was sending is only known from its log; a run whose roster is lost is told as it is.
        let view = match occurrence::attach(journal, run) {
            Ok(_) if is_open => journal.view(run)?,
            _ => view,
        };
        if is_open || view.summary.tally.in_doubt > 0 {
            unfinished.push(view);
        }
    }
    Ok(unfinished)
}

fn meaning(unfinished: &[RunView]) -> String {
    let mut text = "Once this store is taken over, the one that it comes from must never send again: both know the same \
                    people as pending. Messages of runs so far stay known by the old names; new runs get \
                    numbers that the other one has not given. Nothing goes on by itself.\n"
        .to_owned();
    for view in unfinished {
        let (name, state, tally) = (&view.facts.plan.run_name, view.summary.state.word(), view.summary.tally);
        let (pending, in_doubt) = (words::count(tally.pending), words::count(tally.in_doubt));
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {name} is {state}: {pending} pending, {in_doubt} in doubt");
    }
    text
}
