//! `disparo reconcile`: apply what was heard, and ask what became of the messages of which nothing was.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::domain::{Channel, RunState};
use crate::engine::{Link, Urgency, occurrence};
use crate::journal::RunView;
use crate::provider;
use crate::reconcile::poll::{AskedCounts, Asker, Manner, Patience, PollError, Poller, Told, can_be_asked};
use crate::reconcile::{Counts, Reach};
use crate::ui::printer::Format;
use crate::ui::{Counter, Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::owner::Owner;
use super::runs;

/// How long a run that has just been sent waits for answers about its people in doubt.
const AT_ONCE: Duration = Duration::from_secs(5);

/// What to reconcile.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number; all runs when left out
    run: Option<String>,
    /// Ask about everybody without a final word, however short ago they were asked about
    #[arg(long)]
    all: bool,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, a channel cannot be made ready, or the store fails.
pub async fn reconcile(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let views = match &arguments.run {
        Some(wanted) => vec![runs::find(owner, wanted)?],
        None => runs::all(owner)?,
    };
    let reconciler = owner.reconciler()?;
    let mut heard = reconciler.apply_waiting().await?;
    // What waits for longer than the process that heard it lives is tried again here alone.
    let tried = reconciler.try_all(Reach::All).await?;
    (heard.matched, heard.unmatched) = (heard.matched + tried.matched, tried.unmatched);
    let (links, silent) = links(owner, &views).await?;
    let manner = Manner {
        patience: if arguments.all { Patience::None } else { Patience::Growing },
        only_doubts: false,
        is_even: true,
        remembers: true,
        most: None,
    };
    let engine = &owner.engine;
    let asker = Asker::new(Arc::clone(&engine.journal), Arc::clone(&engine.clock), reconciler);
    let mut told = Told::default();
    let mut counter = Counter::new(&execution.printer, &*engine.clock, "asked about");
    let mut on_asked = |told: &Told| {
        counter.reached(usize::try_from(told.asked()).unwrap_or(usize::MAX), Some(told.due));
    };
    let is_stopped = tokio::select! {
        asked = asker.ask(views.clone(), &links, manner, &mut told, &mut on_asked) => {
            asked?;
            false
        }
        () = execution.interrupt.reached(Urgency::Drain) => true,
    };
    counter.finish();
    write_results(owner, &told)?;
    let runs = views.iter().map(|view| Ok(engine.journal.view(view.facts.plan.run)?));
    let outcome = Outcome {
        runs: runs.collect::<Result<_, Failure>>()?,
        is_named: arguments.run.is_some(),
        heard,
        told,
        silent,
        is_stopped,
    };
    outcome.tell(execution);
    Ok(outcome.exit())
}

/// Asks once about the people in doubt of a run that has just been sent, where its channels can be asked, for
/// some seconds at most. Gives the run as it stands then.
///
/// # Errors
/// When the store fails. What a provider does not answer leaves the doubt as it is.
pub async fn settle(execution: &Execution, view: RunView, links: &[Arc<Link>]) -> Result<RunView, Failure> {
    let owner = execution.owner.as_ref();
    let links: Vec<_> = links.iter().filter(|link| can_be_asked(link.provider.as_ref())).cloned().collect();
    if view.summary.state != RunState::Settling || links.is_empty() {
        return Ok(view);
    }
    let manner = Manner {
        patience: Patience::Growing,
        only_doubts: true,
        is_even: false,
        remembers: false,
        most: None,
    };
    let engine = &owner.engine;
    let asker = Asker::new(Arc::clone(&engine.journal), Arc::clone(&engine.clock), owner.reconciler()?);
    let run = view.facts.plan.run;
    let (mut told, mut on_asked) = (Told::default(), |_: &Told| {});
    tokio::select! {
        asked = asker.ask(vec![view], &links, manner, &mut told, &mut on_asked) => asked?,
        () = engine.clock.sleep_until(engine.clock.tick().after(AT_ONCE)) => {}
        () = execution.interrupt.reached(Urgency::Drain) => {}
    }
    for trouble in &told.troubles {
        let sentence =
            format!("channel `{}` does not say who was reached: {}", trouble.channel, trouble.cause);
        execution.printer.warning(&sentence);
    }
    let settled: u64 = told.runs.values().map(|counts| counts.settled).sum();
    if settled > 0 {
        let people = words::counted(settled, "person", "people");
        execution
            .printer
            .note(&format!("the provider, asked about those in doubt, has the messages of {people}"));
    }
    Ok(engine.journal.view(run)?)
}

/// What asks by itself for as long as this process serves: over the channels that are there now and can be
/// asked. One that cannot be made ready is told of, and not asked.
///
/// # Errors
/// When `channels.toml` is wrong.
pub async fn poller(execution: &Execution) -> Result<Poller, Failure> {
    let owner = execution.owner.as_ref();
    let channels = owner.channels()?;
    let mut links = Vec::new();
    for channel in channels.names().filter_map(|name| channels.get(name)) {
        if !can_be_asked(provider::open(channel).map_err(Failure::invalid)?.as_ref()) {
            continue;
        }
        match owner.link(channel).await {
            Ok(link) => links.push(Arc::new(link)),
            Err(failure) => {
                let why = failure.sentence();
                execution.printer.warning(&format!("{why}; what became of its messages is not asked"));
            }
        }
    }
    let engine = &owner.engine;
    let asker = Asker::new(Arc::clone(&engine.journal), Arc::clone(&engine.clock), owner.reconciler()?);
    let printer = execution.printer.clone();
    Ok(Poller::new(asker, links, Box::new(move |trouble| printer.warning(trouble))))
}

/// The channels of these runs that can be asked, made ready, and the names of those that cannot. Channels that
/// are no longer in `channels.toml` are left out.
async fn links(owner: &Owner, views: &[RunView]) -> Result<(Vec<Arc<Link>>, BTreeSet<String>), Failure> {
    let channels = owner.channels()?;
    let names: BTreeSet<&String> =
        views.iter().flat_map(|view| &view.facts.plan.channels).map(|channel| &channel.name).collect();
    let (mut askable, mut silent): (Vec<Channel>, _) = (Vec::new(), BTreeSet::new());
    for channel in names.into_iter().filter_map(|name| channels.get(name)) {
        let provider = provider::open(channel).map_err(Failure::invalid)?;
        if can_be_asked(provider.as_ref()) {
            askable.push(channel.clone());
        } else {
            silent.insert(channel.name.clone());
        }
    }
    Ok((owner.links(&askable).await?, silent))
}

/// Results are written anew of runs about which there was news.
fn write_results(owner: &Owner, told: &Told) -> Result<(), Failure> {
    for (run, _) in told.runs.iter().filter(|(_, counts)| counts.news > 0) {
        if owner.engine.journal.view(*run)?.summary.state != RunState::Sending {
            owner.write_results(&occurrence::attach(&owner.engine.journal, *run)?)?;
        }
    }
    Ok(())
}

/// What it came to.
struct Outcome {
    runs: Vec<RunView>,
    is_named: bool,
    heard: Counts,
    told: Told,
    silent: BTreeSet<String>,
    is_stopped: bool,
}

impl Outcome {
    fn tell(&self, execution: &Execution) {
        let printer = &execution.printer;
        match printer.format() {
            Format::Json => printer.json(&self.json()),
            Format::Text => {
                for (view, counts) in self.worth_telling() {
                    printer.data(&sentence(view, &counts));
                }
                if self.worth_telling().next().is_none() {
                    printer.data("nothing was to be asked");
                }
            }
        }
        let Told { troubles, moved, unreadable, .. } = &self.told;
        for channel in &self.silent {
            printer.note(&format!(
                "channel `{channel}` asks nothing: what becomes of its messages comes by webhooks only"
            ));
        }
        for channel in moved {
            printer.warning(&format!(
                "channel `{channel}` was not asked about runs that were planned for another account or address"
            ));
        }
        for (run, why) in unreadable {
            printer.error(&format!("run {run} was left out: {why}"), None);
        }
        for trouble in troubles {
            let hint = trouble.is_refused.then_some("mend the channel's secret, then try again");
            printer.error(&format!("channel `{}`: {}", trouble.channel, trouble.cause), hint);
        }
        if self.is_stopped {
            printer.note("stopped; what was found out until then is kept");
        }
    }

    fn worth_telling(&self) -> impl Iterator<Item = (&RunView, AskedCounts)> {
        let counts = |view: &RunView| self.told.runs.get(&view.facts.plan.run).copied().unwrap_or_default();
        let all = self.runs.iter().map(move |view| (view, counts(view)));
        all.filter(|(view, counts)| self.is_named || counts.asked > 0 || in_doubt(view) > 0)
    }

    fn json(&self) -> Value {
        let run = |(view, counts): (&RunView, AskedCounts)| {
            json!({
                "run": view.facts.plan.run_name, "asked": counts.asked, "news": counts.news,
                "settled": counts.settled, "no_news": counts.quiet, "in_doubt": in_doubt(view),
            })
        };
        let trouble = |channel: &str, cause: &str| json!({ "channel": channel, "cause": cause });
        let Told { due, troubles, moved, .. } = &self.told;
        json!({
            "heard": { "matched": self.heard.matched, "unmatched": self.heard.unmatched },
            "due": due,
            "runs": self.worth_telling().map(run).collect::<Vec<_>>(),
            "by_webhooks_only": self.silent,
            "moved": moved,
            "troubles": troubles.iter().map(|one| trouble(&one.channel, &one.cause)).collect::<Vec<_>>(),
            "stopped": self.is_stopped,
        })
    }

    fn exit(&self) -> Exit {
        let troubles = self.told.troubles.iter().map(|trouble| match trouble.is_refused {
            true => Exit::Held,
            false => Exit::Unexpected,
        });
        let unreadable = self.told.unreadable.first().map(|_| Exit::Unexpected);
        let stopped = self.is_stopped.then_some(Exit::Interrupted);
        let doubt = self.runs.iter().any(|view| in_doubt(view) > 0).then_some(Exit::InDoubt);
        Exit::worst(troubles.chain(unreadable).chain(stopped).chain(doubt))
    }
}

/// People in doubt who are in no call that is under way.
fn in_doubt(view: &RunView) -> u64 {
    view.summary.tally.in_doubt.saturating_sub(view.in_flight)
}

fn sentence(view: &RunView, counts: &AskedCounts) -> String {
    let name = &view.facts.plan.run_name;
    let AskedCounts { asked, news, settled, quiet } = *counts;
    let mut sentence = format!(
        "{name}: {} asked about, news of {}, no news since of {}",
        words::counted(asked, "message", "messages"),
        words::count(news),
        words::count(quiet)
    );
    if settled > 0 {
        sentence += &format!("; {} no longer in doubt", words::counted(settled, "person", "people"));
    }
    match in_doubt(view) {
        0 => sentence,
        left => format!("{sentence}; {} in doubt", words::counted(left, "person remains", "people remain")),
    }
}

impl From<PollError> for Failure {
    fn from(error: PollError) -> Self {
        match error {
            PollError::Journal(error) => error.into(),
            PollError::Reconcile(error) => error.into(),
            error @ (PollError::Roster(_) | PollError::Broken(_)) => Self::new(Exit::Unexpected, error),
        }
    }
}
