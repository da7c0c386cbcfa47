//! Judges `POST /v1/whatsapp/send` (seed 001, "Exemplo de envio a grupo"; providers.md §2.3) on the JSON
//! itself, because the client's own types forgive more than Sinch does.

use serde_json::{Map, Value};

use super::account::Account;
use super::{SinchRefusal, content};
use crate::domain::Address;
use crate::sandbox::accepting::Message;
use crate::sandbox::{digest, plausible};

const FIELDS: [&str; 5] = ["destinations", "message", "flowId", "defaultExtraInfo", "campaignAlias"];
const DESTINATION_FIELDS: [&str; 3] = ["correlationId", "destination", "recipientType"];

/// What the answer repeats of each destination: `correlationId` and `destination`.
#[derive(Debug)]
pub(in crate::sandbox) struct Echo {
    pub(super) destinations: Vec<(Option<String>, String)>,
}

/// Judges the body; `sender` is the user's name. The error is a sentence about what a server could not read.
pub(super) fn judge(
    body: &Value,
    sender: &str,
    account: &Account,
    unknown: &mut Vec<String>,
) -> Result<(Vec<Message<SinchRefusal>>, Echo), String> {
    let fields = body.as_object().ok_or("the body is not an object")?;
    unknown.extend(fields.keys().filter(|key| !FIELDS.contains(&key.as_str())).cloned());
    let destinations = fields.get("destinations").and_then(Value::as_array);
    let destinations = destinations
        .filter(|list| !list.is_empty())
        .ok_or("destinations is not an array with something in it")?;
    let message = fields.get("message").ok_or("message is missing")?;
    content::judge(message, unknown)?;
    let digest = digest::of([message.clone()]);
    let mut messages = Vec::with_capacity(destinations.len());
    let mut echo = Echo { destinations: Vec::with_capacity(destinations.len()) };
    for entry in destinations {
        let fields = entry.as_object().ok_or("an element of destinations is not an object")?;
        unknown.extend(fields.keys().filter(|key| !DESTINATION_FIELDS.contains(&key.as_str())).cloned());
        let correlation = text(fields, "correlationId")?;
        let written =
            text(fields, "destination")?.filter(|text| !text.is_empty()).ok_or("destination is missing")?;
        let (to, refusal) = recipient(written, text(fields, "recipientType")?, account)?;
        messages.push(Message {
            sender: sender.to_owned(),
            to,
            callback_data: correlation.unwrap_or_default().to_owned(),
            digest,
            refusals: refusal.into_iter().collect(),
        });
        echo.destinations.push((correlation.map(str::to_owned), written.to_owned()));
    }
    Ok((messages, echo))
}

/// Whom a destination names, and what stands against it.
fn recipient(
    written: &str,
    kind: Option<&str>,
    account: &Account,
) -> Result<(Option<Address>, Option<SinchRefusal>), String> {
    match kind {
        None | Some("individual") => {
            // `+55(19) 900001111` is one of the page's three ways to write a number.
            let digits: String = written.chars().filter(|character| !"() -".contains(*character)).collect();
            let phone = plausible::phone(&digits);
            Ok((phone.map(Address::Phone), phone.is_none().then_some(SinchRefusal::IMPLAUSIBLE)))
        }
        Some("group") => {
            let is_inside = account.group(written).is_some_and(|group| group.has_account());
            let refusal = (!is_inside).then_some(SinchRefusal::NOT_IN_GROUP);
            Ok((Some(Address::Group(written.into())), refusal))
        }
        Some(_) => Err("recipientType is neither individual nor group".to_owned()),
    }
}

/// A text field: `None` when it is absent or null.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}
