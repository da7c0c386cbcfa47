//! A template for up to 10,000 people: `POST /api/ext/v3/messageTemplates/send` (providers.md §3.4).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::template::Parameter;
use super::value::{AnyList, AnyText, AnyTexts, AnyTruth};

/// The body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendMessageTemplates<'a> {
    /// Which of the account's numbers sends.
    pub channel: Cow<'a, str>,
    /// The template's name.
    pub template_name: Cow<'a, str>,
    /// The broadcast's name in Wati's reports: the campaign's.
    pub broadcast_name: Cow<'a, str>,
    /// For whom.
    pub recipients: Vec<BroadcastRecipient<'a>>,
}

/// One person of a broadcast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BroadcastRecipient<'a> {
    /// The number's digits.
    pub phone_number: String,
    /// Our correlation, by which everything that follows names the message.
    pub local_message_id: String,
    /// The template's values for them.
    pub custom_params: Vec<Parameter<'a>>,
}

/// The answer: a business result, although the status is 200.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BroadcastReply {
    /// Whether Wati took the broadcast.
    pub success: AnyTruth,
    /// The same in the answers of older APIs.
    pub result: AnyTruth,
    /// By which it can be asked for.
    pub broadcast_id: AnyText,
    /// What is wrong.
    pub error: AnyText,
    /// What is wrong, with status 400.
    pub message: AnyText,
    /// Recipients, perhaps only those with errors, perhaps none.
    pub recipients: AnyList<ListedRecipient>,
}

/// One person in the answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListedRecipient {
    /// Our correlation.
    pub local_message_id: AnyText,
    /// The number.
    pub phone_number: AnyText,
    /// What is wrong with them; empty where nothing is.
    pub errors: AnyTexts,
}
