//! What Devino posts: statuses of messages, as an array, and one message of a person's, as an object (seed
//! 002, "Status de webhook" and "Webhook de entrada"; older names as in providers.md §1.4 to §1.6).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{read_message_id, write_long};
use crate::domain::MessageId;
use crate::provider::lenient;

/// One entry: a status where it has no `incomingMessageId`. Fields of both kinds are optional, so that one
/// address may take both; the order is that of the seed's samples.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told<'a> {
    /// Of a status: the message of ours. A number beyond 2^53, or its digits; a fraction or a negative
    /// number is none, because it would not be the number that was sent.
    #[serde(
        deserialize_with = "read_message_id",
        serialize_with = "write_long",
        skip_serializing_if = "Option::is_none"
    )]
    pub message_id: Option<MessageId>,
    /// Of a person's message: its own identifier.
    #[serde(
        deserialize_with = "read_message_id",
        serialize_with = "write_long",
        skip_serializing_if = "Option::is_none"
    )]
    pub incoming_message_id: Option<MessageId>,
    /// To which of the account's senders a person wrote.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'a, str>>,
    /// Who wrote.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub from: Option<Cow<'a, str>>,
    /// What they wrote.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// Address of the file they sent.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content_url: Option<Cow<'a, str>>,
    /// The file's MIME type.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content_type: Option<Cow<'a, str>>,
    /// The file's name.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content_name: Option<Cow<'a, str>>,
    /// What the person calls themself.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<Cow<'a, str>>,
    /// A place: `latitude`, `longitude`, `address`, `addressName`, `addressurl`.
    #[serde(rename = "whatsAppGeoLocation", skip_serializing_if = "Option::is_none")]
    pub geo_location: Option<Value>,
    /// People: an array of `addresses`, `birthday`, `emails`, `contactName`, `contactCompany`, `phones`,
    /// `urls`.
    #[serde(rename = "whatsAppContacts", skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Value>,
    /// When, in milliseconds since 1970; a number, or its digits.
    #[serde(deserialize_with = "lenient::whole", skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// `DELIVERED`. The seed shows no other; providers.md §1.4 has those of Devino's other APIs.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub status: Option<Cow<'a, str>>,
    /// 0, or a code of the seed's table; a word in Devino's older API.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub error_code: Option<Cow<'a, str>>,
    /// From where a link was followed.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub ip: Option<Cow<'a, str>>,
    /// With which browser.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub browser: Option<Cow<'a, str>>,
    /// On which operating system.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub os: Option<Cow<'a, str>>,
    /// The browser's own words about itself.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Cow<'a, str>>,
    /// What the message had as `callbackData`.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub options: Option<Cow<'a, str>>,
    /// What the older API has for both identifiers.
    #[serde(
        deserialize_with = "read_message_id",
        serialize_with = "write_long",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<MessageId>,
    /// What the older API has for `ts`.
    #[serde(deserialize_with = "lenient::whole", skip_serializing_if = "Option::is_none")]
    pub received_at: Option<i64>,
    /// What the older API has for `from` of a person's message.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub address: Option<Cow<'a, str>>,
    /// What the older API has for `to` of a person's message.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub subject: Option<Cow<'a, str>>,
    /// What the older API has for the text, or the file's address.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content: Option<Cow<'a, str>>,
    /// The message of ours that a person answers (older API).
    #[serde(
        deserialize_with = "read_message_id",
        serialize_with = "write_long",
        skip_serializing_if = "Option::is_none"
    )]
    pub parent_id: Option<MessageId>,
}
