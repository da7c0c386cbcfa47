//! How often a person is messaged, at most: `1 per 7d`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Spans that a cap is written in, in seconds, the longest first.
const UNITS: [(char, u64); 4] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60)];

/// The longest span: a year with its leap day. What happened before is looked at by every plan.
const LONGEST: u64 = 366 * 86_400;

/// How many messages a person gets in a span of time, at most, over all campaigns of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FrequencyCap {
    /// Messages.
    pub most: NonZeroU32,
    /// In so long; whole minutes, at most 366 days.
    pub within: Duration,
}

/// Why a text is not a cap.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error(
    "`{text}` does not say how often; write how many messages per so many minutes (m), hours (h), days (d) or \
     weeks (w), up to 366 days: \"1 per 7d\""
)]
pub struct FrequencyCapError {
    text: String,
}

impl FromStr for FrequencyCap {
    type Err = FrequencyCapError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).ok_or_else(|| FrequencyCapError { text: text.to_owned() })
    }
}

fn read(text: &str) -> Option<FrequencyCap> {
    let mut words = text.split_whitespace();
    let (most, per, span, None) = (words.next()?, words.next()?, words.next()?, words.next()) else {
        return None;
    };
    let (letter, number) = (span.chars().next_back()?, span.get(..span.len().checked_sub(1)?)?);
    let (_, unit) = UNITS.into_iter().find(|(unit, _)| *unit == letter)?;
    let seconds = whole(number)?.checked_mul(unit).filter(|seconds| (1..=LONGEST).contains(seconds))?;
    let most = u32::try_from(whole(most)?).ok().and_then(NonZeroU32::new)?;
    (per == "per").then_some(FrequencyCap { most, within: Duration::from_secs(seconds) })
}

/// A whole number in plain digits: the library would take a sign as well.
fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for FrequencyCap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.within.as_secs();
        // People say `7d` and `24h`: weeks only where they are several.
        let is_said = |(unit, length): &(char, u64)| {
            seconds.is_multiple_of(*length) && (*unit != 'w' || seconds / length > 1)
        };
        let (unit, length) = UNITS.into_iter().find(is_said).unwrap_or(('m', 60));
        write!(formatter, "{} per {}{unit}", self.most, seconds / length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn caps_are_written_as_people_say_them() {
        for (text, written, most, hours) in [
            ("1 per 7d", "1 per 7d", 1, 168),
            ("  3   per 24h ", "3 per 1d", 3, 24),
            ("2 per 1w", "2 per 7d", 2, 168),
            ("2 per 2w", "2 per 2w", 2, 336),
            ("10 per 90m", "10 per 90m", 10, 1),
            ("1 per 366d", "1 per 366d", 1, 8_784),
        ] {
            let cap: FrequencyCap = text.parse().expect(text);
            assert_eq!((cap.most.get(), cap.within.as_secs() / 3_600), (most, hours), "{text}");
            assert_eq!(cap.to_string(), written);
        }
        for wrong in [
            "",
            "1",
            "1 per",
            "per 7d",
            "1 per 7",
            "1 per d",
            "0 per 7d",
            "1 per 0d",
            "+1 per 7d",
            "1 per +7d",
            "1 per 7d 2",
            "1 per 367d",
            "1 per 7y",
            "1/7d",
            "-1 per 7d",
            "1.5 per 7d",
            "1 per 7\u{e9}",
            "1 per 99999999999999999999d",
            "4294967296 per 1d",
            "1 Per 7d",
        ] {
            assert!(wrong.parse::<FrequencyCap>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(most in 1_u32.., minutes in 1..=LONGEST / 60, text in ".*") {
            let most = NonZeroU32::new(most).expect("not zero");
            let cap = FrequencyCap { most, within: Duration::from_secs(minutes * 60) };
            prop_assert_eq!(cap.to_string().parse(), Ok(cap));
            if let Ok(cap) = text.parse::<FrequencyCap>() {
                prop_assert_eq!(cap.to_string().parse(), Ok(cap));
            }
        }
    }
}
