//! The fields of Wati's bodies, judged as a server would bind them to its types.

use serde_json::{Map, Value};

use crate::provider::wati::wire::Parameter;

/// A body's fields.
pub(super) type Fields = Map<String, Value>;

/// A text field: `None` when it is absent or null.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a str>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

/// The first of a field's names that is there.
pub(super) fn first_text<'a>(fields: &'a Fields, names: &[&str]) -> Result<Option<&'a str>, String> {
    names.iter().try_fold(None, |found: Option<&str>, name| Ok(found.or(text(fields, name)?)))
}

/// A list of objects; empty when it is absent or null.
pub(super) fn objects<'a>(fields: &'a Fields, name: &str) -> Result<Vec<&'a Fields>, String> {
    let elements = match fields.get(name) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(elements)) => elements,
        Some(_) => return Err(format!("{name} is not an array")),
    };
    let object = |element: &'a Value| element.as_object();
    elements
        .iter()
        .map(|one| object(one).ok_or_else(|| format!("an element of {name} is not an object")))
        .collect()
}

/// Names and values.
pub(super) fn parameters(fields: &Fields, name: &str) -> Result<Vec<Parameter<'static>>, String> {
    let read = |fields: &Fields| {
        let part = |name| Ok::<_, String>(text(fields, name)?.unwrap_or_default().to_owned().into());
        Ok(Parameter { name: part("name")?, value: part("value")? })
    };
    objects(fields, name)?.into_iter().map(read).collect()
}

/// The same, for contacts.
pub(super) fn attributes(fields: &Fields, name: &str) -> Result<Vec<(String, String)>, String> {
    let parameters = parameters(fields, name)?.into_iter();
    Ok(parameters.map(|one| (one.name.into_owned(), one.value.into_owned())).collect())
}

/// Tells of fields that nobody documents.
pub(super) fn foreign(fields: &Fields, known: &[&str], place: &str, unknown: &mut Vec<String>) {
    let foreign = fields.keys().filter(|key| !known.contains(&key.as_str()));
    unknown.extend(foreign.map(|key| format!("{place}{key}")));
}
