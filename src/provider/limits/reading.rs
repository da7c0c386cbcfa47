//! One row of a table of failures while it is read: what rows of all such tables have in common.

use std::ops::Range;
use std::time::Duration;

use crate::document::{Findings, OfTime, Placed, Text, value};
use crate::domain::{Problem, Sentences};

/// The longest wait that a row may state.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// A row being read.
pub struct Reading<'r> {
    /// The table's key.
    pub table: &'static str,
    /// Which of its rows, from 0.
    pub index: usize,
    /// Where it stands.
    pub span: Range<usize>,
    /// What is wrong.
    pub findings: &'r mut Findings,
}

impl Reading<'_> {
    /// A key's place, for people.
    pub fn path(&self, key: &str) -> String {
        format!("{}[{}].{key}", self.table, self.index)
    }

    /// Something is wrong with a key.
    pub fn report(&mut self, key: &str, sentence: impl Into<String>) {
        self.findings.report(Problem::at(self.span.clone(), self.path(key), sentence));
    }

    /// A text, where it is given and is one.
    pub fn text(&mut self, given: Option<&Placed<String>>, key: &str) -> Option<String> {
        let path = self.path(key);
        let text = given.map(|given| value::text(given.clone(), &path))?;
        self.findings.keep(text).map(|text| text.value)
    }

    /// The row's code, without which it is none.
    pub fn code(&mut self, given: Option<&Placed<String>>) -> Option<String> {
        if given.is_none() {
            self.report("code", format!("a row of `{}` has no `code`", self.table));
        }
        self.text(given, "code")
    }

    /// How long to wait before it may be tried again.
    pub fn retry(&mut self, given: Option<Placed<Text<OfTime>>>) -> Option<Duration> {
        let path = self.path("retry");
        let bounds = Duration::from_secs(1)..=LONGEST;
        given.and_then(|retry| self.findings.keep(value::duration(&retry.into_plain(), &path, bounds)))
    }

    /// Sentences in all languages, those of the row that is replaced where none is given. `words` name the
    /// failure.
    pub fn sentences(
        &mut self,
        [en, pt, es]: [Option<Placed<String>>; 3],
        old: Option<&Sentences>,
        words: &str,
    ) -> Option<Sentences> {
        let mut sentence = |given: Option<Placed<String>>, key: &str, old: Option<&String>| match (given, old)
        {
            (Some(given), _) => self.text(Some(&given), key),
            (None, Some(old)) => Some(old.clone()),
            (None, None) => {
                self.report(key, format!("the failure {words} is new and has no `{key}`"));
                None
            }
        };
        let en = sentence(en, "en", old.map(|all| &all.en));
        let pt = sentence(pt, "pt", old.map(|all| &all.pt));
        let es = sentence(es, "es", old.map(|all| &all.es));
        Some(Sentences { en: en?, pt: pt?, es: es? })
    }

    /// The failure's class, that of the row that is replaced where none is given.
    pub fn class<C>(&mut self, given: Option<Placed<C>>, old: Option<C>, words: &str) -> Option<C> {
        let class = given.map(|class| class.value).or(old);
        if class.is_none() {
            self.report("class", format!("the failure {words} is new and has no `class`"));
        }
        class
    }
}
