//! `[after]`: what is done for everybody whom a run's provider accepted, by linked runs, without being asked for.

use crate::domain::{Purpose, RunId};
use crate::engine::planning::{Due, due_after};
use crate::journal::RunView;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::launch;
use super::owner::Owner;

/// What is still to be done after `run` and after the runs that took up its rejected, whose accepted get it too.
///
/// # Errors
/// When the store cannot be read.
pub fn due(owner: &Owner, run: RunId) -> Result<Vec<(RunId, u16, Due)>, Failure> {
    Ok(due_among(&owner.engine.journal.views()?, run))
}

/// The same, of views that are at hand.
#[must_use]
pub fn due_among(views: &[RunView], run: RunId) -> Vec<(RunId, u16, Due)> {
    let is_fallback = |view: &&RunView| view.facts.plan.purpose == Purpose::FallbackOf(run);
    let fallbacks = views.iter().filter(is_fallback).map(|view| view.facts.plan.run);
    let runs = std::iter::once(run).chain(fallbacks);
    runs.flat_map(|run| due_after(views, run).into_iter().map(move |(action, due)| (run, action, due)))
        .collect()
}

/// Does what is due after `run`, which ended with `exit`. Gives how all of them ended. One that is interrupted or
/// held is the last: `resume` goes on with it and with what comes after it.
///
/// # Errors
/// When a linked run cannot be planned or sent.
pub async fn follow(execution: &Execution, run: RunId, exit: Exit) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let mut exits = vec![exit];
    if exit == Exit::Interrupted {
        return Ok(exit);
    }
    for (origin, action, due) in due(owner, run)? {
        let linked = match due {
            Due::Nothing => continue,
            Due::Resume(linked) => linked,
            Due::Plan => plan(execution, origin, action).await?,
        };
        let view = owner.engine.journal.view(linked)?;
        let channels = owner.channels_of(&view.facts.plan)?;
        let ended = launch::send_alone(execution, linked, &channels, None).await?;
        exits.push(ended);
        if matches!(ended, Exit::Interrupted | Exit::Held) {
            break;
        }
    }
    Ok(Exit::worst(exits))
}

async fn plan(execution: &Execution, run: RunId, action: u16) -> Result<RunId, Failure> {
    let owner = execution.owner.as_ref();
    let view = owner.engine.journal.view(run)?;
    let word = view.conduct.after.get(usize::from(action)).map_or("after", |action| action.word());
    let links = owner.links(&owner.channels_of(&view.facts.plan)?).await?;
    let planning = launch::turn_to_plan(execution).await?;
    let planned = execution.engine().plan_after(run, action, &links).await?;
    let rows = planned.survey.rows;
    execution.printer.note(&format!(
        "{word} is done for {} of run {}",
        words::counted(rows.recipients, "accepted person", "accepted people"),
        view.facts.plan.run_name
    ));
    for (sentence, people) in &planned.survey.faults {
        let people = words::counted(*people, "person", "people");
        execution.printer.note(&format!("{word} cannot be done for {people} ({sentence})"));
    }
    let linked = execution.engine().commit(planned).await?;
    drop(planning);
    Ok(linked)
}
