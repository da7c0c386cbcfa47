//! Finding a contact by its number before it is changed.

use serde_json::Value;

use super::account::Account;
use super::answers::{self, List};
use super::calls::Call;
use super::classify::refused;
use super::errors;
use super::wire::{CHANNEL_TYPE, GetContacts};
use crate::domain::account::Contact;
use crate::domain::{Address, DoubtCause, Phone, Reply};
use crate::provider::{WireAnswer, unproven};

/// The question for the contacts with this identifier.
pub fn question<'a>(account: &'a Account, identifier: String) -> Call<'a> {
    Call::ContactGet(GetContacts {
        client_identifier: &account.client_identifier,
        channel_type: Some(CHANNEL_TYPE),
        contact_identifier: Some(identifier.into()),
        ..GetContacts::default()
    })
}

/// The contact's id; `None` where there is no such contact.
///
/// # Errors
/// When the answer is none, or does not say which contact it is.
pub fn answer(account: &Account, address: &Address, answer: &WireAnswer) -> Result<Option<String>, Reply> {
    if answer.status != 200 {
        return Err(refused(&account.limits, "contacts", answer));
    }
    let read: Option<Value> = answer.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    match read.as_ref().and_then(answers::list) {
        Some(list) => pick(account, address, &list),
        None => Err(unproven(DoubtCause::UnreadableReply)),
    }
}

fn pick(account: &Account, address: &Address, list: &List<'_>) -> Result<Option<String>, Reply> {
    let is_here = |value: &&Value| answers::channel_of(value).is_none_or(|id| id == account.channel_id);
    let fits: Vec<Contact> = list
        .items
        .iter()
        .filter(is_here)
        .filter_map(answers::contact)
        .filter(|contact| is_of(contact, address))
        .collect();
    let exact: Vec<&Contact> =
        fits.iter().filter(|contact| contact.identifier == address.in_full()).collect();
    match (exact.as_slice(), fits.as_slice()) {
        ([contact], _) => Ok(Some(contact.id.clone())),
        ([], [contact]) => Ok(Some(contact.id.clone())),
        ([], []) if list.total.is_none_or(|total| total <= list.items.len() as u64) => Ok(None),
        _ => Err(errors::rejection(&account.limits, errors::AMBIGUOUS_CONTACT)),
    }
}

/// Whether a contact is the one of an address: the same group, or the same person with or without Brazil's
/// ninth digit.
fn is_of(contact: &Contact, address: &Address) -> bool {
    match address {
        Address::Phone(phone) => {
            let digits = contact.identifier.strip_prefix('+').unwrap_or(&contact.identifier);
            Phone::from_digits(digits).is_some_and(|known| known.person() == phone.person())
        }
        Address::Group(_) | Address::Named(_) => contact.identifier == address.in_full(),
    }
}
