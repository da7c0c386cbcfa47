//! `[omnichannel]`: what the omnichannel's account holds to begin with, and what it knows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::document::{Findings, Placed, Table, value};
use crate::domain::Problem;

/// What the seed leaves open about the omnichannel's account. What is here belongs to every account and
/// channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OmnichannelRules {
    /// Ids of the account's channels; empty when any is taken.
    pub channels: BTreeSet<String>,
    /// The account's platforms; empty when any is taken.
    pub platforms: BTreeSet<String>,
    /// Tags that are there from the start.
    pub tags: Vec<OmnichannelTag>,
    /// Contacts that are there from the start.
    pub contacts: Vec<OmnichannelContact>,
    /// Numbers of conversations that are open from the start, by the session's id.
    pub sessions: BTreeMap<String, String>,
    /// Ids of messages that can be deleted from the start.
    pub messages: Vec<String>,
}

/// A tag of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OmnichannelTag {
    /// Its id; the name, where the scenario gives none.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
}

/// A contact of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OmnichannelContact {
    /// Its id; 24 hexadecimal digits made of its place, where the scenario gives none.
    pub id: String,
    /// A number's digits, or a group's identifier.
    pub identifier: String,
    /// The name.
    pub name: String,
    /// Whether it is a group.
    pub is_group: bool,
    /// Ids of its tags.
    pub tags: Vec<String>,
    /// The one platform that it belongs to.
    pub platform: Option<String>,
    /// Whether its messages are left alone.
    pub is_ignored: bool,
}

impl OmnichannelRules {
    /// Whether the account has that channel, where one is named.
    #[must_use]
    pub fn takes_channel(&self, channel: Option<&str>) -> bool {
        channel.is_none_or(|channel| self.channels.is_empty() || self.channels.contains(channel))
    }

    /// Whether the account has that platform, where one is named.
    #[must_use]
    pub fn takes_platform(&self, platform: Option<&str>) -> bool {
        platform.is_none_or(|platform| self.platforms.is_empty() || self.platforms.contains(platform))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOmnichannel {
    channels: Option<BTreeSet<String>>,
    platforms: Option<BTreeSet<String>>,
    tags: Option<Vec<Table<RawTag>>>,
    contacts: Option<Vec<Table<RawContact>>>,
    sessions: Option<BTreeMap<String, String>>,
    messages: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTag {
    id: Option<String>,
    name: Option<Placed<String>>,
    color: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContact {
    id: Option<String>,
    identifier: Option<Placed<String>>,
    name: Option<String>,
    group: Option<bool>,
    tags: Option<Vec<String>>,
    platform: Option<String>,
    ignored: Option<bool>,
}

impl RawOmnichannel {
    pub(super) fn read(self, findings: &mut Findings) -> OmnichannelRules {
        let tags = self.tags.into_iter().flatten().filter_map(|Table(raw)| raw.read(findings)).collect();
        let contacts = self.contacts.into_iter().flatten().enumerate();
        let contacts = contacts.filter_map(|(place, Table(raw))| raw.read(place, findings)).collect();
        OmnichannelRules {
            channels: self.channels.unwrap_or_default(),
            platforms: self.platforms.unwrap_or_default(),
            tags,
            contacts,
            sessions: self.sessions.unwrap_or_default(),
            messages: self.messages.unwrap_or_default(),
        }
    }
}

impl RawTag {
    fn read(self, findings: &mut Findings) -> Option<OmnichannelTag> {
        let name = text(self.name, "omnichannel.tags.name", findings)?;
        let color = self.color.unwrap_or_else(|| "#808080".to_owned());
        Some(OmnichannelTag { id: self.id.unwrap_or_else(|| name.clone()), name, color })
    }
}

impl RawContact {
    fn read(self, place: usize, findings: &mut Findings) -> Option<OmnichannelContact> {
        let identifier = text(self.identifier, "omnichannel.contacts.identifier", findings)?;
        Some(OmnichannelContact {
            // Far from the identifiers that the record's numbers make.
            id: self.id.unwrap_or_else(|| format!("c0{place:022x}")),
            name: self.name.unwrap_or_else(|| identifier.clone()),
            is_group: self.group.unwrap_or(false),
            tags: self.tags.unwrap_or_default(),
            platform: self.platform,
            is_ignored: self.ignored.unwrap_or(false),
            identifier,
        })
    }
}

/// Text that each entry of a list needs.
fn text(given: Option<Placed<String>>, key: &str, findings: &mut Findings) -> Option<String> {
    let absent = || Problem::about(key, format!("`{key}` is missing in one of the list"));
    let given = findings.require(given, absent)?;
    findings.keep(value::text(given, key)).map(|text| text.value)
}
