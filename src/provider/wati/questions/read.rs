//! What an answer to a question says.

use serde::de::DeserializeOwned;

use super::convert;
use super::place::Place;
use crate::domain::{DoubtCause, Found, ProviderLimits, Query, QueryFailure};
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
    let (Query::Contacts { paging, .. }
    | Query::Messages { paging, .. }
    | Query::Templates { paging }
    | Query::BroadcastRecipients { paging, .. }) = query
    else {
        return Err(never_asked());
    };
    let place = Place::of(&reply, *paging);
    match query {
        Query::Contacts { .. } => {
            let items = present(std::mem::take(&mut reply.contact_list), is_answer)?;
            Ok(Found::Contacts(place.page(items, convert::contact)?))
        }
        Query::Messages { .. } => {
            let of_version_one = reply.messages.0.take().map(|messages| messages.items);
            let items = present(of_version_one.unwrap_or(reply.message_list), is_answer)?;
            Ok(Found::Messages(place.page(items, convert::message)?))
        }
        Query::Templates { .. } => {
            let lists = [reply.message_templates, reply.templates];
            let list = lists.into_iter().find(|list| list.0.is_some()).unwrap_or_default();
            let items = present(list, is_answer)?;
            Ok(Found::Templates(place.page(items, convert::template)?))
        }
        Query::BroadcastRecipients { .. } => {
            let items = present(reply.recipients, is_answer)?;
            Ok(Found::BroadcastRecipients(place.page(items, convert::recipient)?))
        }
        _ => Err(never_asked()),
    }
}

fn never_asked() -> QueryFailure {
    QueryFailure::Unanswered("Wati cannot be asked that".to_owned())
}

/// A list that is null is empty, where the answer calls itself one.
fn present<T>(list: AnyList<T>, is_answer: bool) -> Result<Vec<Option<T>>, QueryFailure> {
    match list.0 {
        Some(items) => Ok(items),
        None if is_answer => Ok(Vec::new()),
        None => Err(unreadable()),
    }
}

/// What Wati itself says to a refusal, and to a conversation that it calls one of several.
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
        409 => {
            let reply: ListReply = object(body)?;
            let several = failures.several_conversations(words(&reply)?)?;
            Some(QueryFailure::Refused(several.reason()))
        }
        _ => None,
    }
}

fn words(reply: &ListReply) -> Option<&str> {
    reply.info.get().or(reply.message.get()).or(reply.error.get())
}

pub(super) fn unreadable() -> QueryFailure {
    QueryFailure::Unanswered(DoubtCause::UnreadableReply.to_string())
}

/// A JSON object; anything else is no answer.
fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let is_object = body.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(body).ok())?
}
