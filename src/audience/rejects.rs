//! `rejects.csv`: the rows that cannot be sent, as they came, with their number and the reason; made
//! to be corrected and dropped again.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::FormatFacts;
use crate::domain::{Columns, Row};

/// What is added to the original columns.
const ADDED: [&str; 3] = ["row", "column", "reason"];

/// With it, Excel takes the file for UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// `rejects.csv` could not be written.
#[derive(Debug, Error)]
#[error("{}: cannot be written: {source}", file.display())]
pub struct RejectsError {
    /// The file.
    pub file: PathBuf,
    /// What the system says.
    #[source]
    pub source: io::Error,
}

/// A `rejects.csv` being written: under the name `….partial` until [`RejectsWriter::finish`], so that
/// nobody reads half of it. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct RejectsWriter {
    file: PathBuf,
    partial: PathBuf,
    /// `None` once finished.
    writer: Option<csv::Writer<BufWriter<File>>>,
    /// How many values of a row are written.
    width: usize,
    rows: u64,
}

impl RejectsWriter {
    /// Begins a file for rows of these columns, separated by commas.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn create(file: &Path, columns: &Columns) -> Result<Self, RejectsError> {
        Self::create_separated(file, columns, b',')
    }

    /// Begins a file for rows of these columns, separated like the file they came from: what the
    /// person's own programs wrote, they read.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn create_like(file: &Path, columns: &Columns, format: &FormatFacts) -> Result<Self, RejectsError> {
        Self::create_separated(file, columns, format.delimiter())
    }

    fn create_separated(file: &Path, columns: &Columns, delimiter: u8) -> Result<Self, RejectsError> {
        let mut partial = file.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let failed = |source| RejectsError { file: file.to_owned(), source };
        let mut output = BufWriter::new(File::create(&partial).map_err(failed)?);
        output.write_all(BYTE_ORDER_MARK).map_err(failed)?;
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(output);
        let kept = without_added(columns.names());
        let added = ADDED.map(|name| free_name(name, kept));
        let header = kept.iter().chain(&added);
        writer.write_record(header).map_err(|error| failed(error.into()))?;
        let width = kept.len();
        Ok(Self { file: file.to_owned(), partial, writer: Some(writer), width, rows: 0 })
    }

    /// Adds a row: its values exactly as they came, the column at fault (empty for the whole row) and
    /// the reason in words.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, row: &Row, column: &str, reason: &str) -> Result<(), RejectsError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let number = row.number.to_string();
        let values = row.values.iter().map(String::as_str).chain(std::iter::repeat("")).take(self.width);
        writer
            .write_record(values.chain([number.as_str(), column, reason]))
            .map_err(|error| RejectsError { file: self.file.clone(), source: error.into() })?;
        self.rows += 1;
        Ok(())
    }

    /// Gives the file its name, and says how many rows it has. Without a row there is no file.
    ///
    /// # Errors
    /// The file cannot be written or renamed.
    pub fn finish(mut self) -> Result<u64, RejectsError> {
        let failed = |source| RejectsError { file: self.file.clone(), source };
        let Some(mut writer) = self.writer.take() else { return Ok(self.rows) };
        let written = writer.flush();
        drop(writer);
        let finished = match (written, self.rows) {
            (Err(error), _) => Err(error),
            (Ok(()), 0) => Ok(()),
            (Ok(()), _) => fs::rename(&self.partial, &self.file),
        };
        if finished.is_err() || self.rows == 0 {
            self.discard();
        }
        finished.map(|()| self.rows).map_err(failed)
    }

    fn discard(&self) {
        // What cannot be removed is overwritten by the next attempt.
        drop(fs::remove_file(&self.partial));
    }
}

impl Drop for RejectsWriter {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            self.discard();
        }
    }
}

/// The columns without those that an earlier `rejects.csv` added: they are written anew.
fn without_added(names: &[String]) -> &[String] {
    match names.split_last_chunk::<3>() {
        Some((own, last)) if last.each_ref().map(String::as_str) == ADDED => own,
        _ => names,
    }
}

/// A name that no column of the file has, so that the file can be dropped again.
fn free_name(name: &str, taken: &[String]) -> String {
    let mut free = name.to_owned();
    while taken.contains(&free) {
        free.insert_str(0, "rejected ");
    }
    free
}
