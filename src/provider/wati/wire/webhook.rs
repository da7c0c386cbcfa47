//! What Wati posts to the account's address, one event at a time, and most events twice: under its old name
//! and with `_v2` behind it (providers.md §3.6).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::provider::lenient;

/// Endings of `eventType` that change nothing about what is told.
pub const VARIANTS: &[&str] = &["_v2", "_bsuid"];

/// `eventType` of a template that left, with the number it is for.
pub const TEMPLATE_SENT: &str = "templateMessageSent";
/// `eventType` of a text in an open conversation that left.
pub const SESSION_SENT: &str = "sessionMessageSent";
/// `eventType` of a message that the telephone has.
pub const DELIVERED: &str = "sentMessageDELIVERED";
/// `eventType` of a message that the person has seen.
pub const READ: &str = "sentMessageREAD";
/// `eventType` of a message that the person answered.
pub const REPLIED: &str = "sentMessageREPLIED";
/// `eventType` of a template that reached nobody.
pub const TEMPLATE_FAILED: &str = "templateMessageFailed";
/// `eventType` of a text that reached nobody.
pub const SESSION_FAILED: &str = "sessionMessageFailed";
/// `eventType` of a person's message, and of one of ours in the same conversation.
pub const MESSAGE: &str = "message";

/// One event. `DELIVERED` and `READ` have no `waId`, old ones no `localMessageId`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    /// Which, perhaps with one of [`VARIANTS`] behind it.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<Cow<'a, str>>,
    /// The sender's own identifier of the message; Wati's where the sender has none.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub local_message_id: Option<Cow<'a, str>>,
    /// Wati's identifier.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// WhatsApp's identifier.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub whatsapp_message_id: Option<Cow<'a, str>>,
    /// The template's id.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub template_id: Option<Cow<'a, str>>,
    /// The template's name.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub template_name: Option<Cow<'a, str>>,
    /// When the message was made, with seven fractional digits.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub created: Option<Cow<'a, str>>,
    /// Wati's conversation.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<Cow<'a, str>>,
    /// Wati's ticket.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<Cow<'a, str>>,
    /// The text.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// Who sent it, of the account.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub operator_email: Option<Cow<'a, str>>,
    /// The person's number: digits.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<Cow<'a, str>>,
    /// `template`, `text`, `button`, `image`.
    #[serde(
        rename = "type",
        borrow,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Cow<'a, str>>,
    /// `SENT`, `Delivered`, `Read`, `Failed`; `SENT` for a person's message too, of which it means nothing.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub status_string: Option<Cow<'a, str>>,
    /// WhatsApp's code of a failure, as text.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub failed_code: Option<Cow<'a, str>>,
    /// The failure in words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub failed_detail: Option<Cow<'a, str>>,
    /// When it happened: seconds since 1970, as text.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Cow<'a, str>>,
    /// `API`.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub source_type: Option<Cow<'a, str>>,
    /// Of a message: whether it is the account's.
    #[serde(deserialize_with = "lenient::truth", skip_serializing_if = "Option::is_none")]
    pub owner: Option<bool>,
    /// What the person calls themself.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<Cow<'a, str>>,
    /// WhatsApp's identifier of the message that it answers.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub reply_context_id: Option<Cow<'a, str>>,
    /// Which of the account's numbers.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub channel_phone_number: Option<Cow<'a, str>>,
    /// A file's address, or what else there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// A list's row that was chosen.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub list_reply: Option<Choice<'a>>,
    /// A template's button that was pressed.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub button_reply: Option<Choice<'a>>,
    /// A message's button that was pressed.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub interactive_button_reply: Option<Choice<'a>>,
}

/// A button or a row: its words, and what it carries beside them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice<'a> {
    /// Its words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub title: Option<Cow<'a, str>>,
    /// A template's button's words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// What it carries.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// What a template's button carries.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub payload: Option<Cow<'a, str>>,
    /// What stands below a row's words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub description: Option<Cow<'a, str>>,
}
