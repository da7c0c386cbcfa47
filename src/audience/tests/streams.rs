//! Any bytes are read or refused, tables survive the way through every encoding, and the same buffers
//! serve every row.

use std::io::Cursor;

use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;

use super::*;
use crate::audience::content;
use crate::audience::open::text_audience;

fn open_bytes(bytes: &[u8], split: usize) -> Result<Audience, AudienceError> {
    let (prefix, rest) = bytes.split_at(split.min(bytes.len()));
    let content = content::judge(prefix);
    text_audience(
        prefix.to_vec(),
        Box::new(Cursor::new(rest.to_vec())),
        content,
        &spec("a.csv".into()).wanted(),
    )
}

/// All rows, good and bad, each with its number.
fn all_rows(mut audience: Audience) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = Row::default();
    loop {
        match audience.next_row(&mut row) {
            Ok(true) | Err(AudienceError::Row(_)) => rows.push(row.clone()),
            _ => return rows,
        }
    }
}

fn table(delimiter: char, rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter as u8).from_writer(Vec::new());
    writer.write_record(["nome", "telefone", "obs"]).expect("memory");
    for row in rows {
        writer.write_record(row).expect("memory");
    }
    String::from_utf8(writer.into_inner().expect("memory")).expect("text")
}

#[test]
fn buffers_of_a_longer_row_do_not_leak_into_a_shorter_one() {
    let text = "nome;telefone\nAna;1;x;y\nRui\nEva;2\n";
    let rows = all_rows(open_bytes(text.as_bytes(), usize::MAX).expect("a table"));
    let values: Vec<_> = rows.iter().map(|row| row.values.clone()).collect();
    assert_eq!(values, [["Ana", "1"], ["Rui", ""], ["Eva", "2"]]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), split in 0..400_usize) {
        if let Ok(audience) = open_bytes(&bytes, split) {
            all_rows(audience);
        }
    }

    #[test]
    fn tablelike_bytes_are_read_or_refused(text in "fone[;,]nome\n([0-9;,\"\r\n é\u{feff}]|a){0,200}") {
        if let Ok(audience) = open_bytes(text.as_bytes(), 20) {
            all_rows(audience);
        }
    }

    #[test]
    fn a_damaged_workbook_is_refused(position in 0..6_000_usize, byte in any::<u8>()) {
        let mut bytes = std::fs::read(data("clientes.xlsx")).expect("there");
        let length = bytes.len();
        bytes[position % length] ^= byte;
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a.xlsx");
        std::fs::write(&file, bytes).expect("written");
        if let Ok(audience) = open(&spec(file)) {
            all_rows(audience);
        }
    }

    #[test]
    fn tables_survive_encodings_and_delimiters(
        rows in prop::collection::vec(
            ("[A-Za-zãõçéêí ,;|\t\"\n]{1,12}x", "[0-9]{11}", "[ -~]{0,10}").prop_map(|(a, b, c)| vec![a, b, c]),
            1..20,
        ),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        split in 0..300_usize,
    ) {
        let text = table(delimiter, &rows);
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let (latin, ..) = WINDOWS_1252.encode(&text);
        let marked = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), marked.as_bytes(), &latin, &wide] {
            let audience = open_bytes(bytes, split.max(3)).expect("a table");
            let read: Vec<_> = all_rows(audience).into_iter().map(|row| row.values).collect();
            prop_assert_eq!(&read, &rows);
        }
    }
}
