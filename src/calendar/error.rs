//! What can be wrong with a calendar.

use std::io;

use thiserror::Error;

/// Why a calendar cannot be read. Completes "the calendar feriados.ics …".
#[derive(Debug, Error)]
pub enum CalendarError {
    /// There is no such file, or it may not be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is larger than any calendar of holidays.
    #[error("has more than 4 MB, which no calendar of holidays has")]
    TooLarge,
    /// It is no text.
    #[error("is no UTF-8 text")]
    NotText,
    /// It does not begin and end as calendars do.
    #[error("is no calendar: it has no {0}")]
    NoCalendar(&'static str),
    /// It is no iCalendar from a line on.
    #[error("cannot be read from line {line} on")]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
    /// One of its events cannot be read.
    #[error("has an event at line {line}{} that {why}", named(.name))]
    Event {
        /// The event's first line, counted from 1.
        line: usize,
        /// What it is called; may be empty.
        name: String,
        /// Completes "an event that …".
        why: String,
    },
    /// It has so many days that a rule in it must be a mistake.
    #[error("has more than 4000 holidays from 2020 to 2059; a rule in it comes too often")]
    TooMany,
}

fn named(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(", \"{name}\",") }
}

impl CalendarError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable(_) => Some("a file is named as it is seen from the workspace's folder"),
            Self::NotText | Self::NoCalendar(_) | Self::Malformed { .. } => {
                Some("export the calendar once more, as an .ics file")
            }
            Self::Event { .. } => Some("a holiday has whole days: DTSTART;VALUE=DATE:20261225"),
            Self::TooLarge | Self::TooMany => None,
        }
    }
}
