//! What the omnichannel posts to a platform's `callbackUrl`. The seed shows no such thing: the form is our own
//! mapping, an event a post.

use serde_json::{Value, json};

use super::far_side::{Echo, identifier};
use crate::sandbox::statuses::Status;
use crate::sandbox::webhooks::{Heard, Told};

/// What webhooks repeat of a message.
#[derive(Debug)]
pub(in crate::sandbox) struct About {
    platform: Option<Box<str>>,
}

impl About {
    pub(super) fn new(echo: &Echo) -> Self {
        Self { platform: echo.platform.as_deref().map(Into::into) }
    }
}

/// A step of a message.
pub(super) fn status(told: &Told<'_, About>) -> Value {
    let course = told.course;
    json!({
        "event": "message.status", "_id": identifier(course.number), "status": word(told.status),
        "recipientNumber": course.to.in_full(), "platform": course.about.platform,
        "at": format!("{:.3}", told.at),
        "errorCode": told.failure.map(|failure| failure.code),
        "errorMessage": told.failure.map(|failure| failure.sentence),
    })
}

/// What a person wrote, as the account keeps it.
pub(super) fn heard(heard: &Heard<About>) -> Value {
    let mut told = heard.told.clone();
    told["event"] = "message.received".into();
    if let Some(course) = &heard.answers {
        told["quotedMessage"] = identifier(course.number).into();
    }
    told
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Accepted => "accepted",
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed => "failed",
    }
}
