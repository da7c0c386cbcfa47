//! The first row: it must name the columns, each by a name of its own.

use super::phone::{self, BadPhone};
use crate::domain::{Columns, Country};

/// Why the first row cannot name the columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadHeader {
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    pub hint: String,
}

/// The columns that the first row names. Empty cells behind the last name are no columns.
pub(super) fn columns(cells: &[String], country: Country) -> Result<Columns, BadHeader> {
    if let Some(position) = cells.iter().position(|cell| looks_like_content(cell, country)) {
        return Err(BadHeader {
            sentence: format!(
                "the first row is not a header: cell {} looks like a person's number or address",
                position + 1
            ),
            hint: "put a row with the names of the columns first, such as: nome, telefone".to_owned(),
        });
    }
    let mut names: Vec<String> = cells.iter().map(|cell| cleaned(cell)).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    if let Some(position) = names.iter().position(String::is_empty) {
        return Err(BadHeader {
            sentence: format!("column {} has no name", position + 1),
            hint: "give every column a name in the first row".to_owned(),
        });
    }
    refuse_twins(&names)?;
    Ok(Columns::new(names))
}

fn refuse_twins(names: &[String]) -> Result<(), BadHeader> {
    for (second, name) in names.iter().enumerate() {
        if let Some(first) = names[..second].iter().position(|earlier| earlier == name) {
            return Err(BadHeader {
                sentence: format!("columns {} and {} are both named \"{name}\"", first + 1, second + 1),
                hint: "give every column a name of its own, so that messages can tell them apart".to_owned(),
            });
        }
    }
    Ok(())
}

/// A name without outer spaces and without marks that nobody sees.
fn cleaned(cell: &str) -> String {
    let visible = cell.chars().filter(|letter| !phone::is_invisible(*letter)).collect::<String>();
    visible.trim().to_owned()
}

/// A telephone or document number, or an e-mail address: no column has such a name.
fn looks_like_content(cell: &str, country: Country) -> bool {
    const DIGITS_OF_NO_NAME: usize = 10;
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let is_number = matches!(phone::read(cell, country), Ok(_) | Err(BadPhone::ScientificNotation));
    let is_address = cell.split_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    is_number || is_address || digits >= DIGITS_OF_NO_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> Result<Vec<String>, String> {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        columns(&cells, Country::BRAZIL)
            .map(|columns| columns.names().to_vec())
            .map_err(|bad| format!("{}; {}", bad.sentence, bad.hint))
    }

    #[test]
    fn names_are_cleaned() {
        assert_eq!(
            read(&["\u{feff}nome", " Telefone\u{a0}", "vendas 2024-2025", "", ""]),
            Ok(vec!["nome".to_owned(), "Telefone".to_owned(), "vendas 2024-2025".to_owned()])
        );
    }

    #[test]
    fn what_names_nothing_is_told() {
        let sentences = [
            read(&["Ana", "(11) 98765-4321"]),
            read(&["Ana", "ana@example.com"]),
            read(&["Ana", "5,51199E+12"]),
            read(&["Ana", "123.456.789-09"]),
            read(&["nome", "", "fone"]),
            read(&["nome", "fone", "nome "]),
        ]
        .map(|read| read.expect_err("no header"));
        insta::assert_snapshot!(sentences.join("\n"), @r#"
        the first row is not a header: cell 2 looks like a person's number or address; put a row with the names of the columns first, such as: nome, telefone
        the first row is not a header: cell 2 looks like a person's number or address; put a row with the names of the columns first, such as: nome, telefone
        the first row is not a header: cell 2 looks like a person's number or address; put a row with the names of the columns first, such as: nome, telefone
        the first row is not a header: cell 2 looks like a person's number or address; put a row with the names of the columns first, such as: nome, telefone
        column 2 has no name; give every column a name in the first row
        columns 1 and 3 are both named "nome"; give every column a name of its own, so that messages can tell them apart
        "#);
    }
}
