//! `[prices]` of `workspace.toml`: what a message costs, so that a plan can say what it comes to.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::Deserialize;

use crate::document::{Findings, Placed, Table, TextTable};
use crate::domain::{Country, Problem};

/// Millionths in a whole.
const MICROS: u128 = 1_000_000;
/// Digits behind the point that can be written.
const DECIMALS: usize = 6;

/// See the module. Of several prices of a message the channel's own holds, then that of the recipient's country,
/// then `each`. An action costs nothing unless `actions` has a price, and that is its price wherever it goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    /// ISO 4217, `BRL`; without, there are no prices.
    pub currency: Option<String>,
    each: Option<Money>,
    actions: Option<Money>,
    countries: BTreeMap<String, Money>,
    channels: BTreeMap<String, Money>,
}

/// An exact amount in millionths of a currency. `Display` shows two digits behind the point, more where it has
/// more: `0.35`, `0.0125`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(u128);

impl Prices {
    /// Whether anything has a price.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.currency.is_none()
    }

    /// What an action costs.
    #[must_use]
    pub fn of_action(&self) -> Money {
        self.actions.unwrap_or_default()
    }

    /// What a message over a channel costs to somebody in a country, where that is known; none where there is no
    /// price for it.
    #[must_use]
    pub fn of_message(&self, channel: &str, country: Option<Country>) -> Option<Money> {
        let of_channel = self.channels.get(channel).copied();
        let of_country = || country.and_then(|country| self.countries.get(country.code()).copied());
        of_channel.or_else(of_country).or(self.each)
    }

    /// The channels that have prices of their own.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.channels.keys().map(String::as_str)
    }
}

impl Money {
    /// So many times as much.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count.into()))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:06}", self.0 % MICROS);
        let shown = decimals.trim_end_matches('0').len().max(2);
        write!(formatter, "{}.{}", self.0 / MICROS, &decimals[..shown])
    }
}

impl FromStr for Money {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const MOST_DIGITS: usize = 9;
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole) || !are_digits(decimals) {
            return Err(());
        }
        if whole.len() > MOST_DIGITS || decimals.len() > DECIMALS {
            return Err(());
        }
        let micros = format!("{whole}{decimals:0<width$}", width = DECIMALS);
        micros.parse().map(Self).map_err(|_| ())
    }
}

/// The table, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPrices {
    currency: Option<Placed<String>>,
    each: Option<Placed<String>>,
    actions: Option<Placed<String>>,
    countries: Option<Placed<TextTable>>,
    channels: Option<Placed<TextTable>>,
}

/// Reads the table.
pub(super) fn read(raw: Placed<Table<RawPrices>>, findings: &mut Findings) -> Prices {
    let (span, Table(raw)) = (raw.span, raw.value);
    let absent = || {
        Problem::at(span, "prices.currency", "`prices` needs `currency`")
            .with_hint("write the currency that the prices are in, such as currency = \"BRL\"")
    };
    let currency = findings.require(raw.currency, absent);
    let mut price = |given: Placed<String>, key: &str| findings.keep(price_of(&given, key));
    let each = raw.each.and_then(|given| price(given, "prices.each"));
    let actions = raw.actions.and_then(|given| price(given, "prices.actions"));
    let mut named = |given: Option<Placed<TextTable>>, table: &str| -> BTreeMap<String, Money> {
        let entries = given.into_iter().flat_map(|given| given.value.0);
        let priced = entries.filter_map(|(name, given)| {
            let key = format!("prices.{table}.{}", name.value);
            if table == "countries" {
                findings.keep(country_of(&name, &key))?;
            }
            Some((name.value, findings.keep(price_of(&given, &key))?))
        });
        priced.collect()
    };
    let countries = named(raw.countries, "countries");
    let channels = named(raw.channels, "channels");
    let currency = currency.and_then(|given| findings.keep(currency_of(given)));
    Prices { currency, each, actions, countries, channels }
}

fn price_of(given: &Placed<String>, key: &str) -> Result<Money, Problem> {
    given.value.parse().map_err(|()| {
        let sentence = format!("`{key}` is not a price: \"{}\"", given.value);
        Problem::at(given.span.clone(), key, sentence)
            .with_hint("write an amount with a point, and at most six digits behind it, such as \"0.35\"")
    })
}

fn country_of(given: &Placed<String>, key: &str) -> Result<(), Problem> {
    let is_capital = given.value.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_capital && Country::from_code(&given.value).is_some() {
        return Ok(());
    }
    let sentence = format!("`{}` is not a country's code", given.value);
    Err(Problem::at(given.span.clone(), key, sentence)
        .with_hint("write the two capital letters of ISO 3166, such as PT"))
}

fn currency_of(given: Placed<String>) -> Result<String, Problem> {
    let Placed { value, span } = given;
    if value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(value);
    }
    Err(Problem::at(span, "prices.currency", format!("`prices.currency` is not a currency: \"{value}\""))
        .with_hint("write the three capital letters of ISO 4217, such as \"BRL\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_exact() {
        for (text, shown) in [
            ("0.35", "0.35"),
            ("0", "0.00"),
            ("12", "12.00"),
            ("0.0125", "0.0125"),
            ("0.000001", "0.000001"),
            ("999999999.5", "999999999.50"),
        ] {
            assert_eq!(text.parse::<Money>().expect(text).to_string(), shown);
        }
        for wrong in
            ["", ".", "1.", ".5", "-1", "+1", "0,35", "1e3", "0.0000001", "1.2.3", " 1", "1000000000"]
        {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
        let third: Money = "0.333333".parse().expect("a price");
        assert_eq!(third.times(10_000_000).to_string(), "3333330.00");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_alike(whole in 0_u64..999_999_999, micros in 0_u64..1_000_000) {
            let money = Money(u128::from(whole) * MICROS + u128::from(micros));
            prop_assert_eq!(money.to_string().parse(), Ok(money));
        }
    }
}
