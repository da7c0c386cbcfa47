//! The keys of a channel that only its provider has.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::hidden::Hidden;
use super::raw::COMMON_KEYS;
use super::{reference, routes};
use crate::document::{Findings, Placed, value};
use crate::domain::{ChannelKey, KeyKind, Phone, Problem, ProviderFacts, SecretReference, naming};

/// What a channel says beside the common keys.
#[derive(Debug, Default)]
pub struct ProviderValues {
    /// Values that are no secrets.
    pub values: BTreeMap<&'static str, String>,
    /// Where the secret is kept.
    pub secret: Option<SecretReference>,
}

/// A channel whose keys are read.
pub struct Keys<'k> {
    /// Its name.
    pub channel: &'k str,
    /// Where its table begins.
    pub header: Range<usize>,
    /// Whether the simulator stands in for the provider, who then needs no secret.
    pub sandbox: bool,
    /// The workspace, from which files are seen.
    pub root: &'k Path,
}

impl Keys<'_> {
    /// Reads the keys that `facts` name. Without facts, because the provider is not known, nothing can be
    /// judged, and everything may be a secret.
    pub fn read(
        &self,
        table: &DeTable<'_>,
        facts: Option<&'static ProviderFacts>,
        hidden: &mut Hidden,
        findings: &mut Findings,
    ) -> ProviderValues {
        let Some(facts) = facts else {
            table.values().for_each(|value| hidden.add(value.span()));
            return ProviderValues::default();
        };
        let mut read = ProviderValues::default();
        for (name, given) in table {
            match facts.keys.iter().find(|key| key.name == name.get_ref().as_ref()) {
                Some(key) => self.read_key(key, given, &mut read, hidden, findings),
                None => {
                    hidden.add(given.span());
                    self.report_unknown(name.get_ref(), name.span(), facts, findings);
                }
            }
        }
        for key in facts.keys.iter().filter(|key| key.required) {
            let is_needed = !(self.sandbox && key.kind == KeyKind::Secret);
            if is_needed && !table.contains_key(key.name) {
                let _ = findings.require(None::<()>, || self.missing(key));
            }
        }
        read
    }

    fn read_key(
        &self,
        key: &ChannelKey,
        given: &Spanned<DeValue<'_>>,
        read: &mut ProviderValues,
        hidden: &mut Hidden,
        findings: &mut Findings,
    ) {
        let path = self.path(key.name);
        if key.kind == KeyKind::Secret {
            read.secret = reference::read(given, &path, self.root, hidden, findings);
            return;
        }
        if let KeyKind::Routes(known) = key.kind {
            if let Some(lines) = routes::read(given, known, &path, findings) {
                read.values.insert(key.name, lines);
            }
            return;
        }
        if let KeyKind::WholeNumber { least, most } = key.kind {
            let number = findings.keep(value::given_whole_number(given, &path, least..=most));
            read.values.extend(number.map(|number| (key.name, number.to_string())));
            return;
        }
        let text = value::given_text(given, &path);
        let value = text.and_then(|text| match key.kind {
            KeyKind::PhoneNumber => digits(&text, &path),
            KeyKind::Url => address(&text, &path, hidden).map(|_| text.value),
            KeyKind::OneOf(words) => one_of(text, words, &path),
            KeyKind::Text | KeyKind::Secret | KeyKind::Routes(_) | KeyKind::WholeNumber { .. } => {
                Ok(text.value)
            }
        });
        if let Some(value) = findings.keep(value) {
            read.values.insert(key.name, value);
        }
    }

    fn report_unknown(&self, name: &str, span: Range<usize>, facts: &ProviderFacts, findings: &mut Findings) {
        let known = || facts.keys.iter().map(|key| key.name).chain(COMMON_KEYS);
        if let Some(meant) = naming::closest(name, known()) {
            findings.speak_of(self.path(meant));
        }
        let hint = naming::hint_of_known(name, "keys here", known().collect::<Vec<_>>());
        findings.report(Problem::at(span, self.path(name), format!("unknown key `{name}`")).with_hint(hint));
    }

    fn missing(&self, key: &ChannelKey) -> Problem {
        let path = self.path(key.name);
        let hint = match key.kind {
            KeyKind::Secret => reference::hint(&path),
            KeyKind::Text => format!("write {} = \"…\", {}", key.name, key.help),
            KeyKind::PhoneNumber => format!("write {} = \"5511987654321\", {}", key.name, key.help),
            KeyKind::Url => format!("write {} = \"https://…\", {}", key.name, key.help),
            KeyKind::Routes(_) => format!("write {} = {{ … }}, {}", key.name, key.help),
            KeyKind::WholeNumber { least, .. } => format!("write {} = {least}, {}", key.name, key.help),
            KeyKind::OneOf(words) => {
                format!("write {} = \"{}\", {}", key.name, words.first().unwrap_or(&"…"), key.help)
            }
        };
        Problem::at(self.header.clone(), &path, format!("`{path}` is missing")).with_hint(hint)
    }

    fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.channel)
    }
}

fn one_of(given: Placed<String>, words: &[&str], key: &str) -> Result<String, Problem> {
    if words.contains(&given.value.as_str()) {
        return Ok(given.value);
    }
    let sentence = format!("`{key}` cannot be \"{}\"", given.value);
    let hint = naming::hint_of_known(&given.value, "words", words.iter().copied());
    Err(Problem::at(given.span, key, sentence).with_hint(hint))
}

/// The digits of an E.164 number, which may have its plus sign.
fn digits(given: &Placed<String>, key: &str) -> Result<String, Problem> {
    let number = given.value.trim();
    let phone = Phone::from_digits(number.strip_prefix('+').unwrap_or(number));
    phone.map(Phone::digits).ok_or_else(|| {
        Problem::at(given.span.clone(), key, format!("`{key}` is not a phone number in international form"))
            .with_hint("write the country's code and the number, without blanks: \"5511987654321\"")
    })
}

/// An http or https address without a user or password, which would be a secret in the open.
pub fn address(given: &Placed<String>, key: &str, hidden: &mut Hidden) -> Result<Url, Problem> {
    let problem = |sentence: String| Problem::at(given.span.clone(), key, sentence);
    if given.value.contains('@') {
        hidden.add(given.span.clone());
    }
    let example = "an address looks like this: \"https://api.example.com\"";
    let url = Url::parse(&given.value)
        .map_err(|_| problem(format!("`{key}` is not an address")).with_hint(example))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem(format!("`{key}` holds a user or a password; this file must not")));
    }
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(problem(format!("`{key}` does not begin with https:// or http://")).with_hint(example));
    }
    Ok(url)
}
