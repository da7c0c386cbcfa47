//! Files as offices export them, each read to its end.

use insta::assert_snapshot;

use super::*;

#[test]
fn utf8_with_a_byte_order_mark() {
    assert_snapshot!(described("utf8-bom-commas.csv"), @r#"
    UTF-8 with a byte order mark, separated by commas
    columns: ["nome", "telefone", "cupom"], telephone: telefone
    1 (line 2): ["José", "+5511987654321", "A1"] → 5511987654321
    2 (line 3): ["Silva, Ana", "(11) 98765-4322", "B2"] → 5511987654322
    "#);
}

#[test]
fn windows_1252_with_semicolons_and_empty_lines() {
    assert_snapshot!(described("windows1252-semicolons.csv"), @r#"
    windows-1252, separated by semicolons
    columns: ["Nome", "Cidade", "Telefone", "Total"], telephone: Telefone
    1 (line 2): ["João Conceição", "São Paulo", "11 98765-4321", "1.234,56"] → 5511987654321
    2 (line 5): ["Márcia", "Maringá", "(44) 3265-4321", "10,00"] → 554432654321
    3 (line 6): ["Rui – “Zé”", "Niterói", "021 98765-4321", "7,50"] → 5521987654321
    "#);
}

#[test]
fn utf16_with_tabs() {
    assert_snapshot!(described("utf16-tabs.txt"), @r#"
    UTF-16LE with a byte order mark, separated by tabs
    columns: ["Nome", "Celular"], telephone: Celular
    1 (line 2): ["Ângela", "+55 11 98765-4321"] → 5511987654321
    2 (line 3): ["Luís", "(21) 98765-4321"] → 5521987654321
    "#);
}

#[test]
fn utf16_without_a_mark() {
    assert_snapshot!(described("utf16-big-endian.csv"), @r#"
    UTF-16BE, separated by semicolons
    columns: ["nome", "fone"], telephone: fone
    1 (line 2): ["Ângela", "11987654321"] → 5511987654321
    "#);
}

#[test]
fn other_delimiters() {
    assert_snapshot!(described("pipes.txt"), @r#"
    UTF-8, separated by vertical bars
    columns: ["nome", "fone"], telephone: fone
    1 (line 2): ["Ana", "11987654321"] → 5511987654321
    "#);
    assert_snapshot!(described("tabs.tsv"), @r#"
    UTF-8, separated by tabs
    columns: ["nome", "fone"], telephone: fone
    1 (line 2): ["Ana, a boa", "11987654321"] → 5511987654321
    "#);
    assert_snapshot!(described("sep-line.csv"), @r#"
    UTF-8, separated by semicolons
    columns: ["nome", "fone"], telephone: fone
    1 (line 3): ["Ana", "11987654321"] → 5511987654321
    "#);
}

#[test]
fn numbers_that_excel_rewrote() {
    assert_snapshot!(described("scientific.csv"), @r#"
    UTF-8, separated by semicolons
    columns: ["nome", "telefone"], telephone: telefone
    1 (line 2): ["Ana", "5,51199E+12"] → Excel changed the number to scientific notation and its last digits are lost; format the column as text and export it again
    2 (line 3): ["Rui", "5,511987654321E+12"] → 5511987654321
    3 (line 4): ["Eva", "5.5119876543E+12"] → Excel changed the number to scientific notation and its last digits are lost; format the column as text and export it again
    4 (line 5): ["Ivo", "5511987654321.0"] → 5511987654321
    "#);
}

#[test]
fn a_quoted_newline_is_kept() {
    assert_snapshot!(described("quoted-newline.csv"), @r#"
    UTF-8, separated by commas
    columns: ["nome", "telefone", "obs"], telephone: telefone
    1 (line 2): ["Ana", "11987654321", "linha um\nlinha dois"] → 5511987654321
    2 (line 4): ["Rui", "11987654322", "disse \"oi\""] → 5511987654322
    "#);
}

#[test]
fn bad_rows_are_told_apart() {
    assert_snapshot!(described("bad-rows.csv"), @r#"
    UTF-8, separated by commas
    columns: ["nome", "telefone", "cupom"], telephone: telefone
    1 (line 2): ["Ana", "11987654321", "A1"] → 5511987654321
    ["Rui", "11987654322", ""] → row 2 (line 3): has 2 of 3 columns []
    3 (line 4): ["Eva", "11987654323", "B2"] → 5511987654323
    ["Ivo", "11987654324", "C3"] → row 4 (line 5): has 5 cells, but there are 3 columns; too many: "extra, mais" []
    ["Zé", "11987654325", "\"D4"] → row 5 (line 6): the quotation mark opened in line 6 is never closed []
    6 (line 7): ["Lia", "11987654326", "E5"] → 5511987654326
    "#);
}

#[test]
fn bytes_that_are_not_utf8_are_never_replaced_in_silence() {
    assert_snapshot!(described("broken-utf8.csv"), @r#"
    UTF-8, separated by commas
    columns: ["nome", "telefone"], telephone: telefone
    1 (line 2): ["José", "11987654321"] → 5511987654321
    2 (line 3): ["Conceição", "11987654322"] → 5511987654322
    3 (line 4): ["Ângela", "11987654323"] → 5511987654323
    ["Jo�o", "11987654324"] → row 4 (line 5): the cell holds bytes that are not UTF-8; save the file as CSV UTF-8 [nome]
    5 (line 6): ["Ana", "11987654325"] → 5511987654325
    "#);
}

#[test]
fn delimiters_behind_the_last_column_are_no_columns() {
    assert_snapshot!(described("trailing-delimiters.csv"), @r#"
    UTF-8, separated by semicolons
    columns: ["nome", "telefone"], telephone: telefone
    1 (line 2): ["Ana", "11987654321"] → 5511987654321
    ["Rui", "11987654322"] → row 2 (line 3): has 4 cells, but there are 2 columns; too many: "x" []
    "#);
}

#[test]
fn a_workbook() {
    assert_snapshot!(described("clientes.xlsx"), @r##"
    Excel workbook, sheet "Clientes"
    columns: ["Nome", "Telefone", "Nascimento", "Total", "VIP", "Hora", "Obs"], telephone: Telefone
    1 (line 3): ["José", "5511987654321", "1990-05-17", "1234.5", "true", "08:30:00", "texto"] → 5511987654321
    2 (line 4): ["Ana", "(11) 98765-4322", "1985-01-02T10:00:00", "10", "false", "18:00:00", ""] → 5511987654322
    3 (line 6): ["Rui", "11987654323", "", "0.1", "", "", "linha um\nlinha dois"] → 5511987654323
    ["Eva", "#N/A", "", "#DIV/0!", "", "", ""] → row 4 (line 7): the cell holds Excel's error #N/A [Telefone]
    ["Ivo", "11987654325", "", "", "", "", ""] → row 5 (line 8): has 8 cells, but there are 7 columns; too many: "sobra" []
    "##);
}
