//! `--dry-run`: the exact HTTP requests that a change would make.

use std::num::NonZeroU32;

use serde_json::json;

use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::cli::hooks;
use crate::domain::{Address, Attempt, Content, Recipient, RecipientNumber, RunId, Standing};
use crate::engine::Link;
use crate::engine::planning::chunks_of;
use crate::provider::{self, CallTag, Company, Outgoing, Provider};
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::changing;

/// Shows what would be sent, in the chunks in which it would be, and sends nothing.
///
/// # Errors
/// When everybody is suppressed.
pub fn show(
    execution: &Execution,
    link: &Link,
    name: &str,
    contents: Vec<(Address, Content)>,
) -> Result<Exit, Failure> {
    let engine = &execution.owner.engine;
    let planned = contents.len() as u64;
    let (standing, spared): (Vec<_>, Vec<_>) = contents
        .into_iter()
        .partition(|(address, content)| engine.standing_of(address, content) == Standing::Send);
    if standing.is_empty() {
        return Err(changing::spared(planned));
    }
    if !spared.is_empty() {
        let people = words::counted(spared.len() as u64, "person is", "people are");
        execution.printer.warning(&format!("{people} on the suppression list and left out"));
    }
    // Not the link's own, whose webhook has its secret in it.
    let provider = provider::open(&hooks::shown(&link.channel)).map_err(Failure::invalid)?;
    let chunk = chunks_of(&[], NonZeroU32::MAX, std::slice::from_ref(&link.channel));
    let chunk = chunk.first().copied().unwrap_or(NonZeroU32::MIN);
    for recipients in calls(provider.as_ref(), chunk, standing) {
        let tag = CallTag {
            store: engine.journal.identifier().to_owned(),
            run: RunId(0),
            attempt: Attempt::FIRST,
            campaign: name.to_owned(),
        };
        let count = recipients.len();
        let wire = provider::preview(provider.as_ref(), &link.channel, &Outgoing { tag, recipients });
        match execution.printer.format() {
            Format::Json => {
                let channel = &link.channel.name;
                execution.printer.json(&json!({ "channel": channel, "recipients": count, "wire": wire }));
            }
            Format::Text => execution.printer.data(&format!("{}\n", wire.trim_end())),
        }
    }
    execution.printer.note("nothing was sent");
    Ok(Exit::Settled)
}

/// Recipients by the call that they would share.
fn calls(
    provider: &dyn Provider,
    chunk: NonZeroU32,
    contents: Vec<(Address, Content)>,
) -> Vec<Vec<Recipient>> {
    let mut calls: Vec<(Company, Vec<Recipient>)> = Vec::new();
    for (number, (address, content)) in (0..).zip(contents) {
        let company = provider.company(&content);
        let recipient = Recipient {
            number: RecipientNumber(number),
            row: u64::from(number) + 1,
            address,
            channel: 0,
            standing: Standing::Send,
            content,
        };
        let has_room = |(of, recipients): &&mut (Company, Vec<Recipient>)| {
            company != Company::Alone && *of == company && recipients.len() < chunk.get() as usize
        };
        match calls.iter_mut().rev().find(has_room) {
            Some((_, recipients)) => recipients.push(recipient),
            None => calls.push((company, vec![recipient])),
        }
    }
    calls.into_iter().map(|(_, recipients)| recipients).collect()
}
