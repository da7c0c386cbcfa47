//! `safety.retry_failed`: messages that were accepted and could not be delivered, for a reason that passes, are
//! sent again by linked runs, without being asked for.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::domain::{RunId, RunState};
use crate::engine::Urgency;
use crate::engine::planning::PlanError;
use crate::engine::undelivered::{self, Due};
use crate::report::moment;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::owner::Owner;
use super::{launch, runs, suppress};

/// Those whose messages fail within so long are sent to by one run, while more may come.
const GATHER: Duration = Duration::from_secs(60);

/// Between two looks at what is due, however much is heard meanwhile.
const BETWEEN: Duration = Duration::from_secs(2);

/// A run that could not be sent again is looked at again after so long.
const AFTER_FAILURE: Duration = Duration::from_secs(300);

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

/// Sends again what is due of all campaigns that opted in, for as long as a process stays up.
#[derive(Debug)]
pub struct RetryFailed {
    execution: Execution,
    /// Runs that could not be sent again, and before when they are left alone.
    refused: HashMap<RunId, Timestamp>,
}

impl RetryFailed {
    /// On behalf of this execution: its printer tells of the runs, its interrupt stops what is being sent.
    #[must_use]
    pub fn new(execution: Execution) -> Self {
        Self { execution, refused: HashMap::new() }
    }

    /// Works until `ending`, and ends with the run that is being sent then: the execution's interrupt stops
    /// that, as any run. What cannot be sent again is told of, and tried again later.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn run(mut self, ending: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::pin!(ending);
        let mut news = self.execution.owner.engine.journal.follow_news()?;
        loop {
            news.mark_unchanged();
            let wake = self.send_due().await?;
            if self.execution.interrupt.urgency() > Urgency::None {
                return Ok(());
            }
            tokio::select! {
                () = &mut ending => return Ok(()),
                () = self.rest(&mut news, wake) => {}
            }
        }
    }

    /// Until something may have become due.
    async fn rest(&self, news: &mut watch::Receiver<u64>, wake: Option<Timestamp>) {
        let clock = &self.execution.owner.engine.clock;
        clock.sleep_until(clock.tick().after(BETWEEN)).await;
        let due = async {
            match wake.map(|wake| wake.duration_since(clock.now())) {
                None => std::future::pending().await,
                Some(wait) if wait.is_negative() => {}
                Some(wait) => clock.sleep_until(clock.tick().after(wait.unsigned_abs())).await,
            }
        };
        tokio::select! {
            // The journal outlives this: waiting for its news cannot fail.
            _ = news.changed() => {}
            () = due => {}
        }
    }

    /// Sends what has been due for long enough. Gives when more may be.
    async fn send_due(&mut self) -> Result<Option<Timestamp>, Failure> {
        let mut wake: Option<Timestamp> = None;
        for view in runs::all(&self.execution.owner)? {
            // Whoever cancelled a run gave its people up.
            let is_over = !view.summary.state.is_unfinished() && view.summary.state != RunState::Cancelled;
            if view.conduct.retry_failed && is_over && view.deliveries.failed > 0 {
                let next = self.send_due_of(view.facts.plan.run).await?;
                wake = [wake, next].into_iter().flatten().min();
            }
        }
        Ok(wake)
    }

    /// The same for one run.
    async fn send_due_of(&mut self, run: RunId) -> Result<Option<Timestamp>, Failure> {
        let execution = &self.execution;
        let engine = &execution.owner.engine;
        let now = engine.clock.now();
        if let Some(refused) = self.refused.get(&run).filter(|refused| now < **refused) {
            return Ok(Some(*refused));
        }
        let due = undelivered::due(&engine.journal, run, now);
        let sent = match due.map_err(PlanError::from) {
            Ok(due) => match gathered(&due) {
                Some(gathered) if gathered <= now => follow(execution, run).await,
                gathered => return Ok([gathered, due.next].into_iter().flatten().min()),
            },
            Err(error) => Err(error.into()),
        };
        let again = match sent {
            Ok(_) => engine.clock.now(),
            Err(failure) => {
                // Somebody has to hear of it, and the other campaigns go on.
                let _exit = failure.tell(&execution.printer);
                let again = now.saturating_add(AFTER_FAILURE).unwrap_or(Timestamp::MAX);
                self.refused.insert(run, again);
                again
            }
        };
        Ok(Some(again))
    }
}

/// When those who are due share a run.
fn gathered(due: &Due) -> Option<Timestamp> {
    due.since.map(|since| since.saturating_add(GATHER).unwrap_or(Timestamp::MAX))
}
