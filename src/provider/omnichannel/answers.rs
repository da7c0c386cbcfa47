//! What the omnichannel answers, by our mapping: names are exact, what surrounds them is not.

use serde_json::{Map, Value};

use crate::domain::account::{Contact, Tag};

/// A list, and what its answer says about it.
#[derive(Debug, PartialEq)]
pub struct List<'v> {
    /// What is listed.
    pub items: &'v [Value],
    /// How many there are in all.
    pub total: Option<u64>,
    /// How many a page has.
    pub limit: Option<u64>,
}

/// The list of an answer: `{"data": […], "total", "limit"}`, or a bare array.
pub fn list(answer: &Value) -> Option<List<'_>> {
    let count = |name| answer.get(name).and_then(Value::as_u64);
    let items = answer.as_array().or_else(|| answer.get("data").and_then(Value::as_array))?;
    Some(List { items, total: count("total"), limit: count("limit") })
}

/// The object of an answer, which may stand in `data`.
pub fn object(answer: &Value) -> Option<&Map<String, Value>> {
    match answer.get("data") {
        Some(Value::Object(object)) => Some(object),
        Some(_) | None => answer.as_object(),
    }
}

/// The id of what was made or changed.
pub fn id(answer: &Value) -> Option<String> {
    let object = object(answer)?;
    ["id", "_id", "messageId", "sessionId"].into_iter().find_map(|name| text(object, name))
}

/// A conversation's id: that of its session before any other.
pub fn session(answer: &Value) -> Option<String> {
    text(object(answer)?, "sessionId").or_else(|| id(answer))
}

/// What a refusal says: one sentence, or several.
pub fn sentence(answer: &Value) -> Option<String> {
    let object = answer.as_object()?;
    let said =
        |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    match object.get("message") {
        Some(Value::Array(sentences)) => {
            let sentences: Vec<String> = sentences.iter().filter_map(said).collect();
            (!sentences.is_empty()).then(|| sentences.join("; "))
        }
        Some(message) => said(message),
        None => object.get("error").and_then(said),
    }
}

/// A contact; `None` for what is none.
pub fn contact(value: &Value) -> Option<Contact> {
    let fields = value.as_object()?;
    Some(Contact {
        id: text(fields, "id").or_else(|| text(fields, "_id"))?,
        identifier: text(fields, "contactIdentifier")?,
        name: text(fields, "name"),
        custom_name: text(fields, "customName"),
        is_group: text(fields, "type").is_some_and(|kind| kind == super::wire::GROUP),
        platform: text(fields, "platform"),
        tags: tags_of(fields),
        is_ignored: fields.get("isIgnored").is_some_and(is_true),
        attributes: Vec::new(),
    })
}

/// A tag; `None` for what is none. A list of a contact's tags may have ids alone.
pub fn tag(value: &Value) -> Option<Tag> {
    match value {
        Value::String(id) if !id.is_empty() => Some(Tag { id: id.clone(), ..Tag::default() }),
        Value::Object(fields) => Some(Tag {
            id: text(fields, "id").or_else(|| text(fields, "_id"))?,
            name: text(fields, "name").unwrap_or_default(),
            color: text(fields, "color"),
        }),
        _ => None,
    }
}

/// The channel that a contact belongs to, where it says so.
pub fn channel_of(contact: &Value) -> Option<&str> {
    contact.get("channelId").and_then(Value::as_str)
}

fn tags_of(fields: &Map<String, Value>) -> Vec<String> {
    let tags = fields.get("tagIds").or_else(|| fields.get("tags")).and_then(Value::as_array);
    tags.into_iter().flatten().filter_map(tag).map(|tag| tag.id).collect()
}

/// Whoever is said to be left alone in whatever manner is left alone.
fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_may_be_wrapped_or_bare() {
        let wrapped = json!({"data": [1, 2], "total": 5, "page": 1, "limit": 2});
        let shape = |list: List<'_>| (list.items.len(), list.total, list.limit);
        assert_eq!(list(&wrapped).map(shape), Some((2, Some(5), Some(2))));
        assert_eq!(list(&json!([1])).map(shape), Some((1, None, None)));
        for none in [json!({}), json!({"data": {}}), json!(null), json!("x")] {
            assert_eq!(list(&none), None, "{none}");
        }
    }

    #[test]
    fn an_id_has_several_names() {
        for (answer, expected) in [
            (json!({"id": "a"}), Some("a")),
            (json!({"_id": "a"}), Some("a")),
            (json!({"messageId": "a", "sessionId": "s"}), Some("a")),
            (json!({"data": {"id": 3_482_512_350_952_730_369_u64}}), Some("3482512350952730369")),
            (json!({"id": ""}), None),
            (json!([]), None),
        ] {
            assert_eq!(id(&answer).as_deref(), expected, "{answer}");
        }
        assert_eq!(session(&json!({"id": "a", "sessionId": "s"})).as_deref(), Some("s"));
    }

    #[test]
    fn who_is_left_alone_is_left_alone_in_whatever_manner_it_is_said() {
        let ignored = |is_ignored: Value| {
            let value = json!({"_id": "c", "contactIdentifier": "5511987654321", "isIgnored": is_ignored});
            contact(&value).expect("a contact").is_ignored
        };
        assert!(ignored(json!(true)) && ignored(json!("true")));
        assert!(!ignored(json!(false)) && !ignored(json!(null)));
    }
}
