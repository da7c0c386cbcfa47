//! Making a change: checked by the provider, confirmed by a person, planned and sent as a small run.

use crate::cli::arguments::Command;
use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::cli::{launch, suppress};
use crate::domain::{Address, Channel, Content};
use crate::engine::planning::Planned;
use crate::engine::{Link, Urgency};
use crate::provider::Provider;
use crate::ui::{Exit, confirm, words};

use super::asking::Asking;
use super::options::Changing;
use super::request::{Change, Request};
use super::{channel, dry_run, tag_names, unused};

/// Addresses that are named before a change; the rest is counted.
const NAMED: usize = 5;

/// Carries a command out that changes something.
///
/// # Errors
/// When the command line is wrong, the provider cannot do it, nobody confirms it, everybody is suppressed, or
/// the run cannot be made or sent.
pub async fn change(execution: &Execution, command: &Command) -> Result<Exit, Failure> {
    match command.request(&execution.cwd)? {
        Request::Change(change) => {
            let Change { options, name, mut contents } = change;
            let channels = execution.owner.channels()?;
            let channel = channel::choose(&channels, options.over.channel.as_deref(), |_, provider| {
                check(provider, &contents)
            })?;
            let link = execution.owner.link(channel).await?;
            let clock = execution.owner.engine.clock.as_ref();
            let mut asking = Asking::new(&link, clock, &execution.printer);
            let tags = contents.iter_mut().flat_map(|(_, content)| tag_names::named_in(content));
            tag_names::resolve(&mut asking, tags).await?;
            make(execution, &options, name, &link, contents).await
        }
        Request::LeaveUnused(options) => unused::leave(execution, &options).await,
        Request::Ask(_) => {
            Err(Failure::usage("this command needs no store and is not carried out for others"))
        }
    }
}

/// Whether the provider can do all of it, within its limits.
fn check(provider: &dyn Provider, contents: &[(Address, Content)]) -> Result<(), String> {
    let check = |(address, content): &(Address, Content)| provider.check(address, content);
    contents.iter().try_for_each(check).map_err(|problem| problem.sentence)
}

/// Makes changes that the provider has checked.
///
/// # Errors
/// When nobody confirms it, everybody is suppressed, or the run cannot be made or sent.
pub async fn make(
    execution: &Execution,
    options: &Changing,
    name: &str,
    link: &Link,
    contents: Vec<(Address, Content)>,
) -> Result<Exit, Failure> {
    suppress::import_workspace(execution).await?;
    let channel = &link.channel;
    if options.dry_run {
        return dry_run::show(execution, link, name, contents);
    }
    let engine = execution.engine();
    let question = described(name, channel, &contents);
    let (planned, planning) = loop {
        let planning = launch::turn_to_plan(execution).await?;
        let planned = engine.plan_single(channel, name, contents.clone()).await?;
        if planned.survey.all_to_send() == 0 {
            let suppressed = planned.survey.suppressed;
            engine.discard(planned)?;
            return Err(spared(suppressed));
        }
        let ask = async |_: &Planned| confirmed(execution, channel, &question, options.yes).await;
        if let Some(asked) = launch::ask_aside(execution, planning, planned, options.yes, ask).await? {
            break asked;
        }
    };
    let run = engine.commit(planned).await?;
    drop(planning);
    launch::send(execution, run, std::slice::from_ref(channel), None).await
}

/// Nobody may be messaged.
pub fn spared(suppressed: u64) -> Failure {
    let people = words::counted(suppressed, "person is", "people are");
    Failure::new(Exit::Rejected, format!("nothing was sent: {people} on the suppression list")).with_hint(
        "`disparo suppress list` names who is on it, `disparo suppress remove PHONE` takes somebody off",
    )
}

/// What is about to be changed, for whoever has to say yes.
fn described(name: &str, channel: &Channel, contents: &[(Address, Content)]) -> String {
    let named = contents.iter().take(NAMED).map(|(address, _)| address.in_full());
    let mut named = named.collect::<Vec<_>>().join(", ");
    if contents.len() > NAMED {
        named.push_str(&format!(" and {} more", words::count((contents.len() - NAMED) as u64)));
    }
    [format!("Change      {name}"), format!("Concerns    {named}"), format!("Through     {}", channel.name)]
        .join("\n")
}

/// Asks before a real change, unless `yes` or the channel is the simulator.
async fn confirmed(
    execution: &Execution,
    channel: &Channel,
    question: &str,
    yes: bool,
) -> Result<(), Failure> {
    if yes || channel.sandbox {
        return Ok(());
    }
    // Ctrl-C is heard while the question stands, and is no yes.
    let answer = tokio::select! {
        answer = execution.person.ask(&execution.printer, format!("{question}\n\nDo it? [y/N] ")) => answer,
        () = execution.interrupt.reached(Urgency::Drain) => Some(String::new()),
    };
    match answer {
        Some(answer) if confirm::is_yes(&answer) => Ok(()),
        Some(_) => Err(Failure::usage("nothing was changed: the answer was no")),
        None => Err(Failure::usage(
            "this is a real change, and nobody is at a terminal to confirm it; pass --yes to make it without being asked",
        )),
    }
}
