//! The keys that every channel has, as they are written.

use serde::Deserialize;

use crate::document::{OfRate, OfTime, Placed, Table, Text, TextOrTexts};

/// Names of the keys below. What else a channel has is its provider's.
pub const COMMON_KEYS: [&str; 12] = [
    "provider",
    "plan",
    "limits",
    "rate",
    "chunk",
    "in_flight",
    "timeout",
    "retry",
    "base_url",
    "callback_url",
    "sandbox",
    "portfolio",
];

/// The common keys of one channel.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawChannel {
    pub provider: Option<Placed<String>>,
    pub plan: Option<Placed<String>>,
    pub limits: Option<Placed<String>>,
    pub rate: Option<Placed<TextOrTexts<OfRate>>>,
    pub chunk: Option<Placed<i64>>,
    pub in_flight: Option<Placed<i64>>,
    pub timeout: Option<Placed<Text<OfTime>>>,
    pub retry: Option<Placed<Table<RawRetry>>>,
    pub base_url: Option<Placed<String>>,
    pub callback_url: Option<Placed<String>>,
    pub sandbox: Option<Placed<bool>>,
    #[expect(dead_code, reason = "`portfolios` looks it up, whatever else is wrong with the channel")]
    pub portfolio: Option<Placed<String>>,
}

/// What to do about calls that did not leave.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRetry {
    pub attempts: Option<Placed<i64>>,
    pub first: Option<Placed<Text<OfTime>>>,
    pub most: Option<Placed<Text<OfTime>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_shape() {
        let error = toml::from_str::<RawChannel>("nothing_like_it = 1").expect_err("an unknown key");
        let expected = COMMON_KEYS.map(|key| format!("`{key}`")).join(", ");
        assert!(error.message().ends_with(&format!("expected one of {expected}")), "{error}");
    }
}
