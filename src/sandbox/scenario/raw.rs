//! A scenario as it is written: the serde shapes. What the keys mean is said in the room's documentation.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::devino::RawDevino;
use super::omnichannel::RawOmnichannel;
use super::sinch::RawSinch;
use super::statuses::RawStatuses;
use super::wati::RawWati;
use super::webhooks::RawWebhooks;
use crate::document::{OfRate, Placed, Table, TextOrTexts};
use crate::sandbox::Service;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScenario {
    pub(super) seed: Option<i64>,
    pub(super) latency: Option<Placed<String>>,
    pub(super) rate_limit: Option<Table<RawRateLimit>>,
    pub(super) devino: Option<Table<RawDevino>>,
    pub(super) omnichannel: Option<Table<RawOmnichannel>>,
    pub(super) wati: Option<Table<RawWati>>,
    pub(super) sinch: Option<Table<RawSinch>>,
    pub(super) statuses: Option<Table<RawStatuses>>,
    pub(super) webhooks: Option<Table<RawWebhooks>>,
    pub(super) recipients: Option<Vec<Placed<Table<RawRecipientRule>>>>,
    pub(super) faults: Option<Vec<Placed<Table<RawFault>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRateLimit {
    pub(super) rate: Option<Placed<TextOrTexts<OfRate>>>,
    pub(super) status: Option<Placed<i64>>,
    pub(super) retry_after: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecipientRule {
    pub(super) refuse: Option<Placed<String>>,
    pub(super) field: Option<Placed<String>>,
    pub(super) numbers: Option<Vec<Placed<String>>>,
    pub(super) endings: Option<Vec<Placed<String>>>,
    pub(super) from: Option<Placed<i64>>,
    pub(super) once: Option<bool>,
    pub(super) provider: Option<Service>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFault {
    pub(super) then: Option<Then>,
    pub(super) accepted: Option<Placed<bool>>,
    pub(super) status: Option<Placed<i64>>,
    pub(super) retry_after: Option<Placed<String>>,
    pub(super) body: Option<Placed<String>>,
    pub(super) share: Option<Placed<String>>,
    pub(super) calls: Option<Placed<RawCalls>>,
    pub(super) containing: Option<Vec<Placed<String>>>,
    pub(super) provider: Option<Service>,
    pub(super) operation: Option<Placed<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Then {
    Status,
    Drop,
    Hang,
    Garbage,
    Truncate,
    Missing,
    Extra,
}

/// Numbers of calls as they are written: a number, or a text with one or a range of them.
#[derive(Debug)]
pub(super) struct RawCalls(pub(super) String);

impl<'de> Deserialize<'de> for RawCalls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = RawCalls;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number or text in quotes")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<RawCalls, E> {
                Ok(RawCalls(number.to_string()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<RawCalls, E> {
                Ok(RawCalls(text.to_owned()))
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}
