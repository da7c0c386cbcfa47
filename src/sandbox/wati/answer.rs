//! Wati's answers (providers.md §3.3).

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::judge::Echo;
use super::{Wati, WatiRefusal};
use crate::domain::Phone;
use crate::provider::wati::wire::{Contact, Model, SendTemplateReply};
use crate::sandbox::accepting::Outcome;
use crate::sandbox::far_side::FarSide;
use crate::sandbox::reply::Answer;

/// The answer to a message that was decided. Failures are answers like any other.
pub(super) fn of_message(echo: &Echo, outcome: Option<&Outcome<WatiRefusal>>) -> Answer {
    let refusal = match outcome {
        Some(Outcome::Accepted(number)) => return taken(echo, *number),
        Some(Outcome::Refused(refusals)) => refusals.first().copied(),
        Some(Outcome::Untaken) | None => None,
    };
    match refusal {
        Some(WatiRefusal::NotOnWhatsapp) => {
            let reply =
                SendTemplateReply { result: Some(true), valid_whatsapp_number: Some(false), ..echoed(echo) };
            json_answer(&value(&reply))
        }
        Some(refusal @ WatiRefusal::ImplausibleNumber) => {
            let failed = failed(refusal.sentence().unwrap_or_default());
            json_answer(&value(&SendTemplateReply { valid_whatsapp_number: Some(false), ..failed }))
        }
        Some(refusal) => json_answer(&value(&failed(refusal.sentence().unwrap_or_default()))),
        None => empty(),
    }
}

/// The answer that says nothing of the message.
pub(super) fn empty() -> Answer {
    Answer::json(200, "{}")
}

/// The answer to what cannot even be read.
pub(super) fn unreadable(why: &str) -> Answer {
    Answer::json(400, value(&failed(why)).to_string())
}

/// 401 and 429 come with nothing; 400 as JSON; the rest is a page of HTML from what stands before Wati.
pub(super) fn usual_body(status: u16) -> (&'static str, Bytes) {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let reason = reason.unwrap_or("Unknown");
    match status {
        200..400 | 401 | 403 | 420 | 429 => ("", Bytes::new()),
        400..500 => ("application/json", value(&failed(reason)).to_string().into()),
        _ => ("text/html", format!("<html><body><h1>{status} {reason}</h1></body></html>\n").into()),
    }
}

fn taken(echo: &Echo, number: u64) -> Answer {
    let whatsapp_id = echo.number.as_str();
    let reply = SendTemplateReply {
        result: Some(true),
        contact: Some(Contact {
            id: Some(contact_id(whatsapp_id).into()),
            whatsapp_id: Some(whatsapp_id.into()),
            phone: Some(whatsapp_id.into()),
            contact_status: Some("VALID".into()),
        }),
        model: Some(Model { ids: vec![Wati::message_id(number).into()] }),
        valid_whatsapp_number: Some(true),
        ..echoed(echo)
    };
    let mut body = value(&reply);
    if let Some(Value::Object(contact)) = body.get_mut("contact")
        && let Value::Object(rest) = rest_of_contact(whatsapp_id)
    {
        contact.extend(rest);
    }
    json_answer(&body)
}

fn echoed(echo: &Echo) -> SendTemplateReply<'_> {
    SendTemplateReply {
        phone_number: Some(echo.number.as_str().into()),
        template_name: Some(echo.template.as_str().into()),
        parameters: echo.parameters.clone(),
        ..SendTemplateReply::default()
    }
}

fn failed(sentence: &str) -> SendTemplateReply<'_> {
    SendTemplateReply { result: Some(false), info: Some(sentence.into()), ..SendTemplateReply::default() }
}

/// The same contact for a person with and without the ninth digit, as WhatsApp knows one.
fn contact_id(number: &str) -> String {
    let person = Phone::from_digits(number).map_or(0, |phone| phone.person().as_u64());
    format!("{person:024x}")
}

/// What else a captured answer says of a contact; nobody reads it, but it is there.
fn rest_of_contact(number: &str) -> Value {
    json!({
        "firstName": number, "fullName": number, "source": null, "photo": null, "created": "May-14-2024",
        "customParams": [], "optedIn": false, "isDeleted": false,
        "lastUpdated": "2024-05-16T08:23:24.703Z", "allowBroadcast": true, "allowSMS": true,
        "teamIds": ["6642fe1c0000000000000001"], "isInFlow": false, "lastFlowId": null,
        "currentFlowNodeId": null, "selectedHubspotId": null,
    })
}

fn value(reply: &SendTemplateReply<'_>) -> Value {
    // Texts and truth values alone: there is nothing in it that JSON cannot say.
    serde_json::to_value(reply).unwrap_or_default()
}

fn json_answer(body: &Value) -> Answer {
    Answer::json(200, body.to_string())
}
