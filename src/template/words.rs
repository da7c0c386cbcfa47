//! Names of people, as a message should call them.

/// Jinja's `title`, letter by letter the same and several times faster: a capital at the begin and
/// behind a space, a hyphen or an opening bracket, small letters elsewhere.
pub(super) fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut is_begin = true;
    for letter in text.chars() {
        let is_separator = matches!(letter, '-' | '(' | '{' | '[' | '<') || letter.is_whitespace();
        match (is_begin && !is_separator, letter.is_ascii()) {
            (true, true) => titled.push(letter.to_ascii_uppercase()),
            (false, true) => titled.push(letter.to_ascii_lowercase()),
            (true, false) => titled.extend(letter.to_uppercase()),
            (false, false) => titled.extend(letter.to_lowercase()),
        }
        is_begin = is_separator;
    }
    titled
}

/// The first word of a name; one that is all in capitals or all in small letters gets a capital:
/// `MARIA DA SILVA` is `Maria`, `McDonald` stays.
pub(super) fn first_name(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or_default();
    let has = |test: fn(char) -> bool| first.chars().any(test);
    if has(char::is_uppercase) && has(char::is_lowercase) {
        return first.to_owned();
    }
    title(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_by_their_first_name() {
        for (name, first) in [
            ("MARIA DA SILVA", "Maria"),
            ("  joão  ", "João"),
            ("ÂNGELA", "Ângela"),
            ("McDonald Jr", "McDonald"),
            ("ana-clara souza", "Ana-Clara"),
            ("D'Ávila", "D'Ávila"),
            ("", ""),
        ] {
            assert_eq!(first_name(name), first);
        }
    }
}
