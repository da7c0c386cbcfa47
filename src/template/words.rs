//! Names of people, as a message should call them.

use std::borrow::Cow;

/// The first word of a name; one that is all in capitals or all in small letters gets a capital:
/// `MARIA DA SILVA` is `Maria`, `McDonald` stays.
pub(super) fn first_name(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or_default();
    let has = |test: fn(char) -> bool| first.chars().any(test);
    if has(char::is_uppercase) && has(char::is_lowercase) {
        return first.to_owned();
    }
    minijinja::filters::title(Cow::Borrowed(first))
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
