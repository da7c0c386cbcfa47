//! When a campaign comes again: a cron pattern of five, six or seven fields, in a zone.

use std::fmt;
use std::str::FromStr;

use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use thiserror::Error;

use super::Zone;
use super::zone::Reading;

/// A cron pattern: `0 8 * * FRI`, with seconds in front of it, and a year behind those six, where wanted.
///
/// A pattern without `*` and `/` in hour, minute and second *names times of day* (`0 8 * * *`, `30 1,13 * * *`,
/// `0 8-18 * * *`). Where clocks are put forward, a named time that is left out comes at the first moment after
/// the gap, once for all that are left out; where they are put back, it comes once, at the first of the two
/// moments. Every other pattern (`*/15 * * * *`, `0 * * * *`) goes by what clocks show: it leaves the gap out,
/// and comes in both hours that show the same.
///
/// Where both the day and the weekday are given, either of them is enough; a `+` in front of the weekday asks
/// for both. `L` is the last day of the month, `15W` the weekday nearest to the 15th, `FRI#2` the second Friday
/// and `FRI#L` the last. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are patterns too.
#[derive(Clone)]
pub struct Cron {
    text: String,
    pattern: Box<croner::Cron>,
    names_times: bool,
}

/// Why a text is no cron pattern, or none to go by.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum CronError {
    /// It has too few or too many fields.
    #[error(
        "a cron pattern has five fields (minute, hour, day, month, weekday), six with seconds in front of \
         them, or seven with a year behind those; `{text}` has {count}"
    )]
    Fields {
        /// The text.
        text: String,
        /// How many it has.
        count: usize,
    },
    /// One of its fields cannot be read.
    #[error("`{given}` is no {field} of a cron pattern; write {allowed}")]
    Field {
        /// What the field is for.
        field: &'static str,
        /// What stands there.
        given: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// Each field can be read, and no day has them all.
    #[error("`{text}` never comes: there is no such day")]
    Never {
        /// The text.
        text: String,
    },
}

/// A field of a pattern.
struct Field {
    name: &'static str,
    /// What may stand in it, in words that complete "write …".
    allowed: &'static str,
    /// The names that may stand in it.
    names: &'static [&'static str],
    /// The letters that mean something in it.
    letters: &'static [char],
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const SECOND: Field = Field {
    name: "second",
    allowed: "0 to 59, a list such as 0,30, a step such as */15, or *",
    names: &[],
    letters: &[],
};
const MINUTE: Field = Field { name: "minute", ..SECOND };
const HOUR: Field = Field {
    name: "hour",
    allowed: "0 to 23, a list such as 8,20, a range such as 8-18, a step such as */2, or *",
    names: &[],
    letters: &[],
};
const DAY: Field = Field {
    name: "day",
    allowed: "1 to 31, a list, a range such as 1-7, L for the last day, 15W for the weekday nearest to it, or *",
    names: &[],
    letters: &['L', 'W'],
};
const MONTH: Field = Field {
    name: "month",
    allowed: "1 to 12 or JAN to DEC, a list, a range such as JAN-MAR, or *",
    names: MONTHS,
    letters: &[],
};
const WEEKDAY: Field = Field {
    name: "weekday",
    allowed: "SUN to SAT or 0 to 7, a range such as MON-FRI, FRI#2 for the second Friday, FRI#L for the last, \
              or *",
    names: WEEKDAYS,
    letters: &['L'],
};
const YEAR: Field = Field {
    name: "year",
    allowed: "a year such as 2027, a range such as 2027-2029, or *",
    names: &[],
    letters: &[],
};

/// From when on a pattern has to come at some time.
const EARLIEST: DateTime = DateTime::from_parts(Date::constant(2000, 1, 1), Time::midnight());

impl Cron {
    /// The first firing after a moment; none where there is no further one.
    #[must_use]
    pub fn next_after(&self, zone: &Zone, moment: Timestamp) -> Option<Timestamp> {
        let now = zone.at(moment);
        if !self.names_times {
            return self.pattern.find_next_occurrence(&now, false).ok().map(|next| next.timestamp());
        }
        let mut civil = now.datetime();
        loop {
            civil = self.pattern.find_next_occurrence(&civil, false).ok()?;
            let (Reading::Once(at) | Reading::LeftOut { at } | Reading::Twice { first: at, .. }) =
                zone.reading(civil).ok()?;
            if at > moment {
                return Some(at);
            }
        }
    }

    /// Whether it comes where clocks show `civil`, leaving their changes aside.
    #[must_use]
    pub fn names(&self, civil: DateTime) -> bool {
        self.pattern.is_time_matching(&civil).unwrap_or(false)
    }
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let pattern = if text.starts_with('@') { parse(text) } else { None };
        let pattern = match pattern {
            Some(pattern) => pattern,
            None => parse_fields(text)?,
        };
        let never = || CronError::Never { text: text.to_owned() };
        pattern.find_next_occurrence(&EARLIEST, true).map_err(|_| never())?;
        let written = pattern.as_str();
        let fields: Vec<&str> = written.split_whitespace().collect();
        let times = if fields.len() == 5 { 0..2 } else { 0..3 };
        let names_times = fields.get(times).is_some_and(|times| !times.concat().contains(['*', '/']));
        Ok(Self { text: text.to_owned(), pattern: Box::new(pattern), names_times })
    }
}

fn parse(text: &str) -> Option<croner::Cron> {
    CronParser::builder().seconds(Seconds::Optional).year(Year::Optional).build().parse(text).ok()
}

/// Reads a pattern field by field, so that what cannot be read has a name: the parser by itself does not say
/// which it was, and takes the names of days and months anywhere.
fn parse_fields(text: &str) -> Result<croner::Cron, CronError> {
    let given: Vec<&str> = text.split_whitespace().collect();
    let wrong_count = || CronError::Fields { text: text.to_owned(), count: given.len() };
    let (seconds, year) = match given.len() {
        5 => (None, None),
        6 => (Some(SECOND), None),
        7 => (Some(SECOND), Some(YEAR)),
        _ => return Err(wrong_count()),
    };
    let fields = seconds.into_iter().chain([MINUTE, HOUR, DAY, MONTH, WEEKDAY]).chain(year);
    for (index, (field, given_here)) in fields.zip(&given).enumerate() {
        let alone: Vec<&str> =
            (0..given.len()).map(|at| if at == index { given_here } else { "*" }).collect();
        if !field.takes_words_of(given_here) || parse(&alone.join(" ")).is_none() {
            let given = (*given_here).to_owned();
            return Err(CronError::Field { field: field.name, given, allowed: field.allowed });
        }
    }
    parse(text).ok_or_else(wrong_count)
}

impl Field {
    /// Whether all words and letters of a field are some that may stand there.
    fn takes_words_of(&self, given: &str) -> bool {
        let given = given.to_uppercase();
        let mut words = given.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
        words.all(|word| {
            let is_known = |word: &str| self.names.contains(&word);
            let is_last = || word.strip_suffix('L').is_some_and(is_known) && self.letters.contains(&'L');
            is_known(word) || word.chars().all(|letter| self.letters.contains(&letter)) || is_last()
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn comes(pattern: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let cron: Cron = pattern.parse().expect("a pattern");
        let zone: Zone = zone.parse().expect("a zone");
        let mut moment: Timestamp = after.parse().expect("a moment");
        let firings = (0..count).map(|_| {
            moment = cron.next_after(&zone, moment).expect("a further firing");
            zone.at(moment).strftime("%a %d %H:%M:%S%:z").to_string()
        });
        firings.collect()
    }

    /// The Saturday evening before clocks are put forward, and the one before they are put back.
    const BEFORE_GAP: &str = "2027-03-13T20:00:00-05:00";
    const BEFORE_FOLD: &str = "2027-11-06T20:00:00-04:00";

    #[test]
    fn named_times_come_once_on_every_day() {
        for (pattern, after, expected) in [
            ("30 2 * * *", BEFORE_GAP, ["Sun 14 03:00:00-04:00", "Mon 15 02:30:00-04:00"]),
            ("0 30 2 * * *", BEFORE_GAP, ["Sun 14 03:00:00-04:00", "Mon 15 02:30:00-04:00"]),
            ("0 30 2 * * * 2027", BEFORE_GAP, ["Sun 14 03:00:00-04:00", "Mon 15 02:30:00-04:00"]),
            ("0 8 * * *", BEFORE_GAP, ["Sun 14 08:00:00-04:00", "Mon 15 08:00:00-04:00"]),
            // Two that are left out, and one that is named right after them, are one firing.
            ("0,30 2,3 * * *", BEFORE_GAP, ["Sun 14 03:00:00-04:00", "Sun 14 03:30:00-04:00"]),
            ("0 1-4 * * *", BEFORE_GAP, ["Sun 14 01:00:00-05:00", "Sun 14 03:00:00-04:00"]),
            ("30 1 * * *", BEFORE_FOLD, ["Sun 07 01:30:00-04:00", "Mon 08 01:30:00-05:00"]),
            ("0 30 1 * * SUN 2027", BEFORE_FOLD, ["Sun 07 01:30:00-04:00", "Sun 14 01:30:00-05:00"]),
            ("30 1,13 * * *", BEFORE_FOLD, ["Sun 07 01:30:00-04:00", "Sun 07 13:30:00-05:00"]),
            ("0 8 * * *", BEFORE_FOLD, ["Sun 07 08:00:00-05:00", "Mon 08 08:00:00-05:00"]),
            ("@daily", BEFORE_FOLD, ["Sun 07 00:00:00-04:00", "Mon 08 00:00:00-05:00"]),
        ] {
            assert_eq!(comes(pattern, "America/New_York", after, 2), expected, "{pattern} after {after}");
        }
    }

    #[test]
    fn what_comes_every_few_minutes_goes_by_what_clocks_show() {
        let gap = comes("*/15 * * * *", "America/New_York", "2027-03-14T01:30:00-05:00", 3);
        assert_eq!(gap, ["Sun 14 01:45:00-05:00", "Sun 14 03:00:00-04:00", "Sun 14 03:15:00-04:00"]);
        let fold = comes("*/30 * * * *", "America/New_York", "2027-11-07T01:00:00-04:00", 4);
        let both = ["01:30:00-04:00", "01:00:00-05:00", "01:30:00-05:00", "02:00:00-05:00"];
        assert_eq!(fold, both.map(|time| format!("Sun 07 {time}")));
        let hourly = comes("@hourly", "America/New_York", "2027-11-07T00:30:00-04:00", 3);
        assert_eq!(hourly, ["Sun 07 01:00:00-04:00", "Sun 07 01:00:00-05:00", "Sun 07 02:00:00-05:00"]);
        // All of what it shows is left out.
        let within = comes("*/15 2 * * *", "America/New_York", BEFORE_GAP, 1);
        assert_eq!(within, ["Mon 15 02:00:00-04:00"]);
    }

    #[test]
    fn a_gap_at_midnight_leaves_the_day_its_firing() {
        let midnight = comes("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00-03:00", 2);
        assert_eq!(midnight, ["Sun 04 01:00:00-02:00", "Mon 05 00:00:00-02:00"]);
        let fold = comes("30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00-02:00", 2);
        assert_eq!(fold, ["Sat 17 23:30:00-02:00", "Sun 18 23:30:00-03:00"]);
        let half_an_hour = comes("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00+10:30", 2);
        assert_eq!(half_an_hour, ["Sun 04 02:30:00+11:00", "Mon 05 02:15:00+11:00"]);
    }

    #[test]
    fn names_and_signs_mean_what_is_said() {
        for (pattern, expected) in [
            ("0 8 * jan fri", "Fri 01 08:00:00+00:00"),
            ("0 8 L * *", "Sun 31 08:00:00+00:00"),
            ("0 8 * * FRI#2", "Fri 08 08:00:00+00:00"),
            ("0 8 * * 5#L", "Fri 29 08:00:00+00:00"),
            ("0 8 * * FRIL", "Fri 29 08:00:00+00:00"),
            ("0 8 16W * *", "Fri 15 08:00:00+00:00"),
            ("0 8 13 * MON", "Mon 04 08:00:00+00:00"),
            ("0 8 11 * +MON", "Mon 11 08:00:00+00:00"),
            ("0 8 * * 7", "Sun 03 08:00:00+00:00"),
            ("*/20 0 8 ? * MON-WED", "Mon 04 08:00:00+00:00"),
            ("0 0 8 1 1 * 2029-2030", "Mon 01 08:00:00+00:00"),
        ] {
            assert_eq!(comes(pattern, "UTC", "2027-01-01T00:00:00Z", 1), [expected], "{pattern}");
        }
        let past: Cron = "0 0 8 1 1 * 2020".parse().expect("a pattern");
        assert_eq!(past.next_after(&Zone::utc(), "2027-01-01T00:00:00Z".parse().expect("a moment")), None);
    }

    #[test]
    fn what_is_wrong_with_a_pattern_is_told_by_its_field() {
        let five = "a cron pattern has five fields (minute, hour, day, month, weekday), six with seconds in \
                    front of them, or seven with a year behind those;";
        for (pattern, sentence) in [
            ("0 25 * * *", format!("`25` is no hour of a cron pattern; write {}", HOUR.allowed)),
            ("0 60 8 * * *", format!("`60` is no minute of a cron pattern; write {}", MINUTE.allowed)),
            ("0 8 * * SEG", format!("`SEG` is no weekday of a cron pattern; write {}", WEEKDAY.allowed)),
            ("0 8 * MON *", format!("`MON` is no month of a cron pattern; write {}", MONTH.allowed)),
            ("MON 8 * * *", format!("`MON` is no minute of a cron pattern; write {}", MINUTE.allowed)),
            ("0 8 32 * *", format!("`32` is no day of a cron pattern; write {}", DAY.allowed)),
            ("0 20-8 * * *", format!("`20-8` is no hour of a cron pattern; write {}", HOUR.allowed)),
            ("0 0 8 * * * 99999", format!("`99999` is no year of a cron pattern; write {}", YEAR.allowed)),
            ("0 8 * *", format!("{five} `0 8 * *` has 4")),
            ("", format!("{five} `` has 0")),
            ("@fortnightly", format!("{five} `@fortnightly` has 1")),
            ("0 0 30 2 *", "`0 0 30 2 *` never comes: there is no such day".to_owned()),
            ("0 0 0 29 2 * 2025", "`0 0 0 29 2 * 2025` never comes: there is no such day".to_owned()),
        ] {
            let error = pattern.parse::<Cron>().expect_err("no pattern");
            assert_eq!(error.to_string(), sentence, "{pattern}");
        }
    }
}
