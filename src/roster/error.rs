//! What can go wrong with a roster, split by what the caller may do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::format::FORMAT;
use crate::domain::{RecipientNumber, RunId};

/// Why a roster cannot be written or read.
#[derive(Debug, Error)]
pub enum RosterError {
    /// Hold the run until there is room.
    #[error("there is no space left to {action} {path}: free some and try again")]
    DiskFull {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
    },
    /// Anything else that the system refuses.
    #[error("cannot {action} {path}: {cause}")]
    Disk {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// There is no such roster.
    #[error(
        "run {run} has no roster: {path} does not exist; restore the folder from a backup or cancel the run"
    )]
    Missing {
        /// The run.
        run: RunId,
        /// Where its roster should be.
        path: PathBuf,
    },
    /// The run is planned already.
    #[error("run {run} has a roster already: {path}; a frozen roster is never written again")]
    Frozen {
        /// The run.
        run: RunId,
        /// The roster.
        path: PathBuf,
    },
    /// A later Disparo wrote it.
    #[error(
        "{path} has format {found}, and this Disparo reads formats up to {FORMAT}: use the version that wrote it or a newer one"
    )]
    Format {
        /// The plan file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The files are not those that were frozen.
    #[error("the roster of run {run} is damaged: {path} {what}; restore the folder from a backup")]
    Damaged {
        /// The run.
        run: RunId,
        /// The damaged file.
        path: PathBuf,
        /// What is wrong with it; completes "the file …".
        what: &'static str,
    },
    /// One recipient is not what was frozen.
    #[error(
        "recipient {number} of run {run} is damaged: in {folder} {what}; restore the folder from a backup"
    )]
    DamagedRecipient {
        /// The run.
        run: RunId,
        /// The recipient.
        number: RecipientNumber,
        /// The roster.
        folder: PathBuf,
        /// What is wrong with it; a clause.
        what: &'static str,
    },
    /// The person asked to be forgotten.
    #[error("recipient {number} of run {run} was forgotten and cannot be read any more")]
    Forgotten {
        /// The run.
        run: RunId,
        /// The recipient.
        number: RecipientNumber,
    },
    /// The roster is smaller.
    #[error("run {run} has no recipient {number}: its recipients are numbered from 0, and there are {len}")]
    Unknown {
        /// The run.
        run: RunId,
        /// The recipient.
        number: RecipientNumber,
        /// How many there are.
        len: u32,
    },
    /// What was pushed cannot be frozen.
    #[error("the roster of run {run} cannot be written: {what}")]
    Unfit {
        /// The run.
        run: RunId,
        /// Why not; a clause.
        what: String,
    },
}

impl RosterError {
    /// Keeps a full disk apart from everything else.
    pub(super) fn disk(action: &'static str, path: &Path, cause: io::Error) -> Self {
        let path = path.to_owned();
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { action, path },
            _ => Self::Disk { action, path, cause },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart() {
        let error = |kind: io::ErrorKind| RosterError::disk("write", Path::new("x/index"), kind.into());
        let full = error(io::ErrorKind::StorageFull);
        assert_eq!(full.to_string(), "there is no space left to write x/index: free some and try again");
        assert!(matches!(full, RosterError::DiskFull { .. }));
        assert!(matches!(error(io::ErrorKind::QuotaExceeded), RosterError::DiskFull { .. }));
        assert!(matches!(error(io::ErrorKind::PermissionDenied), RosterError::Disk { .. }));
    }
}
