//! `[folder]` of `workspace.toml`: when what is dropped into the inbox is taken.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

use crate::document::{Findings, OfTime, Placed, Table, Text, value};

/// See the module. Everything has a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// How long a file's length and time stay as they are before it is taken; 3 s.
    pub stable_for: Duration,
    /// How often is looked, at least; 10 s.
    pub poll: Duration,
    /// Whether the system is asked to tell of changes at once; it is.
    pub watch: bool,
}

impl Default for Folder {
    fn default() -> Self {
        Self { stable_for: Duration::from_secs(3), poll: Duration::from_secs(10), watch: true }
    }
}

const STABLE_FOR: RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_secs(3_600);
const POLL: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(3_600);

/// The table, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFolder {
    stable_for: Option<Placed<Text<OfTime>>>,
    poll: Option<Placed<Text<OfTime>>>,
    watch: Option<Placed<bool>>,
}

/// Reads the table.
pub(super) fn read(raw: Placed<Table<RawFolder>>, findings: &mut Findings) -> Folder {
    let usual = Folder::default();
    let Table(raw) = raw.value;
    let mut span = |given: Option<Placed<Text<OfTime>>>, key: &str, bounds| {
        given.and_then(|given| findings.keep(value::duration(&given.into_plain(), key, bounds)))
    };
    let stable_for = span(raw.stable_for, "folder.stable_for", STABLE_FOR).unwrap_or(usual.stable_for);
    let poll = span(raw.poll, "folder.poll", POLL).unwrap_or(usual.poll);
    Folder { stable_for, poll, watch: raw.watch.map_or(usual.watch, |watch| watch.value) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::settings::Preferences;

    fn read(text: &str) -> Result<Folder, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("workspace.toml");
        fs::write(&file, text).expect("a writable folder");
        let read = Preferences::read(&file).map(|preferences| preferences.folder);
        read.map_err(|problems| {
            let lines = problems.list().iter().map(|problem| {
                let place = problems.place(problem).expect("a place");
                format!("{place}: {} | {}", problem.sentence, problem.hint.as_deref().unwrap_or("-"))
            });
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn the_table_says_when() {
        assert_eq!(read(""), Ok(Folder::default()));
        assert_eq!(read("[folder]"), Ok(Folder::default()));
        let expected =
            Folder { stable_for: Duration::from_millis(250), poll: Duration::from_secs(60), watch: false };
        assert_eq!(read("[folder]\nstable_for = \"250ms\"\npoll = \"1m\"\nwatch = false"), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = [
            "folder = 3",
            "[folder]\nstable_for = 3",
            "[folder]\nstable_for = \"0s\"\npoll = \"2h\"",
            "[folder]\nstable = \"3s\"\nwatch = \"no\"",
        ]
        .map(|text| read(text).expect_err(text));
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
