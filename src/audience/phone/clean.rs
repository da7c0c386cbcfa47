//! From the text of a cell to the digits that it dials: wrappings, invisible marks, punctuation.

use super::BadPhone;

/// What a cell dials.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialled {
    /// ASCII digits, without plus sign or `00`; at least one, at most [`MOST_DIALLED`].
    pub digits: String,
    /// Whether a plus sign or `00` stood in front.
    pub international: bool,
}

/// What exporters put before a number, in lower case.
const PREFIXES: [&str; 5] = ["whatsapp:", "tel:", "https://wa.me/", "http://wa.me/", "wa.me/"];
/// What WhatsApp tools put behind a number.
const SUFFIXES: [&str; 2] = ["@c.us", "@s.whatsapp.net"];
/// What stands before an extension, in lower case.
const EXTENSION_MARKS: [&str; 5] = ["ramal", "ram.", "ext", "x", "#"];
/// What stands between two numbers.
const NUMBER_SEPARATORS: [char; 6] = ['/', ',', ';', '|', '\n', '&'];
/// No local number has fewer digits; two pieces with as many are two numbers.
const LOCAL_DIGITS: usize = 8;
/// The 15 digits of ITU-T E.164 behind what is dialled to leave a country (`011`, `00 15`).
const MOST_DIALLED: usize = 20;

/// Reads the digits that a cell dials.
pub(super) fn dialled(text: &str) -> Result<Dialled, BadPhone> {
    let visible: String = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    let bare = unwrapped(visible.trim()).to_lowercase();
    if let Some(digits) = scientific(&bare)? {
        return finished(digits, false);
    }
    let bare = without_empty_fraction(&bare);
    refuse_several(bare)?;
    refuse_extension(bare)?;
    let mut digits = String::with_capacity(MOST_DIALLED);
    let mut international = false;
    for letter in bare.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' if digits.is_empty() && !international => international = true,
            '+' => return Err(BadPhone::SeveralNumbers),
            _ if is_punctuation(letter) => {}
            other => return Err(BadPhone::UnexpectedCharacter(other)),
        }
    }
    finished(digits, international)
}

fn finished(mut digits: String, mut international: bool) -> Result<Dialled, BadPhone> {
    if !international && digits.starts_with("00") {
        digits.drain(..2);
        international = true;
    }
    match digits.len() {
        0 => Err(BadPhone::Empty),
        count if count > MOST_DIALLED => Err(BadPhone::TooLong { digits: count }),
        _ => Ok(Dialled { digits, international }),
    }
}

/// Marks that contact exports and chats wrap around numbers and that nobody sees.
pub(in crate::audience) fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

fn is_punctuation(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '(' | ')' | '-' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Takes off `="…"`, quotes, the apostrophe of a text cell, `whatsapp:` and `@c.us`.
fn unwrapped(text: &str) -> &str {
    let text = text.strip_prefix('=').unwrap_or(text);
    let text = text.trim_start_matches(['\'', '"', '`', '\u{2018}', '\u{2019}']);
    let mut text = text.trim_end_matches(['"', '\'']).trim();
    for prefix in PREFIXES {
        if text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            text = text[prefix.len()..].trim_start();
        }
    }
    for suffix in SUFFIXES {
        text = text.strip_suffix(suffix).unwrap_or(text);
    }
    text
}

/// The digits of `5.511987654321e+12`, where all are there; an error where some are lost.
fn scientific(bare: &str) -> Result<Option<String>, BadPhone> {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let Some((mantissa, exponent)) = bare.split_once('e') else { return Ok(None) };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let power = exponent.trim_start_matches(['+', '-']);
    if whole.is_empty() || power.is_empty() || ![whole, fraction, power].into_iter().all(is_number) {
        return Ok(None);
    }
    // Fewer digits than the power of ten: the rest was thrown away, even where zeros could stand.
    if exponent.starts_with('-') || power.parse() != Ok(fraction.len()) {
        return Err(BadPhone::ScientificNotation);
    }
    Ok(Some(format!("{whole}{fraction}")))
}

/// `5511987654321.0` is how data tools write a number column that had an empty cell.
fn without_empty_fraction(bare: &str) -> &str {
    match bare.rsplit_once(['.', ',']) {
        Some((whole, "0" | "00")) if is_long_number(whole) => whole,
        _ => bare,
    }
}

fn is_long_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.len() >= LOCAL_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn refuse_several(bare: &str) -> Result<(), BadPhone> {
    let spaced = bare.replace(" e ", "/").replace(" ou ", "/").replace(" or ", "/");
    let long = spaced.split(NUMBER_SEPARATORS).filter(|piece| digits_in(piece) >= LOCAL_DIGITS);
    if long.count() > 1 { Err(BadPhone::SeveralNumbers) } else { Ok(()) }
}

fn refuse_extension(bare: &str) -> Result<(), BadPhone> {
    for mark in EXTENSION_MARKS {
        if let Some((number, extension)) = bare.split_once(mark)
            && digits_in(number) >= LOCAL_DIGITS
            && (1..=6).contains(&digits_in(extension))
        {
            return Err(BadPhone::Extension);
        }
    }
    Ok(())
}

fn digits_in(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}
