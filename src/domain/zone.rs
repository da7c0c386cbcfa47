//! Time zones by their names of the IANA database, never by an offset.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::naming;

/// A time zone that has a name, such as `America/Sao_Paulo`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// When a zone's clocks show a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// At one moment.
    Once(Timestamp),
    /// Never: clocks are put forward over it.
    LeftOut {
        /// When they are.
        at: Timestamp,
    },
    /// At two moments: clocks are put back over it.
    Twice {
        /// Before they are.
        first: Timestamp,
        /// After they were.
        second: Timestamp,
    },
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

    /// The name of the zone that was probably meant: equal but for case, accents and a few letters, with its
    /// continent or without.
    #[must_use]
    pub fn like(text: &str) -> Option<String> {
        let wanted = text.trim().replace(' ', "_");
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let city = |name: &str| name.rsplit('/').next().map(naming::folded);
        let of_city = known.iter().find(|name| name.contains('/') && city(name) == city(&wanted));
        let near = || naming::closest(&wanted, known.iter().map(String::as_str));
        of_city.map(String::as_str).or_else(near).map(str::to_owned)
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

    /// When its clocks show `civil`.
    ///
    /// # Errors
    /// When that is out of reach of the calendar.
    pub fn reading(&self, civil: DateTime) -> Result<Reading, jiff::Error> {
        let found = self.zone.to_ambiguous_timestamp(civil);
        Ok(match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => Reading::Once(found.compatible()?),
            AmbiguousOffset::Gap { .. } => {
                // By the offset of after the change the time is before it.
                let before = found.earlier()?;
                let change = self.zone.following(before).next();
                Reading::LeftOut { at: change.map_or(before, |change| change.timestamp()) }
            }
            AmbiguousOffset::Fold { .. } => {
                Reading::Twice { first: found.earlier()?, second: found.later()? }
            }
        })
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
    fn a_zone_that_was_meant_is_found() {
        for (text, meant) in [
            ("America/São_Paulo", Some("America/Sao_Paulo")),
            ("sao paulo", Some("America/Sao_Paulo")),
            ("America/SaoPaulo", Some("America/Sao_Paulo")),
            ("Lisbon", Some("Europe/Lisbon")),
            ("-03:00", None),
        ] {
            assert_eq!(Zone::like(text).as_deref(), meant, "{text}");
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

    #[test]
    fn a_zone_tells_when_its_clocks_show_a_time() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        for (zone, civil, reading) in [
            ("America/New_York", "2027-03-14T01:59:59", Reading::Once(at("2027-03-14T06:59:59Z"))),
            ("America/New_York", "2027-03-14T02:00:00", Reading::LeftOut { at: at("2027-03-14T07:00:00Z") }),
            ("America/New_York", "2027-03-14T02:59:59", Reading::LeftOut { at: at("2027-03-14T07:00:00Z") }),
            (
                "America/New_York",
                "2027-11-07T01:30:00",
                Reading::Twice { first: at("2027-11-07T05:30:00Z"), second: at("2027-11-07T06:30:00Z") },
            ),
            // Midnight itself is left out.
            ("America/Sao_Paulo", "2018-11-04T00:30:00", Reading::LeftOut { at: at("2018-11-04T03:00:00Z") }),
            (
                "Australia/Lord_Howe",
                "2026-10-04T02:10:00",
                Reading::LeftOut { at: at("2026-10-03T15:30:00Z") },
            ),
        ] {
            let zone: Zone = zone.parse().expect("a zone");
            assert_eq!(zone.reading(civil.parse().expect("a time")).expect("a reading"), reading, "{civil}");
        }
    }
}
