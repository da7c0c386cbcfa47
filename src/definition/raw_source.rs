//! The key `audience.source` as it is written: an audience that is asked of an account.

use schemars::JsonSchema;
use serde::Deserialize;

use super::raw_action::RawContactKind;
use crate::document::{Placed, Table, TextList, TextTable};

/// Whom an account knows, asked when the plan is made: exactly one of tag, contacts, wati_contacts and groups.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("oneOf" = [
    { "required": ["tag"] },
    { "required": ["contacts"] },
    { "required": ["wati_contacts"] },
    { "required": ["groups"] },
]))]
pub struct RawSource {
    /// Which channel's account is asked. Without it: that of the campaign's first channel.
    #[schemars(length(min = 1))]
    pub channel: Option<Placed<String>>,
    /// Everybody who has this tag: its name or id.
    #[schemars(length(min = 1))]
    pub tag: Option<Placed<String>>,
    /// The contacts that fit; {} for all of them.
    pub contacts: Option<Placed<Table<RawContacts>>>,
    /// The same as contacts.
    pub wati_contacts: Option<Placed<Table<RawContacts>>>,
    /// The account's groups: all.
    pub groups: Option<Placed<RawGroups>>,
}

/// Which contacts; everything that is given must fit.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawContacts {
    /// Part of the name.
    #[schemars(length(min = 1))]
    pub name: Option<Placed<String>>,
    /// Tags that they all have, by names or ids.
    pub tags: Option<Placed<TextList>>,
    /// People only, or groups only. Without it: both, of which the groups go into rejects.csv.
    #[serde(rename = "type")]
    pub kind: Option<Placed<RawContactKind>>,
    /// One attribute and its value.
    pub attribute: Option<Placed<TextTable>>,
    /// The day on which they were made, as the provider writes it.
    #[schemars(length(min = 1))]
    pub created: Option<Placed<String>>,
}

/// Which groups.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawGroups {
    /// All of them.
    All,
}
