//! Answers as tables for people and as JSON for programs.

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::Found;
use crate::domain::account::{
    AccountTemplate, Broadcast, BroadcastRecipient, ChatMessage, Contact, Group, Icon, Page, Tag,
};
use crate::report::moment;
use crate::ui::printer::Format;
use crate::ui::{Printer, words};

use super::table::{Facts, Table};

/// What is shown.
#[derive(Debug)]
pub struct Answer {
    /// The answer.
    pub found: Found,
    /// Of a bulk send: its recipients.
    pub recipients: Option<Found>,
}

impl Answer {
    /// One answer alone.
    #[must_use]
    pub fn of(found: Found) -> Self {
        Self { found, recipients: None }
    }
}

/// Prints an answer. JSON of a list: `channel`, `items`, `total`, `is_last`; of a single thing: its fields.
pub fn show(printer: &Printer, channel: &str, answer: &Answer) {
    match printer.format() {
        Format::Json => printer.json(&json_of(channel, answer)),
        Format::Text => {
            let found = [Some(&answer.found), answer.recipients.as_ref()];
            let texts: Vec<_> = found.into_iter().flatten().map(text_of).collect();
            printer.data(texts.join("\n").trim_end());
            let last = answer.recipients.as_ref().unwrap_or(&answer.found);
            if last.is_empty() {
                printer.note("there is nothing to list");
            }
            if last.has_more() {
                let of = last.total().map(|total| format!(" of {}", words::count(total)));
                let (count, of) = (words::count(last.len() as u64), of.unwrap_or_default());
                printer.note(&format!("\n{count}{of}; more follow: --page N shows others, --all everything"));
            }
        }
    }
}

fn json_of(channel: &str, answer: &Answer) -> Value {
    match (&answer.found, &answer.recipients) {
        (found, Some(recipients)) => {
            json!({ "broadcast": json_of_found(channel, found), "recipients": json_of_found(channel, recipients) })
        }
        (found, None) => json_of_found(channel, found),
    }
}

fn json_of_found(channel: &str, found: &Found) -> Value {
    match found {
        Found::Contacts(page) => json_of_page(channel, page),
        Found::Tags(page) => json_of_page(channel, page),
        Found::Groups(page) => json_of_page(channel, page),
        Found::Messages(page) => json_of_page(channel, page),
        Found::Templates(page) => json_of_page(channel, page),
        Found::BroadcastRecipients(page) => json_of_page(channel, page),
        Found::Link(link) => json!({ "link": link }),
        Found::Contact(_) | Found::Tag(_) | Found::Group(_) | Found::Icon(_) | Found::Broadcast(_) => {
            json!(found)
        }
    }
}

fn json_of_page<T: Serialize>(channel: &str, page: &Page<T>) -> Value {
    json!({ "channel": channel, "items": page.items, "total": page.total, "is_last": page.is_last })
}

fn text_of(found: &Found) -> String {
    match found {
        Found::Contacts(page) => contacts(&page.items),
        Found::Contact(one) => contact(one),
        Found::Tags(page) => tags(&page.items),
        Found::Tag(one) => tags(std::slice::from_ref(one)),
        Found::Groups(page) => groups(&page.items),
        Found::Group(one) => group(one),
        Found::Link(link) => link.clone(),
        Found::Icon(one) => icon(one),
        Found::Messages(page) => messages(&page.items),
        Found::Templates(page) => templates(&page.items),
        Found::Broadcast(one) => broadcast(one),
        Found::BroadcastRecipients(page) => recipients(&page.items),
    }
}

fn contacts(contacts: &[Contact]) -> String {
    let mut table = Table::new(["id", "number", "name", "type", "tags", "attributes"]);
    for contact in contacts {
        let name = contact.custom_name.clone().or_else(|| contact.name.clone());
        let ignored = if contact.is_ignored { ", ignored" } else { "" };
        table.row([
            contact.id.clone(),
            contact.identifier.clone(),
            name.unwrap_or_default(),
            format!("{}{ignored}", kind(contact)),
            contact.tags.join(", "),
            attributes(contact),
        ]);
    }
    listed(contacts, &table)
}

fn contact(contact: &Contact) -> String {
    Facts::default()
        .with("id", contact.id.clone())
        .with("number", contact.identifier.clone())
        .with("name", contact.name.clone())
        .with("custom name", contact.custom_name.clone())
        .with("type", kind(contact).to_owned())
        .with("platform", contact.platform.clone())
        .with("tags", contact.tags.join(", "))
        .with("ignored", contact.is_ignored.then(|| "yes: no campaign reaches it".to_owned()))
        .with("attributes", attributes(contact))
        .to_string()
}

fn kind(contact: &Contact) -> &'static str {
    if contact.is_group { "group" } else { "person" }
}

fn attributes(contact: &Contact) -> String {
    let pairs = contact.attributes.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join(", ")
}

fn tags(tags: &[Tag]) -> String {
    let mut table = Table::new(["id", "name", "colour"]);
    for tag in tags {
        table.row([tag.id.clone(), tag.name.clone(), tag.color.clone().unwrap_or_default()]);
    }
    listed(tags, &table)
}

fn groups(groups: &[Group]) -> String {
    if groups.iter().all(|group| group.subject.is_none() && group.participants.is_empty()) {
        let mut table = Table::new(["id"]);
        groups.iter().for_each(|group| table.row([group.id.clone()]));
        return listed(groups, &table);
    }
    let mut table = Table::new(["id", "subject", "participants", "administrators"]);
    for group in groups {
        table.row([
            group.id.clone(),
            group.subject.clone().unwrap_or_default(),
            words::count(group.participants.len() as u64),
            words::count(group.admins.len() as u64),
        ]);
    }
    listed(groups, &table)
}

fn group(group: &Group) -> String {
    let created = group.created.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    Facts::default()
        .with("id", group.id.clone())
        .with("subject", group.subject.clone())
        .with("created", created.map(moment))
        .with("creator", group.creator.clone())
        .with("administrators", group.admins.join(", "))
        .with("participants", group.participants.join(", "))
        .to_string()
}

fn icon(icon: &Icon) -> String {
    Facts::default()
        .with("url", icon.url.clone())
        .with("type", icon.content_type.clone())
        .with("name", icon.name.clone())
        .to_string()
}

fn messages(messages: &[ChatMessage]) -> String {
    let mut table = Table::new(["when", "from", "status", "text", "id"]);
    for message in messages {
        let failure = why(message.failure.as_deref(), message.failure_code.as_deref());
        let status = [message.status.clone(), failure];
        let event = message.event.as_ref().map(|event| format!("({event})"));
        table.row([
            message.at.map(moment).unwrap_or_default(),
            if message.is_ours { "us" } else { "them" }.to_owned(),
            status.into_iter().flatten().collect::<Vec<_>>().join(": "),
            message.text.clone().or(event).unwrap_or_default(),
            message.id.to_string(),
        ]);
    }
    listed(messages, &table)
}

fn templates(templates: &[AccountTemplate]) -> String {
    let mut table = Table::new(["name", "language", "status", "category", "parameters", "text"]);
    for template in templates {
        table.row([
            template.name.clone(),
            template.language.clone().unwrap_or_default(),
            template.status.clone().unwrap_or_default(),
            template.category.clone().unwrap_or_default(),
            template.params.join(", "),
            template.body.clone().unwrap_or_default(),
        ]);
    }
    listed(templates, &table)
}

fn broadcast(broadcast: &Broadcast) -> String {
    let facts = Facts::default().with("id", broadcast.id.clone()).with("status", broadcast.status.clone());
    let with = |facts: Facts, (name, count): &(String, u64)| facts.with(name, words::count(*count));
    broadcast.counts.iter().fold(facts, with).to_string()
}

/// Why a message failed: the provider's words, and its code.
fn why(words: Option<&str>, code: Option<&str>) -> Option<String> {
    match (words, code) {
        (Some(words), Some(code)) => Some(format!("{words} ({code})")),
        (words, code) => words.or(code).map(str::to_owned),
    }
}

fn recipients(recipients: &[BroadcastRecipient]) -> String {
    let mut table = Table::new(["number", "status", "failure", "message", "our id"]);
    for recipient in recipients {
        table.row([
            recipient.phone.clone(),
            recipient.status.clone(),
            why(recipient.failure.as_deref(), recipient.failure_code.as_deref()).unwrap_or_default(),
            recipient.message_id.clone().unwrap_or_default(),
            recipient.local_id.clone().unwrap_or_default(),
        ]);
    }
    listed(recipients, &table)
}

/// A list without items has no head either.
fn listed<T, const N: usize>(items: &[T], table: &Table<N>) -> String {
    if items.is_empty() { String::new() } else { table.to_string() }
}
