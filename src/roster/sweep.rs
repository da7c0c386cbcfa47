//! Removes what no run needs: rosters that were never finished, and rosters without a run.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::RosterError;
use super::format::{self, PARTIAL, ROSTERS};
use crate::domain::RunId;

/// Removes half-written rosters and those of runs that the journal does not `know`, and says which
/// folders those were. Anything that does not look like a roster is left alone.
///
/// For whoever owns the store, when it has opened the journal and before it plans a run: a roster is
/// complete before the journal hears of its run.
///
/// # Errors
/// When the disk refuses.
pub fn sweep(store_dir: &Path, known: &BTreeSet<RunId>) -> Result<Vec<PathBuf>, RosterError> {
    let rosters = store_dir.join(ROSTERS);
    let refused = |cause| RosterError::disk("read", &rosters, cause);
    let entries = match fs::read_dir(&rosters) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(refused)?,
    };
    let mut removed = Vec::new();
    for entry in entries {
        let path = entry.map_err(refused)?.path();
        if is_needless(&path, known) {
            fs::remove_dir_all(&path).map_err(|cause| RosterError::disk("remove", &path, cause))?;
            removed.push(path);
        }
    }
    removed.sort();
    Ok(removed)
}

/// Removes the roster of a run that is not made after all, whoever else is planning.
///
/// # Errors
/// When the disk refuses.
pub fn discard(store_dir: &Path, run: RunId) -> Result<(), RosterError> {
    let folder = format::folder(store_dir, run);
    match fs::remove_dir_all(&folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(RosterError::disk("remove", &folder, cause))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn is_needless(path: &Path, known: &BTreeSet<RunId>) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    match name.strip_suffix(PARTIAL) {
        Some(name) => run_of(name).is_some(),
        None => run_of(name).is_some_and(|run| !known.contains(&run)),
    }
}

/// The run whose folder is called `name`.
fn run_of(name: &str) -> Option<RunId> {
    let run = RunId(name.parse().ok()?);
    (run.to_string() == name).then_some(run)
}
