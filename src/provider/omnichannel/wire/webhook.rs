//! What the omnichannel posts to a platform's `callbackUrl`. That it does is documented, the shape is not: this
//! one is Disparo's own, with the names of seed 000's payloads where they have one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::provider::lenient;

/// `event` of what became of a message of ours.
pub const MESSAGE_STATUS: &str = "message_status";

/// `event` of a message of a person's.
pub const MESSAGE_RECEIVED: &str = "message_received";

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    /// [`MESSAGE_STATUS`] or [`MESSAGE_RECEIVED`].
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub event: Option<Cow<'a, str>>,
    /// The message, ours or theirs.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Cow<'a, str>>,
    /// `queued`, `sent`, `delivered`, `read`, `replied`, `failed`.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub status: Option<Cow<'a, str>>,
    /// When, in ISO 8601, or in milliseconds since 1970.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub at: Option<Cow<'a, str>>,
    /// When our message was made, in the same forms.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Cow<'a, str>>,
    /// Why it failed.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub error_code: Option<Cow<'a, str>>,
    /// Why it failed, in words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub error_message: Option<Cow<'a, str>>,
    /// The channel.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<Cow<'a, str>>,
    /// The person: a number's digits. Of a message in a group, who wrote it.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub contact_identifier: Option<Cow<'a, str>>,
    /// The group in which it was written.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub group_identifier: Option<Cow<'a, str>>,
    /// What the person calls themself.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// `text`, `image`, `audio`, `video`, `document`; `text` where it is absent.
    #[serde(
        rename = "type",
        borrow,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Cow<'a, str>>,
    /// What the person wrote.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// Address of the file that they sent.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub media_uri: Option<Cow<'a, str>>,
    /// The message of ours that it answers.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub quoted_message: Option<Quoted<'a>>,
}

/// A quoted message, as in the calls that quote one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Quoted<'a> {
    /// Its id.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Cow<'a, str>>,
}
