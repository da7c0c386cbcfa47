//! Contacts and their tags as calls (seed 000, 1).

use std::borrow::Cow;

use super::account::Account;
use super::calls::Call;
use super::wire::{
    CHANNEL_TYPE, ContactReference, ContactTags, CreateContact, GROUP, INDIVIDUAL, UpdateContact,
};
use crate::domain::{Action, Address, ContactFields};
use crate::provider::ContentProblem;

/// How the contact of an action is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<'a> {
    /// By its id.
    Id(&'a str),
    /// By its number or group, so that it has to be looked up.
    Identifier(String),
    /// There is none yet.
    New,
}

/// How an action knows its contact; `None` for an action that is about none.
pub fn known<'a>(address: &'a Address, action: &'a Action) -> Option<Known<'a>> {
    let given = match action {
        Action::CreateContact { .. } => return Some(Known::New),
        Action::UpsertContact { .. } => None,
        Action::UpdateContact { contact, .. }
        | Action::RemovePlatform { contact }
        | Action::AddTags { contact, .. }
        | Action::RemoveTags { contact, .. } => contact.as_deref().filter(|id| !id.trim().is_empty()),
        _ => return None,
    };
    Some(match (given, address) {
        (Some(id), _) => Known::Id(id),
        (None, Address::Named(id)) => Known::Id(id),
        (None, Address::Phone(_) | Address::Group(_)) => Known::Identifier(address.in_full()),
    })
}

/// The call for an action, whose contact has this id; `None` where there is no contact yet.
pub fn call<'a>(
    account: &'a Account,
    address: &'a Address,
    action: &'a Action,
    contact: Option<&'a str>,
) -> Result<Call<'a>, ContentProblem> {
    let client_identifier = account.client_identifier.as_str();
    let contact_id = || {
        let id = contact.ok_or_else(|| ContentProblem::new("action.contact", "the contact is not known"))?;
        Ok(Cow::Borrowed(id))
    };
    match action {
        Action::CreateContact { fields } => create(account, address, fields),
        Action::UpsertContact { fields } => {
            // What is needed for either is asked for at once: whether there is a contact is not known yet.
            let made = create(account, address, fields)?;
            match contact {
                Some(id) => update(account, fields, id.into()),
                None => Ok(made),
            }
        }
        Action::UpdateContact { fields, .. } => {
            not_changeable(fields)?;
            update(account, fields, contact_id()?)
        }
        Action::RemovePlatform { .. } => {
            Ok(Call::ContactDeletePlatform(ContactReference { client_identifier, contact_id: contact_id()? }))
        }
        Action::AddTags { tags, .. } => Ok(Call::ContactAddTags(ContactTags {
            client_identifier,
            contact_id: contact_id()?,
            tag_ids: some_tags(tags)?,
        })),
        Action::RemoveTags { tags, .. } => Ok(Call::ContactRemoveTags(ContactTags {
            client_identifier,
            contact_id: contact_id()?,
            tag_ids: some_tags(tags)?,
        })),
        other => Err(ContentProblem::new("action", format!("{} is about no contact", other.word()))),
    }
}

fn create<'a>(
    account: &'a Account,
    address: &'a Address,
    fields: &'a ContactFields,
) -> Result<Call<'a>, ContentProblem> {
    if matches!(address, Address::Named(_)) {
        let sentence = "a contact is made of a phone number or of a group";
        return Err(ContentProblem::new("action", sentence));
    }
    no_attributes(fields)?;
    if fields.identifier.is_some() {
        let sentence =
            "a contact gets another number only where it is known by its id; leave `identifier` out";
        return Err(ContentProblem::new("action.identifier", sentence));
    }
    let name = fields.name.as_deref().filter(|name| !name.trim().is_empty());
    let Some(name) = name else {
        let sentence = "the omnichannel makes no contact without a name; write `name`";
        return Err(ContentProblem::new("action.name", sentence));
    };
    let is_group = fields.is_group || matches!(address, Address::Group(_));
    Ok(Call::ContactCreate(CreateContact {
        client_identifier: &account.client_identifier,
        channel_id: &account.channel_id,
        contact_identifier: address.in_full().into(),
        name,
        r#type: if is_group { GROUP } else { INDIVIDUAL },
        channel_type: CHANNEL_TYPE,
        custom_name: fields.custom_name.as_deref(),
        photo: fields.photo.as_deref(),
        tag_ids: given(&fields.tags),
        platform: fields.platform.as_deref(),
        is_ignored: fields.is_ignored,
    }))
}

/// A contact that is there keeps its name and its picture: `UpdateContactDto` has neither.
fn update<'a>(
    account: &'a Account,
    fields: &'a ContactFields,
    contact_id: Cow<'a, str>,
) -> Result<Call<'a>, ContentProblem> {
    no_attributes(fields)?;
    Ok(Call::ContactUpdate(UpdateContact {
        client_identifier: &account.client_identifier,
        contact_id,
        custom_name: fields.custom_name.as_deref(),
        platform: fields.platform.as_deref(),
        tag_ids: given(&fields.tags),
        contact_identifier: fields.identifier.as_deref(),
        is_ignored: fields.is_ignored,
    }))
}

fn not_changeable(fields: &ContactFields) -> Result<(), ContentProblem> {
    let problem = |field, what: &str, instead: &str| {
        let sentence = format!("the omnichannel cannot change a contact's {what}; {instead}");
        Err(ContentProblem::new(field, sentence))
    };
    if fields.name.is_some() {
        return problem("action.name", "name", "write `custom_name`");
    }
    if fields.photo.is_some() {
        return problem("action.photo", "picture", "leave `photo` out");
    }
    let changes_nothing = fields.custom_name.is_none()
        && fields.platform.is_none()
        && fields.identifier.is_none()
        && fields.is_ignored.is_none()
        && fields.tags.is_empty()
        && fields.attributes.is_empty();
    if changes_nothing {
        let sentence = "it changes nothing; write what the contact gets, such as `custom_name`";
        return Err(ContentProblem::new("action", sentence));
    }
    Ok(())
}

fn no_attributes(fields: &ContactFields) -> Result<(), ContentProblem> {
    if fields.attributes.is_empty() {
        return Ok(());
    }
    let sentence = "the omnichannel's contacts have no attributes of the account's own; use tags";
    Err(ContentProblem::new("action.attributes", sentence))
}

fn given(tags: &[String]) -> Option<&[String]> {
    (!tags.is_empty()).then_some(tags)
}

fn some_tags(tags: &[String]) -> Result<&[String], ContentProblem> {
    if tags.is_empty() || tags.iter().any(|tag| tag.trim().is_empty()) {
        return Err(ContentProblem::new("action.tags", "it needs the ids of tags, none of them blank"));
    }
    Ok(tags)
}
