//! Calendars in .ics files (RFC 5545), as far as they hold whole days.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::Path;
use std::{fs, iter};

use icalendar::parser::{self, Component, Property};
use icalendar::rrule::RRuleSet;
use jiff::civil::Date;

use super::error::CalendarError;

/// For which years a day that comes again is read. Earlier ones are over, later ones nobody plans for.
pub const YEARS: RangeInclusive<i16> = 2020..=2059;

/// A calendar of holidays has some kilobytes.
const LARGEST: u64 = 4 << 20;

/// A holiday that is longer is none: somebody has mistaken its end.
const LONGEST_DAYS: i32 = 62;

/// No calendar has more holidays than there are days in these years.
const MOST_DAYS: usize = 4_000;

/// The days of a calendar's events: all days of one that has several, the years of [`YEARS`] of one that comes
/// again. Events that are cancelled are left out.
///
/// # Errors
/// When the file is no calendar, or an event of it is not made of whole days.
pub fn read(file: &Path) -> Result<BTreeSet<Date>, CalendarError> {
    let mut bytes = Vec::new();
    let read = fs::File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read > LARGEST) {
        return Err(CalendarError::TooLarge);
    }
    days(&String::from_utf8(bytes).map_err(|_| CalendarError::NotText)?)
}

fn days(text: &str) -> Result<BTreeSet<Date>, CalendarError> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let is_line = |wanted: &str| text.lines().any(|line| line.trim_end().eq_ignore_ascii_case(wanted));
    for wanted in ["BEGIN:VCALENDAR", "END:VCALENDAR"] {
        if !is_line(wanted) {
            return Err(CalendarError::NoCalendar(wanted));
        }
    }
    let unfolded = parser::unfold(&text);
    let calendars = parser::read_components(&unfolded)
        .map_err(|error| CalendarError::Malformed { line: line_of(&text, &error) })?;
    let mut events = Vec::new();
    calendars.iter().for_each(|calendar| collect_events(calendar, &mut events));
    let begins = text.lines().enumerate().filter(|(_, line)| line.trim_end() == "BEGIN:VEVENT");
    let lines: Vec<usize> = begins.map(|(index, _)| index + 1).collect();
    // The parser stops without a word at what follows a calendar.
    if let Some(line) = lines.get(events.len()) {
        return Err(CalendarError::Malformed { line: *line });
    }
    let events = events.into_iter().zip(lines.into_iter().chain(iter::repeat(1)));
    let events: Vec<Event> =
        events.map(|(event, line)| Event::read(event, line)).collect::<Result<_, _>>()?;
    let mut moved: BTreeMap<&str, BTreeSet<Date>> = BTreeMap::new();
    for event in &events {
        moved.entry(&event.uid).or_default().extend(event.instead_of);
    }
    let mut days = BTreeSet::new();
    for event in &events {
        let elsewhere = if event.instead_of.is_none() { moved.get(event.uid.as_str()) } else { None };
        for first in event.beginnings()? {
            if !elsewhere.is_some_and(|elsewhere| elsewhere.contains(&first)) {
                let length = usize::try_from(event.length).unwrap_or(1);
                days.extend(iter::successors(Some(first), |day| day.tomorrow().ok()).take(length));
            }
        }
        if days.len() > MOST_DAYS {
            return Err(CalendarError::TooMany);
        }
    }
    Ok(days)
}

/// The line of the file that the parser's words name; it counts folded lines as one.
fn line_of(text: &str, error: &str) -> usize {
    let named =
        error.split_once("at line ").and_then(|(_, rest)| rest.split([',', ':']).next()?.parse().ok());
    let unfolded: usize = named.unwrap_or(1);
    let begins = text.lines().enumerate().filter(|(_, line)| !line.starts_with([' ', '\t']));
    begins.map(|(index, _)| index + 1).nth(unfolded.saturating_sub(1)).unwrap_or(1)
}

fn collect_events<'c, 't>(component: &'c Component<'t>, events: &mut Vec<&'c Component<'t>>) {
    if component.name == "VEVENT" {
        events.push(component);
    }
    component.components.iter().for_each(|inner| collect_events(inner, events));
}

/// What an event says of its days.
struct Event {
    line: usize,
    name: String,
    uid: String,
    is_cancelled: bool,
    first: Date,
    /// In days.
    length: i32,
    rules: Vec<String>,
    without: BTreeSet<Date>,
    also: BTreeSet<Date>,
    /// The day of a rule that this event stands for.
    instead_of: Option<Date>,
}

impl Event {
    fn read(event: &Component<'_>, line: usize) -> Result<Self, CalendarError> {
        let text = |name: &str| event.find_prop(name).map(|property| property.val.as_str().trim().to_owned());
        let name = text("SUMMARY").unwrap_or_default();
        let wrong = |why: String| CalendarError::Event { line, name: name.clone(), why };
        let day = |property: &Property<'_>| whole_day(property.val.as_str()).map_err(&wrong);
        let all = |name: &'static str| event.properties.iter().filter(move |property| property.name == name);
        let listed = |name: &'static str| -> Result<BTreeSet<Date>, CalendarError> {
            let texts = all(name).flat_map(|property| property.val.as_str().split(','));
            texts.map(|text| whole_day(text).map_err(&wrong)).collect()
        };
        let first = event.find_prop("DTSTART").ok_or_else(|| wrong("has no DTSTART".to_owned()))?;
        let first = day(first)?;
        let length = match (event.find_prop("DTEND"), text("DURATION")) {
            (Some(end), _) => {
                let end = day(end)?;
                // One that ends on the day on which it begins lasts that day.
                (end - first).get_days().max(i32::from(end >= first))
            }
            (None, Some(duration)) => days_of(&duration)
                .ok_or_else(|| wrong(format!("lasts \"{duration}\", which are no whole days")))?,
            (None, None) => 1,
        };
        if !(1..=LONGEST_DAYS).contains(&length) {
            return Err(wrong("ends before it begins, or more than two months after".to_owned()));
        }
        Ok(Self {
            line,
            uid: text("UID").unwrap_or_default(),
            is_cancelled: text("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")),
            first,
            length,
            rules: all("RRULE").map(|property| property.val.as_str().trim().to_owned()).collect(),
            without: listed("EXDATE")?,
            also: listed("RDATE")?,
            instead_of: event.find_prop("RECURRENCE-ID").map(day).transpose()?,
            name,
        })
    }

    /// The days on which it begins.
    fn beginnings(&self) -> Result<BTreeSet<Date>, CalendarError> {
        if self.is_cancelled {
            return Ok(BTreeSet::new());
        }
        let mut days = BTreeSet::from([self.first]);
        for rule in &self.rules {
            days.extend(self.days_of_rule(rule)?);
        }
        days.extend(&self.also);
        let is_near = |day: &&Date| YEARS.contains(&day.year());
        Ok(days.difference(&self.without).filter(is_near).copied().collect())
    }

    /// Days are whole ones, so that all zones do for finding them; the crate's own way goes by the machine's.
    fn days_of_rule(&self, rule: &str) -> Result<BTreeSet<Date>, CalendarError> {
        let wrong = |why: String| CalendarError::Event { line: self.line, name: self.name.clone(), why };
        let parts = rule.split(';').map(|part| match part.split_once('=') {
            Some((name, until)) if name.eq_ignore_ascii_case("UNTIL") => {
                whole_or_part(until).map(|day| format!("UNTIL={}T235959Z", day.strftime("%Y%m%d")))
            }
            _ => Some(part.to_owned()),
        });
        let parts: Option<Vec<String>> = parts.collect();
        let unreadable = || wrong(format!("comes again by a rule that cannot be read: \"{rule}\""));
        let parts = parts.ok_or_else(unreadable)?;
        let text = format!("DTSTART:{}T000000Z\nRRULE:{}", self.first.strftime("%Y%m%d"), parts.join(";"));
        let set: RRuleSet = text.parse().map_err(|_| unreadable())?;
        let mut days = BTreeSet::new();
        for moment in &set.limit() {
            let day: Date = moment.date_naive().to_string().parse().map_err(|_| unreadable())?;
            if day.year() > *YEARS.end() {
                break;
            }
            if YEARS.contains(&day.year()) {
                days.insert(day);
            }
            if days.len() > MOST_DAYS {
                return Err(CalendarError::TooMany);
            }
        }
        Ok(days)
    }
}

/// A day as calendars write it, or one that begins at a midnight somewhere.
fn whole_day(text: &str) -> Result<Date, String> {
    let text = text.trim();
    let (day, time) = text.split_once(['T', 't']).unwrap_or((text, "000000"));
    let is_midnight = time == "000000";
    match whole_or_part(day) {
        Some(day) if is_midnight => Ok(day),
        Some(_) => Err(format!("has a time of day, \"{text}\"")),
        None => Err(format!("has \"{text}\", which is no date")),
    }
}

/// The day of a date, with a time or without.
fn whole_or_part(text: &str) -> Option<Date> {
    let day = text.trim().get(..8)?;
    Date::strptime("%Y%m%d", day).ok()
}

/// The days of a duration of whole days or weeks: `P1D`, `P1W`.
fn days_of(duration: &str) -> Option<i32> {
    let length = duration.trim().strip_prefix('P')?;
    match (length.strip_suffix('D'), length.strip_suffix('W')) {
        (Some(days), _) => days.parse().ok(),
        (None, Some(weeks)) => weeks.parse::<i32>().ok()?.checked_mul(7),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: &str) -> String {
        let events: Vec<&str> = events.split('|').collect();
        let events = events.iter().map(|event| format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n"));
        format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events.collect::<String>())
    }

    fn read_days(events: &str) -> Vec<String> {
        let days = days(&calendar(events)).unwrap_or_else(|error| panic!("{events}: {error}"));
        days.iter().map(ToString::to_string).collect()
    }

    fn refused(events: &str) -> String {
        days(&calendar(events)).expect_err(events).to_string()
    }

    #[test]
    fn an_event_is_all_days_from_its_first_to_before_its_end() {
        for (event, expected) in [
            ("DTSTART;VALUE=DATE:20261225", vec!["2026-12-25"]),
            ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226", vec!["2026-12-25"]),
            ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225", vec!["2026-12-25"]),
            ("DTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270102", vec!["2026-12-31", "2027-01-01"]),
            ("DTSTART;VALUE=DATE:20270209\nDURATION:P2D", vec!["2027-02-09", "2027-02-10"]),
            (
                "DTSTART;TZID=America/Sao_Paulo:20261225T000000\nDTEND;TZID=America/Sao_Paulo:20261226T000000",
                vec!["2026-12-25"],
            ),
            ("DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED", vec![]),
            ("DTSTART;VALUE=DATE:20191225", vec![]),
        ] {
            assert_eq!(read_days(event), expected, "{event}");
        }
    }

    #[test]
    fn a_day_that_comes_every_year_is_read_for_all_years() {
        let christmas = read_days("DTSTART;VALUE=DATE:19701225\nRRULE:FREQ=YEARLY");
        assert_eq!(christmas.len(), 40);
        assert_eq!((&*christmas[0], &*christmas[39]), ("2020-12-25", "2059-12-25"));
        let until = read_days("DTSTART;VALUE=DATE:20241225\nRRULE:FREQ=YEARLY;UNTIL=20261225");
        assert_eq!(until, ["2024-12-25", "2025-12-25", "2026-12-25"]);
        let counted =
            read_days("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=2\nRDATE;VALUE=DATE:20300101");
        assert_eq!(counted, ["2026-12-25", "2027-12-25", "2030-01-01"]);
        // The second Monday of October, both of its days.
        let columbus = read_days(
            "DTSTART;VALUE=DATE:20261012\nDTEND;VALUE=DATE:20261014\nRRULE:FREQ=YEARLY;COUNT=2;BYMONTH=10;BYDAY=2MO",
        );
        assert_eq!(columbus, ["2026-10-12", "2026-10-13", "2027-10-11", "2027-10-12"]);
        let without =
            read_days("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20271225");
        assert_eq!(without, ["2026-12-25", "2028-12-25"]);
    }

    #[test]
    fn one_day_of_a_rule_may_be_moved_or_cancelled() {
        let moved = "UID:a\nDTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=3|\
                     UID:a\nRECURRENCE-ID;VALUE=DATE:20271225\nDTSTART;VALUE=DATE:20271227|\
                     UID:a\nRECURRENCE-ID;VALUE=DATE:20281225\nDTSTART;VALUE=DATE:20281225\nSTATUS:CANCELLED|\
                     UID:b\nDTSTART;VALUE=DATE:20281225";
        assert_eq!(read_days(moved), ["2026-12-25", "2027-12-27", "2028-12-25"]);
        let cancelled = moved.rsplit_once('|').expect("events").0;
        assert_eq!(read_days(cancelled), ["2026-12-25", "2027-12-27"]);
    }

    #[test]
    fn marks_line_ends_and_folds_are_those_of_any_program() {
        let text = calendar("DTSTART;VALUE=DATE:20261225\nSUMMARY:Nat\n al").replace('\n', "\r\n");
        let days = days(&format!("\u{feff}{text}")).expect("a calendar");
        assert_eq!(days.len(), 1);
    }

    #[test]
    fn what_is_no_calendar_of_holidays_is_refused_with_its_line() {
        for (event, sentence) in [
            (
                "SUMMARY:Natal\nDTSTART:20261225T120000",
                "has an event at line 3, \"Natal\", that has a time of day, \"20261225T120000\"",
            ),
            (
                "DTSTART:20261225T000000Z",
                "has an event at line 3 that has a time of day, \"20261225T000000Z\"",
            ),
            ("DTSTART;VALUE=DATE:20261325", "has an event at line 3 that has \"20261325\", which is no date"),
            ("SUMMARY:x", "has an event at line 3, \"x\", that has no DTSTART"),
            (
                "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261220",
                "has an event at line 3 that ends before it begins, or more than two months after",
            ),
            (
                "DTSTART;VALUE=DATE:20261225|DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=NEVER",
                "has an event at line 6 that comes again by a rule that cannot be read: \"FREQ=NEVER\"",
            ),
            (
                "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY",
                "has more than 4000 holidays from 2020 to 2059; a rule in it comes too often",
            ),
        ] {
            assert_eq!(refused(event), sentence, "{event}");
        }
        let refused = |text: &str| days(text).expect_err(text).to_string();
        assert_eq!(refused("<html>"), "is no calendar: it has no BEGIN:VCALENDAR");
        // One that is still being copied.
        let whole = calendar("DTSTART;VALUE=DATE:20261225|DTSTART;VALUE=DATE:20270101");
        let cut = &whole[..whole.len() - 20];
        assert_eq!(refused(cut), "is no calendar: it has no END:VCALENDAR");
        let broken = whole.replacen("END:VEVENT", "", 1);
        assert!(refused(&broken).starts_with("cannot be read from line "), "{}", refused(&broken));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("x.ics");
        assert!(read(&file).expect_err("absent").to_string().starts_with("cannot be read: "));
        fs::write(&file, [0xff, 0xfe, 0x00]).expect("a writable folder");
        assert_eq!(read(&file).expect_err("no text").to_string(), "is no UTF-8 text");
        fs::write(&file, vec![b' '; 5 << 20]).expect("a writable folder");
        assert!(matches!(read(&file), Err(CalendarError::TooLarge)));
    }
}
