//! Wati's calls that send nothing: what they ask for, once judged.

use crate::domain::{Address, PersonKey, Phone};
use crate::sandbox::accepting::MESSAGE;
use crate::sandbox::far_side::Operation as Operates;

/// What is asked for.
#[derive(Debug)]
pub(in crate::sandbox) enum Operation {
    Change(Change),
    Question(Question),
}

/// What is to be done. `third` tells v3, which answers in another form.
#[derive(Debug)]
pub(in crate::sandbox) enum Change {
    CreateContact {
        phone: Phone,
        name: Option<String>,
        attributes: Vec<(String, String)>,
        third: bool,
    },
    SetAttributes {
        /// One by v1's path, any number by its list and by v3.
        contacts: Vec<ContactAttributes>,
        form: Form,
    },
    SetChatStatus {
        phone: Phone,
        channel: Option<Phone>,
        status: &'static str,
        third: bool,
    },
}

/// What is to be told.
#[derive(Debug)]
pub(in crate::sandbox) enum Question {
    Messages {
        person: PersonKey,
        /// Of one of the account's numbers alone.
        channel: Option<Phone>,
        page: Page,
    },
    Contacts {
        filter: Filter,
        page: Page,
    },
    Templates {
        page: Page,
    },
    Broadcast {
        id: u64,
    },
    BroadcastRecipients {
        id: u64,
        page: Page,
    },
    ContactCount,
    Channels,
}

/// Whose attributes, and which.
#[derive(Debug)]
pub(in crate::sandbox) struct ContactAttributes {
    /// As it is written.
    pub(super) target: String,
    /// `None` for what names nobody.
    pub(super) phone: Option<Phone>,
    pub(super) attributes: Vec<(String, String)>,
}

/// How attributes are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Form {
    One,
    Many,
    Third,
}

/// Which part of a list.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Page {
    /// From 1.
    pub(super) number: usize,
    pub(super) size: usize,
    pub(super) third: bool,
    /// The request's path, for the link to the next page.
    pub(super) path: String,
}

/// Which contacts.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Filter {
    /// Part of the name, in lower case.
    pub(super) name: Option<String>,
    pub(super) attributes: Vec<Condition>,
    /// `2026-11-22`.
    pub(super) created: Option<String>,
}

/// What an attribute must be.
#[derive(Debug)]
pub(in crate::sandbox) struct Condition {
    pub(super) name: String,
    pub(super) comparison: Comparison,
    pub(super) value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Comparison {
    Equal,
    NotEqual,
    Contains,
    NotContains,
    Exists,
    NotExists,
}

impl Operation {
    /// All words, and that of messages.
    pub(super) const WORDS: &'static [&'static str] = &[
        MESSAGE,
        "create_contact",
        "set_attributes",
        "set_chat_status",
        "messages",
        "contacts",
        "templates",
        "broadcast",
        "broadcast_recipients",
        "contact_count",
        "channels",
    ];
}

impl Operates for Operation {
    fn word(&self) -> &'static str {
        match self {
            Self::Change(Change::CreateContact { .. }) => "create_contact",
            Self::Change(Change::SetAttributes { .. }) => "set_attributes",
            Self::Change(Change::SetChatStatus { .. }) => "set_chat_status",
            Self::Question(Question::Messages { .. }) => "messages",
            Self::Question(Question::Contacts { .. }) => "contacts",
            Self::Question(Question::Templates { .. }) => "templates",
            Self::Question(Question::Broadcast { .. }) => "broadcast",
            Self::Question(Question::BroadcastRecipients { .. }) => "broadcast_recipients",
            Self::Question(Question::ContactCount) => "contact_count",
            Self::Question(Question::Channels) => "channels",
        }
    }

    fn is_change(&self) -> bool {
        matches!(self, Self::Change(_))
    }

    fn concerns(&self) -> Vec<Address> {
        match self {
            Self::Change(Change::CreateContact { phone, .. } | Change::SetChatStatus { phone, .. }) => {
                vec![Address::Phone(*phone)]
            }
            Self::Change(Change::SetAttributes { contacts, .. }) => {
                contacts.iter().filter_map(|one| one.phone).map(Address::Phone).collect()
            }
            Self::Question(_) => Vec::new(),
        }
    }
}
