//! Where a channel says that its secret is kept; the secret itself has no place in `channels.toml`.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::hidden::Hidden;
use crate::document::{Findings, value};
use crate::domain::{Problem, SecretReference};

/// Reads `{ env = "NAME" }` or `{ file = "path" }`, the path seen from `root`. Whatever else stands there
/// may be the secret: it is hidden, and no sentence repeats it.
pub fn read(
    given: &Spanned<DeValue<'_>>,
    key: &str,
    root: &Path,
    hidden: &mut Hidden,
    findings: &mut Findings,
) -> Option<SecretReference> {
    let DeValue::Table(table) = given.get_ref() else {
        hidden.add(given.span());
        let sentence = format!("`{key}` holds the secret itself; this file must not");
        findings.report(Problem::at(given.span(), key, sentence).with_hint(hint(key)));
        return None;
    };
    let mut references = Vec::new();
    for (name, place) in table {
        let place_key = format!("{key}.{}", name.get_ref());
        let reference = match name.get_ref().as_ref() {
            "env" => variable(place, &place_key, hidden),
            "file" => {
                value::given_text(place, &place_key).map(|file| SecretReference::File(root.join(file.value)))
            }
            _ => {
                hidden.add(place.span());
                let sentence = format!("unknown key `{}`", name.get_ref());
                Err(Problem::at(name.span(), &place_key, sentence).with_hint(hint(key)))
            }
        };
        references.push(findings.keep(reference));
    }
    match references.as_slice() {
        [only] => only.clone(),
        [] => {
            let sentence = format!("`{key}` does not say where the secret is kept");
            findings.report(Problem::at(given.span(), key, sentence).with_hint(hint(key)));
            None
        }
        [..] => {
            if has_both(table) {
                let sentence = format!("`{key}` says two places where the secret is kept");
                findings.report(Problem::at(given.span(), key, sentence).with_hint("keep one of them"));
            }
            None
        }
    }
}

fn has_both(table: &DeTable<'_>) -> bool {
    table.contains_key("env") && table.contains_key("file")
}

fn variable(
    given: &Spanned<DeValue<'_>>,
    key: &str,
    hidden: &mut Hidden,
) -> Result<SecretReference, Problem> {
    match given.get_ref() {
        DeValue::String(name) if is_variable(name) => Ok(SecretReference::Env(name.to_string())),
        // Somebody may have put the secret where its variable's name belongs.
        _ => {
            hidden.add(given.span());
            let sentence = format!("`{key}` is not the name of an environment variable");
            let hint = "a name has letters, figures and _: \"DEVINO_KEY\"; the secret stands in the variable";
            Err(Problem::at(given.span(), key, sentence).with_hint(hint))
        }
    }
}

fn is_variable(name: &str) -> bool {
    let begins_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    begins_well && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// How a secret is written, with a variable named after the channel and the key.
pub fn hint(key: &str) -> String {
    let capital = |character: char| {
        if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' }
    };
    let variable: String = key.chars().map(capital).collect();
    let variable = variable.trim_start_matches(|first: char| first.is_ascii_digit());
    let name = key.rsplit_once('.').map_or(key, |(_, name)| name);
    format!(
        "keep it in an environment variable, {name} = {{ env = \"{variable}\" }}, \
         or in a file that only you can read, {name} = {{ file = \"…\" }}"
    )
}
