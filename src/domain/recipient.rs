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

    /// The key under which a plan has its recipient once: whoever is addressed, together with the group
    /// that `content` is about, as one person may be taken out of two groups. Who stands on the suppression
    /// list, and which channel somebody gets, goes by [`Address::person`].
    #[must_use]
    pub fn key(&self, content: &Content) -> RecipientKey {
        let person = self.person().as_u64();
        RecipientKey(match content.group() {
            Some(group) => PersonKey::of_name(&format!("in group {person}"), group).as_u64(),
            None => person,
        })
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

/// Two recipients with the same key are one; see [`Address::key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientKey(u64);

impl RecipientKey {
    /// The key as an integer. Where no group comes in it is the person's.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
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
    /// Had as many messages as the frequency cap allows when the plan was made: not sent.
    Capped,
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

impl Recipient {
    /// The key under which a plan has it once.
    #[must_use]
    pub fn key(&self) -> RecipientKey {
        self.address.key(&self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Action;

    #[test]
    fn a_person_is_another_recipient_in_another_group_and_nowhere_else() {
        let ana = || Address::Phone(Phone::from_digits("5511987654321").expect("a number"));
        let short = Address::Phone(Phone::from_digits("551187654321").expect("a number"));
        let add = |group: &str| Content::Action(Action::AddAdmin { group: group.to_owned() });
        let tag = |tag: &str| Content::Action(Action::AddTags { contact: None, tags: vec![tag.to_owned()] });
        assert_eq!(ana().key(&add("1-1")), short.key(&add("1-1")));
        assert_ne!(ana().key(&add("1-1")), ana().key(&add("1-2")));
        assert_ne!(ana().key(&add("1-1")), ana().key(&tag("vip")));
        assert_eq!(ana().key(&tag("vip")), ana().key(&tag("gold")));
        assert_eq!(ana().key(&tag("vip")).as_u64(), ana().person().as_u64());
    }
}
