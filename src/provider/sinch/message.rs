//! A message as Sinch writes it: one of its contents, the same for everybody in the call (providers.md §2.3).

use std::borrow::Cow;

use super::media::{self, MediaKind};
use super::wire::{
    Contact, ContactName, ContactPhone, Destination, File, GROUP, INDIVIDUAL, Location, Message,
    Organization, Template,
};
use crate::domain::{Address, Content, Params, SharedContact};
use crate::provider::Outgoing;

/// A template's language where the campaign names none; Sinch needs one.
const LANGUAGE: &str = "pt_BR";

/// What a channel says about messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Habits {
    /// Of the account's templates.
    pub namespace: Option<String>,
    /// `FALLBACK` instead of `DETERMINISTIC`.
    pub falls_back: bool,
    /// Days for which Sinch tries to deliver.
    pub ttl: Option<u32>,
}

impl Habits {
    /// The message; `None` for what has passed no check.
    #[must_use]
    pub fn message<'a>(&'a self, content: &'a Content) -> Option<Message<'a>> {
        let mut message = Message { ttl: self.ttl, ..Message::default() };
        match content {
            Content::Text { text } => message.message_text = Some(Cow::Borrowed(text)),
            Content::Template { id, language, params, validity } => {
                message.ttl = validity.or(self.ttl);
                message.hsm = Some(self.template(id, language.as_deref(), params)?);
            }
            Content::Media { url, content_type, text, .. } => {
                let kind = media::of(url, content_type.as_deref())?;
                let file = Some(File { kind: kind.word, url, caption: text.as_deref() });
                match kind.kind {
                    MediaKind::Image => message.image = file,
                    MediaKind::Document => message.document = file,
                    MediaKind::Audio => message.audio = file,
                    MediaKind::Video => message.video = file,
                }
            }
            Content::Location { latitude, longitude, name, address } => {
                message.location = Some(Location {
                    geo_point: format!("{latitude},{longitude}"),
                    name: name.as_deref(),
                    address: address.as_deref(),
                });
            }
            Content::Contacts { contacts } => {
                message.contacts = Some(contacts.iter().map(contact).collect());
            }
            Content::Action(_) => return None,
        }
        Some(message)
    }

    /// A text that is not the content's own.
    #[must_use]
    pub fn text(&self, text: String) -> Message<'_> {
        Message { ttl: self.ttl, message_text: Some(Cow::Owned(text)), ..Message::default() }
    }

    fn template<'a>(
        &'a self,
        name: &'a str,
        language: Option<&'a str>,
        params: &'a Params,
    ) -> Option<Template<'a>> {
        let Params::Positional(parameters) = params else { return None };
        Some(Template {
            namespace: self.namespace.as_deref()?,
            element_name: name,
            language_code: language.unwrap_or(LANGUAGE),
            language_policy: if self.falls_back { "FALLBACK" } else { "DETERMINISTIC" },
            parameters,
        })
    }
}

/// Everybody in a call.
#[must_use]
pub fn destinations(outgoing: &Outgoing) -> Vec<Destination<'static>> {
    let destination = |recipient: &crate::domain::Recipient| Destination {
        correlation_id: outgoing.tag.correlation(recipient.number),
        destination: recipient.address.in_full(),
        recipient_type: if matches!(recipient.address, Address::Group(_)) { GROUP } else { INDIVIDUAL },
    };
    outgoing.recipients.iter().map(destination).collect()
}

fn contact(contact: &SharedContact) -> Contact<'_> {
    let digits = contact.phone.trim_start_matches('+');
    Contact {
        name: ContactName {
            formatted_name: &contact.name,
            first_name: contact.name.split_whitespace().next().unwrap_or(&contact.name),
        },
        phones: vec![ContactPhone { phone: format!("+{digits}"), wa_id: digits }],
        org: contact.company.as_deref().map(|company| Organization { company }),
    }
}
