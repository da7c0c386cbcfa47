//! The shape of a limits file, as it is written. Everything may be absent: a file may replace one number.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::document::{OfRate, OfTime, Placed, Table, Text, TextList, TextOrTexts};
use crate::domain::{ErrorClass, FailureClass};

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimits {
    pub base_url: Option<Placed<String>>,
    pub call: Option<Placed<Table<RawCall>>>,
    pub mode: BTreeMap<String, Placed<Table<RawCall>>>,
    pub rates: BTreeMap<String, Placed<TextOrTexts<OfRate>>>,
    pub monthly_calls: BTreeMap<String, Placed<i64>>,
    pub question_rates: Option<Placed<TextOrTexts<OfRate>>>,
    pub length: BTreeMap<String, Placed<Vec<i64>>>,
    pub media: BTreeMap<String, Placed<Table<RawMedia>>>,
    pub error: Vec<Placed<Table<RawError>>>,
    pub failure: Vec<Placed<Table<RawFailure>>>,
}

/// `[call]` and `[mode.NAME]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCall {
    pub most: Option<Placed<i64>>,
    pub chunk: Option<Placed<i64>>,
    pub in_flight: Option<Placed<i64>>,
}

/// `[media.KIND]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMedia {
    pub types: Option<Placed<TextList>>,
    pub extensions: Option<Placed<TextList>>,
    pub most: Option<Placed<String>>,
}

/// `[[error]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawError {
    pub code: Option<Placed<String>>,
    pub field: Option<Placed<String>>,
    pub r#match: Option<Placed<String>>,
    pub class: Option<Placed<ErrorClass>>,
    pub retry: Option<Placed<Text<OfTime>>>,
    pub suppress: Option<Placed<bool>>,
    pub halt: Option<Placed<bool>>,
    pub en: Option<Placed<String>>,
    pub pt: Option<Placed<String>>,
    pub es: Option<Placed<String>>,
}

/// `[[failure]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFailure {
    pub code: Option<Placed<String>>,
    pub class: Option<Placed<FailureClass>>,
    pub retry: Option<Placed<Text<OfTime>>>,
    pub en: Option<Placed<String>>,
    pub pt: Option<Placed<String>>,
    pub es: Option<Placed<String>>,
}
