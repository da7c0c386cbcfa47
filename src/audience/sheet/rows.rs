//! Rows of the first visible sheet, handed over in batches by the thread that reads the workbook.
//!
//! The thread owns the workbook, which the reader of cells borrows, and contains a panic in the
//! parsing of a hostile file. It stays at most two batches ahead and ends when nobody listens.

use std::fs::File;
use std::io::BufReader;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::{thread, vec};

use calamine::{Cell, DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::cell;

/// Rows handed over at once.
const BATCH: usize = 512;
/// The last column of Excel, XFD.
const MOST_COLUMNS: usize = 16_384;

/// One row of the sheet that is not empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::audience) struct SheetRow {
    /// Number in the sheet; the first is 1.
    pub line: u64,
    /// From the first column of the sheet to the last cell that is not empty.
    pub cells: Vec<String>,
    /// Position and words of the first error that a cell holds.
    pub fault: Option<(usize, String)>,
}

/// A stream of rows.
#[derive(Debug)]
pub(in crate::audience) struct SheetRows {
    messages: Receiver<Message>,
    batch: vec::IntoIter<SheetRow>,
    ended: bool,
}

#[derive(Debug)]
enum Message {
    Opened { sheet: String },
    Rows(Vec<SheetRow>),
    Failed(String),
    End,
}

impl SheetRows {
    /// Opens a workbook; gives the name of its first visible sheet beside its rows.
    ///
    /// # Errors
    /// Why the workbook cannot be read, in words.
    pub(in crate::audience) fn open(file: File) -> Result<(String, Self), String> {
        let (sender, messages) = mpsc::sync_channel(2);
        thread::Builder::new()
            .name("audience-sheet".to_owned())
            .spawn(move || read_workbook(file, &sender))
            .map_err(|error| format!("a thread could not be started: {error}"))?;
        let rows = Self { messages, batch: Vec::new().into_iter(), ended: false };
        match rows.receive() {
            Message::Opened { sheet } => Ok((sheet, rows)),
            Message::Failed(sentence) => Err(sentence),
            Message::Rows(_) | Message::End => Err("it has no sheet".to_owned()),
        }
    }

    /// The next row that is not empty.
    ///
    /// # Errors
    /// Why the workbook cannot be read any further, in words.
    pub(in crate::audience) fn advance(&mut self) -> Result<Option<SheetRow>, String> {
        loop {
            if let Some(row) = self.batch.next() {
                return Ok(Some(row));
            }
            if self.ended {
                return Ok(None);
            }
            match self.receive() {
                Message::Rows(batch) => self.batch = batch.into_iter(),
                Message::Failed(sentence) => {
                    self.ended = true;
                    return Err(sentence);
                }
                Message::Opened { .. } | Message::End => self.ended = true,
            }
        }
    }

    fn receive(&self) -> Message {
        // Only a thread that ended early leaves without `End`.
        self.messages.recv().unwrap_or_else(|_| Message::Failed("it is damaged".to_owned()))
    }
}

fn read_workbook(file: File, sender: &SyncSender<Message>) {
    let last = match send_rows(file, sender) {
        Ok(()) => Message::End,
        Err(Stop::NobodyListens) => return,
        Err(Stop::Fault(sentence)) => Message::Failed(sentence),
    };
    // An error only says that nobody listens any more.
    drop(sender.send(last));
}

enum Stop {
    NobodyListens,
    Fault(String),
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Self {
        Self::Fault(match error {
            XlsxError::Password => "it is protected by a password".to_owned(),
            XlsxError::Zip(_) => "it is damaged, or was not copied to its end".to_owned(),
            other => other.to_string(),
        })
    }
}

fn send_rows(file: File, sender: &SyncSender<Message>) -> Result<(), Stop> {
    let send = |message| sender.send(message).map_err(|_| Stop::NobodyListens);
    let mut workbook: Xlsx<BufReader<File>> = Xlsx::new(BufReader::new(file))?;
    let sheet = first_visible(&workbook)?;
    send(Message::Opened { sheet: sheet.clone() })?;
    let mut cells = workbook.worksheet_cells_reader(&sheet)?;
    let mut batch = Vec::with_capacity(BATCH);
    let mut row = SheetRow::default();
    while let Some(cell) = cells.next_cell()? {
        let line = u64::from(cell.get_position().0) + 1;
        if line != row.line {
            batch.extend(Some(std::mem::take(&mut row)).filter(|row| !row.cells.is_empty()));
            if batch.len() >= BATCH {
                send(Message::Rows(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))))?;
            }
            row.line = line;
        }
        take_cell(&mut row, &cell)?;
    }
    batch.extend(Some(row).filter(|row| !row.cells.is_empty()));
    send(Message::Rows(batch))
}

fn first_visible(workbook: &Xlsx<BufReader<File>>) -> Result<String, Stop> {
    let mut sheets = workbook.sheets_metadata().iter();
    sheets
        .find(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .ok_or_else(|| Stop::Fault("it has no visible sheet".to_owned()))
}

fn take_cell(row: &mut SheetRow, cell: &Cell<DataRef<'_>>) -> Result<(), Stop> {
    let position = cell.get_position().1 as usize;
    if position >= MOST_COLUMNS {
        return Err(Stop::Fault("it has a cell beyond the last column, XFD".to_owned()));
    }
    let text = cell::text(cell.get_value()).unwrap_or_else(|error| {
        let sentence = format!("the cell holds Excel's error {error}");
        row.fault.get_or_insert((position, sentence));
        error.to_string()
    });
    if !text.trim().is_empty() {
        if row.cells.len() <= position {
            row.cells.resize(position + 1, String::new());
        }
        row.cells[position] = text;
    }
    Ok(())
}
