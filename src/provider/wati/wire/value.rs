//! Values as Wati really writes them: a field of another type than documented costs that field, never the
//! whole answer.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

use crate::provider::lenient;

/// Text, or a number or truth value in its place; nothing for anything else, and for blank text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnyText(pub Option<String>);

impl AnyText {
    /// The text.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, or that of another field.
    #[must_use]
    pub fn or(self, other: Self) -> Option<String> {
        self.0.or(other.0)
    }
}

impl<'de> Deserialize<'de> for AnyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = lenient::text(deserializer)?.filter(|text| !text.trim().is_empty());
        Ok(Self(text.map(Cow::into_owned)))
    }
}

/// A truth value, or the words that Wati puts in its place (`"success"`); nothing for anything else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnyTruth(pub Option<bool>);

impl<'de> Deserialize<'de> for AnyTruth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        truth(deserializer).map(Self)
    }
}

/// An object of the shape `T`; nothing for anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyObject<T>(pub Option<T>);

impl<T> Default for AnyObject<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AnyObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::object(deserializer).map(Self)
    }
}

/// An array of objects of the shape `T`, each nothing where it is no object; nothing where there is no array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyList<T>(pub Option<Vec<Option<T>>>);

impl<T> AnyList<T> {
    /// What can be read of it.
    pub fn items(self) -> impl Iterator<Item = T> {
        self.0.unwrap_or_default().into_iter().flatten()
    }
}

impl<T> Default for AnyList<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AnyList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::objects(deserializer).map(Self)
    }
}

/// An array of texts, each empty where it is none: what is in it must not be overlooked. Empty where there
/// is no array; one text alone counts as an array of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnyTexts(pub Vec<String>);

impl<'de> Deserialize<'de> for AnyTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde_json::Value;
        let text = |value: Value| match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Array(values) => values.into_iter().map(text).collect(),
            Value::String(one) if !one.trim().is_empty() => vec![one],
            _ => Vec::new(),
        }))
    }
}

/// A truth value, or the words that Wati puts in its place; `None` for anything else.
pub(super) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let text = lenient::text(deserializer)?;
    let is_one_of = |word: &str, words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    Ok(match text.as_deref().map(str::trim) {
        Some(word) if is_one_of(word, &["true", "success", "ok", "1"]) => Some(true),
        Some(word) if is_one_of(word, &["false", "error", "fail", "failed", "0"]) => Some(false),
        Some(_) | None => None,
    })
}
