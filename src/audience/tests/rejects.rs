//! `rejects.csv` is made to be corrected and dropped again: what is written reads back.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::audience::{FormatFacts, RejectsWriter};
use crate::domain::Columns;

const FORMAT: FormatFacts = FormatFacts::Text { delimiter: b';', encoding: "UTF-8", byte_order_mark: false };

fn columns(names: &[&str]) -> Columns {
    Columns::new(names.iter().map(|name| (*name).to_owned()).collect())
}

fn row(number: u64, values: &[&str]) -> Row {
    Row { number, values: values.iter().map(|value| (*value).to_owned()).collect() }
}

fn written(names: &[&str], rows: &[Row]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("rejects.csv");
    let mut writer = RejectsWriter::create_like(&file, &columns(names), &FORMAT).expect("created");
    for row in rows {
        writer.write(row, "telefone", "the area code is missing").expect("written");
    }
    assert_eq!(writer.finish().expect("finished"), rows.len() as u64);
    (folder, file)
}

#[test]
fn rows_are_written_as_they_came() {
    let rows = [row(3, &["=Ana", "98765-4321"]), row(7, &["Zé; \"o bom\"\nda silva", "+1"])];
    let (folder, file) = written(&["nome", "telefone"], &rows);
    let text = fs::read_to_string(file).expect("there");
    assert_eq!(
        text,
        "\u{feff}nome;telefone;row;column;reason\r\n\
         =Ana;98765-4321;3;telefone;the area code is missing\r\n\
         \"Zé; \"\"o bom\"\"\nda silva\";+1;7;telefone;the area code is missing\r\n"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing else is left");
}

#[test]
fn an_earlier_rejects_file_does_not_grow_columns() {
    let rows = [row(1, &["Ana", "1", "3", "telefone", "old"])];
    let (_folder, file) = written(&["nome", "telefone", "row", "column", "reason"], &rows);
    let text = fs::read_to_string(file).expect("there");
    assert_eq!(
        text,
        "\u{feff}nome;telefone;row;column;reason\r\nAna;1;1;telefone;the area code is missing\r\n"
    );
}

#[test]
fn a_column_of_the_same_name_keeps_it() {
    let (_folder, file) = written(&["row", "telefone"], &[row(1, &["B7", "1"])]);
    assert!(fs::read_to_string(file).expect("there").contains("row;telefone;rejected row;column;reason\r\n"));
}

#[test]
fn what_is_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("rejects.csv");
    let mut writer = RejectsWriter::create(&file, &columns(&["telefone"])).expect("created");
    writer.write(&row(1, &["x"]), "", "reason").expect("written");
    assert!(!file.exists(), "nobody sees half a file");
    drop(writer);
    let without_rows = RejectsWriter::create(&file, &columns(&["telefone"])).expect("created");
    assert_eq!(without_rows.finish().expect("finished"), 0);
    assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 0);
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let file = PathBuf::from("/nowhere/at/all/rejects.csv");
    let error = RejectsWriter::create(&file, &columns(&["telefone"])).expect_err("no folder");
    assert!(error.to_string().starts_with("/nowhere/at/all/rejects.csv: cannot be written: "));
}

proptest! {
    #[test]
    fn rejects_read_back_as_they_were(
        values in prop::collection::vec(("[^\0]{0,12}", "[ -~]{0,12}[;\"\n,a]{0,4}"), 1..8),
    ) {
        let rows: Vec<Row> = values
            .iter()
            .enumerate()
            .map(|(index, (name, note))| row(index as u64 + 1, &[name, note, "11987654321"]))
            .collect();
        let (_folder, file) = written(&["nome", "obs", "telefone"], &rows);
        let mut audience = open(&spec(file)).expect("a table");
        let mut read = Row::default();
        for row in &rows {
            prop_assert!(audience.next_row(&mut read).expect("a good row"));
            prop_assert_eq!(&read.values[..3], &row.values[..]);
            prop_assert_eq!(&read.values[3], &row.number.to_string());
        }
        prop_assert!(!audience.next_row(&mut read).expect("the end"));
    }
}
