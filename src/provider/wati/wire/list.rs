//! Answers to questions, of both APIs: a field that only one of them has is simply absent in the other's
//! (providers.md §3.3 and §3.4).

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use super::value::{AnyList, AnyObject, AnyText, AnyTruth};
use crate::provider::lenient;

/// What `attribute` of `getContacts` holds, in an array, as JSON: contacts that have this value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeFilter<'a> {
    /// The attribute's name.
    pub name: Cow<'a, str>,
    /// `==`, `contain` and others.
    pub operator: Cow<'a, str>,
    /// The value.
    pub value: Cow<'a, str>,
}

/// A list's answer. v1 says `"result": "success"` and counts in `link`, v3 does neither.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListReply {
    /// Whether it is an answer at all; v3 does not say.
    pub result: AnyTruth,
    /// What went wrong.
    pub info: AnyText,
    /// What went wrong, where `info` does not say.
    pub message: AnyText,
    /// What went wrong, where neither says.
    pub error: AnyText,
    /// Contacts, in both APIs.
    pub contact_list: AnyList<ContactFound>,
    /// Messages of v1; null for somebody without any.
    pub messages: AnyObject<Messages>,
    /// Messages of v3.
    pub message_list: AnyList<MessageFound>,
    /// Templates of v1.
    #[serde(rename = "messageTemplates")]
    pub message_templates: AnyList<TemplateFound>,
    /// Templates of v3.
    pub templates: AnyList<TemplateFound>,
    /// People of a broadcast (v3).
    pub recipients: AnyList<RecipientFound>,
    /// Where in the list this is (v1).
    pub link: AnyObject<Link>,
    /// Entries that a part has at most (v3).
    pub page_size: AnyText,
    /// How many there are in all, of templates (v3).
    pub total: AnyText,
    /// How many there are in all, of a broadcast's people (v3).
    pub total_count: AnyText,
}

/// Holds the messages of v1.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Messages {
    /// The messages.
    pub items: AnyList<MessageFound>,
}

/// Where in a list an answer of v1 is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Link {
    /// Address of what follows.
    pub next_page: AnyText,
    /// Entries that a part has at most.
    pub page_size: AnyText,
    /// How many there are in all.
    pub total: AnyText,
}

/// A contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContactFound {
    /// The contact's identifier.
    pub id: AnyText,
    /// The number under which WhatsApp knows the person (v1; the spelling is Wati's).
    #[serde(rename = "wAid")]
    pub whatsapp_id: AnyText,
    /// The same in v3.
    pub wa_id: AnyText,
    /// The number.
    pub phone: AnyText,
    /// The whole name (v1).
    #[serde(rename = "fullName")]
    pub full_name: AnyText,
    /// The first name (v1).
    #[serde(rename = "firstName")]
    pub first_name: AnyText,
    /// The name (v3).
    pub name: AnyText,
    /// Attributes (v1).
    #[serde(rename = "customParams")]
    pub custom_params: AnyList<NamedValue>,
    /// Attributes (v3).
    #[serde(rename = "custom_params")]
    pub custom_params_v3: AnyList<NamedValue>,
    /// Whether broadcasts may reach the person (v1).
    #[serde(rename = "allowBroadcast")]
    pub allow_broadcast: AnyTruth,
    /// The same in v3.
    #[serde(rename = "allow_broadcast")]
    pub allow_broadcast_v3: AnyTruth,
}

/// A name and a value. v1's templates call them otherwise than everything else.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NamedValue {
    /// The name.
    pub name: AnyText,
    /// The value.
    pub value: AnyText,
    /// The name, in a template of v1.
    #[serde(rename = "paramName")]
    pub param_name: AnyText,
}

/// A message, or something that happened in the conversation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MessageFound {
    /// Wati's identifier.
    pub id: AnyText,
    /// WhatsApp's identifier (v1).
    #[serde(rename = "whatsappMessageId")]
    pub whatsapp_message_id: AnyText,
    /// The same in v3.
    #[serde(rename = "whatsapp_message_id")]
    pub whatsapp_message_id_v3: AnyText,
    /// The sender's own (v1).
    #[serde(rename = "localMessageId")]
    pub local_message_id: AnyText,
    /// The sender's own (v3).
    #[serde(rename = "local_message_id")]
    pub local_message_id_v3: AnyText,
    /// Whether the account sent it.
    pub owner: AnyTruth,
    /// `message`, `ticket`, `broadcastMessage` (v1).
    #[serde(rename = "eventType")]
    pub event_type: AnyText,
    /// The same in v3.
    #[serde(rename = "event_type")]
    pub event_type_v3: AnyText,
    /// The text.
    pub text: AnyText,
    /// `DELIVERED` (v1).
    #[serde(rename = "statusString")]
    pub status_string: AnyText,
    /// `delivered` (v3).
    pub status: AnyText,
    /// Why it failed (v1).
    #[serde(rename = "failedDetail")]
    pub failed_detail: AnyText,
    /// Why it failed (v3).
    #[serde(rename = "failed_detail")]
    pub failed_detail_v3: AnyText,
    /// WhatsApp's code of a failure (v1).
    #[serde(rename = "failedCode")]
    pub failed_code: AnyText,
    /// The same in v3.
    #[serde(rename = "failed_code")]
    pub failed_code_v3: AnyText,
    /// The template's name (v1).
    #[serde(rename = "templateName")]
    pub template_name: AnyText,
    /// The same in v3.
    #[serde(rename = "template_name")]
    pub template_name_v3: AnyText,
    /// When, with seven fractional digits.
    pub created: AnyText,
    /// When: seconds since 1970 (v1), or as `created` (v3).
    pub timestamp: AnyText,
}

/// A message template.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TemplateFound {
    /// The name (v1).
    #[serde(rename = "elementName")]
    pub element_name: AnyText,
    /// The name (v3).
    pub name: AnyText,
    /// `MARKETING`.
    pub category: AnyText,
    /// `APPROVED`.
    pub status: AnyText,
    /// The language (v1).
    pub language: AnyObject<LanguageFound>,
    /// The language (v3).
    pub language_option: AnyObject<LanguageFound>,
    /// The text with its placeholders.
    pub body: AnyText,
    /// The parameters (v1).
    #[serde(rename = "customParams")]
    pub custom_params: AnyList<NamedValue>,
    /// The parameters (v3).
    #[serde(rename = "custom_params")]
    pub custom_params_v3: AnyList<NamedValue>,
}

/// A template's language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LanguageFound {
    /// `pt_BR`.
    pub value: AnyText,
}

/// A broadcast (v3).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BroadcastFound {
    /// Its id.
    pub id: AnyText,
    /// `processing`.
    pub status: AnyText,
    /// Counts, in Wati's order.
    #[serde(deserialize_with = "counts")]
    pub statistics: Vec<(String, u64)>,
}

/// One person of a broadcast (v3).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RecipientFound {
    /// The number, with a plus sign.
    pub contact_phone: AnyText,
    /// `processing`.
    pub status: AnyText,
    /// WhatsApp's code of a failure.
    pub failed_code: AnyText,
    /// Why, in words.
    pub failed_detail: AnyText,
    /// Our correlation.
    pub local_message_id: AnyText,
    /// Wati's identifier of the message.
    pub message_id: AnyText,
    /// When the message was made.
    pub created: AnyText,
}

fn counts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, u64)>, D::Error> {
    let entries = lenient::entries(deserializer)?;
    let count = |(name, value): lenient::TextEntry<'_>| Some((name.into_owned(), value.parse().ok()?));
    Ok(entries.into_iter().filter_map(count).collect())
}
