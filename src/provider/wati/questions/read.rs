//! What an answer to a question says.

use serde::de::DeserializeOwned;

use super::ask;
use super::convert;
use crate::domain::account::Page;
use crate::domain::{DoubtCause, Found, Paging, ProviderLimits, Query, QueryFailure};
use crate::provider::WireAnswer;
use crate::provider::status::answer_to_question;
use crate::provider::wati::classify::Failures;
use crate::provider::wati::wire::{AnyList, BroadcastFound, ListReply};

/// Reads an answer of either API.
///
/// # Errors
/// When it is no answer.
pub fn read(limits: &ProviderLimits, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
    let body = match answer_to_question(limits, answer) {
        Ok(body) => body,
        Err(failure) => return Err(explained(limits, answer).unwrap_or(failure)),
    };
    if let Query::Broadcast { .. } = query {
        let found: BroadcastFound = object(body).ok_or_else(unreadable)?;
        return convert::broadcast(found).map(Found::Broadcast).ok_or_else(unreadable);
    }
    let reply: ListReply = object(body).ok_or_else(unreadable)?;
    if reply.result.0 == Some(false) {
        let words = words(&reply).unwrap_or_default();
        return Err(QueryFailure::Refused(Failures(limits).said(words).reason()));
    }
    list(query, reply)
}

fn list(query: &Query, mut reply: ListReply) -> Result<Found, QueryFailure> {
    let is_answer = reply.result.0 == Some(true);
    let total = total(&reply);
    let has_next = reply.link.0.as_ref().map(|link| link.next_page.get().is_some());
    match query {
        Query::Contacts { paging, .. } => {
            let items = present(std::mem::take(&mut reply.contact_list), is_answer)?;
            Ok(Found::Contacts(page(items, *paging, total, has_next, convert::contact)))
        }
        Query::Messages { paging, .. } => {
            let of_version_one = reply.messages.0.take().map(|messages| messages.items);
            let items = present(of_version_one.unwrap_or(reply.message_list), is_answer)?;
            Ok(Found::Messages(page(items, *paging, total, has_next, convert::message)))
        }
        Query::Templates { paging } => {
            let lists = [reply.message_templates, reply.templates];
            let list = lists.into_iter().find(|list| list.0.is_some()).unwrap_or_default();
            let items = present(list, is_answer)?;
            Ok(Found::Templates(page(items, *paging, total, has_next, convert::template)))
        }
        Query::BroadcastRecipients { paging, .. } => {
            let items = present(reply.recipients, is_answer)?;
            Ok(Found::BroadcastRecipients(page(items, *paging, total, has_next, convert::recipient)))
        }
        _ => Err(QueryFailure::Unanswered("Wati cannot be asked that".to_owned())),
    }
}

/// A list that is null is empty, where the answer calls itself one.
fn present<T>(list: AnyList<T>, is_answer: bool) -> Result<Vec<Option<T>>, QueryFailure> {
    match list.0 {
        Some(items) => Ok(items),
        None if is_answer => Ok(Vec::new()),
        None => Err(unreadable()),
    }
}

/// The part of a list. What follows is told by `nextPage` or by the number of all items; where neither is
/// there, a page that is not full is the last one.
fn page<T, U>(
    items: Vec<Option<T>>,
    paging: Paging,
    total: Option<u64>,
    has_next: Option<bool>,
    convert: impl Fn(T) -> Option<U>,
) -> Page<U> {
    let size = u64::from(ask::size(paging).min(ask::PAGE));
    let seen = u64::from(paging.page.saturating_sub(1)) * size + items.len() as u64;
    let has_more = match (has_next, total) {
        _ if items.is_empty() => false,
        (Some(true), _) => true,
        (_, Some(total)) => seen < total,
        (Some(false), None) => false,
        (None, None) => items.len() as u64 >= size,
    };
    let items = items.into_iter().flatten().filter_map(convert).collect();
    Page { items, total, is_last: !has_more }
}

fn total(reply: &ListReply) -> Option<u64> {
    let of_link = reply.link.0.as_ref().and_then(|link| link.total.get());
    of_link.or(reply.total.get()).or(reply.total_count.get())?.parse().ok()
}

/// What Wati itself says to a refusal, and to a conversation that is not the only one.
fn explained(limits: &ProviderLimits, answer: &WireAnswer) -> Option<QueryFailure> {
    let failures = Failures(limits);
    let body = answer.body.as_deref().unwrap_or_default();
    match answer.status {
        400 | 413 | 422 => {
            let reply: Option<ListReply> = object(body);
            let plain = String::from_utf8_lossy(body);
            let said = match &reply {
                Some(reply) => words(reply)?,
                None => plain.trim(),
            };
            (!said.is_empty()).then(|| QueryFailure::Refused(failures.said(said).reason()))
        }
        409 => Some(QueryFailure::Refused(failures.several_conversations().reason())),
        _ => None,
    }
}

fn words(reply: &ListReply) -> Option<&str> {
    reply.info.get().or(reply.message.get()).or(reply.error.get())
}

fn unreadable() -> QueryFailure {
    QueryFailure::Unanswered(DoubtCause::UnreadableReply.to_string())
}

/// A JSON object; anything else is no answer.
fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let is_object = body.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(body).ok())?
}
