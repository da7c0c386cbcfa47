//! Judges a request by the seed (003, "API para enviar mensagem de modelo") and providers.md §3.3: on the
//! JSON itself, because the client's own types forgive more than Wati does.

use serde_json::{Map, Value};

use super::WatiRefusal;
use crate::domain::Address;
use crate::provider::wati::wire::Parameter;
use crate::sandbox::accepting::Message;
use crate::sandbox::scenario::{WatiRules, WatiTemplate};
use crate::sandbox::{digest, plausible};

/// The seed's name first, then those of Wati's own pages and of v3 (providers.md §6).
const CHANNEL_NUMBER: [&str; 3] = ["channelNumber", "channel_number", "channel"];

/// What the answer repeats of the request.
#[derive(Debug)]
pub(in crate::sandbox) struct Echo {
    pub(super) number: String,
    pub(super) template: String,
    pub(super) parameters: Vec<Parameter<'static>>,
}

/// Judges the query's `whatsappNumber` and the body.
///
/// The error is a sentence about what a server could not even bind to its types.
pub(super) fn judge(
    number: &str,
    body: &Value,
    rules: &WatiRules,
    unknown: &mut Vec<String>,
) -> Result<(Message<WatiRefusal>, Echo), String> {
    let fields = body.as_object().ok_or("the body is not an object")?;
    let is_known = |key: &str| {
        ["template_name", "broadcast_name", "parameters"].contains(&key) || CHANNEL_NUMBER.contains(&key)
    };
    unknown.extend(fields.keys().filter(|key| !is_known(key)).cloned());

    let template = text(fields, "template_name")?.unwrap_or_default();
    let broadcast = text(fields, "broadcast_name")?.unwrap_or_default();
    let parameters = parameters(fields)?;
    let mut channel = None;
    for name in CHANNEL_NUMBER {
        channel = channel.or(text(fields, name)?);
    }

    let phone = plausible::phone(number);
    let refusals = [
        phone.is_none().then_some(WatiRefusal::ImplausibleNumber),
        channel_refusal(channel, rules),
        template_refusal(template, &parameters, rules),
        broadcast.trim().is_empty().then_some(WatiRefusal::MissingBroadcastName),
    ];
    let message = Message {
        sender: channel.unwrap_or_default().to_owned(),
        to: phone.map(Address::Phone),
        callback_data: broadcast.to_owned(),
        digest: digest::of([
            template.into(),
            broadcast.into(),
            fields.get("parameters").cloned().unwrap_or_default(),
        ]),
        refusals: refusals.into_iter().flatten().collect(),
    };
    let number = number.strip_prefix('+').unwrap_or(number).to_owned();
    Ok((message, Echo { number, template: template.to_owned(), parameters }))
}

/// A text field: `None` when it is absent or null.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

fn parameters(fields: &Map<String, Value>) -> Result<Vec<Parameter<'static>>, String> {
    let elements = match fields.get("parameters") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(elements)) => elements,
        Some(_) => return Err("parameters is not an array".to_owned()),
    };
    let read = |element: &Value| {
        let fields = element.as_object().ok_or("an element of parameters is not an object")?;
        let part = |name| Ok::<_, String>(text(fields, name)?.unwrap_or_default().to_owned().into());
        Ok(Parameter { name: part("name")?, value: part("value")? })
    };
    elements.iter().map(read).collect()
}

/// The seed makes `channelNumber` obligatory.
fn channel_refusal(channel: Option<&str>, rules: &WatiRules) -> Option<WatiRefusal> {
    let number = channel.and_then(plausible::phone);
    let is_own = number.is_some_and(|number| rules.numbers.is_empty() || rules.numbers.contains(&number));
    (!is_own).then_some(WatiRefusal::UnknownChannelNumber)
}

fn template_refusal(name: &str, parameters: &[Parameter<'_>], rules: &WatiRules) -> Option<WatiRefusal> {
    let is_blank = |text: &str| text.trim().is_empty();
    let has_blank =
        is_blank(name) || parameters.iter().any(|one| is_blank(&one.name) || is_blank(&one.value));
    if has_blank {
        return Some(WatiRefusal::TemplateTypo);
    }
    if rules.templates.is_empty() {
        return None;
    }
    match rules.templates.get(name) {
        Some(template) if !has_params(template, parameters) => Some(WatiRefusal::TemplateTypo),
        Some(template) => (!template.approved).then_some(WatiRefusal::TemplateNotApproved),
        None => Some(WatiRefusal::TemplateTypo),
    }
}

fn has_params(template: &WatiTemplate, parameters: &[Parameter<'_>]) -> bool {
    let are_known = parameters.iter().all(|parameter| template.params.contains(parameter.name.as_ref()));
    are_known && parameters.len() == template.params.len()
}
