//! The calls of API v1 (seed 003 §1, §2, §4, §5; providers.md §3.3).

use std::borrow::Cow;

use http::Method;

use super::account::{Account, with_query};
use super::build::expected;
use super::values::{self, parameters};
use crate::domain::{Action, Content, Recipient, Reply};
use crate::provider::wati::wire::{
    ADD_CONTACT, AddContact, Attributes, ChatStatusUpdate, ContactAttributes, MESSAGE_TEXT, ManyAttributes,
    Receiver, SEND_SESSION_MESSAGE, SEND_TEMPLATE_MESSAGE, SEND_TEMPLATE_MESSAGES, SendTemplateMessage,
    SendTemplateMessages, SessionChannel, UPDATE_CHAT_STATUS, UPDATE_CONTACT_ATTRIBUTES,
    UPDATE_CONTACT_ATTRIBUTES_OF_MANY, WHATSAPP_NUMBER,
};
use crate::provider::{CallTag, Outgoing, WireRequest, impossible};

pub fn template(account: &Account, tag: &CallTag, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let (id, params) = expected(values::template(&recipient.content))?;
    let body = SendTemplateMessage {
        template_name: Some(Cow::Borrowed(id)),
        broadcast_name: Some(Cow::Borrowed(&tag.campaign)),
        channel_number: Some(Cow::Borrowed(account.number())),
        parameters: parameters(params),
    };
    let number = recipient.address.in_full();
    let path = with_query(&account.path(SEND_TEMPLATE_MESSAGE), &[(WHATSAPP_NUMBER, &number)]);
    WireRequest::json(Method::POST, path, &body)
}

pub fn templates(account: &Account, outgoing: &Outgoing) -> Result<WireRequest, Reply> {
    let mut template_name = None;
    let mut receivers = Vec::with_capacity(outgoing.recipients.len());
    for recipient in &outgoing.recipients {
        let (id, params) = expected(values::template(&recipient.content))?;
        if *template_name.get_or_insert(id) != id {
            return Err(impossible("its recipients have different templates"));
        }
        receivers.push(Receiver {
            whatsapp_number: recipient.address.in_full(),
            custom_params: parameters(params),
        });
    }
    let body = SendTemplateMessages {
        template_name: Cow::Borrowed(template_name.unwrap_or_default()),
        broadcast_name: Cow::Borrowed(&outgoing.tag.campaign),
        channel_number: Cow::Borrowed(account.number()),
        receivers,
    };
    WireRequest::json(Method::POST, account.path(SEND_TEMPLATE_MESSAGES), &body)
}

pub fn session_text(account: &Account, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let Content::Text { text } = &recipient.content else {
        return Err(impossible("it is no text"));
    };
    let path = account.path_of(SEND_SESSION_MESSAGE, &recipient.address.in_full());
    let body = SessionChannel { channel_phone_number: Cow::Borrowed(account.number()) };
    WireRequest::json(Method::POST, with_query(&path, &[(MESSAGE_TEXT, text)]), &body)
}

pub fn chat_status(account: &Account, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let Content::Action(Action::SetChatStatus { status }) = &recipient.content else {
        return Err(impossible("it is no chat status"));
    };
    let body = ChatStatusUpdate {
        whatsapp_number: recipient.address.in_full(),
        ticket_status: status.word().to_ascii_uppercase(),
        channel_phone_number: Cow::Borrowed(account.number()),
    };
    WireRequest::json(Method::POST, account.path(UPDATE_CHAT_STATUS), &body)
}

pub fn add_contact(account: &Account, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let fields = expected(values::contact(&recipient.content))?;
    let body = AddContact {
        name: Cow::Borrowed(fields.name.as_deref().unwrap_or_default()),
        custom_params: values::attributes(&fields.attributes),
    };
    WireRequest::json(Method::POST, account.path_of(ADD_CONTACT, &recipient.address.in_full()), &body)
}

pub fn attributes(account: &Account, recipient: &Recipient) -> Result<WireRequest, Reply> {
    let changes = expected(values::changes(&recipient.content))?;
    let body = Attributes { custom_params: values::attributes(changes.attributes) };
    let path = account.path_of(UPDATE_CONTACT_ATTRIBUTES, &recipient.address.in_full());
    WireRequest::json(Method::POST, path, &body)
}

pub fn many_attributes(account: &Account, recipients: &[Recipient]) -> Result<WireRequest, Reply> {
    let mut contacts = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let changes = expected(values::changes(&recipient.content))?;
        contacts.push(ContactAttributes {
            whatsapp_number: recipient.address.in_full(),
            custom_params: values::attributes(changes.attributes),
        });
    }
    let path = account.path(UPDATE_CONTACT_ATTRIBUTES_OF_MANY);
    WireRequest::json(Method::POST, path, &ManyAttributes { contacts })
}
