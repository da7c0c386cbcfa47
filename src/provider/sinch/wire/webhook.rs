//! What Sinch posts to the account's address: what became of our messages, and what people write (seed 001;
//! providers.md §2.4 and §2.5). Both come in arrays in the same envelope.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::provider::lenient;

/// The envelope.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Callback<'a> {
    /// How many entries there are: a number in the samples, text in the table of fields.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub total: Option<Cow<'a, str>>,
    /// The entries. `None` in the vector: an entry that is not an object.
    #[serde(borrow, deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<Option<Record<'a>>>>,
    /// Whose account it is: `customerId`, `subAccountId`, `userId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<Value>,
}

/// One entry: somebody's message where it has a `message`, else what has become of one of ours so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record<'a> {
    /// Of the message.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// Ours, of the message that was sent.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Cow<'a, str>>,
    /// For whom our message is.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub destination: Option<Cow<'a, str>>,
    /// Who wrote.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub source: Option<Cow<'a, str>>,
    /// The same as `source` in the seed's sample; the number that sent in that of statuses.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub origin: Option<Cow<'a, str>>,
    /// Who wrote, as WhatsApp knows them.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub user_profile: Option<UserProfile<'a>>,
    /// Sinch's campaign.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub campaign_id: Option<Cow<'a, str>>,
    /// The campaign's name at Sinch.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub campaign_alias: Option<Cow<'a, str>>,
    /// Sinch's flow.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<Cow<'a, str>>,
    /// What was sent with the message.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub extra_info: Option<Cow<'a, str>>,
    /// Whether WhatsApp has it.
    #[serde(deserialize_with = "lenient::truth", skip_serializing_if = "Option::is_none")]
    pub sent: Option<bool>,
    /// 2 in the table, 1 in the sample; a failure from 100 on.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub sent_status_code: Option<Cow<'a, str>>,
    /// In words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub sent_status: Option<Cow<'a, str>>,
    /// When, in ISO 8601.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub sent_date: Option<Cow<'a, str>>,
    /// When, in milliseconds since 1970.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub sent_at: Option<Cow<'a, str>>,
    /// Whether the telephone has it.
    #[serde(deserialize_with = "lenient::truth", skip_serializing_if = "Option::is_none")]
    pub delivered: Option<bool>,
    /// 4 for delivered, 5 for read; a failure from 100 on.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub delivered_status_code: Option<Cow<'a, str>>,
    /// In words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub delivered_status: Option<Cow<'a, str>>,
    /// When, in ISO 8601.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub delivered_date: Option<Cow<'a, str>>,
    /// When, in milliseconds since 1970.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub delivered_at: Option<Cow<'a, str>>,
    /// Whether the person has seen it.
    #[serde(deserialize_with = "lenient::truth", skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// When, in ISO 8601.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub read_date: Option<Cow<'a, str>>,
    /// When, in milliseconds since 1970.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub read_at: Option<Cow<'a, str>>,
    /// When the record last changed, in ISO 8601.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub updated_date: Option<Cow<'a, str>>,
    /// When the record last changed, in milliseconds since 1970.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Cow<'a, str>>,
    /// `MESSAGE`.
    #[serde(
        rename = "type",
        borrow,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Cow<'a, str>>,
    /// What the person wrote.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub message: Option<Inbound<'a>>,
    /// When it came, in milliseconds since 1970; the table of fields swaps the types of this and the next.
    #[serde(
        borrow,
        deserialize_with = "lenient::text",
        serialize_with = "lenient::as_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub received_at: Option<Cow<'a, str>>,
    /// When it came, in ISO 8601.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub received_date: Option<Cow<'a, str>>,
    /// The conversation: `sessionId`, `createdAt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Value>,
}

/// Who wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserProfile<'a> {
    /// What the person calls themself.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// By which WhatsApp knows them.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub whats_app_id: Option<Cow<'a, str>>,
}

/// What a person wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Inbound<'a> {
    /// `TEXT`, `IMAGE`, `AUDIO`, `VIDEO`, `DOCUMENT`, `STICKER`, `LOCATION`, `CONTACTS`, `BUTTON`, `INTERACTIVE`, `ORDER`.
    #[serde(
        rename = "type",
        borrow,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Cow<'a, str>>,
    /// The text.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub message_text: Option<Cow<'a, str>>,
    /// Beside a file.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub caption: Option<Cow<'a, str>>,
    /// The group in which it was written: then it is no answer to us, and no opt-out.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub wa_group_id: Option<Cow<'a, str>>,
    /// A button that was pressed, or a row that was chosen.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub interactive: Option<Interactive<'a>>,
    /// A template's button that was pressed.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub button: Option<Choice<'a>>,
    /// Whatever else there is: `mediaUrl`, `mimeType`, `location`, `contacts`, `order`.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Interactive<'a> {
    /// `LIST_REPLY`, `BUTTON_REPLY`.
    #[serde(
        rename = "type",
        borrow,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Cow<'a, str>>,
    /// A row of a list.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub list_reply: Option<Choice<'a>>,
    /// A button.
    #[serde(borrow, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub button_reply: Option<Choice<'a>>,
}

/// A button or a row: its words, and what it carries beside them. Lists name both otherwise than buttons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Choice<'a> {
    /// A row's words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub row_title: Option<Cow<'a, str>>,
    /// What a row carries.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub row_identifier: Option<Cow<'a, str>>,
    /// A button's words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub title: Option<Cow<'a, str>>,
    /// A template's button's words.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// What a row carries, as the message that offered it calls it.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Cow<'a, str>>,
    /// What a button carries.
    #[serde(borrow, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub payload: Option<Cow<'a, str>>,
}
