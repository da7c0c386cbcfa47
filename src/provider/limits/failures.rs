//! Rows of the table of failed deliveries: each laid over the row that it replaces, or new.

use super::raw::RawFailure;
use super::reading::Reading;
use crate::document::{Findings, Placed, Table};
use crate::domain::{FailureClass, FailureRow};

/// Lays rows over `failures`. A row replaces what it names of the one with the same code.
pub fn lay_over(
    failures: &mut Vec<FailureRow>,
    given: Vec<Placed<Table<RawFailure>>>,
    findings: &mut Findings,
) {
    let mut seen = Vec::new();
    for (index, Placed { value: Table(raw), span }) in given.into_iter().enumerate() {
        let mut reading = Reading { table: "failure", index, span, findings };
        let Some(code) = reading.code(raw.code.as_ref()) else { continue };
        if seen.contains(&code) {
            reading.report("code", format!("the failure `{code}` has two rows"));
            continue;
        }
        seen.push(code.clone());
        let known = failures.iter_mut().find(|row| row.code == code);
        match (row(&mut reading, raw, code, known.as_deref()), known) {
            (Some(row), Some(known)) => *known = row,
            (Some(row), None) => failures.push(row),
            (None, _) => {}
        }
    }
}

fn row(
    reading: &mut Reading<'_>,
    raw: RawFailure,
    code: String,
    old: Option<&FailureRow>,
) -> Option<FailureRow> {
    let words = format!("`{code}`");
    let given = reading.retry(raw.retry);
    let sentences = reading.sentences([raw.en, raw.pt, raw.es], old.map(|row| &row.sentences), &words);
    let class = reading.class(raw.class, old.map(|row| row.class), &words)?;
    let may_pass = matches!(class, FailureClass::Transient | FailureClass::Throttled);
    if given.is_some() && !may_pass {
        reading.report("retry", "only what is transient or throttled may be sent again");
    }
    let retry = given.or(old.and_then(|row| row.retry)).filter(|_| may_pass);
    Some(FailureRow { code, class, retry, sentences: sentences? })
}
