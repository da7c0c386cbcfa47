//! Moments, dates and times of day, as TOML has them, and as texts in quotes.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use super::Placed;

/// A date, a time of day or both. In quotes it is a text, of which whoever asked for it says what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// `2026-11-27T08:00:00`, `2026-11-27` or `08:00:00`.
    Value(Datetime),
    /// `"08:00"`.
    Text(String),
}

impl fmt::Display for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(formatter),
            Self::Text(text) => text.trim().fmt(formatter),
        }
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;

        impl<'de> Visitor<'de> for AnyForm {
            type Value = Written;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a date or a time")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Written::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, value: A) -> Result<Self::Value, A::Error> {
                Datetime::deserialize(MapAccessDeserializer::new(value)).map(Written::Value)
            }
        }

        deserializer.deserialize_any(AnyForm)
    }
}

impl JsonSchema for Written {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Written".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// Dates in a list, or a text that stands for dates, such as the name of a file that has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatesOrText {
    /// `[2026-12-25, "2027-01-01"]`.
    Dates(Vec<Placed<Written>>),
    /// `"feriados.ics"`.
    Text(String),
}

impl<'de> Deserialize<'de> for DatesOrText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;

        impl<'de> Visitor<'de> for AnyForm {
            type Value = DatesOrText;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of dates, or the name of an .ics file in quotes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(DatesOrText::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut dates = Vec::new();
                while let Some(date) = list.next_element()? {
                    dates.push(date);
                }
                Ok(DatesOrText::Dates(dates))
            }
        }

        deserializer.deserialize_any(AnyForm)
    }
}

impl JsonSchema for DatesOrText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DatesOrText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "items": { "type": "string" } },
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Shape {
        value: Placed<Written>,
    }

    #[test]
    fn dates_and_times_are_read_with_and_without_quotes() {
        for (source, expected) in [
            ("value = 2026-11-27T08:00:00", "2026-11-27T08:00:00"),
            ("value = 2026-11-27 08:00:00-03:00", "2026-11-27T08:00:00-03:00"),
            ("value = 2026-11-27", "2026-11-27"),
            ("value = 08:00:00", "08:00:00"),
            ("value = \" 08:00 \"", "08:00"),
        ] {
            let Shape { value } = toml::from_str(source).expect(source);
            assert_eq!(value.value.to_string(), expected);
            assert_eq!(value.span, 8..source.len());
        }
        assert!(toml::from_str::<Shape>("value = { a = 1 }").is_err());
        assert!(toml::from_str::<Shape>("value = 8").is_err());
    }
}
