//! Lists: which contacts and tags, and which part of them.

use serde_json::{Value, json};

use super::account::{Account, Contact, is_of};
use super::answer;
use super::fields::Fields;

/// Contacts in a page unless `limit` says otherwise (seed 000, 1.4).
const PAGE: usize = 30;

/// The page that a question asks for. Everything that it names must fit; a name fits where it is a part of
/// the contact's, in whatever case.
pub(super) fn contacts(account: &Account, fields: &Fields) -> Value {
    let client = fields.required("clientIdentifier");
    let tags = fields.texts("tagIds").unwrap_or_default();
    let name = fields.text("name").map(str::to_lowercase);
    let is_group = fields.text("type").map(|kind| kind == "group");
    let fits = |contact: &&Contact| {
        let names = [Some(&contact.name), contact.custom_name.as_ref()];
        let is_named =
            |name: &String| names.into_iter().flatten().any(|own| own.to_lowercase().contains(name));
        is_of(contact.client.as_ref(), client)
            && tags.iter().all(|tag| contact.tags.contains(tag))
            && name.as_ref().is_none_or(is_named)
            && is_group.is_none_or(|is_group| contact.is_group == is_group)
    };
    let mut found: Vec<&Contact> = match fields.text("contactIdentifier") {
        Some(identifier) => account.identified(identifier).filter(fits).collect(),
        None => account.contacts.iter().filter(fits).collect(),
    };
    if fields.text("order") == Some("desc") {
        found.reverse();
    }
    let (page, limit) = (fields.count("page").unwrap_or(1), fields.count("limit").unwrap_or(PAGE));
    let before = (page - 1).saturating_mul(limit);
    let data: Vec<Value> = found.iter().skip(before).take(limit).map(|one| answer::contact(one)).collect();
    json!({"data": data, "total": found.len(), "page": page, "limit": limit})
}

/// Everybody who has a tag.
pub(super) fn contacts_with(account: &Account, client: &str, tag: &str) -> Value {
    let has_tag = |contact: &&Contact| {
        is_of(contact.client.as_ref(), client) && contact.tags.iter().any(|own| own == tag)
    };
    let data: Vec<Value> = account.contacts.iter().filter(has_tag).map(answer::contact).collect();
    json!({"total": data.len(), "data": data})
}

/// All tags, or those of whose name this is a part.
pub(super) fn tags(account: &Account, fields: &Fields) -> Value {
    let client = fields.required("clientIdentifier");
    let name = fields.text("name").map(str::to_lowercase);
    let tags = account.tags.values().filter(|tag| {
        is_of(tag.client.as_ref(), client)
            && name.as_ref().is_none_or(|name| tag.name.to_lowercase().contains(name))
    });
    tags.map(answer::tag).collect()
}
