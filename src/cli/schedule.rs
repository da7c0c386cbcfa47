//! `disparo schedule`: when campaigns are sent next.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::domain::{Launch, ScheduleMark, Start, Zone};
use crate::journal::RunView;
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::campaigns::{self, Loaded};
use super::execute::Execution;
use super::failure::Failure;
use super::runs;
use super::schedule_text::{self, Planned, Standing};

/// What to show.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Definitions, by path or by campaign name; all of the workspace when left out
    #[arg(value_name = "CAMPAIGN")]
    pub(super) campaigns: Vec<String>,
    /// How many firings of each campaign that comes again
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
    /// Firings after this moment instead of from now on: 2027-03-14T00:00 in the workspace's time zone, or with an
    /// offset
    #[arg(long, value_name = "MOMENT")]
    from: Option<String>,
}

/// Carries the command out. Each definition is looked at, however many of them are wrong.
///
/// # Errors
/// When the workspace itself is wrong, or there is no such moment.
pub async fn schedule(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let channels = owner.channels()?;
    let local = owner.workspace.zone();
    let now = owner.engine.clock.now();
    let from = arguments.from.as_deref().map(|from| moment(from, &local)).transpose()?;
    let files = files(execution, arguments)?;
    let views = runs::all(owner)?;
    let marks = owner.engine.journal.schedule_marks()?;
    let mut exit = Exit::Settled;
    let mut planned = Vec::new();
    let mut drafts = Vec::new();
    for file in files {
        match campaigns::load(owner, &channels, &file) {
            Ok(Loaded { campaign, .. }) if campaign.schedule.start == Start::Launched => {
                drafts.push(campaign)
            }
            Ok(Loaded { campaign, .. }) => {
                // A schedule that nobody has kept yet is seen now.
                let unseen = ScheduleMark { seen: now, handled: None };
                let mark = marks.get(&campaign.name).copied().unwrap_or(unseen);
                let standing = Standing::of(&campaign.schedule, &mark, now);
                let last_run = last_run(&views, &campaign.name);
                let (after, count) = (from.unwrap_or(now), usize::from(arguments.count));
                planned.push(Planned::new(campaign, standing, last_run, after, count));
            }
            Err(failure) => exit = Exit::worst([exit, failure.tell(&execution.printer)]),
        }
    }
    planned.sort_by_key(Planned::order);
    let printer = &execution.printer;
    match printer.format() {
        Format::Json => printer.json(&schedule_text::json(&planned, &drafts, &local, now)),
        Format::Text => {
            if !planned.is_empty() {
                printer.data(&schedule_text::text(&planned, &local, now));
            }
            if let Some(sentence) = schedule_text::drafts(&drafts) {
                printer.note(&sentence);
            }
        }
    }
    Ok(exit)
}

fn files(execution: &Execution, arguments: &Arguments) -> Result<Vec<PathBuf>, Failure> {
    let workspace = &execution.owner.workspace;
    if arguments.campaigns.is_empty() {
        return campaigns::all(workspace);
    }
    let wanted = arguments.campaigns.iter();
    wanted.map(|wanted| campaigns::find(workspace, &execution.cwd, wanted)).collect()
}

/// The name of the newest run that a campaign's schedule has launched.
fn last_run(views: &[RunView], campaign: &str) -> Option<String> {
    let of_campaign = |view: &&RunView| view.facts.plan.campaign == campaign;
    let fired = views.iter().filter(of_campaign).filter_map(|view| match view.launch {
        Launch::Fired { at } => Some((at, &view.facts.plan.run_name)),
        Launch::Hand | Launch::Dropped(_) => None,
    });
    fired.max_by_key(|(at, _)| *at).map(|(_, name)| name.to_string())
}

/// A moment as a person writes it: with an offset, or as the clocks of `zone` show it.
fn moment(text: &str, zone: &Zone) -> Result<Timestamp, Failure> {
    let given = text.trim();
    let civil = || {
        let civil: DateTime = given.parse().ok()?;
        // Of a time that clocks leave out or show twice the first moment does: what follows is listed.
        zone.moment(civil).ok()?.checked_sub(Duration::from_nanos(1)).ok()
    };
    given.parse().ok().or_else(civil).ok_or_else(|| {
        Failure::usage(format!("--from {text} is no moment"))
            .with_hint("write a date, or a date and a time: 2027-03-14T02:00, or 2027-03-14T02:00:00-05:00")
    })
}
