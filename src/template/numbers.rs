//! Numbers as offices write them: `1.234,56`, `R$ 10,00`, `1,234.56`, `99.9`.
//!
//! A sign that comes once, with one to three digits before it and three behind, is a riddle: `1.234` is
//! a thousand in São Paulo and little more than one in London. Such a number is refused, unless the
//! template says which sign is the decimal one, or it begins with a zero.

use thiserror::Error;

/// Why a text is not a number.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub(super) enum NotANumber {
    #[error("the cell is empty; a default can be given, as in float(0) or int(0)")]
    Empty,
    #[error("\"{0}\" is not a number")]
    Other(String),
    #[error(
        "\"{0}\" may mean two numbers; say which sign is the decimal one, \
         as in float(decimal=',') or float(decimal='.')"
    )]
    Ambiguous(String),
}

/// What stands before an amount.
const CURRENCIES: [&str; 6] = ["R$", "US$", "U$", "$", "€", "£"];

/// Reads a number; `decimal` is the decimal sign where the template says it.
pub(super) fn decimal(text: &str, decimal: Option<char>) -> Result<f64, NotANumber> {
    let other = || NotANumber::Other(text.trim().to_owned());
    let (negative, unsigned) = unsigned(text);
    if unsigned.is_empty() {
        return Err(if text.trim().is_empty() { NotANumber::Empty } else { other() });
    }
    let sign = match decimal {
        Some(sign) => Some(sign),
        None => decimal_sign(&unsigned).map_err(|()| NotANumber::Ambiguous(text.trim().to_owned()))?,
    };
    let (whole, fraction) = sign.and_then(|sign| unsigned.rsplit_once(sign)).unwrap_or((&unsigned, ""));
    let digits = without_grouping(whole, sign).ok_or_else(other)?;
    if !is_number(fraction) || (digits.is_empty() && fraction.is_empty()) {
        return Err(other());
    }
    let number: f64 = format!("0{digits}.{fraction}0").parse().map_err(|_| other())?;
    Ok(if negative { -number } else { number })
}

/// Whether it is negative, and the rest without sign, currency and spaces.
fn unsigned(text: &str) -> (bool, String) {
    let mut rest = text.trim();
    let mut negative = false;
    loop {
        let begun = rest;
        for currency in CURRENCIES {
            rest = rest.strip_prefix(currency).unwrap_or(rest).trim_start();
        }
        if !negative && let Some(positive) = rest.strip_prefix(['-', '\u{2212}']) {
            (negative, rest) = (true, positive.trim_start());
        }
        rest = rest.strip_prefix('+').unwrap_or(rest);
        if rest == begun {
            return (negative, rest.chars().filter(|letter| !letter.is_whitespace()).collect());
        }
    }
}

/// The decimal sign of a number; an error where nobody can say.
fn decimal_sign(unsigned: &str) -> Result<Option<char>, ()> {
    let signs: Vec<(usize, char)> =
        unsigned.char_indices().filter(|(_, letter)| matches!(letter, '.' | ',')).collect();
    match signs.as_slice() {
        [] => Ok(None),
        [(position, sign)] => {
            let (before, behind) = (*position, unsigned.len() - position - 1);
            let is_riddle = behind == 3 && (1..=3).contains(&before) && !unsigned.starts_with('0');
            if is_riddle { Err(()) } else { Ok(Some(*sign)) }
        }
        [.., (_, previous), (_, last)] if previous != last => Ok(Some(*last)),
        // The same sign again and again groups the thousands.
        [.., (_, last)] => Ok(Some(if *last == '.' { ',' } else { '.' })),
    }
}

/// The digits of a whole number whose thousands may be grouped by the sign that is not the decimal one.
fn without_grouping(whole: &str, decimal: Option<char>) -> Option<String> {
    let group = if decimal == Some(',') { '.' } else { ',' };
    let mut groups = whole.split(group);
    let first = groups.next()?;
    if whole.contains(group) && !(1..=3).contains(&first.len()) {
        return None;
    }
    let mut digits = first.to_owned();
    for part in groups {
        if part.len() != 3 {
            return None;
        }
        digits.push_str(part);
    }
    is_number(&digits).then_some(digits)
}

fn is_number(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_all_offices() {
        for (text, number) in [
            ("10", 10.0),
            ("10.5", 10.5),
            ("10,5", 10.5),
            ("1.234,56", 1234.56),
            ("1,234.56", 1234.56),
            ("1.234.567", 1_234_567.0),
            ("1,234,567.8", 1_234_567.8),
            ("R$ 1.234,56", 1234.56),
            ("R$\u{a0}-10,00", -10.0),
            ("-R$ 10,00", -10.0),
            ("$ 99.90", 99.9),
            ("0.125", 0.125),
            ("0,125", 0.125),
            ("1234.567", 1234.567),
            ("1 234,5", 1234.5),
            (",5", 0.5),
            ("5,", 5.0),
            ("+7", 7.0),
            ("007", 7.0),
        ] {
            assert_eq!(decimal(text, None), Ok(number), "{text}");
        }
    }

    #[test]
    fn riddles_are_refused_unless_solved() {
        for text in ["1.234", "1,234", "123.456", "R$ 9,999"] {
            assert_eq!(decimal(text, None), Err(NotANumber::Ambiguous(text.to_owned())));
        }
        assert_eq!(decimal("1.234", Some(',')), Ok(1234.0));
        assert_eq!(decimal("1.234", Some('.')), Ok(1.234));
        assert_eq!(decimal("1,234", Some('.')), Ok(1234.0));
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "abc", "10 reais", "1.23.456", "1.2345,6", "1,2,3", "--", "-", "R$", "nan", "inf", "1e5",
            "12:30", ".",
        ] {
            assert_eq!(decimal(text, None), Err(NotANumber::Other(text.to_owned())), "{text}");
        }
        assert_eq!(decimal("  ", None), Err(NotANumber::Empty));
        assert_eq!(decimal("1,5", Some('.')), Err(NotANumber::Other("1,5".to_owned())));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.,R$ +-]{0,12}|\\PC{0,12}") {
            let _ = decimal(&text, None);
            let _ = decimal(&text, Some(','));
        }

        #[test]
        fn what_rust_writes_with_two_places_reads_back(cents in -1_000_000_000_i64..1_000_000_000) {
            let number = cents as f64 / 100.0;
            prop_assert_eq!(decimal(&format!("{number:.2}"), None), Ok(number));
            prop_assert_eq!(decimal(&format!("{number:.2}").replace('.', ","), None), Ok(number));
        }
    }
}
