//! Judges the content of a message (providers.md §2.3) on the JSON itself: exactly one, and whole.

use axum::http::Uri;
use serde_json::{Map, Value};

/// Every content that Sinch documents. The last two the sandbox does not simulate.
const CONTENTS: [&str; 10] = [
    "messageText",
    "image",
    "video",
    "audio",
    "document",
    "location",
    "contacts",
    "hsm",
    "template",
    "interactive",
];

/// Days for which a message may be delivered.
const TTL: std::ops::RangeInclusive<u64> = 1..=30;

/// What makes a message unfit, in a sentence.
pub(super) fn judge(message: &Value, unknown: &mut Vec<String>) -> Result<(), String> {
    let fields = message.as_object().ok_or("message is not an object")?;
    let is_known = |key: &str| key == "ttl" || CONTENTS.contains(&key);
    unknown.extend(fields.keys().filter(|key| !is_known(key)).cloned());
    match fields.get("ttl") {
        None => {}
        Some(days) if days.as_u64().is_some_and(|days| TTL.contains(&days)) => {}
        Some(_) => return Err("message.ttl is not a number of days from 1 to 30".to_owned()),
    }
    let given: Vec<_> = CONTENTS.iter().filter_map(|name| Some((*name, fields.get(*name)?))).collect();
    let [(name, content)] = given.as_slice() else {
        return Err("message must have exactly one content".to_owned());
    };
    match *name {
        "messageText" => text(fields, "messageText").map(drop),
        "image" => file(content, name, &["JPG", "JPEG", "PNG"]),
        "video" => file(content, name, &["MP4", "3GP"]),
        "audio" => file(content, name, &["AAC", "AMR", "MP3", "M4A", "OGG"]),
        "document" => file(content, name, &["PDF", "DOC", "DOCX", "XLS", "XLSX", "PPT", "PPTX", "TXT"]),
        "location" => location(content),
        "contacts" => contacts(content),
        "hsm" => template(content),
        _ => Err(format!("the sandbox does not simulate message.{name}")),
    }
}

/// A text with something in it.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    let text = fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| format!("{name} is not a text, or blank"))
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{name} is not an object"))
}

fn file(content: &Value, name: &str, types: &[&str]) -> Result<(), String> {
    let fields = object(content, name)?;
    let kind = text(fields, "type")?;
    if !types.contains(&kind) {
        return Err(format!("{name}.type is not one of {}", types.join(", ")));
    }
    let url: Option<Uri> = text(fields, "url")?.parse().ok();
    let is_web = |url: &Uri| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some();
    if !url.is_some_and(|url| is_web(&url)) {
        return Err(format!("{name}.url is not an address"));
    }
    match fields.get("caption") {
        Some(_) => text(fields, "caption").map(drop),
        None => Ok(()),
    }
}

fn location(content: &Value) -> Result<(), String> {
    let point = text(object(content, "location")?, "geoPoint")?;
    let degrees = |text: &str, most: f64| {
        text.trim().parse::<f64>().is_ok_and(|degrees| (-most..=most).contains(&degrees))
    };
    match point.split_once(',') {
        Some((latitude, longitude)) if degrees(latitude, 90.0) && degrees(longitude, 180.0) => Ok(()),
        _ => Err("location.geoPoint is not latitude,longitude".to_owned()),
    }
}

fn contacts(content: &Value) -> Result<(), String> {
    let contacts = content.as_array().filter(|contacts| !contacts.is_empty());
    for contact in contacts.ok_or("contacts is not an array with somebody in it")? {
        let fields = object(contact, "a contact")?;
        text(object(fields.get("name").unwrap_or(&Value::Null), "name")?, "first_name")?;
        let phones = fields.get("phones").and_then(Value::as_array).filter(|phones| !phones.is_empty());
        for phone in phones.ok_or("a contact has no phones")? {
            text(object(phone, "a phone")?, "wa_id")?;
        }
    }
    Ok(())
}

fn template(content: &Value) -> Result<(), String> {
    let fields = object(content, "hsm")?;
    for name in ["namespace", "elementName", "languageCode"] {
        text(fields, name)?;
    }
    if !["DETERMINISTIC", "FALLBACK"].contains(&text(fields, "languagePolicy")?) {
        return Err("hsm.languagePolicy is neither DETERMINISTIC nor FALLBACK".to_owned());
    }
    let parameters = match fields.get("parameters") {
        None => return Ok(()),
        Some(parameters) => parameters.as_array().ok_or("hsm.parameters is not an array")?,
    };
    if parameters.iter().all(|parameter| parameter.as_str().is_some_and(|text| !text.trim().is_empty())) {
        Ok(())
    } else {
        Err("an element of hsm.parameters is not a text, or blank".to_owned())
    }
}
