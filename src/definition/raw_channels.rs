//! The key `channel` as it is written: a name, a list of names, or a table of names and weights.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::document::Placed;

/// Which channels send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawChannels {
    /// `"a"`.
    One(String),
    /// `["a", "b"]`: as many recipients for each.
    Even(Vec<Placed<String>>),
    /// `{ a = 3, b = 1 }`, in the order of the file.
    Weighted(Vec<(Placed<String>, Placed<i64>)>),
}

impl<'de> Deserialize<'de> for RawChannels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyForm)
    }
}

struct AnyForm;

impl<'de> Visitor<'de> for AnyForm {
    type Value = RawChannels;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text in quotes, or a list of them, or a table of names and weights")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(RawChannels::One(name.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(RawChannels::Even(names))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Self::Value, A::Error> {
        let mut weights = Vec::new();
        while let Some(weight) = table.next_entry()? {
            weights.push(weight);
        }
        Ok(RawChannels::Weighted(weights))
    }
}

impl JsonSchema for RawChannels {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Channels".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                {
                    "type": "object",
                    "additionalProperties": { "type": "integer", "minimum": 1 },
                    "minProperties": 1,
                },
            ]
        })
    }
}
