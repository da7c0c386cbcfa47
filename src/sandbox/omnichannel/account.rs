//! What the simulated account holds.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::far_side::identifier;
use crate::domain::{Address, Phone};
use crate::sandbox::inbound::{Happening, Inbound};
use crate::sandbox::scenario::OmnichannelRules;

/// Contacts, tags, conversations and messages, for as long as the process runs.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Account {
    /// In the order in which they were made; none is ever deleted, because the seed has no method for that.
    pub(super) contacts: Vec<Contact>,
    by_id: HashMap<String, usize>,
    by_identifier: HashMap<String, Vec<usize>>,
    /// By id.
    pub(super) tags: BTreeMap<String, Tag>,
    /// Numbers of open conversations by the session's id.
    pub(super) sessions: BTreeMap<String, String>,
    /// Platforms of messages by the message's id; `None` where any will do.
    pub(super) messages: BTreeMap<String, Option<String>>,
    /// What people wrote, into the session that it went into.
    pub(super) inbound: Vec<Value>,
    is_furnished: bool,
}

/// A contact. What a scenario brings belongs to every account and channel.
#[derive(Debug, Clone, Default)]
pub(super) struct Contact {
    pub(super) id: String,
    pub(super) client: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) is_group: bool,
    pub(super) custom_name: Option<String>,
    pub(super) photo: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) platform: Option<String>,
    pub(super) is_ignored: bool,
}

/// A tag.
#[derive(Debug, Clone, Default)]
pub(super) struct Tag {
    pub(super) id: String,
    pub(super) client: Option<String>,
    pub(super) name: String,
    pub(super) color: String,
}

/// Whether something belongs to an account.
pub(super) fn is_of(owner: Option<&String>, client: &str) -> bool {
    owner.is_none_or(|owner| owner == client)
}

impl Account {
    /// Puts in what the scenario says is there to begin with, once.
    pub(super) fn furnish(&mut self, rules: &OmnichannelRules) {
        if std::mem::replace(&mut self.is_furnished, true) {
            return;
        }
        for tag in &rules.tags {
            let (id, name, color) = (tag.id.clone(), tag.name.clone(), tag.color.clone());
            self.tags.insert(id.clone(), Tag { id, client: None, name, color });
        }
        for contact in &rules.contacts {
            self.add(Contact {
                id: contact.id.clone(),
                identifier: contact.identifier.clone(),
                name: contact.name.clone(),
                is_group: contact.is_group,
                tags: contact.tags.clone(),
                platform: contact.platform.clone(),
                is_ignored: contact.is_ignored,
                ..Contact::default()
            });
        }
        self.sessions.extend(rules.sessions.clone());
        self.messages.extend(rules.messages.iter().map(|id| (id.clone(), None)));
    }

    /// Keeps what somebody wrote in the person's conversation, which is opened where there is none. The seed shows
    /// no such message; this form is ours.
    pub(super) fn hear(&mut self, body: &Value, happening: &Happening) -> Result<Value, String> {
        self.furnish(&happening.scenario.omnichannel);
        let inbound = Inbound::of_writer(body)?;
        let is_theirs = |number: &str| {
            Phone::from_digits(number).is_some_and(|phone| phone.person() == inbound.from.person())
        };
        let open = self.sessions.iter().rev().find(|(_, number)| is_theirs(number)).map(|(id, _)| id.clone());
        let session = open.unwrap_or_else(|| {
            let id = identifier(happening.number);
            if happening.keeps {
                self.sessions.insert(id.clone(), inbound.from.digits());
            }
            id
        });
        let told = json!({
            "_id": identifier(happening.number), "sessionId": session, "channelId": inbound.to,
            "senderNumber": inbound.from.digits(), "text": inbound.text,
            "createdAt": format!("{:.3}", happening.at),
        });
        if happening.keeps {
            self.inbound.push(told.clone());
        }
        Ok(told)
    }

    pub(super) fn add(&mut self, contact: Contact) {
        let place = self.contacts.len();
        self.by_id.insert(contact.id.clone(), place);
        self.by_identifier.entry(contact.identifier.clone()).or_default().push(place);
        self.contacts.push(contact);
    }

    /// The contact of this id, where it is one of that account's.
    pub(super) fn contact(&self, client: &str, id: &str) -> Option<&Contact> {
        let contact = self.contacts.get(*self.by_id.get(id)?)?;
        is_of(contact.client.as_ref(), client).then_some(contact)
    }

    /// As [`Account::contact`], to be changed.
    pub(super) fn contact_mut(&mut self, client: &str, id: &str) -> Option<&mut Contact> {
        let contact = self.contacts.get_mut(*self.by_id.get(id)?)?;
        is_of(contact.client.as_ref(), client).then_some(contact)
    }

    /// The contacts with this identifier.
    pub(super) fn identified(&self, identifier: &str) -> impl Iterator<Item = &Contact> {
        let places = self.by_identifier.get(identifier).into_iter().flatten();
        places.filter_map(|place| self.contacts.get(*place))
    }

    /// Gives a contact another identifier.
    pub(super) fn rename(&mut self, id: &str, identifier: &str) {
        let Some(place) = self.by_id.get(id).copied() else { return };
        let Some(contact) = self.contacts.get_mut(place) else { return };
        if let Some(places) = self.by_identifier.get_mut(&contact.identifier) {
            places.retain(|other| *other != place);
        }
        identifier.clone_into(&mut contact.identifier);
        self.by_identifier.entry(identifier.to_owned()).or_default().push(place);
    }

    /// The tag of this id, where it is one of that account's.
    pub(super) fn tag(&self, client: &str, id: &str) -> Option<&Tag> {
        self.tags.get(id).filter(|tag| is_of(tag.client.as_ref(), client))
    }
}

/// Whom an identifier names.
pub(super) fn address(identifier: &str, is_group: bool) -> Address {
    match Phone::from_digits(identifier) {
        Some(phone) if !is_group => Address::Phone(phone),
        Some(_) | None => Address::Group(identifier.into()),
    }
}
