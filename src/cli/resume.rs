//! `disparo resume`: go on with a run that was interrupted, paused or held.

use clap::Args;

use crate::domain::{Purpose, Rate};
use crate::engine::planning::{Due, due};
use crate::engine::{can_resume, occurrence};
use crate::ui::Exit;

use super::execute::Execution;
use super::failure::Failure;
use super::{after, approve, launch, news, runs, suppress};

/// What to resume.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number; the only unfinished one when left out
    run: Option<String>,
    /// Send at this rate instead of the campaign's; never above the channel's own
    #[arg(long, value_name = "RATE")]
    rate: Vec<Rate>,
    /// Whether to hear what becomes of the messages.
    #[command(flatten)]
    pub(super) listen: news::Flags,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, it has nothing to resume, or it cannot be sent.
pub async fn resume(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let views = runs::all(owner)?;
    let view = runs::find_or_only(owner, arguments.run.as_deref(), "resume", |view| {
        let (run, purpose) = (view.facts.plan.run, view.facts.plan.purpose);
        // What follows a run is gone on with through the run that it follows.
        let is_itself = view.summary.state.is_unfinished() && purpose.after().is_none();
        let is_first = !matches!(purpose, Purpose::FallbackOf(_));
        is_itself || due(&views, run) == Due::Plan || (is_first && !after::due_among(&views, run).is_empty())
    })?;
    // Whoever touches a run finds out that its validity has ended.
    let view = match owner.engine.expire(view.facts.plan.run).await? {
        true => owner.engine.journal.view(view.facts.plan.run)?,
        false => view,
    };
    let plan = &view.facts.plan;
    let is_followed = due(&views, plan.run) != Due::Nothing || !after::due_among(&views, plan.run).is_empty();
    if let Some(command) = approve::command(&view) {
        let sentence = format!(
            "run {} waits for approval: nothing of it is sent before a person gives it",
            plan.run_name
        );
        return Err(Failure::new(Exit::Held, sentence).with_hint(format!("`{command}` gives it")));
    }
    if !can_resume(&view.summary.state) && is_followed {
        // Its own sending is done; what it has left is its rejected, or what is done after it.
        suppress::import_workspace(execution).await?;
        return launch::follow(execution, plan.run, Exit::Settled).await;
    }
    if !can_resume(&view.summary.state) {
        let sentence =
            format!("run {} is {}: there is nothing to resume", plan.run_name, view.summary.state.word());
        let failure = Failure::usage(sentence);
        if view.summary.state.is_unfinished() {
            return Err(failure);
        }
        // Its process may have died between the run's end and the writing of its results.
        let roster = occurrence::attach(&owner.engine.journal, plan.run)?;
        let results = owner.write_results(&roster)?;
        return Err(failure.with_hint(format!("what came of it is in {}", results.folder.display())));
    }
    let channels = owner.channels_of(plan)?;
    suppress::import_workspace(execution).await?;
    let rates = (!arguments.rate.is_empty()).then_some(arguments.rate.as_slice());
    launch::send(execution, plan.run, &channels, rates).await
}
