//! What a file says at its key `holidays`: a list of dates, or the name of an .ics file.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::ics;
use crate::document::{DatesOrText, Findings, Placed, value};
use crate::domain::Problem;

/// What a window says that keeps no holidays at all.
pub const NONE: &str = "none";

/// The days that stand at `key`; files are seen from `root`. What cannot be read is reported.
pub fn days(given: Placed<DatesOrText>, key: &str, root: &Path, findings: &mut Findings) -> BTreeSet<Date> {
    let Placed { value, span } = given;
    match value {
        DatesOrText::Dates(dates) => {
            dates.iter().filter_map(|date| findings.keep(value::date(date, key))).collect()
        }
        DatesOrText::Text(name) if !is_calendar(&name) => {
            let sentence = format!("`{key}` cannot be \"{name}\"");
            let hint = "write a list of dates, [2026-12-25], or the name of a calendar, \"feriados.ics\"";
            findings.report(Problem::at(span, key, sentence).with_hint(hint));
            BTreeSet::new()
        }
        DatesOrText::Text(name) => {
            let days = ics::read(&root.join(&name)).map_err(|error| {
                let problem = Problem::at(span, key, format!("`{key}`: the calendar {name} {error}"));
                match error.hint() {
                    Some(hint) => problem.with_hint(hint),
                    None => problem,
                }
            });
            findings.keep(days).unwrap_or_default()
        }
    }
}

fn is_calendar(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ics"))
}
