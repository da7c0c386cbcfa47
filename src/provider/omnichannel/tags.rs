//! Tags as calls (seed 000, 2).

use super::account::Account;
use super::calls::Call;
use super::wire::{CreateTag, TagReference, UpdateTag};
use crate::domain::{Action, Address};
use crate::provider::ContentProblem;

/// The call for an action that is about a tag; `None` for an action that is not.
pub fn call<'a>(
    account: &'a Account,
    address: &'a Address,
    action: &'a Action,
) -> Option<Result<Call<'a>, ContentProblem>> {
    let client_identifier = account.client_identifier.as_str();
    Some(match action {
        Action::CreateTag { name, color } => checked(Some(name), Some(color))
            .map(|()| Call::TagCreate(CreateTag { client_identifier, name, color })),
        Action::UpdateTag { name: None, color: None } => {
            Err(ContentProblem::new("action", "it changes nothing; write a `name` or a `color`"))
        }
        Action::UpdateTag { name, color } => {
            let (name, color) = (name.as_deref(), color.as_deref());
            checked(name, color)
                .and_then(|()| tag_id(address))
                .map(|tag_id| Call::TagUpdate(UpdateTag { client_identifier, tag_id, name, color }))
        }
        Action::DeleteTag => {
            tag_id(address).map(|tag_id| Call::TagDelete(TagReference { client_identifier, tag_id }))
        }
        _ => return None,
    })
}

fn tag_id(address: &Address) -> Result<&str, ContentProblem> {
    match address {
        Address::Named(id) if !id.trim().is_empty() => Ok(id),
        Address::Named(_) | Address::Phone(_) | Address::Group(_) => {
            Err(ContentProblem::new("action", "it is done to a tag, by its id"))
        }
    }
}

fn checked(name: Option<&str>, color: Option<&str>) -> Result<(), ContentProblem> {
    if name.is_some_and(|name| name.trim().is_empty()) {
        return Err(ContentProblem::new("action.name", "a tag's name is blank"));
    }
    match color.filter(|color| !is_color(color)) {
        Some(color) => {
            let sentence = format!("`{color}` is no colour; write six hexadecimal digits such as `#ff0000`");
            Err(ContentProblem::new("action.color", sentence))
        }
        None => Ok(()),
    }
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
