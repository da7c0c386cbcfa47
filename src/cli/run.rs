//! `disparo run`: plan and send now.

use clap::Args;

use crate::domain::{Plan, Rate, RunId};
use crate::engine::occurrence::Wanted;
use crate::engine::planning::Planned;
use crate::ui::{Exit, words};

use super::campaigns::{self, Loaded};
use super::execute::Execution;
use super::failure::Failure;
use super::{approve, daemon, launch, news, prepare, suppress};

/// What to run.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Definitions, by path or by campaign name
    #[arg(required_unless_present = "scheduled", value_name = "CAMPAIGN")]
    pub(super) campaigns: Vec<String>,
    /// Launch what schedules want now and go on with what was being sent, then end: for the system's cron
    ///
    /// Names no campaign and asks nothing. Says nothing unless something is wrong; 0 when nothing was due. May be
    /// started while another one, or `disparo serve`, is at it: nothing is launched twice.
    #[arg(long, conflicts_with_all = ["campaigns", "test", "again", "rate", "listen"])]
    pub(super) scheduled: bool,
    /// Send row 1 to the people of `safety.test_to` alone
    #[arg(long, conflicts_with = "again")]
    test: bool,
    /// Send to everybody once more, those reached before included
    #[arg(long)]
    again: bool,
    /// Do not ask before a real send
    #[arg(long, short)]
    yes: bool,
    /// Send at this rate instead of the campaign's; never above the channel's own
    #[arg(long, value_name = "RATE")]
    rate: Vec<Rate>,
    /// Whether to hear what becomes of the messages.
    #[command(flatten)]
    pub(super) listen: news::Flags,
}

/// Carries the command out: everything is validated before anything is sent.
///
/// # Errors
/// When a definition is wrong, a plan is refused, or a run cannot be sent.
pub async fn run(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.scheduled {
        return daemon::scheduled(execution).await;
    }
    let owner = execution.owner.as_ref();
    let channels = owner.channels()?;
    let mut loaded = Vec::with_capacity(arguments.campaigns.len());
    for wanted in &arguments.campaigns {
        let file = campaigns::find(&owner.workspace, &execution.cwd, wanted)?;
        loaded.push(campaigns::load(owner, &channels, &file)?);
    }
    // A secret that is missing is found before the first of several campaigns goes out.
    for loaded in &loaded {
        owner.links(&loaded.channels).await?;
    }
    suppress::import_workspace(execution).await?;
    let mut exit = Exit::Settled;
    for loaded in &loaded {
        // One that is refused does not block the rest.
        let ended = match run_one(execution, arguments, loaded).await {
            Ok(ended) => ended,
            Err(failure) => failure.tell(&execution.printer),
        };
        exit = Exit::worst([exit, ended]);
        if ended == Exit::Interrupted {
            break;
        }
    }
    Ok(exit)
}

async fn run_one(execution: &Execution, arguments: &Arguments, loaded: &Loaded) -> Result<Exit, Failure> {
    let run = loop {
        if let Some(run) = plan_and_commit(execution, arguments, loaded).await? {
            break run;
        }
    };
    if let Some(exit) = approve::tell_waiting(execution, run)? {
        return Ok(exit);
    }
    let rates = (!arguments.rate.is_empty()).then_some(arguments.rate.as_slice());
    launch::send(execution, run, &loaded.channels, rates).await
}

/// `None` where another run was planned while a person thought about this one.
async fn plan_and_commit(
    execution: &Execution,
    arguments: &Arguments,
    loaded: &Loaded,
) -> Result<Option<RunId>, Failure> {
    let planning = launch::turn_to_plan(execution).await?;
    let planned = plan(execution, arguments, loaded).await?;
    tell_plan(execution, &planned);
    let rates = rates_of(arguments, &planned.plan);
    // What waits for approval is asked about when that is given.
    let yes = arguments.yes || planned.timing.approval;
    let ask =
        async |planned: &Planned| launch::confirm(execution, planned, &rates, &loaded.channels, yes).await;
    let Some((planned, planning)) = launch::ask_aside(execution, planning, planned, yes, ask).await? else {
        return Ok(None);
    };
    let run = execution.engine().commit(planned).await?;
    drop(planning);
    Ok(Some(run))
}

fn rates_of(arguments: &Arguments, plan: &Plan) -> Vec<Rate> {
    if arguments.rate.is_empty() { plan.rates.clone() } else { arguments.rate.clone() }
}

async fn plan(execution: &Execution, arguments: &Arguments, loaded: &Loaded) -> Result<Planned, Failure> {
    if arguments.test {
        let providers = loaded.providers();
        let source = loaded.source(&providers);
        let prepared = prepare::prepare_telling(execution, loaded, &source).await?;
        return Ok(execution.engine().plan_test(&source, &prepared).await?);
    }
    let wanted = if arguments.again || loaded.is_sandbox() { Wanted::Another } else { Wanted::Same };
    prepare::plan(execution, loaded, wanted).await
}

fn tell_plan(execution: &Execution, planned: &Planned) {
    let rows = &planned.survey.rows;
    if let Some(rejects) = &planned.rejects {
        execution.printer.note(&format!(
            "{} of {} rows cannot be sent; they are in {} with the reasons",
            words::count(rows.invalid),
            words::count(rows.rows),
            rejects.display()
        ));
    }
}
