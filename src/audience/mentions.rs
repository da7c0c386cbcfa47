//! Finds a person among the rows of a `rejects.csv`.

use std::path::Path;

use super::open::{Wanted, open};
use super::{AudienceError, phone};
use crate::domain::{AddressSource, Country, PersonKey, Row};

/// Columns behind the audience's own: row, column, reason (see [`super::rejects`]).
const ADDED: usize = 3;

/// A rejected row that has a number of the person in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Row of the audience, as the file has it.
    pub row: String,
    /// The column at fault; empty for the whole row.
    pub column: String,
    /// Why it was rejected.
    pub reason: String,
}

/// The rows of a `rejects.csv` that have a number of the person in any of their cells. A number that cannot be
/// read is nobody's.
///
/// # Errors
/// When the file cannot be read as one.
pub fn mentions(file: &Path, person: PersonKey, country: Country) -> Result<Vec<Mention>, AudienceError> {
    let mut rejected = open(&Wanted { file, address: &AddressSource::Action, country })?;
    let mut found = Vec::new();
    let mut row = Row::default();
    loop {
        match rejected.next_row(&mut row) {
            Ok(true) => {}
            Ok(false) | Err(AudienceError::NoRows { .. }) => return Ok(found),
            // What was wrong with it in the audience may be wrong with it here.
            Err(AudienceError::Row(_)) => continue,
            Err(error) => return Err(error),
        }
        let Some((cells, [number, column, reason])) = row.values.split_last_chunk::<ADDED>() else {
            continue;
        };
        if cells.iter().any(|cell| is_of(cell, person, country)) {
            let (row, column, reason) = (number.clone(), column.clone(), reason.clone());
            found.push(Mention { row, column, reason });
        }
    }
}

/// Whether a cell is a number of the person. Its last digits are compared first: they are cheap.
fn is_of(cell: &str, person: PersonKey, country: Country) -> bool {
    const LAST: usize = 6;
    let backwards = |text: &str| {
        let digits = text.bytes().rev().filter(u8::is_ascii_digit);
        digits.take(LAST).collect::<Vec<_>>()
    };
    backwards(cell) == backwards(&person.as_u64().to_string())
        && phone::read(cell, country).is_ok_and(|phone| phone.person() == person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Phone;

    #[test]
    fn a_person_is_found_however_the_number_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("rejects.csv");
        std::fs::write(
            &file,
            "\u{feff}nome;telefone;row;column;reason\r\n\
             Ana;(11) 98765-4321;3;nome;too long\r\n\
             Bia;11 98765-9999;4;nome;too long\r\n\
             Ana;+55 11 8765-4321;7;;twice wrong\r\n\
             Zé;98765-4321;9;telefone;the area code is missing\r\n",
        )
        .expect("written");
        let person = Phone::from_digits("5511987654321").expect("a phone").person();
        let found = mentions(&file, person, Country::BRAZIL).expect("read");
        let told: Vec<_> = found.iter().map(|one| (one.row.as_str(), one.reason.as_str())).collect();
        assert_eq!(told, [("3", "too long"), ("7", "twice wrong")]);
        assert!(mentions(&folder.path().join("none.csv"), person, Country::BRAZIL).is_err());
    }
}
