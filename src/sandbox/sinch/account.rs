//! What a simulated account at Sinch holds: its groups, and the messages that people wrote to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::inbound::{Happening, Inbound};

/// The account's own number: that of seed 001's samples, where it is creator and administrator.
pub(super) const OWN_NUMBER: &str = "5519900000000";

/// The groups that the account has made, by id. They outlast the account's leaving.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Account {
    groups: BTreeMap<String, Group>,
    last_creation: i64,
    inbound: Vec<Value>,
}

/// A group.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) subject: String,
    pub(super) creation_time: i64,
    pub(super) admins: Vec<String>,
    pub(super) participants: Vec<String>,
    pub(super) icon: Option<Icon>,
    /// How often its invite link was revoked.
    revoked: u32,
    /// Whether anything was sent to it.
    was_used: bool,
}

/// A group's picture.
#[derive(Debug, Clone)]
pub(super) struct Icon {
    pub(super) content_type: String,
    pub(super) length: usize,
    /// Names it in its address.
    pub(super) digest: u64,
}

impl Group {
    /// Whether the account is in it.
    pub(super) fn has_account(&self) -> bool {
        self.participants.iter().any(|one| one == OWN_NUMBER)
    }

    /// Nobody but the account is in it, and nothing was said.
    fn is_unused(&self) -> bool {
        !self.was_used && self.participants == [OWN_NUMBER]
    }

    pub(super) fn revoke_invite(&mut self) {
        self.revoked += 1;
    }

    pub(super) fn leave(&mut self) {
        self.remove(OWN_NUMBER);
    }

    pub(super) fn remove(&mut self, number: &str) {
        self.participants.retain(|one| one != number);
        self.admins.retain(|one| one != number);
    }
}

impl Account {
    /// Any group that there ever was.
    pub(super) fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)
    }

    pub(super) fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.get_mut(id)
    }

    /// Ids of the groups in which the account is.
    pub(super) fn own_groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().filter(|(_, group)| group.has_account()).map(|(id, _)| id.as_str())
    }

    pub(super) fn unused_groups(&self) -> usize {
        self.groups.values().filter(|group| group.is_unused()).count()
    }

    /// Makes a group; its id is made of the account's number and the second of its making, which no other
    /// group has.
    pub(super) fn create(&mut self, subject: String, now: i64) -> (String, i64) {
        let creation_time = now.max(self.last_creation + 1);
        self.last_creation = creation_time;
        let id = format!("{OWN_NUMBER}-{creation_time}");
        let group = Group {
            subject,
            creation_time,
            admins: vec![OWN_NUMBER.to_owned()],
            participants: vec![OWN_NUMBER.to_owned()],
            icon: None,
            revoked: 0,
            was_used: false,
        };
        self.groups.insert(id.clone(), group);
        (id, creation_time)
    }

    /// Something was sent to a group.
    pub(super) fn use_group(&mut self, id: &str) {
        if let Some(group) = self.groups.get_mut(id) {
            group.was_used = true;
        }
    }

    /// The invite link of a group, another one after each revocation.
    pub(super) fn link(&self, id: &str) -> Option<String> {
        let group = self.groups.get(id)?;
        let digest = blake3::hash(format!("{id} {}", group.revoked).as_bytes()).to_hex();
        Some(format!("https://chat.whatsapp.com/{}", &digest[..22]))
    }

    /// Lets somebody join by a link; gives the group's id. `None` when no group has the link any more.
    pub(super) fn join(&mut self, link: &str, number: &str) -> Option<String> {
        let id = self.groups.keys().find(|id| self.link(id).as_deref() == Some(link))?.clone();
        let group = self.groups.get_mut(&id)?;
        if !group.participants.iter().any(|one| one == number) {
            group.participants.push(number.to_owned());
        }
        Some(id)
    }

    /// Keeps a message as the webhook would tell it (seed 001, "Exemplo de mensagem e grupo"; providers.md §2.5).
    /// Who writes into a group must be in it.
    pub(super) fn hear(&mut self, body: &Value, happening: &Happening) -> Result<Value, String> {
        let inbound = Inbound::read(body)?;
        let from = inbound.from.digits();
        let mut message = if inbound.is_button {
            let reply = json!({ "payload": inbound.text, "title": inbound.text });
            json!({ "type": "BUTTON", "interactive": { "type": "BUTTON_REPLY", "buttonReply": reply } })
        } else {
            json!({ "type": "TEXT", "messageText": inbound.text })
        };
        if let Some(id) = inbound.group {
            let group = self.groups.get_mut(&id).filter(|group| group.has_account());
            let group = group.ok_or("the account is in no group of that `waGroupId`")?;
            if !group.participants.contains(&from) {
                return Err("`from` is not in that group".to_owned());
            }
            group.was_used = true;
            message["waGroupId"] = id.into();
        }
        let told = json!({
            "id": format!("5efc3581-0000-4001-0000-{:012x}", happening.number & ((1 << 48) - 1)),
            "source": from,
            "origin": from,
            "destination": inbound.to.as_deref().unwrap_or(OWN_NUMBER),
            "userProfile": { "name": from, "whatsAppId": from },
            "message": message,
            "receivedAt": happening.at.as_millisecond(),
            "receivedDate": format!("{:.3}", happening.at),
        });
        if happening.keeps {
            self.inbound.push(told.clone());
        }
        Ok(told)
    }

    pub(super) fn totals(&self) -> Vec<(&'static str, usize)> {
        let participants = self.groups.values().map(|group| group.participants.len()).sum();
        let own = self.own_groups().count();
        vec![
            ("groups", self.groups.len()),
            ("inbound", self.inbound.len()),
            ("own_groups", own),
            ("participants", participants),
            ("unused_groups", self.unused_groups()),
        ]
    }

    pub(super) fn inspect(&self) -> Value {
        let group = |(id, group): (&String, &Group)| {
            json!({
                "id": id,
                "subject": group.subject,
                "creation_time": group.creation_time,
                "admins": group.admins,
                "participants": group.participants,
                "icon": group.icon.as_ref().map(|icon| icon.content_type.as_str()),
                "link": self.link(id),
                "used": group.was_used,
            })
        };
        json!({ "number": OWN_NUMBER, "groups": self.groups.iter().map(group).collect::<Vec<_>>(),
                "inbound": self.inbound })
    }
}
