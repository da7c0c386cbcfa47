//! Rows of the table of failures: each laid over the row that it replaces, or new.

use super::raw::RawError;
use super::reading::Reading;
use crate::document::{Findings, Placed, Table};
use crate::domain::{ErrorClass, ErrorRow, Problem};

/// Lays rows over `errors`. A row replaces what it names of the one with the same code, field and words;
/// new rows come before the ones that are there, so that they are the first to fit.
pub fn lay_over(errors: &mut Vec<ErrorRow>, given: Vec<Placed<Table<RawError>>>, findings: &mut Findings) {
    let mut added: Vec<ErrorRow> = Vec::new();
    let mut seen = Vec::new();
    for (index, Placed { value: Table(raw), span }) in given.into_iter().enumerate() {
        let mut reading = Reading { table: "error", index, span, findings };
        let Some(key) = reading.key(&raw) else { continue };
        if seen.contains(&key) {
            reading.report("code", format!("the failure {} has two rows", key.in_words()));
            continue;
        }
        seen.push(key.clone());
        match errors.iter().position(|row| key.is_of(row)) {
            Some(at) => {
                let old = errors[at].clone();
                errors[at] = reading.row(raw, key, Some(old.clone())).unwrap_or(old);
            }
            None => added.extend(reading.row(raw, key, None)),
        }
    }
    errors.splice(0..0, added);
}

/// Statuses by which a provider says that it did nothing (guarantees, "What a failed call means"). 503 does
/// only together with `Retry-After`, which no row can tell.
const PROVE_ENOUGH: [&str; 8] = ["400", "401", "403", "404", "413", "420", "422", "429"];

/// Whether a status may be taken for what the row says.
fn proves_enough(code: &str, class: ErrorClass) -> bool {
    match code.strip_prefix("http.") {
        Some(status) => class == ErrorClass::Doubt || PROVE_ENOUGH.contains(&status),
        None => true,
    }
}

/// What tells a row from the others.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    code: String,
    field: Option<String>,
    words: Vec<String>,
}

impl Key {
    fn is_of(&self, row: &ErrorRow) -> bool {
        self.code == row.code && self.field == row.field && self.words == row.words
    }

    fn in_words(&self) -> String {
        let mut words = format!("`{}`", self.code);
        if let Some(field) = &self.field {
            words.push_str(&format!(" of `{field}`"));
        }
        if !self.words.is_empty() {
            words.push_str(&format!(" with the words \"{}\"", self.words.join(" ")));
        }
        words
    }
}

impl Reading<'_> {
    fn key(&mut self, raw: &RawError) -> Option<Key> {
        let code = self.code(raw.code.as_ref())?;
        let words = self.text(raw.r#match.as_ref(), "match").unwrap_or_default().to_lowercase();
        let words = words.split_whitespace().map(str::to_owned).collect();
        Some(Key { code, field: self.text(raw.field.as_ref(), "field"), words })
    }

    fn row(&mut self, raw: RawError, key: Key, old: Option<ErrorRow>) -> Option<ErrorRow> {
        let retry = self.retry(raw.retry);
        let words = key.in_words();
        let replaced = old.as_ref().map(|row| &row.sentences);
        let sentences = self.sentences([raw.en, raw.pt, raw.es], replaced, &words);
        let class = self.class(raw.class, old.as_ref().map(|row| row.class), &words)?;
        if !proves_enough(&key.code, class) {
            self.findings.report(
                Problem::at(
                    self.span.clone(),
                    self.path("class"),
                    format!(
                        "`{}` proves nothing: the messages may have gone out all the same, and any class but \
                         `doubt` could send them twice",
                        key.code
                    ),
                )
                .with_hint(
                    "write class = \"doubt\", or leave the row out: whoever is in the call is in doubt then",
                ),
            );
        }
        let holds = matches!(class, ErrorClass::Campaign | ErrorClass::Channel);
        let same_class = old.as_ref().filter(|row| row.class == class);
        let halt = raw.halt.map(|halt| halt.value).or(same_class.map(|row| row.halt)).unwrap_or(holds);
        let suppress = raw
            .suppress
            .map(|suppress| suppress.value)
            .or(same_class.map(|row| row.suppress))
            .unwrap_or(false);
        if holds && !halt {
            self.report("halt", "a failure of the campaign or the channel always holds the run");
        }
        if halt && !holds && class != ErrorClass::Recipient {
            self.report(
                "halt",
                "only a failure of a recipient, the campaign or the channel can hold the run",
            );
        }
        if suppress && class != ErrorClass::Recipient {
            self.report("suppress", "only a recipient who is refused for good can be suppressed");
        }
        let retry = retry.or(old.and_then(|row| row.retry));
        let Key { code, field, words } = key;
        Some(ErrorRow { code, field, words, class, retry, suppress, halt, sentences: sentences? })
    }
}
