//! The omnichannel's answers, in the manner of the framework that its library is written for (NestJS).

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::account::{Contact, Tag};
use super::refusal::OmnichannelRefusal;
use crate::sandbox::reply::Answer;

/// What was made, changed or asked for.
pub(super) fn object(status: u16, object: &Value) -> Answer {
    Answer::json(status, object.to_string())
}

/// A refusal.
pub(super) fn refused(refusal: &OmnichannelRefusal) -> Answer {
    let (status, sentences) = refusal.words();
    match sentences.as_slice() {
        [sentence] => failed(status, sentence.as_str()),
        sentences => failed(status, sentences),
    }
}

/// A failure in one sentence or several.
pub(super) fn failed(status: u16, message: impl Into<Value>) -> Answer {
    let message: Value = message.into();
    Answer::json(
        status,
        json!({"statusCode": status, "message": message, "error": reason(status)}).to_string(),
    )
}

/// 401 and 429 as the framework writes them; the rest is a page of HTML from what stands before it.
pub(super) fn usual_body(status: u16) -> (&'static str, Bytes) {
    let reason = reason(status);
    match status {
        200..300 => ("application/json", "{}".into()),
        400..=499 | 501 => {
            let body = json!({"statusCode": status, "message": reason});
            ("application/json", body.to_string().into())
        }
        _ => ("text/html", format!("<html><body><h1>{status} {reason}</h1></body></html>\n").into()),
    }
}

pub(super) fn contact(contact: &Contact) -> Value {
    json!({
        "_id": contact.id, "clientIdentifier": contact.client, "channelId": contact.channel,
        "contactIdentifier": contact.identifier, "name": contact.name,
        "type": if contact.is_group { "group" } else { "individual" }, "channelType": "whatsapp",
        "customName": contact.custom_name, "photo": contact.photo, "tagIds": contact.tags,
        "platform": contact.platform, "isIgnored": contact.is_ignored,
    })
}

pub(super) fn tag(tag: &Tag) -> Value {
    json!({"_id": tag.id, "clientIdentifier": tag.client, "name": tag.name, "color": tag.color})
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}
