//! A template for up to 1,000 people: `POST /{tenant}/api/v1/sendTemplateMessages` (seed 003's table;
//! providers.md §3.3).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::template::Parameter;
use super::value::{AnyList, AnyObject, AnyText, AnyTexts, AnyTruth};

/// The body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendTemplateMessages<'a> {
    /// The template's name.
    pub template_name: Cow<'a, str>,
    /// The broadcast's name in Wati's reports: the campaign's.
    pub broadcast_name: Cow<'a, str>,
    /// Which of the account's numbers sends, as the seed writes it.
    #[serde(rename = "channelNumber")]
    pub channel_number: Cow<'a, str>,
    /// For whom.
    pub receivers: Vec<Receiver<'a>>,
}

/// One person of a bulk send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receiver<'a> {
    /// The number's digits.
    pub whatsapp_number: String,
    /// The template's values for them.
    pub custom_params: Vec<Parameter<'a>>,
}

/// The answer. It has no identifier for anybody; only numbers that are refused are listed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BulkReply {
    /// Whether Wati took the messages; true may come with errors.
    pub result: AnyTruth,
    /// What is wrong.
    pub errors: AnyObject<BulkErrors>,
    /// What is wrong, in Wati's words.
    pub info: AnyText,
    /// What is wrong, where `info` does not say.
    pub message: AnyText,
    /// What is wrong, where neither says.
    pub error: AnyText,
    /// API v2 names everybody here.
    pub receivers: AnyList<BulkReceiver>,
}

/// What is wrong with a bulk send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BulkErrors {
    /// In words.
    pub error: AnyText,
    /// Parameters that the template does not have, or whose values it does not take.
    pub invalid_custom_parameters: AnyTexts,
    /// Numbers that cannot be messaged.
    pub invalid_whatsapp_numbers: AnyTexts,
}

/// One person in an answer of API v2.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BulkReceiver {
    /// The message's identifier.
    pub local_message_id: AnyText,
    /// The number's digits.
    pub wa_id: AnyText,
    /// Whether it is on WhatsApp.
    pub is_valid_whats_app_number: AnyTruth,
    /// Why not.
    pub errors: AnyTexts,
}
