//! What Wati's account holds: contacts, conversations and broadcasts, for as long as the process runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::echo::Recipient;
use crate::domain::{PersonKey, Phone};

/// The account; all tenants are one.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Account {
    contacts: Vec<Contact>,
    by_person: HashMap<PersonKey, usize>,
    pub(super) conversations: BTreeMap<ConversationKey, Conversation>,
    pub(super) broadcasts: BTreeMap<u64, Broadcast>,
    /// Names of attributes that contacts have had.
    pub(super) attributes: BTreeSet<String>,
    pub(super) messages: usize,
    pub(super) inbound: usize,
}

/// With whom, and by which of the account's numbers.
pub(super) type ConversationKey = (PersonKey, Option<Phone>);

#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) phone: Phone,
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct Conversation {
    /// `OPEN`, `SOLVED`, `PENDING` or `BLOCK`.
    pub(super) status: &'static str,
    /// The newest last.
    pub(super) messages: Vec<ChatMessage>,
}

#[derive(Debug, Clone)]
pub(super) struct ChatMessage {
    /// The record's number.
    pub(super) number: u64,
    /// The call in which it came; 0 for a person's.
    pub(super) call: u64,
    /// Whether the account sent it; the person did otherwise.
    pub(super) is_ours: bool,
    /// The person.
    pub(super) phone: Phone,
    /// `template` or `text`.
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) at: Timestamp,
    pub(super) local_id: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Broadcast {
    pub(super) name: String,
    pub(super) template: String,
    pub(super) channel: Option<Phone>,
    pub(super) at: Timestamp,
    pub(super) recipients: Vec<(Recipient, Delivery)>,
}

/// What became of a recipient of a broadcast.
#[derive(Debug, Clone)]
pub(super) enum Delivery {
    /// Sent, under the record's number.
    Sent(u64),
    /// Refused, in Wati's words.
    Failed(String),
}

impl Contact {
    /// The same for a person with and without the ninth digit, as WhatsApp knows one.
    pub(super) fn id(&self) -> String {
        contact_id(self.phone)
    }

    pub(super) fn set(&mut self, attributes: &[(String, String)], at: Timestamp) {
        self.updated = at;
        for (name, value) in attributes {
            match self.attributes.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => old.clone_from(value),
                None => self.attributes.push((name.clone(), value.clone())),
            }
        }
    }

    /// The value of an attribute; `name` and `phone` are as good as any.
    pub(super) fn value(&self, attribute: &str) -> Option<String> {
        let own = self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.clone());
        own.or_else(|| match attribute {
            "name" => Some(self.name.clone()),
            "phone" => Some(self.phone.digits()),
            _ => None,
        })
    }
}

pub(super) fn contact_id(phone: Phone) -> String {
    format!("{:024x}", phone.person().as_u64())
}

/// A contact's id begins with eight zeros, a conversation's does not.
pub(super) fn conversation_id((person, channel): ConversationKey) -> String {
    let channel = channel.map_or(1, Phone::as_u64) & 0xffff_ffff | 0x8000_0000;
    format!("{channel:08x}{:016x}", person.as_u64())
}

impl Account {
    /// The oldest first.
    pub(super) fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    pub(super) fn contact(&self, person: PersonKey) -> Option<&Contact> {
        self.by_person.get(&person).and_then(|&index| self.contacts.get(index))
    }

    /// The contact of that id.
    pub(super) fn contact_of_id(&self, id: &str) -> Option<&Contact> {
        let person = u64::from_str_radix(id, 16).ok().filter(|_| id.len() == 24)?;
        self.contact(PersonKey::from_u64(person))
    }

    /// The person's contact, made where there is none.
    pub(super) fn contact_mut(&mut self, phone: Phone, at: Timestamp) -> &mut Contact {
        let next = self.contacts.len();
        let index = *self.by_person.entry(phone.person()).or_insert(next);
        if index == next {
            let name = phone.digits();
            self.contacts.push(Contact { phone, name, attributes: Vec::new(), created: at, updated: at });
        }
        &mut self.contacts[index]
    }

    /// The conversation, opened where there is none.
    pub(super) fn conversation_mut(&mut self, key: ConversationKey) -> &mut Conversation {
        let opened = || Conversation { status: "OPEN", messages: Vec::new() };
        self.conversations.entry(key).or_insert_with(opened)
    }

    /// The conversations with a person, by every number of the account.
    pub(super) fn conversations_with(
        &self,
        person: PersonKey,
    ) -> impl Iterator<Item = (&ConversationKey, &Conversation)> {
        self.conversations.range((person, None)..).take_while(move |((other, _), _)| *other == person)
    }
}
