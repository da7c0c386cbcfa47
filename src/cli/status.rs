//! `disparo status`: runs, their states and their tallies.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::domain::RunState;
use crate::engine::{Urgency, occurrence};
use crate::journal::{DeliveryCounts, RunView};
use crate::report::{canary_json, goes_on, overview, report_text, run_json};
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::limits::Limits;
use super::{approve, launch, runs};

/// Time between two looks of `--watch`.
const LOOK: Duration = Duration::from_secs(1);

/// What to show.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number; all runs when left out
    run: Option<String>,
    /// Show every change that a single command made too (`disparo contacts …`); without it only those that
    /// wait for something
    #[arg(long, conflicts_with = "run")]
    all: bool,
    /// Look again every second until nothing is being sent
    #[arg(long)]
    watch: bool,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, or the store cannot be read.
pub async fn status(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    loop {
        let views = look(execution, arguments)?;
        let is_sending = views.iter().any(|view| view.summary.state == RunState::Sending);
        if !arguments.watch || !is_sending || execution.printer.is_closed() {
            return Ok(Exit::Settled);
        }
        let clock = &execution.owner.engine.clock;
        tokio::select! {
            () = clock.sleep_until(clock.tick().after(LOOK)) => {}
            () = execution.interrupt.reached(Urgency::Drain) => return Ok(Exit::Settled),
            () = execution.person.closing() => {
                look(execution, arguments)?;
                return Ok(Exit::Settled);
            }
        }
    }
}

fn look(execution: &Execution, arguments: &Arguments) -> Result<Vec<RunView>, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let printer = &execution.printer;
    if let Some(wanted) = &arguments.run {
        let run = runs::find(owner, wanted)?.facts.plan.run;
        let roster = occurrence::attach(journal, run)?;
        let view = journal.view(run)?;
        let limits = Limits::of(owner, &roster)?;
        match printer.format() {
            Format::Json => {
                let mut json = limits.json(run_json(&view));
                if let (Value::Object(fields), Some(canary)) = (&mut json, journal.canary(run)?) {
                    fields.insert("canary".to_owned(), canary_json(&view, &canary));
                }
                printer.json(&json);
            }
            Format::Text => {
                let mut report = overview(journal, &roster, &owner.words(roster.plan()))?;
                report.limits = limits.sentences();
                printer.data(&report_text(&report));
                if let Some(next) = launch::next_step(&view) {
                    printer.note(&next);
                }
            }
        }
        return Ok(vec![view]);
    }
    let mut views = Vec::new();
    let mut limits = Vec::new();
    let mut hidden = 0;
    for view in runs::all(owner)? {
        // What a dead process was sending is only known from its log.
        let limits_of_run = if view.summary.state.is_unfinished() {
            Limits::of(owner, &occurrence::attach(journal, view.facts.plan.run)?)?
        } else {
            Limits::default()
        };
        let view = journal.view(view.facts.plan.run)?;
        if arguments.all || !is_done_single(&view) {
            views.push(view);
            limits.push(limits_of_run);
        } else {
            hidden += 1;
        }
    }
    match printer.format() {
        Format::Json => {
            let runs = views.iter().zip(&limits).map(|(view, limits)| limits.json(run_json(view)));
            printer.json(&runs.collect::<Vec<_>>());
        }
        Format::Text if views.is_empty() && hidden == 0 => {
            printer.note("nothing has been run in this workspace yet")
        }
        Format::Text => {
            if !views.is_empty() {
                printer.data(&table(&views, &limits));
            }
            if hidden > 0 {
                let changes = words::counted(hidden, "single change is", "single changes are");
                printer.note(&format!("{changes} not listed: --all lists them"));
            }
        }
    }
    Ok(views)
}

/// Whether it is a single command's change for which nothing is left to be done: hundreds of them must not
/// stand between a campaign and the person who looks for it.
fn is_done_single(view: &RunView) -> bool {
    let RunView { facts, summary, .. } = view;
    let waits = summary.state.is_unfinished() || summary.tally.in_doubt > 0;
    facts.plan.purpose.is_single() && !waits
}

/// The columns of every run, and those of runs of whose messages something was heard.
const COLUMNS: [(&str, usize); 5] =
    [("recipients", 10), ("accepted", 10), ("rejected", 9), ("in doubt", 9), ("pending", 9)];
const HEARD: [(&str, usize); 3] = [("delivered", 10), ("read", 9), ("failed", 9)];

fn table(views: &[RunView], limits: &[Limits]) -> String {
    let width = views.iter().map(|view| view.facts.plan.run_name.as_str().len()).max().unwrap_or(0).max(3);
    let is_heard = views.iter().any(|view| view.deliveries != DeliveryCounts::default());
    let heard = if is_heard { HEARD.as_slice() } else { &[] };
    let columns = || COLUMNS.iter().chain(heard);
    let head: String = columns().map(|(name, width)| format!("  {name:>width$}")).collect();
    let mut lines = vec![format!("{:<width$}  {:<11}{head}", "run", "state")];
    for (view, limits) in views.iter().zip(limits) {
        let tally = &view.summary.tally;
        let DeliveryCounts { delivered, read, failed, .. } = view.deliveries;
        let counts = [
            tally.recipients,
            tally.accepted,
            tally.rejected,
            tally.in_doubt,
            tally.pending,
            delivered,
            read,
            failed,
        ];
        let cells: String = columns()
            .zip(counts)
            .map(|((_, width), count)| format!("  {:>width$}", words::count(count)))
            .collect();
        let (name, state) = (view.facts.plan.run_name.as_str(), view.summary.state.word());
        lines.push(format!("{name:<width$}  {state:<11}{cells}"));
        if let Some(until) = goes_on(view) {
            lines.push(format!("{:<width$}  outside its window, goes on {until}", ""));
        }
        if let RunState::Held(reason) = &view.summary.state {
            lines.push(format!("{:<width$}  {}", "", reason.sentence));
        }
        lines.extend(approve::command(view).map(|command| format!("{:<width$}  {command}", "")));
        lines.extend(limits.sentences().iter().map(|limit| format!("{:<width$}  {limit}", "")));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_their_heads() {
        for (name, width) in COLUMNS.iter().chain(&HEARD) {
            assert!(name.len() <= *width, "{name}");
        }
    }
}
