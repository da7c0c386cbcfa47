//! The calls of API v3 (providers.md §3.4).

use std::borrow::Cow;

use http::Method;

use super::account::{Account, escaped};
use super::build::expected;
use super::values::{self, parameters};
use crate::domain::{Action, Content, Recipient, Reply};
use crate::provider::wati::wire::{
    BroadcastRecipient, ConversationStatus, ConversationText, CreateContact, SendMessageTemplates,
    TargetAttributes, UpdateContacts, V3_CONTACTS, V3_CONVERSATIONS, V3_SEND, V3_TEXT,
};
use crate::provider::{Outgoing, WireRequest, impossible};

pub fn broadcast(account: &Account, outgoing: &Outgoing) -> Result<WireRequest, Reply> {
    let mut template_name = None;
    let mut recipients = Vec::with_capacity(outgoing.recipients.len());
    for recipient in &outgoing.recipients {
        let (id, params) = expected(values::template(&recipient.content))?;
        if *template_name.get_or_insert(id) != id {
            return Err(impossible("its recipients have different templates"));
        }
        recipients.push(BroadcastRecipient {
            phone_number: recipient.address.in_full(),
            local_message_id: outgoing.tag.correlation(recipient.number),
            custom_params: parameters(params),
        });
    }
    let body = SendMessageTemplates {
        channel: Cow::Borrowed(account.number()),
        template_name: Cow::Borrowed(template_name.unwrap_or_default()),
        broadcast_name: Cow::Borrowed(&outgoing.tag.campaign),
        recipients,
    };
    WireRequest::json(Method::POST, format!("/{V3_SEND}"), &body)
}

pub fn text(account: &Account, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let Content::Text { text } = &recipient.content else {
        return Err(impossible("it is no text"));
    };
    let target = account.target(&recipient.address.in_full());
    let body = ConversationText { target, text: Cow::Borrowed(text) };
    WireRequest::json(Method::POST, format!("/{V3_TEXT}"), &body)
}

pub fn status(account: &Account, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let Content::Action(Action::SetChatStatus { status }) = &recipient.content else {
        return Err(impossible("it is no chat status"));
    };
    let target = escaped(&account.target(&recipient.address.in_full()));
    let body = ConversationStatus { new_status: Cow::Borrowed(status.word()) };
    WireRequest::json(Method::PUT, format!("/{V3_CONVERSATIONS}/{target}/status"), &body)
}

pub fn create_contact(recipient: &Recipient) -> Result<WireRequest, Reply> {
    let fields = expected(values::contact(&recipient.content))?;
    let body = CreateContact {
        whatsapp_number: recipient.address.in_full(),
        name: Cow::Borrowed(fields.name.as_deref().unwrap_or_default()),
        custom_params: values::attributes(&fields.attributes),
    };
    WireRequest::json(Method::POST, format!("/{V3_CONTACTS}"), &body)
}

pub fn update_contacts(recipients: &[Recipient]) -> Result<WireRequest, Reply> {
    let mut contacts = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let changes = expected(values::changes(&recipient.content))?;
        contacts.push(TargetAttributes {
            target: changes.contact.map_or_else(|| recipient.address.in_full(), str::to_owned),
            custom_params: values::attributes(changes.attributes),
        });
    }
    WireRequest::json(Method::PUT, format!("/{V3_CONTACTS}"), &UpdateContacts { contacts })
}
