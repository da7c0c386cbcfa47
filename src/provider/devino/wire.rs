//! Devino's JSON, shared by client and sandbox: exact when written, lenient when read.
//!
//! Seed 002, "Parâmetros de solicitação" and "Parâmetros de resposta".

pub mod webhook;

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::MessageId;
use crate::provider::lenient;

/// Where messages are sent, behind the base address; `POST`.
pub const MESSAGES_PATH: &str = "/whatsapp/messages";

/// The scheme of the `Authorization` header, followed by a space and the key.
pub const AUTHORIZATION_SCHEME: &str = "Key";

/// The scheme with a login and a password (providers.md §1.2).
pub const BASIC_SCHEME: &str = "Basic";

/// Body of `POST /whatsapp/messages`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendRequest<'a> {
    /// One for each recipient. A missing or null array reads as empty, an element that is not an object
    /// as a message without any field.
    #[serde(borrow, default, deserialize_with = "messages")]
    pub messages: Vec<Message<'a>>,
}

/// One message of a request. All fields are optional when read, so that the sandbox can name the one
/// that is missing; which ones the provider needs is for [`super::limits`] to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message<'a> {
    /// Sender's name. Required.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub from: Option<Cow<'a, str>>,
    /// Recipient's international number without a plus sign. Required.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'a, str>>,
    /// Up to 1,000 characters.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    /// Days, with a template only; the one possible value is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<i64>,
    /// http or https address of a file.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content_url: Option<Cow<'a, str>>,
    /// The file's name, up to 100 characters.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content_name: Option<Cow<'a, str>>,
    /// The file's MIME type.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub content_type: Option<Cow<'a, str>>,
    /// Where the provider posts status changes.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<Cow<'a, str>>,
    /// Comes back as `options` with each status.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<Cow<'a, str>>,
    /// The template at the provider.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub template_id: Option<Cow<'a, str>>,
    /// The template's values.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub template_params: Option<TemplateParams<'a>>,
    /// The template's language; the provider's default is `EN`.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub language_code: Option<Cow<'a, str>>,
}

fn messages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Message<'de>>, D::Error> {
    let read = lenient::objects(deserializer)?.unwrap_or_default();
    Ok(read.into_iter().map(Option::unwrap_or_default).collect())
}

/// A template's values keyed by position, the first is `"1"`, in the order in which they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateParams<'a>(pub Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl Serialize for TemplateParams<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (position, value) in &self.0 {
            map.serialize_entry(position, value)?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for TemplateParams<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::entries(deserializer).map(Self)
    }
}

/// Body of an answer.
///
/// Ordinarily `result` with an entry for each message in the request's order. Where errors that concern
/// the whole request stand is not documented (providers.md §1.3): they are read from a `result` as well as
/// from the top level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendResponse<'a> {
    /// `None` in the vector: an entry that is not an object.
    #[serde(borrow, default, deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub result: Option<Vec<Option<MessageResult<'a>>>>,
    /// `REJECTED` where the whole request is.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub code: Option<Cow<'a, str>>,
    /// Why the whole request is rejected.
    #[serde(borrow, default, deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Option<ErrorReason<'a>>>>,
    /// The whole request's error in words.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub description: Option<Cow<'a, str>>,
}

/// What became of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageResult<'a> {
    /// `OK` or `REJECTED`.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub code: Option<Cow<'a, str>>,
    /// Why it was rejected. `None` in the vector: an entry that is not an object.
    #[serde(borrow, default, deserialize_with = "lenient::objects", skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Option<ErrorReason<'a>>>>,
    /// With `OK` only. Written as a string, as in the seed's sample; read from a string or a number.
    #[serde(
        default,
        deserialize_with = "read_message_id",
        serialize_with = "write_message_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub message_id: Option<MessageId>,
    /// The error in words, with `REJECTED` only.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub description: Option<Cow<'a, str>>,
}

/// One error: a key of the seed's table, and the field that it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReason<'a> {
    /// `invalid`.
    #[serde(borrow, default, deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub key: Option<Cow<'a, str>>,
    /// `messages[0].to`, with the message's position in the request.
    #[serde(
        rename = "ref",
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reference: Option<Cow<'a, str>>,
}

/// A number below zero is no identifier: what was sent is not to be made of it.
fn read_message_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<MessageId>, D::Error> {
    let text = lenient::text(deserializer)?;
    let text = text.filter(|text| !text.is_empty() && !text.starts_with('-'));
    Ok(text.map(|text| MessageId::from(text.as_ref())))
}

/// A number where it is one, as statuses have it; the answer to a request has text.
fn write_long<S: Serializer>(id: &Option<MessageId>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(MessageId::Number(number)) => serializer.serialize_u64(*number),
        other => write_message_id(other, serializer),
    }
}

fn write_message_id<S: Serializer>(id: &Option<MessageId>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample of the seed without the blanks between its tokens.
    fn tokens(sample: &str) -> String {
        let mut is_text = false;
        let keeps = |character: &char| {
            is_text ^= *character == '"';
            is_text || !character.is_whitespace()
        };
        sample.chars().filter(keeps).collect()
    }

    #[test]
    fn the_seeds_samples_are_written_byte_for_byte() {
        for sample in [
            include_str!("../../../tests/data/seeds/devino/send_request.json"),
            include_str!("../../../tests/data/seeds/devino/send_request_curl.json"),
        ] {
            let read: SendRequest<'_> = serde_json::from_str(sample).expect("a request");
            assert_eq!(serde_json::to_string(&read).expect("JSON"), tokens(sample));
        }
        for sample in [
            include_str!("../../../tests/data/seeds/devino/send_response.json"),
            include_str!("../../../tests/data/seeds/devino/send_response_model.json"),
        ] {
            let read: SendResponse<'_> = serde_json::from_str(sample).expect("a response");
            assert_eq!(serde_json::to_string(&read).expect("JSON"), tokens(sample));
        }
    }

    #[test]
    fn a_request_of_another_shape_reads_as_one_with_gaps() {
        for (json, messages) in [
            ("{}", vec![]),
            (r#"{"messages":null}"#, vec![]),
            (r#"{"messages":{}}"#, vec![]),
            (r#"{"messages":[null,5]}"#, vec![Message::default(), Message::default()]),
            (
                r#"{"messages":[{"to":79034567890,"text":["a"],"buttons":1}]}"#,
                vec![Message { to: Some("79034567890".into()), ..Message::default() }],
            ),
        ] {
            let read: SendRequest<'_> = serde_json::from_str(json).expect(json);
            assert_eq!(read.messages, messages, "{json}");
        }
    }
}
