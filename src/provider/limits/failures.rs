//! Rows of the table of failed deliveries: each laid over the row that it replaces, or new.

use std::ops::Range;
use std::time::Duration;

use super::raw::RawFailure;
use super::rows::LONGEST;
use crate::document::{Findings, Placed, Table, value};
use crate::domain::{FailureClass, FailureRow, Problem, Sentences};

/// Lays rows over `failures`. A row replaces what it names of the one with the same code.
pub fn lay_over(
    failures: &mut Vec<FailureRow>,
    given: Vec<Placed<Table<RawFailure>>>,
    findings: &mut Findings,
) {
    let mut seen = Vec::new();
    for (index, Placed { value: Table(raw), span }) in given.into_iter().enumerate() {
        let mut reading = Reading { index, span, findings };
        if raw.code.is_none() {
            reading.report("code", "a row of `failure` has no `code`");
        }
        let Some(code) = reading.text(raw.code.as_ref(), "code") else { continue };
        if seen.contains(&code) {
            reading.report("code", format!("the failure `{code}` has two rows"));
            continue;
        }
        seen.push(code.clone());
        let known = failures.iter_mut().find(|row| row.code == code);
        match (reading.row(raw, code, known.as_deref()), known) {
            (Some(row), Some(known)) => *known = row,
            (Some(row), None) => failures.push(row),
            (None, _) => {}
        }
    }
}

/// A row being read.
struct Reading<'r> {
    index: usize,
    span: Range<usize>,
    findings: &'r mut Findings,
}

impl Reading<'_> {
    fn path(&self, key: &str) -> String {
        format!("failure[{}].{key}", self.index)
    }

    fn report(&mut self, key: &str, sentence: impl Into<String>) {
        self.findings.report(Problem::at(self.span.clone(), self.path(key), sentence));
    }

    fn text(&mut self, given: Option<&Placed<String>>, key: &str) -> Option<String> {
        let path = self.path(key);
        let text = given.map(|given| value::text(given.clone(), &path))?;
        self.findings.keep(text).map(|text| text.value)
    }

    fn sentence(
        &mut self,
        given: Option<&Placed<String>>,
        old: Option<&String>,
        (code, key): (&str, &str),
    ) -> Option<String> {
        match (given, old) {
            (Some(_), _) => self.text(given, key),
            (None, Some(old)) => Some(old.clone()),
            (None, None) => {
                self.report(key, format!("the failure `{code}` is new and has no `{key}`"));
                None
            }
        }
    }

    fn row(&mut self, raw: RawFailure, code: String, old: Option<&FailureRow>) -> Option<FailureRow> {
        let given = raw.retry.and_then(|retry| {
            let bounds = Duration::from_secs(1)..=LONGEST;
            let path = self.path("retry");
            self.findings.keep(value::duration(&retry.into_plain(), &path, bounds))
        });
        let en = self.sentence(raw.en.as_ref(), old.map(|row| &row.sentences.en), (&code, "en"));
        let pt = self.sentence(raw.pt.as_ref(), old.map(|row| &row.sentences.pt), (&code, "pt"));
        let es = self.sentence(raw.es.as_ref(), old.map(|row| &row.sentences.es), (&code, "es"));
        let class = raw.class.map(|class| class.value).or(old.map(|row| row.class));
        if class.is_none() {
            self.report("class", format!("the failure `{code}` is new and has no `class`"));
        }
        let class = class?;
        let may_pass = matches!(class, FailureClass::Transient | FailureClass::Throttled);
        if given.is_some() && !may_pass {
            self.report("retry", "only what is transient or throttled may be sent again");
        }
        let retry = given.or(old.and_then(|row| row.retry)).filter(|_| may_pass);
        Some(FailureRow { code, class, retry, sentences: Sentences { en: en?, pt: pt?, es: es? } })
    }
}
