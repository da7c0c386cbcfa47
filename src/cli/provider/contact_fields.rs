//! Flags that say what is known of a contact.

use clap::{Args, ValueEnum};

use crate::domain::ContactFields;

use super::options::pair;

/// Only what is given is set.
#[derive(Debug, Clone, Args)]
pub struct Fields {
    /// The person's or group's name
    #[arg(long)]
    name: Option<String>,
    /// What the account calls it
    #[arg(long)]
    custom_name: Option<String>,
    /// Address of its picture
    #[arg(long, value_name = "URL")]
    photo: Option<String>,
    /// The one platform that it belongs to
    #[arg(long)]
    platform: Option<String>,
    /// A tag, by name or id; may stand several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Whether the provider leaves its messages alone; no campaign reaches it then
    #[arg(long, value_name = "true|false")]
    ignored: Option<bool>,
    /// One of the account's own attributes; may stand several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    attribute: Vec<(String, String)>,
}

impl Fields {
    /// As actions have them.
    #[must_use]
    pub fn of_contact(&self, is_group: bool) -> ContactFields {
        ContactFields {
            name: self.name.clone(),
            custom_name: self.custom_name.clone(),
            is_group,
            photo: self.photo.clone(),
            platform: self.platform.clone(),
            tags: self.tag.clone(),
            is_ignored: self.ignored,
            attributes: self.attribute.clone(),
            ..ContactFields::default()
        }
    }
}

/// What a contact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A person
    Individual,
    /// A group
    Group,
}

impl Kind {
    /// Whether it is a group.
    #[must_use]
    pub fn is_group(self) -> bool {
        self == Self::Group
    }
}
