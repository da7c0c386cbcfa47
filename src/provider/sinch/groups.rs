//! What is done about groups: one HTTP call for each action (seed 001; providers.md §2.6).

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use super::limits;
use super::wire::{GROUPS_PATH, Subject, WaIds};
use crate::domain::{Action, Address, Reply};
use crate::provider::{Outgoing, WireRequest, impossible};

/// Path of a group, or of a part of it.
///
/// # Errors
/// When the id cannot stand in a path; `check` lets none such through.
pub fn path(group: &str, part: &str) -> Result<String, Reply> {
    if limits::is_group(group) {
        Ok(format!("{GROUPS_PATH}/{group}{part}"))
    } else {
        Err(impossible("the group's id cannot stand in an address"))
    }
}

/// The request for an action that is no message, the same for all recipients.
///
/// # Errors
/// For an action that Sinch does not have, or recipients that it is not about.
pub fn request(action: &Action, outgoing: &Outgoing) -> Result<WireRequest, Reply> {
    match action {
        Action::CreateGroup { subject } => {
            only(outgoing)?;
            WireRequest::json(Method::POST, GROUPS_PATH, &Subject { subject })
        }
        Action::SetGroupSubject { subject } => {
            WireRequest::json(Method::PUT, path(group(outgoing)?, "")?, &Subject { subject })
        }
        Action::SetGroupIcon { content_type, image } => {
            set_icon(path(group(outgoing)?, "/icon")?, content_type, image)
        }
        Action::RemoveGroupIcon => bare(Method::DELETE, outgoing, "/icon"),
        Action::LeaveGroup => bare(Method::POST, outgoing, "/leave"),
        Action::RevokeInvite => bare(Method::DELETE, outgoing, "/invite"),
        Action::RemoveParticipant { group } => {
            WireRequest::json(Method::DELETE, path(group, "/participants")?, &people(outgoing))
        }
        Action::AddAdmin { group } => {
            WireRequest::json(Method::PATCH, path(group, "/admins")?, &people(outgoing))
        }
        Action::RemoveAdmin { group } => {
            WireRequest::json(Method::DELETE, path(group, "/admins")?, &people(outgoing))
        }
        other => Err(impossible(&format!("Sinch has no {}", other.word()))),
    }
}

fn bare(method: Method, outgoing: &Outgoing, part: &str) -> Result<WireRequest, Reply> {
    Ok(WireRequest::bare(method, path(group(outgoing)?, part)?))
}

/// The picture as it is, under its own type.
fn set_icon(path: String, content_type: &str, image: &[u8]) -> Result<WireRequest, Reply> {
    let content_type = HeaderValue::from_str(content_type)
        .map_err(|_| impossible("the icon's type cannot stand in a header"))?;
    let accept = HeaderValue::from_static("application/json");
    Ok(WireRequest {
        method: Method::POST,
        path,
        headers: Cow::Owned(vec![(CONTENT_TYPE, content_type), (ACCEPT, accept)]),
        body: Bytes::copy_from_slice(image),
    })
}

fn only(outgoing: &Outgoing) -> Result<&Address, Reply> {
    match outgoing.recipients.as_slice() {
        [recipient] => Ok(&recipient.address),
        _ => Err(impossible("the call is about one group")),
    }
}

fn group(outgoing: &Outgoing) -> Result<&str, Reply> {
    match only(outgoing)? {
        Address::Group(id) => Ok(id),
        Address::Phone(_) | Address::Named(_) => Err(impossible("the recipient is no group")),
    }
}

fn people(outgoing: &Outgoing) -> WaIds {
    WaIds { wa_ids: outgoing.recipients.iter().map(|recipient| recipient.address.in_full()).collect() }
}
