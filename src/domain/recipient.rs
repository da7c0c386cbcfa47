//! A person of a plan: address, channel, and what exactly is to be sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Content, PersonKey, Phone, RecipientNumber};

/// Where a message goes, or what an action concerns.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Address {
    /// A telephone number, sent as the audience gave it (never with a ninth digit added or removed).
    Phone(Phone),
    /// A WhatsApp group, by the provider's id.
    Group(Box<str>),
    /// Something that is neither, by the text that identifies it: a session, a message, a tag, or the
    /// subject of a group that is to be made.
    Named(Box<str>),
}

impl Address {
    /// The key under which two addresses are the same.
    #[must_use]
    pub fn person(&self) -> PersonKey {
        match self {
            Self::Phone(phone) => phone.person(),
            Self::Group(id) => PersonKey::of_name("group", id),
            Self::Named(name) => PersonKey::of_name("named", name),
        }
    }

    /// The telephone number, where it is one.
    #[must_use]
    pub fn phone(&self) -> Option<Phone> {
        match self {
            Self::Phone(phone) => Some(*phone),
            Self::Group(_) | Self::Named(_) => None,
        }
    }

    /// In full, for whoever has to see it and for the wire: digits, or the identifier.
    #[must_use]
    pub fn in_full(&self) -> String {
        match self {
            Self::Phone(phone) => phone.digits(),
            Self::Group(name) | Self::Named(name) => name.to_string(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(phone) => phone.fmt(formatter),
            // A group's id begins with its maker's number.
            Self::Group(id) => write!(formatter, "group …{}", last(id, 6)),
            Self::Named(name) => formatter.write_str(name),
        }
    }
}

fn last(text: &str, characters: usize) -> &str {
    text.char_indices().nth_back(characters - 1).map_or(text, |(at, _)| &text[at..])
}

/// What the plan decided about a recipient, before anything was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standing {
    /// To be sent.
    Send,
    /// Accepted or in doubt in an earlier run of the same occurrence: not sent.
    Already,
    /// On a suppression list when the plan was made: not sent.
    Suppressed,
}

/// One line of the frozen roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Dense number in the roster.
    pub number: RecipientNumber,
    /// Row of the audience file the recipient came from: the first row after the header is 1.
    pub row: u64,
    /// Where the message goes.
    pub address: Address,
    /// Index into [`super::Plan::channels`].
    pub channel: u16,
    /// What the plan decided.
    pub standing: Standing,
    /// The message, rendered.
    pub content: Content,
}
