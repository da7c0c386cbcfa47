//! How the values of a scenario are written.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Latency;
use super::raw::RawCalls;
use crate::document::{Findings, Placed, value};
use crate::domain::{Phone, Problem, Share};

/// Nobody waits longer in a test, and the bound keeps ticks from overflowing.
const LONGEST: Duration = Duration::from_secs(86_400);

/// A status of `among`, which says in `words` what they are.
pub(super) fn status(
    given: &Placed<i64>,
    key: &str,
    among: impl Fn(u16) -> bool,
    words: &str,
) -> Result<u16, Problem> {
    let status = u16::try_from(given.value).ok().filter(|status| among(*status));
    status.ok_or_else(|| {
        Problem::at(given.span.clone(), key, format!("`{key}` must be {words}, not {}", given.value))
    })
}

/// `10ms` or `5ms..40ms`.
pub(super) fn latency(given: &Placed<String>, key: &str) -> Result<Latency, Problem> {
    let (least, most) = given.value.split_once("..").unwrap_or((&given.value, &given.value));
    let part = |text: &str| duration(&Placed { value: text.to_owned(), span: given.span.clone() }, key);
    let latency = Latency { least: part(least)?, most: part(most)? };
    if latency.least > latency.most {
        let sentence = format!("`{key}` falls instead of rising: \"{}\"", given.value);
        return Err(Problem::at(given.span.clone(), key, sentence).with_hint("write the shorter one first"));
    }
    Ok(latency)
}

pub(super) fn duration(given: &Placed<String>, key: &str) -> Result<Duration, Problem> {
    value::duration(given, key, Duration::ZERO..=LONGEST)
}

pub(super) fn share(given: &Placed<String>, key: &str) -> Result<Share, Problem> {
    given.value.parse().map_err(|_| {
        Problem::at(given.span.clone(), key, format!("`{key}` is not a share: \"{}\"", given.value))
            .with_hint("write a percentage from \"0%\" to \"100%\", such as \"2.5%\"")
    })
}

/// `3`, `"3"`, `"3.."` or `"3..=7"`.
pub(super) fn calls(given: &Placed<RawCalls>, key: &str) -> Result<RangeInclusive<u64>, Problem> {
    let RawCalls(text) = &given.value;
    let range = || {
        let (first, last) = match text.split_once("..") {
            None => (text.as_str(), Some(text.as_str())),
            Some((first, "")) => (first, None),
            Some((first, last)) => (first, Some(last.strip_prefix('=')?)),
        };
        let first: u64 = first.parse().ok()?;
        let last: u64 = last.map_or(Ok(u64::MAX), str::parse).ok()?;
        (1 <= first && first <= last).then_some(first..=last)
    };
    range().ok_or_else(|| {
        Problem::at(given.span.clone(), key, format!("`{key}` does not say which calls: \"{text}\""))
            .with_hint("calls are counted from 1: write 3, \"3..\" (from the third on) or \"3..=7\"")
    })
}

/// All numbers that could be read; the others are reported.
pub(super) fn phones(
    given: Option<Vec<Placed<String>>>,
    key: &str,
    findings: &mut Findings,
) -> BTreeSet<Phone> {
    let given = given.unwrap_or_default();
    given.iter().filter_map(|phone| findings.keep(value::phone(phone, key))).collect()
}

/// The last digits of a number.
pub(super) fn ending(given: Placed<String>, key: &str) -> Result<String, Problem> {
    let text = &given.value;
    let is_ending = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_ending {
        return Ok(given.value);
    }
    let sentence = format!("`{key}` must be the last digits of numbers, not \"{text}\"");
    Err(Problem::at(given.span, key, sentence))
}
