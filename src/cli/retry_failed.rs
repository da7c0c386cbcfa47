//! `safety.retry_failed`: messages that were accepted and could not be delivered, for a reason that passes, are
//! sent again by linked runs, without being asked for.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::RunId;
use crate::engine::planning::PlanError;
use crate::engine::undelivered::{self, Due};
use crate::report::moment;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::owner::Owner;
use super::{launch, suppress};

/// How many of a run's messages may be sent again.
///
/// # Errors
/// When the store cannot be read.
pub fn due(owner: &Owner, run: RunId) -> Result<Due, Failure> {
    let engine = &owner.engine;
    Ok(undelivered::due(&engine.journal, run, engine.clock.now()).map_err(PlanError::from)?)
}

/// What a report adds about messages that may be sent again; nothing where there are none.
///
/// # Errors
/// When the store cannot be read.
pub fn text(owner: &Owner, run: RunId) -> Result<Option<String>, Failure> {
    let Due { now, later, next, .. } = due(owner, run)?;
    let mut sentences = Vec::new();
    if now > 0 {
        let messages = words::counted(now, "message that failed", "messages that failed");
        sentences.push(format!("{messages} may be sent again: `disparo retry {run} --failed`"));
    }
    sentences.extend(later_text(later, next));
    Ok((!sentences.is_empty()).then(|| sentences.join("\n")))
}

fn later_text(later: u64, next: Option<Timestamp>) -> Option<String> {
    let next = next?;
    let messages = words::counted(later, "message that failed", "messages that failed");
    Some(format!("{messages} may be sent again later, the first at {}", moment(next)))
}

/// The same for JSON: `{"now", "later", "next"}`.
///
/// # Errors
/// When the store cannot be read.
pub fn as_json(owner: &Owner, run: RunId) -> Result<Value, Failure> {
    let Due { now, later, next, .. } = due(owner, run)?;
    Ok(json!({ "now": now, "later": later, "next": next }))
}

/// Whose time has not come yet, in a sentence.
///
/// # Errors
/// When the store cannot be read.
pub fn not_due_yet(owner: &Owner, run: RunId) -> Result<Option<String>, Failure> {
    let Due { later, next, .. } = due(owner, run)?;
    Ok(later_text(later, next))
}

/// When the first message of these runs may be sent again whose time has not come, where its campaign opted in.
///
/// # Errors
/// When the store cannot be read.
pub fn next(owner: &Owner, runs: &[RunId]) -> Result<Option<Timestamp>, Failure> {
    let mut first: Option<Timestamp> = None;
    for run in runs {
        if owner.engine.journal.view(*run)?.conduct.retry_failed {
            first = [first, due(owner, *run)?.next].into_iter().flatten().min();
        }
    }
    Ok(first)
}

/// Sends again what is due of a run whose campaign opted in. Gives the linked run, whose messages may fail in
/// turn, and how it ended; nothing where nothing is due.
///
/// # Errors
/// When the linked run cannot be planned or sent.
pub async fn follow(execution: &Execution, run: RunId) -> Result<Option<(RunId, Exit)>, Failure> {
    let owner = execution.owner.as_ref();
    let opted_in = owner.engine.journal.view(run)?.conduct.retry_failed;
    if !opted_in || due(owner, run)?.now == 0 {
        return Ok(None);
    }
    let linked = plan(execution, run).await?;
    let exit = send(execution, linked).await?;
    Ok(Some((linked, exit)))
}

/// Plans the run that sends again what is due of another.
async fn plan(execution: &Execution, run: RunId) -> Result<RunId, Failure> {
    let owner = execution.owner.as_ref();
    let view = owner.engine.journal.view(run)?;
    let channels = owner.channels_of(&view.facts.plan)?;
    suppress::import_workspace(execution).await?;
    let planning = launch::turn_to_plan(execution).await?;
    let planned = execution.engine().plan_retry_failed(run, &channels).await?;
    let messages = words::counted(planned.survey.rows.recipients, "message", "messages");
    execution.printer.note(&format!(
        "{messages} of run {} that could not be delivered, for a reason that passes, are sent again",
        view.facts.plan.run_name
    ));
    let linked = execution.engine().commit(planned).await?;
    drop(planning);
    Ok(linked)
}

async fn send(execution: &Execution, run: RunId) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let channels = owner.channels_of(&owner.engine.journal.view(run)?.facts.plan)?;
    launch::send_alone(execution, run, &channels, None).await
}
