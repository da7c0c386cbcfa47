//! What serde says about a value, said for people.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::domain::{Problem, naming};

/// In which tables a key is at home: a TOML key that stands below the wrong `[table]` is the commonest
/// mistake of all. The empty name is the top of the file.
#[derive(Debug, Default)]
pub struct Homes(BTreeMap<String, Vec<String>>);

impl Homes {
    /// Notes that `table` has the key `key`.
    pub fn add(&mut self, key: &str, table: &str) {
        self.0.entry(key.to_owned()).or_default().push(table.to_owned());
    }

    fn of(&self, key: &str) -> Option<String> {
        let tables = self.0.get(key)?.iter().map(|table| match table.as_str() {
            "" => "at the top of the file, above the first [table]".to_owned(),
            table => format!("in [{table}]"),
        });
        Some(format!("`{key}` belongs {}", tables.collect::<Vec<_>>().join(" or ")))
    }
}

/// One key that serde refused.
pub(super) struct Refused<'r> {
    /// The key with the tables it stands in.
    pub key: &'r str,
    /// What stands there.
    pub value: &'r DeValue<'r>,
    /// Its own bytes of the source, to be quoted in a hint.
    pub key_span: std::ops::Range<usize>,
    /// The bytes of the source where serde found the mistake.
    pub span: std::ops::Range<usize>,
}

/// What is wrong with the refused key, and which key was probably meant.
pub(super) fn explain(message: &str, refused: &Refused<'_>, homes: &Homes) -> (Problem, Option<String>) {
    let (table, name) = refused.key.rsplit_once('.').unwrap_or(("", refused.key));
    if let Some(known) = message.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", ")) {
        let known: Vec<&str> = in_backticks(known.1);
        let problem = Problem::at(refused.key_span.clone(), refused.key, format!("unknown key `{name}`"));
        if let Some(home) = homes.of(name) {
            return (problem.with_hint(home), None);
        }
        let meant = naming::closest(name, known.iter().copied()).map(|meant| match table {
            "" => meant.to_owned(),
            table => format!("{table}.{meant}"),
        });
        return (problem.with_hint(naming::hint_of_known(name, "keys here", known)), meant);
    }
    let at = |sentence: String| Problem::at(refused.span.clone(), refused.key, sentence);
    if let Some((given, known)) =
        message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", "))
    {
        let given = in_backticks(given).join("");
        let known = in_backticks(known);
        let problem = at(format!("`{}` cannot be \"{given}\"", refused.key));
        return (problem.with_hint(naming::hint_of_known(&given, "possible values", known)), None);
    }
    let expected = match message.rsplit_once(", expected ") {
        Some((_, expected)) => in_our_words(expected),
        None if message.starts_with("wanted string or table") => "text in quotes",
        None => return (at(format!("`{}` cannot be read: {message}", refused.key)), None),
    };
    (mismatch(refused, expected), None)
}

/// A value of the wrong type.
pub(super) fn mismatch(refused: &Refused<'_>, expected: &str) -> Problem {
    let problem = |sentence: String| Problem::at(refused.span.clone(), refused.key, sentence);
    let key = refused.key;
    match refused.value {
        DeValue::Integer(_) if expected == "a whole number" => {
            problem(format!("`{key}` is a number beyond all measure"))
        }
        DeValue::Integer(number) if expected.starts_with("text") => {
            problem(format!("`{key}` must be {expected}, not a number"))
                .with_hint(format!("write it in quotes: \"{number}\""))
        }
        DeValue::String(text) if expected == "a whole number" => {
            let digits: String =
                text.chars().filter(|character| !matches!(character, '.' | ',' | ' ')).collect();
            let problem = problem(format!("`{key}` must be a whole number, not text"));
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                problem.with_hint(format!("write it without quotes: {digits}"))
            } else {
                problem
            }
        }
        DeValue::String(text) if expected == "true or false" => {
            let problem = problem(format!("`{key}` must be true or false, not text"));
            match text.as_ref() {
                "true" | "false" => problem.with_hint(format!("write it without quotes: {text}")),
                _ => problem,
            }
        }
        other => problem(format!("`{key}` must be {expected}, not {}", in_a_word(other))),
    }
}

fn in_a_word(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// What a shape expects; serde's own words only where a shape has none of ours.
fn in_our_words(expected: &str) -> &str {
    match expected {
        "a string" | "a spanned value" => "text in quotes",
        "i64" | "u64" | "u32" => "a whole number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        ours => ours,
    }
}

/// The words that serde puts into backticks.
fn in_backticks(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
