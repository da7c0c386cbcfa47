//! The key `schedule.window`: on which days and between which hours a campaign may be sent.

use std::path::Path;

use jiff::civil::Time;

use super::load::Defaults;
use super::raw_schedule::{RawClock, RawWindow};
use crate::calendar;
use crate::document::{DatesOrText, Findings, Placed, Table, TextOrTexts, Written};
use crate::domain::{Days, Problem, Window, WindowClock, Zone, naming};

/// The days as people write them, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Checks the table. `None` where it has no meaning without what is wrong in it.
pub fn validate(
    given: Placed<Table<RawWindow>>,
    root: &Path,
    zone: &Zone,
    defaults: &Defaults,
    findings: &mut Findings,
) -> Option<Window> {
    const KEY: &str = "schedule.window";
    let Placed { value: Table(raw), span } = given;
    let says_nothing = raw.days.is_none() && raw.from.is_none() && raw.to.is_none() && raw.holidays.is_none();
    if says_nothing && !findings.has_spoken_below(KEY) {
        let problem = Problem::at(span.clone(), KEY, "`schedule.window` names no days and no hours");
        let hint = "write window = { days = \"mon-sat\", from = \"08:00\", to = \"20:00\" }";
        findings.report(problem.with_hint(hint));
    }
    let days = raw.days.map_or(Some(Days::ALL), |days| valid_days(days, findings));
    let hours = match (raw.from, raw.to) {
        (None, None) => Some((Time::midnight(), Time::midnight())),
        (from, to) => valid_hours(from, to, &span, findings),
    };
    let keeps_none = matches!(&raw.holidays, Some(Placed { value: DatesOrText::Text(text), .. })
        if text.trim().eq_ignore_ascii_case(calendar::NONE));
    let holidays = match raw.holidays {
        _ if keeps_none => Default::default(),
        None => defaults.holidays.clone(),
        Some(given) => {
            let mut days = calendar::days(given, "schedule.window.holidays", root, findings);
            days.extend(&defaults.holidays);
            days
        }
    };
    let (from, to) = hours?;
    Some(Window {
        days: days?,
        from,
        to,
        clock: raw.clock.map_or_else(WindowClock::default, |clock| match clock.value {
            RawClock::Sender => WindowClock::Sender,
            RawClock::Recipient => WindowClock::Recipient,
        }),
        zone: zone.clone(),
        holidays,
    })
}

/// Both hours; each needs the other.
fn valid_hours(
    from: Option<Placed<Written>>,
    to: Option<Placed<Written>>,
    span: &std::ops::Range<usize>,
    findings: &mut Findings,
) -> Option<(Time, Time)> {
    let mut needed = |given: Option<Placed<Written>>, name: &str, example: &str| {
        let key = format!("schedule.window.{name}");
        findings.require(given, || {
            Problem::at(span.clone(), key.clone(), format!("`{key}` is missing"))
                .with_hint(format!("write {name} = \"{example}\"; without from and to it is the whole day"))
        })
    };
    let (from, to) = (needed(from, "from", "08:00"), needed(to, "to", "20:00"));
    let from = from.and_then(|from| findings.keep(time(&from, "schedule.window.from", false)));
    let until = to.as_ref().and_then(|to| findings.keep(time(to, "schedule.window.to", true)));
    let (from, until) = (from?, until?);
    let is_whole_day = from == Time::midnight() && to.as_ref().is_some_and(|to| is_end_of_day(&to.value));
    if from == until && !is_whole_day {
        let span = to.map_or_else(|| span.clone(), |to| to.span);
        let sentence = "`schedule.window.to` is when the window opens";
        let problem = Problem::at(span, "schedule.window.to", sentence);
        findings.report(problem.with_hint("write another hour, or leave from and to out for the whole day"));
        return None;
    }
    Some((from, until))
}

fn is_end_of_day(given: &Written) -> bool {
    matches!(given.to_string().as_str(), "24:00" | "24:00:00" | "24h")
}

/// A time of day: `08:00`, `"08:00"`, `"8:00"` or `"8h30"`. Where a day may end, 24:00 is its end.
fn time(given: &Placed<Written>, key: &str, ends: bool) -> Result<Time, Problem> {
    let written = given.value.to_string();
    if ends && is_end_of_day(&given.value) {
        return Ok(Time::midnight());
    }
    parse_time(&written).ok_or_else(|| {
        let sentence = format!("`{key}` is no time of day: \"{written}\"");
        Problem::at(given.span.clone(), key, sentence).with_hint("write hours and minutes: \"08:00\"")
    })
}

fn parse_time(written: &str) -> Option<Time> {
    let mut parts = written.split([':', 'h']);
    let mut part = |wanted: bool| match parts.next() {
        Some("") | None => (!wanted).then_some(0),
        Some(digits) if digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse::<i8>().ok()
        }
        Some(_) => None,
    };
    let has_minutes = written.contains([':', 'h']);
    let (hour, minute, second) = (part(true)?, part(false)?, part(false)?);
    let time = Time::new(hour, minute, second, 0).ok()?;
    (has_minutes && parts.next().is_none()).then_some(time)
}

/// `"mon-sat"`, `"mon"`, or a list of such.
fn valid_days(given: Placed<TextOrTexts>, findings: &mut Findings) -> Option<Days> {
    const KEY: &str = "schedule.window.days";
    let span = given.span.clone();
    let texts = given.into_texts();
    if texts.is_empty() && !findings.has_spoken_of(KEY) {
        let problem = Problem::at(span, KEY, format!("`{KEY}` is an empty list"));
        findings.report(problem.with_hint("leave it out for all days"));
    }
    let mut days = [false; 7];
    for text in &texts {
        for part in text.value.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (Some(first), Some(last)) = (day(first), day(last)) else {
                let sentence = format!("`{KEY}` has \"{}\", which is no day of the week", part.trim());
                let hint = naming::hint_of_known(part, "days", DAYS);
                findings.report(Problem::at(text.span.clone(), KEY, sentence).with_hint(hint));
                continue;
            };
            // A range may go on over Sunday: fri-mon.
            let length = (last + DAYS.len() - first) % DAYS.len();
            for step in 0..=length {
                days.get_mut((first + step) % DAYS.len()).into_iter().for_each(|day| *day = true);
            }
        }
    }
    days.contains(&true).then_some(Days(days))
}

/// The position of a day in the week, by its first three letters or in full.
fn day(name: &str) -> Option<usize> {
    const FULL: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let name = naming::folded(name);
    DAYS.iter().zip(FULL).position(|(short, full)| name == *short || name == full)
}
