//! `disparo preview`: the exact message, or the exact HTTP request, for some rows.

use clap::Args;
use serde_json::json;

use crate::audience;
use crate::domain::{Address, Attempt, AudienceSource, Recipient, Row, RunId};
use crate::engine::planning::{Fate, Judge, PlanError, Prepared, StandingRule, must_ask};
use crate::provider::{self, CallTag, Outgoing};
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::campaigns::{self, Loaded};
use super::content_words;
use super::execute::Execution;
use super::failure::Failure;
use super::prepare::prepare;

/// What to show.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The definition, by path or by campaign name
    #[arg(value_name = "CAMPAIGN")]
    pub(super) campaign: String,
    /// Show this row; the first after the header is 1
    #[arg(long, value_name = "N", conflicts_with_all = ["phone", "limit"])]
    row: Option<u64>,
    /// Show the row of this number
    #[arg(long, value_name = "PHONE", conflicts_with = "limit")]
    phone: Option<String>,
    /// Show the first rows that would be sent
    #[arg(long, value_name = "N", default_value_t = 1)]
    limit: usize,
    /// Show the HTTP request instead of the message
    #[arg(long)]
    wire: bool,
}

/// Carries the command out.
///
/// # Errors
/// When the definition is wrong, or no such row would be sent.
pub async fn preview(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let channels = owner.channels()?;
    let file = campaigns::find(&owner.workspace, &execution.cwd, &arguments.campaign)?;
    let loaded = campaigns::load(owner, &channels, &file)?;
    let recipients = choose(execution, arguments, &loaded).await?;
    for recipient in &recipients {
        show(execution, arguments, &loaded, recipient)?;
    }
    Ok(Exit::Settled)
}

async fn choose(
    execution: &Execution,
    arguments: &Arguments,
    loaded: &Loaded,
) -> Result<Vec<Recipient>, Failure> {
    let campaign = &loaded.campaign;
    let wanted = match &arguments.phone {
        Some(number) => match audience::phone::read(number, campaign.audience.country) {
            Ok(phone) => Some(Address::Phone(phone).person()),
            Err(error) => return Err(Failure::usage(format!("--phone {number}: {error}"))),
        },
        None => None,
    };
    let providers = loaded.providers();
    let source = loaded.source(&providers);
    // A preview of a file needs nobody, and no secret.
    let prepared = match &campaign.audience.source {
        AudienceSource::File(file) if !must_ask(campaign) => Prepared::of_file(file),
        AudienceSource::File(_) | AudienceSource::Account { .. } => {
            prepare(execution, loaded, &source).await?
        }
    };
    let mut audience = prepared.open(campaign)?;
    let journal = &execution.owner.engine.journal;
    let mut judge = Judge::new(&source, &prepared, &audience, StandingRule::new(journal))?;
    let mut row = Row::default();
    let mut chosen = Vec::new();
    while chosen.len() < arguments.limit {
        let fate = match audience.next_row(&mut row) {
            Ok(true) => judge.judge(&row),
            Ok(false) => break,
            Err(audience::AudienceError::Row(error)) => {
                if arguments.row == Some(row.number) {
                    return Err(Failure::invalid(error));
                }
                continue;
            }
            Err(error) => return Err(PlanError::from(error).into()),
        };
        let is_row = arguments.row == Some(row.number);
        match fate {
            Fate::Recipient { recipient, .. } => {
                let is_person = wanted == Some(recipient.address.person());
                if is_row || is_person || (arguments.row.is_none() && wanted.is_none()) {
                    chosen.push(recipient);
                }
            }
            Fate::Invalid(fault) if is_row => {
                let sentence =
                    format!("row {} cannot be sent: {}: {}", row.number, fault.column, fault.sentence);
                return Err(Failure::invalid(sentence));
            }
            Fate::Filtered if is_row => {
                return Err(Failure::invalid(format!("row {} is left out by audience.where", row.number)));
            }
            Fate::Ignored if is_row => {
                let sentence = format!("row {} is a contact that the account leaves alone", row.number);
                return Err(Failure::invalid(sentence));
            }
            Fate::Duplicate if is_row => {
                let sentence = format!("row {} repeats a person of an earlier row", row.number);
                return Err(Failure::invalid(sentence));
            }
            Fate::Invalid(_) | Fate::Filtered | Fate::Ignored | Fate::Duplicate => {}
        }
    }
    if chosen.is_empty() {
        let file = match &campaign.audience.source {
            AudienceSource::File(file) => file.display().to_string(),
            AudienceSource::Account { .. } => "the audience of the account".to_owned(),
        };
        return Err(Failure::invalid(match (arguments.row, &arguments.phone) {
            (Some(number), _) => format!("{file} has no row {number}"),
            (None, Some(number)) => format!("{file} has no row for {number} that would be sent"),
            (None, None) => format!("{file} has no row that would be sent"),
        }));
    }
    Ok(chosen)
}

fn show(
    execution: &Execution,
    arguments: &Arguments,
    loaded: &Loaded,
    recipient: &Recipient,
) -> Result<(), Failure> {
    let index = usize::from(recipient.channel);
    let (Some(channel), Some(provider)) = (loaded.channels.get(index), loaded.providers.get(index)) else {
        return Err(Failure::invalid("the recipient has no channel"));
    };
    let to = recipient.address.in_full();
    let plus = if recipient.address.phone().is_some() { "+" } else { "" };
    let wire = arguments.wire.then(|| {
        let tag = CallTag {
            store: execution.owner.engine.journal.identifier().to_owned(),
            run: RunId(0),
            attempt: Attempt::FIRST,
            campaign: loaded.campaign.name.clone(),
        };
        let outgoing = Outgoing { tag, recipients: vec![recipient.clone()] };
        provider::preview(provider.as_ref(), channel, &outgoing)
    });
    match execution.printer.format() {
        Format::Json => execution.printer.json(&json!({
            "row": recipient.row,
            "phone": to,
            "channel": channel.name,
            content_words::table(&recipient.content): content_words::json(&recipient.address, &recipient.content),
            "wire": wire,
        })),
        Format::Text => {
            let head = format!("row {}, {plus}{to}, over {}\n", recipient.row, channel.name);
            let body = wire.unwrap_or_else(|| content_words::text(&recipient.address, &recipient.content));
            execution.printer.data(&format!("{head}\n{}\n", body.trim_end()));
        }
    }
    Ok(())
}
