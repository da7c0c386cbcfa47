//! Values that more than one kind of file has: counts, durations, rates, numbers of phones.

use std::num::{NonZeroU32, NonZeroU64};
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::DeValue;

use super::mistake::{Refused, mismatch};
use super::{Findings, OfRate, Placed, TextOrTexts, Written};
use crate::domain::{FrequencyCap, Phone, Problem, Rate, Zone};

/// The text that stands at a key which no shape has.
///
/// # Errors
/// When it is not text, or empty.
pub fn given_text(given: &Spanned<DeValue<'_>>, key: &str) -> Result<Placed<String>, Problem> {
    let span = given.span();
    match given.get_ref() {
        DeValue::String(value) => text(Placed { value: value.to_string(), span }, key),
        value => {
            let refused = Refused { key, value, key_span: span.clone(), span, is_element: false };
            Err(mismatch(&refused, "text in quotes"))
        }
    }
}

/// The whole number that stands at a key which no shape has.
///
/// # Errors
/// When it is no whole number, or outside the bounds.
pub fn given_whole_number(
    given: &Spanned<DeValue<'_>>,
    key: &str,
    bounds: RangeInclusive<u32>,
) -> Result<u32, Problem> {
    let span = given.span();
    let DeValue::Integer(written) = given.get_ref() else {
        let value = given.get_ref();
        let refused = Refused { key, value, key_span: span.clone(), span, is_element: false };
        return Err(mismatch(&refused, "a whole number"));
    };
    let number = u32::from_str_radix(written.as_str(), written.radix()).ok();
    number.filter(|number| bounds.contains(number)).ok_or_else(|| {
        let (least, most) = (bounds.start(), bounds.end());
        Problem::at(span, key, format!("`{key}` must be {least} to {most}, not {}", written.as_str()))
    })
}

/// Text with something in it.
///
/// # Errors
/// When it is empty or nothing but spaces.
pub fn text(given: Placed<String>, key: &str) -> Result<Placed<String>, Problem> {
    if given.value.trim().is_empty() {
        Err(Problem::at(given.span, key, format!("`{key}` is empty")))
    } else {
        Ok(given)
    }
}

/// A count of at least 1.
///
/// # Errors
/// When it is zero, negative or beyond 2^32.
pub fn count(given: &Placed<i64>, key: &str) -> Result<NonZeroU32, Problem> {
    u32::try_from(given.value).ok().and_then(NonZeroU32::new).ok_or_else(|| out_of_range(given, key))
}

/// A count of at least 1 that may pass 2^32.
///
/// # Errors
/// When it is zero or negative.
pub fn large_count(given: &Placed<i64>, key: &str) -> Result<NonZeroU64, Problem> {
    u64::try_from(given.value).ok().and_then(NonZeroU64::new).ok_or_else(|| out_of_range(given, key))
}

fn out_of_range(given: &Placed<i64>, key: &str) -> Problem {
    let bound = if given.value < 1 { "at least 1" } else { "at most 4294967295" };
    Problem::at(given.span.clone(), key, format!("`{key}` must be {bound}, not {}", given.value))
}

/// A span of time within `bounds`.
///
/// # Errors
/// When it is not a number with a unit, or outside the bounds.
pub fn duration(
    given: &Placed<String>,
    key: &str,
    bounds: RangeInclusive<Duration>,
) -> Result<Duration, Problem> {
    let problem = |sentence: String| Problem::at(given.span.clone(), key, sentence);
    let duration = humantime::parse_duration(given.value.trim()).map_err(|_| {
        problem(format!("`{key}` is not a span of time: \"{}\"", given.value))
            .with_hint("write a number and a unit, such as \"30s\", \"15m\", \"24h\" or \"1h 30m\"")
    })?;
    let written = humantime::format_duration;
    if duration < *bounds.start() {
        return Err(problem(format!("`{key}` must be at least {}", written(*bounds.start()))));
    }
    if duration > *bounds.end() {
        return Err(problem(format!("`{key}` must be at most {}", written(*bounds.end()))));
    }
    Ok(duration)
}

/// One rate.
///
/// # Errors
/// When it is not in the rate grammar.
pub fn rate(given: &Placed<String>, key: &str) -> Result<Rate, Problem> {
    given.value.parse().map_err(|_| {
        Problem::at(given.span.clone(), key, format!("`{key}` is not a rate: \"{}\"", given.value)).with_hint(
            "write how many per time, such as \"40/s\", \"60/10s\", \"10000/d\" or \"30 calls/10s\"",
        )
    })
}

/// How often a person is messaged, at most.
///
/// # Errors
/// When it does not say how many in which time.
pub fn frequency_cap(given: &Placed<String>, key: &str) -> Result<FrequencyCap, Problem> {
    given.value.parse().map_err(|_| {
        let sentence = format!("`{key}` does not say how often: \"{}\"", given.value);
        Problem::at(given.span.clone(), key, sentence).with_hint(
            "write how many messages per minutes (m), hours (h), days (d) or weeks (w), up to 366 days: \
             \"1 per 7d\"",
        )
    })
}

/// All rates that could be read, each with its place; the others are reported.
pub fn rates(given: Placed<TextOrTexts<OfRate>>, key: &str, findings: &mut Findings) -> Vec<Placed<Rate>> {
    let texts = given.into_texts();
    let rates = texts.into_iter().filter_map(|text| {
        let value = findings.keep(rate(&text, key))?;
        Some(Placed { value, span: text.span })
    });
    rates.collect()
}

/// A day.
///
/// # Errors
/// When it is none, or has a time.
pub fn date(given: &Placed<Written>, key: &str) -> Result<Date, Problem> {
    let written = given.value.to_string();
    let date = if written.len() == 10 { written.parse().ok() } else { None };
    date.ok_or_else(|| {
        Problem::at(given.span.clone(), key, format!("`{key}` has \"{written}\", which is no date"))
            .with_hint("write year, month and day: 2026-12-25")
    })
}

/// A time zone.
///
/// # Errors
/// When there is none of this name.
pub fn zone(given: &Placed<String>, key: &str) -> Result<Zone, Problem> {
    given.value.trim().parse().map_err(|_| {
        let sentence = format!("`{key}`: there is no time zone \"{}\"", given.value);
        let problem = Problem::at(given.span.clone(), key, sentence);
        match Zone::like(&given.value) {
            Some(near) => problem.with_hint(format!("did you mean \"{near}\"?")),
            None => problem
                .with_hint("write continent and city as the IANA database has them: \"America/Sao_Paulo\""),
        }
    })
}

/// A phone number in international form. The plus sign is needed: without it nobody can tell a national
/// number that happens to look like one of another country.
///
/// # Errors
/// When it is not an E.164 number. The number is not repeated.
pub fn phone(given: &Placed<String>, key: &str) -> Result<Phone, Problem> {
    let digits = given.value.strip_prefix('+').and_then(Phone::from_digits);
    digits.ok_or_else(|| {
        Problem::at(
            given.span.clone(),
            key,
            format!("`{key}` has a number that is not in international form"),
        )
        .with_hint("write a plus sign, the country's code and the number: \"+5511987654321\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn placed<T>(value: T) -> Placed<T> {
        Placed { value, span: 0..1 }
    }

    #[test]
    fn durations_keep_their_bounds() {
        let bounds = Duration::from_millis(1)..=DAY;
        for (text, expected) in [
            ("30s", Ok(Duration::from_secs(30))),
            ("1h 30m", Ok(Duration::from_secs(5_400))),
            ("24h", Ok(DAY)),
            ("25h", Err("`over` must be at most 1day")),
            ("0s", Err("`over` must be at least 1ms")),
            ("30", Err("`over` is not a span of time: \"30\"")),
            ("", Err("`over` is not a span of time: \"\"")),
            ("99999999999999999999y", Err("`over` is not a span of time: \"99999999999999999999y\"")),
        ] {
            let read = duration(&placed(text.to_owned()), "over", bounds.clone());
            assert_eq!(read.map_err(|problem| problem.sentence), expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn counts_begin_at_one() {
        for (number, is_count) in
            [(-1, false), (0, false), (1, true), (4_294_967_295, true), (4_294_967_296, false)]
        {
            assert_eq!(count(&placed(number), "chunk").is_ok(), is_count, "{number}");
        }
        assert!(large_count(&placed(i64::MAX), "max_recipients").is_ok());
        assert!(large_count(&placed(0), "max_recipients").is_err());
    }

    #[test]
    fn a_phone_needs_its_plus_sign() {
        for (text, is_phone) in [
            ("+5511987654321", true),
            ("5511987654321", false),
            ("11 98765-4321", false),
            ("+0511987654321", false),
            ("+", false),
        ] {
            let read = phone(&placed(text.to_owned()), "safety.test_to");
            assert_eq!(read.is_ok(), is_phone, "{text}");
            assert!(read.err().is_none_or(|problem| !problem.sentence.contains(text)));
        }
    }
}
