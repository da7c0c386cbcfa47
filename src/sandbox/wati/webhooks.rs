//! What Wati posts (providers.md §3.6): an event a post, most of them twice, as the older form and as `_v2`.
//!
//! Events of a delivery do not say whose it is (`waId`), the older ones not what the sender calls it
//! (`localMessageId`).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::conversation_id;
use super::answer::instant;
use super::echo::{Echo, Way};
use super::far_side::Wati;
use crate::domain::Phone;
use crate::sandbox::far_side::FarSide;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::statuses::Status;
use crate::sandbox::webhooks::{Course, Heard, Told};

/// What webhooks repeat of a message.
#[derive(Debug)]
pub(in crate::sandbox) struct About {
    /// `None` for free text.
    template: Option<Box<str>>,
    text: Box<str>,
    channel: Option<Phone>,
    /// As the sender calls it, where the sender does.
    local_id: Option<Box<str>>,
}

impl About {
    pub(super) fn new(echo: &Echo, position: usize, scenario: &Scenario) -> Self {
        let recipient = echo.recipients.get(position);
        let is_template = !matches!(echo.way, Way::Session | Way::Text);
        let filled = recipient.filter(|_| is_template).map(|one| echo.filled(one, &scenario.wati));
        Self {
            template: is_template.then(|| echo.template.as_str().into()),
            text: filled.unwrap_or_else(|| echo.text.clone()).into(),
            channel: echo.channel,
            local_id: recipient.and_then(|one| one.local_id.as_deref()).map(Into::into),
        }
    }

    fn kind(&self) -> &'static str {
        if self.template.is_some() { "template" } else { "text" }
    }
}

/// The failure alone has no second form.
pub(super) fn parts(status: Status) -> usize {
    if status == Status::Failed { 1 } else { 2 }
}

/// The event.
pub(super) fn event(told: &Told<'_, About>) -> Value {
    let course = told.course;
    let is_second = told.part == 1;
    let is_template = course.about.template.is_some();
    let name = match (told.status, is_template) {
        (Status::Accepted | Status::Sent, true) => "templateMessageSent",
        (Status::Accepted | Status::Sent, false) => "sessionMessageSent",
        (Status::Delivered, _) => "sentMessageDELIVERED",
        (Status::Read, _) => "sentMessageREAD",
        (Status::Failed, true) => "templateMessageFailed",
        (Status::Failed, false) => "sessionMessageFailed",
    };
    let mut event = match told.status {
        Status::Accepted | Status::Sent => sent(course, told.at, is_second),
        Status::Delivered => moved(course, told.at, "Delivered"),
        Status::Read => moved(course, told.at, "Read"),
        Status::Failed => {
            let mut event = moved(course, told.at, "Failed");
            event["failedCode"] = told.failure.map(|failure| failure.code).into();
            event["failedDetail"] = told.failure.map(|failure| failure.sentence).into();
            event["text"] = Value::Null;
            event
        }
    };
    event["eventType"] = named(name, is_second).into();
    if is_second || told.status == Status::Failed {
        event["localMessageId"] = local_id(course).into();
    }
    event
}

/// An answer to a message is told of as a message, and as that message's being answered.
pub(super) fn heard_parts(heard: &Heard<About>) -> usize {
    if heard.answers.is_some() { 3 } else { 1 }
}

/// What a person wrote; or that a message was answered.
pub(super) fn heard(heard: &Heard<About>, part: usize) -> Value {
    match &heard.answers {
        Some(course) if part > 0 => {
            let mut event = moved(course, course.at, "Replied");
            event["timestamp"] = heard.told["message"]["timestamp"].clone();
            event["eventType"] = named("sentMessageREPLIED", part == 2).into();
            if part == 2 {
                event["localMessageId"] = local_id(course).into();
            }
            event
        }
        answers => {
            let said = &heard.told["message"];
            let answers = answers.as_ref().map(|course| Wati::whatsapp_id(course.number));
            json!({
                "eventType": "message", "id": said["id"], "created": said["created"],
                "whatsappMessageId": said["whatsappMessageId"], "conversationId": said["conversationId"],
                "ticketId": said["ticketId"], "text": said["text"], "type": said["type"],
                "timestamp": said["timestamp"], "waId": heard.told["waId"], "senderName": heard.told["waId"],
                "owner": false, "statusString": "SENT", "replyContextId": answers,
                "channelPhoneNumber": heard.told["channelPhoneNumber"],
            })
        }
    }
}

fn named(name: &str, is_second: bool) -> String {
    if is_second { format!("{name}_v2") } else { name.to_owned() }
}

fn local_id(course: &Course<About>) -> String {
    course.about.local_id.as_deref().map_or_else(|| format!("local-{}", course.number), str::to_owned)
}

/// What every event of a message says.
fn common(course: &Course<About>) -> Value {
    let conversation = course.to.phone().map(|phone| conversation_id((phone.person(), course.about.channel)));
    json!({
        "id": Wati::message_id(course.number), "whatsappMessageId": Wati::whatsapp_id(course.number),
        "conversationId": conversation, "ticketId": conversation, "text": course.about.text,
        "type": course.about.kind(), "operatorEmail": "api@example.com",
    })
}

/// The one event that says to whom.
fn sent(course: &Course<About>, at: Timestamp, is_second: bool) -> Value {
    let mut event = common(course);
    event["created"] = instant(course.at).into();
    event["timestamp"] = at.as_second().to_string().into();
    event["waId"] = course.to.in_full().into();
    event["statusString"] = "SENT".into();
    event["sourceType"] = "API".into();
    if let Some(template) = &course.about.template {
        event["templateId"] = format!("template-{template}").into();
        event["templateName"] = json!(template);
    }
    if is_second {
        event["channelId"] = Value::Null;
        event["channelPhoneNumber"] = course.about.channel.map(Phone::digits).into();
        event["templateContent"] = json!({ "headerText": null, "footerText": null, "buttons": [] });
    }
    event
}

fn moved(course: &Course<About>, at: Timestamp, word: &str) -> Value {
    let mut event = common(course);
    event["statusString"] = word.into();
    event["timestamp"] = at.as_second().to_string().into();
    event["assigneeId"] = Value::Null;
    event
}
