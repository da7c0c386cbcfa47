//! The answers to what sends messages.

use serde_json::{Value, json};

use super::super::account::{ChatMessage, Contact};
use super::super::echo::{Echo, Way};
use super::super::{Wati, WatiRefusal};
use super::shapes;
use crate::provider::wati::wire::{Contact as WireContact, Model, SendTemplateReply};
use crate::sandbox::accepting::Outcome;
use crate::sandbox::far_side::{FarSide, Flaw};
use crate::sandbox::plausible;
use crate::sandbox::reply::Answer;
use crate::sandbox::statuses::Stand;

/// The answer to messages that were decided. Failures are answers like any other.
pub(in crate::sandbox::wati) fn of_sending(
    echo: &Echo,
    outcomes: &[Outcome<WatiRefusal>],
    flaw: Flaw,
) -> Answer {
    let body = match echo.way {
        Way::Broadcast => broadcast(echo, outcomes, flaw),
        // One result a call: without it nothing is left, and there is no place for a second.
        _ if flaw == Flaw::Missing => json!({}),
        Way::Single => single(echo, outcomes.first()),
        Way::Bulk => bulk(echo, outcomes),
        Way::Session | Way::Text => text(echo, outcomes.first()),
    };
    Answer::json(200, body.to_string())
}

fn refusal(outcome: Option<&Outcome<WatiRefusal>>) -> Option<WatiRefusal> {
    match outcome {
        Some(Outcome::Refused(refusals)) => refusals.first().copied(),
        Some(Outcome::Accepted(_) | Outcome::Untaken) | None => None,
    }
}

fn single(echo: &Echo, outcome: Option<&Outcome<WatiRefusal>>) -> Value {
    if let Some(Outcome::Accepted(number)) = outcome {
        return taken(echo, *number);
    }
    match refusal(outcome) {
        Some(WatiRefusal::NotOnWhatsapp) => value(&SendTemplateReply {
            result: Some(true),
            valid_whatsapp_number: Some(false),
            ..echoed(echo)
        }),
        Some(refusal @ WatiRefusal::ImplausibleNumber) => {
            value(&SendTemplateReply { valid_whatsapp_number: Some(false), ..failed(refusal.sentence()) })
        }
        Some(refusal) => value(&failed(refusal.sentence())),
        None => json!({}),
    }
}

fn taken(echo: &Echo, number: u64) -> Value {
    let contact = echo.recipients.first().and_then(|one| plausible::phone(&one.number)).map(|phone| {
        Contact { phone, name: phone.digits(), attributes: Vec::new(), created: echo.at, updated: echo.at }
    });
    let reply = SendTemplateReply {
        result: Some(true),
        contact: Some(WireContact::default()),
        model: Some(Model { ids: vec![Wati::message_id(number).into()] }),
        valid_whatsapp_number: Some(true),
        ..echoed(echo)
    };
    let mut body = value(&reply);
    body["contact"] = contact.map(|contact| shapes::contact(&contact)).unwrap_or_default();
    body
}

fn echoed(echo: &Echo) -> SendTemplateReply<'_> {
    let recipient = echo.recipients.first();
    SendTemplateReply {
        phone_number: recipient.map(|one| one.number.as_str().into()),
        template_name: Some(echo.template.as_str().into()),
        parameters: recipient.map(|one| one.parameters.clone()).unwrap_or_default(),
        ..SendTemplateReply::default()
    }
}

fn failed(sentence: &str) -> SendTemplateReply<'_> {
    SendTemplateReply { result: Some(false), info: Some(sentence.into()), ..SendTemplateReply::default() }
}

fn value(reply: &SendTemplateReply<'_>) -> Value {
    // Texts and truth values alone: there is nothing in it that JSON cannot say.
    serde_json::to_value(reply).unwrap_or_default()
}

/// `true` as soon as anybody was taken; only the refused are named, and nobody has an identifier.
fn bulk(echo: &Echo, outcomes: &[Outcome<WatiRefusal>]) -> Value {
    let is_taken = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Accepted(_)));
    let mut parameters: Vec<&str> = Vec::new();
    let mut numbers = Vec::new();
    let mut sentence = None;
    for (recipient, outcome) in echo.recipients.iter().zip(outcomes) {
        let Some(refusal) = refusal(Some(outcome)) else { continue };
        sentence = sentence.or_else(|| Some(refusal.sentence()));
        if refusal == WatiRefusal::TemplateTypo {
            parameters.extend(recipient.parameters.iter().map(|one| one.name.as_ref()));
        }
        // Whoever is refused while others are taken is named, whatever the reason.
        if refusal.is_of_number() || is_taken {
            numbers.push(recipient.number.as_str());
        }
    }
    parameters.sort_unstable();
    parameters.dedup();
    let errors = json!({
        "error": sentence, "invalidCustomParameters": parameters, "invalidWhatsappNumbers": numbers,
    });
    json!({ "result": is_taken, "errors": errors })
}

/// `success` as soon as anybody was taken; everybody is listed, with what is wrong.
fn broadcast(echo: &Echo, outcomes: &[Outcome<WatiRefusal>], flaw: Flaw) -> Value {
    let is_taken = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Accepted(_)));
    let row = |(recipient, outcome): (&super::super::echo::Recipient, &Outcome<WatiRefusal>)| {
        let errors: Vec<_> = match outcome {
            Outcome::Refused(refusals) => refusals.iter().map(|one| third_sentence(*one)).collect(),
            Outcome::Accepted(_) | Outcome::Untaken => Vec::new(),
        };
        json!({
            "local_message_id": recipient.local_id, "phone_number": recipient.number, "errors": errors,
        })
    };
    let mut rows: Vec<_> = echo.recipients.iter().zip(outcomes).map(row).collect();
    match flaw {
        Flaw::None => {}
        Flaw::Missing => drop(rows.pop()),
        Flaw::Extra => rows.extend(rows.last().cloned()),
    }
    let error = (!is_taken).then(|| refusal(outcomes.first()).map(third_sentence)).flatten();
    json!({
        "success": is_taken, "broadcast_id": is_taken.then(|| echo.broadcast_id()), "error": error,
        "recipients": rows,
    })
}

/// v3 says of a number what its OpenAPI shows.
fn third_sentence(refusal: WatiRefusal) -> &'static str {
    if refusal == WatiRefusal::ImplausibleNumber {
        "Invalid phone number format."
    } else {
        refusal.sentence()
    }
}

fn text(echo: &Echo, outcome: Option<&Outcome<WatiRefusal>>) -> Value {
    let Some(Outcome::Accepted(number)) = outcome else {
        let sentence = refusal(outcome).map_or("", WatiRefusal::sentence);
        return json!({ "ok": false, "result": false, "info": sentence });
    };
    let recipient = echo.recipients.first();
    let Some(phone) = recipient.and_then(|one| plausible::phone(&one.number)) else { return json!({}) };
    let message = ChatMessage {
        number: *number,
        call: echo.call,
        is_ours: true,
        phone,
        kind: "text",
        text: echo.text.clone(),
        at: echo.at,
        local_id: recipient.and_then(|one| one.local_id.clone()),
    };
    let key = (phone.person(), echo.channel);
    let stand = Stand::accepted(echo.at);
    match echo.way {
        Way::Text => json!({ "message": shapes::message_v3(key, &message, &stand) }),
        _ => json!({ "ok": true, "result": "success", "message": shapes::message(key, &message, &stand) }),
    }
}
