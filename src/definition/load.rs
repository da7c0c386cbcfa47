//! From a definition's file to a campaign, or to everything that is wrong with it.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::raw::RawDefinition;
use super::schema::homes;
use super::validate::validate;
use crate::document::{self, Findings};
use crate::domain::{Campaign, Problems, Zone};

/// What a team has decided for the definitions that do not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// In which times are written.
    pub zone: Zone,
    /// Days on which no window opens.
    pub holidays: BTreeSet<Date>,
}

/// Reads and checks a definition. Paths in it are seen from `workspace_root`. Templates and conditions
/// are checked for syntax; which columns exist is known when the audience is open.
///
/// # Errors
/// All problems of the file at once. Syntax errors come alone: what the rest means is a guess until
/// they are mended.
pub fn load(file: &Path, workspace_root: &Path, defaults: &Defaults) -> Result<Campaign, Problems> {
    let source = document::read(file)?;
    let mut findings = Findings::default();
    let table = document::parse(&source, &mut findings);
    if let Some(problems) = findings.into_problems(file, source.as_str()) {
        return Err(problems);
    }
    let mut findings = Findings::default();
    let raw: RawDefinition = document::fill(&table, "", &homes(), &mut findings);
    let campaign = validate(raw, file, workspace_root, defaults, &source, &mut findings);
    match (findings.into_problems(file, source), campaign) {
        (None, Some(campaign)) => Ok(campaign),
        (Some(problems), _) => Err(problems),
        (None, None) => Err(Problems::unreadable(file, "the definition is not complete", None)),
    }
}

/// The campaign's name in a file that may otherwise be wrong. `None` where it cannot be read, or has none.
#[must_use]
pub fn name_of(file: &Path) -> Option<String> {
    let source = document::read(file).ok()?;
    let table = document::parse(&source, &mut Findings::default());
    let name = table.get_ref().get("name")?.get_ref().as_str()?.trim();
    if name.is_empty() { None } else { Some(name.to_owned()) }
}

/// Whether a file that may otherwise be wrong means to say when it is sent.
#[must_use]
pub fn is_scheduled(file: &Path) -> bool {
    let Ok(source) = document::read(file) else { return false };
    let table = document::parse(&source, &mut Findings::default());
    let schedule = table.get_ref().get("schedule").and_then(|schedule| schedule.get_ref().as_table());
    schedule.is_some_and(|schedule| ["at", "cron"].iter().any(|key| schedule.contains_key(*key)))
}
