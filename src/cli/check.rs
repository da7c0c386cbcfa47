//! `disparo check`: validate everything, send nothing.

use clap::Args;
use serde_json::json;

use crate::domain::due::firings;
use crate::domain::{Action, Address, Content, ContentSpec, RowCounts};
use crate::engine::occurrence::Wanted;
use crate::engine::planning::{Checked, Survey};
use crate::ui::Exit;
use crate::ui::printer::Format;
use crate::ui::words;

use super::campaigns::{self, Loaded};
use super::content_words;
use super::execute::Execution;
use super::failure::Failure;
use super::flight::{self, Cost, FlightPlan, Terms};
use super::prepare::prepare;

/// What to check.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Definitions, by path or by campaign name; all of the workspace when left out
    #[arg(value_name = "CAMPAIGN")]
    pub(super) campaigns: Vec<String>,
}

/// Carries the command out. Each definition is looked at, however many of them are wrong.
///
/// # Errors
/// When the workspace itself is wrong.
pub async fn check(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let channels = owner.channels()?;
    super::suppress::import_workspace(execution).await?;
    let mut files = Vec::new();
    for wanted in &arguments.campaigns {
        files.push(campaigns::find(&owner.workspace, &execution.cwd, wanted)?);
    }
    if arguments.campaigns.is_empty() {
        files = campaigns::all(&owner.workspace)?;
    }
    if files.is_empty() {
        let sentence = format!("there is no definition in {}", owner.workspace.root().display());
        return Err(
            Failure::invalid(sentence).with_hint("`disparo init DIR` makes a workspace with examples")
        );
    }
    let mut exit = Exit::Settled;
    for file in &files {
        let loaded = campaigns::load(owner, &channels, file);
        let checked = match loaded {
            Ok(loaded) => check_one(execution, &loaded).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = checked {
            exit = Exit::worst([exit, failure.tell(&execution.printer)]);
        }
    }
    Ok(exit)
}

async fn check_one(execution: &Execution, loaded: &Loaded) -> Result<(), Failure> {
    let owner = execution.owner.as_ref();
    let providers = loaded.providers();
    let source = loaded.source(&providers);
    let prepared = prepare(execution, loaded, &source).await?;
    let wanted = if loaded.is_sandbox() { Wanted::Another } else { Wanted::Same };
    let checked = owner.engine.check(&source, &prepared, wanted)?;
    let survey = &checked.survey;
    let engine = &owner.engine;
    let now = engine.clock.now();
    let start = firings(&loaded.campaign.schedule, now, 1).first().copied().unwrap_or(now);
    let plan =
        FlightPlan::new(&Terms::of(&loaded.campaign), survey, &loaded.channels, &engine.journal, start);
    let prices = &owner.workspace.preferences().prices;
    let cost = Cost::of(prices, survey, &loaded.channels);
    let mut notes = notes(loaded, &prepared.notes, survey);
    let channels = owner.channels()?;
    let unknown = prices.channels().filter(|name| channels.get(name).is_none());
    notes.extend(
        unknown.map(|name| format!("workspace.toml has a price for the channel {name}, which there is not")),
    );
    match execution.printer.format() {
        Format::Json => execution.printer.json(&json!({
            "campaign": loaded.campaign.name,
            "file": loaded.campaign.file,
            "rows": survey.rows,
            "ignored": survey.ignored,
            "notes": notes,
            "already": survey.already,
            "suppressed": survey.suppressed,
            "capped": survey.capped,
            "to_send": survey.all_to_send(),
            "calls": plan.all_calls(),
            "channels": of_channels(loaded, survey)
                .zip(&plan.calls)
                .map(|((name, to_send), calls)| json!({ "channel": name, "to_send": to_send, "calls": calls }))
                .collect::<Vec<_>>(),
            "invalid": survey.samples.iter()
                .map(|sample| json!({
                    "row": sample.row,
                    "column": sample.fault.column,
                    "reason": sample.fault.sentence,
                }))
                .collect::<Vec<_>>(),
            "seconds": plan.course.duration().map(|duration| duration.as_secs_f64().ceil()),
            "flight": flight::json(&plan, &loaded.campaign.schedule, &loaded.channels),
            "cost": cost.as_ref().map(|cost| cost.json(&loaded.channels)),
            "canary": loaded.campaign.conduct.canary.map(|canary| json!({
                "size": canary.size,
                "wait_seconds": canary.wait.as_secs(),
                "stop_above": canary.stop_above,
            })),
            "after": loaded.campaign.conduct.after.iter().map(after_words).collect::<Vec<_>>(),
            "unfinished": checked.unfinished.as_ref().map(|unfinished| unfinished.run.as_str()),
        })),
        Format::Text => execution.printer.data(&text(loaded, &checked, &notes, &plan, cost.as_ref())),
    }
    checked.refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}

fn of_channels<'a>(loaded: &'a Loaded, survey: &'a Survey) -> impl Iterator<Item = (&'a str, u64)> {
    let names = loaded.campaign.channels.iter().map(|channel| channel.name.as_str());
    names.zip(survey.to_send.iter().copied())
}

/// What a person should know beside the counts.
fn notes(loaded: &Loaded, prepared: &[String], survey: &Survey) -> Vec<String> {
    let mut notes = prepared.to_vec();
    if survey.ignored > 0 {
        let people = words::counted(survey.ignored, "contact is", "contacts are");
        notes.push(format!("{people} filtered because the account leaves them alone"));
    }
    if let (Some(cap), 1..) = (loaded.campaign.conduct.frequency_cap, survey.capped) {
        let people = words::counted(survey.capped, "recipient has", "recipients have");
        notes.push(format!("{people} had as many messages as the frequency cap allows, {cap}"));
    }
    if let (Some((count, first)), Some((channel, _))) = (&survey.stranded, &loaded.fallback) {
        notes.push(format!(
            "{} could not be taken up by the fallback, {}: row {}, {}: {}",
            words::counted(*count, "recipient", "recipients"),
            channel.name,
            first.row,
            first.fault.column,
            first.fault.sentence
        ));
    }
    notes
}

/// What is done afterwards, as a definition of its own would say it.
fn after_words(action: &Action) -> String {
    // Of these actions none says whom it concerns.
    content_words::text(&Address::Named("".into()), &Content::Action(action.clone()))
}

fn text(
    loaded: &Loaded,
    checked: &Checked,
    notes: &[String],
    plan: &FlightPlan,
    cost: Option<&Cost>,
) -> String {
    let survey = &checked.survey;
    let RowCounts { rows, filtered, duplicate, invalid, recipients } = survey.rows;
    let mut lines = vec![format!("{} ({})", loaded.campaign.name, loaded.campaign.file.display())];
    let mut count = |name: &str, number: u64| lines.push(format!("  {name:<14}{:>12}", words::count(number)));
    count("rows", rows);
    count("filtered", filtered);
    count("duplicate", duplicate);
    count("invalid", invalid);
    count("recipients", recipients);
    count("already", survey.already);
    count("suppressed", survey.suppressed);
    if loaded.campaign.conduct.frequency_cap.is_some() {
        count("capped", survey.capped);
    }
    count("to send", survey.all_to_send());
    count("calls", plan.all_calls());
    if loaded.channels.len() > 1 {
        for ((name, to_send), calls) in of_channels(loaded, survey).zip(&plan.calls) {
            let calls = words::counted(*calls, "call", "calls");
            lines.push(format!("  over {name:<9}{:>12} in {calls}", words::count(to_send)));
        }
    }
    if let ContentSpec::Action(spec) = &loaded.campaign.content {
        lines.push(format!("  action        {}", spec.action.word()));
    }
    if let Some(canary) = &loaded.campaign.conduct.canary {
        let (size, wait) = (words::count(canary.size.get().into()), words::duration(canary.wait));
        let share = canary.stop_above;
        lines.push(format!(
            "  canary        the first {size}; after {wait} the others, unless more than {share} failed"
        ));
    }
    for action in &loaded.campaign.conduct.after {
        lines.push(format!("  after         {}", after_words(action)));
    }
    if let Some((shortest, longest)) = survey.text {
        lines.push(format!("  text          {shortest} to {longest} characters"));
    }
    lines.extend(flight::lines(plan, &loaded.campaign, &loaded.channels, cost));
    lines.extend(notes.iter().map(|note| format!("  note          {note}")));
    if !survey.samples.is_empty() {
        lines.push("  rows that cannot be sent".to_owned());
        for sample in &survey.samples {
            let fault = &sample.fault;
            lines.push(format!("    row {}, {}: {}", sample.row, fault.column, fault.sentence));
        }
        let shown = survey.samples.len() as u64;
        if invalid > shown {
            lines.push(format!("    and {} more", words::count(invalid - shown)));
        }
    }
    if let Some(unfinished) = &checked.unfinished {
        lines.push(format!(
            "  run {} of this campaign is {}: resume or cancel it before another one",
            unfinished.run, unfinished.state
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}
