//! `disparo groups leave --unused`: the cure for too many groups (seed 001, "Grupos Não Utilizados").

use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::domain::account::{Group, Page};
use crate::domain::{Action, Address, Content, Found, Query};
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::asking::Asking;
use super::options::Changing;
use super::question::each_group;
use super::table::Table;
use super::{changing, channel};

/// Finds the groups in which the account is alone, shows them, and leaves them.
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
    let unused: Vec<_> = groups.into_iter().filter(is_unused).collect();
    let said = format!("the account is alone in {} of {}", words::count(unused.len() as u64), of(count));
    execution.printer.note(&said);
    if unused.is_empty() {
        if execution.printer.format() == Format::Json {
            execution.printer.json(&serde_json::json!({ "run": null, "outcomes": [] }));
        }
        return Ok(Exit::Settled);
    }
    let mut table = Table::new(["id", "subject"]);
    for group in &unused {
        table.row([group.id.clone(), group.subject.clone().unwrap_or_default()]);
    }
    execution.printer.note(&table.to_string());
    let leave = |group: Group| (Address::Group(group.id.into()), Content::Action(Action::LeaveGroup));
    let contents = unused.into_iter().map(leave).collect();
    changing::make(execution, options, "groups leave", &link, contents).await
}

/// Whether nobody but the account is in it. A group of which nothing is told is not unused.
fn is_unused(group: &Group) -> bool {
    group.participants.len() == 1
}

fn of(count: u64) -> String {
    words::counted(count, "group", "groups")
}
