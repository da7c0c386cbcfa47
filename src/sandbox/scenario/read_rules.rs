//! Reads the rules of `[[recipients]]`.

use super::raw::RawRecipientRule;
use super::{RecipientRule, Refusal, Who, values};
use crate::document::{Findings, Placed, Table, value};
use crate::domain::{Phone, Problem, naming};
use crate::sandbox::registry::PROVIDERS;

/// Reads one rule, which is called `place`.
pub(super) fn rule(
    raw: Placed<Table<RawRecipientRule>>,
    place: &str,
    findings: &mut Findings,
) -> Option<RecipientRule> {
    let Placed { value: Table(raw), span } = raw;
    let key = |name: &str| format!("{place}.{name}");
    let word = findings.require(raw.refuse, || {
        Problem::at(span, key("refuse"), format!("`{place}` does not say how it refuses"))
            .with_hint(format!("write refuse = one of {}", words().join(", ")))
    });
    let refuse = word.and_then(|word| findings.keep(refusal(&word, raw.field.as_ref(), place)));
    let numbers = values::phones(raw.numbers, &key("numbers"), findings);
    let endings = raw.endings.unwrap_or_default().into_iter();
    let endings: Vec<_> =
        endings.filter_map(|given| findings.keep(values::ending(given, &key("endings")))).collect();
    let from = raw.from.and_then(|given| findings.keep(value::large_count(&given, &key("from"))));
    let who = if numbers.is_empty() && endings.is_empty() {
        Who::Everybody
    } else {
        Who::Some { people: numbers.into_iter().map(Phone::person).collect(), endings }
    };
    Some(RecipientRule {
        refuse: refuse?,
        who,
        from: from.map_or(1, |from| from.get()),
        once: raw.once.unwrap_or(false),
        provider: raw.provider,
    })
}

fn refusal(word: &Placed<String>, field: Option<&Placed<String>>, place: &str) -> Result<Refusal, Problem> {
    let known = of_word(&word.value, None);
    let Some(plain) = known else {
        let sentence = format!("`{place}.refuse` cannot be \"{}\"", word.value);
        let hint = naming::hint_of_known(&word.value, "refusals", words());
        return Err(Problem::at(word.span.clone(), format!("{place}.refuse"), sentence).with_hint(hint));
    };
    let Some(field) = field else { return Ok(plain) };
    of_word(&word.value, Some(&field.value)).ok_or_else(|| {
        let sentence = format!("\"{}\" is never said of the field \"{}\"", word.value, field.value);
        Problem::at(field.span.clone(), format!("{place}.field"), sentence)
    })
}

/// The refusal, when some provider knows it.
fn of_word(word: &str, field: Option<&str>) -> Option<Refusal> {
    let is_known = PROVIDERS.iter().any(|provider| (provider.refuses)(word, field));
    is_known.then(|| Refusal { word: word.into(), field: field.map(Into::into) })
}

fn words() -> Vec<&'static str> {
    let mut words = Vec::new();
    for word in PROVIDERS.iter().flat_map(|provider| provider.refusals) {
        if !words.contains(word) {
            words.push(*word);
        }
    }
    words
}
