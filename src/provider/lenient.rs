//! Reading what providers really send: a field of another type than documented costs that field, never
//! the whole answer.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Text; integers and truth values as they are written. `None` for null, fractions, arrays and objects.
///
/// A number beyond 64 bits counts as a fraction: it is left out rather than rounded.
///
/// # Errors
/// Only where the JSON itself is broken.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cow<'de, str>>, D::Error> {
    deserializer.deserialize_any(TextVisitor)
}

/// An object of the shape `T`; `None` for anything else.
///
/// # Errors
/// Where the JSON is broken or an object is not a `T`.
pub fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

/// An array; what is not an object in it is `None` and keeps its place. `None` when there is no array.
///
/// # Errors
/// Where the JSON is broken or an object is not a `T`.
pub fn objects<'de, D, T>(deserializer: D) -> Result<Option<Vec<Option<T>>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(ArrayVisitor(PhantomData::<Object<T>>)).map(|array| {
        array.map(|elements| elements.into_iter().map(|Object(element)| element).collect::<Vec<_>>())
    })
}

/// An array of texts, without what is not text in it; empty when there is no array.
///
/// # Errors
/// Only where the JSON itself is broken.
pub fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Cow<'de, str>>, D::Error> {
    let array = deserializer.deserialize_any(ArrayVisitor(PhantomData::<Text<'de>>))?;
    Ok(array.unwrap_or_default().into_iter().filter_map(|Text(text)| text).collect())
}

/// An array of objects of the shape `T`, or one such object alone; what is not an object in the array is
/// `None`. Anything else is an error.
#[derive(Debug)]
pub struct OneOrMany<T>(pub Vec<Option<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData)).map(Self)
    }
}

/// A key and its value.
pub type TextEntry<'a> = (Cow<'a, str>, Cow<'a, str>);

/// An object's texts in the order in which they are written; empty when there is no object.
///
/// # Errors
/// Only where the JSON itself is broken.
pub fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TextEntry<'de>>, D::Error> {
    let entries = object::<D, Entries<'de>>(deserializer)?;
    Ok(entries.map(|Entries(entries)| entries).unwrap_or_default())
}

/// A whole number, or text that is one; `None` for anything else.
///
/// # Errors
/// Only where the JSON itself is broken.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.trim().parse().ok()))
}

/// A truth value, or its word or number; `None` for anything else.
///
/// # Errors
/// Only where the JSON itself is broken.
pub fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let text = text(deserializer)?;
    Ok(match text.as_deref().map(str::trim) {
        Some(word) if word.eq_ignore_ascii_case("true") || word == "1" => Some(true),
        Some(word) if word.eq_ignore_ascii_case("false") || word == "0" => Some(false),
        Some(_) | None => None,
    })
}

/// Writes text that is a whole number as a number.
///
/// # Errors
/// As the serializer has them.
pub fn as_number<S: Serializer>(text: &Option<Cow<'_, str>>, serializer: S) -> Result<S::Ok, S::Error> {
    match text.as_deref().map(|text| (text.parse::<i64>(), text)) {
        Some((Ok(number), _)) => serializer.serialize_i64(number),
        Some((Err(_), text)) => serializer.serialize_str(text),
        None => serializer.serialize_none(),
    }
}

struct Text<'a>(Option<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer).map(Self)
    }
}

struct Object<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

struct Entries<'a>(Vec<TextEntry<'a>>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor).map(Self)
    }
}

/// Takes any value that the visitor has no use for as `None`.
macro_rules! others_are_none {
    ($($method:ident($value:ty)),+ $(,)?) => {
        $(fn $method<E>(self, _: $value) -> Result<Self::Value, E> {
            Ok(None)
        })+

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    };
}

fn skip_array<'de, A: SeqAccess<'de>>(mut array: A) -> Result<(), A::Error> {
    while array.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    others_are_none!(visit_f64(f64));

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text)))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if truth { "true" } else { "false" })))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<Self::Value, A::Error> {
        skip_array(array).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        skip_object(object).map(|()| None)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    others_are_none!(visit_bool(bool), visit_u64(u64), visit_i64(i64), visit_f64(f64), visit_str(&str));

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<Self::Value, A::Error> {
        skip_array(array).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Some)
    }
}

struct ArrayVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ArrayVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    others_are_none!(visit_bool(bool), visit_u64(u64), visit_i64(i64), visit_f64(f64), visit_str(&str));

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = array.next_element()? {
            elements.push(element);
        }
        Ok(Some(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        skip_object(object).map(|()| None)
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = Vec<Option<T>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of objects, or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(Object(element)) = array.next_element()? {
            elements.push(element);
        }
        Ok(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|one| vec![Some(one)])
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Vec<TextEntry<'de>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((Text(key), Text(value))) = object.next_entry()? {
            if let (Some(key), Some(value)) = (key, value) {
                entries.push((key, value));
            }
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Cow<'_, str>> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        text(&mut deserializer).expect(json)
    }

    #[test]
    fn integers_are_never_rounded() {
        for (json, expected) in [
            (r#""3482512350952730369""#, Some("3482512350952730369")),
            ("3482512350952730369", Some("3482512350952730369")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("-9007199254740993", Some("-9007199254740993")),
            ("18446744073709551616", None),
            ("1.5", None),
            ("true", Some("true")),
            ("null", None),
            (r#"[1, {"a": 2}]"#, None),
            (r#"{"a": [1]}"#, None),
            (r#""\u00e9""#, Some("é")),
        ] {
            assert_eq!(read(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_not_an_object_keeps_its_place_in_an_array() {
        let mut deserializer =
            serde_json::Deserializer::from_str(r#"[{"a": "x"}, null, 7, "y", [], true, {"a": 1}]"#);
        let read: Vec<Option<Entries<'_>>> = objects(&mut deserializer).expect("JSON").expect("an array");
        let shapes: Vec<_> = read.iter().map(|entry| entry.as_ref().map(|entries| entries.0.len())).collect();
        assert_eq!(shapes, [Some(1), None, None, None, None, None, Some(1)]);
    }
}
