//! How fast: the rate grammar, and the spacing of calls that keeps a rate in every sliding window.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Windows of this length and longer are counted from the journal over the rolling window; shorter
/// ones are kept by spacing.
pub const LONG_WINDOW: Duration = Duration::from_secs(3_600);

/// Calls are spaced by this much more than the limit asks, so that clocks that differ a little and
/// calls that overtake each other stay within it.
const MARGIN: f64 = 1.02;

/// What a rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RateUnit {
    /// People messaged.
    Recipients,
    /// Requests to the provider.
    Calls,
}

/// At most `count` per `window`: `40/s`, `60/10s`, `10000/d`, `30 calls/10s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    /// How many.
    pub count: NonZeroU32,
    /// Of what.
    pub unit: RateUnit,
    /// In every window of this length.
    pub window: Duration,
}

/// Why a text is not a rate.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error(
    "`{text}` is not a rate; write how many per time, such as \"40/s\", \"60/10s\", \"10000/d\" or \"30 calls/10s\""
)]
pub struct RateError {
    text: String,
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| RateError { text: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<Rate> {
    let (amount, window) = text.split_once('/')?;
    let amount = amount.trim();
    let (count, unit) = match amount.strip_suffix("calls").or_else(|| amount.strip_suffix("call")) {
        Some(count) if count.ends_with(' ') => (count.trim_end(), RateUnit::Calls),
        Some(_) => return None,
        None => (amount, RateUnit::Recipients),
    };
    let window = window.trim();
    let (many, unit_seconds) = match window.char_indices().next_back()? {
        (at, 's') => (&window[..at], 1),
        (at, 'm') => (&window[..at], 60),
        (at, 'h') => (&window[..at], 3_600),
        (at, 'd') => (&window[..at], 86_400),
        _ => return None,
    };
    let many: u64 = if many.is_empty() { 1 } else { digits(many)? };
    let seconds = many.checked_mul(unit_seconds).filter(|seconds| (1..=31 * 86_400).contains(seconds))?;
    Some(Rate {
        count: NonZeroU32::new(u32::try_from(digits(count)?).ok()?)?,
        unit,
        window: Duration::from_secs(seconds),
    })
}

fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.count)?;
        if self.unit == RateUnit::Calls {
            formatter.write_str(if self.count.get() == 1 { " call" } else { " calls" })?;
        }
        let seconds = self.window.as_secs();
        let (many, unit) = match seconds {
            _ if seconds.is_multiple_of(86_400) => (seconds / 86_400, 'd'),
            _ if seconds.is_multiple_of(3_600) => (seconds / 3_600, 'h'),
            _ if seconds.is_multiple_of(60) => (seconds / 60, 'm'),
            _ => (seconds, 's'),
        };
        if many == 1 { write!(formatter, "/{unit}") } else { write!(formatter, "/{many}{unit}") }
    }
}

impl TryFrom<String> for Rate {
    type Error = RateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

impl Rate {
    /// Whether the window is counted from the journal instead of being kept by spacing.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.window >= LONG_WINDOW
    }

    /// Calls in a window when each carries up to `chunk` recipients.
    fn calls(&self, chunk: u32) -> u32 {
        match self.unit {
            RateUnit::Calls => self.count.get(),
            RateUnit::Recipients => self.count.get().div_ceil(chunk),
        }
    }

    /// The largest chunk that the rate leaves when `chunk` is asked for.
    fn largest_chunk(&self, chunk: u32) -> u32 {
        match self.unit {
            RateUnit::Calls => chunk,
            RateUnit::Recipients => self.count.get() / self.calls(chunk),
        }
    }
}

/// A limit over an hour and longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LongLimit {
    /// Over a rolling window; [`Rate::is_long`] holds.
    Rolling(Rate),
    /// So many requests in a calendar month, in UTC.
    MonthlyCalls(NonZeroU32),
}

impl LongLimit {
    /// The long ones among `rates`.
    pub fn among(rates: &[Rate]) -> impl Iterator<Item = Self> + '_ {
        rates.iter().filter(|rate| rate.is_long()).map(|rate| Self::Rolling(*rate))
    }

    /// What it counts.
    #[must_use]
    pub fn unit(self) -> RateUnit {
        match self {
            Self::Rolling(rate) => rate.unit,
            Self::MonthlyCalls(_) => RateUnit::Calls,
        }
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        match self {
            Self::Rolling(rate) => rate.count.get(),
            Self::MonthlyCalls(calls) => calls.get(),
        }
    }
}

impl fmt::Display for LongLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling(rate) => rate.fmt(formatter),
            Self::MonthlyCalls(calls) => write!(formatter, "{calls} calls in a calendar month"),
        }
    }
}

/// How large chunks are and how far apart their calls, so that no limit is passed in any sliding window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spacing {
    /// Recipients in a call, at most.
    pub chunk: NonZeroU32,
    /// Time between two calls; zero without a short limit.
    pub period: Duration,
}

impl Spacing {
    /// For R recipients per window W and a chunk of c: `k = ceil(R / c)` calls per window of
    /// `floor(R / k)` recipients, one every `1.02 · W / k`. Several limits give the smallest chunk and
    /// the longest period. Long windows bound the chunk but not the period.
    #[must_use]
    pub fn new(rates: &[Rate], chunk: NonZeroU32) -> Self {
        let mut size = chunk.get();
        loop {
            let smaller = rates.iter().map(|rate| rate.largest_chunk(size)).min().unwrap_or(size).max(1);
            if smaller == size {
                break;
            }
            size = smaller;
        }
        let period = rates
            .iter()
            .filter(|rate| !rate.is_long())
            .map(|rate| rate.window.mul_f64(MARGIN) / rate.calls(size))
            .max()
            .unwrap_or(Duration::ZERO);
        Self { chunk: NonZeroU32::new(size).unwrap_or(NonZeroU32::MIN), period }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Rate {
        text.parse().expect(text)
    }

    #[test]
    fn the_grammar_is_read_and_written() {
        for (text, count, unit, seconds) in [
            ("40/s", 40, RateUnit::Recipients, 1),
            ("60/10s", 60, RateUnit::Recipients, 10),
            ("10000/d", 10_000, RateUnit::Recipients, 86_400),
            ("30 calls/10s", 30, RateUnit::Calls, 10),
            ("1 call/m", 1, RateUnit::Calls, 60),
        ] {
            let parsed = rate(text);
            assert_eq!(
                (parsed.count.get(), parsed.unit, parsed.window.as_secs()),
                (count, unit, seconds),
                "{text}"
            );
            assert_eq!(parsed.to_string(), text);
        }
        for wrong in [
            "",
            "40",
            "40/",
            "/s",
            "0/s",
            "-1/s",
            "40/x",
            "40/0s",
            "1.5/s",
            "40calls/s",
            "40/s/s",
            "4_0/s",
            "5000000000/s",
            "1/40d",
        ] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn spacing_is_that_of_the_guarantees() {
        for (rates, chunk, expected_chunk, expected_micros) in [
            (vec!["200/s"], 10, 10, 51_000),
            (vec!["40/s"], 100, 40, 1_020_000),
            (vec!["50/s"], 40, 25, 510_000),
            (vec!["60/10s"], 1, 1, 170_000),
            (vec!["30 calls/10s"], 100, 100, 340_000),
            (vec!["60/10s", "30 calls/10s"], 1, 1, 340_000),
            (vec!["10000/d"], 100, 100, 0),
            (vec![], 100, 100, 0),
        ] {
            let rates: Vec<_> = rates.into_iter().map(rate).collect();
            let spacing = Spacing::new(&rates, NonZeroU32::new(chunk).expect("not zero"));
            assert_eq!(spacing.chunk.get(), expected_chunk, "{rates:?}");
            assert_eq!(spacing.period.as_micros(), expected_micros, "{rates:?}");
        }
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            limits in proptest::collection::vec((1_u32..5_000, 1_u64..60), 1..4),
            chunk in 1_u32..500,
        ) {
            let rates: Vec<_> = limits
                .iter()
                .map(|&(count, seconds)| rate(&format!("{count}/{seconds}s")))
                .collect();
            let spacing = Spacing::new(&rates, NonZeroU32::new(chunk).expect("not zero"));
            for rate in rates {
                let calls = rate.window.as_nanos().div_ceil(spacing.period.as_nanos());
                prop_assert!(calls * u128::from(spacing.chunk.get()) <= u128::from(rate.count.get()));
            }
        }
    }
}
