//! What Sinch can be asked: the account's groups (seed 001). Everything else that it knows comes to webhooks.

use http::Method;

use super::errors;
use super::groups::path;
use super::wire::{GROUPS_PATH, GroupsAnswer, IconAnswer};
use super::{limits, wire};
use crate::domain::account::{Group, Icon, Page};
use crate::domain::{Found, ProviderLimits, Query, QueryFailure};
use crate::provider::status::{StatusClass, answer_to_question, by_status};
use crate::provider::{NotOffered, WireAnswer, WireRequest};

/// The request that asks a question.
///
/// # Errors
/// For everything but groups.
pub fn ask(query: &Query) -> Result<WireRequest, NotOffered> {
    match query {
        Query::Groups => Ok(WireRequest::bare(Method::GET, GROUPS_PATH)),
        Query::Group { id } => about(id, ""),
        Query::GroupInvite { group } => ask_for_link(group),
        Query::GroupIcon { group } => about(group, "/icon"),
        Query::Contacts { .. } | Query::Contact { .. } => no("contacts"),
        Query::ContactTags { .. } | Query::Tags { .. } | Query::Tag { .. } | Query::ContactsByTag { .. } => {
            no("tags")
        }
        Query::Messages { .. } => no("list of messages: it tells of them to the account's webhook only"),
        Query::Templates { .. } => no("list of templates"),
        Query::Broadcast { .. } | Query::BroadcastRecipients { .. } => no("broadcasts"),
    }
}

/// The request that asks for a group's invite link.
///
/// # Errors
/// When that is no group's id.
pub fn ask_for_link(group: &str) -> Result<WireRequest, NotOffered> {
    about(group, "/invite")
}

fn about(group: &str, part: &str) -> Result<WireRequest, NotOffered> {
    let not_an_id = || NotOffered(format!("`{group}` is not a group's id at Sinch"));
    Ok(WireRequest::bare(Method::GET, path(group, part).map_err(|_| not_an_id())?))
}

fn no(what: &str) -> Result<WireRequest, NotOffered> {
    Err(NotOffered(format!("Sinch has no {what}")))
}

/// What an answer to a question says.
///
/// # Errors
/// When it is no answer.
pub fn read(limits: &ProviderLimits, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
    let body = body(limits, answer)?;
    match query {
        Query::Groups => all_groups(body).map(|groups| Found::Groups(Page::whole(groups))),
        Query::Group { id } => {
            let groups = groups(body)?;
            let named = |group: &wire::Group<'_>| group.id.as_deref().is_none_or(|given| given == id);
            let group = groups.into_iter().find(named).ok_or(QueryFailure::NotFound)?;
            Ok(Found::Group(Group { id: id.clone(), ..read_group(group) }))
        }
        Query::GroupInvite { .. } => read_link(body).map(Found::Link),
        Query::GroupIcon { .. } => read_icon(body).map(Found::Icon),
        _ => Err(QueryFailure::Unanswered("Sinch cannot be asked that".to_owned())),
    }
}

/// The link in the answer to [`ask_for_link`].
///
/// # Errors
/// When there is none.
pub fn link(limits: &ProviderLimits, answer: &WireAnswer) -> Result<String, QueryFailure> {
    read_link(body(limits, answer)?)
}

/// The body of an answer that is one.
fn body<'a>(limits: &ProviderLimits, answer: &'a WireAnswer) -> Result<&'a [u8], QueryFailure> {
    match by_status(limits, answer) {
        StatusClass::Refusal => Err(QueryFailure::Refused(errors::read(limits, &[], answer).reason)),
        StatusClass::Answer | StatusClass::Settled(_) => {
            answer_to_question(limits, answer).map(|body| &body[..])
        }
    }
}

fn groups(body: &[u8]) -> Result<Vec<wire::Group<'_>>, QueryFailure> {
    let answer: Option<GroupsAnswer<'_>> = serde_json::from_slice(body).ok();
    let groups = answer.and_then(|answer| answer.groups).ok_or_else(unreadable)?;
    Ok(groups.into_iter().flatten().collect())
}

/// "Se nenhum grupo existir, um array JSON de grupos vazio é retornado": whether that is `{"groups":[]}` or
/// `[]` is not shown.
fn all_groups(body: &[u8]) -> Result<Vec<Group>, QueryFailure> {
    let is_empty = serde_json::from_slice::<[(); 0]>(body).is_ok();
    let groups = if is_empty { Vec::new() } else { groups(body)? };
    Ok(groups.into_iter().map(read_group).filter(|group| limits::is_group(&group.id)).collect())
}

fn read_group(group: wire::Group<'_>) -> Group {
    let texts = |texts: Vec<std::borrow::Cow<'_, str>>| texts.into_iter().map(Into::into).collect();
    Group {
        id: group.id.map(Into::into).unwrap_or_default(),
        subject: group.subject.map(Into::into),
        creator: group.creator.map(Into::into),
        created: group.creation_time.and_then(|seconds| seconds.parse().ok()),
        admins: texts(group.admins),
        participants: texts(group.participants),
    }
}

fn read_link(body: &[u8]) -> Result<String, QueryFailure> {
    let link = groups(body)?.into_iter().find_map(|group| group.link).filter(|link| !link.is_empty());
    link.map(Into::into).ok_or_else(unreadable)
}

fn read_icon(body: &[u8]) -> Result<Icon, QueryFailure> {
    let icon: IconAnswer<'_> = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let url = icon.data.filter(|data| !data.is_empty()).ok_or_else(unreadable)?.into();
    Ok(Icon { content_type: icon.mime_type.map(Into::into), name: icon.file_name.map(Into::into), url })
}

fn unreadable() -> QueryFailure {
    QueryFailure::Unanswered("Sinch's answer could not be read".to_owned())
}

#[cfg(test)]
mod tests;
