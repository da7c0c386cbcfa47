//! The campaign's own brakes: how much doubt, how many failures, what to do when nobody knows.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What becomes of recipients in doubt once `doubt_ttl` has passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDoubt {
    /// They wait for a person.
    #[default]
    Hold,
    /// They count as accepted, marked as assumed.
    AssumeSent,
    /// They are sent again, possibly twice.
    Resend,
}

/// A share of a whole in basis points, written as a percentage: `10%`, `2.5%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share {
    basis_points: u32,
}

/// Why a text is not a share.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("`{text}` is not a share; write a percentage from \"0%\" to \"100%\", such as \"10%\" or \"2.5%\"")]
pub struct ShareError {
    text: String,
}

impl Share {
    /// Whether `part` of `whole` is more than this share. Exact, in integers.
    #[must_use]
    pub fn is_passed_by(self, part: u64, whole: u64) -> bool {
        u128::from(part) * 10_000 > u128::from(whole) * u128::from(self.basis_points)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ShareError { text: text.to_owned() };
        let number = text.trim().strip_suffix('%').ok_or_else(error)?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || fraction.len() > 2 {
            return Err(error());
        }
        let hundredths: u32 = format!("{fraction:0<2}").parse().map_err(|_| error())?;
        let percent: u32 = whole.parse().map_err(|_| error())?;
        let basis_points = percent.checked_mul(100).and_then(|points| points.checked_add(hundredths));
        match basis_points {
            Some(basis_points) if basis_points <= 10_000 => Ok(Self { basis_points }),
            _ => Err(error()),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.basis_points / 100, self.basis_points % 100);
        if hundredths == 0 {
            write!(formatter, "{whole}%")
        } else {
            write!(formatter, "{}%", format!("{whole}.{hundredths:02}").trim_end_matches('0'))
        }
    }
}

impl TryFrom<String> for Share {
    type Error = ShareError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.to_string()
    }
}

/// The brakes of one campaign, frozen with its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safety {
    /// Hold the run when the failed share of the last 1,000 outcomes (at least 100) passes this.
    pub stop_above: Option<Share>,
    /// What becomes of doubt in the end.
    pub on_doubt: OnDoubt,
    /// After how long.
    pub doubt_ttl: Duration,
    /// Recipients in this process's intents without outcome, at most.
    pub max_in_doubt: NonZeroU32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact() {
        for (text, written) in
            [("10%", "10%"), ("2.5 %", "2.5%"), ("0.05%", "0.05%"), ("100%", "100%"), ("0%", "0%")]
        {
            assert_eq!(text.parse::<Share>().expect(text).to_string(), written);
        }
        for wrong in ["", "10", "%", "101%", "-1%", "1.234%", ".5%", "1e1%", "99999999999%"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
        let tenth: Share = "10%".parse().expect("share");
        assert!(!tenth.is_passed_by(100, 1_000));
        assert!(tenth.is_passed_by(101, 1_000));
        assert!(!tenth.is_passed_by(0, 0));
    }
}
