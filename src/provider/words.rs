//! A provider's own words, made fit to be shown and logged.

/// Longest quotation, in characters.
const LONGEST: usize = 200;

/// Digits in a row from which on a number is taken for a telephone number.
const PHONE_DIGITS: usize = 7;

/// A provider's words on one line, cut to 200 characters, without a full stop at the end; of a number
/// with seven digits or more only the last four are shown.
#[must_use]
pub fn quoted(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    let mut shown = String::with_capacity(line.len());
    for run in pieces(line) {
        if run.len() >= PHONE_DIGITS && run.bytes().all(|byte| byte.is_ascii_digit()) {
            let (hidden, tail) = run.split_at(run.len() - 4);
            shown.extend(std::iter::repeat_n('*', hidden.len()));
            shown.push_str(tail);
        } else {
            shown.push_str(run);
        }
    }
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// Pieces of a text that are either all ASCII digits or without any.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let digits = rest.starts_with(|first: char| first.is_ascii_digit());
        let end = rest.find(|character: char| character.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (piece, remainder) = rest.split_at(end);
        rest = remainder;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_short_and_without_numbers() {
        for (words, expected) in [
            ("Template is not approved.", "Template is not approved"),
            ("  two\n lines\t", "two lines"),
            ("no such number: 5511987654321!", "no such number: *********4321!"),
            ("code 131026", "code 131026"),
            ("", ""),
        ] {
            assert_eq!(quoted(words), expected);
        }
        let long = quoted(&"é".repeat(300));
        assert_eq!(long.chars().count(), 201);
    }
}
