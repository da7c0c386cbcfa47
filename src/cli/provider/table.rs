//! Plain tables: columns as wide as they need to be, those without a value left out, long cells cut.

use std::fmt;

use console::{Alignment, measure_text_width, pad_str, truncate_str};

/// Columns of a cell at most; JSON has it in full.
const WIDEST: usize = 60;

/// Rows under a head.
#[derive(Debug, Clone)]
pub struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty one.
    #[must_use]
    pub fn new(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned)] }
    }

    /// One more row.
    pub fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| truncate_str(&one_line(&cell), WIDEST, "…").into_owned()));
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| self.rows.iter().map(|row| measure_text_width(&row[column])).max();
        let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
        let has_values = |column: usize| {
            self.rows.len() < 2 || self.rows.iter().skip(1).any(|row| !row[column].is_empty())
        };
        let is_shown: [bool; N] = std::array::from_fn(has_values);
        for row in &self.rows {
            let shown = row.iter().zip(widths).zip(is_shown).filter(|(_, is_shown)| *is_shown);
            let cells = shown.map(|((cell, width), _)| pad_str(cell, width, Alignment::Left, None));
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(formatter, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Facts of one thing, a line each; those without a value are left out.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    lines: Vec<(String, String)>,
}

impl Facts {
    /// One more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Option<String>>) -> Self {
        if let Some(value) = value.into().filter(|value| !value.is_empty()) {
            self.lines.push((name.to_owned(), value));
        }
        self
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|(name, _)| measure_text_width(name)).max().unwrap_or(0);
        for (name, value) in &self.lines {
            writeln!(formatter, "{}  {}", pad_str(name, width, Alignment::Left, None), one_line(value))?;
        }
        Ok(())
    }
}

/// What other people wrote stays in its line, and draws nothing on the terminal.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_aligned_cut_and_kept_in_their_line() {
        let mut table = Table::new(["id", "name", "text"]);
        table.row(["1".into(), "João".into(), "Oi,\n\u{1b}[31mtudo bem?".into()]);
        table.row(["23456".into(), "東京".into(), "a".repeat(70)]);
        insta::assert_snapshot!(table.to_string());
        let mut bare = Table::new(["id", "tags", "name"]);
        bare.row(["1".into(), String::new(), "Ana".into()]);
        insta::assert_snapshot!(bare.to_string(), @r"
        id  name
        1   Ana
        ");
        let facts =
            Facts::default().with("id", "1".to_owned()).with("name", None).with("identifier", "x".to_owned());
        insta::assert_snapshot!(facts.to_string(), @"
        id          1
        identifier  x
        ");
    }
}
