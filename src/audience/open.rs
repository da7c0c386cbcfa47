//! Opening an audience: what the file is, what its columns are, and which of them is the telephone.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::address_column::{self, NotFound};
use super::content::{self, Content};
use super::header::{self, BadHeader};
use super::reader::told;
use super::sheet::SheetRows;
use super::source::{Reading, Source};
use super::text::{Records, Utf8Stream};
use super::{Audience, AudienceError, FormatFacts, phone};
use crate::domain::{AddressSource, Columns, Country};

/// Bytes from which a file's content is judged.
const PREFIX: u64 = 64 * 1024;

/// What the name of a file promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Workbook,
}

/// What is known of an audience before it is opened.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The file.
    pub file: &'a Path,
    /// Which column is the address.
    pub address: &'a AddressSource,
    /// How national numbers are read.
    pub country: Country,
}

/// Opens an audience and reads its header.
///
/// # Errors
/// What is wrong with the file, its header, or the definition's `phone`, `group` and `country`.
pub fn open(wanted: &Wanted<'_>) -> Result<Audience, AudienceError> {
    if !phone::is_supported(wanted.country) {
        return Err(AudienceError::UnknownCountry { country: wanted.country });
    }
    let path = wanted.file;
    let kind = kind(path)?;
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => AudienceError::Missing { file: path.to_owned() },
        _ => AudienceError::Unreadable { file: path.to_owned(), source },
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut prefix = Vec::new();
    file.by_ref().take(PREFIX).read_to_end(&mut prefix).map_err(unreadable)?;
    if prefix.is_empty() {
        return Err(AudienceError::Empty { file: path.to_owned() });
    }
    let content = content::judge(&prefix);
    refuse_wrong_content(path, kind, content)?;
    match kind {
        Kind::Text => text_audience(prefix, Box::new(file), content, wanted),
        Kind::Workbook => {
            file.rewind().map_err(unreadable)?;
            workbook_audience(file, wanted)
        }
    }
}

fn kind(path: &Path) -> Result<Kind, AudienceError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("csv" | "tsv" | "txt") => Ok(Kind::Text),
        Some("xlsx") => Ok(Kind::Workbook),
        _ => Err(AudienceError::UnknownKind { file: path.to_owned() }),
    }
}

fn refuse_wrong_content(path: &Path, kind: Kind, content: Content) -> Result<(), AudienceError> {
    let (found, hint) = match (kind, content) {
        (Kind::Text, Content::Text | Content::TextIn(..)) | (Kind::Workbook, Content::Zip) => return Ok(()),
        (Kind::Text, Content::Zip) => (
            "a zip archive or an Excel workbook",
            "if it is a workbook, name it .xlsx; otherwise export it as CSV",
        ),
        (Kind::Text, Content::OldOffice) => {
            ("an old Excel workbook (.xls)", "open it in Excel and save it as .xlsx or CSV UTF-8")
        }
        (Kind::Workbook, Content::OldOffice) => (
            "an old Excel workbook (.xls) or one protected by a password",
            "open it in Excel and save it as .xlsx, without a password",
        ),
        (Kind::Workbook, Content::Text | Content::TextIn(..)) => ("a text file", "name it .csv"),
        (_, Content::Other(found)) => (found, "export the audience as .xlsx or CSV UTF-8"),
    };
    let expected = match kind {
        Kind::Text => "a text file",
        Kind::Workbook => "an Excel workbook",
    };
    Err(AudienceError::WrongContent { file: path.to_owned(), found, expected, hint })
}

/// An audience in text, of which `prefix` has been read.
pub(super) fn text_audience(
    mut prefix: Vec<u8>,
    rest: Box<dyn Read + Send>,
    content: Content,
    wanted: &Wanted<'_>,
) -> Result<Audience, AudienceError> {
    let (encoding, mark) = match content {
        Content::TextIn(encoding, mark) => (Some(encoding), mark),
        _ => (None, 0),
    };
    prefix.drain(..mark);
    let stream = Utf8Stream::new(prefix, rest, encoding, wanted.country);
    let records = Records::open(stream)
        .map_err(|source| AudienceError::Unreadable { file: wanted.file.to_owned(), source })?;
    let format = FormatFacts::Text {
        delimiter: records.delimiter(),
        encoding: records.encoding(),
        byte_order_mark: mark > 0,
    };
    audience(wanted, Source::Text(Box::new(records)), format)
}

fn workbook_audience(file: File, wanted: &Wanted<'_>) -> Result<Audience, AudienceError> {
    let (sheet, rows) = SheetRows::open(file)
        .map_err(|sentence| AudienceError::Workbook { file: wanted.file.to_owned(), sentence })?;
    audience(wanted, Source::Sheet(rows), FormatFacts::Workbook { sheet })
}

fn audience(wanted: &Wanted<'_>, mut source: Source, format: FormatFacts) -> Result<Audience, AudienceError> {
    let file = wanted.file.to_owned();
    let mut cells = Vec::new();
    let Some(reading) = source.read(&mut cells).map_err(|broken| told(broken, &file))? else {
        return Err(AudienceError::Empty { file });
    };
    let columns = columns(&reading, &cells, wanted.country, &file)?;
    let address_column = match wanted.address {
        AddressSource::Phone(name) => Some(address_column::phone(&columns, name.as_deref())),
        AddressSource::Group(name) => Some(address_column::named(&columns, name)),
        AddressSource::Action => None,
    };
    let address_column =
        address_column.transpose().map_err(|not_found| no_column(not_found, wanted, &columns))?;
    Ok(Audience { columns, address_column, format, file, source, rows: 0, line: reading.line })
}

fn columns(
    reading: &Reading,
    cells: &[String],
    country: Country,
    file: &Path,
) -> Result<Columns, AudienceError> {
    let bad = |BadHeader { sentence, hint }| AudienceError::Header {
        file: file.to_owned(),
        line: reading.line,
        sentence,
        hint,
    };
    match &reading.fault {
        Some(fault) => Err(bad(BadHeader {
            sentence: format!("the header cannot be read: {}", fault.sentence),
            hint: "correct the first row and export the audience again".to_owned(),
        })),
        None => header::columns(&cells[..reading.cells], country).map_err(bad),
    }
}

fn no_column(not_found: NotFound, wanted: &Wanted<'_>, columns: &Columns) -> AudienceError {
    let file = wanted.file.to_owned();
    let (key, name) = match wanted.address {
        AddressSource::Phone(name) => ("audience.phone", name.clone().unwrap_or_default()),
        AddressSource::Group(name) => ("audience.group", name.clone()),
        AddressSource::Action => ("action", String::new()),
    };
    match not_found {
        NotFound::None => AudienceError::NoPhoneColumn { file, columns: columns.names().to_vec() },
        NotFound::Several(candidates) if key == "audience.group" => {
            AudienceError::SeveralColumns { file, key, candidates }
        }
        NotFound::Several(candidates) => AudienceError::SeveralPhoneColumns { file, candidates },
        NotFound::Unknown { hint } => AudienceError::UnknownColumn { file, key, wanted: name, hint },
    }
}
