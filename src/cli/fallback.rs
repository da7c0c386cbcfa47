//! `[fallback]`: the rejected of a run, tried over another channel by a linked run, without being asked for.

use crate::domain::{FrozenChannel, RunId};
use crate::engine::freeze;
use crate::engine::planning::{Due, carried, due};
use crate::journal::RunView;
use crate::provider;
use crate::ui::{Exit, words};

use super::campaigns::Loaded;
use super::execute::Execution;
use super::failure::Failure;
use super::launch;
use super::owner::Owner;

/// A campaign's fallback channel, as a plan freezes it, once it is known to be ready to send.
///
/// # Errors
/// When its secret cannot be read.
pub async fn frozen(owner: &Owner, loaded: &Loaded) -> Result<Option<FrozenChannel>, Failure> {
    let Some((channel, _)) = &loaded.fallback else { return Ok(None) };
    owner.links(std::slice::from_ref(channel)).await?;
    Ok(Some(freeze(channel)))
}

/// What is still to be done about a run's rejected.
///
/// # Errors
/// When the store cannot be read.
pub fn due_after(owner: &Owner, run: RunId) -> Result<Due, Failure> {
    Ok(due(&views(owner)?, run))
}

fn views(owner: &Owner) -> Result<Vec<RunView>, Failure> {
    owner.engine.journal.views().map_err(|error| Failure::new(Exit::Unexpected, error))
}

/// Sends what is due after `run`, which ended with `exit`. Gives how both ended: whom the fallback took up is
/// no longer the first run's to worry about.
///
/// # Errors
/// When the linked run cannot be planned or sent.
pub async fn follow(execution: &Execution, run: RunId, exit: Exit) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let linked = match due_after(owner, run)? {
        Due::Nothing => return Ok(exit),
        Due::Resume(linked) => linked,
        Due::Plan => plan(execution, run).await?,
    };
    let view = owner.engine.journal.view(linked)?;
    let channels = owner.channels_of(&view.facts.plan)?;
    let ended = launch::send_alone(execution, linked, &channels, None).await?;
    Ok(Exit::worst([exit_of(owner, run)?, ended]))
}

/// How a run ended, but for those whom its fallback took up.
///
/// # Errors
/// When there is no such run, or the store cannot be read.
pub fn exit_of(owner: &Owner, run: RunId) -> Result<Exit, Failure> {
    let summary = owner.engine.journal.view(run)?.summary;
    let mut left = summary.tally;
    left.rejected = left.rejected.saturating_sub(carried(&views(owner)?, run));
    Ok(Exit::of_run(&summary.state, &left))
}

async fn plan(execution: &Execution, run: RunId) -> Result<RunId, Failure> {
    let owner = execution.owner.as_ref();
    let view = owner.engine.journal.view(run)?;
    let Some(FrozenChannel { name, .. }) = view.fallback else {
        let run = &view.facts.plan.run_name;
        return Err(Failure::invalid(format!("run {run} has no fallback channel for its rejected")));
    };
    let channels = owner.channels()?;
    let channel = channels.get(&name).ok_or_else(|| {
        Failure::invalid(format!(
            "the rejected of run {} were to be tried over channel `{name}`, which {} no longer has",
            view.facts.plan.run_name,
            owner.workspace.channels_file().display()
        ))
    })?;
    let provider = provider::open(channel).map_err(Failure::invalid)?;
    let planning = launch::turn_to_plan(execution).await?;
    let planned = execution.engine().plan_fallback(run, channel, provider.as_ref()).await?;
    let rows = planned.survey.rows;
    execution.printer.note(&format!(
        "{} rejected of run {} are tried over channel {name}",
        words::counted(rows.recipients, "person", "people"),
        view.facts.plan.run_name
    ));
    for (sentence, people) in &planned.survey.faults {
        let people = words::counted(*people, "person stays", "people stay");
        execution
            .printer
            .note(&format!("{people} rejected: channel {name} cannot carry the message ({sentence})"));
    }
    let linked = execution.engine().commit(planned).await?;
    drop(planning);
    Ok(linked)
}
