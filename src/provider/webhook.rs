//! Reading what a provider posts, whoever it is: what is refused of a body, and the few things that all of
//! them write in their own ways.
//!
//! Nothing of a body is ever quoted in what is said of it: there are people's numbers and words in it.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::Malformed;
use super::lenient::OneOrMany;
use crate::domain::{Correlation, Heard, MessageId, Phone};

/// Objects and arrays in each other. What providers post has six at most; what has more is made to do harm.
const DEEPEST: usize = 64;

/// Seconds since 1970 from which on a number of them counts milliseconds: the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

/// A body as JSON of a shape.
///
/// # Errors
/// When it is empty, not UTF-8, not JSON, nested too deeply, or JSON of another shape.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("the body is not UTF-8"))?;
    if text.trim_ascii().is_empty() {
        return Err(malformed("the body is empty"));
    }
    if nests_deeper_than(DEEPEST, text) {
        return Err(Malformed(format!("the body nests more than {DEEPEST} objects and arrays")));
    }
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => malformed("the body is of no shape that the provider posts"),
        Category::Io | Category::Syntax | Category::Eof => {
            let (line, column) = (error.line(), error.column());
            Malformed(format!(
                "the body is not whole JSON: it cannot be read from line {line}, column {column} on"
            ))
        }
    })
}

/// What is heard of the entries of a body. One that cannot be read is left out where others can be: a provider
/// repeats what is refused, and in the end gives up on all of it. Where none can be read, the body is refused.
///
/// # Errors
/// What is wrong with the last entry, where there is no better one.
pub fn gather<T>(
    OneOrMany(entries): OneOrMany<T>,
    mut hear: impl FnMut(T, &mut Vec<Heard>) -> Result<(), &'static str>,
) -> Result<Vec<Heard>, Malformed> {
    let (mut heard, mut is_any_read, mut wrong) = (Vec::with_capacity(entries.len()), false, None);
    for entry in entries {
        match entry.ok_or("an entry of the body is no object").and_then(|entry| hear(entry, &mut heard)) {
            Ok(()) => is_any_read = true,
            Err(why) => wrong = Some(why),
        }
    }
    match wrong {
        Some(why) if !is_any_read => Err(malformed(why)),
        Some(_) | None => Ok(heard),
    }
}

/// A moment in milliseconds since 1970: from such a number, from one of seconds, or from ISO 8601 with up to
/// nine fractional digits, in UTC where it has no offset.
pub fn moment(written: &str) -> Option<i64> {
    let written = written.trim();
    if let Ok(number) = written.parse::<i64>() {
        let is_seconds = number.unsigned_abs() < MILLISECONDS.unsigned_abs();
        return Some(if is_seconds { number * 1_000 } else { number });
    }
    let with_offset = written.parse::<jiff::Timestamp>();
    let at = with_offset.or_else(|_| {
        let civil: jiff::civil::DateTime = written.parse()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
    });
    at.ok().map(jiff::Timestamp::as_millisecond)
}

/// The first of several ways of writing one moment that can be read.
pub fn first_moment<'a>(written: impl IntoIterator<Item = Option<&'a str>>) -> Option<i64> {
    written.into_iter().flatten().find_map(moment)
}

/// A person's number, with or without a plus sign, blanks, brackets and the like. Letters make a name of it,
/// and WhatsApp's identifiers of people who hide their number have some.
pub fn phone(written: &str) -> Option<Phone> {
    if written.chars().any(char::is_alphabetic) {
        return None;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    Phone::from_digits(&digits)
}

/// Our own name for a message, where that is what the provider gives back.
pub fn correlation(written: Option<&str>) -> Option<Correlation> {
    written?.trim().parse().ok()
}

/// Identifiers, each once, without blank ones.
pub fn ids<'a>(written: impl IntoIterator<Item = Option<&'a str>>) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for id in written.into_iter().flatten().map(str::trim).filter(|id| !id.is_empty()).map(MessageId::from) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Text that is there and not blank.
pub fn said(text: Option<&str>) -> Option<Box<str>> {
    text.filter(|text| !text.trim().is_empty()).map(Into::into)
}

/// What else came with a message, under the provider's names; `None` where nothing did.
pub fn details<'a>(given: impl IntoIterator<Item = (&'a str, Option<Value>)>) -> Option<Box<str>> {
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let given: Map<String, Value> = given.filter(|(_, value)| !value.is_null()).collect();
    (!given.is_empty()).then(|| Value::Object(given).to_string().into())
}

/// Text as JSON.
pub fn json(text: Option<&str>) -> Option<Value> {
    text.map(Value::from)
}

fn malformed(why: &str) -> Malformed {
    Malformed(why.to_owned())
}

fn nests_deeper_than(most: usize, text: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
