//! Questions about contacts and tags (seed 000, 1.3, 1.4, 1.6, 2.2, 2.3, 2.6).

use serde_json::Value;

use super::account::Account;
use super::calls::Call;
use super::wire::{
    CHANNEL_TYPE, ContactReference, GROUP, GetContacts, GetTags, INDIVIDUAL, PAGE, TagReference,
};
use super::{answers, classify, errors};
use crate::domain::account::Page;
use crate::domain::{ContactFilter, DoubtCause, Found, Paging, ProviderLimits, Query, QueryFailure};
use crate::provider::status::answer_to_question;
use crate::provider::{NotOffered, WireAnswer};

/// The call that asks a question.
///
/// # Errors
/// When the omnichannel cannot be asked that.
pub fn call<'a>(account: &'a Account, query: &'a Query) -> Result<Call<'a>, NotOffered> {
    let client_identifier = account.client_identifier.as_str();
    let of_contact = |id: &'a str| ContactReference { client_identifier, contact_id: id.into() };
    let of_tag = |tag_id| TagReference { client_identifier, tag_id };
    match query {
        Query::Contacts { filter, paging } => contacts(account, filter, *paging),
        Query::Contact { id } => Ok(Call::ContactGetById(of_contact(id))),
        Query::ContactTags { contact } => Ok(Call::ContactGetTags(of_contact(contact))),
        Query::Tags { name } => Ok(Call::TagGet(GetTags { client_identifier, name: name.as_deref() })),
        Query::Tag { id } => Ok(Call::TagGetById(of_tag(id))),
        Query::ContactsByTag { tag } => Ok(Call::TagGetContacts(of_tag(tag))),
        Query::Groups
        | Query::Group { .. }
        | Query::GroupInvite { .. }
        | Query::GroupIcon { .. }
        | Query::Messages { .. }
        | Query::Templates { .. }
        | Query::Broadcast { .. }
        | Query::BroadcastRecipients { .. } => {
            Err(NotOffered("the omnichannel can be asked about contacts and tags only".to_owned()))
        }
    }
}

fn contacts<'a>(
    account: &'a Account,
    filter: &'a ContactFilter,
    paging: Paging,
) -> Result<Call<'a>, NotOffered> {
    if filter.attribute.is_some() || filter.created.is_some() {
        let sentence = "the omnichannel finds contacts by name, number, kind and tags; it knows neither \
                        attributes nor the day on which a contact was made";
        return Err(NotOffered(sentence.to_owned()));
    }
    Ok(Call::ContactGet(GetContacts {
        client_identifier: &account.client_identifier,
        page: Some(paging.page),
        limit: paging.size,
        order: Some(if filter.descending { "desc" } else { "asc" }),
        r#type: filter.is_group.map(|is_group| if is_group { GROUP } else { INDIVIDUAL }),
        channel_type: Some(CHANNEL_TYPE),
        name: filter.name.as_deref(),
        contact_identifier: filter.identifier.as_deref().map(Into::into),
        tag_ids: (!filter.tags.is_empty()).then_some(&filter.tags),
    }))
}

/// What an answer says.
///
/// # Errors
/// When it is no answer.
pub fn read(limits: &ProviderLimits, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
    let body =
        answer_to_question(limits, answer).map_err(|failure| explained(limits, query, answer, failure))?;
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| QueryFailure::Unanswered(DoubtCause::UnreadableReply.to_string()))?;
    match query {
        Query::Contacts { paging, .. } => {
            let mut page = whole(&value, "contacts", answers::contact)?;
            page.is_last = is_last(&value, page.items.len(), *paging);
            Ok(Found::Contacts(page))
        }
        Query::ContactsByTag { .. } => whole(&value, "contacts", answers::contact)
            .and_then(in_one_piece("contacts with this tag"))
            .map(Found::Contacts),
        Query::ContactTags { .. } | Query::Tags { .. } => {
            whole(&value, "tags", answers::tag).and_then(in_one_piece("tags")).map(Found::Tags)
        }
        Query::Contact { .. } => one(&value, "contact", answers::contact).map(Found::Contact),
        Query::Tag { .. } => one(&value, "tag", answers::tag).map(Found::Tag),
        _ => Err(QueryFailure::Unanswered("the omnichannel cannot be asked that".to_owned())),
    }
}

/// A refusal with its sentence; a list that is not there is an address that is not there.
fn explained(
    limits: &ProviderLimits,
    query: &Query,
    answer: &WireAnswer,
    failure: QueryFailure,
) -> QueryFailure {
    let said = classify::said(answer).unwrap_or_default();
    let is_list = matches!(query, Query::Contacts { .. } | Query::Tags { .. });
    let is_unrouted = said.to_lowercase().starts_with("cannot ");
    match failure {
        QueryFailure::NotFound if !is_list && !is_unrouted => QueryFailure::NotFound,
        QueryFailure::NotFound => match errors::row(limits, 404, "", "cannot") {
            Some(row) => QueryFailure::Refused(row.reason("")),
            None => QueryFailure::NotFound,
        },
        QueryFailure::Refused(reason) => match errors::row(limits, answer.status, "", &said) {
            Some(row) => QueryFailure::Refused(row.reason(&said)),
            None => QueryFailure::Refused(reason),
        },
        other => other,
    }
}

/// A list of which every entry can be read: one that cannot would be somebody forgotten.
fn whole<T>(value: &Value, what: &str, read: fn(&Value) -> Option<T>) -> Result<Page<T>, QueryFailure> {
    let unreadable =
        || QueryFailure::Unanswered(format!("the omnichannel's list of {what} could not be read"));
    let list = answers::list(value).ok_or_else(unreadable)?;
    let items: Option<Vec<T>> = list.items.iter().map(read).collect();
    let items = items.ok_or_else(unreadable)?;
    let total = list.total.or_else(|| value.is_array().then_some(items.len() as u64));
    Ok(Page { items, total, is_last: true })
}

/// A list that has no pages, so that what is missing from it cannot be asked for.
fn in_one_piece<T>(what: &str) -> impl FnOnce(Page<T>) -> Result<Page<T>, QueryFailure> {
    move |page| {
        let count = page.items.len() as u64;
        match page.total {
            Some(total) if total > count => Err(QueryFailure::Unanswered(format!(
                "the omnichannel gives only {count} of the {total} {what}"
            ))),
            Some(_) | None => Ok(page),
        }
    }
}

fn one<T>(value: &Value, what: &str, read: fn(&Value) -> Option<T>) -> Result<T, QueryFailure> {
    let object = match value.get("data") {
        Some(object @ Value::Object(_)) => object,
        Some(_) | None => value,
    };
    read(object)
        .ok_or_else(|| QueryFailure::Unanswered(format!("the omnichannel's {what} could not be read")))
}

/// By the total where there is one. Otherwise a page that is not full is the last; an overfull one comes
/// from a provider that knows no pages.
fn is_last(value: &Value, items: usize, paging: Paging) -> bool {
    let Some(list) = answers::list(value) else { return true };
    let size = list.limit.or(paging.size.map(u64::from)).unwrap_or(u64::from(PAGE));
    match list.total {
        Some(total) => items == 0 || u64::from(paging.page).saturating_mul(size) >= total,
        None => items as u64 != size,
    }
}

#[cfg(test)]
mod tests;
