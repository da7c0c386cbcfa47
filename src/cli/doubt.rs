//! `disparo doubt`: show and settle what is in doubt.

use std::collections::HashMap;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::audience;
use crate::domain::{Address, Country, PersonKey, RecipientNumber, RunState};
use crate::engine::occurrence;
use crate::journal::{RunView, SettledBy, Settlement};
use crate::report::{doubt_lines, moment, run_json};
use crate::roster::Roster;
use crate::ui::printer::Format;
use crate::ui::{Exit, confirm, words};

use super::execute::Execution;
use super::failure::Failure;
use super::runs;

/// What to do about doubt.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

impl Arguments {
    /// Whether nothing is settled.
    pub(super) fn only_lists(&self) -> bool {
        matches!(self.action, Action::List { .. })
    }
}

/// What can be done about doubt.
#[derive(Debug, Subcommand)]
enum Action {
    /// List everyone of whom nobody knows whether they were messaged
    List {
        /// The run, by name or number; all runs when left out
        run: Option<String>,
    },
    /// Say what evidence shows
    #[command(group = clap::ArgGroup::new("evidence").required(true))]
    Confirm {
        /// The messages exist
        #[arg(long, group = "evidence")]
        sent: bool,
        /// The messages do not exist: the people are pending again
        #[arg(long, group = "evidence")]
        not_sent: bool,
        /// Of whom.
        #[command(flatten)]
        whom: Whom,
    },
    /// Count them as sent, marked as assumed
    AssumeSent {
        /// Of whom.
        #[command(flatten)]
        whom: Whom,
    },
    /// Send again, possibly twice
    Resend {
        /// Of whom.
        #[command(flatten)]
        whom: Whom,
        /// Do not ask first
        #[arg(long, short)]
        yes: bool,
    },
}

/// Whose doubt is meant.
#[derive(Debug, Args)]
struct Whom {
    /// The run, by name or number
    run: String,
    /// Only these numbers; everyone in doubt when left out
    #[arg(value_name = "PHONE")]
    phones: Vec<String>,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, or somebody named is not in doubt.
pub async fn doubt(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.action {
        Action::List { run } => list(execution, run.as_deref()).await,
        Action::Confirm { sent: true, whom, .. } => settle(execution, whom, Settlement::ConfirmedSent).await,
        Action::Confirm { whom, .. } => settle(execution, whom, Settlement::ConfirmedNotSent).await,
        Action::AssumeSent { whom } => settle(execution, whom, Settlement::AssumedSent).await,
        Action::Resend { whom, yes } => {
            warn_of_repeats(execution, whom, *yes).await?;
            settle(execution, whom, Settlement::Resend).await
        }
    }
}

/// Says how many may get the message twice, and asks whoever sits at a terminal. A script has decided.
async fn warn_of_repeats(execution: &Execution, whom: &Whom, yes: bool) -> Result<(), Failure> {
    let owner = execution.owner.as_ref();
    let plan = runs::find(owner, &whom.run)?.facts.plan.clone();
    let roster = occurrence::attach(&owner.engine.journal, plan.run)?;
    owner.engine.journal.settle_by_receipts(plan.run).await?;
    let count = if whom.phones.is_empty() {
        owner.engine.journal.doubts(plan.run)?.len()
    } else {
        people(execution, &roster, whom)?.len()
    };
    if count == 0 {
        return Ok(());
    }
    let people = words::counted(count as u64, "person", "people");
    let warning = format!("{people} of {} may get the message twice", plan.run_name);
    let answer = match yes {
        true => None,
        false => execution.person.ask(&execution.printer, format!("{warning}. Send again? [y/N] ")).await,
    };
    match answer.as_deref().map(confirm::is_yes) {
        Some(false) => Err(Failure::usage("nothing was changed: the answer was no")),
        Some(true) => Ok(()),
        None => {
            execution.printer.note(&warning);
            Ok(())
        }
    }
}

async fn list(execution: &Execution, wanted: Option<&str>) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let views: Vec<RunView> = match wanted {
        Some(wanted) => vec![runs::find(owner, wanted)?],
        None => runs::all(owner)?
            .into_iter()
            .filter(|view| view.summary.tally.in_doubt > 0 || view.summary.state.is_unfinished())
            .collect(),
    };
    let mut nobody = true;
    for view in views {
        let roster = occurrence::attach(journal, view.facts.plan.run)?;
        journal.settle_by_receipts(view.facts.plan.run).await?;
        for line in doubt_lines(journal, &roster, &owner.words(roster.plan()))? {
            nobody = false;
            match execution.printer.format() {
                Format::Json => {
                    execution.printer.json(&json!({ "run": view.facts.plan.run_name, "doubt": line }))
                }
                Format::Text => {
                    // A group, or the subject of one that was to be made, is no number.
                    let plus = if line.phone.bytes().all(|byte| byte.is_ascii_digit()) { "+" } else { "" };
                    execution.printer.data(&format!(
                        "{}  {plus}{}  {}  {}  {}",
                        view.facts.plan.run_name,
                        line.phone,
                        moment(line.since),
                        line.channel,
                        line.cause
                    ));
                }
            }
        }
    }
    if nobody {
        execution.printer.note("nobody is in doubt");
    }
    Ok(Exit::Settled)
}

async fn settle(execution: &Execution, whom: &Whom, settlement: Settlement) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let run = runs::find(owner, &whom.run)?.facts.plan.run;
    let roster = occurrence::attach(journal, run)?;
    // What receipts already say needs nobody's word, and nobody may say otherwise.
    journal.settle_by_receipts(run).await?;
    let named = if whom.phones.is_empty() { None } else { Some(people(execution, &roster, whom)?) };
    let settled = journal.settle_doubt(run, named, settlement, SettledBy::Person).await?;
    let view = journal.view(run)?;
    match execution.printer.format() {
        Format::Json => {
            execution.printer.json(&json!({ "settled": settled, "as": settlement, "now": run_json(&view) }));
        }
        Format::Text => execution.printer.data(&sentence(&view, settled, settlement)),
    }
    owner.write_results(&roster)?;
    Ok(Exit::Settled)
}

fn sentence(view: &RunView, settled: u64, settlement: Settlement) -> String {
    let name = &view.facts.plan.run_name;
    let people = words::counted(settled, "person", "people");
    if settled == 0 {
        return format!("{name}: nobody is in doubt");
    }
    match settlement {
        Settlement::ConfirmedSent => format!("{name}: {people} confirmed as sent"),
        Settlement::AssumedSent => format!("{name}: {people} assumed to be sent"),
        Settlement::ConfirmedNotSent | Settlement::Resend
            if matches!(view.summary.state, RunState::Cancelled | RunState::Expired) =>
        {
            let state = view.summary.state.word();
            format!("{name}: {people} no longer in doubt; the run is {state}, so nothing is sent to them")
        }
        Settlement::ConfirmedNotSent => {
            format!("{name}: {people} pending again; `disparo resume {name}` sends to them")
        }
        Settlement::Resend => {
            format!(
                "{name}: {people} pending again, of whom each may get the message twice; `disparo resume {name}` sends to them"
            )
        }
    }
}

/// The recipients in doubt who were named: by their numbers, or as `list` names what has none. A person may
/// be in doubt for several groups.
fn people(execution: &Execution, roster: &Roster, whom: &Whom) -> Result<Vec<RecipientNumber>, Failure> {
    let doubts = execution.owner.engine.journal.doubts(roster.plan().run)?;
    let mut by_person: HashMap<PersonKey, Vec<RecipientNumber>> = HashMap::new();
    let mut by_name: HashMap<String, Vec<RecipientNumber>> = HashMap::new();
    for (number, _) in doubts {
        let recipient = roster.recipient(number).map_err(|error| Failure::new(Exit::Unexpected, error))?;
        match recipient.address {
            Address::Phone(phone) => by_person.entry(phone.person()).or_default(),
            Address::Group(name) | Address::Named(name) => by_name.entry(name.into()).or_default(),
        }
        .push(number);
    }
    let find = |text: &String| {
        if let Some(numbers) = by_name.get(text) {
            return Ok(numbers.clone());
        }
        let phone = audience::phone::read(text, Country::BRAZIL)
            .map_err(|error| Failure::usage(format!("{text}: {error}")))?;
        by_person.get(&Address::Phone(phone).person()).cloned().ok_or_else(|| {
            Failure::usage(format!("{text} is not in doubt in run {}", roster.plan().run_name))
        })
    };
    let named: Vec<Vec<RecipientNumber>> = whom.phones.iter().map(find).collect::<Result<_, _>>()?;
    Ok(named.into_iter().flatten().collect())
}
