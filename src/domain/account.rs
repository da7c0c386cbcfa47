//! What a provider's account holds, in words that all providers share: contacts, tags, groups, messages,
//! templates. A provider that does not know a field leaves it empty.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::MessageId;

/// Some of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Page<T> {
    /// In the provider's order.
    pub items: Vec<T>,
    /// How many there are in all, where the provider says.
    pub total: Option<u64>,
    /// Whether nothing follows.
    pub is_last: bool,
}

impl<T> Page<T> {
    /// A list that came in one piece.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        let total = items.len() as u64;
        Self { items, total: Some(total), is_last: true }
    }

    /// Puts what follows behind it.
    pub fn append(&mut self, next: Self) {
        self.items.extend(next.items);
        self.total = next.total.or(self.total);
        self.is_last = next.is_last;
    }
}

/// Somebody, or a group, whom the account knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Contact {
    /// The provider's id.
    pub id: String,
    /// The number's digits, or a group's identifier.
    pub identifier: String,
    /// The name, and what the account calls it.
    pub name: Option<String>,
    /// What the account calls it.
    pub custom_name: Option<String>,
    /// Whether it is a group.
    pub is_group: bool,
    /// The one platform that it belongs to.
    pub platform: Option<String>,
    /// Ids of its tags.
    pub tags: Vec<String>,
    /// Whether its messages are left alone: no campaign reaches it.
    pub is_ignored: bool,
    /// Names and values of the account's own attributes.
    #[serde(serialize_with = "as_object")]
    pub attributes: Vec<(String, String)>,
}

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Tag {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub color: Option<String>,
}

/// A group. A list gives no more than ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Group {
    /// The provider's id.
    pub id: String,
    /// What its members see.
    pub subject: Option<String>,
    /// Who made it: a number's digits.
    pub creator: Option<String>,
    /// When, in seconds since 1970.
    pub created: Option<i64>,
    /// Administrators' numbers: digits.
    pub admins: Vec<String>,
    /// Participants' numbers: digits.
    pub participants: Vec<String>,
}

/// A group's picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Icon {
    /// Its MIME type.
    pub content_type: Option<String>,
    /// Its file's name.
    pub name: Option<String>,
    /// Where it can be had.
    pub url: String,
}

/// A message of a conversation, or something that happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ChatMessage {
    /// The provider's id.
    #[serde(serialize_with = "as_text")]
    pub id: MessageId,
    /// Whether the account sent it.
    pub is_ours: bool,
    /// `message`, `ticket`, `broadcastMessage`: as the provider calls it.
    pub event: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// As the provider writes it: `DELIVERED`.
    pub status: Option<String>,
    /// Why it failed, in the provider's words.
    pub failure: Option<String>,
    /// Why it failed, by a code.
    pub failure_code: Option<String>,
    /// When it was made.
    pub at: Option<Timestamp>,
    /// The sender's own id for it, where there is one.
    pub local_id: Option<String>,
    /// WhatsApp's id for it, where the provider says.
    pub whatsapp_id: Option<String>,
    /// The template's name, where it is one and the provider says.
    pub template: Option<String>,
}

/// A message template that the account has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct AccountTemplate {
    /// By which messages name it.
    pub name: String,
    /// `pt_BR`.
    pub language: Option<String>,
    /// `APPROVED`: as the provider writes it.
    pub status: Option<String>,
    /// `MARKETING`: as the provider writes it.
    pub category: Option<String>,
    /// The text with its placeholders.
    pub body: Option<String>,
    /// Names of its parameters.
    pub params: Vec<String>,
}

/// A bulk send as the provider counts it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Broadcast {
    /// The provider's id.
    pub id: String,
    /// As the provider writes it: `processing`.
    pub status: String,
    /// Counts by the provider's words, in its order.
    #[serde(serialize_with = "as_object")]
    pub counts: Vec<(String, u64)>,
}

/// One recipient of a bulk send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct BroadcastRecipient {
    /// The number's digits.
    pub phone: String,
    /// The sender's own id for the message.
    pub local_id: Option<String>,
    /// The provider's id for it.
    pub message_id: Option<String>,
    /// As the provider writes it.
    pub status: String,
    /// Why it failed, in the provider's words.
    pub failure: Option<String>,
    /// Why it failed, by a code.
    pub failure_code: Option<String>,
    /// When the message was made.
    pub created: Option<Timestamp>,
}

/// Names and values as programs expect them.
fn as_object<S: Serializer, V: Serialize>(pairs: &[(String, V)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// An id as programs expect it: numbers beyond 2^53 do not survive in all of them.
fn as_text<S: Serializer>(id: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
