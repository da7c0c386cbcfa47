//! An open audience: rows one by one, each fitted to the columns or told apart as bad.

use std::fmt;
use std::path::PathBuf;

use super::source::{Broken, Fault, Reading, Source};
use super::{AudienceError, FormatFacts, RowError};
use crate::domain::{Columns, Row};

/// An audience whose header has been read.
pub struct Audience {
    /// The columns.
    pub columns: Columns,
    /// Position of the column with the address; `None` where no column is one.
    pub address_column: Option<usize>,
    /// What the file turned out to be.
    pub format: FormatFacts,
    pub(super) file: PathBuf,
    pub(super) source: Source,
    pub(super) rows: u64,
    pub(super) line: u64,
}

impl fmt::Debug for Audience {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Audience")
            .field("file", &self.file)
            .field("columns", &self.columns)
            .field("address_column", &self.address_column)
            .field("format", &self.format)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Audience {
    /// Reads the next row into `row`, reusing its buffers; `false` at the end. Empty lines are passed
    /// over and not counted.
    ///
    /// # Errors
    /// [`AudienceError::Row`] for a row that is bad in itself: `row` then holds its number and what
    /// could be read of it, one value for each column, and the next call reads on. Anything else ends
    /// the audience; [`AudienceError::NoRows`] when there was no row at all.
    pub fn next_row(&mut self, row: &mut Row) -> Result<bool, AudienceError> {
        let reading = self.source.read(&mut row.values).map_err(|broken| told(broken, &self.file))?;
        let Some(reading) = reading else {
            let file = self.file.clone();
            return if self.rows == 0 { Err(AudienceError::NoRows { file }) } else { Ok(false) };
        };
        self.rows += 1;
        self.line = reading.line;
        row.number = self.rows;
        let fault = self.fault(&reading, &row.values);
        self.fit(&reading, &mut row.values);
        match fault {
            None => Ok(true),
            Some(fault) => Err(AudienceError::Row(self.row_error(fault))),
        }
    }

    /// Rows read so far, bad ones included.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Line of the file, or row of the sheet, in which the last row that was read begins.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    fn fault(&self, reading: &Reading, values: &[String]) -> Option<Fault> {
        let width = self.columns.names().len();
        if let Some(fault) = &reading.fault {
            return Some(Fault { position: fault.position, sentence: fault.sentence.clone() });
        }
        let surplus = values[..reading.cells].get(width..).unwrap_or_default();
        let surplus: Vec<&str> =
            surplus.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
        let sentence = if !surplus.is_empty() {
            let quoted = shortened(&surplus.join(", "));
            format!("has {} cells, but there are {width} columns; too many: \"{quoted}\"", reading.cells)
        } else if reading.cells < width && !self.source.leaves_out_empty_cells() {
            format!("has {} of {width} columns", reading.cells)
        } else {
            return None;
        };
        Some(Fault { position: None, sentence })
    }

    /// Exactly one value for each column.
    fn fit(&self, reading: &Reading, values: &mut Vec<String>) {
        for left_over in values.iter_mut().skip(reading.cells) {
            left_over.clear();
        }
        values.resize(self.columns.names().len(), String::new());
    }

    fn row_error(&self, fault: Fault) -> RowError {
        let column = fault.position.and_then(|position| self.columns.names().get(position));
        RowError {
            row: self.rows,
            line: self.line,
            column: column.cloned().unwrap_or_default(),
            sentence: fault.sentence,
        }
    }
}

pub(super) fn told(broken: Broken, file: &std::path::Path) -> AudienceError {
    let file = file.to_owned();
    match broken {
        Broken::Io(source) => AudienceError::Unreadable { file, source },
        Broken::Workbook(sentence) => AudienceError::Workbook { file, sentence },
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
