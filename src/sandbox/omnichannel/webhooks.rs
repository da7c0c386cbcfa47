//! What the omnichannel posts to a platform's `callbackUrl`, an event a post. The seed shows no such thing: the form
//! is our own mapping's.

use serde_json::{Value, json};

use super::far_side::identifier;
use crate::domain::Address;
use crate::provider::omnichannel::wire::webhook::{MESSAGE_RECEIVED, MESSAGE_STATUS};
use crate::sandbox::statuses::Status;
use crate::sandbox::webhooks::{Heard, Told};

/// A step of a message. Of one that was sent into a conversation, whose it is the account alone knows.
pub(super) fn status(told: &Told<'_, ()>) -> Value {
    let course = told.course;
    let mut event = json!({
        "event": MESSAGE_STATUS, "messageId": identifier(course.number), "status": word(told.status),
        "at": format!("{:.3}", told.at), "sentAt": format!("{:.3}", course.at),
    });
    match &course.to {
        Address::Phone(phone) => event["contactIdentifier"] = phone.digits().into(),
        Address::Group(group) => event["groupIdentifier"] = json!(group),
        Address::Named(_) => return event,
    }
    event["channelId"] = json!(course.sender);
    event
}

/// What a person wrote, as the account keeps it.
pub(super) fn heard(heard: &Heard<()>) -> Value {
    let told = &heard.told;
    let mut event = json!({
        "event": MESSAGE_RECEIVED, "messageId": told["_id"], "channelId": told["channelId"],
        "contactIdentifier": told["senderNumber"], "type": "text", "text": told["text"], "at": told["createdAt"],
    });
    if let Some(course) = &heard.answers {
        event["quotedMessage"] = json!({ "messageId": identifier(course.number) });
    }
    event
}

/// There are no failures: no document names one.
fn word(status: Status) -> &'static str {
    match status {
        Status::Accepted => "queued",
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed => "failed",
    }
}
