//! `disparo groups leave --unused`: the cure for too many groups (seed 001, "Grupos Não Utilizados").

use jiff::Timestamp;

use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::domain::account::{Group, Page};
use crate::domain::{Action, Address, Content, Found, Query};
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::asking::Asking;
use super::needed_groups::NeededGroups;
use super::options::Changing;
use super::question::each_group;
use super::table::Table;
use super::{changing, channel};

/// Finds the groups in which the account is alone, shows them, and leaves those that this workspace does not
/// need any more.
///
/// # Errors
/// When the provider has no groups or does not tell, or the groups cannot be left.
pub async fn leave(execution: &Execution, options: &Changing) -> Result<Exit, Failure> {
    let channels = execution.owner.channels()?;
    let channel = channel::choose(&channels, options.over.channel.as_deref(), |_, provider| {
        provider.ask(&Query::Groups).map(|_| ()).map_err(|not_offered| not_offered.to_string())
    })?;
    let link = execution.owner.link(channel).await?;
    let mut asking = Asking::new(&link, execution.owner.engine.clock.as_ref(), &execution.printer);
    let groups = match asking.follow(&Query::Groups, true).await? {
        Found::Groups(groups) => each_group(&mut asking, groups).await?,
        _ => Found::Groups(Page::whole(Vec::new())),
    };
    let Found::Groups(Page { items: groups, .. }) = groups else { return Ok(Exit::Settled) };
    let count = groups.len() as u64;
    let alone: Vec<_> = groups.into_iter().filter(is_alone).collect();
    let said = format!("the account is alone in {} of {}", words::count(alone.len() as u64), of(count));
    execution.printer.note(&said);
    let needed = NeededGroups::of(&execution.owner.engine.journal, channel.provider)?;
    let (kept, unused): (Vec<_>, Vec<_>) = alone.into_iter().partition(|group| needed.why(group).is_some());
    if !kept.is_empty() {
        let rows = kept.iter().map(|group| (group, needed.why(group).unwrap_or_default().to_owned()));
        execution.printer.note(&format!("\nkept, for they are needed:\n{}", table("why", rows)));
    }
    if unused.is_empty() {
        execution.printer.note("there is no group to leave");
        if execution.printer.format() == Format::Json {
            execution.printer.json(&serde_json::json!({ "run": null, "outcomes": [] }));
        }
        return Ok(Exit::Settled);
    }
    let rows = unused.iter().map(|group| (group, made(group)));
    execution.printer.note(&format!("\nto be left:\n{}", table("made", rows)));
    let leave = |group: Group| (Address::Group(group.id.into()), Content::Action(Action::LeaveGroup));
    let contents = unused.into_iter().map(leave).collect();
    changing::make(execution, options, "groups leave", &link, contents).await
}

/// Whether nobody but the account is in it. A group of which nothing is told is not unused.
fn is_alone(group: &Group) -> bool {
    group.participants.len() == 1
}

fn table<'a>(head: &'static str, rows: impl Iterator<Item = (&'a Group, String)>) -> Table<3> {
    let mut table = Table::new(["id", "subject", head]);
    for (group, more) in rows {
        table.row([group.id.clone(), group.subject.clone().unwrap_or_default(), more]);
    }
    table
}

/// The day on which it was made, where the provider says.
fn made(group: &Group) -> String {
    let at = group.created.and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn of(count: u64) -> String {
    words::counted(count, "group", "groups")
}
