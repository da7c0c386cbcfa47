//! One shape for all files: rows of text, with where they stand and what is wrong with them.

use std::io;

use super::sheet::{SheetRow, SheetRows};
use super::text::{Found, Records};

/// Where rows come from.
pub(super) enum Source {
    /// A text file.
    Text(Box<Records>),
    /// A sheet of a workbook.
    Sheet(SheetRows),
}

/// A row that was read into the caller's values.
#[derive(Debug)]
pub(super) struct Reading {
    /// Line of the file, or row of the sheet.
    pub line: u64,
    /// How many of the values belong to the row; those behind are left over from others.
    pub cells: usize,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// What is wrong with a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The cell; `None` for the whole row.
    pub position: Option<usize>,
    /// Why.
    pub sentence: String,
}

/// Why a source cannot be read any further.
#[derive(Debug)]
pub(super) enum Broken {
    /// The file.
    Io(io::Error),
    /// The workbook, in words.
    Workbook(String),
}

impl Source {
    /// Reads the next row that is not empty; `None` at the end.
    pub(super) fn read(&mut self, values: &mut Vec<String>) -> Result<Option<Reading>, Broken> {
        match self {
            Self::Text(records) => read_record(records, values).map_err(Broken::Io),
            Self::Sheet(rows) => {
                let row = rows.advance().map_err(Broken::Workbook)?;
                Ok(row.map(|row| take_row(row, values)))
            }
        }
    }

    /// Whether a row may end early: a sheet does not store its empty cells.
    pub(super) fn leaves_out_empty_cells(&self) -> bool {
        matches!(self, Self::Sheet(_))
    }
}

fn read_record(records: &mut Records, values: &mut Vec<String>) -> io::Result<Option<Reading>> {
    let mut fault = loop {
        match records.advance()? {
            Found::End => return Ok(None),
            Found::Record if records.is_blank() => {}
            Found::Record => break None,
            Found::OpenQuote => break Some(open_quote(records.line())),
        }
    };
    let cells = records.cells();
    let count = cells.len();
    if values.len() < count {
        values.resize(count, String::new());
    }
    for (position, (cell, value)) in cells.zip(values.iter_mut()).enumerate() {
        value.clear();
        match std::str::from_utf8(cell) {
            Ok(text) => value.push_str(text),
            Err(_) => {
                value.push_str(&String::from_utf8_lossy(cell));
                fault.get_or_insert(undecodable(position, records.encoding()));
            }
        }
    }
    Ok(Some(Reading { line: records.line(), cells: count, fault }))
}

fn open_quote(line: u64) -> Fault {
    let sentence = format!("the quotation mark opened in line {line} is never closed");
    Fault { position: None, sentence }
}

fn undecodable(position: usize, encoding: &str) -> Fault {
    let sentence = format!("the cell holds bytes that are not {encoding}; save the file as CSV UTF-8");
    Fault { position: Some(position), sentence }
}

fn take_row(row: SheetRow, values: &mut Vec<String>) -> Reading {
    let fault = row.fault.map(|(position, sentence)| Fault { position: Some(position), sentence });
    *values = row.cells;
    Reading { line: row.line, cells: values.len(), fault }
}
