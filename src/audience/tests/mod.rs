//! The whole way of a file: what is read, what is refused, and what goes into `rejects.csv`.

mod bad_files;
mod files;
mod rejects;
mod streams;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::{Audience, AudienceError, Wanted, phone};
use crate::domain::{AddressSource, Country, Row};

/// A definition's audience with nothing but a file.
struct Spec {
    file: PathBuf,
    address: AddressSource,
    country: Country,
}

impl Spec {
    fn wanted(&self) -> Wanted<'_> {
        Wanted { file: &self.file, address: &self.address, country: self.country }
    }
}

fn spec(file: PathBuf) -> Spec {
    Spec { file, address: AddressSource::Phone(None), country: Country::BRAZIL }
}

fn open(spec: &Spec) -> Result<Audience, AudienceError> {
    super::open(&spec.wanted())
}

fn data(name: &str) -> PathBuf {
    Path::new("tests/data/audiences").join(name)
}

/// Everything that an audience says: format, columns, then each row with its line and its number read.
fn described(name: &str) -> String {
    match open(&spec(data(name))) {
        Ok(audience) => {
            let header = format!(
                "{}\ncolumns: {:?}, telephone: {}\n",
                audience.format,
                audience.columns.names(),
                audience.columns.names()[audience.address_column.expect("a column")],
            );
            header + &rows(audience)
        }
        Err(error) => refused(&error),
    }
}

fn rows(mut audience: Audience) -> String {
    let mut text = String::new();
    let mut row = Row::default();
    loop {
        match audience.next_row(&mut row) {
            Ok(false) => return text,
            Ok(true) => {
                let phone = match phone::read(
                    &row.values[audience.address_column.expect("a column")],
                    Country::BRAZIL,
                ) {
                    Ok(phone) => phone.digits(),
                    Err(bad) => bad.to_string(),
                };
                let _ =
                    writeln!(text, "{} (line {}): {:?} → {phone}", row.number, audience.line(), row.values);
            }
            Err(AudienceError::Row(bad)) => {
                assert_eq!((bad.row, bad.line), (row.number, audience.line()));
                assert_eq!(row.values.len(), audience.columns.names().len());
                let _ = writeln!(text, "{:?} → {bad} [{}]", row.values, bad.column);
            }
            Err(error) => return text + &refused(&error),
        }
    }
}

fn refused(error: &AudienceError) -> String {
    format!("{error}\n  hint: {}", error.hint().unwrap_or_default())
}
