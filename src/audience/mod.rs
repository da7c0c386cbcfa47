//! The audience: rows of a CSV, TSV or XLSX file, streamed, and the telephone numbers in them.
//!
//! [`open`] finds out what a file is from its first bytes and reads its header; [`Audience::next_row`]
//! gives the rows, in memory that does not grow with the file. A bad row is told apart from a bad file:
//! it becomes a line of `rejects.csv`, written by [`RejectsWriter`], and reading goes on. Nothing is
//! ever repaired or replaced in silence.

mod address_column;
mod content;
mod error;
pub mod fetched;
mod format;
mod header;
mod mentions;
mod open;
pub mod phone;
mod reader;
pub mod rejects;
mod sheet;
mod source;
pub mod suppressions;
#[cfg(test)]
mod tests;
mod text;

pub use error::{AudienceError, RowError};
pub use format::FormatFacts;
pub use mentions::{Mention, mentions};
pub use open::{Wanted, open};
pub use reader::Audience;
pub use rejects::{RejectsError, RejectsWriter};
