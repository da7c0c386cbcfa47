//! `disparo retry`: a linked run over those whom a run's provider rejected, or over those whose messages it
//! accepted and could not deliver.

use clap::Args;

use crate::engine::planning::Planned;
use crate::ui::Exit;

use super::execute::Execution;
use super::failure::Failure;
use super::{launch, news, retry_failed, runs, suppress};

/// What to retry.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number
    run: String,
    /// Send again what was accepted and could not be delivered, for a reason that passes
    #[arg(long)]
    failed: bool,
    /// Do not ask before a real send
    #[arg(long, short)]
    yes: bool,
    /// Whether to hear what becomes of the messages.
    #[command(flatten)]
    pub(super) listen: news::Flags,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, nobody was rejected, or no message may be sent again yet, or the new run cannot be sent.
pub async fn retry(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let earlier = runs::find(owner, &arguments.run)?.facts.plan.clone();
    let channels = owner.channels_of(&earlier)?;
    suppress::import_workspace(execution).await?;
    let engine = execution.engine();
    let (planned, planning) = loop {
        let planning = launch::turn_to_plan(execution).await?;
        let planned = if arguments.failed {
            engine.plan_retry_failed(earlier.run, &channels).await?
        } else {
            engine.plan_retry(earlier.run, &channels).await?
        };
        let yes = arguments.yes;
        let ask = async |planned: &Planned| {
            launch::confirm(execution, planned, &planned.plan.rates, &channels, yes).await
        };
        if let Some(asked) = launch::ask_aside(execution, planning, planned, yes, ask).await? {
            break asked;
        }
    };
    let run = engine.commit(planned).await?;
    drop(planning);
    if let Some(waiting) = retry_failed::not_due_yet(owner, earlier.run)?.filter(|_| arguments.failed) {
        execution.printer.note(&waiting);
    }
    launch::send(execution, run, &channels, None).await
}
