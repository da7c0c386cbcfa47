//! Lists of people who must not be messaged: a file like an audience, of which only the numbers count.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::phone::{self, BadPhone};
use super::{AudienceError, RowError, Wanted, open};
use crate::domain::{AddressSource, Country, Phone, Row};

/// Why a list cannot be used. A list that can only be read in part is not used at all: whoever is on
/// the rest of it would be messaged.
#[derive(Debug, Error)]
pub enum SuppressionsError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] AudienceError),
    /// A row cannot be read.
    #[error("{}, {source}", file.display())]
    Row {
        /// The list.
        file: PathBuf,
        /// Which row, and why.
        source: RowError,
    },
    /// A number cannot be read.
    #[error("{}, row {row}: {source}", file.display())]
    Number {
        /// The list.
        file: PathBuf,
        /// The row: the first after the header is 1.
        row: u64,
        /// Why.
        source: BadPhone,
    },
}

impl SuppressionsError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(AudienceError::NoPhoneColumn { .. } | AudienceError::SeveralPhoneColumns { .. }) => {
                Some(
                    "give the column with the numbers the name \"phone\", and no other column one like it"
                        .to_owned(),
                )
            }
            Self::File(AudienceError::WrongContent { .. }) => Some(
                "write it as CSV with a column \"phone\": nobody is messaged while the list cannot be read"
                    .to_owned(),
            ),
            Self::File(error) => error.hint(),
            Self::Row { .. } | Self::Number { .. } => {
                Some("correct or remove the row: nobody is messaged while the list cannot be read".to_owned())
            }
        }
    }
}

/// The numbers of a list. A list with a header alone, or nothing at all, has none.
///
/// # Errors
/// The first thing in it that cannot be read.
pub fn read(file: &Path, country: Country) -> Result<Vec<Phone>, SuppressionsError> {
    let wanted = Wanted { file, address: &AddressSource::Phone(None), country };
    let mut numbers = Vec::new();
    let mut list = match open(&wanted) {
        Ok(list) => list,
        Err(AudienceError::Empty { .. }) => return Ok(numbers),
        Err(error) => return Err(error.into()),
    };
    let mut row = Row::default();
    loop {
        match list.next_row(&mut row) {
            Ok(true) => {}
            Ok(false) | Err(AudienceError::NoRows { .. }) => return Ok(numbers),
            Err(AudienceError::Row(source)) => {
                return Err(SuppressionsError::Row { file: file.to_owned(), source });
            }
            Err(error) => return Err(error.into()),
        }
        let column = list.address_column.and_then(|column| row.values.get(column));
        let text = column.map_or("", String::as_str);
        let number = phone::read(text, country);
        numbers.push(number.map_err(|source| SuppressionsError::Number {
            file: file.to_owned(),
            row: row.number,
            source,
        })?);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read_text(text: &str) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("list.csv");
        fs::write(&file, text).expect("writes");
        let numbers = read(&file, Country::BRAZIL)
            .map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "DIR"))?;
        Ok(numbers.into_iter().map(Phone::digits).collect())
    }

    #[test]
    fn numbers_are_read_in_every_usual_form() {
        let list = "nome;telefone\nAna;(11) 98765-4321\nRui;+351 912 345 678\n";
        assert_eq!(read_text(list), Ok(vec!["5511987654321".to_owned(), "351912345678".to_owned()]));
        assert_eq!(read_text("telefone\n"), Ok(Vec::new()));
        assert_eq!(read_text(""), Ok(Vec::new()));
    }

    #[test]
    fn a_list_that_cannot_be_read_whole_is_not_used() {
        let error = read_text("telefone\n11987654321\n\"5,51199E+12\"\n").expect_err("refused");
        assert!(error.starts_with("DIR/list.csv, row 2: "), "{error}");
        let error = read_text("telefone,nome\n11987654321,Ana,Rua\n").expect_err("refused");
        assert!(error.starts_with("DIR/list.csv, row 1 (line 2): "), "{error}");
    }
}
