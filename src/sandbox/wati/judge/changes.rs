//! Judges what changes contacts and conversations (seed 003 §2 and §5; providers.md §3.3 and §3.4).

use super::super::Account;
use super::super::fields::{Fields, attributes, first_text, foreign, objects, text};
use super::super::operation::{Change, ContactAttributes, Form, Operation};
use super::reading::{Unfit, anywhere, body, path_number, target};
use crate::domain::Phone;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::plausible;
use crate::sandbox::scenario::WatiRules;

const STATUSES: [&str; 4] = ["OPEN", "SOLVED", "PENDING", "BLOCK"];

/// `POST addContact/{number}` of v1, `POST contacts` of v3.
pub(in crate::sandbox::wati) fn create_contact(
    incoming: &Incoming,
    third: bool,
    unknown: &mut Vec<String>,
) -> Result<Operation, Unfit> {
    let fields = body(incoming)?;
    let params = if third { "custom_params" } else { "customParams" };
    foreign(fields, &["name", params, "whatsapp_number"], "", unknown);
    let phone = if third {
        let number = text(fields, "whatsapp_number")?.ok_or("whatsapp_number is required")?;
        plausible::phone(number).ok_or("whatsapp_number is no number")?
    } else {
        path_number(incoming)?
    };
    let name = text(fields, "name")?.filter(|name| !name.is_empty()).map(ToOwned::to_owned);
    Ok(Operation::Change(Change::CreateContact {
        phone,
        name,
        attributes: attributes(fields, params)?,
        third,
    }))
}

/// `POST updateContactAttributes/{number}`.
pub(in crate::sandbox::wati) fn set_one(
    incoming: &Incoming,
    unknown: &mut Vec<String>,
) -> Result<Operation, Unfit> {
    let fields = body(incoming)?;
    foreign(fields, &["customParams"], "", unknown);
    let phone = path_number(incoming)?;
    let attributes = given(fields, "customParams")?;
    let one = ContactAttributes { target: phone.digits(), phone: Some(phone), attributes };
    Ok(Operation::Change(Change::SetAttributes { contacts: vec![one], form: Form::One }))
}

/// `POST updateContactAttributesForMultiContacts` of v1, `PUT contacts` of v3: the same list, whose entries
/// name somebody by number, or (v3) by any `target`.
pub(in crate::sandbox::wati) fn set_many(
    incoming: &Incoming,
    form: Form,
    account: &Account,
    unknown: &mut Vec<String>,
) -> Result<Operation, Unfit> {
    let fields = body(incoming)?;
    foreign(fields, &["contacts"], "", unknown);
    let listed = objects(fields, "contacts")?;
    if listed.is_empty() {
        return Err("contacts is required".into());
    }
    let names: &[&str] = if form == Form::Third { &["target"] } else { &["whatsappNumber", "contactId"] };
    let known: Vec<_> = names.iter().copied().chain(["customParams"]).collect();
    let read = |one: &Fields| {
        foreign(one, &known, "contacts[].", unknown);
        let written = first_text(one, names)?.ok_or("an element of contacts names nobody")?;
        let by_id = || account.contact_of_id(written).map(|contact| contact.phone);
        let phone = match form {
            Form::Third => target(written, account).ok().map(|(phone, _)| phone),
            Form::One | Form::Many => plausible::phone(written).or_else(by_id),
        };
        Ok::<_, Unfit>(ContactAttributes {
            target: written.to_owned(),
            phone,
            attributes: given(one, "customParams")?,
        })
    };
    let contacts = listed.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Operation::Change(Change::SetAttributes { contacts, form }))
}

/// `POST updateChatStatus`: in the query, in a form, or in JSON.
pub(in crate::sandbox::wati) fn set_chat_status(
    incoming: &Incoming,
    rules: &WatiRules,
) -> Result<Operation, Unfit> {
    let number = anywhere(incoming, "whatsappNumber")?.ok_or("whatsappNumber is required")?;
    let phone = plausible::phone(&number).ok_or("whatsappNumber is no number")?;
    let channel = anywhere(incoming, "channelPhoneNumber")?.ok_or("channelPhoneNumber is required")?;
    let channel = own(&channel, rules)?;
    let written = anywhere(incoming, "ticketStatus")?.ok_or("ticketStatus is required")?;
    let status = STATUSES.into_iter().find(|status| *status == written);
    let status = status.ok_or("ticketStatus must be OPEN, SOLVED, PENDING or BLOCK")?;
    Ok(Operation::Change(Change::SetChatStatus { phone, channel: Some(channel), status, third: false }))
}

/// `PUT conversations/{target}/status`.
pub(in crate::sandbox::wati) fn set_third_chat_status(
    incoming: &Incoming,
    account: &Account,
    rules: &WatiRules,
    unknown: &mut Vec<String>,
) -> Result<Operation, Unfit> {
    let fields = body(incoming)?;
    foreign(fields, &["new_status"], "", unknown);
    let written = text(fields, "new_status")?.ok_or("new_status is required")?;
    let status = STATUSES.into_iter().find(|status| status.to_ascii_lowercase() == written);
    let status = status.ok_or("new_status must be open, solved, pending or block")?;
    let (phone, channel) = target(incoming.parameter("target"), account)?;
    if let Some(channel) = channel {
        own(&channel.digits(), rules)?;
    }
    Ok(Operation::Change(Change::SetChatStatus { phone, channel, status, third: true }))
}

fn own(number: &str, rules: &WatiRules) -> Result<Phone, Unfit> {
    let phone = plausible::phone(number);
    let own = phone.filter(|phone| rules.numbers.is_empty() || rules.numbers.contains(phone));
    Ok(own.ok_or("channelPhoneNumber is not a number of this account")?)
}

fn given(fields: &Fields, name: &str) -> Result<Vec<(String, String)>, Unfit> {
    let attributes = attributes(fields, name)?;
    if attributes.is_empty() || attributes.iter().any(|(name, _)| name.is_empty()) {
        return Err(format!("{name} must name at least one attribute").into());
    }
    Ok(attributes)
}
