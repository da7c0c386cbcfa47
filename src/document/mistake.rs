//! What serde says about a value, said for people.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::text::{Kind, Plain};
use crate::domain::{Problem, naming};

const TEXT: &str = Plain::WANTED;
const TEXTS: &str = "a list of texts";
const WHOLE_NUMBER: &str = "a whole number";
const YES_OR_NO: &str = "true or false";

/// In which tables a key is at home: a TOML key that stands below the wrong `[table]` is the commonest
/// mistake of all. The empty name is the top of the file.
#[derive(Debug, Default)]
pub struct Homes(BTreeMap<String, Vec<String>>);

impl Homes {
    /// Notes that `table` has the key `key`.
    pub fn add(&mut self, key: &str, table: &str) {
        self.0.entry(key.to_owned()).or_default().push(table.to_owned());
    }

    /// The key with each table that it belongs in, and that in words.
    fn of(&self, key: &str) -> Option<(Vec<String>, String)> {
        let tables = self.0.get(key)?;
        let words = tables.iter().map(|table| match table.as_str() {
            "" => "at the top of the file, above the first [table]".to_owned(),
            table => format!("in [{table}]"),
        });
        let words = format!("`{key}` belongs {}", words.collect::<Vec<_>>().join(" or "));
        Some((tables.iter().map(|table| below(table, key)).collect(), words))
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
    /// Whether it is one element of the list that the key has.
    pub is_element: bool,
}

/// A key with the table it stands in.
pub(super) fn below(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

/// What is wrong with the refused key, and which keys may have been meant.
pub(super) fn explain(message: &str, refused: &Refused<'_>, homes: &Homes) -> (Problem, Vec<String>) {
    let (table, name) = refused.key.rsplit_once('.').unwrap_or(("", refused.key));
    if let Some(known) = message.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", ")) {
        let known: Vec<&str> = in_backticks(known.1);
        let problem = Problem::at(refused.key_span.clone(), refused.key, format!("unknown key `{name}`"));
        if let Some((meant, home)) = homes.of(name) {
            return (problem.with_hint(home), meant);
        }
        let meant = naming::closest(name, known.iter().copied()).map(|meant| below(table, meant));
        return (
            problem.with_hint(naming::hint_of_known(name, "keys here", known)),
            meant.into_iter().collect(),
        );
    }
    let at = |sentence: String| Problem::at(refused.span.clone(), refused.key, sentence);
    if let Some((given, known)) =
        message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", "))
    {
        let given = in_backticks(given).join("");
        let known = in_backticks(known);
        let problem = at(format!("`{}` cannot be \"{given}\"", refused.key));
        return (problem.with_hint(naming::hint_of_known(&given, "possible values", known)), Vec::new());
    }
    let expected = match message.rsplit_once(", expected ") {
        Some((_, expected)) => in_our_words(expected),
        None if message.starts_with("wanted string or table") => TEXT,
        None => return (at(format!("`{}` cannot be read: {message}", refused.key)), Vec::new()),
    };
    (mismatch(refused, expected), Vec::new())
}

/// A value of the wrong type.
pub(super) fn mismatch(refused: &Refused<'_>, expected: &str) -> Problem {
    let key = refused.key;
    let found = in_a_word(refused.value);
    let sentence = match refused.value {
        DeValue::Integer(_) if expected == WHOLE_NUMBER => format!("`{key}` is a number beyond all measure"),
        _ if refused.is_element => format!("all that stands in `{key}` must be {expected}, not {found}"),
        _ => format!("`{key}` must be {expected}, not {found}"),
    };
    let problem = Problem::at(refused.span.clone(), key, sentence);
    match right_form(refused.value, expected) {
        Some(form) => problem.with_hint(form),
        None => problem,
    }
}

/// The value as it should be written, where that is plain from how it is.
fn right_form(value: &DeValue<'_>, expected: &str) -> Option<String> {
    match value {
        DeValue::Integer(number) if expected.starts_with(TEXT) => {
            Some(format!("write it in quotes: \"{number}\""))
        }
        DeValue::String(text) if expected == TEXTS => Some(format!("write it in brackets: [\"{text}\"]")),
        DeValue::String(text) if expected == WHOLE_NUMBER => {
            whole_number(text).map(|number| format!("write it without quotes: {number}"))
        }
        DeValue::Float(number) if expected == WHOLE_NUMBER => {
            whole_number(number.as_str()).map(|number| format!("write it without the dot: {number}"))
        }
        DeValue::String(text) if expected == YES_OR_NO && matches!(text.as_ref(), "true" | "false") => {
            Some(format!("write it without quotes: {text}"))
        }
        _ => None,
    }
}

/// The digits of a number that somebody wrote with dots, commas or blanks between thousands.
fn whole_number(text: &str) -> Option<String> {
    let mut groups = text.split(['.', ',', ' ']);
    let first = groups.next().filter(|first| !first.is_empty())?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
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
        "a string" | "a spanned value" => TEXT,
        "a sequence" => "a list",
        "i64" | "u64" | "u32" => WHOLE_NUMBER,
        "a boolean" => YES_OR_NO,
        ours => ours,
    }
}

/// The words that serde puts into backticks.
fn in_backticks(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
