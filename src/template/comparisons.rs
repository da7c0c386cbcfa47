//! `total > 100` where `total` is a column: Jinja would compare a text with a number, and every row
//! would come out the same, without a word. Found in the source, before any row.

use super::names::is_identifier;
use crate::domain::Names;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'source> {
    Name(&'source str),
    Number(&'source str),
    Comparison(&'source str),
    /// Anything else; a quoted text counts as one.
    Other(char),
}

/// The first such comparison in a template, and what to write instead.
pub(super) fn in_template(source: &str, names: &Names) -> Option<String> {
    let mut rest = source;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let inner = &rest[start + 2..];
        let end = inner.find("}}").into_iter().chain(inner.find("%}")).min().unwrap_or(inner.len());
        let found = in_expression(&inner[..end], names);
        if found.is_some() {
            return found;
        }
        rest = &inner[end..];
    }
    None
}

/// The first such comparison in an expression, and what to write instead.
pub(super) fn in_expression(source: &str, names: &Names) -> Option<String> {
    let tokens = tokens(source);
    let column = |token: Token<'_>| match token {
        Token::Name(name) if names.position(name).is_some() && is_identifier(name) => Some(name.to_owned()),
        _ => None,
    };
    tokens.windows(3).enumerate().find_map(|(index, window)| {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let behind = tokens.get(index + 3);
        let (name, operator, number) = match *window {
            [name, Token::Comparison(operator), Token::Number(number)] if is_begin(before) => {
                (column(name)?, operator, number)
            }
            [Token::Number(number), Token::Comparison(operator), name] if is_end(behind) => {
                (column(name)?, mirrored(operator), number)
            }
            _ => return None,
        };
        Some(format!(
            "compares the text of the column \"{name}\" with the number {number}; write {name}|float {operator} {number}"
        ))
    })
}

/// Whether a name behind this token stands alone, and is no attribute, filter or operand.
fn is_begin(before: Option<&Token<'_>>) -> bool {
    !matches!(before, Some(Token::Other('.' | '|' | '~' | '+' | '-' | '*' | '/' | '%')))
}

/// Whether a name before this token stands alone.
fn is_end(behind: Option<&Token<'_>>) -> bool {
    !matches!(behind, Some(Token::Other('.' | '|' | '~' | '+' | '-' | '*' | '/' | '[' | '(')))
}

fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        same => same,
    }
}

fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let length_while = |test: fn(char) -> bool| rest.find(|letter| !test(letter)).unwrap_or(rest.len());
        let (token, length) = match first {
            '0'..='9' => {
                let length = length_while(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '_'));
                (Token::Number(&rest[..length]), length)
            }
            '\'' | '"' => {
                let closing = rest[1..].find(first).map_or(rest.len(), |position| position + 2);
                (Token::Other(first), closing)
            }
            '<' | '>' | '=' | '!' => {
                let length = if rest[1..].starts_with('=') { 2 } else { 1 };
                match &rest[..length] {
                    operator @ ("<" | ">" | "<=" | ">=" | "==" | "!=") => {
                        (Token::Comparison(operator), length)
                    }
                    _ => (Token::Other(first), length),
                }
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                let length = length_while(|letter| letter.is_alphanumeric() || letter == '_');
                (Token::Name(&rest[..length]), length)
            }
            other => (Token::Other(other), other.len_utf8()),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Columns;

    fn found(source: &str) -> Option<String> {
        let columns = Columns::new(["total", "idade", "uf"].map(str::to_owned).to_vec());
        in_expression(source, &Names::new(&columns, &[]).expect("no renames"))
    }

    #[test]
    fn what_stands_between_the_tags_is_text() {
        let columns = Columns::new(vec!["total".to_owned()]);
        let found = |source| in_template(source, &Names::new(&columns, &[]).expect("no renames"));
        assert!(found("{{ 1 }} total > 100 {# total > 100 #} {{ total }} = 5").is_none());
        assert!(found("x {{ 1 }} {% if total > 100 %}").is_some());
        assert!(found("{{ total == 5").is_some());
    }

    #[test]
    fn a_bare_column_is_no_number() {
        assert_eq!(
            found("uf == 'SP' and total > 100").as_deref(),
            Some("compares the text of the column \"total\" with the number 100; write total|float > 100")
        );
        assert!(found("18 <= idade").expect("found").ends_with("write idade|float >= 18"));
        for source in ["idade==18", "(total)>1 or total != 5", "uf and total >= 9.90 and uf"] {
            assert!(found(source).is_some(), "{source}");
        }
    }

    #[test]
    fn what_is_a_number_may_be_compared_with_one() {
        for source in [
            "total|float > 100",
            "total | int(0) >= 18",
            "nome|length > 2",
            "uf == '100'",
            "total == \"a > 5\"",
            "100 < total|float",
            "loop.idade > 5",
            "idade[:2]|int > 1",
            "lote > 5",
            "",
        ] {
            assert_eq!(found(source), None, "{source}");
        }
    }
}
