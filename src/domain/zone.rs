//! Time zones by their names of the IANA database, never by an offset.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A time zone that has a name, such as `America/Sao_Paulo`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// Why a text names no time zone.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("there is no time zone `{text}`; write a name of the IANA database, such as \"America/Sao_Paulo\"")]
pub struct ZoneError {
    text: String,
}

impl Zone {
    /// Where nobody says otherwise.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// A zone that is known by its rules; none where it has no name, as a bare `TZ=<+03>-3` has none.
    #[must_use]
    pub fn of_rules(zone: TimeZone) -> Option<Self> {
        zone.iana_name().map(str::to_owned).map(|name| Self { name, zone })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &TimeZone {
        &self.zone
    }

    /// What its clocks show at a moment.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }

    /// The moment at which its clocks show `civil`. A time that is left out when clocks are put forward is as
    /// many minutes later as they are put; one that comes twice is the first.
    ///
    /// # Errors
    /// When the moment is out of reach of the calendar.
    pub fn moment(&self, civil: DateTime) -> Result<Timestamp, jiff::Error> {
        self.zone.to_ambiguous_timestamp(civil).compatible()
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let zone = TimeZone::get(text).map_err(|_| ZoneError { text: text.to_owned() })?;
        let name = zone.iana_name().unwrap_or(text).to_owned();
        Ok(Self { name, zone })
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Zone({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_a_name_of_the_database() {
        let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
        assert_eq!(zone.to_string(), "America/Sao_Paulo");
        for wrong in ["", "Brasilia", "-03:00", "America/Nowhere"] {
            assert!(wrong.parse::<Zone>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_that_is_left_out_or_comes_twice_is_one_moment() {
        let zone: Zone = "America/New_York".parse().expect("a zone");
        for (civil, moment) in [
            ("2026-03-08T02:30:00", "2026-03-08T07:30:00Z"),
            ("2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),
            ("2026-07-01T08:00:00", "2026-07-01T12:00:00Z"),
        ] {
            let found = zone.moment(civil.parse().expect("a time")).expect("a moment");
            assert_eq!(found, moment.parse().expect("a moment"), "{civil}");
        }
    }
}
