//! Judges a request by the seed's rules (002, "Parâmetros de solicitação"): on the JSON itself, because the
//! client's own types forgive more than Devino does.

use axum::http::Uri;
use serde_json::{Map, Value};

use super::webhooks::CallbackUrl;
use super::{DevinoRefusal, media_type};
use crate::domain::{Address, Phone};
use crate::sandbox::accepting::Message;
use crate::sandbox::scenario::DevinoRules;
use crate::sandbox::{digest, plausible};

/// The seed: "Máximo de 1000 caracteres UTF-8".
const LONGEST_TEXT: usize = 1_000;
/// The seed: "100 caracteres no máximo".
const LONGEST_CONTENT_NAME: usize = 100;
/// The longest number that E.164 allows.
const LONGEST_NUMBER: usize = 15;
/// The seed gives errors for both ends of a language code, but no numbers; `pt_BR` and `zh_Hant_TW` fit.
const LANGUAGE_CODE: std::ops::RangeInclusive<usize> = 2..=10;
/// The seed gives no rule for senders: a registered name is short and has no blanks around it.
const LONGEST_SENDER: usize = 64;
/// "One day" in a unit that the seed does not tell: days or seconds.
const ONE_DAY: [u64; 2] = [1, 86_400];
const FIELDS: [&str; 12] = [
    "from",
    "to",
    "text",
    "validity",
    "contentUrl",
    "contentName",
    "contentType",
    "callbackUrl",
    "callbackData",
    "templateId",
    "templateParams",
    "languageCode",
];

/// What a readable body asks for.
#[derive(Debug)]
pub(super) enum Request {
    /// One judgement for each message, and where its statuses go.
    Messages(Vec<Message<DevinoRefusal>>, Vec<CallbackUrl>),
    /// The whole call is refused by the table.
    Refused(DevinoRefusal),
    /// A field is not of the type that the seed gives it, so a server could not even read it.
    Unreadable(String),
}

/// Judges the body of `POST /whatsapp/messages`. `unknown` takes the names of fields that the seed does
/// not know, which are tolerated.
pub(super) fn judge(body: &Value, rules: &DevinoRules, unknown: &mut Vec<String>) -> Request {
    let Some(body) = body.as_object() else {
        return Request::Unreadable("the body is not an object".to_owned());
    };
    unknown.extend(body.keys().filter(|key| *key != "messages").cloned());
    let messages = match body.get("messages") {
        None | Some(Value::Null) => return Request::Refused(DevinoRefusal::MISSING_MESSAGES),
        Some(Value::Array(messages)) if messages.is_empty() => {
            return Request::Refused(DevinoRefusal::MISSING_MESSAGES);
        }
        Some(Value::Array(messages)) => messages,
        Some(_) => return Request::Unreadable("messages is not an array".to_owned()),
    };
    if rules.batch.is_some_and(|batch| messages.len() as u64 > u64::from(batch.get())) {
        return Request::Refused(DevinoRefusal::TOO_MANY_MESSAGES);
    }
    let judge = |(position, message): (usize, &Value)| {
        let fields = message.as_object().ok_or_else(|| format!("messages[{position}] is not an object"))?;
        let foreign = fields.keys().filter(|key| !FIELDS.contains(&key.as_str()));
        unknown.extend(foreign.map(|key| format!("messages[].{key}")));
        judge_message(fields, rules).map_err(|wrong| format!("messages[{position}].{wrong}"))
    };
    match messages.iter().enumerate().map(judge).collect() {
        Ok(judged) => Request::Messages(judged, callbacks(messages)),
        Err(wrong) => Request::Unreadable(wrong),
    }
}

/// One copy of an address that follows itself.
fn callbacks(messages: &[Value]) -> Vec<CallbackUrl> {
    let mut last: CallbackUrl = None;
    let mut one_of = |message: &Value| {
        let written = message.get("callbackUrl").and_then(Value::as_str)?;
        if last.as_deref() != Some(written) {
            last = Some(written.into());
        }
        last.clone()
    };
    messages.iter().map(&mut one_of).collect()
}

fn judge_message(fields: &Map<String, Value>, rules: &DevinoRules) -> Result<Message<DevinoRefusal>, String> {
    let read = |name| text(fields, name);
    let sender = read("from")?;
    let recipient = read("to")?;
    let body = read("text")?;
    let content_url = read("contentUrl")?;
    let template = read("templateId")?;
    let callback_data = read("callbackData")?;
    let params = template_params(fields)?;
    let content_name = read("contentName")?;

    let phone = recipient.and_then(plausible::phone);
    let has_content = [body, content_url, template].iter().any(|one| one.is_some_and(|one| !one.is_empty()));
    let refusals = [
        sender_refusal(sender, rules),
        recipient_refusal(recipient, phone),
        (!has_content).then_some(DevinoRefusal::MISSING_CONTENT),
        body.filter(|body| body.chars().count() > LONGEST_TEXT).map(|_| DevinoRefusal::TOO_LONG_TEXT),
        validity_refusal(fields.get("validity"), template.is_some()),
        content_url.filter(|url| !is_web_address(url)).map(|_| DevinoRefusal::INVALID_CONTENT_URL),
        read("callbackUrl")?.filter(|url| !is_web_address(url)).map(|_| DevinoRefusal::INVALID_CALLBACK_URL),
        read("contentType")?
            .filter(|kind| !media_type::is_sent(kind))
            .map(|_| DevinoRefusal::INVALID_CONTENT_TYPE),
        content_name.and_then(content_name_refusal),
        read("languageCode")?.and_then(language_code_refusal),
    ];
    Ok(Message {
        sender: sender.unwrap_or_default().to_owned(),
        to: phone.map(Address::Phone),
        callback_data: callback_data.unwrap_or_default().to_owned(),
        digest: digest::of([
            body.into(),
            content_url.into(),
            content_name.into(),
            template.into(),
            params.cloned().map_or(Value::Null, Value::Object),
        ]),
        refusals: refusals.into_iter().flatten().collect(),
    })
}

/// A text field: `None` when it is absent or null.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

/// An object whose keys are positions from 1 and whose values are texts.
fn template_params(fields: &Map<String, Value>) -> Result<Option<&Map<String, Value>>, String> {
    let params = match fields.get("templateParams") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(params)) => params,
        Some(_) => return Err("templateParams is not an object".to_owned()),
    };
    let is_position =
        |key: &str| key.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == key);
    match params.iter().find(|(key, value)| !is_position(key) || !value.is_string()) {
        Some((key, _)) => Err(format!("templateParams[{key}] is not a text under its position")),
        None => Ok(Some(params)),
    }
}

fn sender_refusal(sender: Option<&str>, rules: &DevinoRules) -> Option<DevinoRefusal> {
    let Some(sender) = sender.filter(|sender| !sender.is_empty()) else {
        return Some(DevinoRefusal::MISSING_FROM);
    };
    let is_name = sender.trim() == sender
        && sender.chars().count() <= LONGEST_SENDER
        && !sender.chars().any(char::is_control);
    if !is_name {
        return Some(DevinoRefusal::INVALID_FROM);
    }
    rules.unavailable_senders.contains(sender).then_some(DevinoRefusal::UNAVAILABLE_FROM)
}

fn recipient_refusal(recipient: Option<&str>, phone: Option<Phone>) -> Option<DevinoRefusal> {
    let Some(recipient) = recipient.filter(|recipient| !recipient.is_empty()) else {
        return Some(DevinoRefusal::MISSING_TO);
    };
    let digits = recipient.strip_prefix('+').unwrap_or(recipient);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    match phone {
        Some(_) => None,
        None if is_number && digits.len() > LONGEST_NUMBER => Some(DevinoRefusal::TOO_LONG_TO),
        None => Some(DevinoRefusal::INVALID_TO),
    }
}

fn validity_refusal(validity: Option<&Value>, has_template: bool) -> Option<DevinoRefusal> {
    let validity = validity.filter(|validity| !validity.is_null())?;
    let is_one_day = validity.as_u64().is_some_and(|length| ONE_DAY.contains(&length));
    (!is_one_day || !has_template).then_some(DevinoRefusal::INVALID_VALIDITY)
}

fn content_name_refusal(name: &str) -> Option<DevinoRefusal> {
    match name.chars().count() {
        0 => Some(DevinoRefusal::TOO_SHORT_CONTENT_NAME),
        1..=LONGEST_CONTENT_NAME => None,
        _ => Some(DevinoRefusal::TOO_LONG_CONTENT_NAME),
    }
}

fn language_code_refusal(code: &str) -> Option<DevinoRefusal> {
    let length = code.chars().count();
    let is_code = || {
        let mut parts = code.split(['_', '-']);
        let is_language = |part: &str| (2..=3).contains(&part.len()) && is_letters(part);
        let is_variant = |part: &str| (2..=4).contains(&part.len()) && is_letters(part);
        parts.next().is_some_and(is_language) && parts.all(is_variant)
    };
    if length < *LANGUAGE_CODE.start() {
        Some(DevinoRefusal::TOO_SHORT_LANGUAGE_CODE)
    } else if length > *LANGUAGE_CODE.end() {
        Some(DevinoRefusal::TOO_LONG_LANGUAGE_CODE)
    } else {
        (!is_code()).then_some(DevinoRefusal::INVALID_LANGUAGE_CODE)
    }
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_web_address(text: &str) -> bool {
    let Ok(address) = text.parse::<Uri>() else { return false };
    let is_web = matches!(address.scheme_str(), Some("http" | "https"));
    is_web && address.host().is_some_and(|host| !host.is_empty())
}
