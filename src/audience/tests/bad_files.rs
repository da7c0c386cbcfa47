//! Files that are no audience: one clear sentence each, with the file, the place and what to do.

use insta::assert_snapshot;

use super::*;

#[test]
fn files_that_are_no_audience() {
    let names = [
        "missing.csv",
        "empty.csv",
        "blank.csv",
        "header-only.csv",
        "no-header.csv",
        "no-phone.csv",
        "two-phones.csv",
        "twin-columns.csv",
        "nameless-column.csv",
        "open-quote-header.csv",
        "document.csv",
        "page.csv",
        "table.ods",
        "old-workbook.xlsx",
        "text.xlsx",
        "damaged.xlsx",
        "empty-sheet.xlsx",
    ];
    let told: Vec<String> = names.iter().map(|name| described(name)).collect();
    assert_snapshot!(told.join("\n"), @r#"
    tests/data/audiences/missing.csv: there is no such file
      hint: `audience.file` is looked for below the workspace; is it spelt as on disk?
    tests/data/audiences/empty.csv: the file is empty
      hint: export the audience again, with a header and its rows
    tests/data/audiences/blank.csv: the file is empty
      hint: export the audience again, with a header and its rows
    UTF-8, separated by semicolons
    columns: ["nome", "telefone"], telephone: telefone
    tests/data/audiences/header-only.csv: there are no rows below the header
      hint: export the audience again, with a header and its rows
    tests/data/audiences/no-header.csv, line 1: the first row is not a header: cell 2 looks like a person's number or address
      hint: put a row with the names of the columns first, such as: nome, telefone
    tests/data/audiences/no-phone.csv: no column is named like a telephone number
      hint: set audience.phone to one of the columns: nome, cupom
    tests/data/audiences/two-phones.csv: several columns may hold the telephone number: telefone, celular
      hint: say which one it is: phone = "telefone" under [audience]
    tests/data/audiences/twin-columns.csv, line 1: columns 1 and 3 are both named "nome"
      hint: give every column a name of its own, so that messages can tell them apart
    tests/data/audiences/nameless-column.csv, line 1: column 2 has no name
      hint: give every column a name in the first row
    tests/data/audiences/open-quote-header.csv, line 1: the header cannot be read: the quotation mark opened in line 1 is never closed
      hint: correct the first row and export the audience again
    tests/data/audiences/document.csv: this is a PDF document, not a text file
      hint: export the audience as .xlsx or CSV UTF-8
    tests/data/audiences/page.csv: this is a web page or XML, not a text file
      hint: export the audience as .xlsx or CSV UTF-8
    tests/data/audiences/table.ods: files of this kind cannot be read
      hint: save it as .csv or .xlsx; .csv, .tsv, .txt and .xlsx are read
    tests/data/audiences/old-workbook.xlsx: this is an old Excel workbook (.xls) or one protected by a password, not an Excel workbook
      hint: open it in Excel and save it as .xlsx, without a password
    tests/data/audiences/text.xlsx: this is a text file, not an Excel workbook
      hint: name it .csv
    tests/data/audiences/damaged.xlsx: the workbook cannot be read: it is damaged, or was not copied to its end
      hint: open it in Excel and save it again as .xlsx without a password, or as CSV UTF-8
    tests/data/audiences/empty-sheet.xlsx: the file is empty
      hint: export the audience again, with a header and its rows
    "#);
}

#[test]
fn a_definition_that_does_not_fit_the_file() {
    let mut unknown = spec(data("two-phones.csv"));
    unknown.address = AddressSource::Phone(Some("celullar".to_owned()));
    let mut foreign = spec(data("two-phones.csv"));
    foreign.country = Country::from_code("XX").expect("letters");
    let told = [unknown, foreign].map(|spec| refused(&open(&spec).expect_err("does not fit")));
    assert_snapshot!(told.join("\n"), @r#"
    tests/data/audiences/two-phones.csv: there is no column "celullar", which `audience.phone` names
      hint: did you mean "celular"? The columns are: nome, telefone, celular
    `audience.country` is "XX", which is not a country with telephone numbers
      hint: write two letters as in "BR", "PT" or "MX"
    "#);

    let mut right = spec(data("two-phones.csv"));
    right.address = AddressSource::Phone(Some("CELULAR".to_owned()));
    assert_eq!(open(&right).expect("fits").address_column, Some(2));
}

#[test]
fn a_workbook_under_the_name_of_a_text() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("clientes.csv");
    std::fs::copy(data("clientes.xlsx"), &file).expect("copied");
    let error = open(&spec(file)).expect_err("a workbook");
    assert!(error.to_string().ends_with("this is a zip archive or an Excel workbook, not a text file"));
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().expect("folder");
    let named = folder.path().join("folder.csv");
    std::fs::create_dir(&named).expect("made");
    assert!(matches!(open(&spec(named)), Err(AudienceError::Unreadable { .. })));
}
