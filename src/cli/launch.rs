//! Sending a run that is in the journal: what `run`, `resume` and `retry` share.

use std::panic;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinSet;

use crate::domain::{Channel, Purpose, Rate, RunId, RunState, Waiting};
use crate::engine::planning::{PlanError, Planned};
use crate::engine::{Engine, EngineError, Link, Patience, Urgency, occurrence};
use crate::journal::{DeliveryCounts, RunView};
use crate::report::{self, RunReport};
use crate::ui::confirm::{self, Question};
use crate::ui::printer::Format;
use crate::ui::{Exit, Printer, Progress, words};

use super::after;
use super::approve;
use super::execute::Execution;
use super::failure::Failure;
use super::fallback;
use super::flight::{self, Cost, FlightPlan, Terms};
use super::late::Known;
use super::owner::Owner;
use super::telling::{self, Telling};
use super::underway::Claim;
use super::{provider, reconcile, retry_failed, runs};

/// Sends a run and tells how it ended; then what is due after it.
///
/// # Errors
/// When it cannot be sent at all, or the journal, the roster or the results cannot be written.
pub async fn send(
    execution: &Execution,
    run: RunId,
    channels: &[Channel],
    rates: Option<&[Rate]>,
) -> Result<Exit, Failure> {
    let exit = send_alone(execution, run, channels, rates).await?;
    follow(execution, run, exit).await
}

/// Does what is due after `run`, which ended with `exit`: its rejected first, then what is done for everybody who
/// was accepted. Gives how all of it ended.
///
/// # Errors
/// When a linked run cannot be planned or sent.
pub async fn follow(execution: &Execution, run: RunId, exit: Exit) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let wait = "what follows another run of this workspace is being done; what follows this one is next";
    let Some(_following) = turn(execution, &owner.following, wait).await else {
        return Ok(Exit::Interrupted);
    };
    let before = owner.engine.journal.view(run)?;
    let exit = fallback::follow(execution, run, exit).await?;
    // Its rejected as they were before the fallback took them up, the accepted of that as they are now.
    let is_fallback = |view: &RunView| view.facts.plan.purpose == Purpose::FallbackOf(run);
    let mut followed: Vec<_> = runs::all(owner)?.into_iter().filter(is_fallback).collect();
    followed.push(before);
    followed.retain(|view| !view.summary.state.is_unfinished());
    let exit = after::follow(execution, run, exit).await?;
    if execution.interrupt.urgency() == Urgency::None {
        owner.followed.remember(followed.iter().map(|view| (view.facts.plan.run, Known::of(view))));
    }
    Ok(exit)
}

/// Sends a run and tells how it ended.
///
/// # Errors
/// When it cannot be sent at all, or the journal, the roster or the results cannot be written.
pub async fn send_alone(
    execution: &Execution,
    run: RunId,
    channels: &[Channel],
    rates: Option<&[Rate]>,
) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let claim = loop {
        if let Some(claim) = owner.underway.claim(run) {
            break claim;
        }
        let view = owner.engine.journal.view(run)?;
        let name = &view.facts.plan.run_name;
        match view.summary.state {
            RunState::Sending => {
                return Err(Failure::usage(format!("run {name} is being sent already")));
            }
            RunState::Waiting(Waiting::Window { .. }) => {
                return Err(Failure::usage(format!(
                    "run {name} waits for its window already, and is sent then"
                )));
            }
            _ => {}
        }
        execution.printer.note("this run's calls under way are waited for; then it goes on");
        tokio::select! {
            () = owner.underway.given_back(run) => {}
            () = execution.interrupt.reached(Urgency::Drain) => return telling::tell(execution, &view),
        }
    };
    send_claimed(execution, claim, channels, rates).await
}

/// As [`send_alone`], of a run that was taken before.
///
/// # Errors
/// As there.
pub async fn send_claimed(
    execution: &Execution,
    claim: Claim,
    channels: &[Channel],
    rates: Option<&[Rate]>,
) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let printer = &execution.printer;
    let run = claim.run();
    let links = owner.links(channels).await?;
    // One call needs no progress.
    let is_one = owner.engine.journal.view(run)?.facts.plan.rows.recipients == 1;
    let is_shown = !is_one && execution.telling == Telling::Report;
    let progress = is_shown
        .then(|| Progress::start(printer, owner.engine.clock.clone(), owner.engine.events.listen(), run));
    let patience = match execution.telling {
        // Cron comes again.
        Telling::Trouble => Patience::Leave,
        Telling::Report | Telling::Line => Patience::Stay,
    };
    if let Some(rates) = rates {
        claim.give(rates);
    }
    let sent =
        send_on_worker(execution.engine(), run, links.clone(), rates.map(<[Rate]>::to_vec), patience).await;
    if let Some(progress) = progress {
        progress.finish().await;
    }
    let view = reconcile::settle(execution, sent?, &links).await?;
    match &execution.news {
        Some(news) => {
            news.expect_of(run);
            Ok(Exit::of_run(&view.summary.state, &view.summary.tally))
        }
        None => telling::tell(execution, &view),
    }
}

/// Sends on one of the runtime's own threads: between them calls are handed on without the kernel, which has to wake
/// any other thread for each. Dropped, it sends no more.
async fn send_on_worker(
    engine: Engine,
    run: RunId,
    links: Vec<Arc<Link>>,
    rates: Option<Vec<Rate>>,
    patience: Patience,
) -> Result<RunView, EngineError> {
    let mut sending = JoinSet::new();
    sending.spawn(async move { engine.send(run, &links, rates.as_deref(), patience).await });
    match sending.join_next().await {
        Some(Ok(sent)) => sent,
        Some(Err(error)) => panic::resume_unwind(error.into_panic()),
        None => unreachable!("one was spawned"),
    }
}

/// Asks about a plan, unless `yes` already says so, and keeps nobody else from planning meanwhile: schedules and what
/// is dropped do not wait until somebody is back at the keyboard. `None` where another run was planned in that time:
/// this plan does not know of it, and is forgotten.
///
/// # Errors
/// Those of `ask`; when Ctrl-C comes first. The plan is forgotten then.
pub async fn ask_aside<'a>(
    execution: &'a Execution,
    planning: MutexGuard<'a, ()>,
    planned: Planned,
    yes: bool,
    ask: impl AsyncFnOnce(&Planned) -> Result<(), Failure>,
) -> Result<Option<(Planned, MutexGuard<'a, ()>)>, Failure> {
    let engine = execution.engine();
    let runs = engine.journal.views()?.len();
    let kept = if yes {
        Some(planning)
    } else {
        drop(planning);
        None
    };
    let asked = match (ask(&planned).await, kept) {
        (Ok(()), Some(planning)) => Ok(planning),
        (Ok(()), None) => turn_to_plan(execution).await,
        (Err(refusal), _) => Err(refusal),
    };
    match asked {
        Ok(planning) if engine.journal.views()?.len() == runs => Ok(Some((planned, planning))),
        Ok(_) => {
            engine.discard(planned)?;
            execution.printer.note("another run was planned meanwhile; this one is planned once more");
            Ok(None)
        }
        Err(refusal) => {
            engine.discard(planned)?;
            Err(refusal)
        }
    }
}

/// Waits until this is planned in the place of other commands' plans; keep what it gives until the journal
/// knows the run.
///
/// # Errors
/// When Ctrl-C comes first.
pub async fn turn_to_plan(execution: &Execution) -> Result<MutexGuard<'_, ()>, Failure> {
    let wait = "another run of this workspace is being planned; this one is next";
    let turn = turn(execution, &execution.owner.planning, wait).await;
    turn.ok_or_else(|| PlanError::Interrupted.into())
}

/// Waits for one's turn, and says so when it is not at once; `None` when Ctrl-C comes first.
async fn turn<'a>(execution: &Execution, turns: &'a Mutex<()>, wait: &str) -> Option<MutexGuard<'a, ()>> {
    if let Ok(turn) = turns.try_lock() {
        return Some(turn);
    }
    execution.printer.note(wait);
    tokio::select! {
        turn = turns.lock() => Some(turn),
        () = execution.interrupt.reached(Urgency::Drain) => None,
    }
}

/// Writes a run's results and tells how it stands, the results written or not.
///
/// # Errors
/// When the results cannot be written.
pub fn tell_end(owner: &Owner, printer: &Printer, view: &RunView) -> Result<Exit, Failure> {
    let plan = &view.facts.plan;
    if plan.purpose.is_single() {
        return provider::tell(owner, printer, view);
    }
    let roster = occurrence::attach(&owner.engine.journal, plan.run)?;
    let results = owner.write_results(&roster);
    let exit = Exit::of_run(&view.summary.state, &view.summary.tally);
    match printer.format() {
        Format::Json => {
            let mut json = report::run_json(view);
            if let Value::Object(fields) = &mut json {
                let folder = results.as_ref().ok().map(|results| &results.folder);
                fields.insert("results".to_owned(), json!(folder));
            }
            printer.json(&json);
        }
        Format::Text => {
            // What is heard comes after the last call, unless somebody listened meanwhile.
            let read =
                if view.deliveries == DeliveryCounts::default() { report::overview } else { report::report };
            let report: RunReport = read(&owner.engine.journal, &roster, &owner.words(roster.plan()))?;
            printer.data(&report::report_text(&report));
            if let Ok(results) = &results {
                printer.note(&format!("\nresults are in {}", results.folder.display()));
            }
            if let Some(again) = retry_failed::text(owner, plan.run)? {
                printer.note(&again);
            }
            if let Some(next) = next_step(view) {
                printer.note(&next);
            }
        }
    }
    if let Err(error) = results {
        let hint = format!(
            "the run is as told here, and nothing of it is lost: `disparo report {} --format csv -o FILE` writes its results elsewhere",
            plan.run_name
        );
        return Err(error.with_hint(hint));
    }
    Ok(exit)
}

/// What a person can do about a run that has not simply ended well, and is not being sent.
#[must_use]
pub fn next_step(view: &RunView) -> Option<String> {
    if view.summary.state == RunState::Sending {
        return None;
    }
    let run = &view.facts.plan.run_name;
    let tally = &view.summary.tally;
    if let Some(command) = approve::command(view) {
        return Some(format!(
            "nothing is sent before a person approves it: `{command}`; `disparo cancel {run}` gives it up"
        ));
    }
    if let Some(until) = report::goes_on(view) {
        return Some(format!(
            "it goes on {until} while `disparo serve` runs; `disparo resume {run}` waits for that too, `disparo cancel {run}` gives it up"
        ));
    }
    if view.summary.state.is_unfinished() {
        return Some(format!("`disparo resume {run}` goes on, `disparo cancel {run}` gives it up"));
    }
    if tally.in_doubt > 0 {
        return Some(format!(
            "nobody knows whether {} reached; `disparo doubt list {run}` names them, `disparo doubt` settles it",
            words::counted(tally.in_doubt, "recipient was", "recipients were")
        ));
    }
    if tally.expired > 0 {
        return Some(format!(
            "{} not sent to: the campaign was worth sending until then (schedule.valid_until)",
            words::counted(tally.expired, "recipient was", "recipients were")
        ));
    }
    (tally.rejected > 0).then(|| format!("`disparo retry {run}` sends again to the rejected"))
}

/// Asks before a real send, unless `yes` or every channel is the simulator.
///
/// # Errors
/// When nobody is there to be asked, or the answer is no.
pub async fn confirm(
    execution: &Execution,
    planned: &Planned,
    rates: &[Rate],
    channels: &[Channel],
    yes: bool,
) -> Result<(), Failure> {
    let survey = &planned.survey;
    let to_send = survey.all_to_send();
    if to_send == 0 || channels.iter().all(|channel| channel.sandbox) {
        return Ok(());
    }
    let owner = execution.owner.as_ref();
    let zone = owner.workspace.zone();
    let terms = Terms::of_planned(planned, rates, &zone);
    let engine = &owner.engine;
    let course = FlightPlan::new(&terms, survey, channels, &engine.journal, engine.clock.now()).course;
    let cost = Cost::of(&owner.workspace.preferences().prices, survey, channels);
    let all_rates = channels.iter().flat_map(|channel| &channel.rates).chain(rates);
    let question = Question {
        campaign: planned.plan.campaign.clone(),
        recipients: to_send,
        channels: channels.iter().map(|channel| (channel.name.clone(), sender_of(channel))).collect(),
        rates: all_rates.map(ToString::to_string).collect(),
        duration: course.duration(),
        left_out: flight::left_out(&course, &terms),
        cost: cost.map(|cost| cost.words()),
    };
    // Ctrl-C is heard while the question stands, and is no yes.
    let ask = async |text| {
        tokio::select! {
            answer = execution.person.ask(&execution.printer, text) => answer,
            () = execution.interrupt.reached(Urgency::Drain) => Some(String::new()),
        }
    };
    match confirm::confirm(&question, yes, ask).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::usage("nothing was sent: the answer was no")),
        Err(error) => Err(Failure::usage(error)),
    }
}

fn sender_of(channel: &Channel) -> Option<String> {
    ["from", "number"].iter().find_map(|key| channel.values.get(key).cloned())
}
