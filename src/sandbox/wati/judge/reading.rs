//! What every request of Wati's is read with: bodies, payloads, numbers, targets.

use url::form_urlencoded;

use super::super::Account;
use super::super::account::{ConversationKey, conversation_id};
use super::super::fields::{Fields, text};
use crate::domain::Phone;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::plausible;

/// Why a request is not even judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox::wati) enum Unfit {
    /// Answered with this status and nothing that explains it.
    Status(u16),
    /// Answered with 400 and this sentence.
    Unreadable(String),
}

impl From<String> for Unfit {
    fn from(sentence: String) -> Self {
        Self::Unreadable(sentence)
    }
}

impl From<&str> for Unfit {
    fn from(sentence: &str) -> Self {
        Self::Unreadable(sentence.to_owned())
    }
}

/// The body of a call that takes JSON alone.
pub(super) fn body(incoming: &Incoming) -> Result<&Fields, Unfit> {
    let media_type = incoming.media_type();
    let is_json = matches!(media_type.as_str(), "application/json" | "text/json")
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if !is_json {
        return Err(Unfit::Status(415));
    }
    let json = incoming.json.as_ref().ok_or("the body is not JSON")?;
    Ok(json.as_object().ok_or("the body is not an object")?)
}

/// A value that may stand in the query, in a form, or in a JSON body (providers.md §6).
pub(super) fn anywhere(incoming: &Incoming, name: &str) -> Result<Option<String>, Unfit> {
    let in_query = incoming.query().into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
    if in_query.is_some() {
        return Ok(in_query);
    }
    if incoming.media_type() == "application/x-www-form-urlencoded" {
        let mut form = form_urlencoded::parse(&incoming.body);
        return Ok(form.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()));
    }
    if incoming.body.is_empty() {
        return Ok(None);
    }
    Ok(text(body(incoming)?, name)?.map(ToOwned::to_owned))
}

/// The path's number.
pub(super) fn path_number(incoming: &Incoming) -> Result<Phone, Unfit> {
    Ok(plausible::phone(incoming.parameter("number")).ok_or("the path's whatsappNumber is no number")?)
}

/// Whom v3's `target` means, and by which of the account's numbers: a number, `channel:number`, or the id of
/// a contact or a conversation. 409 where several open conversations fit.
pub(super) fn target(written: &str, account: &Account) -> Result<(Phone, Option<Phone>), Unfit> {
    if let Some((channel, number)) = written.split_once(':') {
        let (channel, phone) = (plausible::phone(channel), plausible::phone(number));
        return Ok((phone.ok_or("target names no number")?, Some(channel.ok_or("target names no channel")?)));
    }
    let of_conversation =
        |&(person, channel): &ConversationKey| Some((account.contact(person)?.phone, channel));
    let contact = plausible::phone(written).or_else(|| account.contact_of_id(written).map(|one| one.phone));
    let Some(phone) = contact else {
        let key = account.conversations.keys().find(|key| conversation_id(**key) == written);
        return key.and_then(of_conversation).ok_or(Unfit::Status(404));
    };
    let open = account.conversations_with(phone.person()).filter(|(_, one)| one.status == "OPEN");
    let channels: Vec<_> = open.map(|((_, channel), _)| *channel).collect();
    match channels[..] {
        [] => Ok((phone, None)),
        [channel] => Ok((phone, channel)),
        _ => Err(Unfit::Status(409)),
    }
}
