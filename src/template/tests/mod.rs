//! Messages and filters over rows: what they say, what they refuse, and that both ways agree.

mod actions;
mod contents;
mod filters;
mod short_way;

use super::*;
use crate::domain::{Columns, Names, Row};

fn names() -> Names {
    let columns = ["nome", "cupom", "total", "uf", "endereço", "data de nascimento"].map(str::to_owned);
    let renames = [("nascimento".to_owned(), "data de nascimento".to_owned())];
    Names::new(&Columns::new(columns.to_vec()), &renames).expect("columns exist")
}

/// A row of `nome`, `cupom`, `total` and `uf`.
fn row(values: [&str; 4]) -> Row {
    let rest = ["Rua A", "1990-05-17"];
    Row { number: 7, values: values.into_iter().chain(rest).map(str::to_owned).collect() }
}

/// An error as the person sees it.
fn told(error: &TemplateError) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\n  hint: {hint}"),
        None => error.to_string(),
    }
}
