//! The rejected rows of a plan: a file that is only made when there are some, in the folder of the run's
//! results, which must be there before anything is sent.

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
    ///
    /// # Errors
    /// When the folder cannot be made: what comes of the run could not be told.
    pub fn new(folder: PathBuf, audience: &Audience) -> Result<Self, PlanError> {
        fs::create_dir_all(&folder).map_err(|source| PlanError::Folder { path: folder.clone(), source })?;
        Ok(Self { folder, columns: audience.columns.clone(), format: audience.format.clone(), open: None })
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
            None => self.open.insert(RejectsWriter::create_like(&self.path(), &self.columns, &self.format)?),
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

impl Drop for Rejects {
    /// A plan that is refused leaves no empty folders.
    fn drop(&mut self) {
        drop(self.open.take());
        // A folder that is not empty stays, which is what is wanted.
        let _ =
            fs::remove_dir(&self.folder).and_then(|()| self.folder.parent().map_or(Ok(()), fs::remove_dir));
    }
}
