//! A payload held against its fields: what it says, or every field that is wrong with it.

use serde_json::{Map, Value};
use url::Url;

use super::call::Call;
use super::schema::{self, Field, Kind};
use crate::sandbox::incoming::Incoming;
use crate::sandbox::plausible;

/// A payload that has what it must have.
#[derive(Debug, Clone)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads path, and body or query, of a request. `unknown` takes the names of fields that the seed does
    /// not list.
    ///
    /// The error has a sentence for each field that is wrong, which begins with its name.
    pub(super) fn read(
        call: Call,
        incoming: &Incoming,
        unknown: &mut Vec<String>,
    ) -> Result<Self, Vec<String>> {
        let fields = schema::of(call);
        let has_body = matches!(incoming.method.as_str(), "POST" | "PUT" | "PATCH");
        let mut given = if has_body { body(incoming)? } else { query(incoming, fields) };
        let mut wrong = Vec::new();
        for (name, value) in &incoming.parameters {
            let placed = Value::from(value.as_str());
            match given.insert(name.clone(), placed.clone()) {
                Some(other) if other != placed => wrong.push(format!("{name} is not the one of the path")),
                Some(_) | None => {}
            }
        }
        let is_known = |name: &str| fields.iter().any(|field| field.name == name);
        unknown.extend(given.keys().filter(|name| !is_known(name)).cloned());
        wrong.extend(fields.iter().filter_map(|field| objection(field, given.get(field.name))));
        if wrong.is_empty() { Ok(Self(given)) } else { Err(wrong) }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A field that is there, because the payload was not read otherwise.
    pub(super) fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let texts = self.0.get(name)?.as_array()?;
        Some(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    pub(super) fn count(&self, name: &str) -> Option<usize> {
        self.0.get(name).and_then(whole).and_then(|count| usize::try_from(count).ok())
    }

    /// All of it, for a fingerprint.
    pub(super) fn value(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

fn body(incoming: &Incoming) -> Result<Map<String, Value>, Vec<String>> {
    if incoming.media_type() != "application/json" {
        return Err(vec!["the body is not application/json".to_owned()]);
    }
    match &incoming.json {
        Some(Value::Object(fields)) => Ok(fields.clone()),
        Some(_) => Err(vec!["the body is not an object".to_owned()]),
        None => Err(vec!["the body is not JSON".to_owned()]),
    }
}

/// The query as an object: a list has the same name several times.
fn query(incoming: &Incoming, fields: &[Field]) -> Map<String, Value> {
    let is_list = |name: &str| fields.iter().any(|field| field.name == name && field.kind == Kind::Texts);
    let mut given = Map::new();
    for (name, value) in incoming.query() {
        let value = Value::from(value);
        match given.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value),
            // Twice what should be there once is neither.
            Some(other) => *other = Value::Null,
            None if is_list(&name) => drop(given.insert(name, Value::Array(vec![value]))),
            None => drop(given.insert(name, value)),
        }
    }
    given
}

fn objection(field: &Field, given: Option<&Value>) -> Option<String> {
    let name = field.name;
    let Some(value) = given else {
        return field.required.then(|| format!("{name} should not be empty"));
    };
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    let (is_right, what) = match field.kind {
        Kind::Text => (text.is_some(), "must be a string that is not blank".to_owned()),
        Kind::OneOf(words) => {
            let is_one = text.is_some_and(|text| words.contains(&text));
            (is_one, format!("must be one of the following values: {}", words.join(", ")))
        }
        Kind::Number => (text.is_some_and(is_number), "must be a phone number".to_owned()),
        Kind::Color => (text.is_some_and(is_color), "must be a hexadecimal color".to_owned()),
        Kind::Address => (text.is_some_and(is_address), "must be a URL address".to_owned()),
        Kind::Texts => (is_texts(value), "must be an array of strings".to_owned()),
        Kind::Flag => (value.is_boolean(), "must be a boolean value".to_owned()),
        Kind::Count => (whole(value).is_some_and(|count| count > 0), "must not be less than 1".to_owned()),
        Kind::Object => (value.is_object(), "must be an object".to_owned()),
    };
    (!is_right).then(|| format!("{name} {what}"))
}

/// Digits without a plus sign, as in the seed's samples.
pub(super) fn is_number(text: &str) -> bool {
    !text.starts_with('+') && plausible::phone(text).is_some()
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn is_address(text: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    !text.contains(char::is_whitespace) && Url::parse(text).is_ok_and(is_web)
}

fn is_texts(value: &Value) -> bool {
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    value.as_array().is_some_and(|values| !values.is_empty() && values.iter().all(is_text))
}

/// A whole number, which in a query is a text.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}
