//! What Wati writes, in the words that all providers share. What has not even an identifier
//! is no answer.

use jiff::Timestamp;

use crate::domain::MessageId;
use crate::domain::account::{AccountTemplate, Broadcast, BroadcastRecipient, ChatMessage, Contact};
use crate::provider::wati::wire::{
    AnyList, BroadcastFound, ContactFound, MessageFound, NamedValue, RecipientFound, TemplateFound,
};

/// The event of a message that a broadcast sent; it has no `owner`.
const BROADCAST_MESSAGE: &str = "broadcastMessage";

/// Seconds since 1970 from which on a number of them counts milliseconds: the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

pub fn contact(found: ContactFound) -> Option<Contact> {
    let number = found.whatsapp_id.0.or(found.wa_id.0).or(found.phone.0).map(|number| digits(&number));
    let id = found.id.0.or_else(|| number.clone())?;
    let attributes = either(found.custom_params, found.custom_params_v3)
        .filter_map(|attribute| Some((attribute.name.0?, attribute.value.0.unwrap_or_default())));
    Some(Contact {
        id,
        identifier: number.unwrap_or_default(),
        name: found.full_name.0.or(found.name.0).or(found.first_name.0),
        attributes: attributes.collect(),
        // "Allow broadcast" is off: no campaign may reach the person.
        is_ignored: found.allow_broadcast.0.or(found.allow_broadcast_v3.0) == Some(false),
        ..Contact::default()
    })
}

pub fn message(found: MessageFound) -> Option<ChatMessage> {
    let event = found.event_type.or(found.event_type_v3);
    let whatsapp_id = found.whatsapp_message_id.or(found.whatsapp_message_id_v3);
    let id = found.id.0.or_else(|| whatsapp_id.clone())?;
    Some(ChatMessage {
        id: MessageId::from(id.as_str()),
        is_ours: found.owner.0.unwrap_or_else(|| event.as_deref() == Some(BROADCAST_MESSAGE)),
        event,
        text: found.text.0,
        status: found.status_string.or(found.status),
        failure: found.failed_detail.or(found.failed_detail_v3),
        failure_code: found.failed_code.or(found.failed_code_v3),
        at: [found.created.get(), found.timestamp.get()].into_iter().flatten().find_map(time),
        local_id: found.local_message_id.or(found.local_message_id_v3),
        whatsapp_id,
        template: found.template_name.or(found.template_name_v3),
    })
}

pub fn template(found: TemplateFound) -> Option<AccountTemplate> {
    let body = found.body.0;
    let language = found.language.0.or(found.language_option.0).and_then(|language| language.value.0);
    let mut params: Vec<String> = either(found.custom_params, found.custom_params_v3)
        .filter_map(|param| param.param_name.or(param.name))
        .collect();
    if params.is_empty() {
        params = body.as_deref().map(placeholders).unwrap_or_default();
    }
    Some(AccountTemplate {
        name: found.element_name.or(found.name)?,
        language,
        status: found.status.0,
        category: found.category.0,
        body,
        params,
    })
}

pub fn broadcast(found: BroadcastFound) -> Option<Broadcast> {
    let status = found.status.0.unwrap_or_default();
    Some(Broadcast { id: found.id.0?, status, counts: found.statistics })
}

pub fn recipient(found: RecipientFound) -> Option<BroadcastRecipient> {
    let phone = found.contact_phone.0.map(|phone| digits(&phone)).unwrap_or_default();
    let (local_id, message_id) = (found.local_message_id.0, found.message_id.0);
    let is_named = !phone.is_empty() || local_id.is_some() || message_id.is_some();
    let status = found.status.0.unwrap_or_default();
    is_named.then_some(BroadcastRecipient {
        phone,
        local_id,
        message_id,
        status,
        failure: found.failed_detail.0,
        failure_code: found.failed_code.0,
        created: found.created.get().and_then(time),
    })
}

fn either(first: AnyList<NamedValue>, second: AnyList<NamedValue>) -> impl Iterator<Item = NamedValue> {
    first.items().chain(second.items())
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// `2026-02-20T15:28:57.3372299Z`, or seconds or milliseconds since 1970.
fn time(written: &str) -> Option<Timestamp> {
    match written.parse::<i64>() {
        Ok(number) if number.abs() < MILLISECONDS => Timestamp::from_second(number).ok(),
        Ok(number) => Timestamp::from_millisecond(number).ok(),
        Err(_) => written.parse().ok(),
    }
}

/// Names in double braces, each once, in the order of the text.
fn placeholders(body: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in body.split("{{").skip(1) {
        if let Some((name, _)) = piece.split_once("}}") {
            let name = name.trim();
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}
