//! What the checks of several tables share: texts that are filled from rows, texts that are the same for
//! everybody, and what a table cannot do without.

use std::ops::Range;

use super::jinja;
use crate::document::{Findings, Placed, TextList, TextTable, value};
use crate::domain::Problem;

/// The checks of a table, with what they all need.
pub struct Checks<'c> {
    /// The definition's text.
    pub source: &'c str,
    /// What is wrong with it so far.
    pub findings: &'c mut Findings,
}

impl Checks<'_> {
    /// A text that is filled from each row.
    pub fn text(&mut self, text: Placed<String>, key: &str) -> Option<String> {
        let text = self.findings.keep(value::text(text, key))?;
        self.findings.keep(jinja::check_text(&text, key, self.source))?;
        Some(text.value)
    }

    /// A text that is the same for everybody.
    pub fn fixed(&mut self, text: Placed<String>, key: &str) -> Option<String> {
        let text = self.findings.keep(value::text(text, key))?;
        if jinja::has_placeholders(&text.value) {
            let sentence = format!("`{key}` is the same for everybody and cannot have placeholders");
            self.findings.report(Problem::at(text.span, key, sentence));
            return None;
        }
        Some(text.value)
    }

    /// A text that is filled from each row and without which the table at `span` says nothing. `example` is
    /// a value for the hint.
    pub fn needed(
        &mut self,
        text: Option<Placed<String>>,
        key: &str,
        span: &Range<usize>,
        example: &str,
    ) -> Option<String> {
        let text = self.present(text, key, span, example)?;
        self.text(text, key)
    }

    /// A value without which the table at `span` says nothing.
    pub fn present<T>(
        &mut self,
        given: Option<T>,
        key: &str,
        span: &Range<usize>,
        example: &str,
    ) -> Option<T> {
        self.findings.require(given, || {
            let name = key.rsplit('.').next().unwrap_or(key);
            Problem::at(span.clone(), key, format!("`{key}` is missing"))
                .with_hint(format!("write {name} = {example}"))
        })
    }

    /// A text that is filled from each row, where it is there.
    pub fn optional(&mut self, text: Option<Placed<String>>, key: &str) -> Option<String> {
        text.and_then(|text| self.text(text, key))
    }

    /// A list of texts that are filled from each row; a list with nothing in it is a mistake.
    pub fn list(&mut self, list: Placed<TextList>, key: &str) -> Option<Vec<String>> {
        let Placed { value: TextList(texts), span } = list;
        if texts.is_empty() && !self.findings.has_spoken_of(key) {
            self.findings.report(Problem::at(span, key, format!("`{key}` is an empty list")));
        }
        let texts: Vec<String> = texts.into_iter().filter_map(|text| self.text(text, key)).collect();
        (!texts.is_empty()).then_some(texts)
    }

    /// A table of names, which are the same for everybody, and texts that are filled from each row.
    pub fn table(&mut self, table: Placed<TextTable>, key: &str) -> Option<Vec<(String, String)>> {
        let Placed { value: TextTable(texts), span } = table;
        if texts.is_empty() && !self.findings.has_spoken_of(key) {
            self.findings.report(Problem::at(span, key, format!("`{key}` is an empty table")));
        }
        let texts: Vec<(String, String)> = texts
            .into_iter()
            .filter_map(|(name, text)| {
                let name = self.fixed(name, key)?;
                let text = self.filled_or_empty(text, &format!("{key}.{name}"))?;
                Some((name, text))
            })
            .collect();
        (!texts.is_empty()).then_some(texts)
    }

    /// A text that is filled from each row and may say nothing: an attribute is emptied so.
    fn filled_or_empty(&mut self, text: Placed<String>, key: &str) -> Option<String> {
        self.findings.keep(jinja::check_text(&text, key, self.source))?;
        Some(text.value)
    }
}
