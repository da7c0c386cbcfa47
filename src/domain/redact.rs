//! Other people's words without telephone numbers in them: a provider may quote whom it refuses.

/// Digits in a row that may be a telephone number.
const FEWEST: usize = 7;

/// Digits that stay, at the end of a number.
const KEPT: usize = 4;

/// The text with a star in place of each digit of a number but its last four. Digits count together across the
/// marks that people write numbers with.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        redacted.push_str(before);
        let is_inside =
            |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '(' | ')' | '.');
        let end = from.find(|letter| !is_inside(letter)).unwrap_or(from.len());
        let number = &from[..end];
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        if digits < FEWEST {
            redacted.push_str(number);
        } else {
            let mut seen = 0;
            redacted.extend(number.chars().map(|letter| {
                seen += usize::from(letter.is_ascii_digit());
                let is_hidden = letter.is_ascii_digit() && seen + KEPT <= digits;
                if is_hidden { '*' } else { letter }
            }));
        }
        rest = &from[end..];
    }
    redacted.push_str(rest);
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_hidden_and_counts_are_not() {
        for (text, expected) in [
            ("", ""),
            ("code 2305, 429 of 100000", "code 2305, 429 of 100000"),
            ("5511987654321 is invalid", "*********4321 is invalid"),
            ("to +55 (11) 98765-4321!", "to +** (**) *****-4321!"),
            ("1234567", "***4567"),
            ("é5511987654321é 12", "é*********4321é 12"),
        ] {
            assert_eq!(redact(text), expected);
        }
    }
}
