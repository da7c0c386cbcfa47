//! What is said or changed in the conversation with one person, and the answers to every change (seed 003
//! §2 and §4; providers.md §3.3 and §3.4).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list::ContactFound;
use super::value::{AnyList, AnyObject, AnyText, AnyTexts, AnyTruth};

/// Body of `POST /{tenant}/api/v1/updateChatStatus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatStatusUpdate<'a> {
    /// The person's number: digits.
    pub whatsapp_number: String,
    /// `OPEN`, `SOLVED`, `PENDING` or `BLOCK`.
    pub ticket_status: String,
    /// Which of the account's numbers has the conversation.
    pub channel_phone_number: Cow<'a, str>,
}

/// Body of `POST /{tenant}/api/v1/sendSessionMessage/{number}?messageText=…`.
///
/// The seed calls the text a parameter and puts `channelPhoneNumber` in the payload (§4); Wati's own page
/// has both in the query. The text goes where both have it, the number where the seed wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionChannel<'a> {
    /// Which of the account's numbers speaks.
    pub channel_phone_number: Cow<'a, str>,
}

/// Body of `POST /api/ext/v3/conversations/messages/text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversationText<'a> {
    /// `channel:phone`: which of the account's numbers speaks to whom.
    pub target: String,
    /// The text.
    pub text: Cow<'a, str>,
}

/// Body of `PUT /api/ext/v3/conversations/{target}/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversationStatus<'a> {
    /// `open`, `solved`, `pending` or `block`.
    pub new_status: Cow<'a, str>,
}

/// The answer to anything that is done for one person, or for many by one call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChangeReply {
    /// Whether Wati did it. `sendSessionMessage` answers `"success"`.
    pub result: AnyTruth,
    /// The same where `result` does not say.
    pub ok: AnyTruth,
    /// The same in v3.
    pub success: AnyTruth,
    /// What went wrong, in Wati's words.
    pub info: AnyText,
    /// What went wrong, where `info` does not say.
    pub error: AnyText,
    /// What went wrong, in words; or the message that was sent, an object.
    pub message: Value,
    /// The contact that was made or changed.
    pub contact: AnyObject<ContactFound>,
    /// The contacts that were changed (v3).
    pub contact_list: AnyList<ContactFound>,
    /// The contact's identifier, where the answer is the contact itself (v3).
    pub id: AnyText,
    /// Who of many was not changed, beside `result: true`.
    pub errors: AnyObject<ChangeErrors>,
}

/// Who of many contacts was not changed, or who alone was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChangeErrors {
    /// In words.
    pub error: AnyText,
    /// Numbers that were not changed (v1).
    #[serde(rename = "invalidWhatsappNumbers")]
    pub invalid_whatsapp_numbers: AnyTexts,
    /// Contacts that were changed (v3).
    pub contact_list: AnyList<ContactFound>,
}
