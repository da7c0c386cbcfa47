//! The table `[schedule]`: when a campaign is sent.

use jiff::Timestamp;
use jiff::civil::DateTime;
use toml::value::Datetime;

use super::load::Defaults;
use super::raw_schedule::{RawLate, RawOverlap, RawSchedule};
use super::window;
use crate::document::{Findings, Placed, Table, Written, value};
use crate::domain::{Cron, Late, Overlap, Problem, Reading, Schedule, Start, Zone};

/// Checks the table. What is wrong in it is reported, and stands at its default in the answer. Files are seen
/// from `root`, the workspace's folder.
pub fn validate(
    raw: Placed<Table<RawSchedule>>,
    root: &std::path::Path,
    defaults: &Defaults,
    findings: &mut Findings,
) -> Schedule {
    let Placed { value: Table(raw), span } = raw;
    let says_when = raw.at.is_some() || raw.cron.is_some() || raw.window.is_some();
    let says_how = raw.valid_until.is_some() || raw.late.is_some() || raw.overlap.is_some();
    if !says_when && !says_how && !findings.has_spoken_below("schedule") {
        let problem = Problem::at(span, "schedule", "`schedule` does not say when the campaign is sent");
        findings.report(problem.with_hint("write at, cron, window or valid_until, or leave [schedule] out"));
    }
    let zone = raw.timezone.and_then(|zone| findings.keep(value::zone(&zone, "schedule.timezone")));
    let zone = zone.unwrap_or_else(|| defaults.zone.clone());
    if let (Some(_), Some(cron)) = (&raw.at, &raw.cron) {
        let sentence = "a campaign is sent `at` a moment or by `cron`, not both";
        let problem = Problem::at(cron.span.clone(), "schedule.cron", sentence);
        findings.report(problem.with_hint("keep one of them"));
    }
    if let (Some(overlap), None) = (&raw.overlap, &raw.cron)
        && !findings.has_spoken_of("schedule.cron")
    {
        let sentence = "`schedule.overlap` is for campaigns that come again, and this one has no `cron`";
        let problem = Problem::at(overlap.span.clone(), "schedule.overlap", sentence);
        findings.report(problem.with_hint("leave it out"));
    }
    let at = raw.at.and_then(|at| findings.keep(moment(&at, "schedule.at", &zone)));
    let cron = raw.cron.and_then(|cron| findings.keep(pattern(cron)));
    let until = raw.valid_until.and_then(|until| {
        let moment = findings.keep(moment(&until, "schedule.valid_until", &zone))?;
        if let Some(at) = at.filter(|at| moment <= *at) {
            let sentence = format!(
                "`schedule.valid_until` must be after `at`, which is {}",
                zone.at(at).strftime("%Y-%m-%dT%H:%M:%S")
            );
            findings.report(Problem::at(until.span, "schedule.valid_until", sentence));
        }
        Some(moment)
    });
    let window = raw.window.and_then(|given| window::validate(given, root, &zone, defaults, findings));
    let start = match (at, cron) {
        (Some(at), _) => Start::At(at),
        (None, Some(cron)) => Start::Cron(cron),
        (None, None) => Start::Launched,
    };
    Schedule {
        start,
        zone,
        window,
        valid_until: until,
        late: raw.late.map_or_else(Late::default, |late| match late.value {
            RawLate::Send => Late::Send,
            RawLate::Skip => Late::Skip,
            RawLate::Hold => Late::Hold,
        }),
        overlap: raw.overlap.map_or_else(Overlap::default, |overlap| match overlap.value {
            RawOverlap::Skip => Overlap::Skip,
            RawOverlap::Queue => Overlap::Queue,
        }),
        approval: false,
    }
}

fn pattern(given: Placed<String>) -> Result<Cron, Problem> {
    const KEY: &str = "schedule.cron";
    let given = value::text(given, KEY)?;
    given.value.parse().map_err(|error| {
        let problem = Problem::at(given.span, KEY, format!("`{KEY}`: {error}"));
        problem.with_hint(
            "\"0 8 * * FRI\" is every Friday at 08:00, \"30 9 1 * *\" the first of a month at 09:30",
        )
    })
}

/// A moment: with its own offset, or as the zone's clocks show it.
fn moment(given: &Placed<Written>, key: &str, zone: &Zone) -> Result<Timestamp, Problem> {
    let problem = |sentence: String| Problem::at(given.span.clone(), key, sentence);
    let no_moment = |what: &str| problem(format!("`{key}` must be a date and a time, not {what}"));
    let value = match &given.value {
        Written::Value(value) => value,
        Written::Text(text) => {
            let hint = match text.trim().parse::<Datetime>() {
                Ok(value) if value.date.is_some() && value.time.is_some() => {
                    format!("write it without quotes: {value}")
                }
                _ => "write it without quotes: 2026-11-27T08:00:00".to_owned(),
            };
            return Err(no_moment("text").with_hint(hint));
        }
    };
    match (value.date, value.time) {
        (Some(_), Some(_)) => {}
        (Some(date), None) => {
            let hint = format!("write the time too: {date}T08:00:00");
            return Err(no_moment("a date alone").with_hint(hint));
        }
        (None, _) => {
            let hint = "write the date too: 2026-11-27T08:00:00";
            return Err(no_moment("a time alone").with_hint(hint));
        }
    }
    let beyond = || problem(format!("`{key}` is beyond the calendar"));
    if value.offset.is_some() {
        return value.to_string().parse().map_err(|_| beyond());
    }
    let civil: DateTime = value.to_string().parse().map_err(|_| beyond())?;
    match zone.reading(civil).map_err(|_| beyond())? {
        Reading::Once(moment) | Reading::Twice { first: moment, .. } => Ok(moment),
        Reading::LeftOut { at } => {
            let shown = |moment: Timestamp| zone.at(moment).strftime("%Y-%m-%dT%H:%M:%S").to_string();
            let before = at.checked_sub(std::time::Duration::from_secs(1)).unwrap_or(at);
            let sentence = format!(
                "`{key}` is a time that {zone} does not have: clocks are put forward on that day, and {} is \
                 followed by {}",
                shown(before),
                shown(at)
            );
            Err(problem(sentence).with_hint(format!("write {} or another time", shown(at))))
        }
    }
}
