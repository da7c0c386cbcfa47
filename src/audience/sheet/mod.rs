//! Excel workbooks as a stream of rows of text: the first visible sheet, read by a thread of its own.

mod cell;
mod rows;

pub(super) use rows::{SheetRow, SheetRows};
