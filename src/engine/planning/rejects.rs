//! The rejected rows of a plan: a file that is only made when there are some, in the folder of the run's
//! results, which must be there before anything is sent.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::audience::{Audience, FormatFacts, RejectsWriter};
use crate::domain::{Columns, Row, RunId};

use super::error::PlanError;
use super::judge::Fault;

/// The file's name.
const NAME: &str = "rejects.csv";

/// Its name while it is written.
const PARTIAL: &str = "rejects.csv.partial";

/// Removes what plans that never became runs have left below `results`, where a run's folder is
/// `<campaign>/<campaign>-<number>`. A folder in which there is more than rejected rows stays.
///
/// # Errors
/// When the disk refuses.
pub fn sweep(results: &Path, never_made: &BTreeSet<RunId>) -> io::Result<()> {
    if never_made.is_empty() || !results.exists() {
        return Ok(());
    }
    for campaign in fs::read_dir(results)? {
        let campaign = campaign?.path();
        if !campaign.is_dir() {
            continue;
        }
        for folder in fs::read_dir(&campaign)? {
            let folder = folder?.path();
            if folder.is_dir() && number_of(&folder).is_some_and(|run| never_made.contains(&run)) {
                sweep_folder(&folder)?;
            }
        }
        remove_empty(&campaign)?;
    }
    Ok(())
}

fn number_of(folder: &Path) -> Option<RunId> {
    let (_, number) = folder.file_name()?.to_str()?.rsplit_once('-')?;
    number.parse().ok().map(RunId)
}

fn sweep_folder(folder: &Path) -> io::Result<()> {
    for name in [NAME, PARTIAL] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    remove_empty(folder)
}

fn remove_empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes the rejected rows of a plan that is forgotten; `path` is their file.
///
/// # Errors
/// When the file cannot be removed.
pub fn remove(path: &Path) -> Result<(), PlanError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    sweep_folder(folder).map_err(|source| PlanError::Remove { path: path.to_owned(), source })
}

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
        self.folder.join(NAME)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_plan_without_a_run_left_is_swept() {
        let results = tempfile::tempdir().expect("a folder");
        let file = |name: &str| {
            let file = results.path().join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(&file, "").expect("a file");
            file
        };
        let gone = [file("sale/sale-3/rejects.csv.partial"), file("sale/sale-4/rejects.csv")];
        let kept = [
            file("sale/sale-2/rejects.csv"),
            file("sale/sale-33/rejects.csv"),
            file("sale/notes-3"),
            file("3"),
            file("sale/sale-5/mine.xlsx"),
        ];
        sweep(results.path(), &BTreeSet::from([RunId(3), RunId(4), RunId(5)])).expect("swept");
        assert!(gone.iter().all(|file| !file.parent().expect("a folder").exists()));
        assert!(kept.iter().all(|file| file.exists()));
        sweep(&results.path().join("none"), &BTreeSet::from([RunId(1)])).expect("nothing to sweep");
    }
}
