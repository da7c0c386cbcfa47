//! Answering a question: the channel, the answer, and how it is printed. No store is opened.

use std::path::Path;
use std::sync::Arc;

use crate::cli::arguments::{Command, OutputFormat};
use crate::cli::connections::Connections;
use crate::cli::failure::Failure;
use crate::clock::Clock;
use crate::domain::account::{Group, Page};
use crate::domain::{Found, Query};
use crate::provider::all_facts;
use crate::settings::{Channels, Environment, Workspace};
use crate::ui::{Counter, Exit, Printer};

use super::asking::Asking;
use super::channel;
use super::request::{Question, Request, Scope};
use super::shown::{self, Answer};
use super::tag_names;

/// Carries a command out that only asks.
///
/// # Errors
/// When the command line or `channels.toml` is wrong, or there is no answer.
pub async fn answer(
    command: &Command,
    format: OutputFormat,
    workspace: &Workspace,
    clock: Arc<dyn Clock>,
    cwd: &Path,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if format == OutputFormat::Csv {
        return Err(Failure::csv_is_for_reports());
    }
    let Request::Ask(question) = command.request(cwd)? else {
        return Err(Failure::usage("this command changes something and needs the store"));
    };
    let channels = Channels::load(workspace, &all_facts())?;
    let channel = channel::choose(&channels, question.channel.as_deref(), |_, provider| {
        provider.ask(&question.query).map(|_| ()).map_err(|not_offered| not_offered.to_string())
    })?;
    let connections = Connections::new(Environment::of_process(), Arc::clone(&clock), None);
    let link = connections.link(channel).await?;
    let mut asking = Asking::new(&link, clock.as_ref(), printer);
    let answer = find(&mut asking, *question).await?;
    shown::show(printer, &channel.name, &answer);
    Ok(Exit::Settled)
}

async fn find(asking: &mut Asking<'_>, question: Question) -> Result<Answer, Failure> {
    let Question { mut query, all, scope, .. } = question;
    tag_names::resolve(asking, tag_names::asked_in(&mut query)).await?;
    let found = asking.follow(&query, all).await?;
    match (scope, found) {
        (Scope::EachGroup, Found::Groups(groups)) => Ok(Answer::of(each_group(asking, groups).await?)),
        (Scope::OfName(name), Found::Templates(mut templates)) => {
            templates.items.retain(|template| template.name == name);
            if templates.items.is_empty() {
                return Err(Failure::usage(format!("the account has no template \"{name}\""))
                    .with_hint("`disparo templates list --all` lists them"));
            }
            Ok(Answer::of(Found::Templates(Page::whole(templates.items))))
        }
        (Scope::WithRecipients(query), found) => {
            let recipients = asking.follow(&query, all).await?;
            Ok(Answer { found, recipients: Some(recipients) })
        }
        (Scope::Plain | Scope::EachGroup | Scope::OfName(_), found) => Ok(Answer::of(found)),
    }
}

/// Each of these groups in full. One that is gone by now keeps its id alone.
///
/// # Errors
/// When the provider does not tell.
pub async fn each_group(asking: &mut Asking<'_>, groups: Page<Group>) -> Result<Found, Failure> {
    let mut counter = Counter::new(asking.printer(), asking.clock(), "groups asked about");
    let count = groups.items.len() as u64;
    let mut in_full = Vec::with_capacity(groups.items.len());
    for group in groups.items {
        match asking.ask_if_there(&Query::Group { id: group.id.clone() }).await? {
            Some(Found::Group(found)) => in_full.push(found),
            Some(_) | None => in_full.push(group),
        }
        counter.reached(in_full.len(), Some(count));
    }
    counter.finish();
    Ok(Found::Groups(Page { items: in_full, total: groups.total, is_last: groups.is_last }))
}
