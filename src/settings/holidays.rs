//! The key `holidays` of `workspace.toml`: days on which no campaign's window opens.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use crate::calendar;
use crate::document::{DatesOrText, Findings, Placed};

/// The days that the key names; `root` is the workspace's folder.
pub fn read(given: Placed<DatesOrText>, root: &Path, findings: &mut Findings) -> BTreeSet<Date> {
    calendar::days(given, "holidays", root, findings)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::settings::{Workspace, WorkspaceError};

    #[test]
    fn holidays_are_dates_or_a_calendar() {
        let folder = tempfile::tempdir().expect("a folder");
        let calendar =
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261120\nEND:VEVENT\nEND:VCALENDAR\n";
        fs::write(folder.path().join("feriados.ics"), calendar).expect("a writable folder");
        let holidays = |text: &str| {
            fs::write(folder.path().join("workspace.toml"), text).expect("a writable folder");
            match Workspace::find(folder.path()) {
                Ok(workspace) => {
                    let days = workspace.preferences().holidays.iter();
                    Ok(days.map(ToString::to_string).collect::<Vec<_>>().join(" "))
                }
                Err(WorkspaceError::Settings(problems)) => {
                    let told = problems.list().iter().map(|problem| {
                        format!("{} | {}", problem.sentence, problem.hint.as_deref().unwrap_or("-"))
                    });
                    Err(told.collect::<Vec<_>>().join("\n"))
                }
                Err(error) => panic!("{error}"),
            }
        };
        for (text, expected) in [
            ("holidays = []", ""),
            ("holidays = [2026-12-25, \"2027-01-01\"]", "2026-12-25 2027-01-01"),
            ("holidays = \"feriados.ics\"", "2026-11-20"),
        ] {
            assert_eq!(holidays(text), Ok(expected.to_owned()), "{text}");
        }
        for (text, expected) in [
            (
                "holidays = [2026-12-25T08:00:00, \"25/12/2026\"]",
                "`holidays` has \"2026-12-25T08:00:00\", which is no date | write year, month and day: 2026-12-25\n\
                 `holidays` has \"25/12/2026\", which is no date | write year, month and day: 2026-12-25",
            ),
            (
                "holidays = \"brazil\"",
                "`holidays` cannot be \"brazil\" | write a list of dates, [2026-12-25], or the name of a calendar, \
                 \"feriados.ics\"",
            ),
            (
                "timezone = \"Sao Paulo\"",
                "`timezone`: there is no time zone \"Sao Paulo\" | did you mean \"America/Sao_Paulo\"?",
            ),
        ] {
            assert_eq!(holidays(text), Err(expected.to_owned()), "{text}");
        }
        let absent = holidays("holidays = \"none.ics\"").expect_err("no such file");
        assert!(absent.starts_with("`holidays`: the calendar none.ics cannot be read: "), "{absent}");
    }
}
