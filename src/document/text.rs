//! The shapes that text has in these files: alone, in lists, in tables, and standing for something.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Placed;

/// What a text stands for. It matters only to what is said when something else than text is there: a
/// number in quotes is still no rate.
pub trait Kind {
    /// What must be there, in words that complete "must be …".
    const WANTED: &'static str;
}

/// Nothing but itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {}

/// A rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfRate {}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfTime {}

/// A share of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfShare {}

/// How many in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfFrequency {}

impl Kind for Plain {
    const WANTED: &'static str = "text in quotes";
}

impl Kind for OfRate {
    const WANTED: &'static str = "a rate in quotes, such as \"40/s\"";
}

impl Kind for OfTime {
    const WANTED: &'static str = "a span of time in quotes, such as \"30s\"";
}

impl Kind for OfShare {
    const WANTED: &'static str = "a percentage in quotes, such as \"10%\"";
}

impl Kind for OfFrequency {
    const WANTED: &'static str = "a frequency in quotes, such as \"1 per 7d\"";
}

/// A text that stands for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<K = Plain> {
    text: String,
    kind: PhantomData<K>,
}

impl<K> Placed<Text<K>> {
    /// The text itself.
    #[must_use]
    pub fn into_plain(self) -> Placed<String> {
        Placed { value: self.value.text, span: self.span }
    }
}

impl<'de, K: Kind> Deserialize<'de> for Text<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnlyText<K>(PhantomData<K>);

        impl<K: Kind> Visitor<'_> for OnlyText<K> {
            type Value = Text<K>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(K::WANTED)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text { text: text.to_owned(), kind: PhantomData })
            }
        }

        deserializer.deserialize_str(OnlyText(PhantomData))
    }
}

impl<K> JsonSchema for Text<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// One text or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOrTexts<K = Plain> {
    /// `"a"`.
    One(String),
    /// `["a", "b"]`.
    Many(Vec<Placed<Text<K>>>),
}

impl<K> Placed<TextOrTexts<K>> {
    /// Each text with its place.
    #[must_use]
    pub fn into_texts(self) -> Vec<Placed<String>> {
        match self.value {
            TextOrTexts::One(value) => vec![Placed { value, span: self.span }],
            TextOrTexts::Many(texts) => texts.into_iter().map(Placed::into_plain).collect(),
        }
    }
}

impl<'de, K: Kind> Deserialize<'de> for TextOrTexts<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany<K>(PhantomData<K>);

        impl<'de, K: Kind> Visitor<'de> for OneOrMany<K> {
            type Value = TextOrTexts<K>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}, or a list of them", K::WANTED)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TextOrTexts::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                elements(list).map(TextOrTexts::Many)
            }
        }

        deserializer.deserialize_any(OneOrMany(PhantomData))
    }
}

impl<K> JsonSchema for TextOrTexts<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TextOrTexts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            ]
        })
    }
}

/// Texts in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextList(pub Vec<Placed<String>>);

impl<'de> Deserialize<'de> for TextList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnlyList;

        impl<'de> Visitor<'de> for OnlyList {
            type Value = TextList;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                elements(list).map(TextList)
            }
        }

        deserializer.deserialize_seq(OnlyList)
    }
}

impl JsonSchema for TextList {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TextList".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": { "type": "string" } })
    }
}

/// Texts in a row, or texts by name in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    /// `["a", "b"]`.
    Listed(Vec<Placed<String>>),
    /// `{ name = "a" }`.
    Named(TextTable),
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrTable;

        impl<'de> Visitor<'de> for ListOrTable {
            type Value = Texts;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of texts or a table of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                elements(list).map(Texts::Listed)
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Self::Value, A::Error> {
                named_texts(table).map(Texts::Named)
            }
        }

        deserializer.deserialize_any(ListOrTable)
    }
}

impl JsonSchema for Texts {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = TextTable::json_schema(generator);
        json_schema!({ "anyOf": [{ "type": "array", "items": { "type": "string" } }, table] })
    }
}

/// Texts by name, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextTable(pub Vec<(Placed<String>, Placed<String>)>);

impl<'de> Deserialize<'de> for TextTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnlyTable;

        impl<'de> Visitor<'de> for OnlyTable {
            type Value = TextTable;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Self::Value, A::Error> {
                named_texts(table)
            }
        }

        deserializer.deserialize_any(OnlyTable)
    }
}

impl JsonSchema for TextTable {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TextTable".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "type": "string" } })
    }
}

fn elements<'de, T, A>(mut list: A) -> Result<Vec<T>, A::Error>
where
    T: Deserialize<'de>,
    A: SeqAccess<'de>,
{
    let mut elements = Vec::new();
    while let Some(element) = list.next_element()? {
        elements.push(element);
    }
    Ok(elements)
}

fn named_texts<'de, A: MapAccess<'de>>(mut table: A) -> Result<TextTable, A::Error> {
    let mut texts = Vec::new();
    while let Some(text) = table.next_entry()? {
        texts.push(text);
    }
    Ok(TextTable(texts))
}
