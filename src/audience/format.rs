//! What a file turned out to be: how text is encoded and separated, or which sheet is read.

use std::fmt;

/// The format of an audience, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatFacts {
    /// CSV, TSV or text.
    Text {
        /// Between two cells: comma, semicolon, tab or vertical bar.
        delimiter: u8,
        /// Name of the encoding, `UTF-8` or `windows-1252`. A file that is plain ASCII so far is UTF-8.
        encoding: &'static str,
        /// Whether the file begins with a byte order mark.
        byte_order_mark: bool,
    },
    /// An Excel workbook.
    Workbook {
        /// The first visible sheet, the one that is read.
        sheet: String,
    },
}

impl FormatFacts {
    /// The delimiter that the person's own programs read well: the file's, or a comma.
    #[must_use]
    pub fn delimiter(&self) -> u8 {
        match self {
            Self::Text { delimiter, .. } => *delimiter,
            Self::Workbook { .. } => b',',
        }
    }
}

impl fmt::Display for FormatFacts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { delimiter, encoding, byte_order_mark } => {
                let mark = if *byte_order_mark { " with a byte order mark" } else { "" };
                write!(formatter, "{encoding}{mark}, separated by {}", delimiter_name(*delimiter))
            }
            Self::Workbook { sheet } => write!(formatter, "Excel workbook, sheet \"{sheet}\""),
        }
    }
}

fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b';' => "semicolons",
        b'\t' => "tabs",
        b'|' => "vertical bars",
        _ => "commas",
    }
}
