//! The rejected rows of a plan: a file that is only made when there are some.

use std::fs;
use std::path::PathBuf;

use crate::audience::{Audience, FormatFacts, RejectsWriter};
use crate::domain::{Columns, Row};

use super::error::PlanError;
use super::judge::Fault;

/// See the module.
#[derive(Debug)]
pub struct Rejects {
    folder: PathBuf,
    columns: Columns,
    format: FormatFacts,
    open: Option<RejectsWriter>,
}

impl Rejects {
    /// `rejects.csv` in `folder`, for rows of `audience`.
    #[must_use]
    pub fn new(folder: PathBuf, audience: &Audience) -> Self {
        Self { folder, columns: audience.columns.clone(), format: audience.format.clone(), open: None }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("rejects.csv")
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, row: &Row, fault: &Fault) -> Result<(), PlanError> {
        let writer = match &mut self.open {
            Some(writer) => writer,
            None => {
                fs::create_dir_all(&self.folder)
                    .map_err(|source| PlanError::Folder { path: self.folder.clone(), source })?;
                self.open.insert(RejectsWriter::create_like(&self.path(), &self.columns, &self.format)?)
            }
        };
        Ok(writer.write(row, &fault.column, &fault.sentence)?)
    }

    /// Completes the file and gives its path, if there is one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<Option<PathBuf>, PlanError> {
        let Some(writer) = self.open.take() else { return Ok(None) };
        writer.finish()?;
        Ok(Some(self.path()))
    }
}
