//! Why something cannot be told.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::journal::{DamageError, JournalError};
use crate::roster::RosterError;

/// See the module.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The roster cannot be read.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The times to deliver cannot be counted. An error of Disparo's, not of a person's.
    #[error("cannot count the times to deliver: {0}")]
    Times(String),
    /// A report cannot be put into words.
    #[error("cannot write the report: {0}")]
    Csv(#[from] csv::Error),
}

impl From<DamageError> for ReportError {
    fn from(error: DamageError) -> Self {
        Self::Journal(error.into())
    }
}
