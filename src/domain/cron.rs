//! When a campaign comes again: a cron pattern of five, six or seven fields, in a zone.

use std::fmt;
use std::str::FromStr;

use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use thiserror::Error;

use super::Zone;

/// A cron pattern: `0 8 * * FRI`, with seconds in front of it or a year behind it where wanted.
///
/// Where clocks are put forward, a time of day that is left out comes at the first moment after the gap, and
/// what comes every few minutes leaves the gap out. Where they are put back, a time of day comes once, at the
/// first of the two moments, and what comes every few minutes comes in both hours.
#[derive(Clone)]
pub struct Cron {
    text: String,
    pattern: croner::Cron,
}

/// Why a text is no cron pattern.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error(
    "`{text}` is no cron pattern: {why}; write minute, hour, day, month and weekday, such as \"0 8 * * FRI\""
)]
pub struct CronError {
    text: String,
    why: String,
}

impl Cron {
    /// The first firing after a moment; none where there is no further one.
    #[must_use]
    pub fn next_after(&self, zone: &Zone, moment: Timestamp) -> Option<Timestamp> {
        let next = self.pattern.find_next_occurrence(&zone.at(moment), false).ok()?;
        Some(next.timestamp())
    }
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Optional).build();
        let pattern = parser
            .parse(text)
            .map_err(|error| CronError { text: text.to_owned(), why: error.to_string() })?;
        Ok(Self { text: text.to_owned(), pattern })
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl fmt::Display for Cron {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cron({})", self.text)
    }
}
