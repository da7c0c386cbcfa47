//! What can be wrong with an audience: the whole file, or one row of it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::domain::Country;

/// Why an audience cannot be used, or, as [`AudienceError::Row`], why one row of it cannot.
///
/// `Display` is one sentence with the file and the place; [`AudienceError::hint`] says what to do.
#[derive(Debug, Error)]
pub enum AudienceError {
    /// One row is bad; the next call reads on.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The file is not there.
    #[error("{}: there is no such file", file.display())]
    Missing {
        /// The audience.
        file: PathBuf,
    },
    /// The file cannot be opened or read.
    #[error("{}: cannot be read: {source}", file.display())]
    Unreadable {
        /// The audience.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A name that ends in something else than `.csv`, `.tsv`, `.txt` or `.xlsx`.
    #[error("{}: files of this kind cannot be read", file.display())]
    UnknownKind {
        /// The audience.
        file: PathBuf,
    },
    /// The content is not what the name promises.
    #[error("{}: this is {found}, not {expected}", file.display())]
    WrongContent {
        /// The audience.
        file: PathBuf,
        /// What its first bytes say.
        found: &'static str,
        /// What its name says.
        expected: &'static str,
        /// How to make it readable.
        hint: &'static str,
    },
    /// A workbook that is damaged, protected or without a visible sheet.
    #[error("{}: the workbook cannot be read: {sentence}", file.display())]
    Workbook {
        /// The audience.
        file: PathBuf,
        /// What is wrong with it.
        sentence: String,
    },
    /// Nothing in it, or nothing but empty lines.
    #[error("{}: the file is empty", file.display())]
    Empty {
        /// The audience.
        file: PathBuf,
    },
    /// A header, and nothing below it.
    #[error("{}: there are no rows below the header", file.display())]
    NoRows {
        /// The audience.
        file: PathBuf,
    },
    /// The first row cannot name the columns.
    #[error("{}, line {line}: {sentence}", file.display())]
    Header {
        /// The audience.
        file: PathBuf,
        /// Line of the file, or row of the sheet.
        line: u64,
        /// What is wrong with it.
        sentence: String,
        /// What to do.
        hint: String,
    },
    /// No column whose name says that it holds telephone numbers.
    #[error("{}: no column is named like a telephone number", file.display())]
    NoPhoneColumn {
        /// The audience.
        file: PathBuf,
        /// Its columns.
        columns: Vec<String>,
    },
    /// Several columns whose names say so.
    #[error("{}: several columns may hold the telephone number: {}", file.display(), candidates.join(", "))]
    SeveralPhoneColumns {
        /// The audience.
        file: PathBuf,
        /// These columns.
        candidates: Vec<String>,
    },
    /// Several columns whose names are the wanted one but for case and accents.
    #[error("{}: several columns may be the one that `{key}` names: {}", file.display(), candidates.join(", "))]
    SeveralColumns {
        /// The audience.
        file: PathBuf,
        /// `audience.group`.
        key: &'static str,
        /// These columns.
        candidates: Vec<String>,
    },
    /// `audience.phone` or `audience.group` names a column that is not there.
    #[error("{}: there is no column \"{wanted}\", which `{key}` names", file.display())]
    UnknownColumn {
        /// The audience.
        file: PathBuf,
        /// The key that names it.
        key: &'static str,
        /// As written in the definition.
        wanted: String,
        /// What was probably meant, and which columns there are.
        hint: String,
    },
    /// `audience.country` is no country with telephone numbers.
    #[error("`audience.country` is \"{}\", which is not a country with telephone numbers", .country.code())]
    UnknownCountry {
        /// As written in the definition.
        country: Country,
    },
}

impl AudienceError {
    /// What the person can do about it, as half a sentence without a full stop.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Row(_) => return None,
            Self::Missing { .. } => {
                "`audience.file` is looked for below the workspace; is it spelt as on disk?"
            }
            Self::Unreadable { .. } => "is the file readable by you, and not still being copied?",
            Self::UnknownKind { .. } => "save it as .csv or .xlsx; .csv, .tsv, .txt and .xlsx are read",
            Self::WrongContent { hint, .. } => hint,
            Self::Workbook { .. } => {
                "open it in Excel and save it again as .xlsx without a password, or as CSV UTF-8"
            }
            Self::Empty { .. } | Self::NoRows { .. } => {
                "export the audience again, with a header and its rows"
            }
            Self::Header { hint, .. } | Self::UnknownColumn { hint, .. } => hint,
            Self::SeveralColumns { .. } => "write the name exactly as it stands in the first row",
            Self::NoPhoneColumn { columns, .. } => {
                let columns = columns.join(", ");
                return Some(format!("set audience.phone to one of the columns: {columns}"));
            }
            Self::SeveralPhoneColumns { candidates, .. } => {
                let first = candidates.first().map_or("telefone", String::as_str);
                return Some(format!("say which one it is: phone = \"{first}\" under [audience]"));
            }
            Self::UnknownCountry { .. } => "write two letters as in \"BR\", \"PT\" or \"MX\"",
        };
        Some(hint.to_owned())
    }
}

/// Why a row cannot be used. The row's values, as far as they could be read, are in the [`crate::domain::Row`]
/// that was given to be filled, for `rejects.csv`.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("row {row} (line {line}): {sentence}")]
pub struct RowError {
    /// Number of the row; the first after the header is 1.
    pub row: u64,
    /// Line of the file, or row of the sheet.
    pub line: u64,
    /// The column at fault; empty where it is the whole row.
    pub column: String,
    /// Why.
    pub sentence: String,
}
