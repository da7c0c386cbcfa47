//! What of `channels.toml` nobody is shown, because it is or may be a secret.

use std::ops::Range;

use super::raw::COMMON_KEYS;

/// Bytes of the file that no report may show.
#[derive(Debug, Default)]
pub struct Hidden(Vec<Range<usize>>);

impl Hidden {
    /// Hides these bytes.
    pub fn add(&mut self, span: Range<usize>) {
        self.0.push(span);
    }

    /// The file as it may be shown: stars for what is hidden, byte for byte, so that places stay true.
    pub fn redact(&self, source: &str) -> String {
        let is_hidden = |index: usize| self.0.iter().any(|span| span.contains(&index));
        source.char_indices().map(|(index, character)| shown(character, is_hidden(index))).collect()
    }
}

/// A file in which nobody can tell what is what, as it may be shown: tables and the plain values of
/// common keys; everything else may be part of a secret.
pub fn redact_unreadable(source: &str) -> String {
    let lines = source.split_inclusive('\n').map(|line| {
        let (key, value) = line.split_once('=').unwrap_or(("", line));
        let is_common = COMMON_KEYS.contains(&key.trim()) && !value.contains(['=', '{', '#']);
        let is_table = key.is_empty() && line.trim_start().starts_with('[');
        if is_common || is_table {
            return line.to_owned();
        }
        let value_start = line.len() - value.len();
        let characters = line.char_indices();
        characters.map(|(index, character)| shown(character, index >= value_start)).collect()
    });
    lines.collect()
}

fn shown(character: char, is_hidden: bool) -> String {
    if is_hidden && !character.is_whitespace() {
        "*".repeat(character.len_utf8())
    } else {
        character.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_bytes_become_stars() {
        let mut hidden = Hidden::default();
        hidden.add(6..12);
        assert_eq!(hidden.redact("key = \"sé\ncret\" # x"), "key = ****\n*ret\" # x");
    }

    #[test]
    fn of_an_unreadable_file_only_the_harmless_is_shown() {
        let source =
            "[a]\nrate = \"50/s\nkey = sécret\nretry = { attempts = 1 }\nsecret again\nrate = 1 # secret\n";
        let redacted = redact_unreadable(source);
        assert_eq!(
            redacted,
            "[a]\nrate = \"50/s\nkey = *******\nretry = * ******** * * *\n****** *****\nrate = * * ******\n"
        );
        assert_eq!(redacted.len(), source.len());
    }
}
