//! A template for one person: `POST /{tenant}/api/v1/sendTemplateMessage?whatsappNumber=N` (seed 003, §1;
//! the answer as captured in providers.md §3.3).

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use super::value::truth;
use crate::provider::lenient;

/// Body of `POST /{tenant}/api/v1/sendTemplateMessage?whatsappNumber=N`. Fields are optional when read,
/// so that the sandbox can say which one is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendTemplateMessage<'a> {
    /// The template's name.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub template_name: Option<Cow<'a, str>>,
    /// The broadcast's name in Wati's reports: the campaign's.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub broadcast_name: Option<Cow<'a, str>>,
    /// Which of the account's numbers sends. The seed writes `channelNumber`, Wati's own pages
    /// `channel_number`, v3 `channel`.
    #[serde(
        rename = "channelNumber",
        alias = "channel_number",
        alias = "channel",
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub channel_number: Option<Cow<'a, str>>,
    /// The template's values.
    #[serde(borrow, default, deserialize_with = "parameters")]
    pub parameters: Vec<Parameter<'a>>,
}

/// One value of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter<'a> {
    /// The placeholder's name; `1` for `{{1}}`.
    #[serde(borrow, default, deserialize_with = "text_or_empty")]
    pub name: Cow<'a, str>,
    /// What stands in its place.
    #[serde(borrow, default, deserialize_with = "text_or_empty")]
    pub value: Cow<'a, str>,
}

/// Body of an answer. Business failures come with HTTP 200 and `result: false`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendTemplateReply<'a> {
    /// Whether Wati took the message. Other calls of the same API answer `"success"`.
    #[serde(default, deserialize_with = "truth", skip_serializing_if = "Option::is_none")]
    pub result: Option<bool>,
    /// What went wrong, in Wati's words.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub info: Option<Cow<'a, str>>,
    /// What went wrong, where `info` does not say.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Cow<'a, str>>,
    /// What went wrong, where neither says.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
    /// What went wrong with parameters or numbers.
    #[serde(borrow, default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub errors: Option<ReplyErrors<'a>>,
    /// The recipient's number.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Cow<'a, str>>,
    /// The template's name.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub template_name: Option<Cow<'a, str>>,
    /// The values. The misspelling is Wati's.
    #[serde(
        rename = "parameteres",
        borrow,
        default,
        deserialize_with = "parameters",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub parameters: Vec<Parameter<'a>>,
    /// The contact to whom the message goes; Wati makes one for a number that it does not know.
    #[serde(borrow, default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact<'a>>,
    /// Holds the message's identifier.
    #[serde(borrow, default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub model: Option<Model<'a>>,
    /// The message's identifier as webhooks of the second kind call it.
    #[serde(
        rename = "localMessageId",
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub local_message_id: Option<Cow<'a, str>>,
    /// Whether the recipient is on WhatsApp.
    #[serde(
        rename = "validWhatsAppNumber",
        default,
        deserialize_with = "truth",
        skip_serializing_if = "Option::is_none"
    )]
    pub valid_whatsapp_number: Option<bool>,
}

/// Details of a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyErrors<'a> {
    /// In words.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
    /// Names of parameters that the template does not have, or whose values it does not take.
    #[serde(
        rename = "invalidCustomParameters",
        borrow,
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub invalid_custom_parameters: Vec<Cow<'a, str>>,
    /// Numbers that cannot be messaged.
    #[serde(
        rename = "invalidWhatsappNumbers",
        borrow,
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub invalid_whatsapp_numbers: Vec<Cow<'a, str>>,
}

/// The part of a contact that answers carry and Disparo's sandbox shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact<'a> {
    /// The contact's identifier.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub id: Option<Cow<'a, str>>,
    /// The number under which WhatsApp knows the person; the spelling is Wati's.
    #[serde(
        rename = "wAid",
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub whatsapp_id: Option<Cow<'a, str>>,
    /// The number.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Cow<'a, str>>,
    /// `VALID` or `INVALID`.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub contact_status: Option<Cow<'a, str>>,
}

/// Holds the message's identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model<'a> {
    /// One for the single message of this call.
    #[serde(borrow, default, deserialize_with = "lenient::texts")]
    pub ids: Vec<Cow<'a, str>>,
}

fn text_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    Ok(lenient::text(deserializer)?.unwrap_or_default())
}

fn parameters<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Parameter<'de>>, D::Error> {
    let read = lenient::objects(deserializer)?.unwrap_or_default();
    Ok(read.into_iter().flatten().collect())
}
