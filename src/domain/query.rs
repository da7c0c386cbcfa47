//! Questions to a provider: nothing is changed by them, so that they may be asked again.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::Phone;
use super::account::{
    AccountTemplate, Broadcast, BroadcastRecipient, ChatMessage, Contact, Group, Icon, Page, Tag,
};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Contacts that fit, some at a time.
    Contacts {
        /// Which.
        filter: ContactFilter,
        /// Which of them.
        paging: Paging,
    },
    /// One contact.
    Contact {
        /// Its id.
        id: String,
    },
    /// A contact's tags.
    ContactTags {
        /// The contact's id.
        contact: String,
    },
    /// All tags, or those of a name.
    Tags {
        /// The name.
        name: Option<String>,
    },
    /// One tag.
    Tag {
        /// Its id.
        id: String,
    },
    /// Everybody who has a tag.
    ContactsByTag {
        /// The tag's id.
        tag: String,
    },
    /// All groups in which the account is.
    Groups,
    /// One group, with its participants.
    Group {
        /// Its id.
        id: String,
    },
    /// A group's invite link.
    GroupInvite {
        /// The group's id.
        group: String,
    },
    /// A group's picture.
    GroupIcon {
        /// The group's id.
        group: String,
    },
    /// The conversation with a person, the newest first.
    Messages {
        /// The person.
        phone: Phone,
        /// Which of them.
        paging: Paging,
    },
    /// The account's message templates.
    Templates {
        /// Which of them.
        paging: Paging,
    },
    /// How a bulk send is doing.
    Broadcast {
        /// Its id.
        id: String,
    },
    /// What became of the recipients of a bulk send.
    BroadcastRecipients {
        /// The bulk send's id.
        id: String,
        /// Which of them.
        paging: Paging,
    },
}

/// Which contacts. Everything that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactFilter {
    /// Part of the name.
    pub name: Option<String>,
    /// The number's digits, or a group's identifier.
    pub identifier: Option<String>,
    /// Ids of tags.
    pub tags: Vec<String>,
    /// Groups only, or people only.
    pub is_group: Option<bool>,
    /// An attribute's name, and its value.
    pub attribute: Option<(String, String)>,
    /// Made on this day, as the provider writes it.
    pub created: Option<String>,
    /// The newest first.
    pub descending: bool,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub page: u32,
    /// Items in a page; the provider may allow fewer. `None` for its own size.
    pub size: Option<u32>,
}

impl Paging {
    /// The beginning, in pages of the provider's own size.
    pub const FIRST: Self = Self { page: 1, size: None };

    /// What follows.
    #[must_use]
    pub fn next(self) -> Self {
        Self { page: self.page.saturating_add(1), ..self }
    }
}

impl Query {
    /// The same question about the next page; `None` for one whose answer comes in one piece.
    #[must_use]
    pub fn next_page(&self) -> Option<Self> {
        let mut next = self.clone();
        match &mut next {
            Self::Contacts { paging, .. }
            | Self::Messages { paging, .. }
            | Self::Templates { paging }
            | Self::BroadcastRecipients { paging, .. } => *paging = paging.next(),
            Self::Contact { .. }
            | Self::ContactTags { .. }
            | Self::Tags { .. }
            | Self::Tag { .. }
            | Self::ContactsByTag { .. }
            | Self::Groups
            | Self::Group { .. }
            | Self::GroupInvite { .. }
            | Self::GroupIcon { .. }
            | Self::Broadcast { .. } => return None,
        }
        Some(next)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Found {
    /// To [`Query::Contacts`] and [`Query::ContactsByTag`].
    Contacts(Page<Contact>),
    /// To [`Query::Contact`].
    Contact(Contact),
    /// To [`Query::Tags`] and [`Query::ContactTags`].
    Tags(Page<Tag>),
    /// To [`Query::Tag`].
    Tag(Tag),
    /// To [`Query::Groups`].
    Groups(Page<Group>),
    /// To [`Query::Group`].
    Group(Group),
    /// To [`Query::GroupInvite`].
    Link(String),
    /// To [`Query::GroupIcon`].
    Icon(Icon),
    /// To [`Query::Messages`].
    Messages(Page<ChatMessage>),
    /// To [`Query::Templates`].
    Templates(Page<AccountTemplate>),
    /// To [`Query::Broadcast`].
    Broadcast(Broadcast),
    /// To [`Query::BroadcastRecipients`].
    BroadcastRecipients(Page<BroadcastRecipient>),
}

impl Found {
    /// Whether another page follows.
    #[must_use]
    pub fn has_more(&self) -> bool {
        match self {
            Self::Contacts(page) => !page.is_last,
            Self::Tags(page) => !page.is_last,
            Self::Groups(page) => !page.is_last,
            Self::Messages(page) => !page.is_last,
            Self::Templates(page) => !page.is_last,
            Self::BroadcastRecipients(page) => !page.is_last,
            Self::Contact(_)
            | Self::Tag(_)
            | Self::Group(_)
            | Self::Link(_)
            | Self::Icon(_)
            | Self::Broadcast(_) => false,
        }
    }

    /// Items of a list; 1 for a single thing.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Contacts(page) => page.items.len(),
            Self::Tags(page) => page.items.len(),
            Self::Groups(page) => page.items.len(),
            Self::Messages(page) => page.items.len(),
            Self::Templates(page) => page.items.len(),
            Self::BroadcastRecipients(page) => page.items.len(),
            Self::Contact(_)
            | Self::Tag(_)
            | Self::Group(_)
            | Self::Link(_)
            | Self::Icon(_)
            | Self::Broadcast(_) => 1,
        }
    }

    /// Whether it is a list without items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items in all, where the provider says.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        match self {
            Self::Contacts(page) => page.total,
            Self::Tags(page) => page.total,
            Self::Groups(page) => page.total,
            Self::Messages(page) => page.total,
            Self::Templates(page) => page.total,
            Self::BroadcastRecipients(page) => page.total,
            Self::Contact(_)
            | Self::Tag(_)
            | Self::Group(_)
            | Self::Link(_)
            | Self::Icon(_)
            | Self::Broadcast(_) => None,
        }
    }

    /// What tells the entries of a list from each other; none for a single thing.
    #[must_use]
    pub fn digests(&self) -> Vec<u64> {
        fn of<T: Hash>(items: &[T]) -> Vec<u64> {
            let digest = |item: &T| {
                let mut hasher = DefaultHasher::new();
                item.hash(&mut hasher);
                hasher.finish()
            };
            items.iter().map(digest).collect()
        }
        match self {
            Self::Contacts(page) => of(&page.items),
            Self::Tags(page) => of(&page.items),
            Self::Groups(page) => of(&page.items),
            Self::Messages(page) => of(&page.items),
            Self::Templates(page) => of(&page.items),
            Self::BroadcastRecipients(page) => of(&page.items),
            Self::Contact(_)
            | Self::Tag(_)
            | Self::Group(_)
            | Self::Link(_)
            | Self::Icon(_)
            | Self::Broadcast(_) => Vec::new(),
        }
    }

    /// Puts the next page of the same list behind this one. An answer of another kind changes nothing: the
    /// same question has the same kind of answer.
    pub fn append(&mut self, next: Self) {
        match (self, next) {
            (Self::Contacts(page), Self::Contacts(next)) => page.append(next),
            (Self::Tags(page), Self::Tags(next)) => page.append(next),
            (Self::Groups(page), Self::Groups(next)) => page.append(next),
            (Self::Messages(page), Self::Messages(next)) => page.append(next),
            (Self::Templates(page), Self::Templates(next)) => page.append(next),
            (Self::BroadcastRecipients(page), Self::BroadcastRecipients(next)) => page.append(next),
            _ => {}
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryFailure {
    /// There is no such thing.
    NotFound,
    /// The provider wants fewer calls.
    Throttled {
        /// How long it asks to wait.
        retry_after: Option<std::time::Duration>,
    },
    /// The provider refuses.
    Refused(super::Reason),
    /// The provider could not be reached, or its answer not be read: for people.
    Unanswered(String),
}
