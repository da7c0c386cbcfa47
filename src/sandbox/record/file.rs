//! The record file: lines are handed to the operating system before the answer goes out, so that a killed
//! sandbox has forgotten nobody whom it accepted.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::Accepted;
use super::line::{self, Line};

/// Why the record cannot be kept.
#[derive(Debug, Error)]
pub enum RecordError {
    /// Reading, writing or creating it failed.
    #[error("the sandbox cannot keep its record in {}: {source}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that is no record, which must not be written into.
    #[error("{} is not a record of the sandbox: line {line} cannot be read; name another file", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// From 1.
        line: usize,
    },
}

#[derive(Debug)]
pub(super) struct RecordFile {
    path: PathBuf,
    file: File,
}

impl RecordFile {
    /// Opens or creates the file and reads what it holds. A last line without its end was being written
    /// when the sandbox was killed, so no answer told of it: it is cut off. A pipe or a device is only
    /// written to.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Accepted>), RecordError> {
        let unusable = |source| RecordError::Unusable { file: path.to_owned(), source };
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(unusable)?;
        let mut entries = Vec::new();
        if file.metadata().map_err(unusable)?.is_file() {
            let whole = read(&file, path, &mut entries)?;
            file.set_len(whole).map_err(unusable)?;
        }
        Ok((Self { path: path.to_owned(), file }, entries))
    }

    /// Appends entries; when this returns they survive the process (not the machine's power).
    pub(super) fn append(&mut self, entries: &[Accepted]) -> Result<(), RecordError> {
        let mut lines = Vec::with_capacity(entries.len() * 256);
        let written = entries.iter().try_for_each(|entry| entry.write(&mut lines));
        let written = written.and_then(|()| self.file.write_all(&lines));
        written.map_err(|source| RecordError::Unusable { file: self.path.clone(), source })
    }
}

/// Reads the entries, and gives the length of the lines that are whole.
fn read(file: &File, path: &Path, entries: &mut Vec<Accepted>) -> Result<u64, RecordError> {
    let mut reader = BufReader::new(file);
    let mut whole = 0;
    let mut text = Vec::new();
    loop {
        text.clear();
        let length = reader
            .read_until(b'\n', &mut text)
            .map_err(|source| RecordError::Unusable { file: path.to_owned(), source })?;
        if !text.ends_with(b"\n") {
            return Ok(whole);
        }
        let foreign = || RecordError::Foreign { file: path.to_owned(), line: entries.len() + 1 };
        let entry = line::read(text.trim_ascii_end()).ok_or_else(foreign)?;
        entries.push(entry);
        whole += length as u64;
    }
}
